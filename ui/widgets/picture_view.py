"""The person's own picture, as in a mirror."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import icons, theme

_WIDTH_PX: Final = 560
_LEAST_PX: Final = 240
_ICON_PX: Final = 56


class PictureView(QWidget):
    """`show_picture` for each new picture (cheap enough for 30 a second), `show_off` while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
        self.text = ""
        self.has_guide = False
        """Whether an oval shows where the face should be."""
        self._room_px = _LEAST_PX
        self._image: QImage | None = None

    def fit_into(self, height_px: int) -> None:
        """Be as high as there is room, whatever the width: the words below are to be seen with the picture."""
        if height_px != self._room_px:
            self._room_px = height_px
            self.updateGeometry()

    def show_picture(self, image: QImage) -> None:
        self._image = image
        self.text = ""
        self.update()

    def show_off(self, text: str) -> None:
        """No picture now: forget the last one, and say why."""
        if self._image is None and text == self.text:
            return
        self._image = None
        self.text = text
        self.setAccessibleDescription(text)
        self.update()

    def show_guide(self, has_guide: bool) -> None:
        if has_guide != self.has_guide:
            self.has_guide = has_guide
            self.update()

    @property
    def is_off(self) -> bool:
        return self._image is None

    def sizeHint(self) -> QSize:
        highest = round(theme.column_px() * 9 / 16)  # more would only be bars beside the picture
        return QSize(_WIDTH_PX, max(_LEAST_PX, min(self._room_px, highest)))

    def minimumSizeHint(self) -> QSize:
        return QSize(_WIDTH_PX // 2, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(self.rect()), theme.RADIUS_PX, theme.RADIUS_PX)
        painter.fillPath(frame, QColor(theme.now().sunken))
        if self._image is None:
            self._paint_off(painter)
            return
        shown = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(
            (self.width() - shown.width()) / 2, (self.height() - shown.height()) / 2, shown.width(), shown.height()
        )
        painter.setClipPath(frame)
        painter.save()
        painter.translate(self.width(), 0)
        painter.scale(-1, 1)  # left is left, as in a mirror
        painter.drawImage(area, self._image)
        painter.restore()
        if self.has_guide:
            self._paint_guide(painter, area)

    def _paint_off(self, painter: QPainter) -> None:
        colours = theme.now()
        side = theme.px(_ICON_PX)
        painter.setFont(theme.font("body"))
        room = QRectF(self.rect()).adjusted(theme.SPACE_L, 0, -theme.SPACE_L, 0)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        words = painter.boundingRect(room, flags, self.text)
        top = (self.height() - side - theme.SPACE_M - words.height()) / 2
        icons.paint(painter, "camera", colours.muted, QRectF((self.width() - side) / 2, top, side, side))
        painter.setPen(QColor(colours.text))
        painter.drawText(room.adjusted(0, top + side + theme.SPACE_M, 0, 0), flags, self.text)

    def _paint_guide(self, painter: QPainter, area: QRectF) -> None:
        """Light dashes on a dark line: seen on any picture."""
        middle = area.center() - QPointF(0, area.height() * 0.04)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(QColor("#000000"), 5), QPen(QColor("#ffffff"), 3, Qt.PenStyle.DashLine)):
            painter.setPen(pen)
            painter.drawEllipse(middle, area.height() * 0.27, area.height() * 0.38)
