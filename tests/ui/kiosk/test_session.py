"""When a kiosk asks whether somebody is there, and when it starts over: every phase, by a clock that the test winds."""

from __future__ import annotations

import pytest

from ui.kiosk.session import Patience, Phase, Session

PATIENCE = Patience(idle_s=60, countdown_s=30, done_s=30, noticed_s=300, probe_s=120)


@pytest.fixture
def session() -> Session:
    """Somebody touched the screen at 0."""
    made = Session(PATIENCE)
    made.touched(0)
    return made


def phase_at(session: Session, now_s: float, *, is_measuring: bool = False) -> Phase:
    return session.tick(now_s, is_measuring=is_measuring)


def test_nobody_is_asked_before_somebody_came() -> None:
    session = Session(PATIENCE)
    assert phase_at(session, 10_000) is Phase.WAITING
    assert phase_at(session, 20_000, is_measuring=True) is Phase.WAITING


def test_a_visitor_is_asked_after_a_minute_and_gone_after_half_another(session: Session) -> None:
    assert phase_at(session, 59.9) is Phase.VISITING
    assert phase_at(session, 60) is Phase.ASKING
    assert session.left_s(70) == 20
    assert phase_at(session, 89.9) is Phase.ASKING
    assert phase_at(session, 90) is Phase.OVER
    session.touched(91)
    assert session.phase is Phase.OVER


@pytest.mark.parametrize("idle_s", [30, 60, 300])
def test_the_clinic_says_how_long(idle_s: float) -> None:
    session = Session(Patience(idle_s=idle_s))
    session.touched(0)
    assert phase_at(session, idle_s - 1) is Phase.VISITING
    assert phase_at(session, idle_s) is Phase.ASKING


def test_more_time_can_be_had_again_and_again(session: Session) -> None:
    now_s = 0.0
    for _ in range(30):
        now_s += 61
        assert phase_at(session, now_s) is Phase.ASKING
        now_s += 29
        session.touched(now_s)
        assert phase_at(session, now_s) is Phase.VISITING


def test_who_moves_or_speaks_is_there(session: Session) -> None:
    session.noticed(50)
    assert phase_at(session, 60) is Phase.VISITING
    assert phase_at(session, 110) is Phase.ASKING
    session.noticed(111)
    assert phase_at(session, 112) is Phase.VISITING


def test_a_busy_room_does_not_keep_a_visit_open_for_ever(session: Session) -> None:
    for now_s in range(0, 1000, 10):
        session.noticed(now_s)
        if phase_at(session, now_s) is Phase.OVER:
            break
    assert session.phase is Phase.OVER
    assert 300 <= now_s <= 300 + 60 + 30 + 10


def test_movement_begins_no_visit() -> None:
    session = Session(PATIENCE)
    session.noticed(0)
    assert session.phase is Phase.WAITING


def test_nobody_is_asked_while_something_is_measured(session: Session) -> None:
    for now_s in range(110):
        assert phase_at(session, now_s, is_measuring=True) is Phase.VISITING
    assert phase_at(session, 168) is Phase.VISITING
    assert phase_at(session, 169.5) is Phase.ASKING


def test_a_measurement_that_begins_takes_the_question_away(session: Session) -> None:
    assert phase_at(session, 60) is Phase.ASKING
    assert phase_at(session, 61, is_measuring=True) is Phase.VISITING


def test_a_measurement_that_never_ends_keeps_nobody(session: Session) -> None:
    for now_s in range(400):
        if phase_at(session, now_s, is_measuring=True) is Phase.OVER:
            break
    assert now_s == pytest.approx(120 + 60 + 30, abs=2)


def test_the_last_page_starts_over_without_a_question(session: Session) -> None:
    session.reach_end(True)
    assert session.left_s(10) == 20
    assert phase_at(session, 29) is Phase.VISITING
    assert phase_at(session, 30) is Phase.OVER


def test_a_visitor_may_turn_back_from_the_last_page(session: Session) -> None:
    session.reach_end(True)
    session.reach_end(False)
    assert phase_at(session, 31) is Phase.VISITING
