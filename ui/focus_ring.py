"""One ring around whatever has the keyboard: outside of the thing, with a gap, so that it shows on every colour."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QWidget
from shiboken6 import isValid

_GAP_PX: Final = 3
_LINE_PX: Final = 3
_RADIUS_PX: Final = 15

_MOVES: Final = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.ParentChange)


class FocusRing(QObject):
    """Follows the keyboard through all windows: connect `follow` to ``QApplication.focusChanged``."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._ring: _Ring | None = None
        self._way: list[QWidget] = []
        """The widget with the keyboard, and what it lies in, up to where the ring is drawn."""

    def follow(self, old: QWidget | None, new: QWidget | None) -> None:
        """Draw the ring around ``new``; None takes it away."""
        for widget in self._way:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._way = _way(new) if new else []
        for widget in self._way[:-1]:
            widget.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move along when the layout does."""
        if event.type() in _MOVES:
            self._place()
        return False

    def _place(self) -> None:
        ring = self._ring if self._ring and isValid(self._ring) else None
        if len(self._way) < 2 or not all(isValid(widget) for widget in self._way) or not self._way[0].isVisible():
            if ring:
                ring.hide()
            return
        widget, host = self._way[0], self._way[-1]
        if ring is None or ring.parentWidget() is not host:
            if ring:
                ring.hide()
                ring.deleteLater()
            ring = self._ring = _Ring(host)
        reach = _GAP_PX + _LINE_PX
        rect = QRect(widget.mapTo(host, QPoint(0, 0)), widget.size()).adjusted(-reach, -reach, reach, reach)
        ring.setGeometry(rect)
        ring.raise_()
        ring.show()


class _Ring(QWidget):
    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("focus_ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        from ui.theme import now

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(now().focus), _LINE_PX))
        half = _LINE_PX / 2
        painter.drawRoundedRect(self.rect().toRectF().adjusted(half, half, -half, -half), _RADIUS_PX, _RADIUS_PX)


def _way(widget: QWidget) -> list[QWidget]:
    """From a widget up to where there is room for a ring around it: what its scroll area scrolls, or its window."""
    way = [widget]
    if (
        widget.isWindow()
        or isinstance(widget, QAbstractScrollArea)
        or widget.window().windowType() == Qt.WindowType.Popup
    ):
        return way
    while not way[-1].isWindow():
        above = way[-1].parentWidget()
        if above is None or isinstance(above.parentWidget(), QAbstractScrollArea):
            break
        way.append(above)
    return way
