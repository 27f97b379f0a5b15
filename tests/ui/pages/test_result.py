from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from readiness.joining import Way
from readiness.model import Reading, Status
from readiness.readings import BandwidthReading
from readiness.telling import VERDICT_WORDS, tell
from readiness.text import translate
from tests.ui.pages.conftest import Paths, button_words
from ui.demo import scenario
from ui.pages.page import Page
from ui.pages.result import ResultPage
from ui.visit import Visit
from ui.widgets.note import Note
from ui.widgets.ring import Ring

At = Callable[..., Page]
After = Callable[..., Visit]


def note(page: Page) -> Note:
    found = page.findChild(Note, "verdict")
    assert isinstance(found, Note)
    return found


def button(page: Page, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def rows_to_test(page: Page) -> list[str]:
    """The checks that are listed as not tested, in order."""
    rows = [row for row in page.findChildren(QWidget) if row.objectName().startswith("row_") and row.isVisible()]
    return [row.objectName().removeprefix("row_") for row in rows]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("name", "skip", "status", "buttons"),
    [
        ("good", (), Status.PASS, ["How to join"]),
        ("dark", (), Status.WARN, ["How to join", "Make it better"]),
        ("covered", (), Status.FAIL, ["Fix this", "Join anyway", "Other ways to get care"]),
        ("sign_in", (), Status.FAIL, ["Fix this", "Join anyway", "Other ways to get care"]),
        ("slow", (), Status.FAIL, ["Other ways to get care", "What may help", "Join anyway"]),
        ("good", ("microphone",), Status.UNKNOWN, ["How to join"]),
        ("unknown", (), Status.UNKNOWN, ["Fix this", "Join anyway", "Other ways to get care"]),
    ],
)
def test_each_verdict_leads_on(
    name: str, skip: tuple[str, ...], status: Status, buttons: list[str], language: str, visit_after: After, arrive: At
) -> None:
    visit = visit_after(name, language, skip)
    page = arrive(ResultPage, visit)
    assert note(page).status is status
    assert page.title.text() == translate(VERDICT_WORDS[visit.known.report().verdict], language)
    assert button_words(page) == buttons


def test_what_is_to_fix_is_said_in_the_language_of_now(visit_after: After, arrive: At) -> None:
    visit = visit_after("covered")
    page = arrive(ResultPage, visit)
    finding = visit.results["camera"].leading
    assert finding is not None
    assert note(page).text == tell(finding, "en").text
    visit.speak("es")
    assert note(page).text == tell(finding, "es").text


def test_what_was_left_out_is_named_and_can_be_tested_now(visit_after: After, arrive: At, paths: Paths) -> None:
    page = arrive(ResultPage, visit_after("good", "en", ("camera", "microphone")))
    assert rows_to_test(page) == ["camera", "microphone"]
    button(page, "do_camera").click()
    assert paths.went == [("camera", {"following": "result"})]


def test_what_was_not_measured_leaves_the_ring_open(visit_after: After, arrive: At) -> None:
    page = arrive(ResultPage, visit_after("good", "en", ("microphone", "bandwidth")))
    ring = page.findChild(Ring)
    assert isinstance(ring, Ring)
    assert ring.steps == (Status.PASS, None, Status.PASS, None, Status.PASS)


def test_a_test_that_cannot_succeed_is_not_offered(visit_after: After, arrive: At) -> None:
    page = arrive(ResultPage, visit_after("unknown"))
    assert rows_to_test(page) == ["bandwidth", "call_quality"]
    assert button(page, "do_bandwidth").isVisible()
    assert not button(page, "do_call_quality").isVisible()  # there is no server for it


def test_the_line_can_be_tested_from_here(visit_after: After, arrive: At, paths: Paths, qtbot: QtBot) -> None:
    visit = visit_after("unknown", machine=scenario("unknown"))
    page = arrive(ResultPage, visit)
    button(page, "do_bandwidth").click()
    assert button_words(page) == ["How to join"]
    qtbot.waitUntil(lambda: not visit.is_measuring)
    assert len(paths.told) == 1  # the verdict, once
    assert note(page).text in paths.told[0]


def test_it_waits_for_what_the_verdict_needs_and_says_it_once(
    visit_on: Callable[..., Visit], arrive: At, paths: Paths, qtbot: QtBot
) -> None:
    go_on = Event()

    def hold(kind: type[Reading], cancelled: Callable[[], bool]) -> None:
        if kind is BandwidthReading:
            go_on.wait(20)

    machine = scenario("good")
    machine._during = hold
    visit = visit_on(machine)
    visit.start_background()
    page = arrive(ResultPage, visit)
    assert page.title.text() == "One moment, please"
    qtbot.waitUntil(lambda: visit.status("computer") is not None or visit.status("connection") is not None)
    assert note(page).text == "The internet test is still running."
    assert button_words(page) == ["How to join"]
    assert paths.told == []
    go_on.set()
    qtbot.waitUntil(lambda: not visit.is_measuring)
    assert page.title.text() == VERDICT_WORDS[visit.known.report().verdict]
    assert len(paths.told) == 1


def test_one_line_for_each_check_on_demand(visit_after: After, arrive: At) -> None:
    page = arrive(ResultPage, visit_after("good"))
    assert rows_to_test(page) == []
    button(page, "what_we_found").click()
    assert len(rows_to_test(page)) == 9


def test_a_phone_is_advised_when_this_computer_cannot_be_mended(visit_after: After, arrive: At, paths: Paths) -> None:
    visit = visit_after("old")
    page = arrive(ResultPage, visit)
    assert "phone" in button_words(page)[0] or button_words(page)[0] == "Fix this"
    page._join_by_phone()  # type: ignore[attr-defined]
    assert visit.way is Way.PHONE
    assert paths.went[-1][0] == "join"
