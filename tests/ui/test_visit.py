"""What the window knows: runs beside it, live pictures, answers, devices that come, and a clean end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from readiness.joining import NextKind
from readiness.live import Picture
from readiness.model import Failure, Status, Verdict
from readiness.questions import NoAnswer
from readiness.readings import CameraReading, DevicesReading, MicrophoneReading
from readiness.testing import FakeMachine
from ui.demo import scenario
from ui.visit import TRIED, Visit

Make = Callable[..., Visit]
Wait = Callable[[Callable[[], bool]], None]


def test_background_checks_need_nobody(visit_on: Make, wait: Wait) -> None:
    visit = visit_on(scenario("good"))
    visit.start_background()
    assert visit.is_measuring
    wait(lambda: not visit.is_measuring)
    assert set(visit.results) == {
        *("operating_system", "browser", "computer"),
        *("connection", "bandwidth", "call_quality"),
    }
    assert not set(visit.results) & set(TRIED)
    assert visit.known.report().verdict is Verdict.PARTLY_CHECKED  # nothing that was not tried looks like a pass


@pytest.mark.parametrize(
    ("answer", "status"),
    [(1, Status.PASS), (0, Status.FAIL), (NoAnswer.CANNOT_TELL, Status.PASS), (NoAnswer.SKIP, Status.PASS)],
)
def test_the_camera_is_watched_until_the_person_answers(
    answer: Any, status: Status, visit_on: Make, wait: Wait, qtbot: QtBot
) -> None:
    visit = visit_on(scenario("good"))
    pictures: list[Picture] = []
    visit.pictured.connect(pictures.append)
    visit.watch("camera")
    wait(lambda: len(pictures) > 3 and visit.known.coaching("camera") is not None)
    assert visit.is_running("camera")
    visit.finish(answer)
    wait(lambda: "camera" in visit.results)
    assert visit.status("camera") is status
    reading = visit.results["camera"].reading
    assert isinstance(reading, CameraReading)
    assert reading.shown
    assert reading.seen == {1: True, 0: False}.get(answer)
    assert reading.cannot_tell == (answer is NoAnswer.CANNOT_TELL)


def test_what_is_left_out_counts_as_skipped(visit_on: Make, wait: Wait) -> None:
    visit = visit_on(scenario("good"))
    visit.watch("camera")
    visit.leave_out("camera")
    assert visit.status("camera") is Status.SKIPPED
    assert not visit.is_running("camera")


def test_a_run_that_was_given_up_changes_nothing_any_more(visit_on: Make, qtbot: QtBot) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def during(kind: Any, cancelled: Callable[[], bool]) -> None:
        begun.set()
        go_on.wait(5)

    visit = visit_on(FakeMachine(CameraReading(), during=during))
    visit.watch("camera")
    assert begun.wait(5)
    run = visit.watched
    assert run is not None
    visit.stop_watching()
    with qtbot.waitSignal(run.ended, timeout=5000) as ended:
        go_on.set()
    assert ended.args == [None]
    assert "camera" not in visit.results


def test_tones_are_counted(visit_on: Make, wait: Wait) -> None:
    visit = visit_on(scenario("good"))
    asked: list[object] = []
    visit.asked.connect(asked.append)
    visit.play()
    wait(lambda: bool(asked))
    visit.finish(3)
    wait(lambda: "speaker" in visit.results)
    assert visit.status("speaker") is Status.PASS


def test_dark_then_light(visit_on: Make, wait: Wait) -> None:
    visit = visit_on(scenario("covered"))
    visit.watch("camera")
    wait(lambda: visit.known.coaching("camera") is not None)
    visit.finish(1)
    wait(lambda: "camera" in visit.results)
    assert visit.results["camera"].leading is not None
    assert visit.results["camera"].leading.id == "camera.covered"
    assert visit.known.next().kind is NextKind.FIX
    visit.watch("camera")
    visit.finish(1)
    wait(lambda: visit.status("camera") is Status.PASS)


def test_a_device_that_is_plugged_in_is_told(visit_on: Make, wait: Wait) -> None:
    class Growing(FakeMachine):
        def read(self, kind: Any, *args: Any, **how: Any) -> Any:
            if kind is DevicesReading:
                how["tell"](DevicesReading(cameras=None, microphones=("A",), speakers=None))  # told list by list
                how["tell"](DevicesReading(cameras=(), microphones=("A",), speakers=("S",)))
                how["tell"](DevicesReading(cameras=("Logitech C270",), microphones=("A",), speakers=("S",)))
            return super().read(kind, *args, **how)

    visit = visit_on(Growing(DevicesReading(cameras=("Logitech C270",), microphones=("A",), speakers=())))
    plugged: list[tuple[str, str]] = []
    visit.plugged.connect(lambda kind, name: plugged.append((kind, name)))
    visit.watch_devices()
    wait(lambda: bool(plugged))
    assert plugged == [("camera", "Logitech C270")]
    assert visit.names_of("camera") == ("Logitech C270",)
    visit.choose(camera="Logitech C270")
    assert visit.choices.camera == "Logitech C270"


def test_closing_ends_every_run(visit_on: Make) -> None:
    visit = visit_on(scenario("good"))
    visit.watch("camera")
    visit.watch_devices()
    visit.start_background()
    visit.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("run of", "watch of"))]
    assert not visit.is_measuring


def test_the_language_changes_at_once(visit_on: Make, qtbot: QtBot) -> None:
    visit = visit_on(scenario("good"))
    with qtbot.waitSignal(visit.language_changed):
        visit.speak("es")
    assert visit.say("Camera") == "Cámara"
    with qtbot.assertNotEmitted(visit.language_changed):
        visit.speak("es")


def test_nobody_spoke_then_somebody(visit_on: Make, wait: Wait) -> None:
    visit = visit_on(scenario("good"))
    visit.watch("microphone")
    wait(lambda: (found := visit.known.coaching("microphone")) is not None and found.status is Status.PASS)
    visit.finish()
    wait(lambda: visit.status("microphone") is Status.PASS)
    assert isinstance(visit.results["microphone"].reading, MicrophoneReading)


@pytest.mark.may_log("could not be measured")
def test_a_machine_that_breaks_is_no_pass(visit_on: Make, wait: Wait) -> None:
    def during(kind: Any, cancelled: Callable[[], bool]) -> None:
        raise RuntimeError("broken")

    visit = visit_on(FakeMachine(during=during))
    visit.start_background()
    wait(lambda: not visit.is_measuring)
    result = visit.results["connection"]
    assert result.reading is not None
    assert result.reading.failure is Failure.CRASHED
    assert visit.known.report().verdict is not Verdict.READY


@pytest.mark.may_log("a run of checks broke")
def test_a_run_that_breaks_keeps_nobody_waiting(visit_on: Make, wait: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **how: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("readiness.runner.run", broken)
    visit = visit_on(scenario("good"))
    visit.watch("camera")
    wait(lambda: not visit.is_measuring)
    assert visit.status("camera") is Status.UNKNOWN
