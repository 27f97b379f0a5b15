"""What packets say of a line, on lines that are made up packet by packet."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence

import pytest

from readiness.probes import call_packets
from readiness.probes.call_packets import Counted, Piece, Stretch, count, has_helped, is_cure, is_overrun, lower

#: Packets of a full call: 6.4 ms apart.
EVERY_S = 0.0064


def sent(
    loops_ms: Sequence[float | None], *, every_s: float = EVERY_S, from_s: float = 100.0, stretch: Stretch | None = None
) -> Stretch:
    """A stretch whose packets took so long each; None is lost. They come in the order of their coming."""
    stretch = stretch or Stretch(stream=7)
    numbers = [stretch.sends(from_s + at * every_s) for at in range(len(loops_ms))]
    coming = [
        (stretch.sent_s[number] + loop_ms / 1000, number)
        for number, loop_ms in zip(numbers, loops_ms, strict=True)
        if loop_ms is not None
    ]
    for at_s, number in sorted(coming):
        stretch.comes(number, at_s)
    return stretch


def bottleneck(line_mbps: float, *, queue_ms: float, seconds: float, loop_ms: float = 30.0) -> list[float | None]:
    """How long packets of a full call take through a slow line with a queue."""
    packet_s = 1232 * 8e-6 / line_mbps
    loops: list[float | None] = []
    free_s = 0.0
    for number in range(round(seconds / EVERY_S)):
        at_s = number * EVERY_S
        if free_s - at_s > queue_ms / 1000:
            loops.append(None)
            continue
        free_s = max(free_s, at_s) + packet_s
        loops.append(loop_ms + (free_s - at_s) * 1000)
    return loops


# --- Counting ----------------------------------------------------------------------------------------------------------


def test_an_even_line_loses_nothing_and_has_no_jitter() -> None:
    counted = count([sent([40.0] * 200)], [])
    assert counted is not None
    assert (counted.packets, counted.loss_pct, counted.reordered, counted.longest_loss) == (200, 0.0, 0, 0)
    assert counted.loop_ms == pytest.approx(40.0)
    assert counted.loop_p95_ms == pytest.approx(40.0)
    assert counted.jitter_ms == pytest.approx(0.0, abs=1e-6)
    assert counted.longest_gap_ms == pytest.approx(6.4)


def test_loss_is_counted_and_its_longest_run() -> None:
    counted = count([sent([20.0, None, 20.0, None, None, None, 20.0, 20.0, 20.0, 20.0])], [])
    assert counted is not None
    assert counted.loss_pct == pytest.approx(40.0)
    assert counted.longest_loss == 3
    assert counted.longest_gap_ms == pytest.approx(4 * 6.4)


def test_95_of_100_packets_come_within_the_95th_percentile() -> None:
    counted = count([sent([float(number) for number in range(1, 101)], every_s=1.0)], [])
    assert counted is not None
    assert counted.loop_p95_ms == pytest.approx(95.0)
    assert counted.loop_ms == pytest.approx(50.5)


def test_jitter_is_the_mean_change_of_spacing() -> None:
    """RFC 3550's D, on packets that take 10 and 14 ms by turns: 4 ms each time."""
    counted = count([sent([10.0, 14.0] * 100, every_s=0.02)], [])
    assert counted is not None
    assert counted.jitter_ms == pytest.approx(4.0)


def test_jitter_is_what_rfc_3550_settles_at() -> None:
    chance = random.Random(3)
    loops_ms: list[float] = [50 + chance.uniform(0, 6) for _ in range(5000)]
    smoothed, seen = 0.0, []
    for before, after in itertools.pairwise(loops_ms):
        smoothed += (abs(after - before) - smoothed) / 16
        seen.append(smoothed)
    counted = count([sent(loops_ms, every_s=0.02)], [])
    assert counted is not None
    assert counted.jitter_ms == pytest.approx(sum(seen[100:]) / len(seen[100:]), rel=0.02)


def test_packets_that_overtake_are_counted() -> None:
    counted = count([sent([10.0, 25.0, 10.0, 10.0, 10.0])], [])
    assert counted is not None
    assert (counted.reordered, counted.loss_pct) == (1, 0.0)


def test_copies_and_numbers_that_were_never_sent_do_not_count() -> None:
    stretch = sent([10.0, None])
    stretch.comes(0, 101.0)
    stretch.comes(2, 101.0)
    stretch.comes(-1, 101.0)
    counted = count([stretch], [])
    assert counted is not None
    assert counted.loss_pct == pytest.approx(50.0)
    assert counted.loop_ms == pytest.approx(10.0)


@pytest.mark.parametrize("loops_ms", [[], [None] * 5], ids=["nothing sent", "all lost"])
def test_without_packets_there_is_nothing_to_say(loops_ms: list[float | None]) -> None:
    counted = count([sent(loops_ms)], [])
    if not loops_ms:
        assert counted is None
    else:
        assert counted is not None
        assert (counted.loss_pct, counted.longest_loss) == (100.0, 5)
        assert (counted.loop_ms, counted.loop_p95_ms, counted.jitter_ms, counted.longest_gap_ms) == (None,) * 4


