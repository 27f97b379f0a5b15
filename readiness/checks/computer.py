"""Judges whether the computer has the strength left for a video visit. Only ever hints: a busy computer may still do.

Nobody publishes numbers for this, so the limits are the profile's, and every finding about them is a warning even where
a profile calls a value too low.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from readiness.check import Check
from readiness.model import Failure, Finding, Status
from readiness.profile import Limit, Requirement
from readiness.readings import ComputerReading


class ComputerRequirement(Requirement, frozen=True):
    """What a profile demands of the computer. None: it makes no demand."""

    cpu_busy_pct: Limit | None = None
    memory_free_mib: Limit | None = None
    battery_pct: Limit | None = None
    """Counts only while the computer runs on its battery."""


class ComputerCheck(Check[ComputerReading, ComputerRequirement]):
    """Processor, memory, battery, and programs that may hold the camera.

    Facts that a demand needs and that are missing give ``not_checked`` beside whatever could be judged. A missing
    battery is no missing fact: most desktop computers have none.
    """

    id = "computer"
    reads = ComputerReading
    requires = ComputerRequirement

    def judge(self, reading: ComputerReading, requirement: ComputerRequirement, today: date) -> tuple[Finding, ...]:
        if reading.failure is not None:
            return (self.not_checked(reading.failure),)
        return self.found([*self._missing(reading, requirement), *self._hints(reading, requirement)])

    def _missing(self, reading: ComputerReading, requirement: ComputerRequirement) -> Iterator[Finding]:
        cpu_missing, memory_missing = reading.cpu_busy_pct is None, reading.memory_free_mib is None
        demanded = (
            (requirement.cpu_busy_pct, cpu_missing),
            (requirement.memory_free_mib, memory_missing),
            (requirement.battery_pct, bool(reading.on_battery) and reading.battery_pct is None),
        )
        if (cpu_missing and memory_missing) or any(limit and missing for limit, missing in demanded):
            yield self.not_checked(Failure.UNSUPPORTED)

    def _hints(self, reading: ComputerReading, requirement: ComputerRequirement) -> Iterator[Finding]:
        # Rounded away from the limit, so that no sentence says "80 %" of what was judged to be over 80.
        if reading.cpu_busy_pct is not None and _beyond(requirement.cpu_busy_pct, reading.cpu_busy_pct):
            yield self.finding("busy", Status.WARN, cpu_busy_pct=min(100, math.ceil(reading.cpu_busy_pct)))
        if reading.memory_free_mib is not None and _beyond(requirement.memory_free_mib, reading.memory_free_mib):
            yield self.finding("low_memory", Status.WARN, memory_free_mib=math.floor(reading.memory_free_mib))
        if (
            reading.on_battery
            and reading.battery_pct is not None
            and _beyond(requirement.battery_pct, reading.battery_pct)
        ):
            yield self.finding("low_battery", Status.WARN, battery_pct=math.floor(reading.battery_pct))
        if reading.video_programs:
            yield self.finding("video_programs", Status.WARN, programs=reading.video_programs)


def _beyond(limit: Limit | None, value: float) -> bool:
    return limit is not None and limit.judge(value) is not Status.PASS
