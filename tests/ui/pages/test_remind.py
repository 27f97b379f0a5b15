"""When is the visit: a file for the calendar, and a test on the evening before only for who asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QFileDialog

from readiness.model import Status
from readiness.reminder_plan import Reminders
from readiness.reminder_ports import NotPlanned
from tests.ui.pages.conftest import Paths, button_words
from tests.ui.pages.test_keeping import button, do, note, words
from ui.pages.page import Page
from ui.pages.remind import RemindPage
from ui.pages.reminded import RemindedPage
from ui.pages.result import ResultPage
from ui.visit import Visit

At = Callable[..., Page]
After = Callable[..., Visit]

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


class Schedule:
    """A scheduler that remembers."""

    def __init__(self, *, is_there: bool = True, refuses: bool = False) -> None:
        self.is_there = is_there
        self.refuses = refuses
        self.task: tuple[datetime, Sequence[str]] | None = None

    def plan(self, at: datetime, command: Sequence[str], folder: Path) -> None:
        if self.refuses:
            raise NotPlanned("This computer did not take the reminder. Use the calendar file instead.")
        self.task = at, command

    def remove(self) -> None:
        self.task = None


@pytest.fixture
def schedule() -> Schedule:
    return Schedule()


@pytest.fixture
def remind(schedule: Schedule, tmp_path: Path, visit_after: After, arrive: At) -> Callable[..., Page]:
    """Brings a person to the page on which nothing, or something, may be planned."""

    def at(language: str = "en", *, may_plan: bool = True, now: datetime = NOW) -> Page:
        visit = visit_after("good", language)
        visit.known.may_plan = may_plan
        reminders = Reminders(schedule, tmp_path / "visit")
        return arrive(lambda visit, paths: RemindPage(visit, paths, lambda: reminders, lambda: now), visit)

    return at


def box(page: Page, name: str) -> QComboBox:
    found = page.findChild(QComboBox, name)
    assert isinstance(found, QComboBox)
    return found


def choose(page: Page, day: str, at: str) -> None:
    for name, text in (("day", day), ("time", at)):
        place = box(page, name).findText(text)
        assert place >= 0, text
        box(page, name).setCurrentIndex(place)
        box(page, name).activated.emit(place)


@pytest.mark.parametrize(
    ("language", "day", "at"),
    [("en", "Thursday, November 26", "9:00 a.m."), ("es", "jueves, 26 de noviembre", "9:00 a. m.")],
)
def test_tomorrow_at_nine_is_where_it_begins(remind: At, language: str, day: str, at: str) -> None:
    page = remind(language, may_plan=False)
    assert (box(page, "day").currentText(), box(page, "time").currentText()) == (day, at)
    assert box(page, "day").accessibleName() in ("Day", "Día")
    assert page.first_focus() is box(page, "day")
    assert button_words(page) == ["Save for my calendar"]
    assert not page.findChild(type(note(page)), "outcome").isVisible()  # type: ignore[union-attr]


def test_what_was_chosen_stays_when_the_language_changes(remind: At) -> None:
    page = remind()
    choose(page, "Tuesday, December 1", "2:30 p.m.")
    page.visit.speak("es")
    assert box(page, "day").currentText() == "martes, 1 de diciembre"
    assert box(page, "time").currentText() == "2:30 p. m."


def test_the_file_for_the_calendar_is_saved(
    remind: At, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = remind("es")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    do(page, "Save for my calendar")
    assert not note(page).isVisible()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "gone" / "visit.ics"), ""))
    do(page, "Save for my calendar")
    assert note(page).status is Status.FAIL
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "visit"), ""))
    do(page, "Save for my calendar")
    assert note(page).text == "Listo. Abra el archivo para ponerlo en su calendario."
    assert paths.told[-1] == note(page).text
    content = (tmp_path / "visit.ics").read_bytes()
    assert content.count(b"BEGIN:VEVENT") == 1  # the evening before, 18:00, is over
    assert b"Consulta por video" in content


def test_a_time_that_is_over_is_told(remind: At) -> None:
    page = remind()
    choose(page, "Wednesday, November 25", "7:45 p.m.")
    do(page, "Save for my calendar")
    assert (note(page).status, note(page).text) == (Status.FAIL, "That time is over. Choose a later one.")


def test_a_test_is_planned_and_taken_back(remind: At, schedule: Schedule) -> None:
    page = remind()
    assert button_words(page) == ["Save for my calendar"]  # this evening's 18:00 is over
    choose(page, "Tuesday, December 1", "2:30 p.m.")
    assert "On November 30 at 6, this computer can test itself." in words(page)
    assert button_words(page) == ["Save for my calendar", "Test on that evening"]
    assert schedule.task is None
    do(page, "Test on that evening")
    assert note(page).text == "It is planned. Leave this computer on that evening."
    assert schedule.task
    assert schedule.task[0].isoformat() == "2026-11-30T18:00:00"
    assert tuple(schedule.task[1][-4:]) == ("remind", "--test-now", "--profile", "kaiser_permanente")
    assert "This computer tests itself on November 30 at 6 in the evening." in words(page)
    page.enter()
    page.retranslate()
    assert box(page, "day").currentText() == "Tuesday, December 1"
    assert button_words(page) == ["Save for my calendar", "Do not test then"]
    do(page, "Do not test then")
    assert schedule.task is None
    assert button_words(page) == ["Save for my calendar", "Test on that evening"]


def test_what_the_system_does_not_take_is_told(remind: At, schedule: Schedule) -> None:
    schedule.refuses = True
    page = remind("es")
    choose(page, "martes, 1 de diciembre", "2:30 p. m.")
    do(page, "Test on that evening")
    assert note(page).status is Status.FAIL
    assert note(page).text == "Esta computadora no aceptó el aviso. Use el archivo para calendario."


def test_without_a_scheduler_only_the_file_is_offered(remind: At, schedule: Schedule) -> None:
    schedule.is_there = False
    page = remind(now=NOW - timedelta(days=3))
    choose(page, "Tuesday, December 1", "2:30 p.m.")
    assert button_words(page) == ["Save for my calendar"]
    assert "test itself" not in words(page)


def test_the_result_leads_here(visit_after: After, arrive: At, paths: Paths) -> None:
    button(arrive(ResultPage, visit_after("good")), "remind_me").click()
    assert paths.went == [("remind", {})]


# --- What the quiet test has found


def test_what_is_wrong_is_told_and_the_way_to_test(visit_after: After, arrive: At, paths: Paths) -> None:
    page = arrive(RemindedPage, visit_after("offline"), wrong="connection,camera,kettle")
    assert note(page, "wrong").text == "This does not work yet: Camera and Connection."
    do(page, "Test now")
    assert paths.went == [("start", {})]
    assert not note(arrive(RemindedPage, visit_after("offline")), "wrong").isVisible()
