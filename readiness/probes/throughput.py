"""How many bits a second a line carries: the engine, behind `measure`.

What makes the number honest:

* Only what arrived counts. Downloads: bytes that were read. Uploads: bodies that the server has answered for, and of
  the body under way what the other end's kernel has acknowledged (where the system tells); never what was handed to
  `send`, which on a slow line runs seconds ahead.
* The ramp at the beginning is cut off (see ``steadiness.py``).
* Streams follow the rate: one first, two and four only on lines that need them.
* It stops on evidence, or at 25 MB, or after 8 seconds, and says which.
* A server that answers otherwise than it should raises `ServerOut`; a line that dies is `Stop.LOST`.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import itertools
import os
import socket
import statistics
import struct
import sys
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final, Self

import msgspec

from readiness.probes import servers
from readiness.probes.connection_open import USER_AGENT, CannotOpen, NameUnknown
from readiness.probes.servers import Endpoint, ServerOut
from readiness.probes.steadiness import Estimate, Sample, estimate, overall

#: Limits of one direction.
MOST_BYTES: Final = 25_000_000
MOST_S: Final = 8.0

#: Nothing arrives for so long: the line or the server is gone. Slow lines with losses hold back for up to 3 s (TCP waits
#: 1 s, then 2 s, before it sends again), and a little more until the first byte, when a connection is opened as well.
STALL_S: Final = 4.0
START_S: Final = 5.0

#: The longest that one direction can take: a late start, and then a slow line.
LONGEST_S: Final = START_S + MOST_S

#: A rate is given for a line that was lost or slow only when it was seen for this long, over this many full packets.
_EVIDENCE_S: Final = 1.0
_EVIDENCE_BYTES: Final = 30 * 1448

#: "Enough" and "too little" are told early only this far from what is needed.
_CLEAR: Final = 1.25

#: How often the counters are looked at, and how often a partial result is told.
_LOOK_S: Final = 0.02
_TELL_S: Final = 0.2

#: From which rate (Mbit/s) on how many streams (found in trials on emulated links: four streams on a slow line take
#: longest to settle, one on a fast line does not fill it). Uploads pause for each answer, so they need a second sooner.
_STREAMS_DOWN: Final = ((15.0, 4), (4.0, 2), (0.0, 1))
_STREAMS_UP: Final = ((15.0, 4), (1.0, 2), (0.0, 1))

#: One stream alone does not fill a line with a long way: two from this round trip on.
_LONG_WAY_MS: Final = 60.0

#: How long an upload's body should take, with the kernel's count of what arrived and without it, and its bounds.
_BODY_S: Final = 1.0
_BODY_UNCOUNTED_S: Final = 0.25
_BODY_BYTES: Final = (32 * 1024, 8 << 20)

_PIECE_BYTES: Final = 64 * 1024

#: What a TLS record of 16 KiB adds on the wire: header, content type and tag (RFC 8446, section 5.2).
_TLS_SHARE: Final = 16384 / 16406

#: In Linux' struct tcp_info: tcpi_bytes_acked (Linux 4.2).
_TCP_INFO_BYTES: Final = 192
_BYTES_ACKED_AT: Final = 120

#: struct linger: two shorts on Windows, two ints elsewhere.
_LINGER: Final = "hh" if sys.platform == "win32" else "ii"

#: What the system says when the line is gone, not the server.
_LINE_ERRORS: Final = frozenset({errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ETIMEDOUT})

_PING_PAUSE_S: Final = 0.15


class Direction(StrEnum):
    DOWN = "down"
    UP = "up"


class Stop(StrEnum):
    """Why the measuring of a direction ended."""

    STEADY = "steady"
    """The rate did not change any more."""
    ENOUGH = "enough"
    """It was clear that the rate is well above or well below what is needed."""
    TIME = "time"
    BYTES = "bytes"
    """The line is at least as fast as told."""
    LOST = "lost"
    """Nothing came any more."""


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """What one direction came to."""

    mbps: float | None
    """Payload that arrived, in 10^6 bit/s; None when too little arrived to say."""
    bytes_moved: int
    """All payload, the ramp included."""
    stop: Stop
    loaded_rtt_ms: tuple[float, ...] = ()
    """Round trips while the line was full."""


def measure(
    endpoint: Endpoint,
    direction: Direction,
    *,
    needed_mbps: float | None,
    rtt_ms: float | None,
    tell: Callable[[float], None],
) -> Transfer:
    """Measure one direction against one server. ``tell`` gets the rate so far (Mbit/s). Blocks for 13 s at most.

    Raises ServerOut when the server does not do its part; how the line does is never raised.
    """
    with _Streams(endpoint, direction, rtt_ms or 0.0) as streams, _Pings(endpoint) as pings:
        samples, stop, found = _run(streams, needed_mbps, tell)
        counted = streams.arrived()
    return Transfer(
        mbps=found.mbps if found and stop in (Stop.STEADY, Stop.ENOUGH) else _rate_of_all(samples, stop),
        bytes_moved=counted,
        stop=stop,
        loaded_rtt_ms=tuple(pings.took_ms),
    )


def _run(
    streams: _Streams, needed_mbps: float | None, tell: Callable[[float], None]
) -> tuple[list[Sample], Stop, Estimate | None]:
    """Watch the counters until one of the reasons to stop holds."""
    samples: list[Sample] = []
    found: Estimate | None = None
    begun = moved_at = time.perf_counter()
    told_at = begun
    while True:
        streams.wait(_LOOK_S)
        streams.complain()
        now, arrived = time.perf_counter(), streams.arrived()
        if not arrived:
            if now - begun >= START_S:
                return samples, Stop.LOST, None
            continue
        if not samples:
            begun = now
        if not samples or arrived > samples[-1].arrived_bytes:
            # Only where something new came: after a lost packet nothing comes for a while, and then much at once. What
            # came at once has come over the whole while.
            moved_at = now
            samples.append(Sample(now, arrived))
            found = estimate(samples, streams.changed_at)
        if found and now - told_at >= _TELL_S:
            told_at = now
            tell(found.mbps)
        stop = _reason(found, now - begun, now - moved_at, arrived, needed_mbps, streams.rtt_ms)
        if stop is Stop.TIME:
            samples.append(Sample(now, arrived))  # a silence at the end counts
        if stop is not None:
            return samples, stop, found
        streams.follow(found, now - begun)


def _reason(
    found: Estimate | None,
    elapsed_s: float,
    silent_s: float,
    arrived: int,
    needed_mbps: float | None,
    rtt_ms: float,
) -> Stop | None:
    if silent_s >= STALL_S:
        return Stop.LOST
    if arrived >= MOST_BYTES:
        return Stop.BYTES
    if elapsed_s >= MOST_S:
        return Stop.TIME
    if found is None:
        return None
    if found.is_steady(rtt_ms):
        return Stop.STEADY
    if needed_mbps and found.is_clear_of(needed_mbps, _CLEAR):
        return Stop.ENOUGH
    return None


def _rate_of_all(samples: list[Sample], stop: Stop) -> float | None:
    """The rate over all that was seen, for a line that did not come to rest; None for too little evidence."""
    if stop is not Stop.LOST:
        return overall(samples)
    if not samples or samples[-1].at_s - samples[0].at_s < _EVIDENCE_S:
        return None
    return overall(samples) if samples[-1].arrived_bytes >= _EVIDENCE_BYTES else None


class _Stream:
    """One connection that is kept busy, in a thread of its own."""

    def __init__(self, endpoint: Endpoint, moved: threading.Event) -> None:
        self._endpoint = endpoint
        self._moved = moved
        self._stopped = False
        self._line: socket.socket | None = None
        self.trouble: Exception | None = None
        """Why it ended, unless it was stopped."""
        self._thread = threading.Thread(target=self._live, daemon=True, name="stream of a measurement")
        self._thread.start()

    def arrived(self) -> int:
        """How many bytes of payload have arrived so far, at the other end for an upload."""
        raise NotImplementedError

    def _work(self, connection: http.client.HTTPConnection) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """End it at once: what is still in the computer's own buffers is not sent any more."""
        self._stopped = True
        if self._line is not None:
            _cut(self._line)

    def _live(self) -> None:
        try:
            # Longer than the watch over what arrives waits: silence is for it to judge, a refusal comes at once.
            connection = servers.dial(self._endpoint, time.monotonic() + LONGEST_S)
            connection.sock.settimeout(LONGEST_S)
            self._line = connection.sock
            try:
                while not self._stopped:
                    self._work(connection)
            finally:
                self.arrived()
                _discard(self._line)
                connection.close()
        except Exception as error:  # noqa: BLE001 - kept for `complain`, which raises it where somebody looks
            self.trouble = error
        finally:
            self._moved.set()


