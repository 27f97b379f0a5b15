"""An agent at the keyboard: from the code to the end of the call, without the mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from readiness.agent.call import Reply, Stage, required
from readiness.agent.saying import opening
from readiness.checks import CHECKS
from readiness.joining import Way
from readiness.model import Finding, Status
from readiness.support_code import decode, encode
from tests.agent.conftest import code_for, every_matter
from tests.test_support_code import report_of, result_of
from tests.ui.agent.conftest import button_of, press, text_of, type_code
from ui import theme
from ui.agent.console import Console
from ui.agent.record import LatestLines
from ui.tones import contrast

COVERED = Finding("camera.covered", Status.FAIL)
CODE = code_for(COVERED)
FIRST_SENTENCE = "There may be a cover on your camera. Please slide it to the side."
MOST_KEYS = 4


def stage(console: Console) -> Stage:
    return console.call.stage


@pytest.mark.parametrize("check", [check.id for check in CHECKS])
def test_the_first_sentence_takes_few_keys_beside_the_digits(check: str, console: Console) -> None:
    counted = []
    for finding in every_matter():
        if finding.check == check and check in required(console.call.profile):
            console.begin_call()
            code = code_for(finding)
            type_code(console, code)
            first = opening(console.call.matters[0].findings[0], decode(code), sees=True).en
            keys = 0
            while text_of(console, "first_en") != first and keys <= MOST_KEYS:
                press(console, "1")
                keys += 1
            counted.append(keys)
    assert max(counted, default=0) <= MOST_KEYS


def test_the_first_sentence_is_there_with_the_last_digit(console: Console) -> None:
    type_code(console, CODE)
    assert text_of(console, "first_en") == FIRST_SENTENCE
    assert text_of(console, "first_es").startswith("Tal vez algo tapa")
    assert text_of(console, "situation") == "To fix: Camera; all else is good."
    assert console.focusWidget() is console.talk.script.answers[Reply.FIRST]


def test_a_whole_call_by_keyboard(console: Console) -> None:
    type_code(console, CODE)
    press(console, "1", "2", "3")
    assert stage(console) is Stage.WHERE
    assert text_of(console, "now_en") == "The camera is a small round dot at the top edge."
    press(console, "1")
    assert "new code" in text_of(console, "now_en")
    press(console, "F2")
    type_code(console, code_for())
    assert text_of(console, "situation").splitlines()[1] == "New: Camera: fix this → good"
    press(console, "1", "F8")
    assert stage(console) is Stage.OVER
    assert "End: the caller has joined." in QGuiApplication.clipboard().text()
    assert text_of(console, "said") == "The note is copied. Paste it into the ticket."
    assert console.record.clock.length_s >= 0


def test_one_step_back(console: Console) -> None:
    type_code(console, CODE)
    press(console, "1", "1")
    press(console, "Esc")
    assert stage(console) is Stage.STEP
    press(console, "Esc", "Esc")
    assert stage(console) is Stage.CODE
    assert not console.record.back.isEnabled()
    console._back()  # its key is dead now, and it would do nothing
    assert stage(console) is Stage.CODE


def test_what_is_known_of_the_caller_is_not_taken_back(console: Console) -> None:
    type_code(console, CODE)
    press(console, "1", "F5", "F4", "Esc")
    assert stage(console) is Stage.CONFIRM
    assert not console.call.sees
    assert console.call.language == "es"
    assert console.caller.unseen.isChecked()


def test_the_same_code_again_changes_nothing(console: Console) -> None:
    type_code(console, CODE)
    press(console, "1", "F2")
    type_code(console, CODE)
    assert console.call.codes == (CODE,)
    assert stage(console) is Stage.STEP


def test_no_second_code_after_all(console: Console) -> None:
    type_code(console, CODE)
    press(console, "1", "F2", "1", "2", "Esc")
    assert stage(console) is Stage.STEP
    assert "".join(field.text() for field in console.caller.code.fields) == CODE.replace("-", "")
    press(console, "2")
    assert console.call.step == 1


def test_digits_of_a_number_pad_answer_too(console: Console) -> None:
    type_code(console, CODE)
    QTest.keyClick(console.focusWidget(), Qt.Key.Key_1, Qt.KeyboardModifier.KeypadModifier)
    assert stage(console) is Stage.STEP


def test_without_a_code(console: Console) -> None:
    press(console, "F3")
    assert text_of(console, "now_en") == "Do web pages open on this computer?"
    press(console, "2")
    assert console.call.finding == "connection.no_link"
    assert text_of(console, "situation") == "No code yet."


def test_a_caller_who_cannot_see(console: Console) -> None:
    type_code(console, code_for(Finding("speaker.muted", Status.FAIL)))
    plain = console.caller.unseen.grab().toImage()
    press(console, "F5")
    on = console.caller.unseen.grab().toImage()
    assert contrast(plain.pixelColor(12, 24).name(), on.pixelColor(12, 24).name()) >= 3  # that it is on is to be seen
    assert text_of(console, "now_en") == "Has this computer made no sound at all today?"
    press(console, "F5")
    assert "sign on your screen" in text_of(console, "now_en")


def test_the_callers_language(console: Console) -> None:
    type_code(console, code_for(COVERED, language="es"))
    assert button_of(console, "callers_language").text() == "F4  Caller: Spanish"
    press(console, "F4")
    assert console.call.language == "en"
    assert console.call.codes  # no step of the talk: nothing to take back


def test_the_lists(console: Console) -> None:
    type_code(console, CODE)
    press(console, "F7")
    assert console.talk.lookup.isVisible()
    assert not console.talk.script.isVisible()
    assert console.call.told_care
    press(console, "F6")
    assert button_of(console, "look_up_flyer").isChecked()
    assert not button_of(console, "look_up_care").isChecked()
    press(console, "Esc")
    assert console.talk.script.isVisible()
    assert console.focusWidget() is console.talk.script.answers[Reply.FIRST]
    press(console, "F6", "F6")
    assert not console.talk.lookup.isVisible()
    assert stage(console) is Stage.CONFIRM


def test_passing_on(console: Console) -> None:
    type_code(console, CODE)
    press(console, "F9", "F9")
    assert stage(console) is Stage.PASS_ON
    press(console, "Esc")
    assert stage(console) is Stage.CONFIRM


def test_the_next_call_knows_nothing_of_the_one_before(console: Console) -> None:
    type_code(console, CODE)
    press(console, "F5", "1")
    QTest.keyClick(console, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert console.call.codes == ()
    assert console.call.sees
    assert text_of(console, "clock") == "0:00"
    assert console.focusWidget() is console.caller.code.fields[0]
    assert [field.text() for field in console.caller.code.fields] == [""] * 4


def test_the_agents_own_language_and_look(opened: Callable[..., Console], qtbot: QtBot) -> None:
    console = opened()
    type_code(console, CODE)
    with qtbot.waitSignal(console.language_changed):
        button_of(console, "language").click()
    assert text_of(console, "situation") == "Hay que arreglar: Cámara; lo demás está bien."
    assert text_of(console, "about_code") == "El código está bien."
    with qtbot.waitSignal(console.look_changed):
        button_of(console, "contrast").click()
    assert theme.current().tone is theme.Tone.DARK
    with qtbot.waitSignal(console.look_changed):
        button_of(console, "text-size").click()
    assert theme.current().scale_pct == 125
    button_of(console, "language").click()
    assert console.words.language == "en"


def test_the_provider_that_a_code_names_is_the_one_whose_words_are_said(console: Console) -> None:
    report = report_of(result_of("camera", COVERED), profile="ohsu_mychart", edition="2026-11 (web page)")
    type_code(console, encode(report, language="en", way=Way.COMPUTER))
    assert console.call.profile.id == "ohsu_mychart"
    press(console, "F7")
    assert console.talk.lookup.isVisible()


def test_the_clock_counts_from_the_first_digit(console: Console, qtbot: QtBot) -> None:
    clock = console.record.clock
    assert not clock._tick.isActive()
    press(console, "1")
    assert clock._tick.isActive()
    with qtbot.waitSignal(clock._tick.timeout, timeout=3000):
        pass
    assert text_of(console, "clock") in {"0:01", "0:02"}


def test_only_as_many_lines_as_there_is_room_for(qapp: QApplication, qtbot: QtBot) -> None:
    lines = LatestLines()
    qtbot.addWidget(lines)
    lines.resize(250, 90)
    lines.show_lines([f"line {number}" for number in range(12)])
    shown = lines.label.text().splitlines()
    assert shown[0] == "…"
    assert shown[-1] == "line 11"
    assert lines.label.heightForWidth(250) <= 90
    lines.show_lines(["a line that is much too long " * 20])
    assert lines.label.text() == "…"


def test_a_key_that_is_hidden_does_nothing(console: Console) -> None:
    console.talk.script.answers[Reply.FOURTH]._press()
    assert stage(console) is Stage.CODE


@pytest.mark.parametrize("digit", "1234")
def test_digits_go_into_the_code_while_it_is_typed(digit: str, console: Console) -> None:
    press(console, "F3")
    press(console, "F2", digit)
    assert console.caller.code.fields[0].text() == digit
    assert stage(console) is Stage.ASKING
