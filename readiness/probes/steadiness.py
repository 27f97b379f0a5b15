"""Which rate a growing count of bytes shows, and whether it has come to rest. Arithmetic only.

A transfer begins with a ramp: TCP feels its way up, and streams join. The ramp is cut off where the rate first comes
near what it is later. What is left is looked at in thirds: when they agree, the line has shown what it carries.
"""

from __future__ import annotations

import bisect
import itertools
import statistics
from collections.abc import Sequence
from typing import Final

import msgspec

#: Pieces in which the ramp is looked for.
_PIECE_S: Final = 0.1

#: The ramp ends with the first piece that comes this near to the usual rate (the median of the faster half).
_RAMP_SHARE: Final = 0.85

#: After another stream has joined, so much is not counted either.
_SETTLE_S: Final = 0.15

#: The most that is looked at for the present rate: a line that changes is told as it is now.
_WINDOW_S: Final = 3.0

#: Thirds that lie no further apart than this are the same. It takes this long, this many packets and round trips.
_STEADY_SPREAD: Final = 0.05
_STEADY_S: Final = 0.5
_STEADY_PACKETS: Final = 100
_STEADY_ROUND_TRIPS: Final = 12

#: What is clearly above a limit needs less rest. What is below is told more exactly: a lower limit may follow.
_ABOVE_SPREAD: Final = 0.3
_ABOVE_S: Final = 0.5
_BELOW_SPREAD: Final = 0.1
_BELOW_S: Final = 2.0
_CLEAR_PACKETS: Final = 40

#: Payload of a full packet on an Ethernet with TCP timestamps: 1500 - 20 - 20 - 12 bytes.
_PACKET_BYTES: Final = 1448


class Sample(msgspec.Struct, frozen=True):
    at_s: float
    """By a clock that only goes forward."""
    arrived_bytes: int
    """Since the beginning."""


class Estimate(msgspec.Struct, frozen=True):
    mbps: float
    spread: float
    """How far the thirds of the window lie apart, as a share of the rate; what packets make of it is taken off."""
    window_s: float
    packets: float

    def is_steady(self, rtt_ms: float) -> bool:
        return (
            self.spread <= _STEADY_SPREAD
            and self.window_s >= max(_STEADY_S, _STEADY_ROUND_TRIPS * rtt_ms / 1000)
            and self.packets >= _STEADY_PACKETS
        )

    def is_clear_of(self, needed_mbps: float, factor: float) -> bool:
        """Whether the rate is above ``needed_mbps`` times ``factor``, or below it divided by that, with its spread."""
        if self.packets < _CLEAR_PACKETS:
            return False
        if self.mbps * (1 - self.spread) > needed_mbps * factor:
            return self.spread <= _ABOVE_SPREAD and self.window_s >= _ABOVE_S
        is_below = self.mbps * (1 + self.spread) < needed_mbps / factor
        return is_below and self.spread <= _BELOW_SPREAD and self.window_s >= _BELOW_S


def estimate(samples: Sequence[Sample], changed_at_s: float) -> Estimate | None:
    """The rate of the last few seconds without the ramp; None while there is too little to say.

    ``changed_at_s``: when the number of streams last changed; what lies before does not count.
    """
    if len(samples) < 2:
        return None
    end_s = samples[-1].at_s
    start_s = max(_ramp_end_s(samples), end_s - _WINDOW_S)
    if start_s < changed_at_s + _SETTLE_S < end_s - 2 * _PIECE_S:
        start_s = changed_at_s + _SETTLE_S
    return _between(samples, start_s, end_s, changed_at_s)


def overall(samples: Sequence[Sample]) -> float | None:
    """The rate in Mbit/s over everything behind the ramp, however it went; None when nothing lies behind it."""
    if len(samples) < 2:
        return None
    start_s, end_s = _ramp_end_s(samples), samples[-1].at_s
    moved = samples[-1].arrived_bytes - _arrived(samples, start_s)
    return moved * 8e-6 / (end_s - start_s) if end_s > start_s and moved > 0 else None


def _between(samples: Sequence[Sample], start_s: float, end_s: float, changed_at_s: float) -> Estimate | None:
    window_s = end_s - start_s
    if window_s < 2 * _PIECE_S:
        return None
    marks = [_arrived(samples, start_s + window_s * third / 3) for third in range(4)]
    moved = marks[3] - marks[0]
    if moved <= 0:
        return None
    thirds = [(after - before) * 3 / moved for before, after in itertools.pairwise(marks)]
    # A packet more or less at each edge of a third is no unrest.
    by_packets = 2 * _PACKET_BYTES * 3 / moved
    spread = max(0.0, max(thirds) - min(thirds) - by_packets)
    if start_s < changed_at_s + _SETTLE_S:
        spread = max(spread, 1.0)  # streams have only just joined: nothing has come to rest
    return Estimate(moved * 8e-6 / window_s, spread, window_s, moved / _PACKET_BYTES)


def _ramp_end_s(samples: Sequence[Sample]) -> float:
    """When the ramp was over: at most half of the time is taken for it."""
    first_s, last_s = samples[0].at_s, samples[-1].at_s
    count = int((last_s - first_s) / _PIECE_S)
    if count < 4:
        return first_s + (last_s - first_s) / 2
    marks = [_arrived(samples, first_s + number * _PIECE_S) for number in range(count + 1)]
    pieces = [after - before for before, after in itertools.pairwise(marks)]
    usual = statistics.median(sorted(pieces)[count // 2 :])
    near = next(number for number, piece in enumerate(pieces) if piece >= _RAMP_SHARE * usual)
    return min(first_s + (near + 1) * _PIECE_S, first_s + (last_s - first_s) / 2)


def _arrived(samples: Sequence[Sample], at_s: float) -> float:
    """How much had arrived at a moment between two samples, taken to have come evenly between them."""
    after = bisect.bisect_left(samples, at_s, key=lambda sample: sample.at_s)
    if after == 0:
        return samples[0].arrived_bytes
    if after == len(samples):
        return samples[-1].arrived_bytes
    left, right = samples[after - 1], samples[after]
    share = (at_s - left.at_s) / (right.at_s - left.at_s)
    return left.arrived_bytes + share * (right.arrived_bytes - left.arrived_bytes)
