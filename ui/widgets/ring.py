"""How far the person is: a ring with a piece for each step, and the number inside."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians, sin
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from readiness.model import Status
from ui import icons, theme

_SIDE_PX: Final = 132
_WIDTH_PX: Final = 12
_GAP_DEG: Final = 14.0


class Ring(QWidget):
    """Tell with `show_steps` what each step came to, or with `show_progress` only how many are done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.steps: tuple[Status | None, ...] = ()
        """What is done has a status, and shows its icon and not only its colour; None is still to do."""
        self._counted: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """The number inside: "3/5"."""
        done, total = self._counted or (sum(step is not None for step in self.steps), len(self.steps))
        return f"{done}/{total}"

    def show_steps(self, steps: Sequence[Status | None], name: str = "") -> None:
        """``name`` says the same in the person's language: "3 of 5 steps done"."""
        if tuple(steps) != self.steps or self._counted:
            self.steps, self._counted = tuple(steps), None
            self.update()
        self.setAccessibleName(name or self.text)

    def show_progress(self, done: int, total: int, name: str = "") -> None:
        """``done`` of ``total``, when it does not matter yet what they came to."""
        if self._counted != (done, total):
            self.steps, self._counted = (), (done, total)
            self.update()
        self.setAccessibleName(name or self.text)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(_SIDE_PX), theme.px(_SIDE_PX))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        done, total = self._counted or (0, len(self.steps))
        if not total:
            return
        colours = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mark = theme.px(22)
        side = min(self.width(), self.height()) - mark
        area = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        piece = 360.0 / total
        gap = min(_GAP_DEG, piece / 3)
        for place, status in enumerate(self.steps or (None,) * total):
            colour = colours.status[status].strong if status else colours.accent if place < done else colours.line
            width = theme.px(_WIDTH_PX) if status or place < done else theme.px(3)
            pen = QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            begins = 90.0 - place * piece - gap / 2
            painter.drawArc(area, round(begins * 16), round(-(piece - gap) * 16))
        for place, status in enumerate(self.steps):
            if status:
                self._paint_mark(painter, area, 90.0 - (place + 0.5) * piece, status, mark)
        font = theme.font("title")
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.text)

    def _paint_mark(self, painter: QPainter, area: QRectF, angle_deg: float, status: Status, side: int) -> None:
        """The icon of a status on the middle of its piece."""
        colours = theme.now()
        radius = area.width() / 2
        at = area.center() + QPointF(radius * cos(radians(angle_deg)), -radius * sin(radians(angle_deg)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.status[status].soft))
        painter.drawEllipse(at, side / 2, side / 2)
        place = QRectF(at.x() - side / 2 + 1, at.y() - side / 2 + 1, side - 2, side - 2)
        icons.paint(painter, status.value, colours.status[status].strong, place)
