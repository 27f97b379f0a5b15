"""Draws the pictures of the kiosk for docs/kiosk.md: ``python docs/pictures/draw_kiosk.py``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.kiosk.screenshots import LOOK, SHOTS, SIZES, opened

#: Name, language, way, and how high the picture is.
PICTURES = (
    *((name, "en", "upright", 640) for name in ("attract", "microphone", "joining", "still-there")),
    *((name, "es", "upright", 640) for name in ("camera", "speaker-count", "at-home", "done")),
    *((name, "es", "across", 360) for name in ("joining", "still-there")),
    *((name, "en", "across", 360) for name in ("camera", "take-away")),
    ("staff", "en", "across", 540),
)


def main() -> None:
    theme.apply(QApplication([]), LOOK)
    for name, language, way, height_px in PICTURES:
        shot = next(shot for shot in SHOTS if shot.name == name)
        with opened(shot, language, SIZES[way]) as host:
            picture = host.screen.grab().scaledToHeight(height_px, Qt.TransformationMode.SmoothTransformation)
            picture.save(str(ROOT / "docs" / "pictures" / f"kiosk-{name}_{language}_{way}.png"))


if __name__ == "__main__":
    main()
