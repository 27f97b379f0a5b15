"""Packets of a call: when each was sent and when it came back, and what that says. Arithmetic only.

Times are seconds of one clock that only goes forward, on this computer: the way there and the way back are one loop.
"""

from __future__ import annotations

import bisect
import itertools
import math
import statistics
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

#: What a video call of 720 lines sends: 1.5 Mbit/s in packets that fit any line, 156 a second.
CALL_MBPS: Final = 1.5
CALL_BYTES: Final = 1200

#: What a packet carries around its payload on the line: IPv4, UDP, TURN's channel (20 + 8 + 4).
AROUND_BYTES: Final = 32

#: On a slow line packets get smaller first, and fewer from here on, as sound has them: 50 a second and 160 bytes each.
_LEAST_BYTES: Final = 160

#: The lowest rate that is tried: what sound alone needs.
_LEAST_MBPS: Final = 0.06

#: How much of what came through is tried next.
_STEP: Final = 0.8

#: From here on a wake-up that comes late is a pause of this computer. Windows lets programs wait in steps of 15.6 ms.
PAUSE_S: Final = 0.02

#: Pieces in which a stretch is looked at while it goes on.
_PIECE_S: Final = 0.5

#: A call's own control takes more than 10 % of loss for a line that is too slow (Google Congestion Control, section 6).
_OVERRUN_LOSS: Final = 0.1

#: A queue that grows: the median of three pieces in a row rises by this, and lies this far above the lowest.
_RISE_S: Final = 0.01
_QUEUE_S: Final = 0.05

#: A queue that grows as fast as this needs no third piece.
_LEAP_S: Final = 0.2

#: A short queue that is full: more than this is lost in three of four pieces. Only going down can tell it from a line that loses.
_FULL_LOSS: Final = 0.02

#: Two losses are different when they lie this many standard errors apart: chance does that once in 700 times.
_SURELY: Final = 3.0


class Piece(msgspec.Struct, frozen=True):
    """What came within half a second."""

    loop_s: float
    """The median."""
    sent: int
    """Packets up to the latest that came, since the latest that came before."""
    lost: int

    @property
    def loss(self) -> float:
        return self.lost / self.sent


class Stretch:
    """Packets sent at one rate."""

    def __init__(self, stream: int, rate_mbps: float = CALL_MBPS, size_bytes: int = CALL_BYTES) -> None:
        """``stream`` is the number in the packets' headers by which they are known again."""
        self.stream = stream
        self.rate_mbps = rate_mbps
        self.size_bytes = size_bytes
        self.interval_s = size_bytes * 8e-6 / rate_mbps
        self.sent_s: list[float] = []
        self.came_s: list[float | None] = []
        self.in_order_of_coming: list[int] = []
        self._resumed = [0]

    def sends(self, at_s: float) -> int:
        """Note that a packet is sent now; its number."""
        self.sent_s.append(at_s)
        self.came_s.append(None)
        return len(self.sent_s) - 1

    def comes(self, number: int, at_s: float) -> None:
        """Note that a packet has come back. A second copy and a number that was never sent do not count."""
        if 0 <= number < len(self.came_s) and self.came_s[number] is None:
            self.came_s[number] = at_s
            self.in_order_of_coming.append(number)

    @property
    def all_came(self) -> bool:
        return len(self.in_order_of_coming) == len(self.sent_s)

    @property
    def last_came_s(self) -> float | None:
        return self.came_s[self.in_order_of_coming[-1]] if self.in_order_of_coming else None

    def resumes(self) -> None:
        """Note that sending goes on after a break: what came before it says nothing of what comes now."""
        self._resumed.append(len(self.sent_s))

    def has_break(self, after: int, until: int) -> bool:
        """Whether sending had a break after one packet and before or at another."""
        return any(after < number <= until for number in self._resumed)

    def pieces(self, until_s: float, most: int) -> list[Piece]:
        """The last pieces of time in which something came since sending was resumed, the newest last.

        By when packets came: what a queue holds back is seen at once, and a blackout is one piece, however long it was.
        """
        first = self._resumed[-1]
        numbers = [number for number in self.in_order_of_coming if number >= first]
        came = [came_s for number in numbers if (came_s := self.came_s[number]) is not None]
        found: list[Piece] = []
        while len(found) < most and numbers and until_s - _PIECE_S >= self.sent_s[first]:
            start = bisect.bisect_left(came, until_s - _PIECE_S)
            inside, numbers, came = numbers[start:], numbers[:start], came[:start]
            if inside:
                sent = max(inside) - max(numbers, default=first - 1)
                found.append(Piece(self._median_loop_s(inside), max(sent, len(inside)), max(0, sent - len(inside))))
            until_s -= _PIECE_S
        return found[::-1]

    def _median_loop_s(self, numbers: Sequence[int]) -> float:
        return statistics.median(
            came_s - self.sent_s[number] for number in numbers if (came_s := self.came_s[number]) is not None
        )

    def arrived_mbps(self, over_s: float = 1.0) -> float:
        """The rate on the line, headers and all, at which packets came back lately."""
        latest_s = self.last_came_s
        if latest_s is None:
            return 0.0
        came = [at_s for number in self.in_order_of_coming[-1000:] if (at_s := self.came_s[number]) is not None]
        recent = came[bisect.bisect_left(came, latest_s - over_s) :]
        span_s = latest_s - recent[0]
        return (len(recent) - 1) * (self.size_bytes + AROUND_BYTES) * 8e-6 / span_s if span_s > 0 else 0.0


