from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QApplication

from readiness.model import Status
from ui import icons, theme

NEEDED = {
    "camera",
    "microphone",
    "speaker",
    "internet",
    "browser",
    "computer",
    "system",
    "phone",
    "laptop",
    "call-quality",
    "help",
    "language",
    "text-size",
    "contrast",
    "back",
    "next",
    "play",
    "stop",
    "retry",
    "settings",
    "print",
    "save",
    "qr",
    "clock",
    "person",
    "wifi",
    "cable",
    "sun",
    "lamp",
    "window-light",
    "cover",
    "plug",
    "volume",
    "calendar",
    "email",
    "hospital",
    "ambulance",
    "questionnaire",
}


def test_every_icon_that_is_needed_is_there() -> None:
    assert NEEDED | {status.value for status in Status} <= set(icons.names())


@pytest.mark.parametrize("name", icons.names())
def test_icons_are_drawn_in_their_colour_and_not_cut_off(qapp: QApplication, name: str) -> None:
    image = icons.pixmap(name, "#c00000", 48, 2.0).toImage()
    assert image.width() == 96
    opaque = [
        (x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).alpha() == 255
    ]
    assert len(opaque) > 200
    assert all(image.pixelColor(x, y).name() == "#c00000" for x, y in opaque[::50])
    edges = [image.pixelColor(0, y).alpha() + image.pixelColor(95, y).alpha() for y in range(96)]
    assert max(edges) < 255


def test_statuses_differ_in_shape_not_only_in_colour(qapp: QApplication) -> None:
    drawn = [
        icons.pixmap(status.value, "#000000", 48).toImage().convertToFormat(QImage.Format.Format_Alpha8)
        for status in Status
    ]
    for place, one in enumerate(drawn):
        for other in drawn[place + 1 :]:
            assert _difference(one, other) > 60


def test_icons_are_kept(qapp: QApplication) -> None:
    assert icons.pixmap("help", "#000000", 24).cacheKey() == icons.pixmap("help", QColor("#000000"), 24).cacheKey()


def test_an_icon_for_buttons_is_sharp_on_dense_screens(qapp: QApplication) -> None:
    made = icons.icon("help", theme.now().accent, 26)
    assert made.pixmap(QSize(38, 26), 2.0).toImage().width() > made.pixmap(QSize(38, 26), 1.0).toImage().width()


def test_a_name_that_there_is_not_is_told() -> None:
    with pytest.raises(LookupError, match="unicorn"):
        icons.pixmap("unicorn", "#000000", 24)


def test_svg_is_not_loaded_with_the_module() -> None:
    code = "import sys, ui.icons, ui.pictures; print('PySide6.QtSvg' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def _difference(one: QImage, other: QImage) -> int:
    """How many pixels are drawn in one only."""
    return sum(
        abs(one.pixelColor(x, y).alpha() - other.pixelColor(x, y).alpha()) > 128
        for x in range(one.width())
        for y in range(one.height())
    )


def test_painting_uses_the_density_of_the_screen(qapp: QApplication) -> None:
    assert isinstance(icons.pixmap("pass", "#000000", 10, 3.0), QPixmap)
    assert icons.pixmap("pass", "#000000", 10, 3.0).width() == 30
