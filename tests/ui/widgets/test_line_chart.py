from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage

from tests.ui.widgets.conftest import count
from ui import theme
from ui.widgets.line_chart import LineChart, nice_top

Draw = Callable[..., QImage]


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (0.3, 0.5), (1, 1), (1.1, 2), (4.9, 5), (12, 20), (61, 100), (100, 100), (250, 500)]
)
def test_the_scale_ends_at_a_plain_number(highest: float, top: float) -> None:
    assert nice_top(highest) == pytest.approx(top)


def test_the_line_is_where_the_values_are(drawn: Draw) -> None:
    chart = LineChart()
    chart.show_line([(0.0, 2.0), (1.0, 2.0), (1.01, 9.0), (2.0, 9.0)], "Speed")
    image = drawn(chart, 600)
    assert _top_of_line(image, 150) > _top_of_line(image, 450) + 40


def test_it_tells_its_text_and_the_newest_value(drawn: Draw) -> None:
    chart = LineChart()
    drawn(chart)
    chart.show_line([(0.0, 2.0), (1.0, 7.25)], "Speed while we tested, in Mbit/s")
    assert chart.accessibleName() == "Speed while we tested, in Mbit/s: 7.2"
    assert chart.text == "Speed while we tested, in Mbit/s"


@pytest.mark.parametrize("points", [[], [(0.0, 5.0)], [(0.0, 0.0), (0.0, 0.0)]])
def test_few_points_break_nothing(drawn: Draw, points: list[tuple[float, float]]) -> None:
    chart = LineChart()
    chart.show_line(points, "Speed")
    image = drawn(chart)
    assert (count(image, theme.now().accent) > 0) is bool(points)


def _top_of_line(image: QImage, x: int) -> int:
    return next(y for y in range(30, image.height()) if image.pixelColor(x, y).name() == theme.now().accent)
