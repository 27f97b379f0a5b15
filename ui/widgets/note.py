"""A message that stands out: an icon, a colour and a sentence or two."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from readiness.model import Status
from ui import icons, theme
from ui.widgets.wrap_label import WrapLabel

_ICON_PX: Final = 32


class Note(QWidget):
    """Tell with `show_note`; `status` and `text` say what is told."""

    def __init__(self, status: Status = Status.SKIPPED, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.status = status
        self._icon = status.value
        self._label = WrapLabel()
        row = QHBoxLayout(self)
        row.addWidget(self._label, 1, Qt.AlignmentFlag.AlignVCenter)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._fit()
        self.show_note(status, text)

    @property
    def text(self) -> str:
        return self._label.text()

    def show_note(self, status: Status, text: str, *, icon: str | None = None) -> None:
        """Another message; ``icon`` stands in for that of the status, as ``clock`` does while a person waits."""
        icon = icon or status.value
        if (status, text, icon) == (self.status, self.text, self._icon):
            return
        self.status, self._icon = status, icon
        self._label.setText(text)
        self.setAccessibleName(text)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.now()
        status = colours.status[self.status]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(status.soft))
        line = colours.line_px
        painter.setPen(QPen(QColor(status.strong), line) if status.soft == colours.background else Qt.PenStyle.NoPen)
        area = QRectF(self.rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2)
        painter.drawRoundedRect(area, theme.RADIUS_PX, theme.RADIUS_PX)
        side = theme.px(_ICON_PX)
        icons.paint(painter, self._icon, status.strong, QRectF(theme.SPACE_L, (self.height() - side) / 2, side, side))

    def _fit(self) -> None:
        """Room for the icon, which grows with the text."""
        layout = self.layout()
        if layout:
            left = theme.SPACE_L + theme.px(_ICON_PX + theme.SPACE_M)
            layout.setContentsMargins(left, theme.SPACE_M, theme.SPACE_L, theme.SPACE_M)
        self.setMinimumHeight(theme.px(_ICON_PX) + 2 * theme.SPACE_M)
