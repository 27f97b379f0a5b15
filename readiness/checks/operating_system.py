"""Judges whether the operating system still gets updates and can run a current browser.

Profiles name versions of Windows and macOS, as providers do. Where a profile names none, for Linux above all, nobody has
said what a visit needs, so the finding is UNKNOWN: neither a pass nor a fault of the person. A clinic that knows its own
Linux computers says ``other = "ok"`` in its profile.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final, Literal

from readiness.check import Check
from readiness.model import Finding, Status
from readiness.profile import Requirement
from readiness.readings import OperatingSystemReading, OsFamily
from readiness.shape import Flaw, Section, shown
from readiness.text import N_

NOT_A_VERSION: Final = N_('{file}: {field} is {value}, but it must be a version in numbers and dots such as "13.1".')
WRONG_ORDER: Final = N_("{file}: {field} is {value}, but it must be at most pass_from, {pass_from}.")


class SystemVersions(Section, frozen=True):
    """Which versions of one system will do. Versions are compared number by number: 10.15 is newer than 10.9."""

    source: str
    """An id in the profile's ``[sources]``."""
    pass_from: str
    """This version and later ones are good."""
    warn_from: str
    """Versions from this one up to `pass_from` will do for now; earlier ones will not."""

    def flaw(self) -> Flaw | None:
        ends = {"pass_from": _numbers(self.pass_from), "warn_from": _numbers(self.warn_from)}
        for field, numbers in ends.items():
            if numbers is None:
                return Flaw(field, NOT_A_VERSION, {"value": shown(getattr(self, field))})
        if (ends["warn_from"] or ()) > (ends["pass_from"] or ()):
            params = {"value": shown(self.warn_from), "pass_from": shown(self.pass_from)}
            return Flaw("warn_from", WRONG_ORDER, params)
        return None

    def judge(self, version: str | None) -> Status:
        """PASS, WARN or FAIL; UNKNOWN for a version that could not be had or that is no number."""
        numbers = _numbers(version or "")
        if numbers is None:
            return Status.UNKNOWN
        if numbers < (_numbers(self.warn_from) or ()):
            return Status.FAIL
        return Status.WARN if numbers < (_numbers(self.pass_from) or ()) else Status.PASS


class OperatingSystemRequirement(Requirement, frozen=True):
    """What a profile demands of the operating system."""

    windows: SystemVersions | None = None
    """For Windows the marketing release counts ("10", "11"), optionally with the build ("10.19045")."""
    macos: SystemVersions | None = None
    other: Literal["unknown", "ok"] = "unknown"
    """What to say of a system for which this profile names no versions."""


class OperatingSystemCheck(Check[OperatingSystemReading, OperatingSystemRequirement]):
    """The system's version against those that the provider, or the makers of browsers, still support."""

    id = "operating_system"
    reads = OperatingSystemReading
    requires = OperatingSystemRequirement

    def judge(
        self, reading: OperatingSystemReading, requirement: OperatingSystemRequirement, today: date
    ) -> tuple[Finding, ...]:
        if reading.failure is not None:
            return (self.not_checked(reading.failure),)
        name = reading.name or ""
        match _status(reading, requirement):
            case Status.FAIL:
                return (self.finding("unsupported", Status.FAIL, name=name),)
            case Status.WARN:
                return (self.finding("outdated", Status.WARN, name=name),)
            case Status.PASS:
                return (self.finding("ok", Status.PASS, name=name),)
            case _:
                return (self.finding("unknown", Status.UNKNOWN),)


def _status(reading: OperatingSystemReading, requirement: OperatingSystemRequirement) -> Status:
    if reading.family is None:
        return Status.UNKNOWN
    demands = {OsFamily.WINDOWS: requirement.windows, OsFamily.MACOS: requirement.macos}.get(reading.family)
    if demands is not None:
        return demands.judge(reading.version)
    return Status.PASS if requirement.other == "ok" else Status.UNKNOWN


def _numbers(version: str) -> tuple[int, ...] | None:
    """The numbers of a dotted version, without zeros at the end ("13.0" is "13"); None for anything else."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})*", version):
        return None
    numbers = [int(number) for number in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
