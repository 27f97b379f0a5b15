"""The door for staff: a PIN on the screen, by finger or by keys. Which digits were pressed is never shown."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from readiness.model import Status
from readiness.telling import fill
from readiness.text import N_, translate
from ui import theme
from ui.kiosk.keeper import Keeper
from ui.widgets.note import Note
from ui.widgets.wrap_label import WrapLabel

_MOST_DIGITS: Final = 12
_ROWS: Final = ("123", "456", "789")


class Keypad(QWidget):
    """Tells when the PIN was right, or when somebody turns back."""

    opened = Signal()
    turned_back = Signal()

    def __init__(self, keeper: Keeper, language: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._keeper = keeper
        self._language = language
        self._pin = ""
        title = WrapLabel(translate(N_("Staff: type the PIN"), language), kind="headline")
        self._dots = WrapLabel(kind="headline")
        self._dots.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._dots.setMinimumHeight(theme.px(44))
        self._note = Note()
        self._note.setObjectName("outcome")
        keys = QGridLayout()
        keys.setSpacing(theme.SPACE_M)
        for line, digits in enumerate(_ROWS):
            for place, digit in enumerate(digits):
                keys.addWidget(self._key(digit), line, place)
        keys.addWidget(self._button("erase", N_("Erase"), self._erase), 3, 0)
        keys.addWidget(self._key("0"), 3, 1)
        keys.addWidget(self._button("open", N_("Open"), self.try_it, kind="primary"), 3, 2)
        back = self._button("back", N_("Back"), self.turned_back.emit)
        inside = QWidget()
        inside.setMaximumWidth(theme.column_px() // 2 + theme.px(60))
        column = QVBoxLayout(inside)
        column.setSpacing(theme.SPACE_L)
        column.addStretch(1)
        for widget in (title, self._dots, self._note):
            column.addWidget(widget)
        column.addLayout(keys)
        column.addWidget(back)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addWidget(inside, 1)
        outer.setAlignment(inside, Qt.AlignmentFlag.AlignHCenter)
        self._note.hide()
        self._show()

    def take_focus(self) -> None:
        if key := self.findChild(QPushButton, "key_1"):
            key.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if text and text in "0123456789":
            self._add(text)
        elif event.key() == Qt.Key.Key_Backspace:
            self._erase()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.try_it()
        elif event.key() == Qt.Key.Key_Escape:
            self.turned_back.emit()
        else:
            super().keyPressEvent(event)

    def try_it(self) -> None:
        """Compare what was typed, unless it is too early after wrong ones."""
        pin, self._pin = self._pin, ""
        self._show()
        if self._must_wait():
            return
        if pin and self._keeper.is_pin(pin):
            self.opened.emit()
        elif not self._must_wait():
            self._tell(N_("That is not the PIN."))

    # --- Inside

    def _must_wait(self) -> bool:
        wait_s = self._keeper.wait_for_pin_s()
        if wait_s > 0:
            self._tell(N_("Too many tries. Wait {minutes} minutes."), minutes=math.ceil(wait_s / 60))
        return wait_s > 0

    def _tell(self, sentence: str, **params: int) -> None:
        self._note.show_note(Status.WARN, fill(sentence, params, self._language))
        self._note.show()

    def _add(self, digit: str) -> None:
        self._pin = (self._pin + digit)[:_MOST_DIGITS]
        self._show()

    def _erase(self) -> None:
        self._pin = ""
        self._show()

    def _show(self) -> None:
        self._dots.setText("●" * len(self._pin))
        self._dots.setAccessibleName(fill(N_("{number} digits"), {"number": len(self._pin)}, self._language))

    def _key(self, digit: str) -> QPushButton:
        key = self._button(f"key_{digit}", digit, partial(self._add, digit))
        key.setProperty("kind", "tile")
        return key

    def _button(self, name: str, words: str, do: object, kind: str = "secondary") -> QPushButton:
        button = QPushButton(translate(words, self._language))
        button.setObjectName(name)
        button.setProperty("kind", kind)
        button.clicked.connect(do)
        return button
