"""The bandwidth probe against servers on the loopback: one that works, and many that each have a fault."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import msgspec
import pytest

from readiness.model import Failure
from readiness.probes import bandwidth, connection_adapters, servers, throughput
from readiness.probes.bandwidth import Task
from readiness.probes.connection_adapters import LocalLayers
from readiness.probes.delivered import Traffic
from readiness.probes.servers import Endpoint, IdleRoundTrips, ServerOut
from readiness.probes.streams import Direction
from readiness.probes.throughput import Transfer
from readiness.profile import Server, ServerKind
from readiness.readings import BandwidthReading, Counted, Stop
from readiness.serve import MIB, SpeedServer
from tests.probes import crooked
from tests.probes.crooked import DOWNLOAD_FAULTS, PING_FAULTS, UNUSUAL, UPLOAD_FAULTS
from tests.probes.pairs import serving


@pytest.fixture
def good() -> Iterator[SpeedServer]:
    with serving() as server:
        yield server


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience for a loopback, where nothing takes long."""
    monkeypatch.setattr(throughput, "STALL_S", 0.4)
    monkeypatch.setattr(throughput, "START_S", 0.6)
    monkeypatch.setattr(servers, "FIND_S", 0.5)
    monkeypatch.setattr(bandwidth, "_WITNESS_S", 0.3)


def at(*urls: str) -> Task:
    return Task(servers=tuple(Server(kind=ServerKind.LIBRESPEED, url=url) for url in urls), needed_up_mbps=1.0)


def read(task: Task) -> BandwidthReading:
    return bandwidth.read(task, lambda partial: None)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_both_directions_are_measured(good: SpeedServer) -> None:
    reading = read(at(good.url))
    assert reading.failure is None
    assert reading.down_mbps is not None
    assert reading.up_mbps is not None
    assert reading.down_mbps > 100
    assert reading.up_mbps > 100
    assert reading.rtt_ms is not None
    assert reading.server == "127.0.0.1"
    assert reading.server_kind == "librespeed"
    assert reading.servers_tried == ()
    assert reading.stopped_because is Stop.BYTES
    assert reading.down_at_least
    assert reading.up_at_least
    assert reading.jitter_ms is not None
    assert reading.loaded_rtt_ms is not None
    assert reading.up_counted_by in (Counted.SERVER, Counted.SYSTEM)
    assert 25_000_000 <= reading.bytes_down < 60_000_000
    assert 25_000_000 <= reading.bytes_up < 60_000_000


def test_without_a_server_nothing_is_measured() -> None:
    assert read(Task()) == BandwidthReading(failure=Failure.NO_SERVER)


