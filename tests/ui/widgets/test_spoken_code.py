from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ui import theme
from ui.widgets.spoken_code import SpokenCode

CODE = "2980-8539-3538-6417"


@pytest.fixture
def shown(qtbot: QtBot) -> SpokenCode:
    widget = SpokenCode()
    qtbot.addWidget(widget)
    widget.show_code(CODE)
    widget.resize(1200, widget.heightForWidth(1200))
    widget.show()
    return widget


def groups(widget: SpokenCode) -> list[QLabel]:
    return widget.findChildren(QLabel, "group")


def test_it_is_shown_in_groups_of_four_and_said_digit_by_digit(shown: SpokenCode) -> None:
    assert [label.text() for label in groups(shown)] == ["2980", "8539", "3538", "6417"]
    assert shown.accessibleName() == "2 9 8 0, 8 5 3 9, 3 5 3 8, 6 4 1 7"
    interface = QAccessible.queryAccessibleInterface(groups(shown)[0])
    assert interface.text(QAccessible.Text.Name) == "2 9 8 0"


def test_no_code_is_nothing(shown: SpokenCode) -> None:
    shown.show_code("")
    assert (shown.code, shown.accessibleName()) == ("", "")
    assert [label.text() for label in groups(shown)] == [""] * 4


def test_letters_are_large_at_every_text_size(qapp: QApplication, shown: SpokenCode) -> None:
    for scale_pct in theme.SCALES_PCT:
        theme.apply(qapp, theme.Look(scale_pct=scale_pct))
        # 28 points are 37.3 pixels at the 96 pixels an inch that 100 % stands for.
        assert all(label.fontInfo().pixelSize() * 0.75 >= 28 * scale_pct / 100 for label in groups(shown))


def test_where_there_is_no_room_whole_groups_go_on_below(qapp: QApplication, shown: SpokenCode) -> None:
    theme.apply(qapp, theme.Look(scale_pct=200))
    width = 2 * groups(shown)[0].sizeHint().width() + 2 * theme.SPACE_XL
    shown.resize(width, shown.heightForWidth(width))
    qapp.processEvents()
    rows = [label.y() for label in groups(shown)]
    assert rows[0] == rows[1] < rows[2] == rows[3]
    assert all(label.width() >= label.sizeHint().width() for label in groups(shown))
    assert all(label.geometry().bottom() <= shown.height() for label in groups(shown))
