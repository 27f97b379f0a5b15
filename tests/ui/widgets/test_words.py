"""Widgets that hold words: nothing is cut off, and everything is told."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from readiness.model import Status
from tests.ui.widgets.conftest import count
from ui import theme
from ui.widgets.card import Card
from ui.widgets.flow_row import FlowRow
from ui.widgets.note import Note
from ui.widgets.status_badge import StatusBadge
from ui.widgets.step_list import StepList
from ui.widgets.wifi_bars import WifiBars
from ui.widgets.wrap_label import WrapLabel

Draw = Callable[..., QImage]

LONG = "Dé la vuelta para quedar frente a la ventana, o cierre las cortinas que están detrás de usted."


def _bars() -> WifiBars:
    made = WifiBars()
    made.show_bars(2, text=LONG)
    return made


MAKERS: dict[str, Callable[[], QWidget]] = {
    "label": lambda: WrapLabel(LONG),
    "note": lambda: Note(Status.WARN, LONG),
    "steps": lambda: StepList((LONG, LONG)),
    "bars": _bars,
}


@pytest.mark.parametrize("scale_pct", theme.SCALES_PCT)
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_long_words_wrap_and_are_not_cut_off(
    qtbot: QtBot, qapp: QApplication, scale_pct: int, make: Callable[[], QWidget]
) -> None:
    theme.apply(qapp, theme.Look(scale_pct=scale_pct))
    widget = make()
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(widget)
    column.addStretch(1)
    qtbot.addWidget(page)
    page.resize(560, max(page.heightForWidth(560), page.minimumSizeHint().height()))
    page.show()
    labels = [*page.findChildren(QLabel)]
    assert labels
    for label in labels:
        needed = label.fontMetrics().boundingRect(
            QRect(0, 0, label.width(), 9999), 0x1000, label.text()
        )  # TextWordWrap
        assert label.height() >= needed.height()
        assert label.width() <= 560
    if scale_pct == 200:
        assert labels[0].height() > 2 * labels[0].fontMetrics().height()


@pytest.mark.parametrize("right", [False, True])
def test_buttons_go_on_in_the_next_line(qtbot: QtBot, qapp: QApplication, right: bool) -> None:
    theme.apply(qapp, theme.Look(scale_pct=200))
    page = QWidget()
    column = QVBoxLayout(page)
    row = FlowRow(right=right)
    buttons = [QPushButton(words) for words in ("Sí, me veo", "No me veo", "No sé decirlo", "Omitir este paso")]
    for button in buttons:
        row.addWidget(button)
    column.addLayout(row)
    column.addStretch(1)
    qtbot.addWidget(page)
    page.resize(700, page.heightForWidth(700))
    page.show()
    assert len({button.y() for button in buttons}) > 1
    for button in buttons:
        assert page.rect().contains(button.geometry())
        assert button.width() >= button.sizeHint().width()
    for one in buttons:
        assert not any(one.geometry().intersects(other.geometry()) for other in buttons if other is not one)
    ends = {line[-1].geometry().right() for line in _lines(buttons)}
    assert (len(ends) == 1) is right


def test_in_a_wide_page_they_stay_in_one_line_and_hidden_ones_take_no_room(qtbot: QtBot) -> None:
    page = QWidget()
    row = FlowRow(page, even=True)
    buttons = [QPushButton(words) for words in ("One", "Two is longer", "Three")]
    for button in buttons:
        row.addWidget(button)
    qtbot.addWidget(page)
    buttons[1].hide()
    page.resize(900, 80)
    page.show()
    assert buttons[0].y() == buttons[2].y()
    assert buttons[0].width() == buttons[2].width()
    assert buttons[2].x() == buttons[0].geometry().right() + 1 + row.spacing()
    assert row.count() == 3
    assert row.takeAt(0) is not None
    assert row.itemAt(9) is None


def test_a_note_tells_its_words_and_status(drawn: Draw) -> None:
    note = Note()
    drawn(note)
    note.show_note(Status.FAIL, "We did not find a camera.")
    assert (note.status, note.text) == (Status.FAIL, "We did not find a camera.")
    assert note.accessibleName() == note.text
    image = drawn(note, 500, 100)
    assert count(image, theme.now().status[Status.FAIL].soft) > 5000
    assert count(image, theme.now().status[Status.FAIL].strong) > 20  # the icon
    note.show_note(Status.FAIL, note.text, icon="clock")
    assert drawn(note, 500, 100) != image


def test_a_badge_has_its_word(drawn: Draw) -> None:
    badge = StatusBadge(Status.PASS, "Works")
    narrow = badge.sizeHint().width()
    drawn(badge)
    badge.show_status(Status.UNKNOWN, "Not known, sorry")
    assert badge.sizeHint().width() > narrow
    assert badge.accessibleName() == "Not known, sorry"
    assert count(drawn(badge), theme.now().status[Status.PASS].strong) == 0


def test_steps_are_numbered_and_other_steps_take_their_place(drawn: Draw) -> None:
    steps = StepList(("Open Settings.", "Turn it on.", "Come back."))
    drawn(steps)
    steps.show_steps(("Try again.",))
    names = [label.accessibleName() for label in steps.findChildren(WrapLabel) if label.isVisibleTo(steps)]
    assert names == ["1. Try again."]
    steps.show_steps(())
    assert steps.isHidden()


def test_names_of_devices_are_not_markup(drawn: Draw) -> None:
    label = WrapLabel("<b>Cam</b>")
    drawn(label)
    assert label.sizeHint().width() > WrapLabel("Cam").sizeHint().width()


def test_bars_can_be_counted_and_are_told(drawn: Draw) -> None:
    wifi = WifiBars()
    filled = []
    for bars in range(5):
        wifi.show_bars(bars, text=f"Wi-Fi: {bars} of 4 bars")
        filled.append(count(drawn(wifi, 400, 60), theme.now().accent))
    assert all(one < following for one, following in pairwise(filled))
    assert wifi.accessibleName() == wifi.text == "Wi-Fi: 4 of 4 bars"
    wifi.show_bars(None, is_cable=True, text="A cable")
    assert count(drawn(wifi, 400, 60), theme.now().accent) > 50


def test_a_card_holds_what_is_put_into_it(drawn: Draw) -> None:
    card = Card()
    label = WrapLabel("Inside")
    card.body.addWidget(label)
    image = drawn(card, 300, 200)
    assert label.parentWidget() is card
    assert image.pixelColor(150, 100).name() == theme.now().surface


def _lines(buttons: list[QPushButton]) -> list[list[QPushButton]]:
    return [[button for button in buttons if button.y() == y] for y in sorted({button.y() for button in buttons})]
