"""Which rate a growing count of bytes shows, and whether it has come to rest. Arithmetic only.

A transfer begins with a ramp: TCP feels its way up, and streams join. The ramp is cut off where the rate first comes near
what it is later. What is left is looked at in thirds: when they agree, the line has shown what it carries.

A count lags behind the line: after a lost packet nothing is handed on until it has been sent again, and then much comes at
once; and a busy computer looks late. It never runs ahead of the line. So the rate is that of the line along the tops of the
count, its upper hull, and the marks between the thirds are moved to where, near by, the count has caught up best.
"""

from __future__ import annotations

import bisect
import itertools
import statistics
from collections.abc import Sequence
from typing import Final

import msgspec

#: Fewer samples than this say nothing.
_FEW_SAMPLES: Final = 6

#: The ramp is looked for in so many pieces, none shorter than this, a round trip, or some packets.
_PIECES: Final = 20
_PIECE_S: Final = 0.01
_PIECE_PACKETS: Final = 4

#: The ramp ends with the first piece that comes this near to the usual rate (the median of the faster half).
_RAMP_SHARE: Final = 0.85

#: The most that is looked at for the present rate: a line that changes is told as it is now.
_WINDOW_S: Final = 3.0

#: Thirds that lie no further apart than this (2 % up or down) are the same. It takes this long, this many packets and
#: round trips.
_STEADY_SPREAD: Final = 0.04
_STEADY_S: Final = 0.5
_STEADY_PACKETS: Final = 100
_STEADY_ROUND_TRIPS: Final = 12

#: A line that was different before must be at rest for this long, and for as long as it was not.
_CHANGED_S: Final = 1.5

#: A window with more of it in one silence says nothing of the line at work.
_SILENT_SHARE: Final = 0.5

#: What is clearly above a limit needs less rest. What is below is told more exactly: a lower limit may follow.
_ABOVE_SPREAD: Final = 0.3
_ABOVE_S: Final = 2.4
_BELOW_SPREAD: Final = 0.1
_BELOW_S: Final = 1.6
_CLEAR_PACKETS: Final = 40

#: Payload of a full packet on an Ethernet with TCP timestamps: 1500 - 20 - 20 - 12 bytes.
_PACKET_BYTES: Final = 1448


class Sample(msgspec.Struct, frozen=True):
    at_s: float
    """By a clock that only goes forward."""
    arrived_bytes: float
    """Since the beginning."""


class Estimate(msgspec.Struct, frozen=True):
    mbps: float
    spread: float
    """How far the thirds of the window lie apart, as a share of the rate; what packets make of it is taken off."""
    window_s: float
    packets: float
    unrest: float = 0.0
    """The same, packets and all."""
    behind_s: float = 0.0
    """For how long, after the ramp and before the window, the line was seen to be different."""
    silence_s: float = 0.0
    """The longest time in the window from which nothing was heard."""

    def is_steady(self, rtt_ms: float) -> bool:
        long_enough_s = max(_STEADY_S, _STEADY_ROUND_TRIPS * rtt_ms / 1000)
        if self.behind_s:
            long_enough_s = max(long_enough_s, _CHANGED_S, self.behind_s)
        is_even = self.spread <= _STEADY_SPREAD and not self._is_mostly_silence
        return is_even and self.window_s >= long_enough_s and self.packets >= _STEADY_PACKETS

    @property
    def _is_mostly_silence(self) -> bool:
        """Whether its evenness is none: what has come after a line was away is taken to have come evenly meanwhile."""
        return self.silence_s > _SILENT_SHARE * self.window_s

    def is_clear_of(self, needed_mbps: float, factor: float, rtt_ms: float) -> bool:
        """Whether the rate is above ``needed_mbps`` times ``factor``, or below it divided by that, with its spread."""
        if self.packets < _CLEAR_PACKETS:
            return False
        if self.mbps * (1 - self.spread) > needed_mbps * factor:
            return self.spread <= _ABOVE_SPREAD and self.window_s >= _ABOVE_S
        # A line that was different a moment ago may only have been away; over a satellite it takes seconds to grow.
        is_below = self.mbps * (1 + self.spread) < needed_mbps / factor
        is_even = self.spread <= _BELOW_SPREAD and not self.behind_s and not self._is_mostly_silence
        long_enough_s = max(_BELOW_S, _STEADY_ROUND_TRIPS * rtt_ms / 1000)
        return is_below and is_even and self.window_s >= long_enough_s


