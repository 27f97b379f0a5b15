"""What to do, in the order of doing: numbers in circles, and a sentence beside each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.wrap_label import WrapLabel

_CIRCLE_PX: Final = 40


class StepList(QWidget):
    """Tell with `show_steps`; no steps, no space."""

    def __init__(self, steps: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps: tuple[str, ...] = ()
        self._rows: list[_Step] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.SPACE_M)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setVisible(False)
        self.show_steps(steps)

    def show_steps(self, steps: Sequence[str]) -> None:
        """Other steps, in the person's language."""
        if tuple(steps) == self.steps:
            return
        self.steps = tuple(steps)
        while len(self._rows) < len(self.steps):
            row = _Step(len(self._rows) + 1)
            self._rows.append(row)
            self._column.addWidget(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(self.steps))
            row.show_step(self.steps[place] if place < len(self.steps) else "")
        self.setVisible(bool(self.steps))


class _Step(QWidget):
    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._label = WrapLabel()
        row = QHBoxLayout(self)
        row.addWidget(self._label, 1, Qt.AlignmentFlag.AlignVCenter)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._fit()

    def show_step(self, text: str) -> None:
        self._label.setText(text)
        self._label.setAccessibleName(f"{self._number}. {text}")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.px(_CIRCLE_PX)
        circle = QRectF(0, (self.height() - side) / 2 if self._is_one_line(side) else 0, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(circle)
        painter.setPen(QColor(colours.on_accent))
        font = theme.font("body")
        font.setBold(True)
        font.setPixelSize(theme.px(21))
        painter.setFont(font)
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self._number))

    def _is_one_line(self, side: int) -> bool:
        return self.height() <= side * 1.6

    def _fit(self) -> None:
        layout = self.layout()
        if layout:
            layout.setContentsMargins(theme.px(_CIRCLE_PX + theme.SPACE_M), 0, 0, 0)
        self.setMinimumHeight(theme.px(_CIRCLE_PX))
