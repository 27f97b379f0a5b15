"""The first screen, which stands there for most of the year: an invitation, the camera off, one touch to begin.

What stands still for months burns into a screen: everything moves on by some pixels each minute, and the drawing changes.
Nothing else happens here, so it costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from readiness.text import N_
from ui import theme
from ui.icons import pixmap
from ui.kiosk.wording import in_all
from ui.widgets.drawing import Drawing
from ui.widgets.wrap_label import WrapLabel

SHIFT_MS: Final = 60_000

#: Where everything stands, one after another, in pixels from the middle: each is away from the one before.
_PLACES: Final = ((0, 0), (36, 24), (-36, 24), (36, -24), (-36, -24), (0, 36), (0, -36), (48, 0), (-48, 0))
_DRAWINGS: Final = ("welcome", "sit-in-front", "speak-closer", "face-the-window")
_MARGIN_PX: Final = 64
_DRAWING_PX: Final = QSize(720, 450)


class Attract(QWidget):
    """Any touch or key begins: who shows this sees them; the button is for those who look for one."""

    begun = Signal()

    def __init__(self, languages: Sequence[str]) -> None:
        super().__init__()
        self._languages = tuple(languages)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._is_pressed = False
        self.shift = 0
        """How often everything has moved on."""
        headline = WrapLabel(in_all(languages, N_("Try your video visit here")), kind="headline")
        self._drawing = Drawing(_DRAWINGS[0], size_px=_DRAWING_PX)
        self._sign, self._camera = QLabel(), QLabel()
        self._sign_name = ""
        self._start = QPushButton(in_all(languages, N_("Touch here to start")).replace("\n", "  ·  "))
        self._start.setObjectName("start")
        self._start.setProperty("kind", "primary")
        self._start.clicked.connect(self.begun)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(theme.SPACE_XL)
        self._column.addStretch(2)
        self._column.addWidget(headline)
        self._column.addWidget(self._drawing, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addLayout(self._promise())
        self._column.addWidget(self._start, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(3)
        headline.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._clock.timeout.connect(self.move_on)
        self._clock.start(SHIFT_MS)
        self._place()
        self.show_testing(False)

    def show_testing(self, is_testing: bool) -> None:
        """While the kiosk tests itself, the camera is not off."""
        sentence = N_("The camera is being tested. Nothing is saved.") if is_testing else N_("The camera is off.")
        self._sign_name = "camera" if is_testing else "camera-off"
        if self._camera.text() != in_all(self._languages, sentence):
            self._camera.setText(in_all(self._languages, sentence))
            self._draw_sign()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._draw_sign()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._is_pressed = True

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._release()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._is_pressed = True

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._release()

    def take_focus(self) -> None:
        self._start.setFocus(Qt.FocusReason.OtherFocusReason)

    def move_on(self) -> None:
        """Another place, and another drawing."""
        self.shift += 1
        self._drawing.show_drawing(_DRAWINGS[self.shift % len(_DRAWINGS)])
        self._place()

    def _release(self) -> None:
        """Begin with what was pressed here: the key that ended the last visit may be let go only now."""
        if self._is_pressed:
            self.begun.emit()

    def _place(self) -> None:
        right, down = _PLACES[self.shift % len(_PLACES)]
        self._column.setContentsMargins(_MARGIN_PX + right, _MARGIN_PX + down, _MARGIN_PX - right, _MARGIN_PX - down)

    def _promise(self) -> QHBoxLayout:
        """Whether the camera is off, and a picture that says so."""
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_L)
        row.addStretch(1)
        row.addWidget(self._sign)
        row.addWidget(self._camera)
        row.addStretch(1)
        return row

    def _draw_sign(self) -> None:
        self._sign.setPixmap(pixmap(self._sign_name, theme.now().text, theme.px(40), self.devicePixelRatioF()))
