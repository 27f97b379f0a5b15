"""The streams of one direction: as many as it takes to fill the line, and the round trips beside them."""

from __future__ import annotations

import contextlib
import errno
import queue
import selectors
import socket
import statistics
import threading
import time
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Self

from readiness.probes import delivered, flows, servers, steadiness
from readiness.probes.connection_open import CannotOpen, NameUnknown
from readiness.probes.flows import Download, Flow, RoundTrips, Upload
from readiness.probes.servers import Endpoint, IdleRoundTrips, ServerOut
from readiness.probes.steadiness import Estimate, Sample

#: The most that is moved in one direction.
MOST_BYTES: Final = 25_000_000

#: Of that, what a server that tells must have told of. It tells late, on a fast line by megabytes; but something between may
#: take all at once (a virus guard on this very computer) and hand it on at the line's own rate.
_TOLD_SHARE: Final = 0.5

#: What is handed over before a server that promised to tell has told of that much; then it is only waited for.
_MOST_UNTOLD_BYTES: Final = 4 * MOST_BYTES

#: How long it may take until the first byte: STALL_S, and the opening of a connection.
START_S: Final = 5.0

#: How long to wait for something to happen.
WAIT_S: Final = 0.01

#: While much comes, it is fetched this often: each time costs as much for one packet as for twenty.
_GATHER_S: Final = 0.002
_GATHER_MBPS: Final = 20.0

#: From which rate (Mbit/s) on how many streams (found in trials on emulated links: four streams on a slow line take
#: longest to settle, one on a fast line does not fill it).
_STREAMS: Final = ((300.0, 16), (100.0, 6), (15.0, 4), (4.0, 2), (0.0, 1))

#: At least so many are tried on any line that does not look full.
_MOST_STREAMS: Final = 8

#: One stream alone does not fill a line with a long way: two from this round trip on, unless it is slow.
_LONG_WAY_MS: Final = 60.0
_LONG_WAY_MBPS: Final = 2.0

#: The rate that decides how many streams there are is that of the last moments, and has this long to follow.
_PRESENT_S: Final = 0.1
_FOLLOW_S: Final = 0.03

#: In the beginning, before anything was lost, the fastest burst of this length tells sooner what the line can carry.
_EARLY_S: Final = 0.3
_BURST_S: Final = 0.008

#: A line is full when round trips are this much longer than without load, and this many times the idle jitter.
_FULLER_MS: Final = 2.0
_FULLER_JITTERS: Final = 3.0

#: Fewer round trips than this say nothing.
_FEW_ROUND_TRIPS: Final = 2

#: A line that does not look full gets more streams, this long after the last ones came, and round trips.
_MORE_S: Final = 0.35
_MORE_ROUND_TRIPS: Final = 6

#: A round trip that took twice as long as others, and this, was lost and sent again: systems wait for 0.2 s at least.
_RESENT_MS: Final = 180.0

#: Between two round trips under load.
_PING_PAUSE_S: Final = 0.05

#: What the system says when the line is gone, not the server.
_LINE_ERRORS: Final = frozenset({errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ETIMEDOUT})


class Direction(StrEnum):
    DOWN = "down"
    UP = "up"


