"""How many streams a line gets, when it counts as full, and what becomes of streams that end."""

from __future__ import annotations

import contextlib
import errno
import socket

import pytest

from readiness.probes import delivered, flows, servers, streams
from readiness.probes.delivered import Traffic
from readiness.probes.flows import RoundTrips, Upload
from readiness.probes.servers import IdleRoundTrips, ServerOut
from readiness.probes.steadiness import Estimate, Sample
from readiness.probes.streams import Direction, Streams
from tests.probes.pairs import endpoint, eventually, tcp_pair

DOWN, UP = Direction.DOWN, Direction.UP


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now

    monotonic = perf_counter

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Watched(Streams):
    """Streams of which only the number is looked at, or that a test dials itself."""

    def __init__(self, direction: Direction = DOWN, idle: IdleRoundTrips | None = None, **fields: object) -> None:
        super().__init__(endpoint(host="127.0.0.1", **fields), direction, idle or IdleRoundTrips(20.0, 1.0))
        self.dialled: list[bool] = []
        self.ends = contextlib.ExitStack()

    def _dial(self, *, for_load: bool) -> None:
        self.dialled.append(for_load)

    @property
    def count(self) -> int:
        """How many streams there are to be, the round trips not counted."""
        return sum(self.dialled)

    def connect(self, *, for_load: bool = True) -> socket.socket:
        """A connection comes about. Its other end."""
        here, there = tcp_pair()
        self.ends.enter_context(there)
        self._dialled.put((for_load, here))
        self.move()
        return there

    def __exit__(self, *exc_info: object) -> None:
        super().__exit__(*exc_info)
        self.ends.close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "is_behind_proxy", lambda way: False)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(streams, "time", clock)
    return clock


def at_rate(mbps: float, seconds: float, clock: Clock) -> list[Sample]:
    """What came in these seconds until now."""
    steps = round(seconds / 0.005)
    return [Sample(clock.now + (step - steps) * 0.005, step * 0.005 * mbps * 125_000) for step in range(steps + 1)]


def answered(watched: Streams, clock: Clock, *took_ms: float) -> None:
    """Round trips that came back just now."""
    watched._loaded_ms += [(clock.now, ms) for ms in took_ms]


# How many


@pytest.mark.parametrize(
    ("mbps", "rtt_ms", "expected"),
    [
        (0.5, 20.0, 1),
        (3.9, 20.0, 1),
        (4.1, 20.0, 2),
        (14.0, 20.0, 2),
        (16.0, 20.0, 4),
        (99.0, 20.0, 4),
        (101.0, 20.0, 6),
        (299.0, 20.0, 6),
        (301.0, 20.0, 16),
        (1.9, 100.0, 1),  # far away, but slow
        (2.1, 100.0, 2),
        (2.1, 60.0, 1),
        (50.0, 100.0, 4),
    ],
)
def test_streams_follow_the_rate(mbps: float, rtt_ms: float, expected: int, clock: Clock) -> None:
    with Watched(idle=IdleRoundTrips(rtt_ms, 1.0)) as watched:
        assert watched.dialled == [False, True], "round trips, and one stream"
        clock.now += 1.0
        answered(watched, clock, rtt_ms * 3, rtt_ms * 3)
        watched.follow(at_rate(mbps, 1.0, clock), clock.now)
        assert watched.count == expected
        watched.follow(at_rate(0.1, 1.0, clock), clock.now)
        assert watched.count == expected, "they are never taken back"


def test_no_more_streams_before_something_is_known(clock: Clock) -> None:
    with Watched() as watched:
        clock.now += 1.0
        watched.follow([], clock.now)
        watched.follow([Sample(clock.now, 10**8)], clock.now)
        assert watched.count == 1


def test_the_last_streams_have_their_time_before_the_next(clock: Clock) -> None:
    with Watched() as watched:
        clock.now += 0.02
        watched.follow(at_rate(50.0, 0.4, clock), clock.now)
        assert watched.count == 1
        clock.now += 0.02
        watched.follow(at_rate(50.0, 0.4, clock), clock.now)
        assert watched.count == 4


