from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QImage

from readiness.model import Status
from tests.ui.widgets.conftest import count
from ui import theme
from ui.widgets.ring import Ring

Draw = Callable[..., QImage]


def test_it_tells_how_many_are_done(drawn: Draw) -> None:
    ring = Ring()
    drawn(ring)
    ring.show_steps((Status.PASS, Status.FAIL, None), "2 of 3 steps done")
    assert ring.text == "2/3"
    assert ring.accessibleName() == "2 of 3 steps done"
    ring.show_progress(4, 9)
    assert ring.text == ring.accessibleName() == "4/9"


def test_each_piece_has_the_colour_of_its_status(drawn: Draw) -> None:
    ring = Ring()
    ring.show_steps((Status.PASS, Status.FAIL, None))
    image = drawn(ring)
    colours = theme.now().status
    assert count(image, colours[Status.PASS].strong) > 100
    assert count(image, colours[Status.FAIL].strong) > 100
    assert count(image, colours[Status.WARN].strong) == 0


def test_what_is_not_tested_never_looks_like_a_pass(drawn: Draw) -> None:
    ring = Ring()
    ring.show_steps((Status.UNKNOWN, Status.SKIPPED, None))
    assert count(drawn(ring), theme.now().status[Status.PASS].strong) == 0


def test_progress_fills_piece_by_piece(drawn: Draw) -> None:
    ring = Ring()
    filled = []
    for done in range(4):
        ring.show_progress(done, 3)
        filled.append(count(drawn(ring), theme.now().accent))
    assert filled == sorted(set(filled))


def test_nothing_to_do_draws_nothing(drawn: Draw) -> None:
    ring = Ring()
    ring.show_progress(0, 0)
    assert count(drawn(ring), theme.now().line) == 0
