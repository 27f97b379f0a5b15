"""The engine: on made-up lines by a clock of the test's own, and over the loopback against real servers."""

from __future__ import annotations

import errno
import math
import ssl
from collections.abc import Callable, Iterator
from typing import cast

import msgspec
import pytest
import trustme

from readiness.probes import connection_open, delivered, servers, throughput
from readiness.probes.connection_open import NameUnknown, NoAnswer
from readiness.probes.servers import Endpoint, IdleRoundTrips, ServerOut
from readiness.probes.steadiness import Estimate, Sample
from readiness.probes.streams import START_S, Direction, Streams
from readiness.probes.throughput import Transfer
from readiness.profile import Server, ServerKind
from readiness.readings import Counted, Stop
from tests.probes.crooked import crooked
from tests.probes.pairs import GreedyProxy, endpoint, serving

DOWN, UP = Direction.DOWN, Direction.UP
IDLE = IdleRoundTrips(20.0, 1.0)
Rate = Callable[[float], float]


class Line:
    """Stands in for the streams: what arrives at ``mbps(t)``, and a clock that goes on with every look at it."""

    def __init__(self, mbps: Rate, *, direction: Direction = DOWN, told_mbps: Rate | None = None) -> None:
        self.direction = direction
        self.idle = IDLE
        self.by_answers = False
        self.full = True
        self.pauses: dict[float, float] = {}
        """When this computer does not let us run, and for how long: what arrives meanwhile is found at once."""
        self.now = 1000.0
        self._mbps, self._told_mbps = mbps, told_mbps
        self._here = self._there = 0.0

    def perf_counter(self) -> float:
        return self.now

    def move(self) -> None:
        t = self.now - 1000.0
        due = [at for at in self.pauses if at <= t]
        for step_s in (0.01, *(self.pauses.pop(at) for at in due)):
            self.now += step_s
            self._here += self._mbps(t) * 125_000 * step_s
            self._there += (self._told_mbps(t) if self._told_mbps else 0.0) * 125_000 * step_s

    @property
    def arrived(self) -> int:
        return int(max(self._here, self._there))

    @property
    def has_moved_all(self) -> bool:
        return self.arrived >= 25_000_000

    def counted_here(self) -> float:
        return self._here

    def told(self) -> Sample | None:
        # By a clock of its own, and a little later.
        return Sample(self.now - 500.0, self._there) if self._there else None

    def follow(self, samples: list[Sample], now: float) -> None:
        assert samples is not None
        assert now == self.now

    def is_full(self, found: Estimate) -> bool:
        return self.full

    loaded_rtt_ms = 33.0
    stayed_empty = False

    def wire_down_bytes(self, mbps: float) -> int:
        return int(mbps * 1000)

    def wire_up_bytes(self, mbps: float) -> int:
        return int(mbps * 10)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Transfer, float, list[float]]]:
    """Measures a line: what it came to, how long that took in the line's own time, and the rates that were told."""

    def measure(line: Line, needed_mbps: float | None = None) -> tuple[Transfer, float, list[float]]:
        monkeypatch.setattr(throughput, "time", line)
        told: list[float] = []
        found = throughput._Measurement(cast(Streams, line), needed_mbps, told.append).run()
        return found, line.now - 1000.0, told

    return measure


Measured = Callable[..., tuple[Transfer, float, list[float]]]


def test_a_line_at_rest_ends_by_itself(measured: Measured) -> None:
    found, took_s, told = measured(Line(lambda t: min(10.0, 100 * t * t)))
    assert (found.stop, found.counted_by, found.own_pause_s) == (Stop.STEADY, None, 0.0)
    assert found.mbps == pytest.approx(10.0, rel=0.01)
    assert 0.5 < took_s < 2.0
    assert 2 <= len(told) <= took_s / 0.2
    assert told[-1] == pytest.approx(10.0, rel=0.05)
    assert (found.loaded_rtt_ms, found.wire_down_bytes, found.wire_up_bytes) == (
        33.0,
        int((found.mbps or 0) * 1000),
        int((found.mbps or 0) * 10),
    )
    assert found.spread is not None
    assert found.spread < 0.04


def test_a_line_that_is_not_full_is_looked_at_on(measured: Measured) -> None:
    line = Line(lambda t: 10.0)
    line.full = False
    found, took_s, _ = measured(line)
    assert found.stop is Stop.TIME
    assert took_s == pytest.approx(8.0, abs=0.05)
    assert found.mbps == pytest.approx(10.0, rel=0.01)


