"""How loud it is: a bar that a voice moves, and the zone in which a voice should be."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from readiness.model import Status
from ui import theme

#: The scale, from nothing to the loudest that there is.
LOWEST_DBFS: Final = -60.0
#: Where a voice that is understood well usually lies; drawn only, nothing is judged by it.
SPEECH_DBFS: Final = (-42.0, -6.0)

_CELLS: Final = 30
_HEIGHT_PX: Final = 64


class LevelMeter(QWidget):
    """Cells light up from left to right. A voice in the zone makes them tall, one above it striped: not only the
    colours tell.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.lit = 0
        """How many cells are lit."""
        self._peak: int | None = None
        self._floor: int | None = None

    @property
    def is_in_zone(self) -> bool:
        """Whether the level is where a voice should be."""
        low, high = (_cells(edge) for edge in SPEECH_DBFS)
        return low < self.lit <= high

    @property
    def text(self) -> str:
        """What is drawn, as letters: for who cannot see it, set by the page; here the bare figure."""
        return self.accessibleDescription()

    def show_level(self, level_dbfs: float | None, peak_dbfs: float | None, floor_dbfs: float | None) -> None:
        """The loudness now, the loudest so far and that of the room, in dBFS; None for what is not known."""
        lit = 0 if level_dbfs is None else _cells(level_dbfs)
        peak = None if peak_dbfs is None else _cells(peak_dbfs)
        floor = None if floor_dbfs is None else _cells(floor_dbfs)
        if (lit, peak, floor) != (self.lit, self._peak, self._floor):
            self.lit, self._peak, self._floor = lit, peak, floor
            self.setAccessibleDescription(f"{round(100 * lit / _CELLS)} %")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, theme.px(_HEIGHT_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, theme.px(_HEIGHT_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_zone(painter)
        for cell in range(_CELLS):
            self._paint_cell(painter, cell)
        self._paint_marks(painter)

    # --- Inside

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(2, 2, -2, -2)

    def _left_of(self, cell: float) -> float:
        area = self._area().adjusted(8, 0, -8, 0)
        return area.left() + area.width() * cell / _CELLS

    def _paint_zone(self, painter: QPainter) -> None:
        """The groove, and in it the zone with an edge that 3:1 can be seen."""
        colours = theme.now()
        area = self._area()
        painter.setPen(QPen(QColor(colours.line), colours.line_px))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(area, theme.RADIUS_PX, theme.RADIUS_PX)
        low, high = (self._left_of(_cells(edge)) for edge in SPEECH_DBFS)
        zone = QRectF(low - 2, area.top() + 5, high - low + 2, area.height() - 10)
        painter.setBrush(QColor(colours.status[Status.PASS].soft))
        painter.setPen(QPen(QColor(colours.status[Status.PASS].strong), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(zone, 8, 8)

    def _paint_cell(self, painter: QPainter, cell: int) -> None:
        colours = theme.now()
        low, high = (_cells(edge) for edge in SPEECH_DBFS)
        is_lit, is_zone, is_over = cell < self.lit, low <= cell < high, cell >= high
        area = self._area()
        gap = max(2.0, area.width() / _CELLS / 5)
        width = self._left_of(cell + 1) - self._left_of(cell) - gap
        share = 0.56 if is_lit and is_zone and self.is_in_zone else 0.34
        height = area.height() * (share if is_lit else 0.1)
        rect = QRectF(self._left_of(cell) + gap / 2, area.center().y() - height / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        if not is_lit:
            painter.setBrush(QColor(colours.line))
        elif self.is_in_zone:
            painter.setBrush(QColor(colours.status[Status.PASS].strong))
        elif is_over:
            painter.setBrush(QColor(colours.status[Status.FAIL].strong))
        elif self.lit > high:
            painter.setBrush(QColor(colours.status[Status.WARN].strong))
        else:
            painter.setBrush(QColor(colours.muted))
        painter.drawRoundedRect(rect, min(3.0, width / 2), min(3.0, height / 2))
        if is_lit and is_over:  # stripes: too loud
            painter.setPen(QPen(QColor(colours.surface), 2))
            painter.drawLine(rect.bottomLeft(), rect.topRight())

    def _paint_marks(self, painter: QPainter) -> None:
        """The loudest so far as a full line, the room as a low dotted one."""
        colours = theme.now()
        area = self._area()
        if self._peak:
            x = self._left_of(self._peak)
            painter.setPen(QPen(QColor(colours.text), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(x, area.top() + 8), QPointF(x, area.bottom() - 8))
        if self._floor:
            x = self._left_of(self._floor)
            painter.setPen(QPen(QColor(colours.muted), 3, Qt.PenStyle.DotLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(x, area.top() + 10), QPointF(x, area.bottom() - 10))


def _cells(level_dbfs: float) -> int:
    """How many cells a level lights."""
    share = (level_dbfs - LOWEST_DBFS) / -LOWEST_DBFS
    return round(min(1.0, max(0.0, share)) * _CELLS)
