"""What the system says about colours and motion. Thin, and never raises: who is not told gets the plain look.

None of it was tried on a real desktop yet.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from ui.tones import Tone, contrast

#: Windows: is there motion in windows at all (winuser.h), and the flag of a contrast theme.
_SPI_GETCLIENTAREAANIMATION: Final = 0x1042
_SPI_GETHIGHCONTRAST: Final = 0x0042
_HCF_HIGHCONTRASTON: Final = 0x0001

#: A system whose plain text stands out this much on pure black wears a contrast theme.
_STARK: Final = 20.0

_ASK_S: Final = 1.0


def system_tone(app: QApplication) -> Tone:
    """The tone that fits the system's colours."""
    if _windows_has_high_contrast():
        return Tone.CONTRAST
    palette = app.style().standardPalette() if app.property("look") else app.palette()
    window = palette.color(QPalette.ColorRole.Window).name()
    text = palette.color(QPalette.ColorRole.WindowText).name()
    if window == "#000000" and contrast(window, text) >= _STARK:
        return Tone.CONTRAST
    return Tone.DARK if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else Tone.LIGHT


def system_reduced_motion() -> bool:
    """Whether the person asked the system for less motion."""
    if sys.platform == "win32":
        return not _windows_animates()
    if sys.platform == "darwin":
        return _told("defaults", "read", "com.apple.universalaccess", "reduceMotion") == "1"
    return _told("gsettings", "get", "org.gnome.desktop.interface", "enable-animations") == "false"


def _windows_animates() -> bool:
    if sys.platform != "win32":
        return True
    animates = ctypes.c_int(1)
    try:
        ctypes.windll.user32.SystemParametersInfoW(_SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(animates), 0)
    except (OSError, AttributeError):
        return True
    return bool(animates.value)


class _HighContrast(ctypes.Structure):
    """HIGHCONTRASTW of winuser.h."""

    _fields_ = [("size", ctypes.c_uint), ("flags", ctypes.c_uint), ("scheme", ctypes.c_void_p)]


def _windows_has_high_contrast() -> bool:
    if sys.platform != "win32":
        return False
    told = _HighContrast(size=ctypes.sizeof(_HighContrast))
    try:
        ctypes.windll.user32.SystemParametersInfoW(_SPI_GETHIGHCONTRAST, told.size, ctypes.byref(told), 0)
    except (OSError, AttributeError):
        return False
    return bool(told.flags & _HCF_HIGHCONTRASTON)


def _told(*words: str) -> str:
    try:
        said = subprocess.run(words, capture_output=True, text=True, timeout=_ASK_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip()
