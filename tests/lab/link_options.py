"""How a direction of a link behaves, and how that is told to the program that carries its packets."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from tests.lab.inside import LabError

#: Rates are written as "10M", "500k" or as a number of bit/s; None is as fast as it goes.
Rate = str | float | None

_PREFIXES: Final = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9}
_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)([kKMG]?)(?:bit/s|bps|bit)?")

_NS_PER_MS: Final = 1_000_000


class Direction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a packet goes through on its way: lost or not, queue, bottleneck, delay.

    Times "from the beginning" count from when the link stands, or from the change that names them.
    """

    rate: Rate = None
    """Of whole IP packets: TCP over Ethernet-sized packets carries 1448/1500 of it."""
    queue_ms: float | None = 100.0
    """How long a packet may have to wait at the bottleneck; else it is dropped. There is always room for one packet."""
    queue_packets: int | None = None
    queue_bytes: int | None = None
    """Two other limits of the same queue; None: not limited so."""
    delay_ms: float = 0.0
    """One way."""
    jitter_ms: float = 0.0
    """Added to the delay, anew for each packet: evenly distributed between 0 and this."""
    reorder: bool = False
    """Whether jitter may let packets overtake each other; otherwise a packet waits for the one before it."""
    loss_pct: float = 0.0
    """Each packet by itself. A packet that is lost takes no time of the bottleneck."""
    burst_loss_pct: float = 0.0
    """In bursts, as Gilbert and Elliott have it: so much of all packets is lost, …"""
    burst_packets: float = 1.0
    """… so many in a row, on average. How long a burst lasts is distributed geometrically."""
    duplicate_pct: float = 0.0
    boost_bytes: int = 0
    """So many bytes pass at `boost_rate` before the line falls to its rate."""
    boost_rate: Rate = None
    wave_ms: float = 0.0
    """A square wave: so long at `rate`, then so long at `wave_rate`, and again."""
    wave_rate: Rate = None
    blackouts_ms: tuple[tuple[float, float], ...] = ()
    """From when on, and for how long, everything is lost."""
    dead_at_ms: float | None = None
    """From when on everything is lost, for ever."""
    dead: bool = False
    """Everything is lost now."""

    def __post_init__(self) -> None:
        shares = (self.loss_pct, self.burst_loss_pct, self.duplicate_pct)
        if not all(0 <= share <= 100 for share in shares) or self.burst_loss_pct == 100:
            raise LabError("A share of packets is from 0 to 100 per cent, bursts are less than 100.")
        if self.burst_packets < 1:
            raise LabError("A burst of losses has at least one packet.")
        if min(self.delay_ms, self.jitter_ms, self.wave_ms, self.boost_bytes) < 0:
            raise LabError("A delay, a jitter, a wave and a boost are not negative.")


def direction(options: dict[str, object]) -> Direction:
    """Raises LabError, in one sentence, for what is no option."""
    unknown = options.keys() - set(Direction.__struct_fields__)
    if unknown:
        raise LabError(f"A link has no {', '.join(sorted(unknown))}; it has {', '.join(Direction.__struct_fields__)}.")
    try:
        return msgspec.convert(options, Direction)
    except msgspec.ValidationError as error:
        raise LabError(f"A link cannot be so: {error}.") from error


def bits_per_second(rate: Rate) -> float:
    """The rate as a number; 0 when it is not limited."""
    if rate is None:
        return 0.0
    found = _RATE.fullmatch(str(rate).strip())
    if not found:
        raise LabError(f"{rate!r} is not a rate: write 500k, 1.5M, 1G or a number of bit/s.")
    return float(found[1]) * _PREFIXES[found[2]]


def expected_jitter_ms(jitter_ms: float, every_ms: float) -> float:
    """What RFC 3550 (section 6.4.1) comes to for packets sent so often through `Direction.jitter_ms`, the order kept.

    That is the mean difference between the ways of neighbours. Draws are even between 0 and J, so it is J/3 for packets
    that are at least J apart. Nearer ones wait for each other: the way t of one is the longest of x, x' - s, x'' - 2s, …
    for draws x and spacing s, and the next one's is the longer of its own draw and t - s.
    """
    if jitter_ms <= 0:
        return 0.0
    width, apart, steps = 1.0, every_ms / jitter_ms, 2000

    def at_most(way: float) -> float:
        """The chance that a packet's way is no longer."""
        back = range(int(1 / apart) + 1 if apart < width else 1)
        return math.prod(min(1.0, way + before * apart) for before in back)

    def difference(way: float) -> float:
        """The mean difference between that way and the next one's."""
        held = max(way - apart, 0.0)
        return held * apart + (way - held) ** 2 / 2 + (width - way) ** 2 / 2

    grid = [step / steps for step in range(steps + 1)]
    parts = itertools.pairwise(grid)
    mean = at_most(0.0) * difference(0.0)
    mean += sum((at_most(b) - at_most(a)) * difference((a + b) / 2) for a, b in parts)
    return mean * jitter_ms


def words(told: Direction, fields: tuple[str, ...] = Direction.__struct_fields__) -> str:
    """What sets these fields in the program, in its own units: nanoseconds, bit/s, shares of 1."""
    return " ".join(word for field in fields for word in _words(told, field))


def _words(told: Direction, field: str) -> Iterator[str]:
    value = getattr(told, field)
    if field.endswith("rate"):
        yield f"{field}_bps={bits_per_second(value)!r}"
    elif field == "blackouts_ms":
        yield "no_blackouts=1"
        for begin_ms, for_ms in value:
            yield f"blackout={_ns(begin_ms)}:{_ns(for_ms)}"
    elif field == "dead_at_ms":
        if value is not None:
            yield f"blackout={_ns(value)}:-1"
    elif field in ("burst_loss_pct", "burst_packets"):
        # In a chain of two states the share of the bad one is begin / (begin + end), its mean length 1 / end.
        share, end = told.burst_loss_pct / 100, 1 / told.burst_packets
        yield f"burst_begin={share * end / (1 - share)!r}"
        yield f"burst_end={end!r}"
    elif field.endswith("_pct"):
        yield f"{field.removesuffix('_pct')}={value / 100!r}"
    elif field.endswith("_ms"):
        yield f"{field.removesuffix('_ms')}_ns={-1 if value is None else _ns(value)}"
    else:
        yield f"{field}={-1 if value is None else int(value)}"


def _ns(milliseconds: float) -> int:
    return round(milliseconds * _NS_PER_MS)
