"""Verdicts: the same line many times over, a little above or below what a visit needs, or on a computer at its limits."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec
import psutil

from benchmarks.network import ours
from benchmarks.network.cost import Broke
from benchmarks.network.lines import Group, Line, payload_share
from benchmarks.network.records import Trial
from benchmarks.network.stand import Stand, stand
from readiness.checks.bandwidth import BandwidthCheck, BandwidthRequirement
from readiness.model import Finding, Status
from readiness.profile import Limit, Profile
from readiness.readings import BandwidthReading

#: How far from the need a line is that must be told apart from it.
ABOVE: Final = 1.25
BELOW: Final = 0.8

#: How many programs fill each core in the last trial, and on which line: far better than any visit needs.
_LOOPS_A_CORE: Final = 2
_GOOD_LINE: Final = Line(id="busy", down_mbps=10, up_mbps=3)

_LOOP: Final = "while True: pass"
_URGENT: Final = -20


class Case(msgspec.Struct, frozen=True):
    """A line, and what must be said of both its directions."""

    name: str
    line: Line
    expected: Status
    busy: bool = False


def cases(needs: Profile) -> list[Case]:
    """Above and below each of the profile's two limits of the rate, and a good line on a busy computer."""
    requirement = needs.requirement("bandwidth", BandwidthRequirement)
    limit = requirement.up_mbps or requirement.down_mbps or Limit(source="none")
    found = []
    for bound, above, below in (
        (limit.warn_below, Status.PASS, Status.WARN),
        (limit.fail_below, Status.WARN if limit.warn_below else Status.PASS, Status.FAIL),
    ):
        if bound is not None:
            found += [
                Case(f"{factor:g} × {bound:g} Mbit/s", _line(factor * bound), expected)
                for factor, expected in ((ABOVE, above), (BELOW, below))
            ]
    return [*found, Case(f"{_LOOPS_A_CORE} busy loops a core, at 10/3", _GOOD_LINE, Status.PASS, busy=True)]


def _line(payload_mbps: float) -> Line:
    """A line that carries so much payload both ways."""
    rate = payload_mbps / payload_share(1500)
    return Line(id=f"{payload_mbps:g}", down_mbps=rate, up_mbps=rate, group=Group.OTHER)


def hold(case: Case, runs: int, needs: Profile, say: Callable[[str], None]) -> Trial:
    """Measure and judge ``runs`` times. A measurement that breaks is a verdict, too: a wrong one."""
    requirement = needs.requirement("bandwidth", BandwidthRequirement)
    verdicts: list[str] = []
    wrong = 0
    with stand(case.line, peers=False) as made, _busy(made) if case.busy else contextlib.nullcontext():
        for _ in range(runs):
            try:
                _, reading = ours.read(made, needs)
            except Broke as error:
                say(f"verdict, {case.name}: {error}")
                verdicts.append("broke")
                wrong += 1
                continue
            judged = directions(judge(reading, requirement))
            verdicts.append(" ".join(status.value for status in judged))
            wrong += is_wrong(judged, case)
            say(f"verdict, {case.name}: {verdicts[-1]} ({reading.down_mbps} down, {reading.up_mbps} up)")
            made.rest()
    return Trial(name=case.name, expected=case.expected.value, verdicts=tuple(verdicts), wrong=wrong)


def judge(reading: BandwidthReading, requirement: BandwidthRequirement) -> tuple[Finding, ...]:
    return BandwidthCheck().judge(reading, requirement, datetime.now(UTC).date())


def directions(findings: tuple[Finding, ...]) -> tuple[Status, Status]:
    """What is said of the rate down and up. Hints about other things (round trips) are none of it."""
    ids = {finding.id: finding.status for finding in findings}
    undecided = Status.UNKNOWN in ids.values()
    if "bandwidth.broke_off" in ids:
        return Status.FAIL, Status.FAIL

    def of(direction: str) -> Status:
        for name in (f"bandwidth.too_slow_{direction}", f"bandwidth.slow_{direction}"):
            if name in ids:
                return ids[name]
        return Status.UNKNOWN if undecided else Status.PASS

    return of("down"), of("up")


def is_wrong(judged: tuple[Status, Status], case: Case) -> bool:
    """A verdict that the line does not deserve. On a busy computer it is right to say that nothing is known."""
    allowed = {case.expected, Status.UNKNOWN} if case.busy else {case.expected}
    return not set(judged) <= allowed


@contextlib.contextmanager
def _busy(made: Stand) -> Iterator[None]:
    """Programs that want all of every core. The line and its other end are not on that computer: they go first."""
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error, OSError):
            for thread in process.threads():
                os.setpriority(os.PRIO_PROCESS, thread.id, _URGENT)
    count = _LOOPS_A_CORE * (os.cpu_count() or 1)
    loops = [subprocess.Popen([*made.inside, sys.executable, "-c", _LOOP]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
        for loop in loops:
            loop.wait()
