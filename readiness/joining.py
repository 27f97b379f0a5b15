"""How to join the visit, and what to do when this computer will not do: from a profile and a report, in one language.

Everything here is pure. The texts come from the profile, so nothing is translated here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from readiness.model import SEVERITY, Finding, Report, Status, Verdict
from readiness.profile import Care, CareKind, Link, Localized, NoteKind, Phone, Profile
from readiness.readings import BrowserReading


class Way(StrEnum):
    """Where a person joins."""

    COMPUTER = "computer"
    """This computer, in a browser."""
    PHONE = "phone"
    """A phone or tablet, in the provider's app."""


class PhoneLine(msgspec.Struct, frozen=True):
    """A number to call, in one language."""

    label: str
    number: str
    hours: str
    letters: str | None = None
    """The number as flyers print it, with letters."""
    tty: str | None = None
    """The number for people who are deaf or hard of hearing."""

    @property
    def dialled(self) -> str:
        """The number as it is dialled, with the letters of the flyer and the number for the hard of hearing."""
        number = f"{self.number} ({self.letters})" if self.letters else self.number
        return f"{number}, TTY {self.tty}" if self.tty else number


class JoinCard(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a person needs in order to join in one way, in one language."""

    way: Way
    provider: str
    title: str
    when: str
    steps: tuple[str, ...]
    """In order; a face numbers them."""
    needs: tuple[str, ...] = ()
    link: str | None = None
    """The page that begins it."""
    browser_advice: str | None = None
    """Which browser to use."""
    open_with: str | None = None
    """The id of an installed browser that is recommended, to open ``link`` with; None when none is known."""
    notes: tuple[str, ...] = ()
    help_phones: tuple[PhoneLine, ...] = ()


class CareOption(msgspec.Struct, frozen=True, kw_only=True):
    """Another way to get care, in one language."""

    kind: CareKind
    text: str
    phone: PhoneLine | None = None
    link: str | None = None


class NextKind(StrEnum):
    """What to do after a run."""

    JOIN = "join"
    FIX = "fix"
    OTHER_CARE = "other_care"


class NextStep(msgspec.Struct, frozen=True):
    """The one thing to do next. Nothing ever keeps a person from joining: it is advice."""

    kind: NextKind
    finding: Finding | None = None
    """FIX: what to fix. OTHER_CARE: what cannot be fixed. JOIN: the limit to expect, or what was not checked."""


#: What a phone or tablet brings along itself. Its line it often shares with the computer, so a slow or broken line is
#: no reason to change.
_PHONE_HAS_ITS_OWN: Final = frozenset({"camera", "microphone", "speaker", "operating_system", "browser"})

#: Said on the card as "when", so not again among the notes.
_TOLD_ELSEWHERE: Final = frozenset({NoteKind.JOIN_EARLY})


def join_card(profile: Profile, way: Way, language: str, report: Report | None = None) -> JoinCard:
    """How to join in one way, in ``language`` ("en" or "es"); the report tells which browsers are here."""
    chosen = profile.join.phone if way is Way.PHONE else profile.join.computer
    return JoinCard(
        way=way,
        provider=profile.name.in_language(language),
        title=chosen.title.in_language(language),
        when=profile.join.when.in_language(language),
        steps=_in_language(chosen.steps, language),
        needs=_in_language(chosen.needs, language),
        link=_link(chosen.link, profile.links, language),
        browser_advice=chosen.browser.in_language(language) if chosen.browser else None,
        open_with=_open_with(profile, report) if way is Way.COMPUTER and report else None,
        notes=tuple(note.text.in_language(language) for note in profile.notes if note.kind not in _TOLD_ELSEWHERE),
        help_phones=(_phone_line(profile.phone(profile.help_phone), language),) if profile.help_phone else (),
    )


def other_care(profile: Profile, language: str) -> tuple[CareOption, ...]:
    """The other ways to get care, in the profile's order."""
    return tuple(_care_option(care, profile, language) for care in profile.other_care)


def suggested_way(report: Report) -> Way:
    """A phone or tablet when this computer fails at something that they would bring along themselves."""
    fails = {result.check for result in report.results if result.required and result.status is Status.FAIL}
    return Way.PHONE if fails & _PHONE_HAS_ITS_OWN else Way.COMPUTER


def next_step(report: Report, fixable: Callable[[str], bool]) -> NextStep:
    """The one thing to do next; ``fixable`` says of a finding id whether the person can do something about it.

    =====================  ======================================================  ==================================
    verdict                next                                                    finding
    =====================  ======================================================  ==================================
    ready                  join                                                    none
    ready with limits      join                                                    the heaviest limit
    not ready              fix when a failure can be fixed, else other care        that failure, else the heaviest
    partly checked         fix when something unknown can be had, else join        that unknown, else the first or none
    =====================  ======================================================  ==================================
    """
    if report.verdict is Verdict.READY:
        return NextStep(NextKind.JOIN)
    if report.verdict is Verdict.READY_WITH_LIMITS:
        limits = [result for result in report.results if result.status in {Status.FAIL, Status.WARN}]
        return NextStep(NextKind.JOIN, min(limits, key=lambda result: SEVERITY.index(result.status)).leading)
    to_fix = report.to_fix
    otherwise = NextKind.JOIN
    if report.verdict is Verdict.NOT_READY:
        # What is merely unknown is not worth an effort while a failure remains that nothing can be done about.
        to_fix = tuple(finding for finding in to_fix if finding.status is Status.FAIL)
        otherwise = NextKind.OTHER_CARE
    for finding in to_fix:
        if fixable(finding.id):
            return NextStep(NextKind.FIX, finding)
    return NextStep(otherwise, to_fix[0] if to_fix else None)


def _in_language(texts: tuple[Localized, ...], language: str) -> tuple[str, ...]:
    return tuple(text.in_language(language) for text in texts)


def _link(link_id: str | None, links: Mapping[str, Link], language: str) -> str | None:
    return links[link_id].in_language(language) if link_id else None


def _phone_line(phone: Phone, language: str) -> PhoneLine:
    return PhoneLine(
        label=phone.label.in_language(language),
        number=phone.number,
        hours=phone.hours.in_language(language),
        letters=phone.letters,
        tty=phone.tty,
    )


def _care_option(care: Care, profile: Profile, language: str) -> CareOption:
    return CareOption(
        kind=care.kind,
        text=care.text.in_language(language),
        phone=_phone_line(profile.phone(care.phone), language) if care.phone else None,
        link=_link(care.link, profile.links, language),
    )


def _open_with(profile: Profile, report: Report) -> str | None:
    """The first recommended browser for this system that is installed here."""
    section = profile.requirements.get("browser", {})
    recommended = msgspec.convert(section.get("recommended", {}), dict[str, tuple[str, ...]])
    for result in report.results:
        reading = result.reading
        if isinstance(reading, BrowserReading) and reading.family and reading.installed:
            installed = {browser.id for browser in reading.installed}
            return next((browser for browser in recommended.get(reading.family, ()) if browser in installed), None)
    return None