class _Download(_Stream):
    def __init__(self, endpoint: Endpoint, moved: threading.Event) -> None:
        self._count = 0
        super().__init__(endpoint, moved)

    def arrived(self) -> int:
        return self._count

    def _work(self, connection: http.client.HTTPConnection) -> None:
        path, promised = self._endpoint.download_of(MOST_BYTES)
        response = servers.ask(connection, path)
        length = response.length
        if response.headers.get_content_type() == "text/html" or length not in (None, promised):
            raise ServerOut(
                f"{path}: {length} bytes of {response.headers.get_content_type()} are not what was asked for"
            )
        got = 0
        # read1: what has arrived by now. The other ways to read wait until a whole buffer is full.
        while got < promised and (piece := response.read1(_PIECE_BYTES)):
            got += len(piece)
            self._count += len(piece)
            if got == len(piece):
                self._moved.set()
        if got < promised or response.read(1):  # and this is how http.client notices that it is at the end
            raise ServerOut(f"{path}: {got} bytes or more came where {promised} were promised")
        if response.will_close:
            raise ServerOut(f"{path}: it closes after every answer")


class _Upload(_Stream):
    def __init__(self, endpoint: Endpoint, moved: threading.Event) -> None:
        self._answered = 0
        self._body_bytes = 0
        self._acked_before: int | None = None
        self._seen = 0
        self._size = _BODY_BYTES[0]
        self._noise = memoryview(os.urandom(4 << 20))
        super().__init__(endpoint, moved)

    def arrived(self) -> int:
        under_way = 0
        acked = _acked_bytes(self._line)
        before = self._acked_before
        if acked is not None and before is not None:
            share = _TLS_SHARE if self._endpoint.tls else 1.0
            under_way = max(0, min(self._body_bytes, int((acked - before) * share)))
        # Answer and acknowledgement are read one after the other: never let the sum go back.
        self._seen = max(self._seen, self._answered + under_way)
        return self._seen

    def _work(self, connection: http.client.HTTPConnection) -> None:
        size = min(self._size, self._endpoint.most_bytes)
        connection.putrequest("POST", self._endpoint.upload)
        connection.putheader("User-Agent", USER_AGENT)
        connection.putheader("Content-Type", "application/octet-stream")
        connection.putheader("Content-Length", str(size))
        started = time.perf_counter()
        acked = _acked_bytes(self._line)
        connection.endheaders()
        self._acked_before, self._body_bytes = acked, size
        for at in range(0, size, _PIECE_BYTES):
            start = at % (len(self._noise) - _PIECE_BYTES)
            connection.sock.sendall(self._noise[start : start + min(_PIECE_BYTES, size - at)])
        try:
            response = connection.getresponse()
            response.read()
        except http.client.HTTPException as error:
            raise ServerOut(f"{self._endpoint.upload}: {error!r}") from error
        if not 200 <= response.status < 300:
            raise ServerOut(f"{self._endpoint.upload}: status {response.status} for {size} bytes")
        self._acked_before = None
        self._answered += size
        self._body_bytes = 0
        self._moved.set()
        if response.will_close:
            raise ServerOut(f"{self._endpoint.upload}: it closes after every answer")
        goal_s = _BODY_S if acked is not None else _BODY_UNCOUNTED_S
        wanted = int(size * goal_s / max(time.perf_counter() - started, 1e-3))
        # Not more than four times the last: one quick answer is no proof of a fast line.
        self._size = max(_BODY_BYTES[0], min(wanted, size * 4, _BODY_BYTES[1]))


