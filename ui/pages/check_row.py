"""One check in a list: its status, its name, what was found, and where wanted a button."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from readiness.advice import words_for
from readiness.model import Result, Status
from readiness.telling import STATUS_WORDS, tell
from readiness.text import N_
from ui import theme
from ui.visit import Visit
from ui.widgets.status_badge import StatusBadge
from ui.widgets.wrap_label import WrapLabel


class CheckRow(QWidget):
    """What one check came to."""

    def __init__(self, check_id: str, visit: Visit) -> None:
        super().__init__()
        self.setObjectName(f"row_{check_id}")
        self.check_id = check_id
        self._visit = visit
        self._name = WrapLabel(kind="title")
        self._badge = StatusBadge(Status.SKIPPED, "")
        self._text = WrapLabel()
        self.button = QPushButton()
        self.button.setObjectName(f"do_{check_id}")
        self.button.setProperty("kind", "secondary")
        self.button.hide()
        head = QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self._badge)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(head)
        column.addWidget(self._text)
        foot = QHBoxLayout()
        foot.addWidget(self.button)
        foot.addStretch(1)
        column.addLayout(foot)

    def show_result(self, result: Result) -> None:
        """Put the result into words."""
        say = self._visit.say
        self._name.setText(say(words_for(result.check).name))
        self._badge.show_status(result.status, say(STATUS_WORDS[result.status]))
        if result.leading:
            text = tell(result.leading, self._visit.language, self._visit.machine.family).text
        else:
            text = say(N_("This was not tested."))
        self._text.setText(text)

    def show_button(self, words: str) -> None:
        """Offer to do something about it; no words, no button."""
        self.button.setText(words)
        self.button.setAccessibleName(f"{self._name.text()}: {words}")
        self.button.setVisible(bool(words))
