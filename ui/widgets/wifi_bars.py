"""How this computer is connected: bars for Wi-Fi, a plug for a cable, and the words for it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui import icons, theme
from ui.widgets.wrap_label import WrapLabel

_BARS: Final = 4
_SIDE_PX: Final = 48


class WifiBars(QWidget):
    """Tell with `show_bars`. Bars that are not reached are empty frames: they can be counted without colours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: int | None = None
        self.is_cable = False
        self._label = WrapLabel()
        row = QHBoxLayout(self)
        row.addWidget(self._label, 1, Qt.AlignmentFlag.AlignVCenter)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._fit()

    @property
    def text(self) -> str:
        return self._label.text()

    def show_bars(self, bars: int | None, *, is_cable: bool = False, text: str = "") -> None:
        """From 0 to 4 bars; None where the system does not tell."""
        self._label.setText(text)
        self.setAccessibleName(text)
        if (bars, is_cable) != (self.bars, self.is_cable):
            self.bars, self.is_cable = bars, is_cable
            self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.px(_SIDE_PX)
        area = QRectF(0, (self.height() - side) / 2, side, side)
        if self.is_cable or self.bars is None:
            icons.paint(painter, "cable" if self.is_cable else "wifi", colours.accent, area)
            return
        step = side / _BARS
        for place in range(_BARS):
            height = side * (0.3 + 0.7 * place / (_BARS - 1))
            bar = QRectF(area.left() + place * step + 1, area.bottom() - height, step - 3, height).adjusted(
                1, 1, -1, -1
            )
            painter.setPen(QPen(QColor(colours.accent if place < self.bars else colours.line), 2))
            painter.setBrush(QColor(colours.accent) if place < self.bars else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(bar, 2.5, 2.5)

    def _fit(self) -> None:
        layout = self.layout()
        if layout:
            layout.setContentsMargins(theme.px(_SIDE_PX + theme.SPACE_M), 0, 0, 0)
        self.setMinimumHeight(theme.px(_SIDE_PX))