@pytest.fixture
def small_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies that end while a line as fast as a loopback is measured."""
    ways = servers.librespeed
    monkeypatch.setattr(
        servers, "librespeed", lambda url: [msgspec.structs.replace(way, most_bytes=MIB) for way in ways(url)]
    )


@pytest.mark.usefixtures("hasty", "small_bodies")
@pytest.mark.parametrize("fault", [*PING_FAULTS, *DOWNLOAD_FAULTS, *UPLOAD_FAULTS])
def test_a_server_with_a_fault_is_out_and_nobody_else_is_to_blame(fault: str) -> None:
    with crooked.crooked(fault) as server:
        reading = read(at(server.url))
    assert reading.failure is Failure.SERVER_UNREACHABLE
    assert reading.up_mbps is None
    assert reading.servers_tried == ("127.0.0.1",)
    assert (reading.down_mbps is not None) == (fault in UPLOAD_FAULTS), "what was measured before counts"


@pytest.mark.usefixtures("hasty")
def test_a_server_that_does_not_tell_as_it_promised_is_not_sent_everything_it_takes() -> None:
    with crooked.crooked("tells nothing") as server:
        reading = read(at(server.url))
    assert (reading.failure, reading.up_mbps) == (Failure.SERVER_UNREACHABLE, None)
    assert 25_000_000 < reading.bytes_up < 200_000_000


@pytest.mark.usefixtures("hasty", "small_bodies")
@pytest.mark.parametrize("way", UNUSUAL)
def test_a_server_with_ways_of_its_own_is_none_with_a_fault(way: str) -> None:
    with crooked.crooked(way) as server:
        reading = read(at(server.url))
    assert (reading.failure, reading.servers_tried) == (None, ())
    assert reading.down_mbps is not None
    assert reading.down_mbps > 100


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("fault", ["busy", "limits", "stalls", "takes no uploads", "tells nonsense"])
def test_the_next_server_takes_over(fault: str, good: SpeedServer) -> None:
    with crooked.crooked(fault) as server:
        reading = read(at(server.url, good.url))
    assert reading.failure is None
    assert reading.down_mbps is not None
    assert reading.up_mbps is not None
    assert reading.servers_tried == ("127.0.0.1",)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("local", "failure"),
    [
        (LocalLayers(True, True, True), Failure.SERVER_UNREACHABLE),
        (LocalLayers(True, True, True, gateway_silent=True), Failure.NO_CONNECTION),
        (LocalLayers(True, True, False), Failure.NO_CONNECTION),
        (LocalLayers(True, False, False), Failure.NO_CONNECTION),
        (LocalLayers(False, False, False), Failure.NO_CONNECTION),
    ],
)
def test_the_line_is_only_blamed_when_it_is_seen_to_be_gone(
    local: LocalLayers, failure: Failure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_adapters, "local_layers", lambda found, sources: local)
    reading = read(at(f"http://127.0.0.1:{closed_port()}"))
    assert reading.failure is failure
    assert (reading.down_mbps, reading.up_mbps) == (None, None)


def test_an_address_that_is_none_is_a_server_that_is_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_adapters, "local_layers", lambda found, sources: LocalLayers(True, True, True))
    reading = read(at("nonsense"))
    assert (reading.failure, reading.servers_tried) == (Failure.SERVER_UNREACHABLE, ("nonsense",))


@pytest.mark.usefixtures("hasty")
def test_other_hosts_are_witnesses(monkeypatch: pytest.MonkeyPatch) -> None:
    task = at(f"http://127.0.0.1:{closed_port()}")
    answers = {"www.elsewhere.invalid": True}
    monkeypatch.setattr(bandwidth, "_answers", lambda host, port, deadline: answers.get(host, False))
    elsewhere = Task(servers=task.servers, other_hosts=("www.elsewhere.invalid",))
    assert read(elsewhere).failure is Failure.SERVER_UNREACHABLE
    answers.clear()
    assert read(elsewhere).failure is Failure.NO_CONNECTION


class Line:
    """Stands in for finding servers and measuring: what each server gives in each direction."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **mbps: dict[Direction, Transfer | Exception]) -> None:
        self.mbps = mbps
        self.asked: list[tuple[str, Direction]] = []
        self.idle: IdleRoundTrips | None = IdleRoundTrips(20.0, 1.5, wire_up_bytes=300, wire_down_bytes=400)
        monkeypatch.setattr(servers, "find", self.find)
        monkeypatch.setattr(servers, "idle_round_trips", lambda endpoint: self.idle)
        monkeypatch.setattr(throughput, "measure", self.measure)

    @property
    def task(self) -> Task:
        entries = tuple(Server(kind=ServerKind.LIBRESPEED, url=f"http://{name}") for name in self.mbps)
        return Task(servers=entries, needed_down_mbps=1.8, needed_up_mbps=1.8)

    def find(self, server: Server, count: Callable[[Traffic], None]) -> Iterator[Endpoint]:
        count(Traffic(0, 0, wire_out_bytes=20, wire_in_bytes=30))
        host, port = servers.place_of(server.url or "")
        yield Endpoint(kind=ServerKind.LIBRESPEED, host=host, port=port, tls=False, download="/", upload="/", ping="/")

    def measure(self, endpoint: Endpoint, direction: Direction, **options: object) -> Transfer:
        self.asked.append((endpoint.host, direction))
        given = self.mbps[endpoint.host][direction]
        if isinstance(given, Exception):
            raise given
        return given


def moved(mbps: float | None, stop: Stop = Stop.STEADY, **rest: object) -> Transfer:
    return Transfer(mbps=mbps, wire_down_bytes=9000, wire_up_bytes=1000, stop=stop, **rest)  # type: ignore[arg-type]


DOWN, UP = Direction.DOWN, Direction.UP


def test_what_is_read_of_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    down = moved(20.0, Stop.BYTES, at_least=True, spread=0.015, loaded_rtt_ms=50.0)
    up = moved(6.0, spread=0.03, loaded_rtt_ms=70.0, counted_by=Counted.SERVER, own_pause_s=0.5)
    assert read(Line(monkeypatch, near={DOWN: down, UP: up}).task) == BandwidthReading(
        down_mbps=20.0,
        up_mbps=6.0,
        down_at_least=True,
        down_spread_pct=1.5,
        up_spread_pct=3.0,
        up_counted_by=Counted.SERVER,
        rtt_ms=20.0,
        jitter_ms=1.5,
        loaded_rtt_ms=70.0,
        bytes_down=30 + 400 + 2 * 9000,
        bytes_up=20 + 300 + 2 * 1000,
        own_pause_ms=500.0,
        server="near",
        server_kind="librespeed",
        stopped_because=Stop.STEADY,
    )


def test_a_line_without_round_trips_is_measured_nevertheless(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, near={DOWN: moved(20.0), UP: moved(6.0)})
    line.idle = None
    reading = read(line.task)
    assert (reading.failure, reading.rtt_ms, reading.jitter_ms) == (None, None, None)
    assert (reading.bytes_down, reading.bytes_up) == (18_030, 2020)


