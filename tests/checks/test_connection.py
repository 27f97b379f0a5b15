"""The connection check, row by row: every layer, every hint, and everything that could not be had."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.checks import CHECKS
from readiness.checks.connection import ConnectionCheck, ConnectionRequirement
from readiness.model import Failure, Finding, Param, Status
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
    assert finding[1] is (Status.PASS if reached in (Reached.INTERNET, Reached.PROVIDER) else Status.FAIL)


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
