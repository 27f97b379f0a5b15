"""What attempts at hosts and pages together mean, row by row, and the probe's manners on the loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import msgspec
import pytest

from readiness.model import Failure
from readiness.probes import connection, connection_adapters, connection_open
from readiness.probes.connection import Attempt, Attempts, End, Task, judge_page, sign_in_page
from readiness.probes.connection_adapters import Adapter, Kind, LocalLayers
from readiness.profile import PortalPage
from readiness.readings import ConnectionReading, Medium, Reached

FINE = LocalLayers(connected=True, address=True, route=True)
NOW = 1_790_000_000.0


def host(
    end: End, name: str = "visit.test", *, took_s: float = 0.1, resolved: bool = True, issuer: str | None = None
) -> Attempt:
    pending = end in (End.RESOLVING, End.CONNECTING, End.TALKING)
    return Attempt(name, end, resolved=resolved, issuer=issuer, took_s=None if pending else took_s)


def page(end: End, *, web_time: float | None = None, portal_url: str | None = None) -> Attempt:
    return Attempt("http://check.test/", end, resolved=True, web_time=web_time, portal_url=portal_url, took_s=0.1)


def concluded(attempts: Attempts, local: LocalLayers = FINE) -> ConnectionReading:
    return msgspec.structs.replace(ConnectionReading(), **connection.conclude(attempts, local, NOW))


GOOD, OTHER = host(End.GOOD), host(End.GOOD, "elsewhere.test")
SILENT = host(End.NO_ANSWER, took_s=4.3)


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [
        (Attempts((GOOD,)), ConnectionReading(reached=Reached.PROVIDER)),
        # The provider answers: whatever else is odd does not matter for a visit.
        (Attempts((GOOD,), (SILENT,), (page(End.FOREIGN),)), ConnectionReading(reached=Reached.PROVIDER)),
        (
            Attempts((GOOD, host(End.NO_ANSWER, "media.test"))),
            ConnectionReading(reached=Reached.PROVIDER, hosts_unreachable=("media.test",)),
        ),
        (
            Attempts((GOOD, host(End.TALKING, "media.test"))),
            ConnectionReading(reached=Reached.PROVIDER, hosts_unreachable=("media.test",)),
        ),
        # On a slow line a host that has not finished may still come.
        (
            Attempts((host(End.GOOD, took_s=3.0), host(End.TALKING, "media.test"))),
            ConnectionReading(reached=Reached.PROVIDER),
        ),
        (Attempts((), (OTHER,)), ConnectionReading(reached=Reached.INTERNET)),
        (Attempts((), (), (page(End.GOOD),)), ConnectionReading(reached=Reached.INTERNET)),
        (Attempts((), (OTHER,), (page(End.FOREIGN),)), ConnectionReading(reached=Reached.INTERNET)),
        (
            Attempts((SILENT,), (OTHER,)),
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("visit.test",)),
        ),
        (
            Attempts((host(End.NO_NAME, resolved=False),), (), (page(End.GOOD),)),
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("visit.test",)),
        ),
        (
            Attempts((host(End.TALKING),), (host(End.GOOD, took_s=3.0),)),
            ConnectionReading(failure=Failure.NOT_ANSWERING),
        ),
        (Attempts((host(End.PROXY_LOGIN),)), ConnectionReading(reached=Reached.PROXY_LOGIN)),
        (Attempts((SILENT,), (), (page(End.PROXY_LOGIN),)), ConnectionReading(reached=Reached.PROXY_LOGIN)),
        (
            Attempts((host(End.UNTRUSTED),), (), (page(End.FOREIGN, portal_url="http://hotel.test/"),)),
            ConnectionReading(reached=Reached.PORTAL, portal_url="http://hotel.test/"),
        ),
        # One page has changed, another is as it should be: no sign-in page.
        (
            Attempts((SILENT,), (), (page(End.FOREIGN), page(End.GOOD))),
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("visit.test",)),
        ),
        (
            Attempts((host(End.UNTRUSTED), host(End.UNTRUSTED, issuer="Shield")), (OTHER,)),
            ConnectionReading(reached=Reached.INTERCEPTED, certificate_issuer="Shield"),
        ),
        (Attempts((host(End.UNTRUSTED),)), ConnectionReading(reached=Reached.INTERCEPTED)),
        (
            Attempts((SILENT,), (host(End.UNTRUSTED, issuer="Shield"),)),
            ConnectionReading(reached=Reached.INTERCEPTED, certificate_issuer="Shield"),
        ),
        # Some other host's certificate is its own matter as long as another one is trusted.
        (
            Attempts((SILENT,), (host(End.UNTRUSTED), OTHER)),
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("visit.test",)),
        ),
        (
            Attempts((host(End.DATED),), (), (page(End.GOOD, web_time=NOW - 36_000),)),
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("visit.test",), clock_off_h=10.0),
        ),
        (
            Attempts((host(End.DATED),)),
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("visit.test",)),
        ),
        (
            Attempts((), (host(End.DATED, "elsewhere.test"),)),
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("elsewhere.test",)),
        ),
        (Attempts((SILENT,), (SILENT,), (page(End.NO_ANSWER),)), ConnectionReading(reached=Reached.NAMES)),
        (Attempts((host(End.BROKEN),)), ConnectionReading(reached=Reached.NAMES)),
        # Names that only the computer itself knows are no names resolved.
        (Attempts((host(End.NO_NAME, resolved=False),)), ConnectionReading(reached=Reached.GATEWAY)),
        (Attempts((), (), (page(End.BROKEN),)), ConnectionReading(reached=Reached.NAMES)),
        (Attempts((host(End.NO_ANSWER, "192.0.2.7", resolved=False),)), ConnectionReading(reached=Reached.NAMES)),
        # Something took the connection and is only slow: no line is not what this is.
        (Attempts((host(End.TALKING),)), ConnectionReading(failure=Failure.NOT_ANSWERING)),
        (Attempts((), (), (page(End.TALKING),)), ConnectionReading(failure=Failure.NOT_ANSWERING)),
        (Attempts(), ConnectionReading(failure=Failure.NO_SERVER)),
    ],
)
def test_what_attempts_mean(attempts: Attempts, expected: ConnectionReading) -> None:
    assert concluded(attempts) == expected


@pytest.mark.parametrize(
    ("local", "reached"),
    [
        (LocalLayers(connected=False, address=False, route=False), Reached.NOTHING),
        (LocalLayers(connected=True, address=False, route=False), Reached.LINK),
        (LocalLayers(connected=True, address=True, route=False), Reached.ADDRESS),
        (LocalLayers(connected=True, address=True, route=True, gateway_silent=True), Reached.ADDRESS),
    ],
)
@pytest.mark.parametrize("attempts", [Attempts(), Attempts((SILENT,)), Attempts((host(End.NO_NAME, resolved=False),))])
def test_layers_inside_the_computer_count_when_nothing_answers(
    attempts: Attempts, local: LocalLayers, reached: Reached
) -> None:
    assert concluded(attempts, local) == ConnectionReading(reached=reached)
    # And they do not when something does: an odd network is not a broken one.
    assert concluded(Attempts((GOOD,)), local).reached is Reached.PROVIDER


@pytest.mark.parametrize(
    ("status", "body", "expected", "end"),
    [
        (200, b"success\n", "success", End.GOOD),
        (200, b"<html>Welcome", "success", End.FOREIGN),
        (200, b"", "success", End.FOREIGN),
        (204, b"", "", End.GOOD),
        (200, b"<html>Welcome", "", End.FOREIGN),
        (302, b"", "success", End.FOREIGN),
        (511, b"success", "success", End.FOREIGN),
        (407, b"success", "success", End.PROXY_LOGIN),
        (404, b"", "success", End.BROKEN),
        (503, b"success", "success", End.BROKEN),
        (200, b"\xff\xfe", "success", End.FOREIGN),
    ],
)
def test_what_a_page_means(status: int, body: bytes, expected: str, end: End) -> None:
    assert judge_page(status, body, expected) is end


ASKED = "http://check.test/page.txt"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (None, ASKED),
        ("https://hotel.test:8443/in?mac=00:11#top", "https://hotel.test:8443/in"),
        ("/login?x=1", "http://check.test/login"),
        ("javascript:alert(1)", ASKED),
        ("http://[broken", ASKED),
        ("http://hotel.test:port/", ASKED),
        ("http://hotel.test/" + "a" * 900, "http://hotel.test/" + "a" * 482),
    ],
)
def test_where_to_sign_in(location: str | None, expected: str) -> None:
    assert sign_in_page(ASKED, location) == expected


@pytest.fixture
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with one cable and no proxy."""
    monkeypatch.setattr(connection_open, "system_proxies", dict)
    monkeypatch.setattr(connection_adapters, "adapters", lambda: (Adapter("eth0", True, ("192.0.2.2",)),))
    monkeypatch.setattr(connection_adapters, "source_addresses", lambda: ("192.0.2.2",))
    monkeypatch.setattr(connection_adapters, "describe", lambda found, sources: Kind(Medium.WIFI, False, -60.0))
    monkeypatch.setattr(connection_adapters, "local_layers", lambda found, sources: FINE)


