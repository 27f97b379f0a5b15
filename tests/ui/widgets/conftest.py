from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui import theme


@pytest.fixture(autouse=True)
def _plain_look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Look())


@pytest.fixture
def drawn(qtbot: QtBot) -> Callable[..., QImage]:
    """Draws a widget that lies in nothing, in its own or another size."""

    def draw(widget: QWidget, width: int = 0, height: int = 0) -> QImage:
        if widget not in seen:
            seen.append(widget)
            qtbot.addWidget(widget)
        size = widget.sizeHint()
        widget.resize(width or size.width(), height or size.height())
        return widget.grab().toImage()

    seen: list[QWidget] = []
    return draw


def count(image: QImage, colour: str) -> int:
    """How many pixels have exactly this colour."""
    return sum(image.pixelColor(x, y).name() == colour for x in range(image.width()) for y in range(image.height()))
