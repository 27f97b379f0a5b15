"""How long the call lasts, and what was tried: the newest lines, as many as there is room for."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from readiness.agent.note import clock
from ui import theme
from ui.widgets.wrap_label import WrapLabel


class Clock(WrapLabel):
    """Counts the seconds of a call, from `begin` on."""

    def __init__(self) -> None:
        super().__init__(kind="title")
        self.setObjectName("clock")
        self._began_s: float | None = None
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._show)
        self._show()

    @property
    def length_s(self) -> int:
        return 0 if self._began_s is None else round(time.monotonic() - self._began_s)

    def begin(self) -> None:
        """The call begins, unless it has begun."""
        if self._began_s is None:
            self._began_s = time.monotonic()
            self._tick.start()

    def begin_anew(self) -> None:
        """Another call comes: the clock waits for it."""
        self.stop()
        self._began_s = None
        self._show()

    def stop(self) -> None:
        self._tick.stop()

    def _show(self) -> None:
        self.setText(clock(self.length_s))


class LatestLines(QWidget):
    """Lines below each other, the newest last; the oldest go when there is no room, and a "…" stands for them."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[str, ...] = ()
        self.label = WrapLabel(kind="small")
        self.label.setObjectName("steps_so_far")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.label)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(theme.px(60))

    def show_lines(self, lines: Sequence[str]) -> None:
        self._lines = tuple(lines)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for first in range(len(self._lines) + 1):
            self.label.setText("\n".join((*(["…"] if first else []), *self._lines[first:])))
            if self.label.heightForWidth(self.width()) <= self.height():
                return
