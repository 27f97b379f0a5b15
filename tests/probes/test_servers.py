"""What each kind of measurement server is asked, and how those nearby are found."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from readiness.probes import servers
from readiness.probes.servers import MIB, Endpoint, ServerOut
from readiness.profile import Server, ServerKind
from tests.probes.crooked import CrookedServer, crooked


def endpoint(**fields: object) -> Endpoint:
    plain = {"host": "any.test", "port": 80, "tls": False, "download": "/d", "upload": "/u", "ping": "/p"}
    return Endpoint(kind=ServerKind.LIBRESPEED, **{**plain, **fields})  # type: ignore[arg-type]


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
        rtt_ms = servers.idle_rtt_ms(way)
        assert rtt_ms is not None
        assert 0 < rtt_ms < 500
        assert len(server.asked) == 5
    with pytest.raises(ServerOut, match=r"127\.0\.0\.1"):
        servers.idle_rtt_ms(way)