class Streams:
    """The streams of one direction, as many as it takes, and the round trips beside them. All in one thread."""

    def __init__(self, endpoint: Endpoint, direction: Direction, idle: IdleRoundTrips) -> None:
        self.idle = idle
        self.arrived = 0
        """Bytes of payload that have arrived, at the other end for an upload."""
        self._counted_here, self._told = (0, 0.0), (0.0, Sample(0.0, 0.0))
        """The payload that was last counted here and told by the server, and what was made of it."""
        self.by_answers = direction is Direction.UP and servers.is_behind_proxy(endpoint)
        """Whether only the answers of the server tell what has arrived: our system knows what the proxy has taken."""
        self._endpoint = endpoint
        self.direction = direction
        self._flows: list[Download | Upload] = []
        self._round_trips: RoundTrips | None = None
        self._ended: list[Flow] = []
        self._loaded_ms: list[tuple[float, float]] = []
        """Round trips under load: when, and how many milliseconds."""
        self._dialled: queue.SimpleQueue[tuple[bool, socket.socket | Exception]] = queue.SimpleQueue()
        self._wanted = 0
        self._changed_at = time.perf_counter()
        self._rate_before_mbps = 0.0
        """What it was before the last streams came that came only because the line did not look full."""
        self._selector = selectors.DefaultSelector()
        self._room, self._noise = flows.room(), flows.noise()
        self._wire_rate_mbps = 0.0
        self._closed = False
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._dial(for_load=False)
        self._at_least(1)
        return self

    def __exit__(self, *exc_info: object) -> None:
        with self._lock:
            self._closed = True
        while not self._dialled.empty():
            _, line = self._dialled.get()
            if isinstance(line, socket.socket):
                line.close()
        for flow in self._all():
            flow.close()
        self._selector.close()

    def _all(self) -> list[Flow]:
        return [*self._flows, *self._ended, *([self._round_trips] if self._round_trips else [])]

    def _at_least(self, count: int) -> None:
        if self._wanted < count:
            self._changed_at = time.perf_counter()
        while self._wanted < count:
            self._wanted += 1
            self._dial(for_load=True)

    def _dial(self, *, for_load: bool) -> None:
        """Open a connection beside everything else: it takes some round trips."""

        def call() -> None:
            line: socket.socket | Exception
            try:
                line = servers.open_line(self._endpoint, time.monotonic() + START_S)
            except Exception as error:  # noqa: BLE001 - judged where somebody looks
                line = error
            with self._lock:
                if self._closed and isinstance(line, socket.socket):
                    line.close()
                else:
                    self._dialled.put((for_load, line))

        threading.Thread(target=call, daemon=True, name="stream of a measurement").start()

    def _welcome(self) -> None:
        """Take over the connections that have come about."""
        while not self._dialled.empty():
            for_load, line = self._dialled.get()
            if isinstance(line, Exception):
                if for_load:
                    self._complain(line)
                continue
            flow = self._employ(line) if for_load else RoundTrips(line, self._endpoint, _PING_PAUSE_S)
            if isinstance(flow, RoundTrips):
                self._round_trips = flow
            else:
                self._flows.append(flow)
            if flow.wants:
                self._selector.register(flow.line, flow.wants, flow)

    def _employ(self, line: socket.socket) -> Download | Upload:
        if self.direction is Direction.DOWN:
            return Download(line, self._endpoint, MOST_BYTES, self._room)
        if not self._endpoint.progress and delivered.traffic(line, 0) is None:
            self.by_answers = True  # neither the server tells, nor our system
        return Upload(line, self._endpoint, self._noise, by_answers=self.by_answers)

    def _complain(self, error: Exception) -> None:
        """Raise ServerOut when a stream ended by itself: on a line that works only the server can have ended it."""
        if isinstance(error, NameUnknown):
            return  # it was known a moment ago: the watch over what arrives tells a lost line
        if isinstance(error, OSError) and error.errno in _LINE_ERRORS:
            return
        if isinstance(error, ServerOut):
            raise error
        if isinstance(error, (OSError, CannotOpen, ValueError)):
            raise ServerOut(f"{self._endpoint.host}: {error!r}") from error
        raise error

    def move(self) -> None:
        """Wait a moment for something to happen, and let every stream do what it can. Raises ServerOut."""
        self._welcome()
        if self._wire_rate_mbps > _GATHER_MBPS:
            time.sleep(_GATHER_S)
        ready = [key.data for key, _ in self._selector.select(WAIT_S)] if self._selector.get_map() else []
        if not ready and not self._selector.get_map():
            time.sleep(WAIT_S)
        if self._round_trips and self._round_trips not in ready:
            ready.append(self._round_trips)
        for flow in ready:
            self._move(flow)

    def _move(self, flow: Flow) -> None:
        before = flow.wants
        try:
            flow.move()
        except (ServerOut, OSError) as error:
            if isinstance(flow, RoundTrips):
                self._drop(flow)
                self._ended.append(flow)
                self._round_trips = None
                return
            if isinstance(error, OSError) and error.errno in _LINE_ERRORS:
                self._drop(flow)
                return
            self._complain(error)
        if isinstance(flow, Upload) and self._is_told and self._handed_over() > _MOST_UNTOLD_BYTES:
            flow.stop_sending()
        if flow.wants == before:
            return
        if not before:
            self._selector.register(flow.line, flow.wants, flow)
        elif flow.wants:
            self._selector.modify(flow.line, flow.wants, flow)
        else:
            self._selector.unregister(flow.line)
            if isinstance(flow, RoundTrips) and flow.took_ms:
                self._loaded_ms.append((time.perf_counter(), flow.took_ms[-1]))

    def _handed_over(self) -> int:
        return sum(flow.handed_over for flow in self._flows)

    def _drop(self, flow: Flow) -> None:
        with contextlib.suppress(KeyError):  # it was not watched just then
            self._selector.unregister(flow.line)

    def counted_here(self) -> float:
        """How much has arrived as far as it is known here, or 0.

        The round trips' own bytes count with payload only: a server that has stopped sending may still answer them.
        """
        arrived = sum(_arrived(flow, by_answers=self.by_answers) for flow in self._flows)
        if arrived > self._counted_here[0]:
            self._counted_here = arrived, arrived + self._beside()
            self.arrived = max(self.arrived, arrived)
        return self._counted_here[1]

    def told(self) -> Sample | None:
        """How much of an upload has arrived, and when, as the server tells by its own clock; None while it does not."""
        told = [flow for flow in self._flows if isinstance(flow, Upload) and flow.last_told_s is not None]
        # All streams tell by the same clock. Later than the least lately told, somebody's count is not known.
        at_s = min((flow.last_told_s or 0.0 for flow in told), default=0.0)
        arrived = sum(flow.told_by(at_s) for flow in told)
        if arrived > self._told[0]:
            self._told = arrived, Sample(at_s, arrived + self._beside())
            self.arrived = max(self.arrived, int(arrived))
        return self._told[1] if self._told[0] else None

    @property
    def has_moved_all(self) -> bool:
        """Whether as much has arrived as may be moved."""
        return self.arrived >= MOST_BYTES and (not self._is_told or self._told[0] >= MOST_BYTES * _TOLD_SHARE)

    @property
    def _is_told(self) -> bool:
        """Whether the server has promised to tell meanwhile how much has come."""
        return self.direction is Direction.UP and bool(self._endpoint.progress) and not self.by_answers

    def _beside(self) -> int:
        """The round trips' own bytes: on a slow line they take a share that counts."""
        if self._round_trips is None or not self._flows:
            return 0
        return self._round_trips.bytes_in if self.direction is Direction.DOWN else self._round_trips.bytes_out

    def follow(self, samples: Sequence[Sample], now: float) -> None:
        """More streams for a rate that asks for them, and for a line that does not look full."""
        if len(samples) < 2:
            return
        self._wire_rate_mbps = present = steadiness.present_mbps(samples, _PRESENT_S)
        if samples[-1].at_s - samples[0].at_s <= _EARLY_S:
            # The first packets come in bursts that are as fast as the line, with pauses between them.
            present = max(present, steadiness.burst_mbps(samples, _BURST_S))
        if now < self._changed_at + _FOLLOW_S:
            return
        wanted = next(count for from_mbps, count in _STREAMS if present >= from_mbps)
        if self.idle.rtt_ms > _LONG_WAY_MS and present >= _LONG_WAY_MBPS:
            wanted = max(wanted, 2)
        self._at_least(wanted)
        looked_s = max(_MORE_S, _MORE_ROUND_TRIPS * self.idle.rtt_ms / 1000)
        if now >= self._changed_at + looked_s and self._is_queueing() is False:
            self._rate_before_mbps = steadiness.present_mbps(samples, _MORE_S / 2)
            self._at_least(min(self._wanted * 2, max(self._wanted, _MOST_STREAMS)))

    def _is_queueing(self) -> bool | None:
        """Whether round trips take longer than on the idle line: something waits before the narrowest place.

        None while too few have come back to say.
        """
        recent = [ms for at, ms in self._loaded_ms[-5:] if at > self._changed_at]
        waiting_ms = self._round_trips.waiting_ms if self._round_trips else 0.0
        if waiting_ms > self.idle.rtt_ms:
            recent.append(waiting_ms)
        if len(recent) < _FEW_ROUND_TRIPS and self._round_trips:
            return None
        return bool(recent) and statistics.median_low(recent) >= self._full_rtt_ms

    def is_full(self, found: Estimate) -> bool:
        """Whether the line, and not the number of streams, limits the rate."""
        if self._is_queueing():
            return True
        # More streams were tried, and brought nothing.
        settled = time.perf_counter() >= self._changed_at + _MORE_S
        return settled and (self._wanted >= _MOST_STREAMS or found.mbps <= self._rate_before_mbps * 1.03)

    @property
    def _full_rtt_ms(self) -> float:
        """What round trips take at least on a line that is full."""
        return self.idle.rtt_ms + max(_FULLER_MS, _FULLER_JITTERS * self.idle.jitter_ms)

    @property
    def stayed_empty(self) -> bool:
        """Whether round trips, enough of them, took no longer than without load: then something else than the line was slow.

        On a slow line a single packet that waits before them is seen: 1500 bytes take 4 ms at 3 Mbit/s.
        """
        loaded_ms = self.loaded_rtt_ms
        return len(self._loaded_ms) >= 2 * _FEW_ROUND_TRIPS and loaded_ms is not None and loaded_ms < self._full_rtt_ms

    @property
    def loaded_rtt_ms(self) -> float | None:
        late = [ms for _, ms in self._loaded_ms[len(self._loaded_ms) // 2 :]]
        return statistics.median(late) if late else None

    def wire_down_bytes(self, mbps: float) -> int:
        """What comes over the line for it, in the end.

        Of a download that ran at ``mbps``, what is under way now comes too; of an upload, every second packet's receipt.
        """
        came = sum(flow.traffic().wire_in_bytes for flow in self._all())
        under_way = self._under_way_bytes(mbps)
        if self.direction is Direction.DOWN:
            return came + delivered.on_wire(under_way)
        return came + round(under_way / delivered.SEGMENT_BYTES / 2) * delivered.HEADER_BYTES

    def wire_up_bytes(self, mbps: float) -> int:
        """What goes over the line for it, in the end: also our system's refusals of all that still comes."""
        went = sum(flow.traffic().wire_out_bytes for flow in self._all())
        packets = self._under_way_bytes(mbps) / delivered.SEGMENT_BYTES
        return went + round(packets if self.direction is Direction.DOWN else packets / 2) * delivered.RESET_BYTES

    def _under_way_bytes(self, mbps: float) -> float:
        """The payload of one round trip at this rate, as long as the next one takes: queues grow meanwhile."""
        last_ms = [ms for _, ms in self._loaded_ms[-3:]] or [self.idle.rtt_ms]
        usual_ms, before_ms, latest_ms = statistics.median_low(last_ms), *(last_ms * 2)[-2:]
        if not usual_ms <= latest_ms <= 2 * usual_ms + _RESENT_MS:
            before_ms = latest_ms = usual_ms
        growing_ms = min(max(0.0, latest_ms - before_ms), latest_ms / 4)
        return mbps / 8e-6 * (latest_ms + growing_ms) / 1000


def _arrived(flow: Download | Upload, *, by_answers: bool) -> int:
    if isinstance(flow, Download):
        return flow.arrived()
    return flow.answered if by_answers else flow.acknowledged() or 0
