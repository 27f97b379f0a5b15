"""The reminder that is planned on this computer: the time of one visit, and the task in the system's scheduler."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path

from readiness.reminder import NoSuchVisit, evening_before, must_be_ahead, visit_time
from readiness.reminder_ports import NotPlanned, Scheduler, own_command, scheduler_here
from readiness.text import N_, os_reason

#: What the scheduler starts, behind the program's own name.
TEST_NOW = ("remind", "--test-now")

_MOST_BYTES = 64


def reminders_here() -> Reminders:
    """The reminders of this person on this computer."""
    from platformdirs import user_data_path

    return Reminders(scheduler_here(Path.home()), user_data_path("readiness", appauthor=False) / "visit_time.txt")


class Reminders:
    """Plans the test on the evening before one visit, and takes it back. Nothing is planned unless somebody asks."""

    def __init__(self, scheduler: Scheduler, path: Path) -> None:
        """``path``: where the time of the visit is kept, until the reminder is over."""
        self._scheduler = scheduler
        self._path = path

    @property
    def can_plan(self) -> bool:
        return self._scheduler.is_there

    @property
    def planned(self) -> datetime | None:
        """The visit that is planned for, by this computer's clock; None for none."""
        try:
            with self._path.open(encoding="ascii") as file:
                return visit_time(file.read(_MOST_BYTES).strip())
        except (OSError, ValueError, NoSuchVisit):
            return None

    def plan(self, visit_at: datetime, now: datetime, profile: str | None = None) -> datetime:
        """Test on the evening before ``visit_at``, by the demands of ``profile``; returns when.

        Raises NoSuchVisit and NotPlanned.
        """
        must_be_ahead(visit_at, now)
        evening = evening_before(visit_at)
        if evening <= now:
            raise NoSuchVisit(N_("The evening before is over. Test this computer now instead."))
        if not self.can_plan:
            raise NotPlanned(N_("This computer has no scheduler that we know. Use the calendar file instead."))
        command, folder = own_command()
        self._keep(visit_at)
        try:
            asked = ("--profile", profile) if profile else ()
            self._scheduler.plan(evening, (*command, *TEST_NOW, *asked), folder)
        except NotPlanned:
            self._path.unlink(missing_ok=True)
            raise
        return evening

    def off(self) -> None:
        """Take everything back."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            self._path.unlink()
        self._scheduler.remove()

    def _keep(self, visit_at: datetime) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(f"{visit_at:%Y-%m-%dT%H:%M}\n", encoding="ascii")
        except OSError as error:
            raise NotPlanned(
                N_("{file} cannot be written ({reason}), so nothing is planned."),
                file=str(self._path),
                reason=os_reason(error),
            ) from error
