"""What a person reads out when they call for help, so that the agent sees what they see."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from readiness.support_code import READ_OUT, encode
from ui import theme
from ui.visit import Visit
from ui.widgets.spoken_code import SpokenCode
from ui.widgets.wrap_label import WrapLabel


class CallCode(QWidget):
    """One sentence and the code below it."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self.setObjectName("call_code")
        self._visit = visit
        self._sentence = WrapLabel()
        self._code = SpokenCode()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        column.addWidget(self._sentence)
        column.addWidget(self._code)
        visit.found.connect(self._renew)

    @property
    def code(self) -> str:
        """What is shown now; empty for nothing."""
        return self._code.code

    def show_code(self, *, wanted: bool) -> None:
        """The code for what is known now; nothing where it is not ``wanted``, or nothing was measured yet."""
        visit = self._visit
        shown = wanted and any(result.reading is not None for result in visit.results.values())
        self._sentence.setText(visit.say(READ_OUT))
        self._code.show_code(encode(visit.known.report(), language=visit.language, way=visit.way) if shown else "")
        self.setVisible(shown)

    @Slot(str)
    def _renew(self, check_id: str) -> None:
        """What is read out must not be older than what is known."""
        if self.isVisible():
            self.show_code(wanted=True)