def estimate(samples: Sequence[Sample], rtt_s: float) -> Estimate | None:
    """The rate of the last few seconds without the ramp; None while there is too little to say.

    Of everything behind the ramp the longest end that is at rest counts, and all of it when none is.
    """
    if len(samples) < _FEW_SAMPLES:
        return None
    end_s = samples[-1].at_s
    ramp_end_s = _ramp_end_s(samples, rtt_s)
    start_s = max(ramp_end_s, end_s - _WINDOW_S)
    found = _between(samples, start_s, end_s)
    if found is None or found.spread <= _STEADY_SPREAD:
        return found
    latest_s = min(end_s - _CHANGED_S, (start_s + end_s) / 2)
    for later_s in (start_s + (latest_s - start_s) * step / 4 for step in range(1, 5)):
        later = _between(samples, later_s, end_s) if later_s > start_s else None
        if later and later.spread <= _STEADY_SPREAD:
            return msgspec.structs.replace(later, behind_s=later_s - ramp_end_s)
    return found


def present_mbps(samples: Sequence[Sample], last_s: float) -> float:
    """The rate of the last moments, in Mbit/s."""
    end = samples[-1]
    begin_s = max(samples[0].at_s, end.at_s - last_s)
    moved = end.arrived_bytes - _arrived(samples, begin_s)
    return moved * 8e-6 / (end.at_s - begin_s) if end.at_s > begin_s else 0.0


def burst_mbps(samples: Sequence[Sample], burst_s: float) -> float:
    """The fastest rate, in Mbit/s, that was kept for ``burst_s``."""
    best, first = 0.0, 0
    for last, end in enumerate(samples):
        while first < last and samples[first + 1].at_s <= end.at_s - burst_s:
            first += 1
        took_s = end.at_s - samples[first].at_s
        if took_s >= burst_s:
            best = max(best, (end.arrived_bytes - samples[first].arrived_bytes) * 8e-6 / took_s)
    return best


def plateau(samples: Sequence[Sample], rtt_s: float) -> Estimate | None:
    """The most even end that lasted at least half of the time behind the ramp (and of the last few seconds).

    For the last word: TCP may have stumbled on its way up, and what it lost there the line has not lost.
    """
    if len(samples) < 2:
        return None
    end_s = samples[-1].at_s
    start_s = max(_ramp_end_s(samples, rtt_s), end_s - _WINDOW_S)
    starts = (start_s + (end_s - start_s) * step / 16 for step in range(9))
    found = [one for start in starts if (one := _between(samples, start, end_s))]
    return min(found, key=lambda one: one.unrest, default=None)


def overall(samples: Sequence[Sample], rtt_s: float) -> Estimate | None:
    """The mean rate over everything behind the ramp, silences too, for a line that does not come to rest.

    None while there is too little to say.
    """
    if len(samples) < _FEW_SAMPLES:
        return None
    start_s, end_s = _ramp_end_s(samples, rtt_s), samples[-1].at_s
    moved = samples[-1].arrived_bytes - _arrived(samples, start_s)
    if end_s <= start_s or moved <= 0:
        return None
    along = _between(samples, start_s, end_s)
    window_s = end_s - start_s
    return Estimate(moved * 8e-6 / window_s, along.spread if along else 1.0, window_s, moved / _PACKET_BYTES)


def _between(samples: Sequence[Sample], start_s: float, end_s: float) -> Estimate | None:
    """The rate between two moments, each mark moved to where the count has caught up best near by."""
    window_s = end_s - start_s
    moved = _arrived(samples, end_s) - _arrived(samples, start_s)
    if window_s <= 0 or moved <= 0:
        return None
    marks = [
        _caught_up(samples, start_s + window_s * third / 3, window_s / 8, start_s, end_s, moved / window_s)
        for third in range(4)
    ]
    rates = [
        (after.arrived_bytes - before.arrived_bytes) / (after.at_s - before.at_s)
        for before, after in itertools.pairwise(marks)
        if after.at_s > before.at_s
    ]
    span_s = marks[3].at_s - marks[0].at_s
    rate = _along_the_tops(samples, start_s, end_s)
    if len(rates) < 3 or span_s <= 0 or not rate:
        return None
    # A packet more or less at each edge of a third is no unrest.
    by_packets = 2 * _PACKET_BYTES * 3 / (rate * span_s)
    unrest = (max(rates) - min(rates)) / rate
    spread = max(0.0, unrest - by_packets)
    silence_s = _longest_silence_s(samples, start_s, end_s)
    return Estimate(rate * 8e-6, spread, span_s, rate * span_s / _PACKET_BYTES, unrest, silence_s=silence_s)