# --- This computer's own pauses ------------------------------------------------------------------------------------------


def test_packets_under_way_in_a_pause_of_our_own_are_left_out() -> None:
    # Sent at 100.0, 100.0064, …; the pause is over at 100.2, and everything that came in it is noted only then.
    loops_ms = [30.0 + (max(0.0, 200 - (30 + number * 6.4)) if number < 20 else 0.0) for number in range(100)]
    pauses = [(100.05, 100.2)]
    blamed = count([sent(loops_ms)], [])
    assert blamed is not None
    assert blamed.jitter_ms is not None
    assert blamed.jitter_ms > 3
    counted = count([sent(loops_ms)], pauses)
    assert counted is not None
    assert counted.packets < 100 - 20
    assert counted.loop_ms == pytest.approx(30.0)
    assert counted.jitter_ms == pytest.approx(0.0, abs=1e-6)


def test_packets_lost_around_a_pause_of_our_own_are_left_out_too() -> None:
    loops_ms: list[float | None] = [30.0] * 40 + [None] * 10 + [30.0] * 50
    pause = (100 + 40 * EVERY_S, 100 + 50 * EVERY_S)
    counted = count([sent(loops_ms)], [pause])
    assert counted is not None
    assert counted.loss_pct == 0.0
    assert counted.packets < 90


def test_loss_elsewhere_still_counts_beside_a_pause() -> None:
    loops_ms: list[float | None] = [30.0, None] * 50
    counted = count([sent(loops_ms)], [(100.1, 100.13)])
    assert counted is not None
    assert counted.loss_pct == pytest.approx(50.0, abs=2)


def test_a_pause_as_long_as_everything_leaves_nothing_to_count() -> None:
    assert count([sent([30.0] * 20)], [(99.0, 102.0)]) is None


def test_a_break_in_sending_is_no_gap_of_the_line() -> None:
    stretch = sent([30.0] * 50)
    stretch.resumes()
    sent([30.0] * 50, from_s=103.0, stretch=stretch)
    counted = count([stretch], [])
    assert counted is not None
    assert counted.longest_gap_ms == pytest.approx(6.4)


def test_several_stretches_count_as_one() -> None:
    lossy, clean = sent([30.0, None, None, 30.0]), sent([50.0] * 12, from_s=200.0)
    counted = count([lossy, clean], [])
    assert counted is not None
    assert (counted.packets, counted.longest_loss) == (16, 2)
    assert counted.loss_pct == pytest.approx(12.5)
    assert counted.loop_ms == pytest.approx(50.0)
    assert counted.jitter_ms == pytest.approx(0.0, abs=1e-6), "the last of one and the first of the other are strangers"
    assert count([], []) is None


# --- Too fast for the line? ----------------------------------------------------------------------------------------------


def watched(stretch: Stretch) -> bool:
    """Whether a stretch is seen to overrun its line at any moment, watched as a call is."""
    lowest_s = float("inf")
    at_s = stretch.sent_s[0]
    while at_s < stretch.sent_s[-1]:
        at_s += 0.5
        so_far = until(stretch, at_s)
        pieces = so_far.pieces(at_s, 4)
        lowest_s = min([lowest_s, *(piece.loop_s for piece in pieces)])
        if is_overrun(pieces, lowest_s):
            return True
    return False


def until(stretch: Stretch, at_s: float) -> Stretch:
    """A stretch as it was known at a moment."""
    then = Stretch(stretch.stream)
    for sent_s in stretch.sent_s:
        if sent_s <= at_s:
            then.sends(sent_s)
    for number in stretch.in_order_of_coming:
        came_s = stretch.came_s[number]
        if came_s is not None and came_s <= at_s:
            then.comes(number, came_s)
    return then


@pytest.mark.parametrize(
    ("line_mbps", "queue_ms"),
    [
        (0.8, 100.0),
        (0.8, 5.0),
        (0.8, 5000.0),
        (0.3, 200.0),
        (0.2, 5000.0),
        (1.2, 100.0),
        (1.4, 20.0),
        (1.4, 50.0),
        (1.4, 2000.0),
    ],
)
def test_a_line_that_is_too_slow_is_seen(line_mbps: float, queue_ms: float) -> None:
    assert watched(sent(bottleneck(line_mbps, queue_ms=queue_ms, seconds=9.6)))


def with_jitter(chance: random.Random) -> list[float | None]:
    return [40 + chance.uniform(0, 30) for _ in range(1500)]


def with_little_loss(chance: random.Random) -> list[float | None]:
    return [40.0 if chance.random() > 0.004 else None for _ in range(1500)]