def test_the_first_bursts_tell_sooner(clock: Clock) -> None:
    with Watched() as watched:
        clock.now += 0.1
        burst = [Sample(clock.now - 0.1 + step * 0.002, step * 25_000.0) for step in range(8)]  # 100 Mbit/s for 14 ms
        samples = [*burst, Sample(clock.now, burst[-1].arrived_bytes + 1)]
        watched.follow(samples, clock.now)
        assert watched.count == 4
    with Watched() as later:
        clock.now += 0.5
        answered(later, clock, 60.0, 60.0)
        earlier = [Sample(one.at_s - 0.2, one.arrived_bytes) for one in burst]
        later.follow([*earlier, Sample(clock.now, burst[-1].arrived_bytes + 1)], clock.now)
        assert later.count == 1, "later on a burst is something that was held back"


# Full or not


FOUND = Estimate(10.0, 0.01, 1.0, 500)


def test_a_line_is_full_when_round_trips_take_longer(clock: Clock) -> None:
    with Watched(idle=IdleRoundTrips(20.0, 1.0)) as watched:
        clock.now += 0.1
        answered(watched, clock, 22.0, 22.5)
        assert not watched.is_full(FOUND)
        answered(watched, clock, 30.0, 30.0, 30.0)
        assert watched.is_full(FOUND)
        assert watched.loaded_rtt_ms == 30.0


@pytest.mark.parametrize(
    ("took_ms", "expected"),
    [
        ((), False),
        ((20.0, 20.0, 20.0), False),  # too few to say
        ((20.0, 20.0, 20.0, 21.5), True),
        ((20.0, 20.0, 24.0, 24.0), False),
        ((80.0, 80.0, 20.0, 20.0), True),  # what the beginning stirred up is over
    ],
)
def test_a_line_on_which_nothing_waits_is_not_what_is_slow(
    took_ms: tuple[float, ...], expected: bool, clock: Clock
) -> None:
    with Watched(idle=IdleRoundTrips(20.0, 0.5)) as watched:
        answered(watched, clock, *took_ms)
        assert watched.stayed_empty is expected


def test_how_much_longer_depends_on_the_idle_jitter(clock: Clock) -> None:
    with Watched(idle=IdleRoundTrips(20.0, 8.0)) as watched:
        clock.now += 0.1
        answered(watched, clock, 40.0, 40.0)
        assert not watched.is_full(FOUND)
        answered(watched, clock, 45.0, 45.0, 45.0)
        assert watched.is_full(FOUND)


def test_a_line_that_does_not_look_full_gets_more_streams_until_they_bring_nothing(clock: Clock) -> None:
    with Watched(idle=IdleRoundTrips(20.0, 1.0)) as watched:
        assert watched.loaded_rtt_ms is None
        counts: list[int] = []
        for _ in range(6):
            clock.now += 0.34
            answered(watched, clock, 20.0, 21.0)
            watched.follow(at_rate(3.0, 1.0, clock), clock.now)
            assert counts[-1:] in ([], [watched.count]), "not yet"
            clock.now += 0.02
            watched.follow(at_rate(3.0, 1.0, clock), clock.now)
            counts.append(watched.count)
            assert not watched.is_full(FOUND) or watched.count == 8
        assert counts == [2, 4, 8, 8, 8, 8]
        assert watched.is_full(FOUND), "eight and more must do"


def test_more_streams_that_brought_nothing_show_a_full_line(clock: Clock) -> None:
    with Watched() as watched:
        clock.now += 0.4
        answered(watched, clock, 20.0, 20.0)
        watched.follow(at_rate(10.0, 1.0, clock), clock.now)
        before = watched.count
        clock.now += 0.4
        answered(watched, clock, 20.0, 20.0)
        watched.follow(at_rate(10.0, 1.0, clock), clock.now)
        assert watched.count > before
        assert not watched.is_full(FOUND), "they have only just come"
        clock.now += 0.36
        assert watched.is_full(FOUND)
        assert not watched.is_full(Estimate(10.4, 0.01, 1.0, 500)), "they brought 4 %"


def test_far_away_it_takes_longer_to_look(clock: Clock) -> None:
    with Watched(idle=IdleRoundTrips(200.0, 1.0)) as watched:
        clock.now += 1.1
        answered(watched, clock, 200.0, 200.0)
        watched.follow(at_rate(1.0, 1.0, clock), clock.now)
        assert watched.count == 1
        clock.now += 0.2
        watched.follow(at_rate(1.0, 1.0, clock), clock.now)
        assert watched.count == 2


