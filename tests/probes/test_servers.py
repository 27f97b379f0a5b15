"""What each kind of measurement server is asked, and how those nearby are found."""

from __future__ import annotations

import ssl
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import trustme

from readiness.probes import connection_open, delivered, servers
from readiness.probes.delivered import Traffic
from readiness.probes.servers import MIB, Endpoint, ServerOut
from readiness.profile import Server, ServerKind
from tests.probes.crooked import CrookedServer, crooked
from tests.probes.pairs import endpoint, serving


@pytest.mark.parametrize(
    ("asked", "size", "expected"),
    [
        (endpoint(download="/garbage?ckSize={mib}"), 25_000_000, ("/garbage?ckSize=24", 24 * MIB)),
        (endpoint(download="/garbage?ckSize={mib}"), 10, ("/garbage?ckSize=1", MIB)),
        (endpoint(download="/down?bytes={bytes}", most_bytes=1000), 25_000_000, ("/down?bytes=1000", 1000)),
        (endpoint(download="/down?bytes={bytes}"), 500, ("/down?bytes=500", 500)),
        (endpoint(download="/random4000x4000.jpg", fixed_bytes=31_625_365), 500, ("/random4000x4000.jpg", 31_625_365)),
    ],
)
def test_how_a_download_is_asked_for(asked: Endpoint, size: int, expected: tuple[str, int]) -> None:
    assert asked.download_of(size) == expected


def test_where_a_libre_speed_server_may_lie() -> None:
    ways = servers.librespeed("https://clinic.test/speed")
    assert [way.upload for way in ways] == [
        "/speed/empty.php",
        "/speed/backend/empty.php",
        "/speed/empty",
        "/speed/backend/empty",
    ]
    assert {(way.host, way.port, way.tls) for way in ways} == {("clinic.test", 443, True)}
    assert ways[0].download == "/speed/garbage.php?ckSize={mib}"
    (first, *_) = servers.librespeed("http://192.0.2.7:8989")
    assert (first.host, first.port, first.tls, first.ping) == ("192.0.2.7", 8989, False, "/empty.php")


@pytest.mark.parametrize(
    "url", ["", "clinic.test", "ftp://clinic.test/", "https://", "https://clinic.test:port/", "http://["]
)
def test_what_is_no_address_of_a_server(url: str) -> None:
    with pytest.raises(ServerOut, match="is no address of a server"):
        list(servers.find(Server(kind=ServerKind.LIBRESPEED, url=url)))


@pytest.mark.parametrize(
    ("server", "name"),
    [
        (Server(kind=ServerKind.LIBRESPEED, url="https://clinic.test/speed"), "clinic.test"),
        (Server(kind=ServerKind.LIBRESPEED, url="nonsense"), "nonsense"),
        (Server(kind=ServerKind.SPEEDTEST_NET), "speedtest.net"),
        (Server(kind=ServerKind.CLOUDFLARE), "speed.cloudflare.com"),
    ],
)
def test_what_a_person_knows_a_server_by(server: Server, name: str) -> None:
    assert servers.address_of(server) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("near.test:8080", ("near.test", 8080)),
        ("near.test:443", ("near.test", 443)),
        ("near.test", ("near.test", 8080)),
    ],
)
def test_hosts_of_the_list(text: str, expected: tuple[str, int]) -> None:
    assert servers.host_and_port(text) == expected


class SpeedtestError(Exception):
    pass


def listing(monkeypatch: pytest.MonkeyPatch, closest: Callable[[], list[dict[str, str]]]) -> None:
    """Stands in for speedtest-cli."""

    class Speedtest:
        def __init__(self, *, secure: bool, timeout: float) -> None:
            assert secure

        def get_servers(self) -> None:
            return

        def get_closest_servers(self, limit: int) -> list[dict[str, str]]:
            return closest()[:limit]

    module = types.ModuleType("speedtest")
    module.__dict__.update(Speedtest=Speedtest, SpeedtestException=SpeedtestError)
    monkeypatch.setitem(sys.modules, "speedtest", module)


def test_the_nearest_servers_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    listing(monkeypatch, lambda: [{"host": f"near{number}.test:8080"} for number in range(9)])
    assert servers.speedtest_net_hosts() == [(f"near{number}.test", 8080) for number in range(5)]


