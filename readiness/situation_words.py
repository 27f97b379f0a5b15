"""What a spoken code tells, in words for the agent on the phone, in the language asked for."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from readiness.joining import Way
from readiness.model import SEVERITY, OsFamily, Param, Status
from readiness.support_code import Cause, Situation
from readiness.support_tables import TABLES, Age
from readiness.telling import fill, tell_agent
from readiness.text import N_, translate

_SYSTEMS: Final = {
    OsFamily.WINDOWS: "Windows",
    OsFamily.MACOS: "macOS",
    OsFamily.LINUX: "Linux",
    OsFamily.OTHER: N_("not known"),
}
_BROWSERS: Final = {
    "chrome": "Google Chrome",
    "msedge": "Microsoft Edge",
    "firefox": "Firefox",
    "chromium": "Chromium",
    "safari": "Safari",
    "other": N_("another browser"),
    "": N_("not known"),
}
LANGUAGE_WORDS: Final = {"en": N_("English"), "es": N_("Spanish")}
_WAYS: Final = {Way.COMPUTER: N_("on this computer"), Way.PHONE: N_("on a phone or tablet")}

#: Said before the words of causes that share a value of the code.
ONE_OF_THESE: Final = N_("One of these:")


class ToldCause(msgspec.Struct, frozen=True, kw_only=True):
    """What one check came to, for the agent."""

    check: str
    status: Status
    findings: tuple[str, ...]
    agent: tuple[str, ...]
    """For each finding what the agent says. More than one: the code does not tell which it was."""
    confirm: tuple[str, ...]
    """For each finding the question that makes sure of it."""


def tell_causes(situation: Situation, language: str) -> tuple[ToldCause, ...]:
    """Every check's outcome in words, the heaviest first."""
    ordered = sorted(situation.causes, key=lambda cause: SEVERITY.index(cause.status))
    return tuple(_tell_cause(cause, situation, language) for cause in ordered)


def tell_caller(situation: Situation, language: str) -> tuple[tuple[str, str], ...]:
    """What is told of the caller's side beside the checks: rows of a name and a value."""
    rows = (
        (N_("System"), system_words(situation, language)),
        (N_("Browser"), browser_words(situation, language)),
        (N_("Language"), translate(LANGUAGE_WORDS[situation.language], language)),
        (N_("Joins"), translate(_WAYS[situation.way], language)),
        (N_("Profile"), edition_words(situation, language)),
    )
    return tuple((translate(name, language), value) for name, value in rows)


def system_words(situation: Situation, language: str) -> str:
    """The system and its version, or as much as the code tells of it."""
    system = situation.system
    name = translate(_SYSTEMS[system.family], language)
    if system.version == "older":
        return fill(N_("{name}, an old version"), {"name": name}, language)
    if not system.version and system.family in (OsFamily.WINDOWS, OsFamily.MACOS):
        return fill(N_("{name}, version not told"), {"name": name}, language)
    return f"{name} {system.version}".strip()


def browser_words(situation: Situation, language: str) -> str:
    """The browser, and which versions it may be."""
    browser = situation.browser
    name = translate(_BROWSERS[browser.id], language)
    current = dict(TABLES[situation.table - 1].current).get(browser.id, 0)
    sentence = {
        Age.CURRENT: N_("{name}, version {current} or newer"),
        Age.RECENT: N_("{name}, version {first} or {last}"),
        Age.OLD: N_("{name}, older than version {first}"),
        Age.UNKNOWN: "{name}",
    }[browser.age]
    versions: dict[str, Param] = {"name": name, "current": current, "first": current - 2, "last": current - 1}
    return fill(sentence, versions, language)


def edition_words(situation: Situation, language: str) -> str:
    """The profile that judged, and its edition."""
    edition = situation.edition
    if not edition.profile:
        return translate(N_("a clinic's own"), language)
    if not edition.edition:
        return fill(N_("{profile}, another edition"), {"profile": edition.profile}, language)
    return f"{edition.profile}, {edition.edition}"


def situation_object(code: str, situation: Situation, language: str) -> dict[str, Any]:
    """What a code tells as the one JSON object of ``code decode --json``; its texts are in ``language``."""
    plain: dict[str, Any] = msgspec.to_builtins(situation)
    return {
        "schema_version": 1,
        "support_code": code,
        **{name: plain[name] for name in ("table", "language", "way")},
        "system": {**plain["system"], "text": system_words(situation, language)},
        "browser": {**plain["browser"], "text": browser_words(situation, language)},
        "profile": {"id": situation.edition.profile, "edition": situation.edition.edition},
        "checks": [
            {
                "id": told.check,
                "status": told.status.value,
                "findings": [
                    {"id": finding, "agent": agent, "confirm": confirm}
                    for finding, agent, confirm in zip(told.findings, told.agent, told.confirm, strict=True)
                ],
            }
            for told in tell_causes(situation, language)
        ],
    }


def known_values(check: str, situation: Situation, language: str) -> dict[str, Param]:
    """The values in a check's sentences that a code tells; all others stand on the caller's screen alone."""
    if check == "browser" and situation.browser.id:
        return {"name": translate(_BROWSERS[situation.browser.id], language)}
    if check == "operating_system":
        return {"name": system_words(situation, language)}
    return {}


def _tell_cause(cause: Cause, situation: Situation, language: str) -> ToldCause:
    known = known_values(cause.check, situation, language)
    told = [tell_agent(finding, language, known) for finding in cause.findings]
    return ToldCause(
        check=cause.check,
        status=cause.status,
        findings=cause.findings,
        agent=tuple(agent for agent, _ in told),
        confirm=tuple(confirm for _, confirm in told),
    )
