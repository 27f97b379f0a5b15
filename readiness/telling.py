"""Findings in words: what every face (window, terminal, file, agent) says, in the language asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Final

import msgspec

from readiness.advice import NOT_TOLD, REASONS, advice_for
from readiness.advice import outlook as outlook_words
from readiness.figures import shown_mbps, shown_over
from readiness.model import Finding, Param, Status, Verdict
from readiness.outlook import Figures, Forecast, Outlook
from readiness.readings import OsFamily
from readiness.settings_pages import settings_url
from readiness.shape import plain
from readiness.text import N_, translate

#: One word or two for a status, beside its icon.
STATUS_WORDS: Final = {
    Status.PASS: N_("good"),
    Status.WARN: N_("will do"),
    Status.FAIL: N_("fix this"),
    Status.UNKNOWN: N_("not checked"),
    Status.SKIPPED: N_("left out"),
}

#: The answer to "is this computer ready?"
VERDICT_WORDS: Final = {
    Verdict.READY: N_("This computer is ready for your video visit."),
    Verdict.READY_WITH_LIMITS: N_("You can use this computer for your video visit. Some things could be better."),
    Verdict.NOT_READY: N_("This computer is not ready for a video visit yet."),
    Verdict.PARTLY_CHECKED: N_("We could not check everything."),
}
#: With which icon and colour a verdict is shown.
VERDICT_STATUS: Final = {
    Verdict.READY: Status.PASS,
    Verdict.READY_WITH_LIMITS: Status.WARN,
    Verdict.NOT_READY: Status.FAIL,
    Verdict.PARTLY_CHECKED: Status.UNKNOWN,
}
#: With which icon and colour the outlook of the line is shown.
OUTLOOK_STATUS: Final = {
    Outlook.GOOD: Status.PASS,
    Outlook.MAY_FREEZE: Status.WARN,
    Outlook.SOUND_ONLY: Status.FAIL,
    Outlook.NOT_ENOUGH: Status.FAIL,
    Outlook.UNKNOWN: Status.UNKNOWN,
}


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


#: Values that a spoken code does not tell, and that have words of their own; any other is left to the caller's screen.
_SAID_PLAINLY: Final = frozenset({"programs", "url", "host"})


def tell_agent(finding_id: str, language: str, known: Mapping[str, Param]) -> tuple[str, str]:
    """What the agent says, and the question that makes sure, for a finding of which only some values are known.

    A value that stands on the caller's screen alone is "…".
    """
    advice = advice_for(finding_id)

    def filled(sentence: str) -> str:
        names = {name for _, name, _, _ in Formatter().parse(sentence) if name}
        params = {name: known.get(name) or ("" if name in _SAID_PLAINLY else "…") for name in names}
        return fill(sentence, params, language)

    return filled(advice.agent), filled(advice.confirm)


class ToldOutlook(msgspec.Struct, frozen=True, kw_only=True):
    """What the line will carry, in one language."""

    text: str
    """To the person: one headline."""
    agent: str
    """What a support agent says on the phone."""
    figures: tuple[str, ...]
    """The numbers in a person's terms, piece by piece, for a face to put in a row; the first begins with a capital."""
    helps: tuple[str, ...]
    """What would help on this line, the easiest first."""
    cost: str
    """What the test has cost, on a line that is paid by use; else empty."""


def tell_outlook(forecast: Forecast, language: str) -> ToldOutlook:
    """The words for what a line will carry."""
    words = outlook_words.words_for_outlook(forecast)
    figures, cost = forecast.figures, ""
    if forecast.metered and figures.used_mb:
        cost = fill(outlook_words.COST, {"used": shown_over(figures.used_mb)}, language)
        figures = msgspec.structs.replace(figures, used_mb=None)  # said once
    return ToldOutlook(
        text=translate(words.text, language),
        agent=translate(words.agent, language),
        figures=tuple(_figures(figures, language)),
        helps=tuple(translate(outlook_words.HELPS[help_], language) for help_ in forecast.helps),
        cost=cost,
    )


def _figures(figures: Figures, language: str) -> Iterator[str]:
    """Piece by piece: Gets 9.6, sends 2.9 Mbit/s; answers after 31 ms; used 1.1 MB."""
    rates = _rates(figures, language)
    if not rates:
        return  # round trips and bytes of a test that measured no rate are nothing to a person
    yield rates
    if figures.rtt_ms is not None:
        # Nothing answers in no time at all.
        yield fill(outlook_words.ANSWERS, {"rtt": f"{max(1.0, figures.rtt_ms):.0f}"}, language)
    if figures.loss_pct is not None:
        yield fill(outlook_words.LOSES, {"loss": shown_over(figures.loss_pct)}, language)
    if figures.used_mb:
        yield fill(outlook_words.USED, {"used": shown_over(figures.used_mb)}, language)


def _rates(figures: Figures, language: str) -> str:
    at_least, about = outlook_words.AT_LEAST, outlook_words.ABOUT
    rates = {}
    if figures.down_mbps is not None:
        rates["down"] = _rate(figures.down_mbps, at_least if figures.down_at_least else "", language)
    if figures.up_mbps is not None:
        mark = at_least if figures.up_at_least else about if figures.up_estimated else ""
        rates["up"] = _rate(figures.up_mbps, mark, language)
    match list(rates):
        case ["down", "up"]:
            return fill(outlook_words.GETS_AND_SENDS, rates, language)
        case ["down"]:
            return fill(outlook_words.GETS, rates, language)
        case ["up"]:
            return fill(outlook_words.SENDS, rates, language)
    return ""


def _rate(mbps: float, mark: str, language: str) -> str:
    rate = shown("mbps", mbps, language)
    return fill(mark, {"rate": rate}, language) if mark else rate


def fill(sentence: str, params: Mapping[str, Param], language: str) -> str:
    """The sentence in ``language`` with its ``{params}`` put in as a person would say them."""
    return translate(sentence, language).format_map({name: shown(name, params[name], language) for name in params})


def shown(name: str, value: Param, language: str) -> str:
    """A value as a person would say it: numbers short, lists with commas, reasons as a sentence."""
    if value in ("", ()):
        return translate(NOT_TOLD[name], language)
    if name == "reason" and value in REASONS:
        return translate(REASONS[str(value)], language)
    if name.endswith("mbps") and isinstance(value, float):
        rate = shown_mbps(value)
        return f"{rate:g}" if rate < 100 else f"{rate:.0f}"
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