def lower(stretch: Stretch, stream: int) -> Stretch | None:
    """What a call would send next on a line that ``stretch`` has overrun; None when it can go no lower."""
    line_mbps = min(stretch.arrived_mbps(), stretch.rate_mbps) * _STEP
    per_second = CALL_MBPS * 1e6 / 8 / CALL_BYTES
    size_bytes = max(_LEAST_BYTES, int(line_mbps * 1e6 / 8 / per_second) - AROUND_BYTES)
    rate_mbps = line_mbps * size_bytes / (size_bytes + AROUND_BYTES)
    if rate_mbps < _LEAST_MBPS:
        return None
    return Stretch(stream, rate_mbps, size_bytes)


def is_overrun(pieces: Sequence[Piece], lowest_loop_s: float) -> bool:
    """Whether the line seems too slow for this rate: a queue that grows or is full, or heavy loss all the time."""
    if len(pieces) < 2:
        return False
    if all(piece.loss > _OVERRUN_LOSS for piece in pieces[-2:]) or pieces[-1].loop_s > pieces[-2].loop_s + _LEAP_S:
        return True
    last = pieces[-3:]
    is_queued = pieces[-1].loop_s > lowest_loop_s + _QUEUE_S
    if len(last) == 3 and is_queued and all(b.loop_s > a.loop_s + _RISE_S for a, b in itertools.pairwise(last)):
        return True
    return sum(piece.loss > _FULL_LOSS for piece in pieces[-4:]) >= 3


def is_cure(now: Sequence[Piece], then: Sequence[Piece], lowest_loop_s: float) -> bool:
    """Whether going down to a lower rate took away the queue and the loss that were there before.

    Loss that stays is the line's own and has nothing to do with the rate.
    """
    if not now or not then:
        return False
    queue_then_s, queue_now_s = then[-1].loop_s - lowest_loop_s, now[-1].loop_s - lowest_loop_s
    if queue_now_s > max(queue_then_s / 2, _RISE_S):
        return False
    loss_then, loss_now = _loss(then), _loss(now)
    if loss_now <= loss_then / 2 and _differ_surely(then, now):
        return True
    # Little was lost then, so it was the queue, and that is gone; unless loss came in its place.
    return queue_then_s > _QUEUE_S and loss_now <= max(loss_then, _FULL_LOSS) <= _OVERRUN_LOSS


def _loss(pieces: Sequence[Piece]) -> float:
    return sum(piece.lost for piece in pieces) / sum(piece.sent for piece in pieces)


