"""Would a call get through? Packets as a video call sends them, to a TURN server and back to us.

Half of what is measured depends on when packets leave and are taken in, so this computer watches itself: packets that it
has disturbed do not count, and what it could not send in time is never sent in a burst (a clean line showed 8.8 % of loss
that way). On a line that is too slow for the rate it does what a call does, and goes down.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import os
import queue
import random
import struct
import sys
import time
from collections.abc import Callable
from typing import Final, Protocol, overload

import msgspec

from readiness.model import Failure
from readiness.probes import connection_open
from readiness.probes.call_packets import AROUND_BYTES, PAUSE_S, Stretch, count, has_helped, is_cure, is_overrun, lower
from readiness.probes.connection_open import CannotOpen
from readiness.probes.voice_estimate import estimate_mos
from readiness.profile import TurnServer
from readiness.readings import CallQualityReading

#: The whole must be over by then (the parent waits 30 s).
_WHOLE_S: Final = 28.0

#: What may follow the sending: the last packets, the question who answers, the good-bye.
_AFTER_S: Final = 4.5

#: No further server is tried when less than this is left: its search, and some seconds of packets.
_ENOUGH_S: Final = 15.0

#: How long a stretch is sent: 1500 packets of a full call.
_CALL_S: Final = 9.6

#: How long more may be sent in place of packets that this computer has disturbed.
_MAKE_UP_S: Final = 5.0

#: How long a lower rate is tried before it is known whether it helps.
_LOOK_S: Final = 1.0

#: How often it may be tried.
_MOST_LOOKS: Final = 4

#: How often the line is looked at, and told of.
_WATCH_S: Final = 0.5

#: The most packets that leave at one wake-up.
_MOST_AT_ONCE: Final = 3

#: How long the last packets may take to come back. What is later than this is lost to a call, too.
_LAST_S: Final = 1.0

#: How long a queue that we have filled may take to run empty.
_DRAIN_S: Final = 7.0

#: So long without a packet, and it has run empty.
_EMPTY_S: Final = 0.3

#: So long without a single packet, and the line is not bad but gone.
_GONE_S: Final = 4.0

#: How often it is looked whether all packets are back.
_POLL_S: Final = 0.01

#: How long it may take to find out whether anybody answers at all.
_WITNESS_S: Final = 2.5

#: RTP's fixed header (RFC 3550, section 5.1), version 2, a dynamic payload type, the sending time in its timestamp; the
#: number of the packet follows, as RTP's own has two bytes only.
_HEADER: Final = struct.Struct("!BBHIII")
_RTP_FIRST: Final = 0x80
_RTP_TYPE: Final = 96
_RTP_CLOCK_HZ: Final = 90_000


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    servers: tuple[TurnServer, ...] = ()
    other_hosts: tuple[str, ...] = ()
    """Hosts that tell "our servers are down" from "the line is down", on port 443."""
    call_s: float = _CALL_S
    """How long packets are sent."""


class LineGone(Exception):
    """Packets came, and then none any more."""


def read(task: Task, tell: Callable[[CallQualityReading], None]) -> CallQualityReading:
    """What the line does to the packets of a call. Tells what is known twice a second."""
    if not task.servers:
        return CallQualityReading(failure=Failure.NO_SERVER)
    return asyncio.run(_read(task, tell))


async def _read(task: Task, tell: Callable[[CallQualityReading], None]) -> CallQualityReading:
    # Here, and not above: whoever only wants to know the shape of the task needs no TURN.
    from readiness.probes import turn

    ends_at = time.monotonic() + _WHOLE_S
    tried: list[str] = []
    refused = False
    for server in task.servers:
        if tried and time.monotonic() + _ENOUGH_S > ends_at:
            break
        try:
            loop, transport = await turn.open_loop(server)
        except turn.ServerOut as out:
            tried.append(server.host)
            refused = refused or isinstance(out, turn.CredentialsRefused)
            continue
        known = {"transport": transport, "server": server.host, "credentials_refused": refused}
        call = Call(loop, msgspec.convert({**known, "servers_tried": tuple(tried)}, CallQualityReading))
        try:
            await call.hold(task.call_s, ends_at - _AFTER_S, tell)
        except LineGone:
            tried.append(server.host)
            return msgspec.structs.replace(call.reading(), servers_tried=tuple(tried), failure=_why(task))
        finally:
            await loop.close()
        return call.reading()
    failure = Failure.SERVER_UNREACHABLE if refused else _why(task)
    return CallQualityReading(failure=failure, credentials_refused=refused, servers_tried=tuple(tried))


class Way(Protocol):
    """What goes in at one end comes out at the other: `readiness.probes.turn.Loop`, or a made-up line."""

    def send(self, data: bytes) -> None:
        """Send one packet."""

    def on_packet(self, receive: Callable[[bytes], None]) -> None:
        """Let ``receive`` have whatever comes out, from now on."""


class Call:
    """A call to ourselves: what was sent at which rate, what came back, and when this computer stood still."""

    def __init__(self, way: Way, about: CallQualityReading) -> None:
        """``about``: what is known of the way; the rest is filled in."""
        self._way = way
        self._about = about
        self._streams: dict[int, Stretch] = {}
        self._noise = os.urandom(1 << 16)
        self._bytes_up = self._bytes_down = 0
        self._pauses: list[tuple[float, float]] = []
        self._longest_pause_s = 0.0
        self._heard_s = time.perf_counter()
        self._woken_s = self._heard_s
        self._slept_s = asleep_s()
        self._lowest_loop_s = math.inf
        self._stretch = self._known(Stretch(_new_stream()))
        self._higher: Stretch | None = None
        self._relief: Stretch | None = None
        """A lower rate that has helped once."""
        self._beside: list[Stretch] = []
        """Lower rates that have not."""
        self._given_up: list[Stretch] = []
        """Lower rates that were still too high."""
        self._looks_left = _MOST_LOOKS
        way.on_packet(self._receive)

    async def hold(self, call_s: float, ends_at: float, tell: Callable[[CallQualityReading], None]) -> None:
        """Send for ``call_s`` at a rate that the line carries, or the full one where it is not the rate that matters.

        Raises LineGone when packets came no more.
        """
        while self._left_s(call_s) > 0 and time.monotonic() < ends_at:
            await self._send(self._stretch, min(_WATCH_S, self._left_s(call_s)))
            tell(self.reading())
            if self._looks_left and self._is_overrun(self._stretch):
                await self._doubt()
        await self._rest(self._stretch, _LAST_S)
        if self._stretch.last_came_s is None:
            raise LineGone
        await self._make_up(call_s, ends_at, tell)
        self._look_back()

    async def _make_up(self, call_s: float, ends_at: float, tell: Callable[[CallQualityReading], None]) -> None:
        """Send more where this computer has disturbed packets, so that as many count as were to be sent."""
        most = round(_MAKE_UP_S / self._stretch.interval_s)
        while (missing := min(self._missing(call_s), most)) > 0 and time.monotonic() < ends_at:
            most -= missing
            self._stretch.resumes()
            await self._send(self._stretch, min(missing * self._stretch.interval_s, ends_at - time.monotonic()))
            await self._rest(self._stretch, _LAST_S)
            tell(self.reading())

    def _missing(self, call_s: float) -> int:
        """How many packets there are too few that this computer has not disturbed."""
        return round(call_s / self._stretch.interval_s) - (self.reading().packets_counted or 0)

    def reading(self) -> CallQualityReading:
        """What is known by now."""
        # A rate that was tried in vain is no reason to forget its packets: the line did to them what it does to all.
        stretches = [self._stretch, *self._beside, *([self._relief] if self._relief else [])]
        counted = count(stretches, self._pauses)
        about = msgspec.structs.replace(
            self._about,
            rate_mbps=_figures(self._stretch.rate_mbps),
            duration_s=_figures(sum(len(stretch.sent_s) * stretch.interval_s for stretch in stretches)),
            packets_sent=sum(len(stretch.sent_s) for stretch in stretches),
            packets_counted=0,
            own_pause_ms=_figures(self._longest_pause_s * 1000),
            bytes_up=self._bytes_up,
            bytes_down=self._bytes_down,
        )
        if self._higher is not None:
            above = count([self._higher], self._pauses)
            about = msgspec.structs.replace(
                about,
                higher_rate_mbps=_figures(self._higher.rate_mbps),
                higher_rate_loss_pct=_figures(above.loss_pct) if above else None,
            )
        if counted is None:
            return about
        return msgspec.structs.replace(
            about,
            packets_counted=counted.packets,
            loss_pct=_figures(counted.loss_pct),
            loop_ms=_figures(counted.loop_ms),
            loop_p95_ms=_figures(counted.loop_p95_ms),
            delay_ms=_figures(_half(counted.loop_ms)),
            jitter_ms=_figures(counted.jitter_ms),
            reordered=counted.reordered,
            longest_loss=counted.longest_loss,
            longest_gap_ms=_figures(counted.longest_gap_ms),
            mos=None if counted.loop_ms is None else _figures(estimate_mos(counted.loop_ms / 2, counted.loss_pct)),
        )

    def _is_overrun(self, stretch: Stretch) -> bool:
        pieces = stretch.pieces(time.perf_counter(), 4)
        self._lowest_loop_s = min([self._lowest_loop_s, *(piece.loop_s for piece in pieces)])
        return is_overrun(pieces, self._lowest_loop_s)

    async def _doubt(self) -> None:
        """Find out whether it is the rate that the line cannot bear: as a call does, go down and see whether it helps.

        The first time, the way down must have helped and the full rate hurt again: a blackout that was over by itself is
        the line's own, and stays in what is counted.
        """
        if self._relief is not None:
            self._higher, self._stretch, self._relief, self._beside = self._stretch, self._relief, None, []
            await self._drain()
            self._stretch.resumes()
            return
        before = self._stretch.pieces(time.perf_counter(), 4)
        look = lower(self._stretch, _new_stream())
        if look is None:
            self._looks_left = 0
            return
        self._looks_left -= 1
        await self._drain()
        await self._send(self._known(look), _LOOK_S)
        await self._rest(look, _LAST_S)
        after = look.pieces(time.perf_counter(), 4)
        self._lowest_loop_s = min([self._lowest_loop_s, *(piece.loop_s for piece in after)])
        if not is_cure(after, before, self._lowest_loop_s):
            self._looks_left = 0
            self._beside.append(look)
            self._stretch.resumes()
        elif self._higher is None:
            self._relief = look
            self._stretch.resumes()
        else:
            self._given_up.append(self._stretch)
            self._stretch = look
            self._stretch.resumes()

    def _look_back(self) -> None:
        """Take the way down back if it was in vain after all: then what was lost at both rates is the line's own."""
        if self._higher is None:
            return
        higher, lower = count([self._higher], self._pauses), count([self._stretch], self._pauses)
        if higher and lower and not has_helped(lower, higher):
            self._beside += [*self._given_up, self._stretch]
            self._stretch, self._higher = self._higher, None

    def _left_s(self, call_s: float) -> float:
        packets = round(call_s / self._stretch.interval_s) - len(self._stretch.sent_s)
        return packets * self._stretch.interval_s

    async def _send(self, stretch: Stretch, for_s: float) -> None:
        """Send evenly for about ``for_s``: few packets at a time, and what is late is left out, not sent in a burst."""
        wanted = max(1, round(for_s / stretch.interval_s))
        begun_s, sent = time.perf_counter(), 0
        while sent < wanted:
            now_s = await self._wake(begun_s + sent * stretch.interval_s)
            due = int((now_s - begun_s) / stretch.interval_s) + 1 - sent
            if due > _MOST_AT_ONCE:
                begun_s += (due - _MOST_AT_ONCE) * stretch.interval_s
                due = _MOST_AT_ONCE
            for _ in range(min(due, wanted - sent)):
                self._send_one(stretch)
                sent += 1
            if now_s - self._heard_s > _GONE_S:
                raise LineGone
        await self._wake(begun_s + wanted * stretch.interval_s)

    def _send_one(self, stretch: Stretch) -> None:
        sent_s = time.perf_counter()
        number = stretch.sends(sent_s)
        stamp = int(sent_s * _RTP_CLOCK_HZ) & 0xFFFFFFFF
        header = _HEADER.pack(_RTP_FIRST, _RTP_TYPE, number & 0xFFFF, stamp, stretch.stream, number)
        start = number * 61 % (len(self._noise) - stretch.size_bytes)
        self._bytes_up += stretch.size_bytes + AROUND_BYTES
        self._way.send(header + self._noise[start : start + stretch.size_bytes - _HEADER.size])

    def _receive(self, data: bytes) -> None:
        now_s = time.perf_counter()
        if len(data) < _HEADER.size or data[0] != _RTP_FIRST:
            return
        *_, stream, number = _HEADER.unpack_from(data)
        if stream in self._streams:
            self._bytes_down += len(data) + AROUND_BYTES
            self._streams[stream].comes(number, now_s)
            self._heard_s = now_s

    async def _rest(self, stretch: Stretch, most_s: float) -> None:
        """Send nothing until all packets are back, or no more are to be expected."""
        ends_s = time.perf_counter() + most_s
        while not stretch.all_came and time.perf_counter() < ends_s:
            await self._wake(time.perf_counter() + _POLL_S)
        self._heard_s = time.perf_counter()

    async def _drain(self) -> None:
        """Send nothing until the queue that we have filled is empty."""
        begun_s = time.perf_counter()
        while (now_s := time.perf_counter()) < begun_s + _DRAIN_S:
            if now_s - max(begun_s, self._heard_s) > _EMPTY_S + self._lowest_loop_s:
                break
            await self._wake(now_s + _POLL_S)
        self._heard_s = time.perf_counter()

    async def _wake(self, at_s: float) -> float:
        """Wait until ``at_s``, and note when this computer woke us late, or slept. The time now."""
        await asyncio.sleep(max(0.0, at_s - time.perf_counter()))
        now_s, slept_s = time.perf_counter(), asleep_s()
        slept_for_s = slept_s - self._slept_s
        if slept_for_s > PAUSE_S:
            self._note_pause(self._woken_s, now_s, slept_for_s)
        elif now_s - max(at_s, self._woken_s) > PAUSE_S:
            self._note_pause(max(at_s, self._woken_s), now_s, 0.0)
        self._woken_s, self._slept_s = now_s, slept_s
        return now_s

    def _note_pause(self, from_s: float, until_s: float, slept_s: float) -> None:
        self._pauses.append((from_s, until_s))
        self._longest_pause_s = max(self._longest_pause_s, until_s - from_s + slept_s)
        self._heard_s += until_s - from_s

    def _known(self, stretch: Stretch) -> Stretch:
        self._streams[stretch.stream] = stretch
        return stretch


