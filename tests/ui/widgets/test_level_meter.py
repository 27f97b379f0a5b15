from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage

from readiness.model import Status
from tests.ui.widgets.conftest import count
from ui import theme
from ui.widgets.level_meter import LOWEST_DBFS, SPEECH_DBFS, LevelMeter

Draw = Callable[..., QImage]


def _full_green(image: QImage) -> int:
    return count(image, theme.now().status[Status.PASS].strong)


@pytest.mark.parametrize(("level_dbfs", "is_in_zone"), [(None, False), (-55.0, False), (-25.0, True), (-1.0, False)])
def test_green_only_in_the_zone(drawn: Draw, level_dbfs: float | None, is_in_zone: bool) -> None:
    meter = LevelMeter()
    meter.show_level(None, None, None)
    empty = _full_green(drawn(meter))  # the zone has a green edge
    meter.show_level(level_dbfs, None, None)
    assert meter.is_in_zone is is_in_zone
    assert (_full_green(drawn(meter)) > empty + 500) is is_in_zone


def test_it_tells_too_loud_by_stripes_and_not_by_green(drawn: Draw) -> None:
    meter = LevelMeter()
    meter.show_level(0.0, None, None)
    assert count(drawn(meter), theme.now().status[Status.FAIL].strong) > 100
    assert not meter.is_in_zone


def test_a_voice_in_the_zone_is_taller_than_one_below(drawn: Draw) -> None:
    """For eyes that do not tell colours apart."""
    colours = theme.now()
    meter = LevelMeter()
    meter.show_level(-45.0, None, None)
    below = _highest(drawn(meter, 600), colours.muted, range(20, 150))
    meter.show_level(-20.0, None, None)
    inside = _highest(drawn(meter, 600), colours.status[Status.PASS].strong, range(200, 300))
    assert inside > 1.3 * below > 0


def test_marks_for_the_loudest_and_for_the_room(drawn: Draw) -> None:
    meter = LevelMeter()
    meter.show_level(-30.0, None, None)
    without = drawn(meter)
    meter.show_level(-30.0, -10.0, -50.0)
    assert count(drawn(meter), theme.now().text) > count(without, theme.now().text)


def test_what_is_drawn_is_told(drawn: Draw) -> None:
    meter = LevelMeter()
    drawn(meter)
    meter.show_level(-30.0, -10.0, None)
    assert meter.text == "50 %"
    assert meter.accessibleDescription() == "50 %"


@pytest.mark.parametrize("level_dbfs", [-400.0, LOWEST_DBFS, 0.0, 12.0])
def test_levels_beyond_the_scale_stay_in_it(drawn: Draw, level_dbfs: float) -> None:
    meter = LevelMeter()
    meter.show_level(level_dbfs, level_dbfs, level_dbfs)
    drawn(meter)
    assert meter.lit == (30 if level_dbfs >= 0 else 0)
    assert SPEECH_DBFS[0] > LOWEST_DBFS


def test_it_draws_only_what_has_changed(drawn: Draw) -> None:
    painted: list[int] = []

    class Counting(LevelMeter):
        def update(self) -> None:  # type: ignore[override]
            painted.append(self.lit)

    meter = Counting()
    drawn(meter)
    for level_dbfs in (-30.0, -30.0, -30.2, -20.0):
        meter.show_level(level_dbfs, None, None)
    assert painted == [15, 20]


def _highest(image: QImage, colour: str, columns: range) -> int:
    """How high the highest cell is between these columns."""
    inside = range(8, image.height() - 8)  # without the dashed edge of the zone
    return max(sum(image.pixelColor(x, y).name() == colour for y in inside) for x in columns)
