"""A link as a square that a phone's camera reads: black on white in every tone, or phones would not read it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme

_SIDE_PX: Final = 200
#: The white edge that readers need, in modules (ISO/IEC 18004).
_QUIET: Final = 4


class QrView(QWidget):
    """Shows ``text``; the accessible name says in words where it leads."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.text = ""
        self._modules: tuple[bytes, ...] = ()
        self.show_text(text)

    def show_text(self, text: str) -> None:
        if text != self.text:
            import segno

            self.text = text
            self._modules = tuple(bytes(row) for row in segno.make(text, error="m", micro=False).matrix) if text else ()
            self.setAccessibleDescription(text)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(_SIDE_PX), theme.px(_SIDE_PX))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._modules:
            return
        painter = QPainter(self)
        across = len(self._modules) + 2 * _QUIET
        side = max(1, min(self.width(), self.height()) // across)
        edge = side * across
        left, top = (self.width() - edge) // 2, (self.height() - edge) // 2
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        for y, row in enumerate(self._modules):
            for x, is_dark in enumerate(row):
                if is_dark:
                    square = QRect(left + (x + _QUIET) * side, top + (y + _QUIET) * side, side, side)
                    painter.fillRect(square, Qt.GlobalColor.black)
