"""While somebody wipes the screen: no touch counts, and a count down says for how long."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from readiness.model import Status
from readiness.telling import fill
from readiness.text import N_, translate
from ui import theme
from ui.widgets.note import Note
from ui.widgets.wrap_label import WrapLabel


class Wiping(QWidget):
    """Shown for a minute; who shows it counts, and lets no touch through."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._language = language
        self._note = Note()
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.SPACE_XL] * 4)
        column.setSpacing(theme.SPACE_L)
        column.addStretch(1)
        column.addWidget(WrapLabel(translate(N_("Now wipe the screen"), language), kind="headline"))
        column.addWidget(self._note)
        column.addStretch(1)

    def count(self, left_s: float) -> None:
        words = N_("Touches do not count for {seconds} seconds.")
        seconds = max(0, math.ceil(left_s))
        self._note.show_note(Status.UNKNOWN, fill(words, {"seconds": seconds}, self._language), icon="clock")
