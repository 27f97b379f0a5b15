from __future__ import annotations

import pytest

from readiness.kiosk.restarts import LONGEST_PAUSE_S, RECOVERY_S, Mode, Restarts


def crashed(*times_s: float) -> Restarts:
    restarts = Restarts()
    for now_s in times_s:
        restarts.note_crash(now_s)
    return restarts


@pytest.mark.parametrize(
    ("times_s", "mode"),
    [
        ((), Mode.NORMAL),
        ((0, 1), Mode.NORMAL),
        ((0, 1, 2), Mode.SAFE),
        ((0, 100, 299), Mode.SAFE),
        ((0, 100, 300), Mode.NORMAL),
        ((0, 1, 2, 3), Mode.SAFE),
        ((0, 1, 2, 3, 4), Mode.RESTING),
        ((0, 1, 2, 301, 302), Mode.SAFE),
        ((0, 400, 800, 1200, 1600, 2000), Mode.NORMAL),
    ],
)
def test_crashes_in_five_minutes_decide(times_s: tuple[float, ...], mode: Mode) -> None:
    restarts = crashed(*times_s)
    assert restarts.mode is mode
    assert restarts.count == len(times_s)


def test_a_mode_that_was_entered_stays_until_it_recovers() -> None:
    restarts = crashed(0, 1, 2)
    assert restarts.recovers_in_s(2) == RECOVERY_S
    assert restarts.recovers_in_s(900) == 2
    restarts.note_crash(600)
    assert restarts.mode.value == "safe"
    assert restarts.recovers_in_s(902) == 0
    restarts.recover()
    assert restarts.mode.value == "normal"
    assert restarts.recovers_in_s(902) is None
    assert restarts.pause_s(902) == 0


def test_crashes_while_it_rests_do_not_put_the_recovery_off() -> None:
    restarts = crashed(0, 1, 2, 3, 4)
    for now_s in range(10, 900, 30):
        restarts.note_crash(now_s)
    assert restarts.recovers_in_s(904) == 0


def test_pauses_double_up_to_the_longest() -> None:
    restarts = Restarts()
    pauses = []
    for _ in range(10):
        restarts.note_crash(0)
        pauses.append(restarts.pause_s(0))
    assert pauses[:4] == [0.5, 1, 2, 4]
    assert pauses[-1] == LONGEST_PAUSE_S
    assert restarts.pause_s(301) == 0
