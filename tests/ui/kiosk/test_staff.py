"""Staff at the kiosk: the hidden door, the PIN, what the screen behind it tells and does, and that it closes by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from readiness.exits import Exit
from readiness.model import Status
from readiness.readings import MicrophoneReading
from readiness.testing import FakeMachine
from tests.ui.kiosk.conftest import PIN, Kiosk, settle
from tests.ui.person import wait_until
from ui.demo import scenario
from ui.kiosk import reception
from ui.kiosk.attract import Attract
from ui.kiosk.keypad import Keypad
from ui.kiosk.self_check import light
from ui.kiosk.staff import Staff
from ui.kiosk.wiping import Wiping
from ui.widgets.status_badge import StatusBadge

KioskAt = Callable[..., Kiosk]
CHORD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier


def texts(kiosk: Kiosk) -> str:
    labels = kiosk.host.screen.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


# --- The door


def test_five_taps_in_the_corner(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.tap(20, 20, 4)
    assert not isinstance(kiosk.host.screen.scene, Keypad)
    kiosk.tap(20, 20)
    assert isinstance(kiosk.host.screen.scene, Keypad)
    assert kiosk.host.state == "staff"


@pytest.mark.parametrize("elsewhere", [(500, 20), (20, 500)])
def test_a_tap_elsewhere_begins_to_count_anew(elsewhere: tuple[int, int], kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.tap(20, 20, 4)
    kiosk.tap(*elsewhere)
    kiosk.tap(20, 20)
    assert not isinstance(kiosk.host.screen.scene, Keypad)


def test_slow_taps_open_nothing(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    for _ in range(8):
        kiosk.tap(20, 20)
        kiosk.clocks.at_s += 2
    assert not isinstance(kiosk.host.screen.scene, Keypad)


def test_a_chord_opens_and_ends_a_visit(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.enter()
    kiosk.key(Qt.Key.Key_S, CHORD)
    assert isinstance(kiosk.host.screen.scene, Keypad)
    assert kiosk.told["visits"] == [True]


def test_a_resting_kiosk_has_the_door_too(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at(fault="K04")
    kiosk.tap(20, 20, 5)
    assert isinstance(kiosk.host.screen.scene, Keypad)


# --- The PIN


def test_the_right_pin_by_finger(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.open_staff()
    assert isinstance(kiosk.host.screen.scene, Staff)


def test_the_right_pin_by_keys_after_a_slip(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.tap(20, 20, 5)
    kiosk.key(Qt.Key.Key_7)
    kiosk.key(Qt.Key.Key_Backspace)
    for digit in PIN:
        kiosk.key(Qt.Key(ord(digit)))
    assert "●●●●" in texts(kiosk)
    assert PIN not in texts(kiosk)
    kiosk.touch("open")
    assert isinstance(kiosk.host.screen.scene, Staff)


def test_a_wrong_pin_and_no_pin(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.tap(20, 20, 5)
    kiosk.touch("open")
    assert "That is not the PIN." in texts(kiosk)
    for digit in "1111":
        kiosk.touch(f"key_{digit}")
    kiosk.touch("erase")
    for digit in "1111":
        kiosk.touch(f"key_{digit}")
    kiosk.touch("open")
    assert "That is not the PIN." in texts(kiosk)
    assert "●" not in texts(kiosk)
    kiosk.touch("back")
    assert isinstance(kiosk.host.screen.scene, Attract)
    assert kiosk.is_as_new


def test_too_many_wrong_ones_wait(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.tap(20, 20, 5)
    kiosk.clocks.wait_for_pin_s = 70.0
    for digit in PIN:
        kiosk.touch(f"key_{digit}")
    kiosk.touch("open")
    assert "Wait 2 minutes." in texts(kiosk)
    assert isinstance(kiosk.host.screen.scene, Keypad)


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape])
def test_turning_back_by_a_key(key: Qt.Key, kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.tap(20, 20, 5)
    kiosk.key(key)
    assert isinstance(kiosk.host.screen.scene, Attract)


def test_enter_opens_where_no_button_has_the_keyboard(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.tap(20, 20, 5)
    keypad = kiosk.host.screen.scene
    assert isinstance(keypad, Keypad)
    for digit in PIN:
        kiosk.key(Qt.Key(ord(digit)))
    keypad.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    keypad.setFocus()
    kiosk.key(Qt.Key.Key_A)
    kiosk.key(Qt.Key.Key_Return)
    assert isinstance(kiosk.host.screen.scene, Staff)


def test_the_door_closes_by_itself(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.tap(20, 20, 5)
    kiosk.pass_time(59)
    assert isinstance(kiosk.host.screen.scene, Keypad)
    kiosk.pass_time(1)
    assert isinstance(kiosk.host.screen.scene, Attract)


# --- The screen behind it


def test_what_it_tells(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.open_staff()
    said = texts(kiosk)
    for part in ("For staff", "K09  2026-11-24 09:30  That is not the PIN.", "Version ", "Close: 3"):
        assert part in said
    assert [badge.word for badge in kiosk.host.screen.findChildren(StatusBadge)] == ["not tested yet"]


def test_it_closes_by_itself_after_ten_minutes(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.open_staff()
    kiosk.pass_time(500)
    kiosk.tap(500, 400)
    kiosk.pass_time(599)
    assert isinstance(kiosk.host.screen.scene, Staff)
    kiosk.pass_time(1)
    assert isinstance(kiosk.host.screen.scene, Attract)
    assert kiosk.is_as_new


@pytest.mark.parametrize(
    ("button", "status"),
    [
        ("leave_kiosk", Exit.STAFF_LEFT),
        ("restart_program", Exit.RESTART_APP),
        ("restart_computer", Exit.RESTART_COMPUTER),
    ],
)
def test_the_ways_to_end(button: str, status: Exit, kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.open_staff()
    kiosk.touch(button)
    assert kiosk.told["ended"] == [status]
    assert not kiosk.host.screen.isVisible()


def test_closing_leads_to_the_first_screen(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.open_staff()
    kiosk.touch("close")
    assert kiosk.is_as_new


def test_the_volume_of_each_visitor(kiosk_at: KioskAt, monkeypatch: pytest.MonkeyPatch) -> None:
    volumes: list[int] = []
    monkeypatch.setattr(reception, "set_volume", lambda family, volume_pct: volumes.append(volume_pct))
    kiosk = kiosk_at(volume_pct=90)
    kiosk.open_staff()
    for button in ("louder", "louder", "softer"):
        kiosk.touch(button)
    kiosk.touch("close")
    kiosk.touch("start")
    assert volumes == [90, 100, 100, 90, 90]  # the first tap on the corner began a visit


def test_the_volume_where_the_settings_leave_it_alone(kiosk_at: KioskAt, monkeypatch: pytest.MonkeyPatch) -> None:
    volumes: list[int] = []
    monkeypatch.setattr(reception, "set_volume", lambda family, volume_pct: volumes.append(volume_pct))
    kiosk = kiosk_at()
    kiosk.open_staff()
    kiosk.touch("softer")
    assert volumes == [40]


def test_no_touch_counts_while_the_screen_is_wiped(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.open_staff()
    kiosk.touch("clean")
    wiping = kiosk.host.screen.scene
    assert isinstance(wiping, Wiping)
    for x in range(0, 1080, 60):
        kiosk.tap(x, 20)
    kiosk.key(Qt.Key.Key_S, CHORD)
    kiosk.pass_time(59)
    assert kiosk.host.screen.scene is wiping
    assert "for 1 seconds" in texts(kiosk)
    kiosk.pass_time(1)
    assert isinstance(kiosk.host.screen.scene, Staff)
    kiosk.touch("close")
    assert isinstance(kiosk.host.screen.scene, Attract)


# --- The self-test


def test_a_test_now(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.open_staff()
    kiosk.touch("test")
    wait_until(lambda: bool(kiosk.told["report"]))
    settle()
    assert "Tested on" in texts(kiosk)
    (report,) = kiosk.told["report"]
    assert light(report) is Status.PASS
    assert len(kiosk.host.screen.findChildren(StatusBadge)) == 1 + len(report.results)
    kiosk.touch("test")  # once more: the lines are those of the new one
    wait_until(lambda: len(kiosk.told["report"]) == 2)
    settle()
    assert len(kiosk.host.screen.findChildren(StatusBadge)) == 1 + len(report.results)
    kiosk.touch("close")
    kiosk.open_staff()
    assert "Tested on" in texts(kiosk)


def test_each_morning_while_nobody_is_there(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at(self_test_at=time(12, 30))
    kiosk.pass_time(1)
    assert kiosk.host.state == "attract"
    kiosk.clocks.now = datetime(2026, 11, 25, 12, 30)  # noqa: DTZ001 - the clock on the wall
    kiosk.pass_time(1)
    assert kiosk.host.state == "self_test"
    assert "The camera is being tested." in texts(kiosk)
    wait_until(lambda: bool(kiosk.told["report"]))
    kiosk.pass_time(5)
    assert "The camera is off." in texts(kiosk)
    assert len(kiosk.told["report"]) == 1


def test_a_visitor_comes_before_the_test(kiosk_at: KioskAt) -> None:
    def hang(kind: type, cancelled: Callable[[], bool]) -> None:
        wait_until_cancelled(cancelled)

    kiosk = kiosk_at(FakeMachine(during=hang), self_test_at=time(11, 0))
    kiosk.host._self_test._done_on = None
    kiosk.pass_time(1)
    assert kiosk.host.state == "self_test"
    kiosk.touch("start")
    assert kiosk.page == "welcome"
    assert not kiosk.host.backstage.self_check.is_running
    assert kiosk.told["report"] == []


def wait_until_cancelled(cancelled: Callable[[], bool]) -> None:
    import threading

    pause = threading.Event()
    while not cancelled():
        pause.wait(0.01)


def test_an_empty_room_is_no_fault(kiosk_at: KioskAt) -> None:
    machine = scenario("good")
    quiet = MicrophoneReading(
        name="Built-in microphone",
        available=("Built-in microphone",),
        duration_s=3.0,
        rms_dbfs=-57.0,
        peak_dbfs=-50.0,
        floor_dbfs=-58.0,
        level_dbfs=-56.0,
        speech_heard=False,
        clipped_runs=0,
    )
    machine._readings[MicrophoneReading] = [quiet]
    kiosk = kiosk_at(machine)
    kiosk.open_staff()
    kiosk.touch("test")
    wait_until(lambda: bool(kiosk.told["report"]))
    (report,) = kiosk.told["report"]
    assert next(r for r in report.results if r.check == "microphone").status is not Status.PASS
    assert light(report) is Status.PASS


def test_what_is_broken_shows(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at(scenario("no_camera"))
    kiosk.open_staff()
    kiosk.touch("test")
    wait_until(lambda: bool(kiosk.told["report"]))
    assert light(kiosk.told["report"][0]) is Status.FAIL


# --- Keys of the desktop


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [
        (Qt.Key.Key_F4, Qt.KeyboardModifier.AltModifier),
        (Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Print, Qt.KeyboardModifier.NoModifier),
    ],
)
def test_no_key_leads_out(key: Qt.Key, modifiers: Qt.KeyboardModifier, kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.enter()
    kiosk.key(key, modifiers)
    assert kiosk.page == "privacy"
    assert kiosk.host.screen.isVisible()


def test_the_end_of_the_supervisor_is_the_end(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.host.end()
    assert kiosk.told["ended"] == [0]
