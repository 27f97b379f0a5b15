from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from readiness.model import Failure, Reading, Status
from readiness.readings import BandwidthReading, CallQualityReading, ConnectionReading, Medium, Reached
from readiness.telling import tell
from readiness.testing import FakeMachine
from tests.ui.pages.conftest import Paths, button_words
from ui import demo
from ui.opening import Opened
from ui.pages import fix
from ui.pages.fix import FixPage
from ui.pages.page import Page
from ui.visit import Visit
from ui.widgets.note import Note
from ui.widgets.step_list import StepList

At = Callable[..., Page]
After = Callable[..., Visit]

OFFLINE = ConnectionReading(reached=Reached.LINK, medium=Medium.WIFI)
ONLINE = ConnectionReading(reached=Reached.PROVIDER, medium=Medium.WIFI, signal_bars=4, answer_s=0.2)
NO_LINE = (BandwidthReading(failure=Failure.NO_CONNECTION), CallQualityReading(failure=Failure.NO_CONNECTION))


def machine(*different: Reading) -> FakeMachine:
    """The good machine of the demonstration with some readings in place of its own."""
    kinds = {type(reading) for reading in different}
    return FakeMachine(*(reading for reading in demo._GOOD if type(reading) not in kinds), *different)


def outcome(page: Page) -> Note:
    found = page.findChild(Note, "outcome")
    assert isinstance(found, Note)
    return found


def press_primary(page: Page) -> None:
    primary = page.ways_on().primary
    assert primary is not None
    primary.do()


def button(page: Page, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("name", "finding"),
    [("covered", "camera.covered"), ("blocked", "camera.blocked"), ("sign_in", "connection.captive_portal")],
)
def test_cause_and_steps(name: str, finding: str, language: str, visit_after: After, arrive: At) -> None:
    visit = visit_after(name, language)
    page = arrive(FixPage, visit, finding=finding)
    found = next(f for result in visit.results.values() for f in result.findings if f.id == finding)
    told = tell(found, language, visit.machine.family)
    matter = page.findChild(Note, "matter")
    steps = page.findChild(StepList)
    assert isinstance(matter, Note)
    assert isinstance(steps, StepList)
    assert (matter.text, steps.steps) == (told.text, told.steps)
    assert button(page, "open_settings").isVisible() is (finding == "camera.blocked")
    assert button(page, "open_sign_in").isVisible() is (finding == "connection.captive_portal")
    assert button_words(page) == ["Try again", "Join anyway"]


def test_a_camera_is_tried_on_its_own_page(visit_after: After, arrive: At, paths: Paths) -> None:
    page = arrive(FixPage, visit_after("covered"), finding="camera.covered")
    press_primary(page)
    assert paths.went == [("camera", {"following": "result"})]


def test_in_the_middle_of_the_way_the_next_step_follows(visit_after: After, arrive: At, paths: Paths) -> None:
    visit = visit_after("covered")
    del visit.results["microphone"], visit.results["speaker"]
    press_primary(arrive(FixPage, visit, finding="camera.covered"))
    assert paths.went == [("camera", {})]


def test_try_again_until_it_works(visit_after: After, arrive: At, paths: Paths, qtbot: QtBot) -> None:
    visit = visit_after(
        machine=machine(OFFLINE, OFFLINE, ONLINE, *NO_LINE, *demo.scenario("good")._readings[BandwidthReading])
    )
    page = arrive(FixPage, visit, finding="connection.no_address")
    press_primary(page)
    assert page.ways_on().primary is not None
    qtbot.waitUntil(lambda: not visit.is_measuring)
    assert outcome(page).text == "We tested it again. It is not right yet."
    press_primary(page)
    qtbot.waitUntil(lambda: not visit.is_measuring)
    assert page.title.text() == "It works now"
    assert outcome(page).status is Status.PASS
    assert "Well done. It works now." in paths.told
    # What had no line to measure was measured with it.
    assert visit.status("bandwidth") is Status.PASS


def test_what_could_not_be_measured_does_not_work(visit_after: After, arrive: At, qtbot: QtBot) -> None:
    broken = ConnectionReading(failure=Failure.CRASHED)
    visit = visit_after(machine=machine(OFFLINE, broken))
    page = arrive(FixPage, visit, finding="connection.no_address")
    press_primary(page)
    qtbot.waitUntil(lambda: not visit.is_measuring)
    assert page.title.text() == "Let's fix this"
    assert button_words(page)[0] == "Try again"


def test_once_it_works_the_next_thing_follows(visit_after: After, arrive: At, paths: Paths, qtbot: QtBot) -> None:
    covered = demo.scenario("covered")._readings[type(demo._CAMERA)][0]
    visit = visit_after(machine=machine(OFFLINE, ONLINE, covered))
    page = arrive(FixPage, visit, finding="connection.no_address")
    press_primary(page)
    qtbot.waitUntil(lambda: not visit.is_measuring)
    assert button_words(page) == ["Fix the next thing"]
    press_primary(page)
    assert paths.went == [("fix", {"finding": "camera.covered"})]


def test_when_nothing_is_left_the_result_follows(visit_after: After, arrive: At, paths: Paths, qtbot: QtBot) -> None:
    visit = visit_after(machine=machine(OFFLINE, ONLINE))
    page = arrive(FixPage, visit, finding="connection.no_address")
    press_primary(page)
    qtbot.waitUntil(lambda: not visit.is_measuring)
    press_primary(page)
    assert paths.went == [("result", {})]


def test_coming_back_from_a_sign_in_page_tests_again(
    visit_after: After, arrive: At, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_link(url: str, *_: object) -> Opened:
        opened.append(url)
        return Opened.USUAL_BROWSER

    monkeypatch.setattr(fix, "open_link", open_link)
    portal = msgspec.structs.replace(OFFLINE, reached=Reached.PORTAL, portal_url="http://hotel.example/")
    visit = visit_after(machine=machine(portal, ONLINE))
    page = arrive(FixPage, visit, finding="connection.captive_portal")
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert not visit.is_measuring  # the person was nowhere yet
    button(page, "open_sign_in").click()
    assert opened == ["http://hotel.example/"]
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert not visit.is_measuring
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert visit.is_measuring
    qtbot.waitUntil(lambda: not visit.is_measuring)
    assert page.title.text() == "It works now"


def test_coming_back_from_the_settings_tries_the_camera_again(
    visit_after: After, arrive: At, paths: Paths, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fix, "open_settings", lambda url: Opened.AS_ASKED)
    page = arrive(FixPage, visit_after("blocked"), finding="camera.blocked")
    button(page, "open_settings").click()
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert paths.went == [("camera", {"following": "result"})]


def test_settings_that_do_not_open_are_said_so(
    visit_after: After, arrive: At, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fix, "open_settings", lambda url: Opened.NOTHING)
    page = arrive(FixPage, visit_after("blocked"), finding="camera.blocked")
    button(page, "open_settings").click()
    assert paths.told == ["We could not open it. Please open it yourself."]
    assert outcome(page).isVisible()