def asleep_s() -> float:
    """How long this computer has slept since it was started, where its clocks tell; only differences mean something.

    On Linux and macOS the clock that we measure by stands still meanwhile, and another one goes on.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC) - time.clock_gettime(time.CLOCK_UPTIME_RAW)
    return 0.0


def _new_stream() -> int:
    return random.getrandbits(32)


def _half(value: float | None) -> float | None:
    return None if value is None else value / 2


@overload
def _figures(value: float) -> float: ...
@overload
def _figures(value: None) -> None: ...
@overload
def _figures(value: float | None) -> float | None: ...
def _figures(value: float | None) -> float | None:
    """A number with as many digits as mean something."""
    return None if value is None else round(value, 3)


def _why(task: Task) -> Failure:
    """Whose fault it is that no packet comes back: the line is only blamed when it is seen to be gone."""
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    deadline = time.monotonic() + _WITNESS_S

    def listen(host: str) -> None:
        try:
            proxy = connection_open.proxy_for(host, "https", connection_open.system_proxies())
            connection_open.open_tunnel(host, 443, deadline, proxy).close()
            answers.put(True)
        except CannotOpen:
            answers.put(False)

    connection_open.side_by_side(functools.partial(listen, host) for host in task.other_hosts)
    for _ in task.other_hosts:
        with contextlib.suppress(queue.Empty):
            if answers.get(timeout=connection_open.until(deadline)):
                return Failure.SERVER_UNREACHABLE
    return Failure.NO_CONNECTION if task.other_hosts else Failure.SERVER_UNREACHABLE
