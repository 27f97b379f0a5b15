"""All touches and keys of the kiosk, before any button gets them: presence, the way in for staff, and cleaning."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QTouchEvent

#: The upper left corner, and how many taps in how short a time open the door for staff.
CORNER_PX: Final = 120
TAPS: Final = 5
TAPS_S: Final = 5.0

#: The same for who has a keyboard: these keys at once.
_CHORD: Final = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
)
_CHORD_KEY: Final = Qt.Key.Key_S

_HANDS: Final = frozenset(
    {
        *(QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick),
        *(QEvent.Type.MouseMove, QEvent.Type.Wheel, QEvent.Type.KeyPress, QEvent.Type.KeyRelease),
        *(QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel),
    }
)
#: What nobody does by accident, as a mouse moves when a table shakes.
_MEANT: Final = _HANDS - {QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease, QEvent.Type.KeyRelease}

#: What would close the window, or leave it, by the desktop's customs.
_LEAVING_KEYS: Final = frozenset({Qt.Key.Key_F4, Qt.Key.Key_Escape, Qt.Key.Key_Print, Qt.Key.Key_Q, Qt.Key.Key_W})


_PRESSING_KEYS: Final = frozenset({Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter})


class Hands(QObject):
    """Install it as the event filter of the kiosk's QWindow."""

    touched = Signal()
    staff_wanted = Signal()

    def __init__(self, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._taps: list[float] = []
        self.is_deaf = False
        """While the screen is wiped, nothing that is touched counts."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whether the event ends here."""
        kind = event.type()
        if kind not in _HANDS:
            return False
        if self.is_deaf:
            return True
        if isinstance(event, QKeyEvent) and (self._is_leaving(event) or self._is_held(event)):
            return True
        if self._opens_door(event):
            self.staff_wanted.emit()
            return True
        if kind in _MEANT:
            self.touched.emit()
        return False

    # --- Inside

    def _is_leaving(self, event: QKeyEvent) -> bool:
        """Keys that have no business here: Alt+F4, Ctrl+Q and their like."""
        is_held = event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier)
        return Qt.Key(event.key()) in _LEAVING_KEYS and bool(is_held or event.key() == Qt.Key.Key_Print)

    def _is_held(self, event: QKeyEvent) -> bool:
        """A key that presses and is held down by a slow hand shall press once."""
        return event.isAutoRepeat() and Qt.Key(event.key()) in _PRESSING_KEYS

    def _opens_door(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            is_press = event.type() == QEvent.Type.KeyPress
            return is_press and event.modifiers() == _CHORD and event.key() == _CHORD_KEY
        place = None
        if isinstance(event, QTouchEvent) and event.type() == QEvent.Type.TouchBegin:
            place = event.points()[0].position()
        elif isinstance(event, QMouseEvent) and event.type() in (
            QEvent.Type.MouseButtonPress,
            QEvent.Type.MouseButtonDblClick,
        ):
            if event.source() != Qt.MouseEventSource.MouseEventNotSynthesized:
                return False  # its touch was counted already
            place = event.position()
        if place is None:
            return False
        if place.x() > CORNER_PX or place.y() > CORNER_PX:
            self._taps.clear()
            return False
        now_s = self._clock()
        self._taps = [*(tap for tap in self._taps if now_s - tap < TAPS_S), now_s]
        if len(self._taps) < TAPS:
            return False
        self._taps.clear()
        return True
