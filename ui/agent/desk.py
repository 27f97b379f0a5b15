"""What an agent has before them: a bar, and three columns below it that follow a call."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from readiness.agent.call import Call
from readiness.it_report import SavedReport
from ui import theme
from ui.agent.columns import LEFT_PX, RIGHT_PX, CallerColumn, RecordColumn, TalkColumn
from ui.agent.top_bar import TopBar
from ui.agent.words import Words
from ui.widgets.flow_row import QWIDGETSIZE_MAX

#: A laptop's screen, less its bars.
SIZE: Final = (1366, 700)

#: Up to here the columns stand beside each other.
_MOST_SIDE_BY_SIDE_PCT: Final = 125


class Desk(QWidget):
    """Puts everything in its place; what the keys lead to is the console's."""

    look_changed = Signal(object)

    def __init__(self, words: Words, look: theme.Look) -> None:
        super().__init__()
        words.setParent(self)
        self.words = words
        self.look = look
        self.bar = TopBar(words, self)
        self.caller = CallerColumn(words, self)
        self.talk = TalkColumn(words, self)
        self.record = RecordColumn(words, self)
        inside = QWidget()
        inside.setObjectName("page")
        self._columns = QHBoxLayout(inside)
        self._columns.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        self._columns.setSpacing(theme.SPACE_M)
        self._columns.addWidget(self.caller)
        self._columns.addWidget(self.talk, 1)
        self._columns.addWidget(self.record)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.area, 1)
        self.fit_look()

    def follow(self, call: Call, looked_up: str, result: SavedReport | None, *, can_go_back: bool) -> str:
        """Show where a call stands; returns what is read out now, in the agent's language.

        ``looked_up``: the list that stands in its place, if any; ``result``: a saved one that was opened.
        """
        self.caller.show_call(call)
        said = self.talk.show_call(call, looked_up, result)
        self.record.show_call(call, can_go_back=can_go_back)
        lists = {"flyer": self.record.flyer, "care": self.record.care, "result": self.caller.open_result}
        for name, button in lists.items():
            button.setChecked(looked_up == name)
        self.area.ensureWidgetVisible(self.talk.script)
        return said

    def wear(self, look: theme.Look) -> None:
        """Other colours or another text size, at once."""
        self.look = look
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, look)
        self.fit_look()
        self.look_changed.emit(look)

    def fit_look(self) -> None:
        """Columns side by side; below each other, and to be scrolled, where large letters leave the script no room."""
        is_stacked = self.look.scale_pct > _MOST_SIDE_BY_SIDE_PCT
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(down if is_stacked else across)
        for column, width_px in ((self.caller, LEFT_PX), (self.record, RIGHT_PX)):
            column.setMinimumWidth(0 if is_stacked else theme.px(width_px))
            column.setMaximumWidth(QWIDGETSIZE_MAX if is_stacked else theme.px(width_px))
        self.bar.show_look(self.look)
        self.talk.picture.renew()