def with_a_blackout(chance: random.Random) -> list[float | None]:
    return [None if 500 <= number < 700 else 40.0 for number in range(1500)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("line", [with_jitter, with_little_loss, with_a_blackout])
def test_a_line_that_is_fast_enough_is_left_alone(
    line: Callable[[random.Random], list[float | None]], seed: int
) -> None:
    assert not watched(sent(line(random.Random(seed))))
    assert not watched(sent(bottleneck(1.7, queue_ms=200, seconds=9.6)))


def test_a_little_loss_all_the_time_may_be_a_queue_that_is_full() -> None:
    full = [Piece(loop_s=0.04, sent=78, lost=3)] * 4
    assert is_overrun(full, 0.03)
    assert not is_overrun([Piece(loop_s=0.2, sent=78, lost=1)] * 4, 0.03)
    assert is_overrun([*full[:3], Piece(loop_s=0.04, sent=78, lost=0)], 0.03)
    assert not is_overrun(
        [*full[:2], Piece(loop_s=0.04, sent=278, lost=200), Piece(loop_s=0.03, sent=78, lost=0)][1:], 0.03
    )
    assert not is_overrun(full[:1], 0.03)
    assert not is_overrun([], 0.03)


def test_before_anything_came_there_are_no_pieces() -> None:
    assert Stretch(stream=1).pieces(100.0, 4) == []
    assert sent([None] * 200).pieces(101.0, 4) == []


def test_a_call_goes_down_to_less_than_what_came_through() -> None:
    stretch = sent(bottleneck(0.8, queue_ms=100, seconds=2))
    look = lower(stretch, 8)
    assert look is not None
    assert look.stream == 8
    assert 0.5 < look.rate_mbps < 0.8 * 0.8
    assert look.interval_s == pytest.approx(EVERY_S, rel=0.01), "smaller packets first"
    assert (look.size_bytes + 32) * 8e-6 / look.interval_s == pytest.approx(0.8 * 0.8, rel=0.03)


def test_at_the_low_end_packets_get_fewer_as_in_a_voice_call() -> None:
    look = lower(sent(bottleneck(0.12, queue_ms=500, seconds=6)), 8)
    assert look is not None
    assert look.size_bytes == 160
    assert 0.015 < look.interval_s < 0.025


@pytest.mark.parametrize("loops_ms", [[None] * 300, [30.0], bottleneck(0.05, queue_ms=900, seconds=9)])
def test_there_is_a_lowest_rate(loops_ms: list[float | None]) -> None:
    assert lower(sent(loops_ms), 8) is None


def piece(loop_ms: float, lost: int = 0) -> Piece:
    return Piece(loop_s=loop_ms / 1000, sent=78, lost=lost)


@pytest.mark.parametrize(
    ("then", "now", "helped"),
    [
        ([piece(30, 38), piece(30, 36)], [piece(30), piece(30)], True),
        ([piece(130, 38), piece(130, 36)], [piece(30), piece(30)], True),
        ([piece(300), piece(600)], [piece(30), piece(30)], True),
        # The queue is still there, or the loss.
        ([piece(130, 38), piece(130, 36)], [piece(130), piece(130)], False),
        ([piece(300), piece(600)], [piece(400), piece(590)], False),
        ([piece(30, 12), piece(30, 14)], [piece(30, 11), piece(30, 12)], False),
        # Less by chance only.
        ([piece(30, 10), piece(30, 9)], [piece(30, 4), piece(30, 5)], False),
        ([piece(300, 1), piece(600, 2)], [piece(30), piece(30, 1)], True),
        ([piece(35, 2), piece(35, 3)], [piece(30, 1), piece(30)], False),
        # A short queue that was full.
        ([piece(60, 8)] * 4, [piece(30), piece(30)], True),
        # A queue that went and loss that came.
        ([piece(300), piece(600)], [piece(30, 20), piece(30, 22)], False),
        # Loss of the line's own stays while the queue's goes.
        ([piece(600, 30), piece(600, 32)], [piece(30, 6), piece(30, 6)], True),
        ([piece(600)], [], False),
        ([], [piece(30)], False),
    ],
)
def test_going_down_has_helped_or_not(then: list[Piece], now: list[Piece], helped: bool) -> None:
    assert is_cure(now, then, lowest_loop_s=0.03) is helped


def counted(loss_pct: float, loop_p95_ms: float | None) -> Counted:
    return Counted(packets=1500, loss_pct=loss_pct, reordered=0, longest_loss=0, loop_p95_ms=loop_p95_ms)


@pytest.mark.parametrize(
    ("higher", "lower", "helped"),
    [
        (counted(40.0, 130.0), counted(0.0, 30.0), True),
        (counted(8.0, 31.0), counted(3.9, 30.0), True),
        (counted(8.0, 31.0), counted(4.1, 30.0), False),
        (counted(0.0, 300.0), counted(0.0, 30.0), True),
        (counted(0.0, 79.0), counted(0.0, 30.0), False),
        (counted(3.0, None), counted(3.0, 30.0), False),
        (counted(3.0, 30.0), counted(100.0, None), False),
    ],
)
def test_seen_from_the_end_a_lower_rate_has_helped_or_not(higher: Counted, lower: Counted, helped: bool) -> None:
    assert has_helped(lower, higher) is helped


def test_the_full_rate_is_that_of_a_video_call() -> None:
    stretch = Stretch(stream=1)
    assert stretch.rate_mbps == pytest.approx(1.5)
    assert 1 / stretch.interval_s == pytest.approx(156.25)
    assert call_packets.CALL_BYTES + 12 + 32 < 1280, "no packet is cut into pieces, also where IPv6's least fits"