def _longest_silence_s(samples: Sequence[Sample], start_s: float, end_s: float) -> float:
    first = bisect.bisect_right(samples, start_s, key=_at_s)
    last = bisect.bisect_left(samples, end_s, key=_at_s)
    heard_s = [start_s, *(sample.at_s for sample in samples[first:last]), end_s]
    return max(after_s - before_s for before_s, after_s in itertools.pairwise(heard_s))


def _along_the_tops(samples: Sequence[Sample], start_s: float, end_s: float) -> float:
    """Bytes a second along the upper hull of the count between two moments, 0 for too little.

    Where the count lags, the hull passes over it. It is steeper only where a lag at the beginning is made good, and flatter
    only over one at the end: the slope in the middle of all the time is the line's.
    """
    first = bisect.bisect_left(samples, start_s, key=_at_s)
    last = bisect.bisect_right(samples, end_s, key=_at_s)
    hull: list[Sample] = []
    for sample in samples[first:last]:
        while len(hull) > 1 and _slope(hull[-2], hull[-1]) <= _slope(hull[-1], sample):
            hull.pop()
        hull.append(sample)
    passed_s = 0.0
    for before, after in itertools.pairwise(hull):
        passed_s += after.at_s - before.at_s
        if passed_s >= (hull[-1].at_s - hull[0].at_s) / 2:
            return _slope(before, after)
    return 0.0


def _slope(before: Sample, after: Sample) -> float:
    return (after.arrived_bytes - before.arrived_bytes) / (after.at_s - before.at_s)


def _caught_up(
    samples: Sequence[Sample], near_s: float, reach_s: float, start_s: float, end_s: float, rate: float
) -> Sample:
    """The sample within reach of a moment that is furthest ahead of an even count at ``rate`` bytes a second."""
    first = bisect.bisect_left(samples, max(near_s - reach_s, start_s), key=_at_s)
    last = bisect.bisect_right(samples, min(near_s + reach_s, end_s), key=_at_s)
    near = samples[first:last]
    if not near:
        return Sample(near_s, _arrived(samples, near_s))
    return max(near, key=lambda sample: sample.arrived_bytes - rate * sample.at_s)


def _ramp_end_s(samples: Sequence[Sample], rtt_s: float) -> float:
    """When the ramp was over: at most half of the time is taken for it."""
    first_s, last_s = samples[0].at_s, samples[-1].at_s
    moved = samples[-1].arrived_bytes - samples[0].arrived_bytes
    half_s = (first_s + last_s) / 2
    if last_s <= first_s or moved <= 0:
        return half_s
    packets_s = _PIECE_PACKETS * _PACKET_BYTES * (last_s - first_s) / moved
    piece_s = max(_PIECE_S, (last_s - first_s) / _PIECES, rtt_s, packets_s)
    count = int((last_s - first_s) / piece_s)
    if count < 4:
        return half_s
    marks = [_arrived(samples, first_s + number * piece_s) for number in range(count + 1)]
    pieces = [after - before for before, after in itertools.pairwise(marks)]
    usual = statistics.median(sorted(pieces)[count // 2 :])
    near = next(number for number, piece in enumerate(pieces) if piece >= _RAMP_SHARE * usual)
    return min(first_s + (near + 1) * piece_s, half_s)


def _at_s(sample: Sample) -> float:
    return sample.at_s


def _arrived(samples: Sequence[Sample], at_s: float) -> float:
    """How much had arrived at a moment between two samples, taken to have come evenly between them."""
    after = bisect.bisect_left(samples, at_s, key=_at_s)
    if after == 0:
        return samples[0].arrived_bytes
    if after == len(samples):
        return samples[-1].arrived_bytes
    left, right = samples[after - 1], samples[after]
    share = (at_s - left.at_s) / (right.at_s - left.at_s)
    return left.arrived_bytes + share * (right.arrived_bytes - left.arrived_bytes)
