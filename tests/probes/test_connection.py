"""What attempts at hosts and pages together mean, row by row, and the probe's manners on the loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import msgspec
import pytest

from readiness.model import Failure
from readiness.probes import connection, connection_adapters, connection_names, connection_proxy
from readiness.probes.connection import Attempt, Attempts, End, Line, Task, judge_page, sign_in_page
from readiness.probes.connection_adapters import Adapter, Kind, LocalLayers, Traffic
from readiness.probes.connection_proxy import Settings
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
    """Without how long the answer took, which `test_how_late_an_answer_was` looks at."""
    return msgspec.structs.replace(
        ConnectionReading(), **{**connection.conclude(attempts, local, NOW), "answer_s": None}
    )


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
            ConnectionReading(reached=Reached.LATE),
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
        # A full line may swallow a packet: with answers this late nobody is to blame for it.
        (
            Attempts((host(End.GOOD, took_s=0.6), host(End.SILENT, "media.test"))),
            ConnectionReading(reached=Reached.PROVIDER),
        ),
        (
            Attempts((host(End.GOOD, took_s=0.5), host(End.SILENT, "media.test"))),
            ConnectionReading(reached=Reached.PROVIDER, hosts_unreachable=("media.test",)),
        ),
        # On a line that loses much, a host may only have been unlucky; one that was silent for long is gone.
        (
            Attempts((host(End.GOOD, took_s=2.0), host(End.NO_ANSWER, "media.test", took_s=4.3))),
            ConnectionReading(reached=Reached.PROVIDER),
        ),
        (
            Attempts((host(End.GOOD, took_s=2.0), host(End.NO_NAME, "media.test", took_s=4.0))),
            ConnectionReading(reached=Reached.PROVIDER),
        ),
        (
            Attempts((host(End.GOOD, took_s=1.0), host(End.NO_ANSWER, "media.test", took_s=4.3))),
            ConnectionReading(reached=Reached.PROVIDER, hosts_unreachable=("media.test",)),
        ),
        (
            Attempts((host(End.GOOD, took_s=1.0), host(End.NO_ANSWER, "media.test", took_s=0.7))),
            ConnectionReading(reached=Reached.PROVIDER, hosts_unreachable=("media.test",)),
        ),
        # A page is a fraction of a handshake: it may be quick on a line on which handshakes are not.
        (
            Attempts((host(End.TALKING), host(End.SILENT, "media.test")), (), (page(End.GOOD),)),
            ConnectionReading(reached=Reached.LATE),
        ),
        (
            Attempts((host(End.SILENT),), (), (page(End.GOOD),)),
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("visit.test",)),
        ),
        # A trusted host elsewhere has no sign-in page before it: then the page has changed.
        (
            Attempts((SILENT,), (OTHER,), (page(End.FOREIGN),)),
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("visit.test",)),
        ),
        # Something took the connection and is only slow: no line is not what this is.
        (Attempts((host(End.TALKING),)), ConnectionReading(reached=Reached.LATE)),
        (Attempts((), (), (page(End.TALKING),)), ConnectionReading(reached=Reached.LATE)),
        (Attempts((host(End.NO_NAME, resolved=False),), names_late=True), ConnectionReading(reached=Reached.LATE)),
        # And something that takes every connection and never says a word is no internet.
        (Attempts((host(End.SILENT),), (host(End.SILENT),)), ConnectionReading(reached=Reached.NAMES)),
        # The proxy ended every attempt.
        (Attempts((host(End.PROXY_GONE),)), ConnectionReading(reached=Reached.PROXY_DOWN)),
        (
            Attempts((host(End.REFUSED), host(End.PROXY_GONE)), (host(End.REFUSED),), (page(End.BROKEN),)),
            ConnectionReading(reached=Reached.PROXY_DOWN),
        ),
        (Attempts((host(End.REFUSED),), (), (page(End.GOOD),)), ConnectionReading(reached=Reached.PROXY_DOWN)),
        (Attempts((), (), (page(End.PROXY_GONE),)), ConnectionReading(reached=Reached.PROXY_DOWN)),
        # It lets others through: it may not know the provider, or not like it.
        (
            Attempts((host(End.REFUSED),), (OTHER,)),
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("visit.test",)),
        ),
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
@pytest.mark.parametrize(
    "attempts",
    [
        Attempts(),
        Attempts((SILENT,)),
        Attempts((host(End.NO_NAME, resolved=False),)),
        Attempts((host(End.PROXY_GONE),)),
    ],
)
def test_layers_inside_the_computer_count_when_nothing_answers(
    attempts: Attempts, local: LocalLayers, reached: Reached
) -> None:
    assert concluded(attempts, local) == ConnectionReading(reached=reached)
    # And they do not when something does: an odd network is not a broken one.
    assert concluded(Attempts((GOOD,)), local).reached is Reached.PROVIDER


@pytest.mark.parametrize(
    ("attempts", "answer_s"),
    [
        (Attempts((host(End.GOOD, took_s=0.1234), host(End.GOOD, took_s=0.4))), 0.12),
        (Attempts((host(End.GOOD, took_s=3.0),), (host(End.GOOD, took_s=0.1),)), 3.0),
        (Attempts((), (host(End.GOOD, took_s=0.3),)), 0.3),
        (Attempts((SILENT,), (host(End.GOOD, took_s=0.3),)), 0.3),
        (Attempts((host(End.TALKING),), (host(End.GOOD, took_s=3.0),)), 3.0),
        (Attempts((), (), (page(End.GOOD),)), None),
        (Attempts((SILENT,)), None),
    ],
)
def test_how_late_an_answer_was(attempts: Attempts, answer_s: float | None) -> None:
    assert connection.conclude(attempts, FINE, NOW).get("answer_s") == answer_s


@pytest.mark.parametrize(
    ("step_before_s", "silent_s", "end"),
    [
        (0.01, 1.4, End.TALKING),
        (0.01, 1.6, End.SILENT),
        (1.0, 2.9, End.TALKING),
        (1.0, 3.1, End.SILENT),
    ],
)
def test_who_is_slow_and_who_is_silent(step_before_s: float, silent_s: float, end: End) -> None:
    assert connection._unfinished(step_before_s, silent_s, otherwise=End.SILENT) is end


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
    """A computer with one cable and no proxy, watched for a moment only."""
    moved = iter([(1000, 2000), (126_000, 14_500)])
    monkeypatch.setattr(connection, "QUIET_S", 0.1)
    monkeypatch.setattr(connection_proxy, "settings", Settings)
    monkeypatch.setattr(connection_names, "answers", lambda name, deadline: False)
    monkeypatch.setattr(connection_adapters, "adapters", lambda: (Adapter("eth0", True, ("192.0.2.2",)),))
    monkeypatch.setattr(connection_adapters, "source_addresses", lambda: ("192.0.2.2",))
    monkeypatch.setattr(connection_adapters, "describe", lambda found, sources: Kind(Medium.WIFI, False, -60.0))
    monkeypatch.setattr(connection_adapters, "metered", lambda: True)
    monkeypatch.setattr(connection_adapters, "traffic", lambda: Traffic(time.monotonic(), {"eth0": next(moved)}))
    monkeypatch.setattr(connection_adapters, "local_layers", lambda found, sources: FINE)


def ending(ends: dict[str, End], delays_s: dict[str, float]) -> Callable[..., End]:
    def attempt(tried: Attempt, *rest: object) -> End:
        line = rest[-1]
        assert isinstance(line, Line)
        connection._hold(tried, line)
        threading.Event().wait(min(delays_s.get(tried.target, 0.0), max(0.0, line.deadline - time.monotonic())))
        return ends[tried.target]

    return attempt


@pytest.mark.usefixtures("quiet_machine")
def test_the_probe_tells_what_carries_the_line_before_it_knows_how_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_try_host", ending({"visit.test": End.GOOD}, {}))
    told: list[ConnectionReading] = []
    reading = connection.read(Task(hosts=("visit.test",)), told.append)
    carried = ConnectionReading(medium=Medium.WIFI, signal_bars=3, vpn=False, proxy=False, socks=False, metered=True)
    assert told[0] == carried
    assert len(told) == 2
    assert (reading.reached, reading.answer_s) == (Reached.PROVIDER, 0.0)
    # 125 kB down and 12.5 kB up in a tenth of a second and what it took to look.
    assert told[1].others_down_mbps == reading.others_down_mbps
    assert reading.others_down_mbps == pytest.approx(10.0, rel=0.3)
    assert reading.others_up_mbps == pytest.approx(1.0, rel=0.3)
    left = {"reached": None, "answer_s": None, "others_down_mbps": None, "others_up_mbps": None}
    assert msgspec.structs.replace(reading, **left) == carried


@pytest.mark.usefixtures("quiet_machine")
@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings({"https": "http://proxy.test:3128"}), (True, None, False)),
        (Settings({"all": "socks5://proxy.test:1080"}), (False, None, True)),
        (Settings({"no": "x.test"}, "http://wpad.test/a/proxy.pac?who=me"), (False, "wpad.test", False)),
        (Settings(script=""), (False, "", False)),
        (Settings(script="file:///home/person/office.pac"), (False, "office.pac", False)),
    ],
)
def test_what_is_told_of_the_settings(
    settings: Settings, expected: tuple[bool, str | None, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_proxy, "settings", lambda: settings)
    monkeypatch.setattr(connection, "_try_host", ending({"visit.test": End.GOOD}, {}))
    reading = connection.read(Task(hosts=("visit.test",)), lambda partial: None)
    assert (reading.proxy, reading.proxy_script, reading.socks) == expected


@pytest.mark.usefixtures("quiet_machine")
def test_a_line_that_is_not_there_is_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "QUIET_S", 30.0)
    monkeypatch.setattr(connection_adapters, "source_addresses", tuple)
    monkeypatch.setattr(connection, "_try_host", ending({"visit.test": End.NO_NAME}, {}))
    started = time.monotonic()
    reading = connection.read(Task(hosts=("visit.test",)), lambda partial: None)
    assert time.monotonic() - started < 1.0
    assert (reading.others_down_mbps, reading.others_up_mbps) == (None, None)


@pytest.mark.usefixtures("quiet_machine")
def test_names_that_come_too_late_for_the_system_are_late_and_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answers(name: str, deadline: float) -> bool:
        asked.append(name)
        return True

    def without_a_name(tried: Attempt, *rest: object) -> End:
        threading.Event().wait(0.8)
        return End.NO_NAME

    monkeypatch.setattr(connection_names, "answers", answers)
    monkeypatch.setattr(connection, "_try_host", without_a_name)
    reading = connection.read(Task(hosts=("192.0.2.1", "visit.test")), lambda partial: None)
    assert reading.reached is Reached.LATE
    assert asked == ["visit.test"]


@pytest.mark.may_leave_threads("connection attempt")
@pytest.mark.usefixtures("quiet_machine")
@pytest.mark.parametrize(
    ("delays_s", "least_s", "most_s", "unreachable"),
    [
        ({}, 0.1, 0.6, ()),
        ({"elsewhere.test": 9.0, "http://check.test/": 9.0}, 0.1, 0.6, ()),  # nobody waits for those that do not count
        ({"media.test": 9.0}, 1.5, 2.3, ("media.test",)),
        ({"visit.test": 0.3, "media.test": 1.0}, 1.0, 1.9, ()),
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


@pytest.mark.may_leave_threads("a question to the system")
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
