"""Marks a demonstration as one, and chooses what it shows."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame

from readiness.text import N_
from ui import theme
from ui.demo import SCENARIOS
from ui.visit import Visit
from ui.widgets.flow_row import FlowRow
from ui.widgets.wrap_label import WrapLabel


class DemoBar(QFrame):
    """Above the window's header, as long as nothing in it is true."""

    chosen = Signal(str)
    """The name of another scenario."""

    def __init__(self, visit: Visit, scenario: str) -> None:
        super().__init__()
        self.setObjectName("demo")
        self._visit = visit
        self._label = WrapLabel(kind="small")
        self._chooser = QComboBox()
        self._chooser.setObjectName("scenario")
        for name in SCENARIOS:
            self._chooser.addItem("", name)
        self._chooser.setCurrentIndex(list(SCENARIOS).index(scenario))
        self._chooser.activated.connect(lambda place: self.chosen.emit(self._chooser.itemData(place)))
        row = FlowRow(self)
        row.setContentsMargins(theme.SPACE_L, theme.SPACE_XS, theme.SPACE_L, theme.SPACE_XS)
        row.addWidget(self._label)
        row.addWidget(self._chooser)
        visit.language_changed.connect(self._retell)
        self._retell()

    def _retell(self) -> None:
        say = self._visit.say
        self._label.setText(say(N_("This is a demonstration. Nothing here is about this computer.")))
        self._chooser.setAccessibleName(say(N_("What to show")))
        for place, (words, _) in enumerate(SCENARIOS.values()):
            self._chooser.setItemText(place, say(words))
