"""Counts of bytes as lines make them, and what they are taken for."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.probes import steadiness
from readiness.probes.steadiness import Estimate, Sample, burst_mbps, estimate, overall, plateau, present_mbps

PACKET = 1448
RTT_S = 0.02


def counted(rate_mbps: Callable[[float], float], seconds: float, step_s: float = 0.01) -> list[Sample]:
    """A count that grows at ``rate_mbps(t)``, and is noted whenever something has come."""
    total, found = 0.0, [Sample(100.0, 1.0)]
    for number in range(1, round(seconds / step_s) + 1):
        total += rate_mbps((number - 0.5) * step_s) * 125_000 * step_s
        if total > found[-1].arrived_bytes:
            found.append(Sample(100.0 + number * step_s, total))
    return found


def in_packets(mbps: float, seconds: float, *, phase: float = 0.0, lag_s: float = 0.0, seed: int = 1) -> list[Sample]:
    """Whole packets at an even rate, of which each is noted up to ``lag_s`` late, and never before the one before."""
    every_s = PACKET * 8e-6 / mbps
    chance = random.Random(seed)
    found: list[Sample] = []
    for number in range(int(seconds / every_s)):
        at_s = 100.0 + (number + phase) * every_s + chance.random() * lag_s
        if not found or at_s > found[-1].at_s:
            found.append(Sample(at_s, (number + 1) * PACKET))
    return found


def held_back(samples: Sequence[Sample], *stalls: tuple[float, float]) -> list[Sample]:
    """The same count when nothing is handed on during stalls (begin and length in seconds), and then all at once."""
    found = list(samples)
    for begin_s, length_s in stalls:
        begin, end = 100.0 + begin_s, 100.0 + begin_s + length_s
        found = [one for one in found if not begin < one.at_s < end]
    return found


def some(found: Estimate | None) -> Estimate:
    assert found is not None
    return found


def until_steady(samples: Sequence[Sample], rtt_s: float = RTT_S) -> tuple[float, Estimate] | None:
    """When a measurement would have ended by itself, in seconds from the first sample, and with what."""
    for count in range(6, len(samples) + 1):
        found = estimate(samples[:count], rtt_s)
        if found and found.is_steady(rtt_s * 1000):
            return samples[count - 1].at_s - samples[0].at_s, found
    return None


# Lines at rest


@pytest.mark.parametrize("mbps", [0.5, 3.0, 10.0, 200.0])
def test_an_even_line_is_read_as_it_is(mbps: float) -> None:
    found = some(estimate(counted(lambda _: mbps, 6.0), RTT_S))
    assert found.mbps == pytest.approx(mbps, rel=0.001)
    assert found.is_steady(20.0)


@given(
    mbps=st.floats(1.0, 900.0),
    phase=st.floats(0.0, 1.0),
    rtt_s=st.floats(0.001, 0.18),
    seconds=st.floats(3.5, 5.0),
)
def test_packets_at_any_rate_and_phase_are_read_within_a_per_cent(
    mbps: float, phase: float, rtt_s: float, seconds: float
) -> None:
    # On fast lines many packets are noted at once.
    every_s = PACKET * 8e-6 / mbps
    gathered = max(1, round(0.005 / every_s))
    packets = range(0, int(seconds / every_s), gathered)
    samples = [Sample(100.0 + (number + phase) * every_s, (number + 1) * PACKET) for number in packets]
    found = some(estimate(samples, rtt_s))
    assert found.mbps == pytest.approx(mbps, rel=0.01)
    assert found.is_steady(rtt_s * 1000)


@given(mbps=st.floats(2.0, 100.0), seed=st.integers(0, 1000))
def test_a_computer_that_looks_late_sees_the_same_line(mbps: float, seed: int) -> None:
    found = some(estimate(in_packets(mbps, 2.0, lag_s=0.004, seed=seed), RTT_S))
    assert found.mbps == pytest.approx(mbps, rel=0.02)


def test_the_ramp_does_not_count() -> None:
    growing = counted(lambda t: min(10.0, 40.0 * t * t), 2.0)
    assert some(estimate(growing, RTT_S)).mbps == pytest.approx(10.0, rel=0.01)
    assert some(overall(growing, RTT_S)).mbps == pytest.approx(10.0, rel=0.02)
    assert some(plateau(growing, RTT_S)).mbps == pytest.approx(10.0, rel=0.01)


@pytest.mark.parametrize("stall_s", [0.1, 0.2, 0.4])
@pytest.mark.parametrize("begin_s", [0.8, 1.3, 1.9])
def test_what_was_held_back_and_then_came_at_once_was_no_pause_of_the_line(begin_s: float, stall_s: float) -> None:
    found = some(estimate(held_back(counted(lambda _: 10.0, 3.0), (begin_s, stall_s)), RTT_S))
    assert found.mbps == pytest.approx(10.0, rel=0.02)
    assert found.is_steady(20.0)


def test_a_count_that_is_held_back_again_and_again() -> None:
    stalls = [(0.3 * number, 0.15) for number in range(1, 10)]
    found = some(estimate(held_back(counted(lambda _: 10.0, 3.0), *stalls), RTT_S))
    assert found.mbps == pytest.approx(10.0, rel=0.03)


# Lines that change


def test_a_line_that_steps_down_is_told_as_it_is_now() -> None:
    stepped = counted(lambda t: 20.0 if t < 1.0 else 5.0, 4.0)
    found = some(estimate(stepped, RTT_S))
    assert found.mbps == pytest.approx(5.0, rel=0.01)
    assert found.is_steady(20.0)


def test_a_line_that_steps_up_is_told_as_it_is_now() -> None:
    stepped = counted(lambda t: 5.0 if t < 1.0 else 20.0, 4.0)
    assert some(estimate(stepped, RTT_S)).mbps == pytest.approx(20.0, rel=0.01)


def test_a_line_that_has_only_just_changed_has_not_come_to_rest() -> None:
    just = counted(lambda t: 20.0 if t < 2.0 else 5.0, 2.6)
    assert not some(estimate(just, RTT_S)).is_steady(20.0)


def test_a_line_that_goes_up_and_down_is_never_at_rest() -> None:
    swinging = counted(lambda t: 10.0 if int(t / 0.7) % 2 else 2.0, 8.0)
    ended = until_steady(swinging)
    # Before it has changed for the first time nobody can know.
    assert ended is None or ended[0] < 0.75
    assert some(overall(swinging, RTT_S)).mbps == pytest.approx(6.0, rel=0.25)


def test_a_blackout_and_then_a_line_at_rest() -> None:
    dark = counted(lambda t: 0.0 if 0.5 < t < 2.0 else 10.0, 5.5)
    found = some(estimate(dark, RTT_S))
    assert found.mbps == pytest.approx(10.0, rel=0.02)
    assert found.is_steady(20.0)


def test_a_line_without_a_rest_is_told_over_all_of_it() -> None:
    falling = counted(lambda t: 12.0 - t, 8.0)
    assert not some(estimate(falling, RTT_S)).is_steady(20.0)
    assert some(overall(falling, RTT_S)).mbps == pytest.approx(7.8, rel=0.02)


def test_a_silence_at_the_end_counts() -> None:
    gone = [*counted(lambda _: 10.0, 4.0)]
    gone.append(Sample(gone[0].at_s + 8.0, gone[-1].arrived_bytes))
    assert some(overall(gone, RTT_S)).mbps == pytest.approx(5.0, rel=0.06)  # some of the rate was taken for a ramp


def test_the_plateau_is_the_even_end_behind_a_stumble() -> None:
    stumbled = counted(lambda t: 3.0 if 0.25 < t < 0.45 else 10.0, 1.2)
    assert some(plateau(stumbled, RTT_S)).mbps == pytest.approx(10.0, rel=0.01)


@pytest.mark.parametrize("mbps", [1.5, 10.0, 100.0])
def test_a_line_at_rest_is_known_soon(mbps: float) -> None:
    packets = in_packets(mbps, 3.0, lag_s=0.002)
    took_s, found = some_end(until_steady(packets[:: max(1, len(packets) // 500)]))
    assert 0.5 <= took_s <= 2.5
    assert found.mbps == pytest.approx(mbps, rel=0.02)


def some_end(ended: tuple[float, Estimate] | None) -> tuple[float, Estimate]:
    assert ended is not None
    return ended


# Too little


@pytest.mark.parametrize(
    "few",
    [
        [],
        [Sample(1.0, 5)],
        [Sample(1.0, 5), Sample(1.05, 9)],
        [Sample(1.0 + number / 10, 5) for number in range(9)],
        [Sample(1.0, 5.0 + number) for number in range(9)],
    ],
)
def test_too_little_is_no_rate(few: list[Sample]) -> None:
    assert estimate(few, RTT_S) is None
    assert overall(few, RTT_S) is None
    assert plateau(few, RTT_S) is None


def test_six_samples_are_enough_to_say_something_and_not_to_rest_on_it() -> None:
    few = [Sample(1.0 + number, number * 125_000) for number in range(6)]
    found = some(estimate(few, RTT_S))
    assert found.mbps == pytest.approx(1.0)
    assert estimate(few[:5], RTT_S) is None


def test_where_it_stood_between_two_samples_is_taken_to_be_between_them() -> None:
    coarse = [Sample(0.0, 0), Sample(2.0, 200), Sample(3.0, 300)]
    assert [steadiness._arrived(coarse, at_s) for at_s in (-1.0, 0.0, 0.5, 2.0, 2.25, 9.0)] == [0, 0, 50, 200, 225, 300]


# The last moments, and the fastest


def test_the_present_rate() -> None:
    stepped = counted(lambda t: 5.0 if t < 1.0 else 20.0, 2.0)
    assert present_mbps(stepped, 0.1) == pytest.approx(20.0)
    assert present_mbps(stepped, 5.0) == pytest.approx(12.5, rel=0.01)
    assert present_mbps([Sample(1.0, 7)], 0.1) == 0.0


def test_the_fastest_burst() -> None:
    bursting = counted(lambda t: 100.0 if 0.5 <= t < 0.55 else 2.0, 1.0)
    assert burst_mbps(bursting, 0.02) == pytest.approx(100.0, rel=0.01)
    assert burst_mbps(bursting, 0.1) == pytest.approx(51.0, rel=0.02)
    assert burst_mbps(bursting, 5.0) == 0.0
    assert burst_mbps([], 0.02) == 0.0
    assert burst_mbps([Sample(1.0, 7)], 0.02) == 0.0


@given(st.lists(st.tuples(st.floats(0.0001, 1.0), st.integers(1, 10**7)), max_size=40), st.floats(0.0, 0.3))
def test_no_count_is_too_odd(steps: list[tuple[float, int]], rtt_s: float) -> None:
    """Whatever has come, and when: a rate lies between nothing and the fastest there was."""
    at_s = itertools.accumulate((step_s for step_s, _ in steps), initial=50.0)
    arrived = itertools.accumulate((count for _, count in steps), initial=1)
    samples = [Sample(one, two) for one, two in zip(at_s, arrived, strict=True)]
    fastest = max((count * 8e-6 / step_s for step_s, count in steps), default=0.0)
    for found in (estimate(samples, rtt_s), overall(samples, rtt_s), plateau(samples, rtt_s)):
        if found is not None:
            assert 0 < found.mbps <= fastest * 1.001
            assert found.spread >= 0
            assert found.window_s > 0
            assert found.packets > 0


# When it is enough


@pytest.mark.parametrize(
    ("found", "rtt_ms", "expected"),
    [
        (Estimate(10.0, 0.04, 0.5, 100), 20.0, True),
        (Estimate(10.0, 0.041, 0.5, 100), 20.0, False),
        (Estimate(10.0, 0.0, 0.49, 100), 20.0, False),
        (Estimate(10.0, 0.0, 5.0, 99), 20.0, False),
        (Estimate(10.0, 0.0, 1.1, 500), 100.0, False),  # twelve round trips are not over yet
        (Estimate(10.0, 0.0, 1.2, 500), 100.0, True),
        (Estimate(10.0, 0.0, 1.4, 500, behind_s=0.1), 20.0, False),  # it was different a moment ago
        (Estimate(10.0, 0.0, 1.5, 500, behind_s=0.1), 20.0, True),
        (Estimate(10.0, 0.0, 1.9, 500, behind_s=2.0), 20.0, False),  # it was different for longer
        (Estimate(10.0, 0.0, 2.0, 500, behind_s=2.0), 20.0, True),
        (Estimate(10.0, 0.0, 2.0, 500, silence_s=1.0), 20.0, True),
        (Estimate(10.0, 0.0, 2.0, 500, silence_s=1.1), 20.0, False),  # what came after it seems to have come evenly
    ],
)
def test_when_a_line_is_steady(found: Estimate, rtt_ms: float, expected: bool) -> None:
    assert found.is_steady(rtt_ms) is expected


@pytest.mark.parametrize(
    ("found", "rtt_ms", "expected"),
    [
        (Estimate(10.0, 0.3, 3.0, 50), 20.0, True),
        (Estimate(10.0, 0.31, 3.0, 50), 20.0, False),  # far above, but all over the place
        (Estimate(10.0, 0.2, 2.3, 50), 20.0, False),
        (Estimate(10.0, 0.0, 5.0, 39), 20.0, False),
        (Estimate(2.3, 0.0, 5.0, 500), 20.0, True),
        (Estimate(2.2, 0.0, 5.0, 500), 20.0, False),  # near the need, on either side: nothing is clear
        (Estimate(1.5, 0.0, 5.0, 500), 20.0, False),
        (Estimate(1.3, 0.1, 3.0, 500), 20.0, True),
        (Estimate(1.3, 0.11, 3.0, 500), 20.0, False),
        (Estimate(1.3, 0.0, 1.5, 500), 20.0, False),
        (Estimate(1.3, 0.0, 3.0, 500, behind_s=0.1), 20.0, False),  # it was different a moment ago
        (Estimate(1.3, 0.0, 3.0, 39), 20.0, False),
        (Estimate(1.3, 0.0, 3.0, 500, silence_s=1.5), 20.0, True),
        (Estimate(1.3, 0.0, 3.0, 500, silence_s=1.6), 20.0, False),  # the line was away
        (Estimate(1.3, 0.0, 7.0, 500), 600.0, False),  # over a satellite it may still grow
        (Estimate(1.3, 0.0, 7.2, 500), 600.0, True),
        (Estimate(10.0, 0.0, 2.4, 500), 600.0, True),  # and what is enough does not become less
    ],
)
def test_when_a_line_is_clearly_above_or_below_what_is_needed(found: Estimate, rtt_ms: float, expected: bool) -> None:
    assert found.is_clear_of(1.8, 1.25, rtt_ms) is expected


def test_a_line_that_was_away_is_not_taken_for_one_that_is_even() -> None:
    """0.4 s at 5 Mbit/s, then nothing for 2.3 s, then what had waited: 110 kB."""
    before = [Sample(step * 0.01, step * 6250.0) for step in range(41)]
    after = [Sample(2.7, before[-1].arrived_bytes + 110_000)]
    found = estimate([*before, *after], 0.03)
    assert found is not None
    assert found.silence_s == pytest.approx(2.3)
    assert not found.is_steady(30.0)
    assert not found.is_clear_of(1.8, 1.25, 30.0)
