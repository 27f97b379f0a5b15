"""The call quality check, row by row: both sides of every limit, every way, and everything that could not be had."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.checks.call_quality import CallQualityCheck, CallQualityRequirement
from readiness.model import Failure, Param, Status, Verdict, judge_verdict
from readiness.profile import Limit
from readiness.readings import CallQualityReading, Transport

TODAY = date(2026, 11, 21)
NEEDS = CallQualityRequirement(
    required=True,
    loss_pct=Limit(source="loss", fail_above=5, warn_above=2),
    delay_ms=Limit(source="delay", fail_above=150, warn_above=75),
    jitter_ms=Limit(source="jitter", fail_above=100, warn_above=40),
    rate_mbps=Limit(source="rate", warn_below=1.2),
)
GOOD = CallQualityReading(
    transport=Transport.UDP,
    rate_mbps=1.5,
    packets_sent=1500,
    packets_counted=1500,
    loss_pct=0.3,
    loop_ms=40.0,
    delay_ms=20.0,
    jitter_ms=2.5,
    own_pause_ms=0.0,
    mos=4.3,
)

Row = tuple[str, Status, dict[str, Param]]


def judge(reading: CallQualityReading, requirement: CallQualityRequirement = NEEDS) -> list[Row]:
    findings = CallQualityCheck().judge(reading, requirement, TODAY)
    return [(finding.id.removeprefix("call_quality."), finding.status, dict(finding.params)) for finding in findings]


def but(**changes: object) -> CallQualityReading:
    """The good reading, changed."""
    return msgspec.structs.replace(GOOD, **changes)


def ok(**facts: Param) -> Row:
    return ("ok", Status.PASS, {"mos": 4.3, "loss_pct": 0.3, "delay_ms": 20.0, "jitter_ms": 2.5, **facts})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [ok()]),
        ({"loss_pct": 2.0}, [ok(loss_pct=2.0)]),
        ({"loss_pct": 2.01}, [("loss", Status.WARN, {"loss_pct": 2.1})]),
        ({"loss_pct": 5.0}, [("loss", Status.WARN, {"loss_pct": 5.0})]),
        ({"loss_pct": 5.01}, [("too_much_loss", Status.FAIL, {"loss_pct": 5.1})]),
        ({"loss_pct": 60.0}, [("too_much_loss", Status.FAIL, {"loss_pct": 60.0})]),
        ({"delay_ms": 75.0}, [ok(delay_ms=75.0)]),
        ({"delay_ms": 75.2}, [("delay", Status.WARN, {"delay_ms": 76.0})]),
        ({"delay_ms": 150.0}, [("delay", Status.WARN, {"delay_ms": 150.0})]),
        ({"delay_ms": 150.4}, [("too_much_delay", Status.FAIL, {"delay_ms": 151.0})]),
        ({"jitter_ms": 40.0}, [ok(jitter_ms=40.0)]),
        ({"jitter_ms": 40.1}, [("jitter", Status.WARN, {"jitter_ms": 41.0})]),
        ({"jitter_ms": 100.0}, [("jitter", Status.WARN, {"jitter_ms": 100.0})]),
        ({"jitter_ms": 100.1}, [("too_much_jitter", Status.FAIL, {"jitter_ms": 101.0})]),
        ({"rate_mbps": 1.2}, [ok()]),
        ({"rate_mbps": 1.08}, [("low_rate", Status.WARN, {"rate_mbps": 1.08})]),
        # However low: rates are for the bandwidth check to fail.
        ({"rate_mbps": 0.1}, [("low_rate", Status.WARN, {"rate_mbps": 0.1})]),
        ({"transport": Transport.TCP}, [("udp_blocked", Status.WARN, {})]),
        ({"transport": Transport.TLS}, [("tls_only", Status.WARN, {})]),
        (
            {"transport": Transport.TCP, "delay_ms": 400.0},
            [("too_much_delay", Status.FAIL, {"delay_ms": 400.0}), ("udp_blocked", Status.WARN, {})],
        ),
        (
            {"loss_pct": 8.0, "delay_ms": 80.0, "jitter_ms": 120.0, "rate_mbps": 0.6},
            [
                ("too_much_loss", Status.FAIL, {"loss_pct": 8.0}),
                ("too_much_jitter", Status.FAIL, {"jitter_ms": 120.0}),
                ("delay", Status.WARN, {"delay_ms": 80.0}),
                ("low_rate", Status.WARN, {"rate_mbps": 0.6}),
            ],
        ),
        # The estimate of the sound is told, and decides nothing.
        ({"mos": 1.1}, [ok(mos=1.1)]),
    ],
)
def test_packets_and_their_way(changes: dict[str, object], expected: list[Row]) -> None:
    assert judge(but(**changes)) == expected


def test_without_the_estimate_the_rest_is_told_all_the_same() -> None:
    ((_, status, params),) = judge(but(mos=None))
    assert status is Status.PASS
    assert params == {"loss_pct": 0.3, "delay_ms": 20.0, "jitter_ms": 2.5}


@pytest.mark.parametrize(
    ("changes", "is_disturbed"),
    [
        ({"own_pause_ms": None, "packets_sent": None, "packets_counted": None}, False),
        ({"own_pause_ms": 500.0}, False),
        ({"own_pause_ms": 501.0}, True),
        ({"packets_counted": 1200}, False),
        ({"packets_counted": 1199}, True),
        ({"packets_sent": None, "packets_counted": 0}, False),
        ({"packets_counted": None}, False),
        # Nothing is left to count, so there are no facts of the line either.
        ({"packets_counted": 0, "loss_pct": None, "delay_ms": None, "jitter_ms": None}, True),
    ],
)
def test_what_this_computer_did_itself_is_not_blamed_on_the_line(
    changes: dict[str, object], is_disturbed: bool
) -> None:
    found = judge(but(**changes))
    assert (found == [("disturbed", Status.UNKNOWN, {})]) is is_disturbed
    if is_disturbed and "loss_pct" not in changes:
        terrible = but(**changes, loss_pct=50.0, delay_ms=900.0, jitter_ms=300.0, rate_mbps=0.1)
        assert judge(terrible) == [("disturbed", Status.UNKNOWN, {})]


def test_a_blocked_transport_is_known_whoever_disturbed_the_packets() -> None:
    assert judge(but(own_pause_ms=1500.0, transport=Transport.TCP)) == [
        ("disturbed", Status.UNKNOWN, {}),
        ("udp_blocked", Status.WARN, {}),
    ]


@pytest.mark.parametrize("fact", ["transport", "rate_mbps", "loss_pct", "delay_ms", "jitter_ms", "packets_counted"])
def test_a_fact_that_is_missing_is_never_good(fact: str) -> None:
    assert judge(but(**{fact: None})) == [("not_checked", Status.UNKNOWN, {"reason": "crashed"})]


def test_no_packets_are_no_good_packets() -> None:
    nothing = but(packets_sent=0, packets_counted=0)
    assert judge(nothing) == [("not_checked", Status.UNKNOWN, {"reason": "crashed"})]


@pytest.mark.parametrize("failure", list(Failure))
@pytest.mark.parametrize("facts", [CallQualityReading(), GOOD], ids=["nothing", "good so far"])
def test_a_measurement_that_did_not_end_well_is_never_a_pass(failure: Failure, facts: CallQualityReading) -> None:
    expected: Row = ("not_checked", Status.UNKNOWN, {"reason": failure.value})
    if failure is Failure.SERVER_UNREACHABLE:
        expected = ("server_unreachable", Status.UNKNOWN, {})
    elif failure in (Failure.NO_CONNECTION, Failure.NO_SERVER):
        expected = ("not_measured", Status.UNKNOWN, {"reason": failure.value})
    assert judge(msgspec.structs.replace(facts, failure=failure)) == [expected]


def test_a_password_that_is_not_taken_is_our_fault() -> None:
    refused = CallQualityReading(failure=Failure.SERVER_UNREACHABLE, credentials_refused=True)
    assert judge(refused) == [("credentials_refused", Status.UNKNOWN, {})]


def test_another_server_that_did_take_the_password_is_what_counts() -> None:
    assert judge(but(credentials_refused=True)) == [ok()]


def test_a_profile_that_asks_for_no_number_gets_no_judgement_but_still_no_pass_for_a_gap() -> None:
    nothing = CallQualityRequirement()
    assert judge(but(loss_pct=50.0, rate_mbps=0.1), nothing) == [ok(loss_pct=50.0)]
    assert judge(CallQualityReading(), nothing) == [("not_checked", Status.UNKNOWN, {"reason": "crashed"})]


@pytest.mark.parametrize("name", profiles.shipped())
def test_a_shipped_profile_without_a_turn_server_does_not_leave_every_visit_partly_checked(name: str) -> None:
    profile = profiles.load(name, {check.id: check.requires for check in CHECKS})
    demands = profile.requirement("call_quality", CallQualityRequirement)
    assert profile.turn == ()
    assert not demands.required
    assert None not in (demands.loss_pct, demands.delay_ms, demands.jitter_ms, demands.rate_mbps)


@pytest.mark.parametrize(
    ("required", "verdict"), [(False, Verdict.READY), (True, Verdict.PARTLY_CHECKED)], ids=["left out", "required"]
)
def test_not_measured_holds_up_the_verdict_only_where_a_profile_requires_it(required: bool, verdict: Verdict) -> None:
    ((_, status, _),) = judge(CallQualityReading(failure=Failure.NO_SERVER))
    assert judge_verdict([(True, Status.PASS), (required, status)]) is verdict
