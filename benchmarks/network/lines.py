"""The lines that are measured, and how much each may be misread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

#: IPv4 and TCP headers with timestamps, of each packet.
HEADER_BYTES: Final = 52


class Group(StrEnum):
    """Which limits of error hold for a line."""

    CLEAN = "clean"
    """1.5 Mbit/s to 1 Gbit/s, round trip up to 50 ms, no losses but those of a full queue."""
    SLOWEST = "slowest"
    """Under 1.5 Mbit/s: a few packets more or less are a per cent."""
    FAR_OR_LOSSY = "far or lossy"
    """A round trip of 100 ms, or 1 % of all packets lost."""
    OTHER = "other"
    """Lines without one true rate, or with other servers: shown, without a limit."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line, as the emulator makes it. Rates are those of the wire, headers included."""

    id: str
    down_mbps: float
    up_mbps: float
    delay_ms: float = 15
    """One way: the round trip is twice that."""
    queue_ms: float = 100
    mtu: int = 1500
    both: Mapping[str, object] = {}
    """What else is the matter with both directions, as `tests.lab.link_options.Direction` has it."""
    down: Mapping[str, object] = {}
    """The same for one direction alone."""
    up: Mapping[str, object] = {}
    server_congestion: str = "cubic"
    mean_share: float = 1.0
    """What part of the rate the line carries in the long run, where it swings."""
    group: Group = Group.CLEAN
    peers: bool = False
    """Whether the others are measured on it too."""
    note: str = ""

    @property
    def best_down_mbps(self) -> float:
        """What TCP can deliver at best: the truth that readings are held against."""
        return self.down_mbps * self.mean_share * payload_share(self.mtu)

    @property
    def best_up_mbps(self) -> float:
        return self.up_mbps * self.mean_share * payload_share(self.mtu)


def payload_share(mtu: int) -> float:
    """The part of a full packet that is payload: 1448 of 1500 bytes."""
    return (mtu - HEADER_BYTES) / mtu


LINES: Final = (
    Line(id="0.5", down_mbps=0.5, up_mbps=0.5, group=Group.SLOWEST),
    Line(id="1.5/0.75", down_mbps=1.5, up_mbps=0.75, peers=True),
    Line(id="5/1", down_mbps=5, up_mbps=1),
    Line(id="10/3", down_mbps=10, up_mbps=3, peers=True),
    Line(id="50/10", down_mbps=50, up_mbps=10, peers=True),
    Line(id="200/50", down_mbps=200, up_mbps=50, delay_ms=10, note="round trip 20 ms"),
    Line(id="500/100", down_mbps=500, up_mbps=100, delay_ms=5, note="round trip 10 ms"),
    Line(id="1000/500", down_mbps=1000, up_mbps=500, delay_ms=5, peers=True, note="round trip 10 ms"),
    Line(id="far", down_mbps=10, up_mbps=3, delay_ms=50, group=Group.FAR_OR_LOSSY, note="10/3, round trip 100 ms"),
    Line(
        id="lossy",
        down_mbps=10,
        up_mbps=10,
        both={"loss_pct": 1.0},
        group=Group.FAR_OR_LOSSY,
        note="10/10, 1 % of all packets lost",
    ),
    Line(id="deep", down_mbps=10, up_mbps=3, queue_ms=1000, note="10/3, a queue of 1 s"),
    Line(
        id="boost",
        down_mbps=10,
        up_mbps=3,
        both={"boost_bytes": 2_000_000, "boost_rate": "40M"},
        group=Group.OTHER,
        note="10/3, the first 2 MB at 40 Mbit/s; held against 10/3",
    ),
    Line(
        id="swings",
        down_mbps=10,
        up_mbps=4,
        both={"wave_ms": 400.0},
        down={"wave_rate": "5M"},
        up={"wave_rate": "2M"},
        mean_share=0.75,
        group=Group.OTHER,
        note="10/4, every 400 ms half of it or the whole; held against the mean",
    ),
    Line(
        id="bursts",
        down_mbps=10,
        up_mbps=10,
        both={"burst_loss_pct": 0.5, "burst_packets": 5.0},
        group=Group.OTHER,
        note="10/10, 0.5 % lost, about 5 packets in a row",
    ),
    Line(id="mtu", down_mbps=10, up_mbps=3, mtu=1280, note="10/3, packets of 1280 bytes"),
    Line(id="bbr", down_mbps=10, up_mbps=3, server_congestion="bbr", group=Group.OTHER, note="10/3, a server with BBR"),
    Line(
        id="reno", down_mbps=10, up_mbps=3, server_congestion="reno", group=Group.OTHER, note="10/3, a server with Reno"
    ),
)

#: What `--quick` measures on.
QUICK: Final = ("10/3",)
QUICK_OURS: Final = ("1.5/0.75", "10/3", "50/10")


def chosen(names: Iterable[str], lines: Sequence[Line] = LINES) -> list[Line]:
    """The lines with these ids, in the order of the table. Raises LookupError with a sentence."""
    wanted = list(names)
    known = {line.id for line in lines}
    for name in wanted:
        if name not in known:
            raise LookupError(f"there is no line {name}; there are: {', '.join(line.id for line in lines)}.")
    return [line for line in lines if line.id in wanted]
