"""How soon the window is there: ``--first-window FILE [ARGUMENTS]``, a hidden word for who measures the frozen program.

It opens the window as for a person, writes when it was painted as JSON into a file, and closes it. Like shell.py it
imports Qt and nothing of ours, so that it delays nothing.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from ui import shell


def main(arguments: Sequence[str]) -> int:
    """Open it with what follows the file's name; returns the window's exit status."""
    if not arguments:
        return 2
    file = Path(arguments[0])
    app = shell.application()

    def end() -> None:
        heavy = sorted({"cv2", "numpy", "sounddevice"} & set(sys.modules))
        file.write_text(json.dumps({**painted.at_s, "heavy": heavy}), encoding="utf-8")
        QApplication.closeAllWindows()

    painted = FirstPaint(end, app)
    app.installEventFilter(painted)
    frame = shell.show_at_once() if shell.has_screen() else None
    from ui.app import main as window

    return window(arguments[1:], frame)


class FirstPaint(QObject):
    """Notes, on the monotonic clock, when the frame was painted for the first time, and the first button of a page."""

    def __init__(self, then: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._then = then
        self.at_s: dict[str, float] = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            if isinstance(watched, QWidget):
                self.at_s.setdefault("frame_s", time.monotonic())
            if isinstance(watched, QAbstractButton) and "page_s" not in self.at_s:
                self.at_s["page_s"] = 0.0
                QTimer.singleShot(0, self._note_page)  # when the whole page is painted
        return False

    def _note_page(self) -> None:
        self.at_s["page_s"] = time.monotonic()
        self._then()
