"""How many bits a second a line carries: the engine, behind `measure`.

What makes the number honest:

* Only what arrived counts. Downloads: bytes that were read. Uploads: what the server says has come (``readiness serve``
  does), else what its system has acknowledged, else bodies it has answered for; never what was handed to ``send``, which
  runs seconds ahead of a slow line.
* The ramp at the beginning is cut off, and lags are not taken for slowness (see ``steadiness.py``).
* Streams follow the rate: one first, more on lines that are faster, far away, or not yet seen to be full. A line is full
  when round trips beside the load take longer than without it.
* It stops on evidence, or at 25 MB, or after 8 seconds, and says which.
* When this computer was the one that paused, what came before does not count.
* A server that answers otherwise than it should raises `ServerOut`; a line that dies is `Stop.LOST`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from readiness.probes import steadiness
from readiness.probes.servers import Endpoint, IdleRoundTrips, ServerOut
from readiness.probes.steadiness import Estimate, Sample
from readiness.probes.streams import START_S, WAIT_S, Direction, Streams
from readiness.readings import Counted, Stop

#: The longest that a rate is looked at.
MOST_S: Final = 8.0

#: Nothing arrives any more for so long: the line or the server is gone. Slow lines with losses hold back for up to 3 s
#: (TCP waits 1 s, then 2 s, before it sends again).
STALL_S: Final = 4.0

#: The longest that one direction can take: a late start, and then a slow line.
LONGEST_S: Final = START_S + MOST_S

#: At more than this the limit of bytes is reached before anything can be told apart: the line carries this or more.
_MOST_MBPS: Final = 1000.0

#: A rate is given for a line that was lost or slow only when it was seen for this long, over this many full packets.
_EVIDENCE_S: Final = 1.0
_EVIDENCE_BYTES: Final = 30 * 1448

#: "Enough" and "too little" are told early only this far from what is needed.
_CLEAR: Final = 1.25

#: The server's count lags behind by less than what arrives in this time.
_MOST_LAG_S: Final = 0.5

#: Thirds that lie further apart than this share no rate: what counts is what came in all the time.
_RESTLESS_SPREAD: Final = 0.3

#: How far apart samples are at least, how often they are judged, and how often a partial result is told.
_SAMPLE_S: Final = 0.002
_JUDGE_S: Final = 0.03
_TELL_S: Final = 0.2

#: A pause of our own this long spoils what is being measured.
_PAUSE_S: Final = 0.25

#: After so many of them this computer is not one to measure with: it ends with what there is.
_MOST_PAUSES: Final = 10

#: The server's count is of the same bytes as our system's. When it shows less than this share of the rate, it is the one
#: to believe: something between takes what the server has not got. (Losses make it lag by some per cent.)
_TRUSTED_SHARE: Final = 0.9


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """What one direction came to."""

    mbps: float | None
    """Payload that arrived, in 10^6 bit/s; None when too little arrived to say."""
    spread: float | None = None
    """How far the rate moved, as a share of it."""
    counted_by: Counted | None = None
    """Who counted an upload; None for downloads, which are counted here."""
    wire_down_bytes: int
    """Everything that came over the line for it: headers, repetitions and what came too late included."""
    wire_up_bytes: int
    stop: Stop
    at_least: bool = False
    """The line carries this or more: the limit of bytes was reached, or something else was slow, most likely the server."""
    loaded_rtt_ms: float | None = None
    """The median round trip while the line was full."""
    own_pause_s: float = 0.0
    """The longest while in which this computer did not let us run."""


def measure(
    endpoint: Endpoint,
    direction: Direction,
    *,
    needed_mbps: float | None,
    idle: IdleRoundTrips,
    tell: Callable[[float], None],
) -> Transfer:
    """Measure one direction against one server. ``tell`` gets the rate so far (Mbit/s). Blocks for 13 s at most,
    pauses of this computer aside.

    Raises ServerOut when the server does not do its part; how the line does is never raised.
    """
    with Streams(endpoint, direction, idle) as streams:
        try:
            return _Measurement(streams, needed_mbps, tell).run()
        except ServerOut as error:
            error.wire_down_bytes, error.wire_up_bytes = streams.wire_down_bytes(0.0), streams.wire_up_bytes(0.0)
            raise


class _Track:
    """What has arrived so far, moment by moment, by one who counts."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    def note(self, sample: Sample | None) -> bool:
        """Keep it if something new came. Whether it did.

        After a lost packet nothing comes for a while, and then much at once. What came at once has come over the whole
        while, so the while itself is not noted.
        """
        if sample is None or (self.samples and sample.arrived_bytes <= self.samples[-1].arrived_bytes):
            return False
        if not self.samples or sample.at_s >= self.samples[-1].at_s + _SAMPLE_S:
            self.samples.append(sample)
        return True


