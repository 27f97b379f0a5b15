"""Calls: what the packets of the call check found, beside what the line really did with them.

The relay is coturn at the line's other end. What was lost the line itself has counted; delay and jitter follow from
what it was told to do (see `expected`).
"""

from __future__ import annotations

import contextlib
import itertools
import math
import random
import statistics
import tempfile
from typing import Final

import msgspec

from benchmarks.network import ours
from benchmarks.network.cost import Broke
from benchmarks.network.lines import Group, Line
from benchmarks.network.records import Call
from benchmarks.network.stand import Program, Stand, stand
from readiness.machine import NO_CHOICE, PORTS
from readiness.profile import Profile, TurnServer
from readiness.readings import CallQualityReading
from tests.lab.link import Counters

_NAME: Final = "bench"
_PASSWORD: Final = "bench"
_PORT: Final = 3478
_DEADLINE_S: Final = 40.0

#: A packet of the call: its payload, and TURN's, UDP's and IP's headers.
_PACKET_BYTES: Final = 1200 + 4 + 8 + 20

#: How many packets are imagined to know delay and jitter.
_IMAGINED: Final = 50_000

CALLS: Final = (
    Line(id="clean", down_mbps=10, up_mbps=3, group=Group.OTHER),
    Line(id="1 % lost each way", down_mbps=10, up_mbps=10, both={"loss_pct": 1.0}, group=Group.OTHER),
    Line(
        id="bursts of losses",
        down_mbps=10,
        up_mbps=10,
        both={"burst_loss_pct": 2.0, "burst_packets": 5.0},
        group=Group.OTHER,
    ),
    Line(id="5 ms of jitter", down_mbps=50, up_mbps=10, both={"jitter_ms": 5.0}, group=Group.OTHER),
    Line(id="30 ms of jitter, far", down_mbps=50, up_mbps=10, delay_ms=60, both={"jitter_ms": 30.0}, group=Group.OTHER),
)

#: What `--quick` tries.
QUICK: Final = ("1 % lost each way", "5 ms of jitter")


class Expected(msgspec.Struct, frozen=True):
    """What the line does to evenly sent packets, there and back."""

    delay_ms: float
    """One way: half of the median of the loop."""
    jitter_ms: float
    """RFC 3550's, the mean over all packets."""


def expected(line: Line, interval_ms: float, seed: int = 1) -> Expected:
    """Sends imagined packets through the line: time on the wire, delay, jitter that keeps the order, both ways."""
    chance = random.Random(seed)
    free_at = {"up": 0.0, "down": 0.0}
    came_at = {"up": 0.0, "down": 0.0}
    loops: list[float] = []
    for number in range(_IMAGINED):
        sent = at = number * interval_ms
        for way, mbps, own in (("up", line.up_mbps, line.up), ("down", line.down_mbps, line.down)):
            jitter_ms = float(str({**line.both, **own}.get("jitter_ms", 0.0)))
            free_at[way] = max(at, free_at[way]) + _PACKET_BYTES * 8 / mbps / 1000
            came_at[way] = at = max(came_at[way], free_at[way] + line.delay_ms + chance.random() * jitter_ms)
        loops.append(at - sent)
    changes = [abs(late - early) for early, late in itertools.pairwise(loops)]
    return Expected(statistics.median(loops) / 2, statistics.fmean(changes))


def hold(line: Line, needs: Profile) -> Call:
    """Try out one call over the line. Raises Broke."""
    with (
        tempfile.TemporaryDirectory(prefix="readiness-bench-") as folder,
        stand(line, peers=False) as made,
        contextlib.closing(Program(_relay(made, folder), b"admin thread")),
    ):
        return _call(made, needs)


def _relay(made: Stand, folder: str) -> list[str]:
    """Coturn with one account, without anything that it keeps or offers beside relaying."""
    where = ["--listening-ip", made.host, "--relay-ip", made.host, "--listening-port", str(_PORT)]
    who = ["--lt-cred-mech", "--user", f"{_NAME}:{_PASSWORD}", "--realm", "bench"]
    kept = ["--log-file", "stdout", "--pidfile", f"{folder}/pid", "--userdb", f"{folder}/users"]
    return [*made.link.server, "turnserver", "-n", *where, *who, *kept, "--no-tls", "--no-dtls", "--no-cli"]


def _call(made: Stand, needs: Profile) -> Call:
    server = TurnServer(url=f"turn:{made.host}:{_PORT}", username=_NAME, password=_PASSWORD)
    asked = {
        **PORTS[CallQualityReading].task(msgspec.structs.replace(needs, turn=(server,)), NO_CHOICE),
        "other_hosts": (),
    }
    idle = ours.idle(made.inside, "call_quality", "turn")
    before = made.link.counters()
    ran, reading = ours.probe(made, "call_quality", asked, CallQualityReading, _DEADLINE_S)
    after = made.link.counters()
    if (
        reading.packets_sent is None
        or reading.loss_pct is None
        or reading.delay_ms is None
        or reading.jitter_ms is None
        or not reading.duration_s
    ):
        raise Broke(f"the call came to no result: {reading.failure}")
    truth = expected(made.line, reading.duration_s * 1000 / reading.packets_sent)
    return Call(
        name=made.line.id,
        packets=reading.packets_counted or 0,
        loss_pct=reading.loss_pct,
        true_loss_pct=lost_pct(*(difference(before[way], after[way]) for way in ("up", "down"))),
        delay_ms=reading.delay_ms,
        true_delay_ms=truth.delay_ms,
        jitter_ms=reading.jitter_ms,
        true_jitter_ms=truth.jitter_ms,
        cpu_pct=(ran.cpu_s - idle.cpu_s) / reading.duration_s * 100,
    )


def difference(before: Counters, after: Counters) -> tuple[int, int]:
    """Packets that came into one direction of the line meanwhile, and those of them that it lost."""
    lost = after.dropped_by_queue + after.dropped_by_loss - before.dropped_by_queue - before.dropped_by_loss
    return after.received - before.received, lost


def lost_pct(*ways: tuple[int, int]) -> float:
    """What is lost of 100 packets that go all the ways in turn."""
    survive = math.prod(1 - lost / came for came, lost in ways if came)
    return (1 - survive) * 100
