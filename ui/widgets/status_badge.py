"""A status as icon, word and colour: never as colour alone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from readiness.model import Status
from ui import icons, theme

_ICON_PX: Final = 22
_PAD_PX: Final = 12


class StatusBadge(QWidget):
    """A small pill: the icon of a status, and its word in the person's language."""

    def __init__(self, status: Status = Status.SKIPPED, word: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.status = status
        self.word = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_status(status, word)

    def show_status(self, status: Status, word: str) -> None:
        if (status, word) != (self.status, self.word):
            self.status, self.word = status, word
            self.setAccessibleName(word)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        letters = self._metrics()
        height = max(letters.height(), theme.px(_ICON_PX)) + theme.px(10)
        return QSize(theme.px(_ICON_PX + 2.5 * _PAD_PX) + letters.horizontalAdvance(self.word), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.now()
        status = colours.status[self.status]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(status.soft))
        stands_out = status.soft != colours.surface
        painter.setPen(Qt.PenStyle.NoPen if stands_out else QPen(QColor(status.strong), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), self.height() / 2, self.height() / 2)
        side, pad = theme.px(_ICON_PX), theme.px(_PAD_PX)
        icons.paint(painter, self.status.value, status.strong, QRectF(pad, (self.height() - side) / 2, side, side))
        painter.setPen(QColor(status.strong))
        painter.setFont(self._font())
        left = pad + side + pad // 2
        painter.drawText(self.rect().adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.word)

    def _font(self) -> QFont:
        font = theme.font("body")
        font.setBold(True)
        return font

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self._font())