@pytest.mark.parametrize(
    "error", [SpeedtestError("no list"), OSError("no line"), KeyError("host"), ValueError("bad"), TypeError("odd")]
)
def test_a_list_that_cannot_be_had(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[dict[str, str]]:
        raise error

    listing(monkeypatch, fail)
    with pytest.raises(ServerOut, match=r"speedtest\.net gave no list"):
        list(servers.find(Server(kind=ServerKind.SPEEDTEST_NET)))


@pytest.mark.may_leave_threads("list of speedtest.net servers")
def test_a_list_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = threading.Event()
    monkeypatch.setattr(servers, "_LIST_S", 0.1)

    def late() -> list[dict[str, str]]:
        waiting.wait(5)
        return []

    listing(monkeypatch, late)
    with pytest.raises(ServerOut, match="no answer in time"):
        servers.speedtest_net_hosts()
    waiting.set()


@pytest.fixture
def three() -> Iterator[list[CrookedServer]]:
    """Two servers of today, one of them busy, and an older one."""
    with ExitStack() as stack:
        yield [stack.enter_context(crooked(fault)) for fault in ("fine", "busy", "fine")]


def test_the_server_that_answers_first_is_asked_first(
    three: list[CrookedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    took_ms = {three[0].server_port: 40.0, three[2].server_port: 10.0}
    here = endpoint(host="127.0.0.1")
    monkeypatch.setattr(
        servers,
        "speedtest_net",
        lambda host, port: [endpoint(host=host, port=1, ping="/old"), endpoint(host=host, port=port)],
    )
    round_trip = servers._round_trip_ms

    def measured(way: Endpoint) -> float:
        round_trip(way)
        return took_ms[way.port]

    monkeypatch.setattr(servers, "_round_trip_ms", measured)
    monkeypatch.setattr(servers, "speedtest_net_hosts", lambda: [(here.host, one.server_port) for one in three])
    found = list(servers.find(Server(kind=ServerKind.SPEEDTEST_NET)))
    assert [one.port for one in found] == [three[2].server_port, three[0].server_port]
    monkeypatch.setattr(servers, "speedtest_net_hosts", lambda: [(here.host, three[1].server_port)])
    with pytest.raises(ServerOut, match=r"no speedtest\.net server nearby answers"):
        list(servers.find(Server(kind=ServerKind.SPEEDTEST_NET)))


def test_a_speedtest_net_server_may_be_of_today_or_older() -> None:
    today, older = servers.speedtest_net("near.test", 8080)
    assert (today.download_of(25_000_000)[0], today.upload, today.tls) == ("/download?size=25000000", "/upload", True)
    assert (older.download_of(25_000_000)[1], older.upload) == (31_625_365, "/speedtest/upload.php")


def test_the_round_trip_is_the_median_of_several() -> None:
    with crooked("fine") as server:
        (way, *_) = servers.librespeed(server.url)
        idle = servers.idle_round_trips(way)
        assert idle is not None
        assert 0 < idle.rtt_ms < 500
        assert idle.jitter_ms >= 0
        assert len(server.asked) == 10
        assert idle.wire_up_bytes > 10 * len("GET /empty.php HTTP/1.1")
        assert idle.wire_down_bytes > 10 * len("HTTP/1.1 200 OK")
        assert servers.idle_round_trips(way, most=3, most_s=60.0) is not None
        assert len(server.asked) == 13
        assert servers.idle_round_trips(way, most_s=0.0) is not None, "two at the least"
        assert len(server.asked) == 15
    with pytest.raises(ServerOut, match=r"127\.0\.0\.1"):
        servers.idle_round_trips(way)


def test_fewer_than_two_round_trips_are_none() -> None:
    with crooked("fine") as server:
        (way, *_) = servers.librespeed(server.url)
        assert servers.idle_round_trips(way, most=1) is None


def test_round_trips_that_came_back_before_the_line_broke_count(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter((10.0, 12.0, 17.0))

    def ping(connection: object, way: Endpoint) -> float:
        try:
            return next(answers)
        except StopIteration:
            raise ConnectionResetError from None

    monkeypatch.setattr(servers, "ping", ping)
    with crooked("fine") as server:
        idle = servers.idle_round_trips(servers.librespeed(server.url)[0])
    assert idle is not None
    assert (idle.rtt_ms, idle.jitter_ms) == (12.0, 3.5)


def test_a_system_that_tells_nothing_counts_no_bytes_of_round_trips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivered, "traffic", lambda line, handed_over: None)
    with crooked("fine") as server:
        idle = servers.idle_round_trips(servers.librespeed(server.url)[0])
    assert idle is not None
    assert (idle.wire_up_bytes, idle.wire_down_bytes) == (0, 0)


@pytest.mark.parametrize(
    ("took_ms", "expected"),
    [
        ([10.0, 14.0], 4.0),
        ([10.0, 14.0, 10.0, 12.0], 10 / 3),
        # Of eight differences the two that a lost packet makes do not count; of seven nobody knows whether one was lost.
        ([10.0, 11.0, 10.0, 210.0, 10.0, 11.0, 10.0, 11.0, 10.0], 1.0),
        ([10.0, 11.0, 10.0, 210.0, 10.0, 11.0, 10.0, 11.0], 405 / 7),
    ],
)
def test_jitter_is_what_one_differs_from_the_next(took_ms: list[float], expected: float) -> None:
    assert servers.jitter(took_ms) == pytest.approx(expected)


def test_a_server_of_ours_tells_of_uploads_and_others_do_not() -> None:
    with serving() as ours, crooked("fine") as other:
        for url, progress in ((ours.url, "progress"), (f"{ours.url}/speed", "progress"), (other.url, "")):
            (found,) = servers.find(Server(kind=ServerKind.LIBRESPEED, url=url))
            assert found.progress == progress


def test_what_the_search_takes_of_the_line_is_told() -> None:
    told: list[Traffic] = []
    with crooked("long refusal") as server:
        list(servers.find(Server(kind=ServerKind.LIBRESPEED, url=server.url), told.append))
        asked = sum(len(f"GET {path} HTTP/1.1") for path in server.asked)
    assert sum(traffic.wire_out_bytes for traffic in told) > asked
    assert sum(traffic.wire_in_bytes for traffic in told) > 100


def test_cloudflares_addresses_are_asked_for_bytes() -> None:
    with crooked("fine") as server:
        (found,) = servers.find(Server(kind=ServerKind.CLOUDFLARE, url=server.url))
        assert server.asked == ["/__down?bytes=0"]
    assert found.download_of(26_000_000) == ("/__down?bytes=25000000", 25_000_000)
    assert (found.upload, found.progress) == ("/__up", "")


def test_a_server_behind_a_proxy_is_known_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    proxies = {"http": "http://proxy.test:3128"}
    monkeypatch.setattr(connection_open, "system_proxies", lambda: proxies)
    assert servers.is_behind_proxy(endpoint(host="clinic.test"))
    assert not servers.is_behind_proxy(endpoint(host="clinic.test", tls=True))
    proxies["https"] = "http://proxy.test:3128"
    assert servers.is_behind_proxy(endpoint(host="clinic.test", tls=True))


def test_a_connection_to_a_server_over_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    here, there = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(there)
    authority.configure_trust(here)
    with serving(context=there) as server:
        with pytest.raises(ServerOut):
            list(servers.find(Server(kind=ServerKind.LIBRESPEED, url=server.url)))
        monkeypatch.setattr(connection_open, "_context", lambda: here)
        (found,) = servers.find(Server(kind=ServerKind.LIBRESPEED, url=server.url))
        assert found.tls
        assert servers.idle_round_trips(found) is not None


@pytest.mark.parametrize("fault", ["a page for everything", "long refusal"])
def test_the_last_layout_is_found_behind_answers_of_any_length(fault: str) -> None:
    with crooked(fault) as server:
        (found,) = servers.find(Server(kind=ServerKind.LIBRESPEED, url=server.url))
    assert found.ping == "/backend/empty"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("too much", "an answer where none should be"),
        ("closing", "it closes after every answer"),
        ("encoded", "encoded"),
        ("no http", "no HTTP: BadStatusLine"),
        ("busy", "status 503"),
        ("cut off", "lacks 11 bytes"),
        ("cut off in a chunk", "IncompleteRead"),
        ("refuses, cut off", "IncompleteRead"),
    ],
)
def test_why_a_server_is_not_found(fault: str, why: str) -> None:
    with crooked(fault) as server:
        with pytest.raises(ServerOut, match=why):
            list(servers.find(Server(kind=ServerKind.LIBRESPEED, url=server.url)))
        assert len(server.asked) == 4, "every layout is tried"


@pytest.mark.parametrize("fault", ["trickles", "trickles a body"])
def test_a_server_that_never_comes_to_its_end_is_waited_for_no_longer_than_any_other(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "FIND_S", 0.3)
    with crooked(fault) as server:
        began = time.monotonic()
        with pytest.raises(ServerOut, match=r"too long|timed out"):
            list(servers.find(Server(kind=ServerKind.LIBRESPEED, url=server.url)))
        assert time.monotonic() - began < 3
