"""Findings in words: what every face (window, terminal, file, agent) says, in the language asked for."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from readiness.advice import NOT_TOLD, REASONS, advice_for
from readiness.model import Finding, Param
from readiness.readings import OsFamily
from readiness.settings_pages import settings_url
from readiness.shape import plain
from readiness.text import N_, translate


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One finding in one language."""

    text: str
    """To the person: what is the matter, one or two sentences."""
    steps: tuple[str, ...]
    """What to do about it, at most three."""
    agent: str
    """What a support agent says on the phone."""
    confirm: str
    """The yes-or-no question by which the agent makes sure of the cause."""
    settings_url: str | None
    """The page of this system's settings where it is mended, where there is one."""


def tell(finding: Finding, language: str, family: OsFamily | None = None) -> Told:
    """The words for a finding. ``family`` is the operating system the person sits at, for the settings page."""
    advice = advice_for(finding.id)

    def filled(sentence: str) -> str:
        return fill(sentence, finding.params, language)

    return Told(
        text=filled(advice.text),
        steps=tuple(filled(step) for step in advice.steps),
        agent=filled(advice.agent),
        confirm=filled(advice.confirm),
        settings_url=settings_url(advice.settings, family) if advice.settings and family else None,
    )


def fill(sentence: str, params: Mapping[str, Param], language: str) -> str:
    """The sentence in ``language`` with its ``{params}`` put in as a person would say them."""
    return translate(sentence, language).format_map({name: shown(name, params[name], language) for name in params})


def shown(name: str, value: Param, language: str) -> str:
    """A value as a person would say it: numbers short, lists with commas, reasons as a sentence."""
    if value in ("", ()):
        return translate(NOT_TOLD[name], language)
    if name == "reason":
        return translate(REASONS[str(value)], language)
    if isinstance(value, float):
        # 0.46 must not become "0": below 10, one digit behind the point is what people can use.
        return f"{value:.1f}" if abs(value) < 10 else f"{value:.0f}"
    if isinstance(value, tuple):
        return listed(value, language)
    return plain(str(value))


def listed(items: tuple[str, ...], language: str) -> str:
    """Names as a list in a sentence: "Zoom, Teams and Skype"."""
    if len(items) < 2:
        return plain("".join(items))
    return translate(N_("{first} and {last}"), language).format(
        first=plain(", ".join(items[:-1])), last=plain(items[-1])
    )