def falling(t: float) -> float:
    return 12.0 * math.exp(-t / 3)


def test_what_has_run_ahead_and_stands_still_has_no_last_word(measured: Measured) -> None:
    """Something between has taken megabytes at once; the server gets them at the line's rate."""
    line = Line(lambda t: 500.0 if t < 0.1 else 4.0, direction=UP, told_mbps=lambda t: 20.0)
    found, _, _ = measured(line)
    assert (found.stop, found.counted_by) == (Stop.STEADY, Counted.SERVER)
    assert found.mbps == pytest.approx(20.0, rel=0.01)


def test_a_fast_line_without_rest_is_told_by_all_that_came(measured: Measured) -> None:
    found, _, _ = measured(Line(lambda t: 350.0 if t % 0.3 < 0.15 else 50.0))
    assert found.stop is Stop.BYTES
    assert found.mbps == pytest.approx(200.0, rel=0.15)


def test_what_is_clearly_too_little_is_looked_at_no_longer(measured: Measured) -> None:
    line = Line(lambda t: 1.0)
    line.full = False
    found, took_s, _ = measured(line, 1.8)
    assert found.stop is Stop.ENOUGH
    assert found.mbps == pytest.approx(1.0, rel=0.01)
    assert 1.6 < took_s < 5.0


def test_a_line_that_never_rests_is_told_over_all_of_the_time(measured: Measured) -> None:
    found, took_s, _ = measured(Line(falling), 4.0)
    assert found.stop is Stop.TIME
    assert took_s == pytest.approx(8.0, abs=0.05)
    assert found.mbps is not None
    assert falling(8.0) < found.mbps < falling(0.0)
    assert found.spread is not None
    assert found.spread > 0.3


def test_a_fast_line_ends_with_its_bytes(measured: Measured) -> None:
    line = Line(lambda t: 400.0)
    line.full = False
    found, took_s, _ = measured(line)
    assert found.stop is Stop.BYTES
    assert found.mbps == pytest.approx(400.0, rel=0.01)
    assert took_s == pytest.approx(0.5, abs=0.05)


def test_more_than_a_gigabit_is_not_told_apart(measured: Measured) -> None:
    found, took_s, _ = measured(Line(lambda t: 2500.0))
    assert (found.stop, found.mbps) == (Stop.BYTES, 1000.0)
    assert took_s < 0.1


def test_a_line_too_fast_to_be_looked_at_more_than_once(measured: Measured) -> None:
    found, _, _ = measured(Line(lambda t: 30_000.0))
    assert (found.stop, found.mbps, found.spread) == (Stop.BYTES, 1000.0, None)


def test_what_came_in_a_pause_of_ours_is_no_fast_line(measured: Measured) -> None:
    line = Line(lambda t: 100.0)
    line.pauses = {0.2: 3.0}
    found, _, _ = measured(line)
    assert found.stop is Stop.BYTES
    assert found.mbps is None
    assert found.own_pause_s == pytest.approx(3.01)


def test_a_line_on_which_nothing_ever_comes_is_lost(measured: Measured) -> None:
    found, took_s, told = measured(Line(lambda t: 0.0))
    assert (found.stop, found.mbps, found.spread, told) == (Stop.LOST, None, None, [])
    assert took_s == pytest.approx(START_S, abs=0.05)
    assert found.wire_down_bytes == 0


@pytest.mark.parametrize(
    ("mbps", "lived_s", "expected"),
    [(10.0, 0.9, None), (0.2, 1.5, None), (0.4, 1.5, 0.4), (10.0, 2.0, 10.0)],
)
def test_a_line_that_dies_is_told_with_what_it_carried_if_it_was_seen_for_long_enough(
    mbps: float, lived_s: float, expected: float | None, measured: Measured
) -> None:
    line = Line(lambda t: mbps if t < lived_s else 0.0)
    line.full = False
    found, took_s, _ = measured(line)
    assert found.stop is Stop.LOST
    assert found.mbps == (expected and pytest.approx(expected, rel=0.02))
    assert took_s == pytest.approx(lived_s + throughput.STALL_S, abs=0.05)


def test_after_a_blackout_the_line_is_told_as_it_is_again(measured: Measured) -> None:
    found, _, _ = measured(Line(lambda t: 0.0 if 0.4 < t < 2.4 else 10.0))
    assert found.stop is Stop.STEADY
    assert found.mbps == pytest.approx(10.0, rel=0.02)


