"""The bandwidth probe against servers on the loopback: one that works, and many that each have a fault."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator

import pytest

from readiness.model import Failure
from readiness.probes import bandwidth, connection_adapters, servers, throughput
from readiness.probes.bandwidth import Task
from readiness.probes.connection_adapters import LocalLayers
from readiness.probes.connection_open import NameUnknown
from readiness.probes.servers import Endpoint, ServerOut
from readiness.probes.throughput import Direction, Stop, Transfer
from readiness.profile import Server, ServerKind
from readiness.readings import BandwidthReading
from readiness.serve import SpeedServer
from tests.probes import crooked
from tests.probes.crooked import DOWNLOAD_FAULTS, PING_FAULTS, UPLOAD_FAULTS

#: Streams end by themselves when they notice that they are not wanted any more.
pytestmark = pytest.mark.may_leave_threads("stream of a measurement", "round trips under load", "looking for a server")


@pytest.fixture
def good() -> Iterator[SpeedServer]:
    with SpeedServer("127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


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
    assert reading.stopped_because == "bytes"
    assert reading.servers_tried == ()
    assert reading.bytes_down >= 25_000_000
    assert reading.bytes_up >= 25_000_000


def test_without_a_server_nothing_is_measured() -> None:
    assert read(Task()) == BandwidthReading(failure=Failure.NO_SERVER)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("fault", [*PING_FAULTS, *DOWNLOAD_FAULTS, *UPLOAD_FAULTS])
def test_a_server_with_a_fault_is_out_and_nobody_else_is_to_blame(fault: str) -> None:
    with crooked.crooked(fault) as server:
        reading = read(at(server.url))
    assert reading.failure is Failure.SERVER_UNREACHABLE
    assert reading.up_mbps is None
    assert reading.servers_tried == ("127.0.0.1",)
    assert (reading.down_mbps is not None) == (fault in UPLOAD_FAULTS), "what was measured before counts"


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("fault", ["busy", "limits", "stalls", "takes no uploads"])
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
        monkeypatch.setattr(servers, "find", self.find)
        monkeypatch.setattr(servers, "idle_rtt_ms", lambda endpoint: 20.0)
        monkeypatch.setattr(throughput, "measure", self.measure)

    @property
    def task(self) -> Task:
        entries = tuple(Server(kind=ServerKind.LIBRESPEED, url=f"http://{name}") for name in self.mbps)
        return Task(servers=entries, needed_down_mbps=1.8, needed_up_mbps=1.8)

    def find(self, server: Server) -> Iterator[Endpoint]:
        host, port = servers.place_of(server.url or "")
        yield Endpoint(kind=ServerKind.LIBRESPEED, host=host, port=port, tls=False, download="/", upload="/", ping="/")

    def measure(self, endpoint: Endpoint, direction: Direction, **options: object) -> Transfer:
        self.asked.append((endpoint.host, direction))
        given = self.mbps[endpoint.host][direction]
        if isinstance(given, Exception):
            raise given
        return given


def moved(mbps: float | None, stop: Stop = Stop.STEADY) -> Transfer:
    return Transfer(mbps=mbps, bytes_moved=1000, stop=stop, loaded_rtt_ms=(50.0, 70.0))


DOWN, UP = Direction.DOWN, Direction.UP


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
    assert reading.bytes_up == 2000
    assert reading.loaded_rtt_ms == 60.0


def test_the_second_look_may_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, near={DOWN: moved(20.0), UP: moved(0.5)}, far={UP: ServerOut("gone")})
    reading = read(line.task)
    assert (reading.up_mbps, reading.failure, reading.servers_tried) == (0.5, None, ("far",))


def test_a_line_that_is_lost_is_told_with_what_it_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bandwidth, "_answers", lambda host, port, deadline: False)
    line = Line(monkeypatch, near={DOWN: moved(5.0, Stop.LOST)}, far={})
    reading = read(line.task)
    assert reading.failure is Failure.NO_CONNECTION
    assert (reading.down_mbps, reading.up_mbps, reading.stopped_because) == (5.0, None, "lost")
    assert line.asked == [("near", DOWN)]


def test_a_server_that_is_lost_while_others_answer_is_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bandwidth, "_answers", lambda host, port, deadline: host == "far")
    line = Line(monkeypatch, near={DOWN: moved(5.0, Stop.LOST)}, far={DOWN: moved(30.0), UP: moved(20.0)})
    reading = read(line.task)
    assert (reading.failure, reading.down_mbps, reading.servers_tried) == (None, 30.0, ("near",))


def test_no_direction_is_begun_that_could_not_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, near={DOWN: moved(5.0), UP: moved(5.0)})
    monkeypatch.setattr(bandwidth, "_WHOLE_S", 1.0)
    reading = read(line.task)
    assert (reading.failure, line.asked) == (Failure.NOT_ANSWERING, [])


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


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_uploads_count_without_the_kernels_help_too(
    platform: str, good: SpeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (endpoint,) = servers.find(Server(kind=ServerKind.LIBRESPEED, url=good.url))
    if platform != sys.platform:
        monkeypatch.setattr(throughput, "_acked_bytes", lambda line: None)
    transfer = throughput.measure(endpoint, UP, needed_mbps=1.0, rtt_ms=None, tell=lambda mbps: None)
    assert transfer.mbps is not None
    assert transfer.bytes_moved > 0
    assert transfer.stop in (Stop.BYTES, Stop.STEADY, Stop.ENOUGH)


@pytest.mark.usefixtures("hasty")
def test_a_transfer_that_stalls_after_a_while_tells_what_it_saw() -> None:
    with crooked.crooked("stalls") as server:
        (endpoint,) = servers.find(Server(kind=ServerKind.LIBRESPEED, url=server.url))
        transfer = throughput.measure(endpoint, DOWN, needed_mbps=1.0, rtt_ms=None, tell=lambda mbps: None)
    assert (transfer.stop, transfer.mbps) == (Stop.LOST, None)  # a glimpse is no measurement
    assert transfer.bytes_moved == 200_000


@pytest.mark.parametrize(
    "error",
    [OSError(101, "Network is unreachable"), OSError(113, "No route to host"), NameUnknown("speed.test")],
)
def test_a_line_that_is_gone_is_no_fault_of_the_server(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throughput, "START_S", 0.2)
    endpoint = Endpoint(
        kind=ServerKind.LIBRESPEED, host="127.0.0.1", port=1, tls=False, download="/", upload="/", ping="/"
    )

    def fail(endpoint: Endpoint, deadline: float) -> None:
        raise error

    monkeypatch.setattr(servers, "dial", fail)
    transfer = throughput.measure(endpoint, DOWN, needed_mbps=None, rtt_ms=80.0, tell=lambda mbps: None)
    assert (transfer.stop, transfer.mbps, transfer.bytes_moved) == (Stop.LOST, None, 0)


def test_a_fault_of_our_own_is_not_hidden(monkeypatch: pytest.MonkeyPatch, good: SpeedServer) -> None:
    (endpoint,) = servers.find(Server(kind=ServerKind.LIBRESPEED, url=good.url))

    def fail(endpoint: Endpoint, deadline: float) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(servers, "dial", fail)
    monkeypatch.setattr(throughput._Pings, "_live", lambda self: None)
    with pytest.raises(ZeroDivisionError):
        throughput.measure(endpoint, DOWN, needed_mbps=None, rtt_ms=None, tell=lambda mbps: None)


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
