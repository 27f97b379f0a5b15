"""The test while nobody is there, on the evening before a visit: no light of a camera, no sound, nobody's voice.

The camera is not opened: its light would come on in an empty room. Microphone and speaker need a person. So these three
are only looked for in the system's lists, and what was not looked at is said.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from readiness import runner
from readiness.check import AnyCheck
from readiness.machine import NO_CHOICE, Machine
from readiness.model import Failure, Result, Status
from readiness.profile import Profile
from readiness.readings import ConnectionReading, DevicesReading

#: Only looked for. How busy this computer is on another day says nothing of the visit.
NOT_TESTED: Final = ("camera", "microphone", "speaker")
_LEFT_OUT: Final = frozenset({*NOT_TESTED, "computer"})

#: What costs data: not used up behind anybody's back where the line is paid by use.
_COSTLY: Final = frozenset({"bandwidth", "call_quality"})


def what_is_wrong(checks: Sequence[AnyCheck], machine: Machine, profile: Profile, today: date) -> tuple[Result, ...]:
    """The results of required checks that failed, in the order of the checks; none when all is well or not known."""
    free = {*_LEFT_OUT, *_COSTLY}
    results = _measured(checks, machine, profile, skip=free)
    line = results["connection"].reading
    if not (isinstance(line, ConnectionReading) and line.metered):
        results |= _measured(checks, machine, profile, skip={check.id for check in checks} - _COSTLY)
    devices = machine.read(DevicesReading, profile, NO_CHOICE)
    for check in checks:
        if check.id in NOT_TESTED and getattr(devices, f"{check.id}s") == ():
            nothing = check.reads(failure=Failure.NONE_FOUND)
            results[check.id] = runner.judged(check, profile, nothing, today)
    found = (results[check.id] for check in checks if check.id in results)
    return tuple(result for result in found if result.required and result.status is Status.FAIL)


def _measured(
    checks: Sequence[AnyCheck], machine: Machine, profile: Profile, *, skip: Collection[str]
) -> dict[str, Result]:
    report = runner.run(checks, machine, profile, choices=NO_CHOICE, skip=skip)
    return {result.check: result for result in report.results if result.check not in skip}
