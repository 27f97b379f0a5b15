"""What a check run is made of: readings go in, findings come out, a report holds them all.

    machine → probe → Reading → Check.judge → Finding → Report → a face

Everything here is frozen and does no input or output. Read this file first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec


class Status(StrEnum):
    """What is known about one thing that a video visit needs."""

    PASS = "pass"
    """Measured, and good enough."""
    WARN = "warn"
    """Measured, and it will do with limits."""
    FAIL = "fail"
    """Measured, and a visit would not work like this."""
    UNKNOWN = "unknown"
    """Not measured: our fault or the machine's, with the reason in the finding. Never shown as a pass."""
    SKIPPED = "skipped"
    """Not measured because the person chose so. Never shown as a pass."""


#: From the heaviest to the lightest: the order in which findings are told, and how a check's status is summed up.
SEVERITY: tuple[Status, ...] = (Status.FAIL, Status.UNKNOWN, Status.SKIPPED, Status.WARN, Status.PASS)


class Verdict(StrEnum):
    """The answer to "is this computer ready?". It never stops anybody from joining."""

    READY = "ready"
    READY_WITH_LIMITS = "ready_with_limits"
    NOT_READY = "not_ready"
    PARTLY_CHECKED = "partly_checked"


class Failure(StrEnum):
    """Why a probe came back without (all of) its facts. A fact about the attempt, not yet a judgement."""

    NONE_FOUND = "none_found"
    """The machine has no such thing."""
    BLOCKED = "blocked"
    """The operating system refuses programs the use of it."""
    BUSY = "busy"
    """Another program holds it."""
    NOT_ANSWERING = "not_answering"
    """It is there, but gave nothing within the deadline."""
    UNPLUGGED = "unplugged"
    """It was there and went away during the measurement."""
    NO_SOUND_SYSTEM = "no_sound_system"
    """No sound library or sound server runs here, so no sound device can be seen."""
    NO_CONNECTION = "no_connection"
    """Nothing beyond this computer could be reached, so there was no line to measure."""
    SERVER_UNREACHABLE = "server_unreachable"
    """The servers we measure against did not answer as they should: not the person's fault."""
    NO_SERVER = "no_server"
    """The profile names no server to measure against."""
    UNSUPPORTED = "unsupported"
    """We do not know how to ask this operating system."""
    CRASHED = "crashed"
    """Our probe, or a driver inside it, broke."""
    CANCELLED = "cancelled"
    """The person stopped the run before this was measured."""


class OsFamily(StrEnum):
    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"
    OTHER = "other"


#: A value that a sentence may quote: it is put into the words, never read back.
Param = str | int | float | tuple[str, ...]


class Reading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False, forbid_unknown_fields=True):
    """Facts that one probe read from the machine, with units in their names. A fact that could not be had is None."""

    failure: Failure | None = None
    """Why the facts are missing or incomplete; None when the probe ended as it should."""


class Finding(msgspec.Struct, frozen=True):
    """One judged fact: a stable id such as ``camera.dark``, how bad it is, and the values its words quote."""

    id: str
    status: Status
    params: Mapping[str, Param] = {}

    @property
    def check(self) -> str:
        """The id of the check it belongs to: the part before the dot."""
        return self.id.partition(".")[0]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one check came to."""

    check: str
    required: bool
    """Whether a video visit with this provider needs it."""
    findings: tuple[Finding, ...] = ()
    """The leading one first; empty only when the check was skipped."""
    reading: Reading | None = None
    """None when nothing was measured."""
    duration_ms: int = 0

    @property
    def status(self) -> Status:
        """The heaviest status among the findings; no finding at all means that the person skipped the check."""
        return heaviest(finding.status for finding in self.findings)

    @property
    def leading(self) -> Finding | None:
        """The finding to tell first, or None for a skipped check."""
        return self.findings[0] if self.findings else None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run: every check's result, in the order in which a person should hear of them."""

    app_version: str
    profile_id: str
    profile_edition: str
    started_at: datetime
    """When the run began, in UTC."""
    duration_ms: int
    family: OsFamily | None = None
    """The kind of operating system that the person sits at: its settings pages are named."""
    results: tuple[Result, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict over all results: see `judge_verdict`."""
        return judge_verdict((result.required, result.status) for result in self.results)

    @property
    def to_fix(self) -> tuple[Finding, ...]:
        """Leading findings of required checks that stand between the person and "ready", heaviest first."""
        open_results = [r for r in self.results if r.required and r.status in (Status.FAIL, Status.UNKNOWN)]
        open_results.sort(key=lambda result: SEVERITY.index(result.status))
        return tuple(result.findings[0] for result in open_results)


def heaviest(statuses: Iterable[Status]) -> Status:
    """The heaviest of some statuses; none at all counts as SKIPPED."""
    return min(statuses, key=SEVERITY.index, default=Status.SKIPPED)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings sorted from the heaviest to the lightest; equal ones keep the order in which they were found."""
    return tuple(sorted(findings, key=lambda finding: SEVERITY.index(finding.status)))


def judge_verdict(results: Iterable[tuple[bool, Status]]) -> Verdict:
    """The verdict for (required, status) pairs.

    ====================================================  ====================
    among the results there is                            verdict
    ====================================================  ====================
    a required FAIL                                       not ready
    else a required UNKNOWN or SKIPPED, or nothing        partly checked
    else any WARN, or a FAIL that is not required         ready with limits
    else                                                  ready
    ====================================================  ====================
    """
    pairs = tuple(results)
    required = {status for needed, status in pairs if needed}
    everything = {status for _, status in pairs}
    if Status.FAIL in required:
        return Verdict.NOT_READY
    if not required or required & {Status.UNKNOWN, Status.SKIPPED}:
        return Verdict.PARTLY_CHECKED
    if everything & {Status.WARN, Status.FAIL}:
        return Verdict.READY_WITH_LIMITS
    return Verdict.READY
