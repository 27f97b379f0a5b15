"""Counts of bytes as lines make them, and what they are taken for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from readiness.probes.steadiness import Estimate, Sample, estimate, overall


def samples(rate_mbps: Callable[[float], float], seconds: float, step_s: float = 0.02) -> list[Sample]:
    """A count that grows at ``rate_mbps(t)``."""
    counted, found = 0.0, [Sample(100.0, 0)]
    for number in range(1, round(seconds / step_s) + 1):
        counted += rate_mbps(number * step_s) * 125_000 * step_s
        found.append(Sample(100.0 + number * step_s, int(counted)))
    return found


def steady(found: Estimate | None) -> Estimate:
    assert found is not None
    return found


@pytest.mark.parametrize("mbps", [0.5, 3.0, 10.0, 200.0])
def test_an_even_line_is_read_as_it_is(mbps: float) -> None:
    found = steady(estimate(samples(lambda _: mbps, 3.0), 100.0))
    assert found.mbps == pytest.approx(mbps, rel=0.001)
    assert found.is_steady(20.0)


def test_the_ramp_does_not_count() -> None:
    growing = samples(lambda t: min(10.0, 40.0 * t * t), 2.0)
    assert steady(estimate(growing, 100.0)).mbps == pytest.approx(10.0, rel=0.01)
    assert overall(growing) == pytest.approx(10.0, rel=0.01)


def test_a_line_that_goes_up_and_down_is_not_steady() -> None:
    swinging = samples(lambda t: 10.0 if int(t / 0.7) % 2 else 2.0, 3.0)
    found = steady(estimate(swinging, 100.0))
    assert not found.is_steady(20.0)
    assert overall(swinging) == pytest.approx(6.0, rel=0.25)


def test_what_lies_before_the_last_stream_joined_does_not_count() -> None:
    more = samples(lambda t: 5.0 if t < 1.0 else 20.0, 2.0)
    assert steady(estimate(more, 101.0)).mbps == pytest.approx(20.0, rel=0.01)


def test_streams_that_have_only_just_joined_have_not_come_to_rest() -> None:
    found = steady(estimate(samples(lambda _: 10.0, 2.0), 101.9))
    assert not found.is_steady(1.0)
    assert not found.is_clear_of(1.0, 1.25)


@pytest.mark.parametrize(
    "few", [[], [Sample(1.0, 5)], [Sample(1.0, 5), Sample(1.05, 9)], [Sample(1.0, 5), Sample(3.0, 5)]]
)
def test_too_little_is_no_rate(few: list[Sample]) -> None:
    assert estimate(few, 1.0) is None


def test_overall_needs_something_behind_the_ramp() -> None:
    assert overall([]) is None
    assert overall([Sample(1.0, 5)]) is None
    assert overall([Sample(1.0, 5), Sample(3.0, 5)]) is None
    assert overall([Sample(1.0, 0), Sample(2.0, 125_000)]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("found", "rtt_ms", "expected"),
    [
        (Estimate(10.0, 0.05, 0.5, 100), 20.0, True),
        (Estimate(10.0, 0.051, 0.5, 100), 20.0, False),
        (Estimate(10.0, 0.0, 0.49, 100), 20.0, False),
        (Estimate(10.0, 0.0, 5.0, 99), 20.0, False),
        (Estimate(10.0, 0.0, 1.1, 500), 100.0, False),  # twelve round trips are not over yet
        (Estimate(10.0, 0.0, 1.2, 500), 100.0, True),
    ],
)
def test_when_a_line_is_steady(found: Estimate, rtt_ms: float, expected: bool) -> None:
    assert found.is_steady(rtt_ms) is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Estimate(10.0, 0.2, 0.5, 50), True),
        (Estimate(10.0, 0.31, 0.5, 50), False),  # far above, but all over the place
        (Estimate(10.0, 0.2, 0.4, 50), False),
        (Estimate(10.0, 0.0, 5.0, 39), False),
        (Estimate(2.3, 0.0, 5.0, 500), True),
        (Estimate(2.2, 0.0, 5.0, 500), False),  # near the need, on either side: nothing is clear
        (Estimate(1.5, 0.0, 5.0, 500), False),
        (Estimate(1.3, 0.1, 2.0, 500), True),
        (Estimate(1.3, 0.11, 2.0, 500), False),
        (Estimate(1.3, 0.0, 1.9, 500), False),
    ],
)
def test_when_a_line_is_clearly_above_or_below_what_is_needed(found: Estimate, expected: bool) -> None:
    assert found.is_clear_of(1.8, 1.25) is expected
