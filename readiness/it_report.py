"""The report for a person who helps: read back from its file, and laid out in plain words for every face.

    report → JSON (`readiness.report_file`, which leaves out what is private) → `read_report` → `sheet_of` → a face

A face never lays out the report of a run itself: what a person is shown is read from the bytes that will be saved.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final, Literal

import msgspec

from readiness.advice import words_for
from readiness.checks import CHECKS
from readiness.days import tell_moment
from readiness.fact_words import facts_told
from readiness.joining import NextKind
from readiness.model import Finding, OsFamily, Param, Reading, Report, Result, Status
from readiness.outlook import Figures, Forecast, Help, Outlook
from readiness.readings import OperatingSystemReading
from readiness.report_file import MAX_BYTES, REPORT_VERSION
from readiness.shape import plain
from readiness.support_code import READ_OUT
from readiness.telling import STATUS_WORDS, VERDICT_STATUS, VERDICT_WORDS, ToldOutlook, tell, tell_outlook
from readiness.text import LANGUAGES, N_, Refusal, os_reason, translate

#: What is never in a report, said wherever one is shown.
LEFT_OUT: Final = (
    N_("Your picture and your voice are not in it."),
    N_("Your name and your address are not in it."),
    N_("The owner in a name like “Ana's iPhone” is not in it."),
)


class ReportError(Refusal):
    """A file that cannot be shown as a report."""


class SavedReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a report's file holds, free of any language."""

    report: Report
    line: Forecast
    following: NextKind
    code: str
    """The code to read out, as it was then."""
    language: str
    """The language of the person who saved it."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One check on the sheet, in one language."""

    name: str
    status: Status
    status_word: str
    said: tuple[str, ...]
    """What was found, the leading finding first."""
    steps: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    """The names of facts with their units, and their values."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on a report, in the order of reading, in one language."""

    language: str
    title: str
    saved_at: datetime
    """The moment of the test, in UTC."""
    verdict: str
    verdict_status: Status
    code: str
    """The code to read out, with the words for it."""
    about: tuple[tuple[str, str], ...]
    """When, which program, which provider's demands."""
    line: ToldOutlook | None
    """None where nothing is known of the line."""
    parts: tuple[Part, ...]
    left_out_words: str
    left_out: tuple[str, ...]


# --- Reading


class _Version(msgspec.Struct, frozen=True):
    """Read first: a file of another schema may differ in everything else."""

    schema_version: int


class _Finding(msgspec.Struct, frozen=True):
    id: str
    status: Status
    params: dict[str, Param] = {}


class _Check(msgspec.Struct, frozen=True):
    id: str
    required: bool
    status: Status
    duration_ms: int = 0
    reading: msgspec.Raw = msgspec.Raw(b"null")
    findings: tuple[_Finding, ...] = ()


class _Profile(msgspec.Struct, frozen=True):
    id: str
    edition: str


class _Help(msgspec.Struct, frozen=True):
    id: Help


class _Outlook(msgspec.Struct, frozen=True):
    id: Outlook
    because: tuple[str, ...] = ()
    helps: tuple[_Help, ...] = ()
    call_measured: bool = False
    late: bool = False
    offline: bool = False
    metered: bool = False
    numbers: Figures = Figures()


class _Next(msgspec.Struct, frozen=True):
    kind: NextKind


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """Fields with a default are younger than the first version. Others may be there that we do not know."""

    kind: Literal["report"] = "report"
    app_version: str
    profile: _Profile
    started_at: datetime
    duration_ms: int
    support_code: str
    checks: tuple[_Check, ...]
    outlook: _Outlook
    next: _Next
    language: str = LANGUAGES[0]
    family: OsFamily | None = None


def load_report(path: Path) -> SavedReport:
    """The report in a file. Raises ReportError with one sentence for whatever is wrong with it."""
    try:
        if path.exists() and not path.is_file():  # a folder, or something that could be read for ever
            raise ReportError(N_("{file} is not a file. Give the path of a saved result."), file=str(path))
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ReportError(
            N_("{file} cannot be read ({reason}). Give the path of a saved result."),
            file=str(path),
            reason=os_reason(error),
        ) from error
    return read_report(content, path.name)