@pytest.mark.parametrize("pause_s", [0.4, 3.0, 60.0])
def test_a_pause_of_our_own_is_no_fault_of_the_line(pause_s: float, measured: Measured) -> None:
    line = Line(lambda t: 2.0)
    line.pauses = {0.3: pause_s}
    found, took_s, _ = measured(line)
    assert found.stop is Stop.STEADY
    assert found.own_pause_s == pytest.approx(pause_s + 0.01)
    assert found.mbps == pytest.approx(2.0, rel=0.02)
    assert took_s < pause_s + 3.5


def test_a_computer_that_pauses_again_and_again_does_not_measure_for_ever(measured: Measured) -> None:
    line = Line(lambda _: 10.0)
    line.pauses = {0.3 * number: 0.3 for number in range(1, 1000)}
    found, took_s, _ = measured(line)
    assert found.stop is Stop.TIME
    assert found.own_pause_s == pytest.approx(0.31)
    assert took_s < 8.0


@pytest.mark.parametrize("empty", [True, False])
def test_a_line_that_was_never_full_carries_that_or_more(empty: bool, measured: Measured) -> None:
    line = Line(lambda _: 1.0)
    line.stayed_empty = empty
    found, _, _ = measured(line)
    assert (found.stop, found.at_least) == (Stop.STEADY, empty)


def test_a_short_pause_is_none(measured: Measured) -> None:
    line = Line(lambda t: 10.0)
    line.pauses = {0.3: 0.2}
    found, _, _ = measured(line)
    assert (found.stop, found.own_pause_s) == (Stop.STEADY, 0.0)


def test_a_pause_while_we_tell_is_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(lambda t: 10.0)
    monkeypatch.setattr(throughput, "time", line)
    pauses = iter([2.0])

    def tell(mbps: float) -> None:
        line.now += next(pauses, 0.0)

    found = throughput._Measurement(cast(Streams, line), None, tell).run()
    assert found.stop is Stop.STEADY
    assert found.own_pause_s == pytest.approx(2.01)
    assert found.mbps == pytest.approx(10.0, rel=0.02)


# Who counts


def test_our_systems_count_is_the_finer_one(measured: Measured) -> None:
    found, _, _ = measured(Line(lambda t: 10.0, direction=UP, told_mbps=lambda t: 9.5))
    assert found.counted_by is Counted.SERVER
    assert found.mbps == pytest.approx(10.0, rel=0.01)


def test_something_between_that_takes_more_than_the_server_gets_is_not_believed(measured: Measured) -> None:
    found, _, _ = measured(Line(lambda t: 10.0, direction=UP, told_mbps=lambda t: 4.0))
    assert found.counted_by is Counted.SERVER
    assert found.mbps == pytest.approx(4.0, rel=0.01)


def test_a_server_that_tells_is_enough_where_our_system_does_not(measured: Measured) -> None:
    found, _, _ = measured(Line(lambda t: 0.0, direction=UP, told_mbps=lambda t: 4.0))
    assert found.stop is Stop.STEADY
    assert found.counted_by is Counted.SERVER
    assert found.mbps == pytest.approx(4.0, rel=0.01)


@pytest.mark.parametrize(("by_answers", "by"), [(False, Counted.SYSTEM), (True, Counted.ESTIMATE)])
def test_where_the_server_does_not_tell(by_answers: bool, by: Counted, measured: Measured) -> None:
    line = Line(lambda t: 6.0, direction=UP)
    line.by_answers = by_answers
    found, _, _ = measured(line)
    assert found.counted_by == by
    assert found.mbps == pytest.approx(6.0, rel=0.01)


def test_only_the_server_saw_it_and_it_never_came_to_rest(measured: Measured) -> None:
    found, _, _ = measured(Line(lambda t: 0.0, direction=UP, told_mbps=falling))
    assert (found.stop, found.counted_by) == (Stop.TIME, Counted.SERVER)
    assert found.mbps is not None
    assert falling(8.0) < found.mbps < falling(0.0)


# Over the loopback


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_open, "system_proxies", dict)


