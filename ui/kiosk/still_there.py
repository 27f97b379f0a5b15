"""“Are you still there?”: over everything, with a count down that is shown and spoken, and one large way to stay."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from readiness.model import Status
from readiness.text import N_
from ui import theme
from ui.visit import Visit
from ui.widgets.card import Card
from ui.widgets.note import Note
from ui.widgets.wrap_label import WrapLabel

#: How much of what lies below shines through.
_SHADE: Final = 190


class StillThere(QWidget):
    """Show it with `ask`; who shows it counts."""

    time_wanted = Signal()
    leave_wanted = Signal()

    def __init__(self, visit: Visit, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("still_there")
        self._visit = visit
        card = Card()
        self._title = WrapLabel(kind="headline")
        self._left = Note()
        self._left.setObjectName("left")
        self._stay = _button("more_time", "primary", self.time_wanted)
        self._leave = _button("leave_now", "secondary", self.leave_wanted)
        for widget in (self._title, self._left, self._stay, self._leave):
            card.body.addWidget(widget)
        card.setMaximumWidth(theme.column_px())
        column = QVBoxLayout(self)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 8)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        self.setGeometry(parent.rect())

    def ask(self, seconds: int) -> None:
        """Show the question, and what is left."""
        say = self._visit.say
        self._title.setText(say(N_("Are you still there?")))
        words = N_("This screen starts over in {seconds} seconds.")
        self._left.show_note(Status.WARN, say(words, seconds=seconds), icon="clock")
        self._stay.setText(say(N_("I need more time")))
        self._leave.setText(say(N_("I am done")))
        if not self.isVisible():
            self.show()
            self.raise_()
            self._stay.setFocus(Qt.FocusReason.PopupFocusReason)

    def aloud(self) -> str:
        """What is spoken of it."""
        return f"{self._title.text()}\n{self._left.text}"

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Who touches beside the buttons is there, too."""
        self.time_wanted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        shade = QColor(theme.now().text if theme.current().tone is theme.Tone.LIGHT else theme.now().background)
        shade.setAlpha(_SHADE)
        QPainter(self).fillRect(self.rect(), shade)


def _button(name: str, kind: str, pressed: object) -> QPushButton:
    button = QPushButton()
    button.setObjectName(name)
    button.setProperty("kind", kind)
    button.setAutoDefault(True)
    button.clicked.connect(pressed)
    return button
