"""When to remind a person of a visit, and the file for their calendar. It holds two times and our own words, nothing more.

A visit is at a time of the clock on this computer's wall; calendars get it in UTC, which every one of them understands.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from readiness.text import N_, Refusal, translate

#: The evening before: late enough to be at home, early enough to call for help or to buy a cord.
EVENING: Final = time(18, 0)

#: How far ahead a visit may be: doctors do not plan further, and a wrong year is noticed.
MOST_DAYS: Final = 366

#: How long visits are held free in a calendar, and how long before them it speaks up.
_VISIT: Final = timedelta(minutes=30)
_BEFORE_VISIT: Final = timedelta(minutes=15)
_TEST: Final = timedelta(minutes=10)

#: The name space of the ids in our calendar files: the same visit always has the same id, so that saving it twice
#: makes no second entry.
_OURS: Final = uuid.UUID("6f0d9b0e-6c9f-5b0a-9d7e-0b8d6d1f4c52")


class NoSuchVisit(Refusal):
    """A time at which nobody can be reminded."""


def visit_time(text: str) -> datetime:
    """The time of a visit as it is typed: ``2026-12-01T14:00``, by this computer's clock. Raises NoSuchVisit."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise NoSuchVisit(N_("“{text}” is no day and time. Type it like 2026-12-01T14:00."), text=text) from error
    if at.tzinfo or "T" not in text.upper().replace(" ", "T"):
        raise NoSuchVisit(N_("“{text}” is no day and time. Type it like 2026-12-01T14:00."), text=text)
    return at.replace(second=0, microsecond=0)


def must_be_ahead(visit_at: datetime, now: datetime) -> None:
    """Raises NoSuchVisit for a visit that is over, or too far ahead. Both are times of this computer's clock."""
    if visit_at <= now:
        raise NoSuchVisit(N_("That time is over. Choose a later one."))
    if visit_at > now + timedelta(days=MOST_DAYS):
        raise NoSuchVisit(N_("That is more than a year ahead. Look at the year again."))


def evening_before(visit_at: datetime) -> datetime:
    """When to test again: at 18:00 on the day before, by the same clock."""
    return datetime.combine(visit_at.date() - timedelta(days=1), EVENING)


def days_ahead(today: date, count: int) -> tuple[date, ...]:
    """Today and the days that follow: what a person can choose from."""
    return tuple(today + timedelta(days=number) for number in range(count))


def calendar_file(visit_at: datetime, now: datetime, language: str, zone: tzinfo | None = None) -> bytes:
    """The visit, and the test on the evening before unless that is over, as an iCalendar file (RFC 5545).

    ``visit_at`` and ``now`` are times of the clock in ``zone``, None for this computer's.
    """
    from icalendar import Alarm, Calendar, Event  # only for who asks for it: it takes its time to load

    def say(sentence: str) -> str:
        return translate(sentence, language)

    def entry(
        name: str, start: datetime, length: timedelta, summary: str, description: str, before: timedelta
    ) -> Event:
        event = Event()
        event.add("uid", str(uuid.uuid5(_OURS, f"{name} {_utc(visit_at, zone):%Y%m%dT%H%MZ}")))
        event.add("dtstamp", _utc(now, zone))
        event.add("dtstart", _utc(start, zone))
        event.add("dtend", _utc(start, zone) + length)
        event.add("summary", say(summary))
        event.add("description", say(description))
        event.add("class", "PRIVATE")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", say(summary))
        alarm.add("trigger", -before)
        event.add_component(alarm)
        return event

    calendar = Calendar()
    calendar.add("prodid", "-//Video Visit Readiness//readiness//EN")
    calendar.add("version", "2.0")
    evening = evening_before(visit_at)
    if evening > now:
        summary = N_("Test your computer for the video visit")
        description = N_("Open Video Visit Readiness. It takes about 2 minutes.")
        calendar.add_component(entry("test", evening, _TEST, summary, description, timedelta()))
    calendar.add_component(
        entry("visit", visit_at, _VISIT, N_("Video visit"), N_("Join 5 minutes before."), _BEFORE_VISIT)
    )
    return bytes(calendar.to_ical())


def _utc(at: datetime, zone: tzinfo | None) -> datetime:
    return at.replace(tzinfo=zone).astimezone(UTC) if zone else at.astimezone(UTC)
