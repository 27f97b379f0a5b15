"""The test while nobody is there, on the evening before a visit: no light of a camera, no sound, nobody's voice.

The camera is not opened: its light would come on in an empty room. Microphone and speaker need a person. So these three
are only looked for in the system's lists, and what was not looked at is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from readiness import runner
from readiness.check import AnyCheck
from readiness.machine import NO_CHOICE, Machine
from readiness.model import Failure, Result, Status
from readiness.profile import Profile
from readiness.readings import DevicesReading

#: Only looked for. How busy this computer is on another day says nothing of the visit.
NOT_TESTED: Final = ("camera", "microphone", "speaker")
_LEFT_OUT: Final = frozenset({*NOT_TESTED, "computer"})


def what_is_wrong(checks: Sequence[AnyCheck], machine: Machine, profile: Profile, today: date) -> tuple[Result, ...]:
    """The results of required checks that failed, in the order of the checks; none when all is well or not known."""
    report = runner.run(checks, machine, profile, choices=NO_CHOICE, skip=_LEFT_OUT)
    devices = machine.read(DevicesReading, profile, NO_CHOICE)
    results = {result.check: result for result in report.results}
    for check in checks:
        if check.id in NOT_TESTED and getattr(devices, f"{check.id}s") == ():
            nothing = check.reads(failure=Failure.NONE_FOUND)
            results[check.id] = runner.judged(check, profile, nothing, today)
    return tuple(result for result in results.values() if result.required and result.status is Status.FAIL)
