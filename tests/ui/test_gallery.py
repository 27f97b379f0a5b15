from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from ui import gallery, theme


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
@pytest.mark.parametrize("tone", theme.Tone)
@pytest.mark.parametrize("scale", ["100", "200"])
def test_every_widget_on_one_picture(qapp: QApplication, tmp_path: Path, tone: theme.Tone, scale: str) -> None:
    path = tmp_path / "gallery.png"
    assert gallery.main([str(path), tone.name, scale]) == 0
    image = QImage(str(path))
    assert image.width() > 1000
    assert image.pixelColor(3, 3).name() == theme.tokens(tone).background