def _differ_surely(then: Sequence[Piece], now: Sequence[Piece]) -> bool:
    """Whether two losses differ by more than chance makes them (two proportions, pooled)."""
    pooled = _loss((*then, *now))
    sizes = sum(1 / sum(piece.sent for piece in pieces) for pieces in (then, now))
    return abs(_loss(then) - _loss(now)) > _SURELY * math.sqrt(pooled * (1 - pooled) * sizes)


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What a stretch says of the line, without the packets that this computer itself has disturbed."""

    packets: int
    loss_pct: float
    reordered: int
    longest_loss: int
    loop_ms: float | None = None
    loop_p95_ms: float | None = None
    jitter_ms: float | None = None
    longest_gap_ms: float | None = None


def has_helped(lower: Counted, higher: Counted) -> bool:
    """Whether a lower rate was better after all, seen from the end: less than half of the loss, or less of a queue.

    A line that loses in bursts now and then looks as if it had helped.
    """
    if lower.loss_pct < higher.loss_pct / 2:
        return True
    if lower.loop_p95_ms is None or higher.loop_p95_ms is None:
        return False
    return lower.loop_p95_ms + _QUEUE_S * 1000 < higher.loop_p95_ms


def count(stretches: Sequence[Stretch], pauses: Sequence[tuple[float, float]]) -> Counted | None:
    """Count stretches as one; None when no packet is left to count.

    ``pauses`` are this computer's own, from and until.
    """
    parts = [_kept(stretch, pauses) for stretch in stretches]
    packets = sum(len(part.numbers) for part in parts)
    if not packets:
        return None
    loops = sorted(loop_s for part in parts for loop_s in part.loops.values())
    steps = [abs(part.loops[after] - part.loops[before]) for part in parts for before, after in part.neighbours]
    return Counted(
        packets=packets,
        loss_pct=100 * (1 - len(loops) / packets),
        reordered=sum(part.reordered for part in parts),
        longest_loss=max(part.longest_loss for part in parts),
        loop_ms=1000 * statistics.median(loops) if loops else None,
        loop_p95_ms=1000 * loops[math.ceil(0.95 * len(loops)) - 1] if loops else None,
        # Interarrival jitter (RFC 3550, section 6.4.1): the mean deviation of the spacing of packets. The RFC smooths it
        # by 1/16 so that it follows the line, and then it rests on the last few packets. Here it is the mean of all.
        jitter_ms=1000 * statistics.fmean(steps) if steps else None,
        longest_gap_ms=max((gap_ms for part in parts for gap_ms in part.gaps_ms), default=None),
    )


class _Kept(msgspec.Struct, frozen=True):
    """What is left of a stretch when the packets that this computer has disturbed are taken out."""

    stretch: Stretch
    numbers: list[int]
    loops: dict[int, float]
    """Seconds there and back, by the numbers of those that came."""

    @property
    def neighbours(self) -> Iterator[tuple[int, int]]:
        """Packets that came one after another; one that was disturbed is nobody's neighbour."""
        for before, after in itertools.pairwise(self.stretch.in_order_of_coming):
            if before in self.loops and after in self.loops:
                yield before, after

    @property
    def gaps_ms(self) -> Iterator[float]:
        """Times between neighbours, unless we ourselves sent nothing between them."""
        sent_s = self.stretch.sent_s
        for before, after in self.neighbours:
            if not self.stretch.has_break(before, after):
                yield 1000 * (sent_s[after] + self.loops[after] - sent_s[before] - self.loops[before])

    @property
    def reordered(self) -> int:
        """Packets that came after one that was sent later (RFC 4737, section 3)."""
        latest, found = -1, 0
        for number in self.stretch.in_order_of_coming:
            if number in self.loops and number < latest:
                found += 1
            latest = max(latest, number)
        return found

    @property
    def longest_loss(self) -> int:
        runs = itertools.groupby(number not in self.loops for number in self.numbers)
        return max((len(list(run)) for is_lost, run in runs if is_lost), default=0)


def _kept(stretch: Stretch, pauses: Sequence[tuple[float, float]]) -> _Kept:
    disturbed = _disturbed(stretch, pauses)
    numbers = [number for number in range(len(stretch.sent_s)) if number not in disturbed]
    came = ((number, stretch.came_s[number]) for number in numbers)
    return _Kept(stretch, numbers, {number: at_s - stretch.sent_s[number] for number, at_s in came if at_s is not None})


def _disturbed(stretch: Stretch, pauses: Sequence[tuple[float, float]]) -> set[int]:
    """Packets that were under way, or would have been, while this computer stood still."""
    usual = [
        came_s - sent_s for sent_s, came_s in zip(stretch.sent_s, stretch.came_s, strict=True) if came_s is not None
    ]
    # For one that never came: as long as nearly all others took.
    flight_s = sorted(usual)[int(0.95 * (len(usual) - 1))] if usual else 0.0
    found = set()
    for from_s, until_s in pauses:
        for number, (sent_s, came_s) in enumerate(zip(stretch.sent_s, stretch.came_s, strict=True)):
            end_s = sent_s + flight_s if came_s is None else came_s
            if sent_s <= until_s and end_s >= from_s:
                found.add(number)
    return found