@pytest.fixture(params=["plain", "tls"])
def there(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A server of ours, with and without encryption."""
    context = None
    if request.param == "tls":
        authority = trustme.CA()
        context, trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
        authority.issue_cert("127.0.0.1").configure_cert(context)
        authority.configure_trust(trust)
        monkeypatch.setattr(connection_open, "_context", lambda: trust)
    with serving(context=context) as server:
        (found,) = servers.find(Server(kind=ServerKind.LIBRESPEED, url=server.url))
        yield found


def measure(way: Endpoint, direction: Direction) -> Transfer:
    return throughput.measure(way, direction, needed_mbps=None, idle=IdleRoundTrips(0.3, 0.1), tell=lambda mbps: None)


def test_down(there: Endpoint) -> None:
    found = measure(there, DOWN)
    assert (found.stop, found.counted_by) == (Stop.BYTES, None)
    assert found.mbps is not None
    assert 100 < found.mbps <= 1000
    # What is under way at the end is reckoned from round trips, which a busy computer makes long.
    assert 25_000_000 < found.wire_down_bytes < 150_000_000
    assert 0 < found.wire_up_bytes < 1_000_000
    assert found.loaded_rtt_ms is None or found.loaded_rtt_ms > 0  # it may be over before one has come back


@pytest.mark.parametrize("counting", ["told", "system", "answers"])
def test_up(there: Endpoint, counting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if counting != "told":
        there = msgspec.structs.replace(there, progress="")
    if counting == "answers":
        monkeypatch.setattr(delivered, "traffic", lambda line, handed_over: None)
    found = measure(there, UP)
    assert (
        found.counted_by
        in {
            "told": (Counted.SERVER, Counted.SYSTEM),  # so fast that the server may not have come to tell
            "system": (Counted.SYSTEM,),
            "answers": (Counted.ESTIMATE,),
        }[counting]
    )
    assert found.mbps is not None
    assert 100 < found.mbps <= 1000
    assert found.wire_up_bytes >= 25_000_000


def test_a_server_that_tells_is_believed_where_our_system_tells_nothing(
    there: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivered, "traffic", lambda line, handed_over: None)
    found = measure(there, UP)
    assert (found.stop, found.counted_by) == (Stop.BYTES, Counted.SERVER)


def test_behind_a_proxy_only_answers_count(there: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "is_behind_proxy", lambda way: True)
    assert measure(there, UP).counted_by is Counted.ESTIMATE


@pytest.mark.parametrize("room_bytes", [100_000, 2_000_000])
def test_a_proxy_that_nobody_knows_of_takes_more_than_the_server_gets(room_bytes: int) -> None:
    with serving() as server, GreedyProxy(server.server_port, 20.0, room_bytes) as proxy:
        (way,) = servers.find(Server(kind=ServerKind.LIBRESPEED, url=f"http://127.0.0.1:{proxy.port}"))
        found = throughput.measure(way, UP, needed_mbps=None, idle=IdleRoundTrips(2.0, 0.5), tell=lambda mbps: None)
    assert found.counted_by is Counted.SERVER
    assert found.mbps == pytest.approx(20.0, rel=0.2)


def test_a_server_that_stalls_while_it_answers_round_trips_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throughput, "STALL_S", 0.4)
    with crooked("stalls") as server:
        (way,) = servers.find(Server(kind=ServerKind.LIBRESPEED, url=server.url))
        found = measure(way, DOWN)
    assert (found.stop, found.mbps) == (Stop.LOST, None), "a glimpse is no measurement"
    assert found.wire_down_bytes >= 200_000


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENETUNREACH, "Network is unreachable"),
        OSError(errno.EHOSTUNREACH, "No route to host"),
        NameUnknown("speed.test"),
    ],
)
def test_a_line_that_is_gone_is_no_fault_of_the_server(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throughput, "START_S", 0.2)
    monkeypatch.setattr(servers, "open_line", lambda way, deadline: fail(error))
    found = measure(endpoint(host="127.0.0.1"), DOWN)
    assert (found.stop, found.mbps, found.wire_down_bytes) == (Stop.LOST, None, 0)


@pytest.mark.parametrize("error", [NoAnswer("refused"), OSError(errno.ECONNREFUSED, "refused"), ServerOut("odd")])
def test_a_server_that_takes_no_connection_is_out(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "open_line", lambda way, deadline: fail(error))
    with pytest.raises(ServerOut):
        measure(endpoint(host="127.0.0.1"), DOWN)


def test_a_fault_of_our_own_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "open_line", lambda way, deadline: fail(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        measure(endpoint(host="127.0.0.1"), DOWN)


def fail(error: Exception) -> None:
    raise error
