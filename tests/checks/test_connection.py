"""The connection check, row by row: every layer, every hint, and everything that could not be had."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.checks import CHECKS
from readiness.checks.connection import MOST_TEST_MB, ConnectionCheck, ConnectionRequirement
from readiness.model import Failure, Finding, Param, Status
from readiness.probes import streams
from readiness.profile import Limit, load
from readiness.readings import ConnectionReading, Medium, Reached

TODAY = date(2026, 3, 1)
FOUR_BARS = ConnectionRequirement(required=True, signal_bars=Limit(source="flyer", warn_below=4))


def judge(
    reading: ConnectionReading, requirement: ConnectionRequirement = FOUR_BARS
) -> tuple[tuple[str, Status, dict[str, Param]], ...]:
    findings: tuple[Finding, ...] = ConnectionCheck().judge(reading, requirement, TODAY)
    return tuple((finding.id, finding.status, dict(finding.params)) for finding in findings)


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (ConnectionReading(reached=Reached.NOTHING), ("connection.no_link", Status.FAIL, {})),
        (ConnectionReading(reached=Reached.LINK), ("connection.no_address", Status.FAIL, {})),
        (ConnectionReading(reached=Reached.ADDRESS), ("connection.no_gateway", Status.FAIL, {})),
        (ConnectionReading(reached=Reached.GATEWAY), ("connection.no_dns", Status.FAIL, {})),
        (ConnectionReading(reached=Reached.NAMES), ("connection.no_internet", Status.FAIL, {})),
        (ConnectionReading(reached=Reached.PROXY_DOWN), ("connection.proxy_down", Status.FAIL, {})),
        # Answers came, too late: neither a line that works nor one that does not.
        (ConnectionReading(reached=Reached.LATE), ("connection.slow", Status.UNKNOWN, {})),
        (ConnectionReading(reached=Reached.LATE, answer_s=4.0), ("connection.slow", Status.UNKNOWN, {})),
        (
            ConnectionReading(reached=Reached.PORTAL, portal_url="http://hotel.example/login"),
            ("connection.captive_portal", Status.FAIL, {"url": "http://hotel.example/login"}),
        ),
        (ConnectionReading(reached=Reached.PORTAL), ("connection.captive_portal", Status.FAIL, {"url": ""})),
        (ConnectionReading(reached=Reached.PROXY_LOGIN), ("connection.proxy_login", Status.FAIL, {})),
        (
            ConnectionReading(reached=Reached.INTERCEPTED, certificate_issuer="Shield Antivirus"),
            ("connection.tls_intercepted", Status.FAIL, {"issuer": "Shield Antivirus"}),
        ),
        (ConnectionReading(reached=Reached.INTERCEPTED), ("connection.tls_intercepted", Status.FAIL, {"issuer": ""})),
        (
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("a.example", "b.example")),
            ("connection.provider_unreachable", Status.FAIL, {"hosts": ("a.example", "b.example")}),
        ),
        # A wrong clock makes every certificate look too old or too new: neither the provider nor the line is to blame.
        (
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("a.example",), clock_off_h=24.1),
            ("connection.wrong_clock", Status.FAIL, {}),
        ),
        (
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("a.example",), clock_off_h=-9000.0),
            ("connection.wrong_clock", Status.FAIL, {}),
        ),
        (
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("a.example",), clock_off_h=24.0),
            ("connection.provider_unreachable", Status.FAIL, {"hosts": ("a.example",)}),
        ),
        (ConnectionReading(reached=Reached.PROVIDER, clock_off_h=9000.0), ("connection.ok", Status.PASS, {})),
        # One of several hosts is out while another answers: told, but a visit may work.
        (
            ConnectionReading(reached=Reached.PROVIDER, hosts_unreachable=("b.example",)),
            ("connection.provider_unreachable", Status.WARN, {"hosts": ("b.example",)}),
        ),
        (ConnectionReading(reached=Reached.INTERNET), ("connection.online", Status.PASS, {})),
        (ConnectionReading(reached=Reached.PROVIDER), ("connection.ok", Status.PASS, {})),
        (ConnectionReading(reached=Reached.PROVIDER, proxy=True), ("connection.ok", Status.PASS, {})),
    ],
)
def test_each_layer_has_its_finding(reading: ConnectionReading, expected: tuple[str, Status, dict[str, Param]]) -> None:
    assert judge(reading) == (expected,)


@pytest.mark.parametrize("failure", list(Failure))
@pytest.mark.parametrize("reached", [None, Reached.NOTHING, Reached.GATEWAY, Reached.PROVIDER])
def test_an_unfinished_attempt_says_nothing_about_the_connection(failure: Failure, reached: Reached | None) -> None:
    reading = ConnectionReading(failure=failure, reached=reached)
    assert judge(reading) == (("connection.not_checked", Status.UNKNOWN, {"reason": failure.value}),)


def test_no_facts_and_no_reason_is_a_fault_of_ours() -> None:
    assert judge(ConnectionReading()) == (("connection.not_checked", Status.UNKNOWN, {"reason": "crashed"}),)


@pytest.mark.parametrize("reached", list(Reached))
def test_every_layer_is_judged(reached: Reached) -> None:
    (finding,) = judge(ConnectionReading(reached=reached))
    expected = {Reached.INTERNET: Status.PASS, Reached.PROVIDER: Status.PASS, Reached.LATE: Status.UNKNOWN}
    assert finding[1] is expected.get(reached, Status.FAIL)


@pytest.mark.parametrize(
    ("medium", "bars", "requirement", "expected"),
    [
        (Medium.WIFI, 4, FOUR_BARS, ("connection.ok", Status.PASS, {})),
        (Medium.WIFI, 3, FOUR_BARS, ("connection.weak_wifi", Status.WARN, {"bars": 3})),
        (Medium.WIFI, 0, FOUR_BARS, ("connection.weak_wifi", Status.WARN, {"bars": 0})),
        (Medium.WIFI, None, FOUR_BARS, ("connection.ok", Status.PASS, {})),
        (Medium.WIFI, 0, ConnectionRequirement(), ("connection.ok", Status.PASS, {})),
        (Medium.WIRED, None, FOUR_BARS, ("connection.ok", Status.PASS, {})),
        (Medium.WIRED, 0, FOUR_BARS, ("connection.ok", Status.PASS, {})),
        (Medium.MOBILE, 1, FOUR_BARS, ("connection.ok", Status.PASS, {})),
        (None, 1, FOUR_BARS, ("connection.ok", Status.PASS, {})),
        # Even where a profile says "fail", weak Wi-Fi is a hint: what counts is what came through.
        (
            Medium.WIFI,
            0,
            ConnectionRequirement(signal_bars=Limit(source="flyer", fail_below=1)),
            ("connection.weak_wifi", Status.WARN, {"bars": 0}),
        ),
    ],
)
def test_weak_wifi_is_a_hint(
    medium: Medium | None,
    bars: int | None,
    requirement: ConnectionRequirement,
    expected: tuple[str, Status, dict[str, Param]],
) -> None:
    reading = ConnectionReading(reached=Reached.PROVIDER, medium=medium, signal_bars=bars)
    assert judge(reading, requirement) == (expected,)


def ids(reading: ConnectionReading, requirement: ConnectionRequirement = FOUR_BARS) -> list[tuple[str, Status]]:
    return [finding[:2] for finding in judge(reading, requirement)]


SCRIPT, SOCKS, OK = "connection.proxy_script", "connection.socks_proxy", ("connection.ok", Status.PASS)


@pytest.mark.parametrize(
    ("reached", "expected"),
    [
        # What is the matter with the computer itself is the matter for its browser, too.
        (Reached.NOTHING, [("connection.no_link", Status.FAIL)]),
        (Reached.LINK, [("connection.no_address", Status.FAIL)]),
        # Where only our way ends, the browser's may not: that was not measured.
        (Reached.ADDRESS, [(SCRIPT, Status.UNKNOWN)]),
        (Reached.GATEWAY, [(SCRIPT, Status.UNKNOWN)]),
        (Reached.NAMES, [(SCRIPT, Status.UNKNOWN)]),
        (Reached.PROXY_DOWN, [(SCRIPT, Status.UNKNOWN)]),
        # What answered in somebody's place would answer the browser as well.
        (Reached.PORTAL, [("connection.captive_portal", Status.FAIL)]),
        (Reached.PROXY_LOGIN, [("connection.proxy_login", Status.FAIL)]),
        (Reached.INTERCEPTED, [("connection.tls_intercepted", Status.FAIL)]),
        (Reached.LATE, [("connection.slow", Status.UNKNOWN)]),
        # Our way works. The browser's may be another: a hint.
        (Reached.INTERNET, [(SCRIPT, Status.WARN), ("connection.online", Status.PASS)]),
        (Reached.PROVIDER, [(SCRIPT, Status.WARN)]),
    ],
)
def test_a_proxy_script_is_told_as_such_and_never_as_no_internet(
    reached: Reached, expected: list[tuple[str, Status]]
) -> None:
    assert ids(ConnectionReading(reached=reached, proxy_script="wpad.test")) == expected
    as_socks = [(SOCKS if name == SCRIPT else name, status) for name, status in expected]
    assert ids(ConnectionReading(reached=reached, socks=True)) == as_socks
    for nothing in (None, False):
        assert SOCKS not in dict(ids(ConnectionReading(reached=reached, socks=nothing)))


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        # The provider did not answer us directly: the browser's way was not measured.
        (
            ConnectionReading(reached=Reached.INTERNET, hosts_unreachable=("a.test",), proxy_script="wpad.test"),
            [(SCRIPT, Status.UNKNOWN)],
        ),
        # One of its hosts did, so that the direct way is open.
        (
            ConnectionReading(reached=Reached.PROVIDER, hosts_unreachable=("a.test",), proxy_script="wpad.test"),
            [("connection.provider_unreachable", Status.WARN), (SCRIPT, Status.WARN)],
        ),
        # A wrong clock is wrong for every way.
        (
            ConnectionReading(
                reached=Reached.INTERNET, hosts_unreachable=("a.test",), clock_off_h=99.0, proxy_script="wpad.test"
            ),
            [("connection.wrong_clock", Status.FAIL), (SCRIPT, Status.WARN)],
        ),
        # A script that the network would be asked for: most have none, and the direct way works.
        (ConnectionReading(reached=Reached.PROVIDER, proxy_script=""), [OK]),
        (ConnectionReading(reached=Reached.NAMES, proxy_script=""), [(SCRIPT, Status.UNKNOWN)]),
        # The script comes first where both are set, as it does in browsers.
        (ConnectionReading(reached=Reached.NAMES, proxy_script="wpad.test", socks=True), [(SCRIPT, Status.UNKNOWN)]),
    ],
)
def test_where_a_script_or_a_helper_matters(reading: ConnectionReading, expected: list[tuple[str, Status]]) -> None:
    assert ids(reading) == expected


def test_a_script_is_named_by_its_host() -> None:
    reading = ConnectionReading(reached=Reached.NAMES, proxy_script="wpad.test")
    assert judge(reading) == ((SCRIPT, Status.UNKNOWN, {"host": "wpad.test"}),)


LINE = ConnectionRequirement(
    answer_s=Limit(source="own", warn_above=2),
    others_down_mbps=Limit(source="own", warn_above=1),
    others_up_mbps=Limit(source="own", warn_above=0.5),
)
SLOW, IN_USE = ("connection.slow", Status.WARN), ("connection.line_in_use", Status.WARN)


@pytest.mark.parametrize(
    ("down_mbps", "up_mbps", "answer_s", "expected"),
    [
        (None, None, None, [OK]),
        (0.0, 0.0, 0.0, [OK]),
        (1.0, 0.5, 2.0, [OK]),
        (1.01, 0.0, 2.0, [IN_USE]),
        (0.0, 0.51, None, [IN_USE]),
        (None, 0.51, 0.1, [IN_USE]),
        (8.0, None, 0.1, [IN_USE]),
        (0.0, 0.0, 2.01, [SLOW]),
        # The cause comes before what it leads to.
        (8.0, 2.0, 3.0, [IN_USE, SLOW]),
    ],
)
def test_a_line_in_use_and_a_late_answer_are_hints(
    down_mbps: float | None, up_mbps: float | None, answer_s: float | None, expected: list[tuple[str, Status]]
) -> None:
    reading = ConnectionReading(
        reached=Reached.PROVIDER, others_down_mbps=down_mbps, others_up_mbps=up_mbps, answer_s=answer_s
    )
    assert ids(reading, LINE) == expected
    assert ids(reading, ConnectionRequirement()) == [OK]  # a profile that asks for none of it
    strict = ConnectionRequirement(
        answer_s=Limit(source="own", fail_above=2), others_up_mbps=Limit(source="own", fail_above=0.5)
    )
    assert {status for _, status in ids(reading, strict)} <= {Status.WARN, Status.PASS}


def test_what_others_move_is_quoted() -> None:
    reading = ConnectionReading(reached=Reached.PROVIDER, others_up_mbps=2.0)
    assert judge(reading, LINE) == (("connection.line_in_use", Status.WARN, {"down_mbps": 0.0, "up_mbps": 2.0}),)


@pytest.mark.parametrize("reached", [Reached.NAMES, Reached.GATEWAY, Reached.LATE])
def test_a_line_in_use_may_be_why_nothing_answers(reached: Reached) -> None:
    assert IN_USE in ids(ConnectionReading(reached=reached, others_up_mbps=2.0), LINE)
    assert SLOW not in ids(ConnectionReading(reached=reached, answer_s=9.0), LINE)


@pytest.mark.parametrize(("metered", "expected"), [(True, Status.WARN), (False, Status.PASS), (None, Status.PASS)])
def test_a_line_that_is_paid_by_use_is_a_hint_that_says_what_the_test_costs(
    metered: bool | None, expected: Status
) -> None:
    (finding,) = judge(ConnectionReading(reached=Reached.PROVIDER, metered=metered))
    assert finding[1] is expected
    assert finding[2] == ({"test_mb": MOST_TEST_MB} if metered else {})


def test_what_the_test_costs_at_most_is_what_its_probes_take_at_most() -> None:
    both_ways_mb = 2 * streams.MOST_BYTES / 1e6
    assert both_ways_mb + 6 <= MOST_TEST_MB <= both_ways_mb + 15


@pytest.mark.parametrize(("vpn", "status"), [(True, Status.WARN), (False, Status.PASS), (None, Status.PASS)])
def test_a_vpn_is_a_hint(vpn: bool | None, status: Status) -> None:
    assert judge(ConnectionReading(reached=Reached.PROVIDER, vpn=vpn))[0][1] is status


def test_hints_follow_what_ended_the_way() -> None:
    reading = ConnectionReading(reached=Reached.NAMES, medium=Medium.WIFI, signal_bars=1, vpn=True)
    assert [finding[0] for finding in judge(reading)] == [
        "connection.no_internet",
        "connection.weak_wifi",
        "connection.vpn",
    ]


def test_a_provider_that_was_not_asked_is_no_pass_for_its_own_profile() -> None:
    demanding = ConnectionRequirement(provider=True)
    (finding,) = ConnectionCheck().judge(ConnectionReading(reached=Reached.INTERNET), demanding, date(2026, 11, 21))
    assert (finding.id, finding.status) == ("connection.not_checked", Status.UNKNOWN)
    (finding,) = ConnectionCheck().judge(ConnectionReading(reached=Reached.PROVIDER), demanding, date(2026, 11, 21))
    assert finding.id == "connection.ok"


def test_the_profile_of_a_provider_with_hosts_demands_them() -> None:
    for name in ("kaiser_permanente", "ohsu_mychart"):
        profile = load(name, {check.id: check.requires for check in CHECKS})
        assert profile.network.hosts
        assert profile.requirement("connection", ConnectionRequirement).provider
