from __future__ import annotations

from collections.abc import Callable

import pytest
import segno
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.widgets.qr_view import QrView

Draw = Callable[..., QImage]
LINK = "https://example.org/video-visit"


@pytest.mark.parametrize("tone", theme.Tone)
def test_every_module_is_where_it_belongs_black_on_white(drawn: Draw, qapp: QApplication, tone: theme.Tone) -> None:
    theme.apply(qapp, theme.Look(tone=tone))
    image = drawn(QrView(LINK))
    matrix = [bytes(row) for row in segno.make(LINK, error="m", micro=False).matrix]
    across = len(matrix) + 8
    side = image.width() // across
    edge = (image.width() - side * across) // 2 + 4 * side
    read = [
        bytes(
            image.pixelColor(edge + x * side + side // 2, edge + y * side + side // 2).name() == "#000000"
            for x in range(len(matrix))
        )
        for y in range(len(matrix))
    ]
    assert read == matrix
    assert {image.pixelColor(x, 2).name() for x in range(image.width())} == {"#ffffff"}


def test_nothing_to_show_is_nothing(drawn: Draw) -> None:
    view = QrView()
    drawn(view)
    view.show_text(LINK)
    assert view.text == view.accessibleDescription() == LINK
    view.show_text("")
    assert view.text == ""