class _Streams:
    """The streams of one direction, as many as the rate asks for."""

    def __init__(self, endpoint: Endpoint, direction: Direction, rtt_ms: float) -> None:
        self._endpoint = endpoint
        self._kind: type[_Stream] = _Download if direction is Direction.DOWN else _Upload
        self._table = _STREAMS_DOWN if direction is Direction.DOWN else _STREAMS_UP
        self._moved = threading.Event()
        self._streams: list[_Stream] = []
        self.rtt_ms = rtt_ms
        self.changed_at = 0.0
        """When the last stream was added, by `time.perf_counter`."""

    def __enter__(self) -> Self:
        self._at_least(2 if self.rtt_ms > _LONG_WAY_MS else 1)
        return self

    def __exit__(self, *exc_info: object) -> None:
        for stream in self._streams:
            stream.stop()

    def wait(self, most_s: float) -> None:
        """Until something new came about, or ``most_s`` have passed."""
        if self._moved.wait(most_s):
            self._moved.clear()

    def arrived(self) -> int:
        return sum(stream.arrived() for stream in self._streams)

    def complain(self) -> None:
        """Raise ServerOut when a stream ended by itself: on a line that works only the server can have ended it."""
        for stream in self._streams:
            if isinstance(stream.trouble, NameUnknown):
                continue  # it was known a moment ago: the watch over what arrives tells a lost line
            if isinstance(stream.trouble, OSError) and stream.trouble.errno in _LINE_ERRORS:
                continue
            if isinstance(stream.trouble, ServerOut):
                raise stream.trouble
            if isinstance(stream.trouble, (OSError, CannotOpen, http.client.HTTPException, ValueError)):
                raise ServerOut(f"{self._endpoint.host}: {stream.trouble!r}") from stream.trouble
            if stream.trouble is not None:
                raise stream.trouble

    def follow(self, found: Estimate | None, elapsed_s: float) -> None:
        """More streams for a rate that asks for them, or for a line that does not come to rest."""
        if found is None:
            return
        wanted = next(count for from_mbps, count in self._table if found.mbps >= from_mbps)
        if elapsed_s > MOST_S / 4 and found.mbps > 2:
            wanted = max(wanted, 4)
        self._at_least(wanted)

    def _at_least(self, count: int) -> None:
        while len(self._streams) < count:
            self._streams.append(self._kind(self._endpoint, self._moved))
            self.changed_at = time.perf_counter()


