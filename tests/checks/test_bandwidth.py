"""The bandwidth check, row by row: both sides of every limit, and everything that could not be had."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from readiness.checks.bandwidth import LONG_PAUSE_MS, BandwidthCheck, BandwidthRequirement
from readiness.model import Failure, Param, Status
from readiness.profile import Limit
from readiness.readings import BandwidthReading, Stop

TODAY = date(2026, 3, 1)
RATE = Limit(source="zoom", fail_below=0.6, warn_below=1.8)
NEEDS = BandwidthRequirement(
    required=True,
    down_mbps=RATE,
    up_mbps=RATE,
    rtt_ms=Limit(source="itu", warn_above=150, fail_above=300),
    jitter_ms=Limit(source="zoom", warn_above=40, fail_above=100),
    loaded_rtt_ms=Limit(source="maryland", warn_above=300),
    sound_only_mbps=Limit(source="twilio", fail_below=0.1),
)

Row = tuple[str, Status, dict[str, Param]]


def judge(reading: BandwidthReading, requirement: BandwidthRequirement = NEEDS) -> list[Row]:
    findings = BandwidthCheck().judge(reading, requirement, TODAY)
    return [(finding.id, finding.status, dict(finding.params)) for finding in findings]


def measured(down_mbps: float | None, up_mbps: float | None, rtt_ms: float | None = None) -> BandwidthReading:
    return BandwidthReading(down_mbps=down_mbps, up_mbps=up_mbps, rtt_ms=rtt_ms, stopped_because=Stop.STEADY)


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


GOOD: list[Row] = [("bandwidth.ok", Status.PASS, {"down_mbps": 9.0, "up_mbps": 9.0})]


@pytest.mark.parametrize(
    ("down_mbps", "up_mbps", "down_at_least", "up_at_least", "expected"),
    [
        (940.0, 412.0, True, True, [("bandwidth.ok", Status.PASS, {"down_mbps": 940.0, "up_mbps": 412.0})]),
        (1.8, 9.0, True, False, [("bandwidth.ok", Status.PASS, {"down_mbps": 1.8, "up_mbps": 9.0})]),
        # At least what a visit needs least: it will do, and may be better.
        (0.6, 9.0, True, False, [warning("unfinished")]),
        (1.7, 9.0, True, False, [warning("unfinished")]),
        # At least something, and nobody knows whether that is all: no failure, and no pass.
        (0.5, 9.0, True, False, [unknown("unfinished")]),
        (9.0, 0.05, False, True, [unknown("unfinished")]),
        (0.5, 1.0, True, True, [unknown("unfinished")]),
        # The other direction is as slow as it was measured.
        (0.5, 1.0, True, False, [unknown("unfinished"), warning("slow_up", up_mbps=1.0)]),
        (
            0.5,
            0.3,
            True,
            False,
            [
                failing("sound_only", down_mbps=0.5, up_mbps=0.3),
                failing("too_slow_up", up_mbps=0.3),
                unknown("unfinished"),
            ],
        ),
    ],
)
def test_a_rate_that_is_only_a_lower_bound_is_never_too_slow(
    down_mbps: float, up_mbps: float, down_at_least: bool, up_at_least: bool, expected: list[Row]
) -> None:
    reading = replace(measured(down_mbps, up_mbps), down_at_least=down_at_least, up_at_least=up_at_least)
    assert judge(reading) == expected


@pytest.mark.parametrize(
    ("down_mbps", "up_mbps", "own_pause_ms", "expected"),
    [
        (9.0, 9.0, None, GOOD),
        # What is fast enough in spite of the pause is fast enough.
        (9.0, 9.0, 30_000.0, GOOD),
        # A computer that is merely busy: a slow line is a slow line.
        (9.0, 1.0, 0.0, [warning("slow_up", up_mbps=1.0)]),
        (9.0, 1.0, LONG_PAUSE_MS, [warning("slow_up", up_mbps=1.0)]),
        (9.0, 0.05, 120.0, [failing("too_slow_up", up_mbps=0.05)]),
        (
            0.3,
            9.0,
            LONG_PAUSE_MS,
            [failing("sound_only", down_mbps=0.3, up_mbps=9.0), failing("too_slow_down", down_mbps=0.3)],
        ),
        # A computer that did not let the measurement run: the rate is the least that the line carries.
        (9.0, 1.0, LONG_PAUSE_MS + 1, [warning("disturbed")]),
        (9.0, 0.3, LONG_PAUSE_MS + 1, [unknown("disturbed")]),
        (0.05, 0.05, 4000.0, [unknown("disturbed")]),
        (0.3, 1.0, 4000.0, [unknown("disturbed")]),
        (0.3, None, 4000.0, [unknown("disturbed"), unknown("not_measured", reason="crashed")]),
    ],
)
def test_a_computer_that_stood_still_is_not_the_line(
    down_mbps: float | None, up_mbps: float | None, own_pause_ms: float | None, expected: list[Row]
) -> None:
    assert judge(replace(measured(down_mbps, up_mbps), own_pause_ms=own_pause_ms)) == expected


def test_a_pause_is_told_before_the_bytes_that_were_used_up() -> None:
    reading = replace(measured(0.3, 9.0), own_pause_ms=4000.0, down_at_least=True)
    assert judge(reading) == [unknown("disturbed")]


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (BandwidthReading(failure=Failure.NO_CONNECTION), [failing("broke_off")]),
        (BandwidthReading(failure=Failure.NO_CONNECTION, down_mbps=30.0), [failing("broke_off")]),
        # A line that died was perhaps slow before; that it died is what counts.
        (measured(0.3, 0.3, 900.0), [failing("broke_off")]),
        (measured(50.0, 50.0), [failing("broke_off")]),
        (replace(measured(50.0, None), own_pause_ms=120.0), [failing("broke_off")]),
        # A computer that slept loses its connections, and its line is none the worse for it.
        (replace(measured(50.0, None), own_pause_ms=90_000.0), [unknown("disturbed")]),
    ],
)
def test_a_line_that_dies_in_the_middle_is_told_as_that(reading: BandwidthReading, expected: list[Row]) -> None:
    assert judge(replace(reading, stopped_because=Stop.LOST)) == expected


@pytest.mark.parametrize("failure", [Failure.CANCELLED, Failure.CRASHED, Failure.NOT_ANSWERING])
def test_a_measurement_that_was_cut_off_is_no_dead_line(failure: Failure) -> None:
    reading = BandwidthReading(failure=failure, stopped_because=Stop.LOST)
    assert judge(reading) == [unknown("not_checked", reason=failure.value)]


@pytest.mark.parametrize(
    ("down_mbps", "down_spread_pct", "up_spread_pct", "expected"),
    [
        (9.0, None, None, GOOD),
        (9.0, 5.0, 5.0, GOOD),
        # Up and down, far above what is needed: nobody will notice.
        (9.0, 119.0, 60.0, GOOD),
        (7.2, 112.0, 0.0, [("bandwidth.ok", Status.PASS, {"down_mbps": 7.2, "up_mbps": 9.0})]),
        (7.2, 113.0, 0.0, [warning("unsteady", low_mbps=1.7)]),
        (9.0, 0.0, 144.0, [warning("unsteady", low_mbps=0.36)]),
        (9.0, 130.0, 144.0, [warning("unsteady", low_mbps=0.36)]),
        (9.0, 250.0, 0.0, [warning("unsteady", low_mbps=0.0)]),
        # A line that is nearly at rest just above the need is at rest.
        (1.8, 29.9, 0.0, [("bandwidth.ok", Status.PASS, {"down_mbps": 1.8, "up_mbps": 9.0})]),
        (1.8, 30.0, 0.0, [warning("unsteady", low_mbps=1.4)]),
        (2.25, 29.9, 0.0, [("bandwidth.ok", Status.PASS, {"down_mbps": 2.2, "up_mbps": 9.0})]),
        (2.25, 31.0, 0.0, [warning("unsteady", low_mbps=1.7)]),
        # A slow line is called slow, and that is enough.
        (1.7, 90.0, 0.0, [warning("slow_down", down_mbps=1.7)]),
        (None, 90.0, 0.0, [unknown("not_measured", reason="crashed")]),
    ],
)
def test_a_rate_that_dips_below_the_need_is_a_hint(
    down_mbps: float | None, down_spread_pct: float | None, up_spread_pct: float | None, expected: list[Row]
) -> None:
    reading = replace(measured(down_mbps, 9.0), down_spread_pct=down_spread_pct, up_spread_pct=up_spread_pct)
    assert judge(reading) == expected


def test_a_measurement_that_was_over_in_an_instant_says_nothing_of_ups_and_downs() -> None:
    reading = replace(measured(1000.0, 9.0), down_spread_pct=250.0)
    assert judge(reading) == [warning("unsteady", low_mbps=0.0)]
    assert [row[0] for row in judge(replace(reading, down_at_least=True))] == ["bandwidth.ok"]


@pytest.mark.parametrize(
    ("rtt_ms", "loaded_rtt_ms", "expected"),
    [
        (20.0, None, GOOD),
        (20.0, 300.0, GOOD),
        (20.0, 300.4, [warning("slow_when_busy", loaded_rtt_ms=300)]),
        (None, 900.0, [warning("slow_when_busy", loaded_rtt_ms=900)]),
        (200.0, 900.0, [warning("slow_reply", rtt_ms=200), warning("slow_when_busy", loaded_rtt_ms=900)]),
        # Late on the idle line already: not because it is busy.
        (301.0, 900.0, [warning("slow_reply", rtt_ms=301)]),
    ],
)
def test_answers_that_are_late_on_the_full_line_are_a_hint(
    rtt_ms: float | None, loaded_rtt_ms: float | None, expected: list[Row]
) -> None:
    assert judge(replace(measured(9.0, 9.0, rtt_ms), loaded_rtt_ms=loaded_rtt_ms)) == expected


@pytest.mark.parametrize(
    ("jitter_ms", "expected"),
    [
        (None, GOOD),
        (40.0, GOOD),
        (40.6, [warning("jitter", jitter_ms=41)]),
        (900.0, [warning("jitter", jitter_ms=900)]),
    ],
)
def test_uneven_answers_are_a_hint(jitter_ms: float | None, expected: list[Row]) -> None:
    assert judge(replace(measured(9.0, 9.0), jitter_ms=jitter_ms)) == expected


def test_what_a_pause_of_this_computer_did_is_not_told_of_the_line() -> None:
    reading = replace(
        measured(9.0, 9.0, 20.0), jitter_ms=400.0, loaded_rtt_ms=4000.0, down_spread_pct=300.0, own_pause_ms=4000.0
    )
    assert judge(reading) == GOOD


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
    everything = replace(measured(0.01, 0.01, 900.0), jitter_ms=900.0, loaded_rtt_ms=900.0, down_spread_pct=99.0)
    assert judge(everything, nothing) == [("bandwidth.ok", Status.PASS, {"down_mbps": 0.01, "up_mbps": 0.01})]
    assert judge(measured(None, 0.01), nothing) == [unknown("not_measured", reason="crashed")]


def test_without_a_limit_for_sound_nothing_is_promised() -> None:
    rates_only = BandwidthRequirement(down_mbps=RATE, up_mbps=RATE)
    assert judge(measured(0.3, 9.0), rates_only) == [failing("too_slow_down", down_mbps=0.3)]