def test_too_few_round_trips_say_nothing_unless_there_will_be_none(clock: Clock) -> None:
    with Watched(idle=IdleRoundTrips(20.0, 1.0)) as watched:
        there = watched.connect(for_load=False)
        clock.now += 1.0
        answered(watched, clock, 20.0)
        assert watched._is_queueing() is None
        watched.follow(at_rate(1.0, 1.0, clock), clock.now)
        assert watched.count == 1
        there.close()
        eventually(lambda: watched._round_trips is None, watched.move)
        assert watched._is_queueing() is False
        watched.follow(at_rate(1.0, 1.0, clock), clock.now)
        assert watched.count == 2


def test_an_answer_that_is_long_under_way_is_a_long_round_trip(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    with Watched(idle=IdleRoundTrips(20.0, 1.0)) as watched:
        watched.connect(for_load=False)
        clock.now += 0.1
        answered(watched, clock, 40.0)
        monkeypatch.setattr(RoundTrips, "waiting_ms", 15.0)
        assert watched._is_queueing() is None
        monkeypatch.setattr(RoundTrips, "waiting_ms", 400.0)
        assert watched._is_queueing() is True


# What arrives


def answering(line: socket.socket, size: int) -> None:
    """Take a request, and begin an answer."""
    while not line.recv(4096).endswith(b"\r\n\r\n"):
        pass
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)


def test_what_comes_over_all_streams_counts_together() -> None:
    with Watched() as watched:
        assert watched.counted_here() == 0
        lines = [watched.connect() for _ in range(3)]
        for line in lines:
            watched.move()
            answering(line, 25_000_000)
            line.sendall(bytes(1000))
        eventually(lambda: watched.counted_here() == 3000, watched.move)
        assert watched.arrived == 3000
        assert not watched.has_moved_all
        assert watched.told() is None
        assert watched.wire_down_bytes(0.0) > 3000
        assert watched.wire_up_bytes(0.0) > 300


@pytest.mark.parametrize(
    ("direction", "loaded_ms", "under_way_ms"),
    [
        (DOWN, [], 20),
        (DOWN, [100.0], 100),
        (DOWN, [100.0, 100.0], 100),
        (DOWN, [90.0, 90.0, 100.0], 110),  # a queue that grows goes on growing
        (DOWN, [31.0, 60.0, 115.0], 115 + 115 / 4),
        (DOWN, [30.0, 110.0], 110 + 110 / 4),
        (DOWN, [120.0, 110.0, 90.0], 110),  # one may find a gap
        (DOWN, [120.0, 600.0, 110.0], 120),  # one was lost and sent again
        (DOWN, [120.0, 110.0, 600.0], 120),
        (DOWN, [120.0, 600.0], 120),
        (DOWN, [30.0, 47.0, 250.0], 250 + 250 / 4),  # a deep queue that fills fast
        (UP, [100.0, 100.0], 100),
    ],
)
def test_what_is_under_way_at_the_end_is_moved_too(
    direction: Direction, loaded_ms: list[float], under_way_ms: float
) -> None:
    with Watched(direction, idle=IdleRoundTrips(20.0, 1.0)) as watched:
        watched._loaded_ms = [(float(at), ms) for at, ms in enumerate(loaded_ms)]
        packets = 10 / 8e-3 * under_way_ms / 1448
        down, up = watched.wire_down_bytes(10.0), watched.wire_up_bytes(10.0)
    if direction is DOWN:  # and our system refuses each of them
        assert (down, up) == pytest.approx((packets * 1500, packets * 40), abs=25)
    else:  # and every second one is acknowledged, and that is refused
        assert (down, up) == pytest.approx((packets / 2 * 52, packets / 2 * 40), abs=30)


def moved(watched: Streams) -> float:
    """What has arrived after another move."""
    watched.move()
    return watched.counted_here()


def test_round_trips_count_with_payload_and_never_alone() -> None:
    with Watched() as watched:
        pinged, line = watched.connect(for_load=False), watched.connect()
        watched.move()
        answering(line, 25_000_000)
        line.sendall(bytes(1000))
        eventually(lambda: watched.arrived == 1000, lambda: moved(watched))
        before = watched.counted_here()
        answering(pinged, 0)
        eventually(lambda: watched.loaded_rtt_ms is not None, watched.move)
        assert watched.counted_here() == before
        line.sendall(bytes(1000))
        eventually(lambda: watched.arrived == 2000, lambda: moved(watched))
        assert watched.counted_here() > before + 1000


