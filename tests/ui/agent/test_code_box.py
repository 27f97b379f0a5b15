"""Sixteen digits by hand: the keyboard goes on by itself, and comes back to the group that is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from readiness.agent.typed_code import suspects
from readiness.model import Finding, Status
from tests.agent.conftest import code_for
from tests.ui.agent.conftest import press, text_of, type_code
from ui.agent.console import Console

CODE = code_for(Finding("camera.dark", Status.WARN))
GROUPS = CODE.split("-")


def here(console: Console) -> int:
    """The group that has the keyboard, from 0."""
    return next(place for place, field in enumerate(console.caller.code.fields) if field.hasFocus())


def wrong_code(place: int) -> list[str]:
    """A code with one digit wrong in that group, in which no two groups are at odds by themselves."""
    for digit in "0123456789":
        groups = [*GROUPS]
        groups[place] = digit + groups[place][1:]
        rests = {int(group) % 97 for group in groups}
        if groups != GROUPS and len(rests) == 4 and int(groups[place]) <= 9990:
            return groups
    raise AssertionError


def test_groups_follow_each_other(console: Console) -> None:
    assert text_of(console, "about_code") == "Type the code as the caller reads it out."
    type_code(console, GROUPS[0])
    assert here(console) == 1
    assert text_of(console, "about_code") == "So far, so good. Next is group 2."


def test_a_group_that_cannot_be_keeps_the_keyboard(console: Console) -> None:
    type_code(console, "9991")
    assert here(console) == 0
    assert console.caller.code.wrong == (0,)
    assert text_of(console, "about_code").startswith("Group 1 of the code cannot be right.")
    assert console.caller.code.fields[0].accessibleDescription() == text_of(console, "about_code")
    type_code(console, GROUPS[0])  # the group is selected: typing replaces it
    assert here(console) == 1
    assert console.caller.code.fields[0].accessibleDescription() == ""


def test_after_a_slip_the_likeliest_group_is_asked_for_then_the_next(console: Console) -> None:
    groups = wrong_code(1)
    type_code(console, "".join(groups))
    asked = suspects(groups)
    assert here(console) == asked[0]
    assert not console.call.codes
    assert "heard right" in text_of(console, "about_code")
    for place in asked:
        assert here(console) == place
        if place == 1:
            break
        type_code(console, groups[place])  # read again, and it was right
    type_code(console, GROUPS[1])
    assert console.call.codes == (CODE,)


def test_two_groups_at_odds(console: Console) -> None:
    type_code(console, GROUPS[0] + GROUPS[0])
    assert console.caller.code.wrong == (1, 0)
    assert here(console) == 1


def test_a_code_that_was_pasted(console: Console) -> None:
    QGuiApplication.clipboard().setText(f" {CODE} ")
    QTest.keyClick(console.focusWidget(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert console.call.codes == (CODE,)


def test_one_group_that_was_pasted(console: Console) -> None:
    QGuiApplication.clipboard().setText(GROUPS[0])
    QTest.keyClick(console.focusWidget(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [field.text() for field in console.caller.code.fields] == [GROUPS[0], "", "", ""]
    assert here(console) == 1


def test_letters_spaces_and_dashes_are_left_alone_and_backspace_goes_back(console: Console) -> None:
    QTest.keyClicks(console.focusWidget(), "12 a-34")
    assert console.caller.code.fields[0].text() == "1234"
    assert here(console) == 1
    QTest.keyClick(console.focusWidget(), Qt.Key.Key_Backspace)
    assert here(console) == 0
    QTest.keyClick(console.focusWidget(), Qt.Key.Key_Backspace)
    assert console.caller.code.fields[0].text() == "123"
    assert here(console) == 0


def test_a_code_from_the_command_line(console: Console, qtbot: QtBot) -> None:
    console.type_code(CODE.replace("-", " "))
    assert console.call.codes == (CODE,)


def test_a_bad_code_from_the_command_line_is_told_at_the_box(console: Console) -> None:
    console.type_code("-".join(wrong_code(2)))
    assert console.call.codes == ()
    assert "heard right" in text_of(console, "about_code")


def test_a_short_code_from_the_command_line(console: Console) -> None:
    console.type_code("1234 56")
    assert [field.text() for field in console.caller.code.fields] == ["1234", "56", "", ""]
    press(console, "F2")
    assert [field.text() for field in console.caller.code.fields] == [""] * 4
