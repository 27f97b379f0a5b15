"""The frame on the desktop: there at once, with the name in it, while everything else is still being loaded.

So this file imports Qt and nothing of ours.
"""

from __future__ import annotations

import os
import sys
from typing import Final

from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

NAME: Final = "Video Visit Readiness"

#: Fits a laptop of 1366x768 with its bars; pages scroll, so every text size fits, too.
_SIZE: Final = (1100, 700)

#: How long a desktop may take to show the frame before we go on all the same.
_EXPOSED_MS: Final = 60


def application() -> QApplication:
    """The one QApplication, made with our name when it is asked for first."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
        app.setApplicationName("readiness")
        app.setApplicationDisplayName(NAME)
    return app


def has_screen() -> bool:
    """Whether a window can be shown: Qt would end the program without a word to the person."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def show_at_once() -> Shell:
    """The frame with the name in it, on the screen."""
    app = application()
    shell = Shell()
    shell.show()
    deadline = QDeadlineTimer(_EXPOSED_MS)
    while not (shell.windowHandle().isExposed() or deadline.hasExpired()):
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)
    app.processEvents()
    return shell


class Shell(QWidget):
    """Holds one window's content, and closes it with itself."""

    def __init__(self) -> None:
        super().__init__()
        self._inside: QWidget = QLabel(NAME)
        self._inside.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._inside)
        self.setWindowTitle(NAME)
        self.resize(*_SIZE)

    def hold(self, inside: QWidget) -> None:
        """Show this from now on, in place of what was there, which is closed."""
        before, self._inside = self._inside, inside
        self._column.replaceWidget(before, inside)
        inside.windowTitleChanged.connect(self.setWindowTitle)
        self.setWindowTitle(inside.windowTitle() or NAME)
        before.close()
        before.deleteLater()
        inside.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._inside.close()
        super().closeEvent(event)