def test_what_a_server_tells_counts_up_to_where_all_of_its_streams_have_told() -> None:
    with Watched(UP, progress="progress") as watched:
        lines = [watched.connect() for _ in range(2)]
        eventually(
            lambda: all(isinstance(flow, Upload) and flow._handed_over > 9000 for flow in watched._flows), watched.move
        )
        for line, lines_told in zip(lines, (b"1000000 0\n2000000 1000\n", b"1000000 0\n1500000 300\n"), strict=True):
            line.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + lines_told)
        eventually(lambda: watched.told() == Sample(1.5, 800.0), watched.move)
        assert not watched.has_moved_all


@pytest.mark.parametrize(("told", "expected"), [(12_000_000, False), (13_000_000, True)])
def test_what_a_server_tells_of_must_have_been_told_of(told: int, expected: bool) -> None:
    """A virus guard on this very computer takes all at once: that is no reason to stop."""
    with Watched(UP, progress="progress") as watched:
        watched.arrived = 25_000_000
        watched._told = told, Sample(1.0, told)
        assert watched.has_moved_all is expected
        watched.by_answers = True
        assert watched.has_moved_all
    with Watched(UP) as untold:
        untold.arrived = 25_000_000
        assert untold.has_moved_all


@pytest.mark.parametrize("tells", [True, False])
def test_where_nobody_tells_answers_count(tells: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivered, "traffic", lambda line, given: Traffic(0, 0, 0, 0) if tells else None)
    with Watched(UP) as watched:
        watched.connect()
        assert watched.by_answers is not tells


# What ends


def test_round_trips_that_end_take_nothing_with_them() -> None:
    with Watched() as watched:
        watched.connect(for_load=False).sendall(b"nonsense")
        eventually(lambda: watched._round_trips is None, watched.move)
        (ended,) = watched._ended
        assert ended.traffic().wire_out_bytes > 0, "what they took of the line still counts"
        assert watched.wire_up_bytes(0.0) >= ended.traffic().wire_out_bytes
    assert ended.line.fileno() == -1


def test_a_stream_that_the_server_ends_is_the_servers_fault() -> None:
    with Watched() as watched:
        watched.connect().close()
        with pytest.raises(ServerOut, match=r"hung up|reset"):
            eventually(lambda: False, watched.move)


def test_a_stream_that_ends_with_the_line_waits_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(self: flows.Download) -> None:
        raise OSError(errno.ETIMEDOUT, "Connection timed out")

    with Watched() as watched:
        monkeypatch.setattr(flows.Download, "move", gone)
        watched.connect()
        eventually(lambda: not watched._selector.get_map(), watched.move)
        watched.move()
        assert len(watched._flows) == 1


def test_a_connection_that_comes_too_late_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = tcp_pair()
    late, other = tcp_pair()
    lines = iter([here, late])
    with there, other:
        running = Streams(endpoint(), DOWN, IdleRoundTrips(20.0, 1.0))
        monkeypatch.setattr(servers, "open_line", lambda way, deadline: next(lines))
        running._dial(for_load=True)
        eventually(lambda: not running._dialled.empty())
        running.__exit__(None, None, None)
        assert here.fileno() == -1, "nobody had taken it over"
        running._dial(for_load=True)
        eventually(lambda: late.fileno() == -1)


def test_errors_that_nobody_looked_at_end_with_it() -> None:
    with Watched() as watched:
        watched._dialled.put((False, OSError("round trips are not everything")))
        watched.move()
        watched._dialled.put((True, ZeroDivisionError()))
        # left to __exit__


def test_while_much_comes_it_is_fetched_in_larger_pieces(clock: Clock) -> None:
    with Watched() as watched:
        watched.connect()
        clock.now += 1.0
        watched.follow(at_rate(19.0, 1.0, clock), clock.now)
        before = clock.now
        watched.move()
        assert clock.now == before
        watched.follow(at_rate(21.0, 1.0, clock), clock.now)
        watched.move()
        assert clock.now == before + 0.002


def test_a_wait_without_anything_to_wait_for_takes_its_time(clock: Clock) -> None:
    with Watched() as watched:
        before = clock.now
        watched.move()
        assert clock.now == before + streams.WAIT_S
