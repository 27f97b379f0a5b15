"""Days and times as a person says them, in their language: no library of the system knows both of ours everywhere."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

from readiness.text import N_, translate

#: From Monday on, as `date.weekday` counts.
WEEKDAYS: Final = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)

_MONTHS: Final = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


def tell_day(day: date, language: str) -> str:
    """A day of this year: November 3, 3 de noviembre."""
    return translate(N_("{month} {day}"), language).format(month=_month(day, language), day=day.day)


def tell_weekday_and_day(day: date, language: str) -> str:
    """A day soon: Tuesday, November 3; martes, 3 de noviembre."""
    return f"{translate(WEEKDAYS[day.weekday()], language)}, {tell_day(day, language)}"


def tell_time(at: time, language: str) -> str:
    """A time of the day, as people in the United States tell it: 2:05 p.m., 2:05 p. m."""
    sentence = N_("{hour}:{minute} a.m.") if at.hour < 12 else N_("{hour}:{minute} p.m.")
    return translate(sentence, language).format(hour=(at.hour - 1) % 12 + 1, minute=f"{at.minute:02}")


def tell_moment(moment: datetime, language: str) -> str:
    """A moment long ago or far ahead: November 3, 2026, 2:05 p.m."""
    sentence = translate(N_("{month} {day}, {year}"), language)
    day = sentence.format(month=_month(moment, language), day=moment.day, year=moment.year)
    return f"{day}, {tell_time(moment.time(), language)}"


def _month(day: date, language: str) -> str:
    return translate(_MONTHS[day.month - 1], language)
