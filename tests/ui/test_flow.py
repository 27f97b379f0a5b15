"""A person goes from the start to the join card, by keyboard alone and by mouse alone, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from readiness.machine import Choices, Machine
from readiness.model import Failure, Status, Verdict
from readiness.readings import CameraReading, DevicesReading
from readiness.testing import FakeMachine
from tests.ui.person import Person, wait_until
from ui import theme
from ui.demo import pictures, scenario
from ui.visit import Visit
from ui.window import Window

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def person_at(qtbot: QtBot, qapp: QApplication, visit_on: Callable[..., Visit]) -> Iterator[Callable[..., Person]]:
    windows: list[Window] = []

    def sit_down(machine: Machine, language: str, *, keyboard: bool = False) -> Person:
        look = theme.Look(reduced_motion=True)
        theme.apply(qapp, look)
        window = Window(visit_on(machine, language), look)
        windows.append(window)
        window.go("start")
        window.show()
        wait_until(lambda: QApplication.focusWidget() is not None, "the keyboard")
        return Person(window, keyboard=keyboard)

    yield sit_down
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("keyboard", [True, False], ids=["keyboard", "mouse"])
def test_from_start_to_the_join_card(
    language: str, keyboard: bool, person_at: Callable[..., Person], wait: Wait
) -> None:
    person = person_at(scenario("good"), language, keyboard=keyboard)
    window, visit = person.window, person.window.visit
    person.press("primary")
    assert person.page == "camera"
    wait(lambda: getattr(window.page, "is_showing", False))
    person.press("primary")
    wait(lambda: person.page == "microphone")
    person.press("primary")
    wait(lambda: person.page == "speaker")
    person.press("primary")
    person.press("tones_3")
    wait(lambda: person.page == "internet")
    wait(lambda: not visit.is_measuring)
    person.press("primary")
    assert person.page == "browser"
    person.press("primary")
    assert person.page == "result"
    assert visit.known.report().verdict is Verdict.READY
    person.press("primary")
    assert person.page == "join"


def test_a_covered_camera_is_mended_and_passes(person_at: Callable[..., Person], wait: Wait) -> None:
    person = person_at(scenario("covered"), "es")
    window, visit = person.window, person.window.visit
    person.press("primary")
    wait(lambda: getattr(window.page, "told", "") == "camera.covered")
    person.press("primary")
    wait(lambda: visit.status("camera") is Status.FAIL)
    person.press("primary")
    assert person.page == "fix"
    person.press("primary")
    wait(lambda: person.page == "camera" and getattr(window.page, "is_showing", False))
    person.press("primary")
    wait(lambda: person.page == "microphone")
    assert visit.status("camera") is Status.PASS


def test_skipping_everything_is_no_pass(person_at: Callable[..., Person], wait: Wait) -> None:
    person = person_at(scenario("good"), "en")
    visit = person.window.visit
    person.press("primary")
    for page in ("camera", "microphone", "speaker"):
        wait(lambda page=page: person.page == page)  # type: ignore[misc]
        skip = next(action for action in person.window.page.ways_on().others if action.words == "Skip")
        skip.do()
    wait(lambda: not visit.is_measuring)
    assert visit.known.report().verdict is Verdict.PARTLY_CHECKED
    assert [visit.status(check) for check in ("camera", "microphone", "speaker")] == [Status.SKIPPED] * 3


def test_the_language_changes_in_the_middle_of_a_check(person_at: Callable[..., Person], wait: Wait) -> None:
    person = person_at(scenario("good"), "en")
    person.press("primary")
    wait(lambda: getattr(person.window.page, "is_showing", False))
    assert person.window.page.title.text() == "Can you see yourself?"
    person.press("language")
    assert person.window.page.title.text() == "¿Puede verse?"
    assert person.window.visit.is_running("camera")  # nothing was begun again


def test_a_phone_needs_no_test_of_this_computer(person_at: Callable[..., Person]) -> None:
    person = person_at(scenario("good"), "en")
    person.press("way_phone")
    person.press("primary")
    assert person.page == "join"
    assert not person.window.visit.is_measuring


def test_back_leads_back_and_lets_the_camera_go(person_at: Callable[..., Person], wait: Wait) -> None:
    person = person_at(scenario("good"), "en")
    person.press("primary")
    wait(lambda: person.window.visit.is_running("camera"))
    person.press("back")
    assert person.page == "start"
    assert not person.window.visit.is_running("camera")


class Plugging(FakeMachine):
    """A machine into which a camera is plugged a moment after the start."""

    def read(self, kind: Any, *args: Any, **how: Any) -> Any:
        if kind is DevicesReading:
            for cameras in ((), ("Logitech C270",)):
                how["tell"](DevicesReading(cameras=cameras, microphones=(), speakers=()))
        return super().read(kind, *args, **how)


def test_a_camera_that_is_plugged_in_is_used_where_there_was_none(person_at: Callable[..., Person], wait: Wait) -> None:
    machine = Plugging(
        CameraReading(failure=Failure.NONE_FOUND),
        msgspec.structs.replace(scenario("good").read(CameraReading, None, Choices()), name="Logitech C270"),  # type: ignore[arg-type]
        DevicesReading(cameras=("Logitech C270",), microphones=(), speakers=()),
        pictures=pictures(),
    )
    person = person_at(machine, "en")
    person.press("primary")
    wait(person.sees_picture)
    assert person.window.visit.choices.camera == "Logitech C270"
    assert (CameraReading, Choices(camera="Logitech C270")) in machine.asked