class _Measurement:
    """Watches what arrives until one of the reasons to stop holds."""

    def __init__(self, streams: Streams, needed_mbps: float | None, tell: Callable[[float], None]) -> None:
        self._streams = streams
        self._needed_mbps = needed_mbps
        self._tell = tell
        self._here, self._there = _Track(), _Track()
        """As counted here, and as the server tells."""
        self._found: Estimate | None = None
        self._believes_server = False
        """Whether what was found last is by the server's count."""
        self._own_pause_s = 0.0
        self._pauses = 0
        self._begun = self._moved_at = self._judged_at = self._told_at = time.perf_counter()

    def run(self) -> Transfer:
        stop: Stop | None = None
        now = self._begun
        while stop is None:
            before = now
            self._streams.move()
            now = time.perf_counter()
            if now - before > WAIT_S + _PAUSE_S:
                self._forgive(now - before)
            self._look(now)
            stop = self._reason(now)
        return self._transfer(stop)

    def _look(self, now: float) -> None:
        """Note what has arrived, judge it from time to time, and ask for more streams where they are needed."""
        is_first = not (self._here.samples or self._there.samples)
        here = self._streams.counted_here()
        if self._here.note(Sample(now, here) if here else None) | self._there.note(self._streams.told()):
            self._moved_at = now
            if is_first:
                self._begun = now
        if now < self._judged_at + _JUDGE_S:
            return
        self._judged_at = now
        self._found = self._judge(steadiness.estimate)
        self._streams.follow(self._here.samples or self._there.samples, now)
        if self._found and now >= self._told_at + _TELL_S:
            self._told_at = now
            self._tell(self._found.mbps)

    def _judge(self, by: Callable[[Sequence[Sample], float], Estimate | None]) -> Estimate | None:
        """The rate by whoever counts best.

        Our system sees every packet, the server only what is in order; but something between them may take what the server
        never gets, and then only the server knows.
        """
        rtt_s = self._streams.idle.rtt_ms / 1000
        here, there = by(self._here.samples, rtt_s), by(self._there.samples, rtt_s)
        is_ahead = here is None or (there is not None and self._has_run_ahead(here.mbps, there.mbps))
        if by is steadiness.estimate:
            self._believes_server = is_ahead
        # Nor does the last word come from what had run ahead.
        return there or here if is_ahead or self._believes_server else here

    def _has_run_ahead(self, here_mbps: float, there_mbps: float) -> bool:
        """Whether something takes what the server has not got: it does so now, or has, and stands still meanwhile."""
        ahead = self._here.samples[-1].arrived_bytes - self._there.samples[-1].arrived_bytes
        return there_mbps < here_mbps * _TRUSTED_SHARE or ahead > there_mbps / 8e-6 * _MOST_LAG_S

    def _forgive(self, pause_s: float) -> None:
        """We were not let run: what lies before and after does not fit together."""
        self._own_pause_s = max(self._own_pause_s, pause_s)
        self._pauses += 1
        self._begun += pause_s
        self._moved_at += pause_s
        self._here, self._there = _Track(), _Track()
        self._found = None

    def _reason(self, now: float) -> Stop | None:
        arrived = self._streams.arrived
        if now - self._moved_at >= (STALL_S if arrived else START_S):
            return Stop.LOST
        if self._streams.has_moved_all:
            return Stop.BYTES
        if self._pauses > _MOST_PAUSES or (arrived and now - self._begun >= MOST_S):
            return Stop.TIME
        if self._found is None or self._judged_at != now:
            return None
        if self._found.is_steady(self._streams.idle.rtt_ms) and self._streams.is_full(self._found):
            return Stop.STEADY
        if self._needed_mbps and self._found.is_clear_of(self._needed_mbps, _CLEAR, self._streams.idle.rtt_ms):
            return Stop.ENOUGH
        return None

    def _transfer(self, stop: Stop) -> Transfer:
        found = self._last_word(stop)
        mbps = found.mbps if found else None
        if stop is Stop.BYTES:
            mbps = min(mbps or self._at_once_mbps(), _MOST_MBPS) or None
        # What is under way when the line is gone never comes.
        still_mbps = 0.0 if stop is Stop.LOST else mbps or 0.0
        return Transfer(
            mbps=mbps,
            spread=found.spread if found else None,
            counted_by=self._counted_by,
            wire_down_bytes=self._streams.wire_down_bytes(still_mbps),
            wire_up_bytes=self._streams.wire_up_bytes(still_mbps),
            stop=stop,
            at_least=stop is Stop.BYTES or self._streams.stayed_empty,
            loaded_rtt_ms=self._streams.loaded_rtt_ms,
            own_pause_s=self._own_pause_s,
        )

    def _last_word(self, stop: Stop) -> Estimate | None:
        """The rate of a line at rest, or else over all that was seen; None for too little evidence."""
        if stop is Stop.BYTES and self._found and self._found.spread > _RESTLESS_SPREAD:
            return self._judge(steadiness.overall)
        if stop in (Stop.STEADY, Stop.ENOUGH, Stop.BYTES):
            return self._judge(steadiness.plateau)
        samples = self._here.samples or self._there.samples
        if stop is Stop.TIME and samples:
            silent_s = time.perf_counter() - self._moved_at
            return self._judge(lambda samples, rtt_s: steadiness.overall(_with_silence(samples, silent_s), rtt_s))
        if not samples or samples[-1].at_s - samples[0].at_s < _EVIDENCE_S:
            return None
        return self._judge(steadiness.overall) if self._streams.arrived >= _EVIDENCE_BYTES else None

    def _at_once_mbps(self) -> float:
        """The rate of so fast a line that all came in too few samples to judge; 0 when a pause of ours made them few."""
        took_s = time.perf_counter() - self._begun
        return 0.0 if self._own_pause_s else self._streams.arrived * 8e-6 / max(took_s, 1e-6)

    @property
    def _counted_by(self) -> Counted | None:
        if self._streams.direction is Direction.DOWN:
            return None
        if self._streams.by_answers:
            return Counted.ESTIMATE
        return Counted.SERVER if self._there.samples else Counted.SYSTEM


def _with_silence(samples: Sequence[Sample], silent_s: float) -> Sequence[Sample]:
    """All of it, and that nothing came since."""
    if not samples:
        return samples
    return [*samples, Sample(samples[-1].at_s + max(silent_s, 1e-6), samples[-1].arrived_bytes)]
