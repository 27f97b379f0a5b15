"""Our own measurement, as a person gets it: the probe in its child process, against ``readiness serve``."""

from __future__ import annotations

import functools
import statistics
import sys
from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec

from benchmarks.network.cost import Broke, Ran, high_water_kib, run
from benchmarks.network.outcome import Outcome
from benchmarks.network.stand import Stand
from readiness import __version__, profile
from readiness.checks import CHECKS
from readiness.machine import NO_CHOICE, PORTS
from readiness.model import Reading
from readiness.profile import Profile
from readiness.readings import BandwidthReading

NAME: Final = "readiness"
_DEADLINE_S: Final = 70.0

#: How often the idle child is started, to know what starting costs.
_STARTS: Final = 5

#: A child that loads all that probes load, and then measures nothing.
_IDLE: Final = """
import importlib, msgspec, readiness.machine, sys
for name in sys.argv[1:]:
    importlib.import_module(f"readiness.probes.{name}")
print(open("/proc/self/status").read())
"""

R = TypeVar("R", bound=Reading)


class Idle(msgspec.Struct, frozen=True):
    """What the child costs before it measures anything: medians over some starts."""

    seconds: float
    cpu_s: float
    peak_mib: float


@functools.cache
def shipped(profile_id: str) -> Profile:
    return profile.load(profile_id, {check.id: check.requires for check in CHECKS})


def idle(inside: list[str], *probes: str) -> Idle:
    """What starting a child for these probes costs, here and now."""
    runs = [run([*inside, sys.executable, "-c", _IDLE, *probes], deadline_s=30) for _ in range(_STARTS)]
    return Idle(
        seconds=statistics.median(each.seconds for each in runs),
        cpu_s=statistics.median(each.cpu_s for each in runs),
        peak_mib=statistics.median(high_water_kib(each.output.decode()) for each in runs) / 1024,
    )


def probe(stand: Stand, name: str, task: Mapping[str, object], kind: type[R], deadline_s: float) -> tuple[Ran, R]:
    """Run one probe on the line. Raises Broke when the child breaks, not when its reading is a poor one."""
    command = [*stand.inside, sys.executable, "-m", "readiness", "--probe", name]
    ran = run(command, deadline_s=deadline_s, task=msgspec.json.encode(task))
    lines = ran.output.splitlines() or [b""]
    try:
        return ran, msgspec.json.decode(lines[-1], type=dict[str, kind])["final"]  # type: ignore[valid-type]
    except (msgspec.MsgspecError, KeyError) as error:
        raise Broke(f"the probe ended without a reading: {error}") from None


def read(stand: Stand, needs: Profile) -> tuple[Outcome, BandwidthReading]:
    """Measure the line once, as on a person's computer with our server and no other host in the profile."""
    asked = msgspec.structs.replace(needs, servers=(profile.server_at(stand.url),))
    task = {**PORTS[BandwidthReading].task(asked, NO_CHOICE), "other_hosts": ()}
    before = stand.moved()
    ran, reading = probe(stand, "bandwidth", task, BandwidthReading, _DEADLINE_S)
    stand.rest()  # what was under way has been paid for, too
    after = stand.moved()
    outcome = Outcome(
        down_mbps=reading.down_mbps,
        up_mbps=reading.up_mbps,
        seconds=ran.seconds,
        cpu_s=ran.cpu_s,
        peak_mib=ran.peak_mib,
        wire_down_bytes=after[0] - before[0],
        wire_up_bytes=after[1] - before[1],
        told_down_bytes=reading.bytes_down,
        told_up_bytes=reading.bytes_up,
        failure=reading.failure.value if reading.failure else "",
        remark=", ".join(filter(None, (reading.stopped_because, reading.up_counted_by))),
    )
    return outcome, reading


class Ours:
    """Among the tools of the table."""

    name: Final = NAME
    version: Final = __version__

    def __init__(self, needs: Profile) -> None:
        self._needs = needs

    def measure(self, stand: Stand) -> Outcome:
        return read(stand, self._needs)[0]
