"""macOS asks the person before a program may use camera or microphone: at the right moment, and explained before.

Qt's part in this is compiled into QtCore. It works only in a bundle with usage texts, so from source it is not asked
for. Other systems have no such question. Not run on macOS yet.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from PySide6 import QtCore
from PySide6.QtCore import QCoreApplication, QObject, Qt

_KINDS: Final = {"camera": "QCameraPermission", "microphone": "QMicrophonePermission"}


def must_ask(check_id: str) -> bool:
    """Whether the system has not decided yet, and will ask the person when it is told to."""
    return _status(check_id) == Qt.PermissionStatus.Undetermined


def ask(check_id: str, context: QObject, decided: Callable[[], None]) -> None:
    """Let the system ask, and call ``decided`` once the person has answered, whatever it was."""
    app = QCoreApplication.instance()
    assert app is not None
    app.requestPermission(getattr(QtCore, _KINDS[check_id])(), context, lambda permission: decided())


def _status(check_id: str) -> Qt.PermissionStatus:
    app = QCoreApplication.instance()
    if sys.platform != "darwin" or not getattr(sys, "frozen", False) or check_id not in _KINDS or app is None:
        return Qt.PermissionStatus.Granted
    return app.checkPermission(getattr(QtCore, _KINDS[check_id])())