def test_the_shortest_round_trip_of_all_servers_is_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    trips = {"near": IdleRoundTrips(30.0, 1.0), "far": IdleRoundTrips(25.0, 2.0), "third": None}
    line = Line(monkeypatch, near={DOWN: ServerOut("gone")}, far={DOWN: ServerOut("gone")}, third={DOWN: moved(3.0)})
    line.mbps["third"][UP] = moved(2.0)
    monkeypatch.setattr(servers, "idle_round_trips", lambda endpoint: trips[endpoint.host])
    reading = read(line.task)
    assert (reading.rtt_ms, reading.jitter_ms, reading.servers_tried) == (25.0, 2.0, ("near", "far"))


def test_a_slow_server_does_not_make_a_line_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, near={DOWN: moved(20.0), UP: moved(0.5)}, far={UP: moved(9.0)}, third={})
    reading = read(line.task)
    assert (reading.down_mbps, reading.up_mbps) == (20.0, 9.0)
    assert reading.server == "far"  # the slower direction's
    assert line.asked == [("near", DOWN), ("near", UP), ("far", UP)]


def test_a_slow_line_is_looked_at_twice_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, near={DOWN: moved(20.0), UP: moved(0.5)}, far={UP: moved(0.4)}, third={})
    reading = read(line.task)
    assert (reading.up_mbps, reading.server, reading.failure) == (0.5, "near", None)
    assert reading.bytes_up == 3 * 1000 + 2 * (300 + 20)
    assert reading.loaded_rtt_ms is None


def test_the_second_look_may_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, near={DOWN: moved(20.0), UP: moved(0.5)}, far={UP: ServerOut("gone")})
    reading = read(line.task)
    assert (reading.up_mbps, reading.failure, reading.servers_tried) == (0.5, None, ("far",))


def test_a_line_that_is_lost_is_told_with_what_it_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bandwidth, "_answers", lambda host, port, deadline: False)
    line = Line(monkeypatch, near={DOWN: moved(5.0, Stop.LOST)}, far={})
    reading = read(line.task)
    assert reading.failure is Failure.NO_CONNECTION
    assert (reading.down_mbps, reading.up_mbps, reading.stopped_because) == (5.0, None, Stop.LOST)
    assert line.asked == [("near", DOWN)]


def test_a_server_that_is_lost_while_others_answer_is_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bandwidth, "_answers", lambda host, port, deadline: host == "far")
    line = Line(monkeypatch, near={DOWN: moved(5.0, Stop.LOST)}, far={DOWN: moved(30.0), UP: moved(20.0)})
    reading = read(line.task)
    assert (reading.failure, reading.down_mbps, reading.servers_tried) == (None, 30.0, ("near",))


@pytest.mark.usefixtures("hasty", "small_bodies")
def test_what_a_server_moved_before_it_was_out_is_told() -> None:
    with crooked.crooked("answers nonsense") as server:
        reading = read(at(server.url))
    assert reading.failure is Failure.SERVER_UNREACHABLE
    assert reading.bytes_up > 1_000_000


def test_no_direction_is_begun_that_could_not_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, near={DOWN: moved(5.0), UP: moved(5.0)})
    monkeypatch.setattr(bandwidth, "_WHOLE_S", 1.0)
    reading = read(line.task)
    assert (reading.failure, line.asked) == (Failure.NOT_ANSWERING, [])


def test_no_server_is_looked_for_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, near={DOWN: ServerOut("gone")}, far={})
    looked_for: list[str | None] = []

    def find(server: Server, count: Callable[[Traffic], None]) -> Iterator[Endpoint]:
        looked_for.append(server.url)
        monkeypatch.setattr(time, "monotonic", lambda: 1e9)
        raise ServerOut("silent for a long time")

    monkeypatch.setattr(servers, "find", find)
    monkeypatch.setattr(bandwidth, "_anybody", lambda course: True)
    reading = read(line.task)
    assert (reading.failure, looked_for) == (Failure.SERVER_UNREACHABLE, ["http://near"])


def test_the_rate_so_far_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, near={DOWN: moved(5.0), UP: moved(4.0)})
    told: list[BandwidthReading] = []

    def measure(endpoint: Endpoint, direction: Direction, *, tell: object, **options: object) -> Transfer:
        assert callable(tell)
        tell(3.0)
        return line.measure(endpoint, direction)

    monkeypatch.setattr(throughput, "measure", measure)
    bandwidth.read(line.task, told.append)
    assert [(partial.down_mbps, partial.up_mbps) for partial in told] == [(3.0, None), (5.0, 3.0)]


def test_crooked_servers_are_asked_in_every_layout_that_libre_speed_has() -> None:
    with crooked.crooked("moved") as server:
        with pytest.raises(ServerOut, match="status 302"):
            list(servers.find(Server(kind=ServerKind.LIBRESPEED, url=f"{server.url}/speed/")))
        assert server.asked == [
            "/speed/empty.php",
            "/speed/backend/empty.php",
            "/speed/empty",
            "/speed/backend/empty",
        ]
