"""A small picture of the line over time: how fast it was, or how quickly answers came."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme

_HEIGHT_PX: Final = 150

Points = Sequence[tuple[float, float]]


class LineChart(QWidget):
    """Tell with `show_line`: (seconds, value) pairs, and in words what they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.points: tuple[tuple[float, float], ...] = ()
        self.text = ""

    def show_line(self, points: Points, text: str) -> None:
        """``text`` stands above the picture, and is what a screen reader says, with the newest value."""
        if tuple(points) == self.points and text == self.text:
            return
        self.points, self.text = tuple(points), text
        newest = f": {_short(self.points[-1][1])}" if self.points else ""
        self.setAccessibleName(f"{text}{newest}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, theme.px(_HEIGHT_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, theme.px(_HEIGHT_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        letters = QFontMetrics(painter.font())
        top = nice_top(max((value for _, value in self.points), default=0.0))
        left = max(letters.horizontalAdvance(_short(value)) for value in (top, top / 2, 0)) + theme.SPACE_S
        area = QRectF(self.rect()).adjusted(left, letters.height() * 1.9, 0, -letters.height() / 2)
        painter.setPen(QColor(colours.muted))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, self.text)
        for share in (0.0, 0.5, 1.0):
            y = area.bottom() - area.height() * share
            label = QRectF(0, y - letters.height() / 2, left - theme.SPACE_S, letters.height())
            painter.setPen(QColor(colours.muted))
            painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _short(top * share))
            painter.setPen(QPen(QColor(colours.line if share == 0 else colours.hairline), 2 if share == 0 else 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        self._paint_line(painter, area, top)

    def _paint_line(self, painter: QPainter, area: QRectF, top: float) -> None:
        if not self.points:
            return
        colours = theme.now()
        begins, ends = self.points[0][0], self.points[-1][0]
        span = max(ends - begins, 1e-6)
        places = [
            QPointF(
                area.left() + (area.width() - theme.px(8)) * (second - begins) / span,
                area.bottom() - area.height() * min(1.0, max(0.0, value / top)),
            )
            for second, value in self.points
        ]
        line = QPainterPath(places[0])
        for place in places[1:]:
            line.lineTo(place)
        below = QPainterPath(line)
        below.lineTo(places[-1].x(), area.bottom())
        below.lineTo(places[0].x(), area.bottom())
        painter.fillPath(below, QColor(colours.accent_soft))
        pen = QPen(
            QColor(colours.accent),
            theme.px(3),
            Qt.PenStyle.SolidLine,
            Qt.PenCapStyle.RoundCap,
            Qt.PenJoinStyle.RoundJoin,
        )
        painter.setPen(pen)
        painter.drawPath(line)
        painter.setBrush(QColor(colours.accent))
        painter.setPen(QPen(QColor(colours.surface), 2))
        painter.drawEllipse(places[-1], theme.px(7), theme.px(7))


def nice_top(highest: float) -> float:
    """The end of a scale that reads easily: 1, 2 or 5 and noughts, at or above the highest value."""
    if highest <= 0:
        return 1.0
    step = 10.0 ** math.floor(math.log10(highest))
    return next(step * times for times in (1, 2, 5, 10) if step * times >= highest)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == round(value) else f"{value:.1f}"
