"""What a kiosk does by the clock on the wall: a darker screen out of hours, one self-test each morning. No Qt."""

from __future__ import annotations

from datetime import date, datetime, time


def is_within(now: time, begins: time, ends: time) -> bool:
    """Whether it is between two times of day; from 20:00 to 7:00 goes over midnight. Two equal times: never."""
    if begins <= ends:
        return begins <= now < ends
    return now >= begins or now < ends


class Daily:
    """Something that is to be done once a day, at a time or as soon after it as it can be."""

    def __init__(self, at: time | None, started: datetime) -> None:
        """None: never. What was due before the start is not made up for: a restart at noon shall test nothing."""
        self._at = at
        self._done_on: date | None = started.date() if at and started.time() >= at else None

    def is_due(self, now: datetime) -> bool:
        return self._at is not None and now.time() >= self._at and self._done_on != now.date()

    def note_done(self, now: datetime) -> None:
        self._done_on = now.date()
