"""A call over lines made of timers, by a clock of the test's own: what is sent, what is left out, what is said of it."""

from __future__ import annotations

import asyncio
import random
import struct
import time
from collections.abc import Callable, Mapping

import pytest

from readiness.model import Failure
from readiness.probes import call_quality, connection_open, turn
from readiness.probes.call_quality import Call, LineGone, Task
from readiness.probes.connection_open import NoAnswer
from readiness.profile import TurnServer
from readiness.readings import CallQualityReading, Transport
from tests.probes.clock import Clock

ABOUT = CallQualityReading(transport=Transport.UDP, server="turn.clinic.test")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that calls go by here: this computer may be as busy as it likes."""
    clock = Clock()
    monkeypatch.setattr(call_quality, "time", clock)
    monkeypatch.setattr(asyncio, "run", clock.run)
    return clock


class MadeUpLine:
    """What is sent comes out again: later, not at all, through a bottleneck, or in a strange shape."""

    def __init__(
        self,
        *,
        delay_ms: float = 20.0,
        loss: Callable[[float], float] = lambda at_s: 0.0,
        mbps: float | None = None,
        queue_ms: float = 100.0,
        seed: int = 1,
    ) -> None:
        """``loss`` is the share that is lost, by the time since the first packet."""
        self._delay_s, self._loss, self._mbps, self._queue_s = delay_ms / 1000, loss, mbps, queue_ms / 1000
        self._chance = random.Random(seed)
        self._free_s = 0.0
        self._receive: Callable[[bytes], None] = lambda data: None
        self.packets: list[tuple[float, bytes]] = []
        self.lost = 0

    def on_packet(self, receive: Callable[[bytes], None]) -> None:
        self._receive = receive

    def send(self, data: bytes) -> None:
        now_s = asyncio.get_running_loop().time()
        self.packets.append((now_s, data))
        if self._chance.random() < self._loss(now_s - self.packets[0][0]):
            self.lost += 1
            return
        wait_s = 0.0
        if self._mbps is not None:
            self._free_s = max(self._free_s, now_s)
            if self._free_s - now_s > self._queue_s:
                self.lost += 1
                return
            self._free_s += (len(data) + 32) * 8e-6 / self._mbps
            wait_s = self._free_s - now_s
        asyncio.get_running_loop().call_later(self._delay_s + wait_s, self._receive, data)


def held(
    line: MadeUpLine, call_s: float, tell: Callable[[CallQualityReading], None] = lambda partial: None
) -> CallQualityReading:
    """What a call over a line says of it."""

    async def holding() -> CallQualityReading:
        call = Call(line, ABOUT)
        await call.hold(call_s, asyncio.get_running_loop().time() + 25, tell)
        return call.reading()

    return asyncio.run(holding())


def test_without_a_server_nothing_is_measured_and_nothing_loaded() -> None:
    assert call_quality.read(Task(), lambda partial: None) == CallQualityReading(failure=Failure.NO_SERVER)


def test_packets_look_like_those_of_a_call() -> None:
    line = MadeUpLine()
    reading = held(line, 1.0)
    assert reading.packets_sent == reading.packets_counted == len(line.packets) == 156
    assert {len(data) for _, data in line.packets} == {1200}
    heads = [struct.unpack_from("!BBHIII", data) for _, data in line.packets]
    assert [head[0] >> 6 for head in heads] == [2] * 156, "RTP's version"
    assert [head[2] for head in heads] == list(range(156)), "the sequence"
    clock = (heads[-1][3] - heads[0][3]) & 0xFFFFFFFF
    assert clock / 90_000 == pytest.approx(line.packets[-1][0] - line.packets[0][0], abs=0.01), "the sending time"
    assert len({head[4] for head in heads}) == 1, "one stream"
    payloads = [data[16:] for _, data in line.packets]
    assert len(set(payloads)) == 156, "nothing on the way can press them together or knows them already"
    assert line.packets[-1][0] - line.packets[0][0] == pytest.approx(155 * 0.0064, abs=0.05)


def test_a_good_line_is_told_as_it_is() -> None:
    reading = held(MadeUpLine(delay_ms=40), 1.0)
    assert (reading.transport, reading.server, reading.rate_mbps) == (Transport.UDP, "turn.clinic.test", 1.5)
    assert (reading.loss_pct, reading.longest_loss, reading.reordered) == (0.0, 0, 0)
    assert reading.loop_ms == pytest.approx(41, abs=4)
    assert reading.loop_ms is not None
    assert reading.delay_ms == pytest.approx(reading.loop_ms / 2, abs=0.01)
    assert reading.mos is not None
    assert reading.mos > 4.3


def test_what_is_known_is_told_on_the_way() -> None:
    told: list[CallQualityReading] = []
    held(MadeUpLine(), 2.0, told.append)
    assert [partial.packets_sent for partial in told] == [78, 156, 234, 312]
    assert all(partial.transport is Transport.UDP for partial in told)


def test_loss_that_the_rate_does_not_cause_is_measured_at_the_full_rate() -> None:
    line = MadeUpLine(loss=lambda at_s: 0.15, seed=5)
    reading = held(line, 3.0)
    assert (reading.rate_mbps, reading.higher_rate_mbps) == (1.5, None)
    assert reading.packets_sent == len(line.packets) > 469, "those of the other rate count, too"
    assert reading.loss_pct == pytest.approx(100 * line.lost / len(line.packets), abs=1)
    assert reading.longest_gap_ms is not None
    assert reading.longest_gap_ms < 200, "while another rate was tried, this one only waited"


@pytest.mark.parametrize(("mbps", "queue_ms"), [(0.8, 10.0), (0.3, 600.0)])
def test_on_a_line_that_is_too_slow_the_call_goes_down(mbps: float, queue_ms: float) -> None:
    reading = held(MadeUpLine(mbps=mbps, queue_ms=queue_ms), 3.0)
    assert reading.rate_mbps is not None
    assert mbps / 2 < reading.rate_mbps < mbps
    assert reading.higher_rate_mbps == 1.5
    assert reading.loss_pct is not None
    assert reading.loss_pct < 2
    assert reading.loop_ms is not None
    assert reading.loop_ms < 60


def test_on_a_line_that_carries_nothing_to_speak_of_the_call_stays_and_tells_the_loss() -> None:
    reading = held(MadeUpLine(mbps=0.05, queue_ms=400), 3.0)
    assert (reading.rate_mbps, reading.higher_rate_mbps) == (1.5, None)
    assert reading.loss_pct is not None
    assert reading.loss_pct > 60


def test_a_blackout_that_is_over_by_itself_stays_in_what_is_counted() -> None:
    line = MadeUpLine(loss=lambda at_s: 1.0 if 1.0 < at_s < 1.5 else 0.0)
    reading = held(line, 3.0)
    assert (reading.rate_mbps, reading.higher_rate_mbps) == (1.5, None)
    assert reading.loss_pct == pytest.approx(100 * 0.5 / 3, abs=2)
    assert reading.longest_loss == pytest.approx(78, abs=4)


def test_a_bad_time_that_ends_while_another_rate_is_tried_stays_in_what_is_counted() -> None:
    """Going down has seemed to help; but back at the full rate all is well, too."""
    line = MadeUpLine(loss=lambda at_s: 0.5 if at_s < 1.3 else 0.0)
    reading = held(line, 3.0)
    assert (reading.rate_mbps, reading.higher_rate_mbps) == (1.5, None)
    assert reading.loss_pct == pytest.approx(100 * 0.5 * 1.0 / 3, abs=8)


def test_a_way_down_that_was_in_vain_after_all_is_taken_back() -> None:
    """Bad, good while a lower rate is tried, bad again, and bad at the lower rate, too: it was never the rate."""
    line = MadeUpLine(loss=lambda at_s: 0.0 if 1.2 < at_s < 2.6 else 0.3)
    reading = held(line, 4.0)
    assert (reading.rate_mbps, reading.higher_rate_mbps) == (1.5, None)
    assert reading.packets_sent == len(line.packets)
    assert reading.loss_pct == pytest.approx(100 * line.lost / len(line.packets), abs=1)
    assert {len(data) for _, data in line.packets} != {1200}


def test_a_line_that_never_carries_anything_is_gone() -> None:
    with pytest.raises(LineGone):
        held(MadeUpLine(loss=lambda at_s: 1.0), 0.5)


def test_a_line_that_is_gone_in_the_middle_is_not_waited_for(clock: Clock) -> None:
    begun_s = clock.now_s
    with pytest.raises(LineGone):
        held(MadeUpLine(loss=lambda at_s: 1.0 if at_s > 0.5 else 0.0), 20)
    assert clock.now_s - begun_s < 9


def with_pause(clock: Clock, line: MadeUpLine, call_s: float, pause_s: float) -> CallQualityReading:
    """A call in the middle of which this computer stands still."""

    async def holding() -> CallQualityReading:
        call = Call(line, ABOUT)
        asyncio.get_running_loop().call_later(call_s / 2, clock.pass_by, pause_s)
        await call.hold(call_s, clock.now_s + 25, lambda partial: None)
        return call.reading()

    return asyncio.run(holding())


@pytest.mark.parametrize("pause_s", [0.1, 0.7])
def test_what_our_own_pause_did_to_packets_does_not_count(clock: Clock, pause_s: float) -> None:
    line = MadeUpLine(delay_ms=30)
    reading = with_pause(clock, line, 1.2, pause_s)
    assert reading.own_pause_ms == pytest.approx(pause_s * 1000, abs=60)
    assert reading.loop_p95_ms is not None
    assert reading.loop_p95_ms < 40
    assert reading.jitter_ms is not None
    assert reading.jitter_ms < 3
    assert reading.packets_sent is not None
    assert reading.packets_counted is not None
    assert reading.packets_sent - reading.packets_counted > 3


@pytest.mark.parametrize("pauses", [1, 5])
def test_what_our_own_pauses_spoilt_is_made_up_for(clock: Clock, pauses: int) -> None:
    """As many packets count as were to be sent."""

    async def holding() -> CallQualityReading:
        call = Call(MadeUpLine(delay_ms=30), ABOUT)
        for number in range(pauses):
            asyncio.get_running_loop().call_later(0.15 + 0.2 * number, clock.pass_by, 0.05)
        await call.hold(1.2, clock.now_s + 25, lambda partial: None)
        return call.reading()

    reading = asyncio.run(holding())
    assert reading.packets_counted is not None
    assert round(1.2 / 0.0064) <= reading.packets_counted <= round(1.2 / 0.0064) + 3
    assert reading.packets_sent is not None
    assert reading.packets_sent - reading.packets_counted >= 3 * pauses
    assert reading.loss_pct == 0.0


def test_a_computer_that_spoils_everything_is_not_waited_for(clock: Clock) -> None:
    begun_s = clock.now_s

    async def holding() -> CallQualityReading:
        def pause() -> None:
            clock.pass_by(0.03)
            asyncio.get_running_loop().call_later(0.03, pause)

        call = Call(MadeUpLine(delay_ms=30), ABOUT)
        asyncio.get_running_loop().call_later(0.1, pause)
        await call.hold(1.2, clock.now_s + 25, lambda partial: None)
        return call.reading()

    reading = asyncio.run(holding())
    assert reading.packets_counted is not None
    assert reading.packets_counted < round(1.2 / 0.0064)
    assert clock.now_s - begun_s < 15


def test_after_a_pause_nothing_is_sent_in_a_burst(clock: Clock) -> None:
    line = MadeUpLine()
    with_pause(clock, line, 1.2, 0.5)
    times_s = [at_s for at_s, _ in line.packets]
    # Three at once are allowed, then all goes on evenly.
    assert max(sum(start <= at_s < start + 0.01 for at_s in times_s) for start in times_s) <= 3 + 2


def test_sleep_of_this_computer_is_a_pause_although_its_clock_stood_still(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken_s = clock.now_s + 0.5
    monkeypatch.setattr(call_quality, "asleep_s", lambda: 90.0 if clock.now_s > woken_s else 30.0)
    reading = held(MadeUpLine(), 1.0)
    assert reading.own_pause_ms == pytest.approx(60_000, abs=200)


def test_the_clock_of_sleep_goes_on_only_in_sleep() -> None:
    before_s, ends_s = call_quality.asleep_s(), time.perf_counter() + 0.05
    while time.perf_counter() < ends_s:
        pass
    assert call_quality.asleep_s() - before_s == pytest.approx(0.0, abs=0.01)


def test_strange_packets_are_nobodys() -> None:
    class Strange(MadeUpLine):
        def send(self, data: bytes) -> None:
            super().send(data)
            for strange in (b"", data[:15], b"\x00" + data[1:], data[:8] + b"\x00\x00\x00\x00" + data[12:]):
                self._receive(strange)
            self._receive(data[:12] + b"\xff\xff\xff\xff" + data[16:])

    reading = held(Strange(loss=lambda at_s: 0.5), 0.5)
    assert reading.loss_pct is not None
    assert reading.loss_pct > 20


# --- Whose fault is silence? -----------------------------------------------------------------------------------------------


class Opened:
    def close(self) -> None:
        """Nothing was opened for real."""


@pytest.mark.parametrize(
    ("answering", "asked", "failure"),
    [
        ({"a.test"}, ("a.test", "b.test"), Failure.SERVER_UNREACHABLE),
        ({"b.test"}, ("a.test", "b.test"), Failure.SERVER_UNREACHABLE),
        (set(), ("a.test", "b.test"), Failure.NO_CONNECTION),
        # Nobody to ask: the line is not blamed.
        (set(), (), Failure.SERVER_UNREACHABLE),
    ],
)
def test_the_line_is_only_blamed_when_nobody_answers(
    monkeypatch: pytest.MonkeyPatch, answering: set[str], asked: tuple[str, ...], failure: Failure
) -> None:
    def open_tunnel(host: str, port: int, deadline: float, proxy: object) -> Opened:
        assert port == 443
        if host not in answering:
            raise NoAnswer(host)
        return Opened()

    monkeypatch.setattr(connection_open, "open_tunnel", open_tunnel)
    monkeypatch.setattr(connection_open, "proxy_for", lambda host, scheme, proxies: None)
    answers = {"one.test": turn.ServerOut("gone"), "two.test": turn.ServerOut("gone")}
    reading = read_with(monkeypatch, answers, asked)
    assert (reading.failure, reading.servers_tried) == (failure, ("one.test", "two.test"))


class Loop(MadeUpLine):
    """A line that can be given back, as one through a server."""

    closed = False

    async def close(self) -> None:
        self.closed = True


def read_with(
    monkeypatch: pytest.MonkeyPatch,
    answers: Mapping[str, Loop | Exception],
    other_hosts: tuple[str, ...] = (),
    tell: Callable[[CallQualityReading], None] = lambda partial: None,
) -> CallQualityReading:
    """What the probe reads when each server answers so, by its name."""

    async def open_loop(server: TurnServer) -> tuple[Loop, Transport]:
        answer = answers[server.host]
        if isinstance(answer, Exception):
            raise answer
        return answer, Transport.UDP

    monkeypatch.setattr(turn, "open_loop", open_loop)
    servers = tuple(TurnServer(url=f"turn:{name}", username="a", password="b") for name in answers)
    return call_quality.read(Task(servers=servers, other_hosts=other_hosts, call_s=0.3), tell)


def test_the_first_server_that_does_is_used_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = Loop()
    answers: dict[str, Loop | Exception] = {"one.test": turn.ServerOut("gone"), "two.test": loop, "three.test": Loop()}
    reading = read_with(monkeypatch, answers)
    assert (reading.failure, reading.server, reading.servers_tried) == (None, "two.test", ("one.test",))
    assert reading.packets_sent == 47
    assert loop.closed


def test_a_password_that_is_not_taken_is_told_whoever_else_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = turn.CredentialsRefused("401")
    reading = read_with(monkeypatch, {"one.test": refused, "two.test": turn.ServerOut("gone")})
    assert (reading.failure, reading.credentials_refused) == (Failure.SERVER_UNREACHABLE, True)
    reading = read_with(monkeypatch, {"one.test": refused, "two.test": Loop()})
    assert (reading.failure, reading.credentials_refused) == (None, True)


def test_a_server_that_passes_nothing_on_is_out(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = Loop(loss=lambda at_s: 1.0)
    reading = read_with(monkeypatch, {"one.test": loop})
    assert (reading.failure, reading.servers_tried) == (Failure.SERVER_UNREACHABLE, ("one.test",))
    assert reading.loss_pct == 100.0
    assert loop.closed


def test_no_further_server_is_tried_when_the_time_is_nearly_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_quality, "_WHOLE_S", 5.0)
    reading = read_with(monkeypatch, {"one.test": turn.ServerOut("gone"), "two.test": Loop()})
    assert (reading.failure, reading.servers_tried) == (Failure.SERVER_UNREACHABLE, ("one.test",))


def test_a_call_ends_in_time_whatever_was_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_quality, "_WHOLE_S", call_quality._AFTER_S + 0.4)
    reading = read_with(monkeypatch, {"one.test": Loop()})
    assert reading.failure is None
    assert reading.packets_sent == 47
