"""A drawn picture beside the words: what to do, at a glance."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import pictures, theme

_SIZE_PX: Final = QSize(320, 200)


class Drawing(QWidget):
    """One of `ui.pictures`, as large as there is room; the words beside it say the same."""

    def __init__(self, name: str = "", parent: QWidget | None = None, *, size_px: QSize = _SIZE_PX) -> None:
        """``size_px``: as large as it is drawn at most."""
        super().__init__(parent)
        self.name = name
        self._size_px = size_px
        self._drawn: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if not name:
            self.hide()  # and never shown here: without a parent it would be a window for a moment

    def show_drawing(self, name: str) -> None:
        """Another picture; none without a name."""
        self.setVisible(bool(name))
        if name != self.name:
            self.name, self._drawn = name, None
            self.update()

    def sizeHint(self) -> QSize:
        return self._size_px

    def minimumSizeHint(self) -> QSize:
        return QSize(self._size_px.width() // 2, self._size_px.height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._drawn = None

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.name:
            return
        size = self._size_px.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        ratio = self.devicePixelRatioF()
        if self._drawn is None or self._drawn.size() != size * ratio:
            self._drawn = pictures.picture(self.name, theme.now(), size, ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, (self.height() - size.height()) // 2, self._drawn)
