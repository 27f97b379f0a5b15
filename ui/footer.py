"""What stands below every screen: back, and the one button to go on with. It never scrolls away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy

from readiness.text import N_
from ui import theme
from ui.pages.page import Action, Page
from ui.visit import Visit
from ui.widgets.flow_row import FlowRow


class Footer(QFrame):
    """The buttons of the page that is shown."""

    back_wanted = Signal()

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self.setObjectName("footer")
        self._visit = visit
        self._actions: dict[QPushButton, Action] = {}
        self._back = _button("back", "quiet")
        self._back.clicked.connect(self.back_wanted)
        self._others = [_button(f"other_{place}", "secondary") for place in range(3)]
        self.primary = _button("primary", "primary")
        self.primary.setDefault(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_L, theme.SPACE_S, theme.SPACE_L, theme.SPACE_S)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._back, 0, Qt.AlignmentFlag.AlignTop)
        ways_on = FlowRow(spacing_px=theme.SPACE_S, right=True)
        for button in (*self._others, self.primary):
            button.clicked.connect(self._do)
            ways_on.addWidget(button)
        row.addLayout(ways_on, 1)

    def show_actions_of(self, page: Page, *, can_go_back: bool) -> None:
        """Fit the buttons to the page; those that stay keep the focus."""
        actions = page.ways_on()
        self._back.setText(self._visit.say(N_("Back")))
        self._back.setVisible(can_go_back)
        others = [*actions.others, *[None] * len(self._others)]
        for button, action in zip(
            (*self._others, self.primary), (*others[: len(self._others)], actions.primary), strict=True
        ):
            button.setVisible(action is not None)
            if action:
                button.setText(self._visit.say(action.words))
                button.setEnabled(action.enabled)
                self._actions[button] = action

    def _do(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self._actions[button].do()


def _button(name: str, kind: str) -> QPushButton:
    button = QPushButton()
    button.setObjectName(name)
    button.setProperty("kind", kind)
    button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    button.setAutoDefault(True)
    return button
