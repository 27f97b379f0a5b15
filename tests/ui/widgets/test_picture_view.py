from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from ui import theme
from ui.widgets.picture_view import PictureView

Draw = Callable[..., QImage]


@pytest.fixture
def half_red() -> QImage:
    """Red on the left, blue on the right, 4:3."""
    image = QImage(640, 480, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.blue)
    painter = QPainter(image)
    painter.fillRect(0, 0, 320, 480, Qt.GlobalColor.red)
    painter.end()
    return image


def test_left_is_left_as_in_a_mirror(drawn: Draw, half_red: QImage) -> None:
    view = PictureView()
    view.show_picture(half_red)
    shown = drawn(view, 640, 480)
    assert shown.pixelColor(100, 240).name() == "#0000ff"
    assert shown.pixelColor(540, 240).name() == "#ff0000"


def test_it_keeps_the_shape_of_the_picture(drawn: Draw, half_red: QImage) -> None:
    view = PictureView()
    view.show_picture(half_red)
    shown = drawn(view, 800, 300)  # 400 by 300 in the middle
    sides = [shown.pixelColor(x, 150).name() for x in (100, 210, 590, 700)]
    assert sides == [theme.now().sunken, "#0000ff", "#ff0000", theme.now().sunken]


def test_its_corners_are_round(drawn: Draw, half_red: QImage) -> None:
    view = PictureView()
    view.show_picture(half_red)
    assert drawn(view, 640, 480).pixelColor(0, 0).name() not in ("#0000ff", "#ff0000")


def test_off_says_so_and_forgets_the_picture(drawn: Draw, half_red: QImage) -> None:
    view = PictureView()
    view.show_picture(half_red)
    view.show_off("Your camera is starting.")
    shown = drawn(view, 640, 320)
    names = {shown.pixelColor(x, y).name() for x in range(0, 640, 3) for y in range(0, 320, 3)}
    assert not {"#ff0000", "#0000ff"} & names
    assert theme.now().text in {shown.pixelColor(x, y).name() for x in range(640) for y in range(320)}
    assert view.is_off
    assert view.text == view.accessibleDescription() == "Your camera is starting."


def test_the_guide_can_be_seen_on_any_picture(drawn: Draw, half_red: QImage) -> None:
    view = PictureView()
    half_red.fill(Qt.GlobalColor.white)
    view.show_picture(half_red)
    plain = drawn(view, 640, 480)
    view.show_guide(True)
    assert drawn(view, 640, 480) != plain
