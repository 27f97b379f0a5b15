"""The bandwidth check, row by row: both sides of every limit, and everything that could not be had."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.checks.bandwidth import BandwidthCheck, BandwidthRequirement, shown_mbps
from readiness.model import Failure, Param, Status
from readiness.profile import Limit
from readiness.readings import BandwidthReading

TODAY = date(2026, 3, 1)
RATE = Limit(source="zoom", fail_below=0.6, warn_below=1.8)
NEEDS = BandwidthRequirement(
    required=True,
    down_mbps=RATE,
    up_mbps=RATE,
    rtt_ms=Limit(source="itu", warn_above=150, fail_above=300),
    sound_only_mbps=Limit(source="twilio", fail_below=0.1),
)

Row = tuple[str, Status, dict[str, Param]]


def judge(reading: BandwidthReading, requirement: BandwidthRequirement = NEEDS) -> list[Row]:
    findings = BandwidthCheck().judge(reading, requirement, TODAY)
    return [(finding.id, finding.status, dict(finding.params)) for finding in findings]


def measured(down_mbps: float | None, up_mbps: float | None, rtt_ms: float | None = None) -> BandwidthReading:
    return BandwidthReading(down_mbps=down_mbps, up_mbps=up_mbps, rtt_ms=rtt_ms, stopped_because="steady")


def failing(name: str, **params: Param) -> Row:
    return (f"bandwidth.{name}", Status.FAIL, params)


def warning(name: str, **params: Param) -> Row:
    return (f"bandwidth.{name}", Status.WARN, params)


def unknown(name: str, **params: Param) -> Row:
    return (f"bandwidth.{name}", Status.UNKNOWN, params)


@pytest.mark.parametrize(
    ("down_mbps", "up_mbps", "expected"),
    [
        (52.34, 9.87, [("bandwidth.ok", Status.PASS, {"down_mbps": 52.3, "up_mbps": 9.8})]),
        (1.8, 1.8, [("bandwidth.ok", Status.PASS, {"down_mbps": 1.8, "up_mbps": 1.8})]),
        (1.79, 5.0, [warning("slow_down", down_mbps=1.7)]),
        (5.0, 0.6, [warning("slow_up", up_mbps=0.6)]),
        (1.0, 1.0, [warning("slow_down", down_mbps=1.0), warning("slow_up", up_mbps=1.0)]),
        (0.599, 5.0, [failing("sound_only", down_mbps=0.59, up_mbps=5.0), failing("too_slow_down", down_mbps=0.59)]),
        (5.0, 0.3, [failing("sound_only", down_mbps=5.0, up_mbps=0.3), failing("too_slow_up", up_mbps=0.3)]),
        (
            0.1,
            0.1,
            [
                failing("sound_only", down_mbps=0.1, up_mbps=0.1),
                failing("too_slow_down", down_mbps=0.1),
                failing("too_slow_up", up_mbps=0.1),
            ],
        ),
        # Not even sound in one direction: nothing is promised.
        (5.0, 0.09, [failing("too_slow_up", up_mbps=0.09)]),
        (0.05, 5.0, [failing("too_slow_down", down_mbps=0.05)]),
        (
            1.0,
            0.5,
            [
                failing("sound_only", down_mbps=1.0, up_mbps=0.5),
                failing("too_slow_up", up_mbps=0.5),
                warning("slow_down", down_mbps=1.0),
            ],
        ),
        # One direction is missing: never ok, and no promise that sound would do.
        (50.0, None, [unknown("not_measured", reason="crashed")]),
        (None, 50.0, [unknown("not_measured", reason="crashed")]),
        (0.3, None, [failing("too_slow_down", down_mbps=0.3), unknown("not_measured", reason="crashed")]),
        (None, 1.0, [unknown("not_measured", reason="crashed"), warning("slow_up", up_mbps=1.0)]),
        (None, None, [unknown("not_measured", reason="crashed")]),
    ],
)
def test_rates(down_mbps: float | None, up_mbps: float | None, expected: list[Row]) -> None:
    assert judge(measured(down_mbps, up_mbps)) == expected


@pytest.mark.parametrize(
    ("rtt_ms", "expected"),
    [
        (None, [("bandwidth.ok", Status.PASS, {"down_mbps": 9.0, "up_mbps": 9.0})]),
        (150.0, [("bandwidth.ok", Status.PASS, {"down_mbps": 9.0, "up_mbps": 9.0})]),
        (150.6, [warning("slow_reply", rtt_ms=151)]),
        (900.0, [warning("slow_reply", rtt_ms=900)]),
    ],
)
def test_a_slow_reply_is_a_hint(rtt_ms: float | None, expected: list[Row]) -> None:
    assert judge(measured(9.0, 9.0, rtt_ms)) == expected


@pytest.mark.parametrize("failure", list(Failure))
def test_no_numbers_are_never_a_pass(failure: Failure) -> None:
    expected = {
        Failure.SERVER_UNREACHABLE: unknown("server_unreachable"),
        Failure.NO_CONNECTION: unknown("not_measured", reason="no_connection"),
        Failure.NO_SERVER: unknown("not_measured", reason="no_server"),
    }.get(failure, unknown("not_checked", reason=failure.value))
    assert judge(BandwidthReading(failure=failure)) == [expected]


@pytest.mark.parametrize("failure", [Failure.CANCELLED, Failure.CRASHED, Failure.NOT_ANSWERING])
def test_numbers_of_a_measurement_cut_off_in_the_middle_are_no_result(failure: Failure) -> None:
    reading = BandwidthReading(failure=failure, down_mbps=0.01, up_mbps=99.0)
    assert judge(reading) == [unknown("not_checked", reason=failure.value)]


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (Failure.SERVER_UNREACHABLE, unknown("server_unreachable")),
        (Failure.NO_CONNECTION, unknown("not_measured", reason="no_connection")),
    ],
)
def test_one_direction_measured_before_the_other_failed_is_still_judged(failure: Failure, expected: Row) -> None:
    slow = BandwidthReading(failure=failure, down_mbps=0.3)
    assert judge(slow) == [failing("too_slow_down", down_mbps=0.3), expected]
    assert judge(BandwidthReading(failure=failure, down_mbps=30.0)) == [expected]


def test_a_profile_that_asks_for_no_number_gets_no_judgement_but_still_no_pass_for_a_gap() -> None:
    nothing = BandwidthRequirement()
    assert judge(measured(0.01, 0.01, 900.0), nothing) == [
        ("bandwidth.ok", Status.PASS, {"down_mbps": 0.01, "up_mbps": 0.01})
    ]
    assert judge(measured(None, 0.01), nothing) == [unknown("not_measured", reason="crashed")]


def test_without_a_limit_for_sound_nothing_is_promised() -> None:
    rates_only = BandwidthRequirement(down_mbps=RATE, up_mbps=RATE)
    assert judge(measured(0.3, 9.0), rates_only) == [failing("too_slow_down", down_mbps=0.3)]


@pytest.mark.parametrize(
    ("mbps", "shown"),
    [(0.0, 0.0), (0.5999, 0.59), (0.6, 0.6), (0.35, 0.35), (1.1, 1.1), (1.7999, 1.7), (99.99, 99.9), (940.7, 940.0)],
)
def test_shown_rates_never_cross_a_limit(mbps: float, shown: float) -> None:
    assert shown_mbps(mbps) == shown
