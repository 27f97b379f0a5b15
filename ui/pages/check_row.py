"""Checks in a list: the status of each, its name, what was found, and where wanted a button."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from readiness.advice import words_for
from readiness.checks import CHECKS
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


class CheckRows(QWidget):
    """A row for each check; those are shown that there is something to say of."""

    wanted = Signal(str)
    """The id of a check whose button was pressed."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self._rows = {check.id: CheckRow(check.id, visit) for check in CHECKS}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_M)
        for row in self._rows.values():
            row.button.clicked.connect(self._press)
            column.addWidget(row)

    def show_results(self, results: Iterable[Result], button: Callable[[Result], str] = lambda result: "") -> None:
        """Show these, each with a button where ``button`` has words for one."""
        shown = {result.check: result for result in results}
        for check_id, row in self._rows.items():
            row.setVisible(check_id in shown)
            if result := shown.get(check_id):
                row.show_result(result)
                row.show_button(button(result))

    @Slot()
    def _press(self) -> None:
        self.wanted.emit(next(check_id for check_id, row in self._rows.items() if row.button is self.sender()))