def ending(ends: dict[str, End], delays_s: dict[str, float]) -> Callable[..., End]:
    def attempt(tried: Attempt, *rest: object) -> End:
        deadline = rest[-1]
        assert isinstance(deadline, float)
        threading.Event().wait(min(delays_s.get(tried.target, 0.0), max(0.0, deadline - time.monotonic())))
        return ends[tried.target]

    return attempt


@pytest.mark.usefixtures("quiet_machine")
def test_the_probe_tells_what_carries_the_line_before_it_knows_how_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_try_host", ending({"visit.test": End.GOOD}, {}))
    told: list[ConnectionReading] = []
    reading = connection.read(Task(hosts=("visit.test",)), told.append)
    assert told == [ConnectionReading(medium=Medium.WIFI, signal_bars=3, vpn=False, proxy=False)]
    assert reading == ConnectionReading(
        medium=Medium.WIFI, signal_bars=3, vpn=False, proxy=False, reached=Reached.PROVIDER
    )


@pytest.mark.may_leave_threads("connection attempt")
@pytest.mark.usefixtures("quiet_machine")
@pytest.mark.parametrize(
    ("delays_s", "least_s", "most_s", "unreachable"),
    [
        ({}, 0.0, 0.5, ()),
        ({"elsewhere.test": 9.0, "http://check.test/": 9.0}, 0.0, 0.5, ()),  # nobody waits for those that do not count
        ({"media.test": 9.0}, 1.4, 2.2, ("media.test",)),
        ({"visit.test": 0.3, "media.test": 1.0}, 0.9, 1.8, ()),
    ],
)
def test_how_long_the_probe_waits_for_whom(
    delays_s: dict[str, float],
    least_s: float,
    most_s: float,
    unreachable: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends = dict.fromkeys(("visit.test", "media.test", "elsewhere.test", "http://check.test/"), End.GOOD)
    monkeypatch.setattr(connection, "_try_host", ending(ends, delays_s))
    monkeypatch.setattr(connection, "_try_page", ending(ends, delays_s))
    task = Task(
        hosts=("visit.test", "media.test"),
        other_hosts=("elsewhere.test",),
        portal_pages=(PortalPage(url="http://check.test/", body="x"),),
    )
    started = time.monotonic()
    reading = connection.read(task, lambda partial: None)
    took_s = time.monotonic() - started
    assert reading.reached is Reached.PROVIDER
    assert reading.hosts_unreachable == unreachable
    assert least_s <= took_s <= most_s


@pytest.mark.may_leave_threads("what carries the line")
@pytest.mark.usefixtures("quiet_machine")
def test_a_system_that_does_not_tell_in_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(found: object, sources: object) -> Kind:
        threading.Event().wait(2.0)
        return Kind(Medium.WIRED)

    monkeypatch.setattr(connection, "DEADLINE_S", 0.5)
    monkeypatch.setattr(connection_adapters, "describe", never)
    monkeypatch.setattr(connection, "_try_host", ending({"visit.test": End.GOOD}, {}))
    reading = connection.read(Task(hosts=("visit.test",)), lambda partial: None)
    assert (reading.medium, reading.vpn, reading.reached) == (None, None, Reached.PROVIDER)