def read_report(content: bytes, file: str) -> SavedReport:
    """The report in some bytes of JSON; ``file`` is what a refusal calls them. Raises ReportError."""
    if len(content) > MAX_BYTES:
        raise ReportError(N_("{file} is larger than 1 MB. A saved result is much smaller."), file=file)
    try:
        version = msgspec.json.decode(content, type=_Version).schema_version
        if version > REPORT_VERSION:
            raise ReportError(
                N_(
                    "{file} was saved by a newer program (version {found}; this one reads up to {known}). Update this one."
                ),
                file=file,
                found=version,
                known=REPORT_VERSION,
            )
        saved = msgspec.json.decode(content, type=_File)
        results = tuple(map(_result, saved.checks))
        line = _forecast(saved.outlook)
        started_at = saved.started_at.astimezone(UTC)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise ReportError(
            N_("{file} is not a saved result, or it is damaged. Give one that this program saved as JSON."), file=file
        ) from error
    return SavedReport(
        report=Report(
            app_version=saved.app_version,
            profile_id=saved.profile.id,
            profile_edition=saved.profile.edition,
            started_at=started_at,
            duration_ms=saved.duration_ms,
            family=saved.family or _family_in(results),
            results=results,
        ),
        line=line,
        following=saved.next.kind,
        code=saved.support_code,
        language=saved.language if saved.language in LANGUAGES else LANGUAGES[0],
    )


def _result(saved: _Check) -> Result:
    return Result(
        check=saved.id,
        required=saved.required,
        findings=tuple(Finding(found.id, found.status, found.params) for found in saved.findings),
        reading=_reading(saved),
        duration_ms=saved.duration_ms,
    )


def _reading(saved: _Check) -> Reading | None:
    """The facts that we know; those that a newer program of the same schema has added are left out."""
    kind = next((check.reads for check in CHECKS if check.id == saved.id), None)
    facts = msgspec.json.decode(saved.reading)
    if kind is None or facts is None:
        return None
    if isinstance(facts, dict):
        facts = {name: value for name, value in facts.items() if name in kind.__struct_fields__}
    reading: Reading = msgspec.convert(facts, kind)
    return reading


def _forecast(saved: _Outlook) -> Forecast:
    return Forecast(
        outlook=saved.id,
        because=saved.because,
        helps=tuple(help_.id for help_ in saved.helps),
        late=saved.late,
        offline=saved.offline,
        call_measured=saved.call_measured,
        metered=saved.metered,
        figures=saved.numbers,
    )


def _family_in(results: tuple[Result, ...]) -> OsFamily | None:
    """The first version did not write the kind of system down; the check of the system did."""
    readings = (result.reading for result in results)
    return next((reading.family for reading in readings if isinstance(reading, OperatingSystemReading)), None)


# --- Laying out


def sheet_of(saved: SavedReport, language: str, zone: tzinfo | None = None) -> Sheet:
    """The report in plain words. ``zone``: whose clock tells the time; None for this computer's."""
    report = saved.report

    def say(sentence: str) -> str:
        return translate(sentence, language)

    return Sheet(
        language=language,
        title=say(N_("Result of the video visit test")),
        saved_at=report.started_at,
        verdict=say(VERDICT_WORDS[report.verdict]),
        verdict_status=VERDICT_STATUS[report.verdict],
        code=f"{say(READ_OUT)} {plain(saved.code)}",
        about=(
            (say(N_("Tested on")), tell_moment(report.started_at.astimezone(zone), language)),
            (say(N_("Program")), f"readiness {plain(report.app_version)}"),
            (say(N_("For visits with")), plain(f"{report.profile_id} ({report.profile_edition})")),
        ),
        line=None if saved.line.outlook is Outlook.UNKNOWN else tell_outlook(saved.line, language),
        parts=tuple(_part(result, report.family, language) for result in report.results),
        left_out_words=say(N_("What is not in it")),
        left_out=tuple(map(say, LEFT_OUT)),
    )


def _part(result: Result, family: OsFamily | None, language: str) -> Part:
    told = [_told(finding, family, language) for finding in result.findings]
    facts = facts_told(result.reading, language) if result.reading else ()
    return Part(
        name=_name(result.check, language),
        status=result.status,
        status_word=translate(STATUS_WORDS[result.status], language),
        said=tuple(said for said, _ in told),
        steps=told[0][1] if told else (),
        facts=tuple((name, plain(value)) for name, value in facts),
    )


def _name(check: str, language: str) -> str:
    try:
        return translate(words_for(check).name, language)
    except LookupError:  # a check that a newer program of the same schema has
        return plain(check)


def _told(finding: Finding, family: OsFamily | None, language: str) -> tuple[str, tuple[str, ...]]:
    """A finding's text and steps; of one that this program has no words for, its name."""
    try:
        told = tell(finding, language, family)
    except LookupError:
        return translate(N_("Found: {id}"), language).format(id=plain(finding.id)), ()
    return told.text, told.steps