class _Pings:
    """Round trips beside the load, on a connection of their own. Their failing tells nothing new: it is kept quiet."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.took_ms: list[float] = []
        self._endpoint = endpoint
        self._ended = threading.Event()
        self._line: socket.socket | None = None

    def __enter__(self) -> Self:
        threading.Thread(target=self._live, daemon=True, name="round trips under load").start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._ended.set()
        if self._line is not None:
            _cut(self._line)

    def _live(self) -> None:
        with contextlib.suppress(ServerOut, CannotOpen, OSError, ValueError, AttributeError):
            connection = servers.dial(self._endpoint, time.monotonic() + servers.FIND_S)
            self._line = connection.sock
            with contextlib.closing(connection):
                for number in itertools.count():
                    if self._ended.wait(_PING_PAUSE_S):
                        return
                    took_ms = servers.ping(connection, self._endpoint)
                    if number:  # the first was still on an empty line
                        self.took_ms.append(took_ms)


def loaded_rtt_ms(transfers: tuple[Transfer, ...]) -> float | None:
    """The median round trip under load over all directions; None when none came back."""
    return statistics.median(all_ms) if (all_ms := [ms for one in transfers for ms in one.loaded_rtt_ms]) else None


def _acked_bytes(line: socket.socket | None) -> int | None:
    """How many bytes the other end's kernel has acknowledged on this connection; None where ours does not tell."""
    if line is None or sys.platform != "linux":
        return None
    try:
        info = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    except OSError:
        return None
    if len(info) < _BYTES_ACKED_AT + 8:
        return None
    acked: int = struct.unpack_from("=Q", info, _BYTES_ACKED_AT)[0]
    return acked


def _cut(line: socket.socket) -> None:
    """Wake a thread that waits on this connection. The socket itself is closed by that thread."""
    with contextlib.suppress(OSError):
        # Not the method of an encrypted socket: that one would pull the encryption from under the thread.
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def _discard(line: socket.socket) -> None:
    """Let the system throw away what it has not sent yet when this connection is closed."""
    with contextlib.suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))
