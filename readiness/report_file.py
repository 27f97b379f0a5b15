"""Reports and readings as JSON: what other programs read, what can be judged again, and what is left out for privacy.

This computer's addresses, serial numbers and the names of people are never written: see `readiness.privacy`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from readiness import shape
from readiness.check import AnyCheck
from readiness.joining import NextStep, Way
from readiness.model import Finding, OsFamily, Reading, Report
from readiness.outlook import Forecast
from readiness.privacy import finding_without_people, without_people
from readiness.readings import BandwidthReading, CallQualityReading, ConnectionReading
from readiness.support_code import encode
from readiness.telling import tell, tell_outlook
from readiness.text import N_, Refusal, os_reason

#: Of a readings file.
SCHEMA_VERSION: Final = 1

#: Of a report: docs/report.schema.json. Since 2 it says what it is, in which language and on which kind of system it was
#: made, and has the numbers behind the outlook.
REPORT_VERSION: Final = 2

#: A readings file has a few kilobytes; more is not ours.
MAX_BYTES: Final = 1 << 20


class ReadingsError(Refusal):
    """A readings file that cannot be used."""


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """What a readings file holds: the facts of one run, to be judged again without the machine."""

    profile_id: str
    measured_at: datetime
    duration_ms: int
    family: OsFamily | None
    readings: Mapping[str, Reading]
    """By check id; checks that were skipped are not in it."""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema_version: int
    kind: Literal["readings"]
    app_version: str
    profile: str
    started_at: datetime
    duration_ms: int
    family: OsFamily | None
    readings: dict[str, msgspec.Raw]


class _Version(msgspec.Struct, frozen=True):
    """Read first: a file of another schema may differ in everything else."""

    schema_version: int


def report_object(
    report: Report, line: Forecast, following: NextStep, language: str, way: Way = Way.COMPUTER
) -> dict[str, Any]:
    """The report as the one JSON object of ``check --json``; its texts are in ``language``. ``way``: of joining."""
    return {
        "schema_version": REPORT_VERSION,
        "kind": "report",
        "app_version": report.app_version,
        "language": language,
        "family": report.family,
        "profile": {"id": report.profile_id, "edition": report.profile_edition},
        "started_at": _utc(report.started_at),
        "duration_ms": report.duration_ms,
        "verdict": report.verdict.value,
        "support_code": encode(report, language=language, way=way),
        "checks": [
            {
                "id": result.check,
                "required": result.required,
                "status": result.status.value,
                "duration_ms": result.duration_ms,
                "reading": None if result.reading is None else msgspec.to_builtins(without_people(result.reading)),
                "findings": [_finding_object(finding, language, report.family) for finding in result.findings],
            }
            for result in report.results
        ],
        "outlook": _outlook_object(line, language),
        "next": {
            "kind": following.kind.value,
            "finding": None if following.finding is None else following.finding.id,
        },
    }


def report_json(report: Report, line: Forecast, following: NextStep, language: str, way: Way = Way.COMPUTER) -> bytes:
    """The content of a report's file: what ``check --json`` prints."""
    content = report_object(report, line, following, language, way)
    return (json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n").encode()


def _outlook_object(line: Forecast, language: str) -> dict[str, Any]:
    told = tell_outlook(line, language)
    return {
        "id": line.outlook.value,
        "text": told.text,
        "figures": list(told.figures),
        "cost": told.cost,
        "because": list(line.because),
        "helps": [{"id": help_.value, "text": text} for help_, text in zip(line.helps, told.helps, strict=True)],
        "call_measured": line.call_measured,
        "late": line.late,
        "offline": line.offline,
        "metered": line.metered,
        "numbers": msgspec.to_builtins(line.figures),
    }


def _finding_object(finding: Finding, language: str, family: OsFamily | None) -> dict[str, Any]:
    finding = finding_without_people(finding)
    told = tell(finding, language, family)
    return {
        "id": finding.id,
        "status": finding.status.value,
        "params": dict(finding.params),
        "text": told.text,
        "steps": list(told.steps),
        "settings_url": told.settings_url,
    }


def readings_json(report: Report) -> bytes:
    """The readings of a report as the content of a readings file."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "kind": "readings",
        "app_version": report.app_version,
        "profile": report.profile_id,
        "started_at": _utc(report.started_at),
        "duration_ms": report.duration_ms,
        "family": report.family,
        "readings": {
            result.check: without_people(result.reading) for result in report.results if result.reading is not None
        },
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def load_readings(path: Path, checks: Sequence[AnyCheck]) -> Saved:
    """The readings in a file. Raises ReadingsError with one sentence for whatever is wrong with it."""
    try:
        if path.exists() and not path.is_file():  # a folder, or something that could be read for ever
            raise ReadingsError(
                N_("{file} is not a file. Give the path of a file that --save-readings wrote."), file=str(path)
            )
        with path.open("rb") as file_:
            content = file_.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ReadingsError(N_("{file} is larger than 1 MB. A readings file is much smaller."), file=str(path))
    except OSError as error:
        raise ReadingsError(
            N_("{file} cannot be read ({reason}). Give the path of a file that --save-readings wrote."),
            file=str(path),
            reason=os_reason(error),
        ) from error
    kinds = {check.id: check.reads for check in checks}
    try:
        version = msgspec.json.decode(content, type=_Version).schema_version
        if version != SCHEMA_VERSION:
            raise ReadingsError(
                N_("{file} has schema version {found}; this program reads version {known}. Measure again."),
                file=str(path),
                found=version,
                known=SCHEMA_VERSION,
            )
        file = msgspec.json.decode(content, type=_File)
        if unknown := sorted(set(file.readings) - set(kinds)):
            raise ReadingsError(
                N_("{file} has a reading for an unknown check “{check}”. Known are: {known}."),
                file=str(path),
                check=unknown[0],
                known=", ".join(kinds),
            )
        readings: dict[str, Reading] = {}
        for check, raw in file.readings.items():
            try:
                readings[check] = msgspec.json.decode(raw, type=kinds[check])
            except msgspec.ValidationError as error:
                raise ReadingsError(
                    N_("{file}: the value at {place} is wrong. Give a file that --save-readings wrote, unchanged."),
                    file=str(path),
                    place=f"readings.{check}{_place(error)}",
                ) from error
            if odd := next(_out_of_range(readings[check]), None):
                raise ReadingsError(
                    N_(
                        "{file}: {place} is {value}, but it must be between {least} and {most}. "
                        "Give a file that --save-readings wrote, unchanged."
                    ),
                    file=str(path),
                    place=f"readings.{check}.{odd.name}",
                    value=shape.shown(odd.value),
                    least=odd.least,
                    most=odd.most,
                )
        measured_at = file.started_at.astimezone(UTC)
    except (msgspec.MsgspecError, OverflowError) as error:
        raise ReadingsError(
            N_("{file} is not a readings file (look at {place}). Give a file that --save-readings wrote."),
            file=str(path),
            place=_place(error).lstrip(".") or N_("its beginning"),
        ) from error
    return Saved(
        profile_id=file.profile,
        measured_at=measured_at,
        duration_ms=file.duration_ms,
        family=file.family,
        readings=readings,
    )


class _Odd(msgspec.Struct, frozen=True):
    """A number that nobody can have measured."""

    name: str
    value: float
    least: int
    most: int


#: What numbers of the line can be, by the end of their names; the first that fits counts. The upper ends are far beyond
#: any line: 1 Tbit/s, 11 days (a computer may have slept in the middle), 1 TB.
_RANGES: Final = (
    ("spread_pct", 0, 1000),
    ("_pct", 0, 100),
    ("_mbps", 0, 10**6),
    ("_ms", 0, 10**9),
    ("_s", 0, 10**6),
    ("_h", -(10**6), 10**6),
    ("bytes_down", 0, 10**12),
    ("bytes_up", 0, 10**12),
    ("signal_bars", 0, 4),
    ("mos", 1, 5),
    ("", 0, 10**9),
)


def _out_of_range(reading: Reading) -> Iterator[_Odd]:
    """Numbers of a reading of the line that no measurement gives: a rate below nothing, more lost than was sent."""
    if not isinstance(reading, ConnectionReading | BandwidthReading | CallQualityReading):
        return
    for name, value in msgspec.structs.asdict(reading).items():
        if not isinstance(value, int | float) or isinstance(value, bool):
            continue
        least, most = next((least, most) for end, least, most in _RANGES if name.endswith(end))
        if not least <= value <= most:  # a comparison with what is not a number is never true
            yield _Odd(name, value, least, most)


def _place(error: Exception) -> str:
    """Where in a file something does not fit, as ``.field.field``; "" where that is not known."""
    found = re.search(r"`\$(?P<place>[^`]*)`", str(error))
    return found["place"] if found else ""


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
