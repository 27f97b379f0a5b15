"""Strangers come to the kiosk, go through its pages, walk away in the middle; then it is as if nobody had been."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from tests.ui.kiosk.conftest import Kiosk, settle
from tests.ui.person import wait_until
from ui import printing, theme
from ui.demo import pictures, scenario
from ui.kiosk import reception
from ui.kiosk.attract import Attract
from ui.kiosk.resting import Resting
from ui.kiosk.still_there import StillThere

KioskAt = Callable[..., Kiosk]


def texts(kiosk: Kiosk) -> str:
    labels = kiosk.host.screen.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def to_camera(kiosk: Kiosk, language: str = "en") -> None:
    kiosk.enter(language)
    kiosk.touch("primary")
    kiosk.goes_to("camera")
    wait_until(lambda: bool(getattr(kiosk.window.page, "told", "")))


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_visitor_goes_all_the_way_by_touch(language: str, kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    to_camera(kiosk, language)
    kiosk.touch("primary")
    kiosk.goes_to("microphone")
    kiosk.touch("primary")
    kiosk.goes_to("speaker")
    kiosk.touch("primary")
    wait_until(lambda: bool(getattr(kiosk.window.page, "asks", False)))
    kiosk.touch(f"tones_{kiosk.window.visit.choices.tones}")
    kiosk.goes_to("at_home")
    kiosk.touch("way_phone")
    kiosk.touch("primary")
    kiosk.goes_to("joining")
    kiosk.touch("primary")
    kiosk.goes_to("take_away")
    assert not kiosk.sees("other_0")  # nothing is printed here
    kiosk.touch("primary")
    kiosk.goes_to("done")
    kiosk.touch("primary")
    assert isinstance(kiosk.host.screen.scene, Attract)
    assert kiosk.is_as_new


@pytest.mark.parametrize("press", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_two_keys_are_enough(press: Qt.Key, kiosk_at: KioskAt) -> None:
    """One moves on, one presses: all the way to the last page, help and larger words on the way."""
    kiosk = kiosk_at()

    def walk_to(name: str) -> None:
        for _ in range(40):
            focused = kiosk.host.screen.focusWidget()
            if focused.objectName() == name:
                break
            kiosk.key(Qt.Key.Key_Tab)
        else:
            pytest.fail(f"Tab does not lead to {name}")
        kiosk.key(press)

    kiosk.key(press)  # the first screen
    for name in ("language_es", "text_size", "text_size", "text_size", "primary", "other_2", "other_0", "other_1"):
        walk_to(name)
    kiosk.goes_to("at_home")
    for name in ("more_below", "primary", "more_below", "primary", "help", "primary", "primary"):
        walk_to(name)
    kiosk.goes_to("done")
    walk_to("leave")
    assert kiosk.is_as_new


def test_any_key_begins(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.key(Qt.Key.Key_A)
    assert kiosk.page == "welcome"


def test_the_touch_that_begins_presses_nothing_else(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.tap(270, 300)  # where a language stands on the next screen
    assert kiosk.page == "welcome"


def test_the_camera_is_free_within_a_second_after_the_visit(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    to_camera(kiosk)
    visit = kiosk.window.visit
    run = visit.watched
    assert run
    kiosk.touch("leave")
    assert run.wait(1.0)
    assert isinstance(kiosk.host.screen.scene, Attract)


def test_who_goes_away_is_asked_and_forgotten(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.enter("es")
    kiosk.touch("text_size")
    kiosk.touch("colors")
    kiosk.pass_time(59)
    assert kiosk.host.screen.above is None
    kiosk.pass_time(1)
    assert isinstance(kiosk.host.screen.above, StillThere)
    assert "¿Sigue usted ahí?" in texts(kiosk)
    assert "30 segundos" in texts(kiosk)
    kiosk.pass_time(29)
    assert "1 segundos" in texts(kiosk)
    kiosk.pass_time(1)
    assert isinstance(kiosk.host.screen.scene, Attract)
    assert theme.current().scale_pct == 200
    assert kiosk.is_as_new


def test_more_time_as_often_as_wanted(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.enter()
    focused = kiosk.host.screen.focusWidget()
    for _ in range(12):
        kiosk.pass_time(60)
        assert kiosk.host.screen.above
        kiosk.pass_time(28)
        kiosk.key(Qt.Key.Key_Space)  # the keyboard is on "I need more time"
        assert kiosk.host.screen.above is None
        assert kiosk.host.screen.focusWidget() is focused
    assert kiosk.page == "privacy"


def test_the_question_can_be_answered_in_other_ways(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.enter()
    kiosk.pass_time(60)
    kiosk.tap(500, 60)  # beside the buttons: somebody is there
    assert kiosk.host.screen.above is None
    kiosk.pass_time(60)
    kiosk.touch("leave_now")
    assert isinstance(kiosk.host.screen.scene, Attract)


def test_the_page_below_the_question_cannot_be_reached(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.enter()
    kiosk.pass_time(60)
    names = set()
    for _ in range(6):
        names.add(kiosk.host.screen.focusWidget().objectName())
        kiosk.key(Qt.Key.Key_Tab)
    assert names == {"more_time", "leave_now"}


def test_movement_before_the_camera_is_presence(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    to_camera(kiosk)
    kiosk.pass_time(59)
    kiosk.window.noticed.emit()
    kiosk.pass_time(50)
    assert kiosk.host.screen.above is None
    for _ in range(2):  # it goes on by itself: the invented person waves
        kiosk.window._presence._last = pictures()[0]
        kiosk.window._presence._looked_s = 0.0
        kiosk.window.visit.pictured.emit(pictures()[4])
        kiosk.pass_time(50)
        assert kiosk.host.screen.above is None


def test_nobody_is_asked_while_tones_are_played(kiosk_at: KioskAt, monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk = kiosk_at()
    kiosk.enter()
    monkeypatch.setattr(type(kiosk.window), "is_measuring", True)
    kiosk.pass_time(100)
    assert kiosk.host.screen.above is None


def test_what_waits_for_the_visitor_is_no_measuring(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    to_camera(kiosk)
    assert kiosk.window.visit.is_measuring
    assert not kiosk.window.is_measuring
    kiosk.window.go("speaker")
    kiosk.touch("primary")
    wait_until(lambda: bool(getattr(kiosk.window.page, "asks", False)))
    assert kiosk.window.visit.is_measuring
    assert not kiosk.window.is_measuring


def test_the_last_page_counts_down_and_starts_over(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.enter()
    kiosk.window.go("done")
    kiosk.pass_time(20)
    kiosk.window.page.refresh()
    assert "in 10 seconds" in texts(kiosk)
    kiosk.pass_time(10)
    assert isinstance(kiosk.host.screen.scene, Attract)


def test_from_the_last_page_back_to_the_steps(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.enter()
    kiosk.window.go("done")
    kiosk.touch("other_0")
    assert kiosk.page == "at_home"
    kiosk.pass_time(40)
    assert kiosk.page == "at_home"


# --- What is broken here


def test_a_broken_camera_is_told_to_staff_once_and_keeps_nobody(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at(scenario("no_camera"))
    kiosk.enter()
    kiosk.touch("primary")
    wait_until(lambda: "Please ask at the front desk" in texts(kiosk), "the way to the front desk")
    kiosk.window.page.refresh()
    assert kiosk.told["broken"] == ["camera"]
    kiosk.touch("other_1")
    assert kiosk.page == "help"
    kiosk.touch("primary")
    kiosk.touch("other_0")  # once more
    wait_until(lambda: "Please ask at the front desk" in texts(kiosk))
    kiosk.touch("primary")
    kiosk.goes_to("microphone")


@pytest.mark.parametrize(
    ("scenario_name", "words"), [("dark", "At home, turn on a lamp"), ("covered", "There may be a cover on it.")]
)
def test_advice_is_for_a_visitor(scenario_name: str, words: str, kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at(scenario(scenario_name))
    to_camera(kiosk)
    assert words in texts(kiosk)
    assert "Wipe" not in texts(kiosk)
    assert "lid" not in texts(kiosk)


def test_in_safe_mode_nothing_is_tried(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at(has_tests=False)
    kiosk.enter()
    assert "cannot be tried today" in texts(kiosk)
    kiosk.touch("primary")
    assert kiosk.page == "at_home"


def test_a_resting_kiosk_receives_nobody(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at(fault="K05")
    kiosk.tap(500, 500)
    kiosk.key(Qt.Key.Key_Space)
    kiosk.pass_time(120)
    assert isinstance(kiosk.host.screen.scene, Resting)
    assert "K05" in texts(kiosk)
    assert "Pida ayuda en la recepción" in texts(kiosk)
    assert set(kiosk.told["beat"]) == {"resting"}


def test_a_clinic_of_one_language(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at(languages=("en",))
    assert "Pruebe" not in texts(kiosk)
    kiosk.enter()
    assert not kiosk.sees("language")
    assert kiosk.page == "privacy"


# --- Help, paper


def test_the_front_desk_in_the_clinics_own_words(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at(front_desk={"en": "It is left of the door.", "es": "Está junto a la puerta."}, phone="555-0100")
    kiosk.enter()
    kiosk.touch("help")
    assert "It is left of the door." in texts(kiosk)
    assert "555-0100" in texts(kiosk)
    kiosk.touch("language")
    assert "Está junto a la puerta." in texts(kiosk)


@pytest.mark.parametrize(("took_it", "words"), [(True, "on its way"), (False, "did not take the page")])
def test_paper_where_there_is_some(
    took_it: bool, words: str, kiosk_at: KioskAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[tuple[str, str]] = []

    def print_on(name: str, html: str, title: str) -> bool:
        printed.append((name, title))
        return took_it

    monkeypatch.setattr(printing, "print_on", print_on)
    kiosk = kiosk_at(printer="Lobby")
    kiosk.enter()
    kiosk.window.go("take_away")
    kiosk.touch("other_0")
    assert printed == [("Lobby", "Take it home with you")]
    assert words in texts(kiosk)


def test_no_printer_of_that_name(kiosk_at: KioskAt) -> None:
    assert not printing.print_on("none of this name", "<p>x</p>", "x")


# --- The first screen


def test_the_first_screen_moves_against_burning_in(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    first = kiosk.host.screen.scene
    assert isinstance(first, Attract)
    places = set()
    for _ in range(9):
        places.add((kiosk.button("start").x(), kiosk.button("start").y()))
        first.move_on()
        settle()
    assert len(places) == 9


def test_the_first_screen_says_that_the_camera_is_off(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    assert "The camera is off." in texts(kiosk)
    assert "La cámara está apagada." in texts(kiosk)


def test_the_screen_is_darker_out_of_hours_until_somebody_comes(kiosk_at: KioskAt) -> None:
    from datetime import time

    kiosk = kiosk_at(dim_from=time(11), dim_to=time(13))
    kiosk.pass_time(1)
    shade = kiosk.host.screen._shade
    assert shade.isVisible()
    kiosk.touch("start")
    kiosk.pass_time(1)
    assert not shade.isVisible()


def test_each_visitor_begins_with_the_same_volume(kiosk_at: KioskAt, monkeypatch: pytest.MonkeyPatch) -> None:
    volumes: list[int] = []
    monkeypatch.setattr(reception, "set_volume", lambda family, volume_pct: volumes.append(volume_pct))
    kiosk = kiosk_at(volume_pct=55)
    for _ in range(2):
        kiosk.enter()
        kiosk.touch("leave")
    assert volumes == [55, 55]


def test_the_beat_says_no_more_than_what_the_kiosk_does(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at()
    kiosk.pass_time(1)
    to_camera(kiosk)
    kiosk.pass_time(1)
    assert set(kiosk.told["beat"]) == {"attract", "visit"}


def test_who_uses_the_camera_is_not_told_to_a_visitor(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at(scenario("busy"))
    kiosk.enter()
    kiosk.touch("primary")
    wait_until(lambda: kiosk.told["broken"] == ["camera"])
    assert "Zoom" not in texts(kiosk)
