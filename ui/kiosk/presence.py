"""Notices a visitor who touches nothing: somebody moves before the camera, or speaks into the microphone."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from readiness.live import Picture
from readiness.readings import MicrophoneReading
from ui.kiosk.movement import has_moved
from ui.visit import Visit

#: Two pictures are compared that lie so far apart: slow movement shows, and it costs little.
_BETWEEN_S: Final = 0.5

#: Speech is that much louder than the quiet room.
_ABOVE_FLOOR_DB: Final = 10.0


class Presence(QObject):
    """Watches what a visit tells of camera and microphone while they run; keeps one picture, in memory."""

    noticed = Signal()

    def __init__(self, visit: Visit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._visit = visit
        self._last: Picture | None = None
        self._looked_s = 0.0
        visit.pictured.connect(self._look)
        visit.progressed.connect(self._listen)

    @Slot(object)
    def _look(self, picture: Picture) -> None:
        now_s = time.monotonic()
        if now_s - self._looked_s < _BETWEEN_S:
            return
        self._looked_s = now_s
        before, self._last = self._last, picture
        if before and has_moved(before, picture):
            self.noticed.emit()

    @Slot(str)
    def _listen(self, check_id: str) -> None:
        reading = self._visit.known.partial.get(check_id)
        if not isinstance(reading, MicrophoneReading) or reading.level_dbfs is None or reading.floor_dbfs is None:
            return
        if reading.level_dbfs >= reading.floor_dbfs + _ABOVE_FLOOR_DB:
            self.noticed.emit()
