"""Times of day, on the wall clock of the clinic."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from ui.kiosk.hours import Daily, is_within


def day(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - the kiosk goes by the clock on the wall


@pytest.mark.parametrize(
    ("now", "begins", "ends", "expected"),
    [
        (time(21), time(20), time(7), True),
        (time(6, 59), time(20), time(7), True),
        (time(7), time(20), time(7), False),
        (time(12), time(20), time(7), False),
        (time(12), time(11), time(13), True),
        (time(13), time(11), time(13), False),
        (time(12), time(12), time(12), False),
    ],
)
def test_out_of_hours(now: time, begins: time, ends: time, expected: bool) -> None:
    assert is_within(now, begins, ends) is expected


def test_once_a_day() -> None:
    daily = Daily(time(6, 30), started=day(2026, 3, 1, 5))
    assert not daily.is_due(day(2026, 3, 1, 6, 29))
    assert daily.is_due(day(2026, 3, 1, 6, 30))
    daily.note_done(day(2026, 3, 1, 6, 30))
    assert not daily.is_due(day(2026, 3, 1, 23))
    assert not daily.is_due(day(2026, 3, 2, 1))
    assert daily.is_due(day(2026, 3, 2, 8))


def test_a_restart_at_noon_makes_up_for_nothing() -> None:
    daily = Daily(time(6, 30), started=day(2026, 3, 1, 12))
    assert not daily.is_due(day(2026, 3, 1, 13))
    assert daily.is_due(day(2026, 3, 2, 6, 30))


def test_never() -> None:
    assert not Daily(None, started=day(2026, 3, 1, 5)).is_due(day(2026, 3, 2, 8))
