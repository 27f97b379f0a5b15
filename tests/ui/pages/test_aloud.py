"""What is read to a person who does not see the page."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from ui import theme
from ui.pages.details import DetailsPage
from ui.pages.fix import FixPage
from ui.pages.page import Page
from ui.visit import Visit
from ui.window import Window

At = Callable[..., Page]
After = Callable[..., Visit]


def test_the_page_is_read_in_its_order(visit_after: After, arrive: At) -> None:
    said = arrive(FixPage, visit_after("covered"), finding="camera.covered").aloud().splitlines()
    assert said[:3] == [
        "Let's fix this.",
        "Your camera shows an empty picture. There may be a cover on it.",
        "On a laptop, open the lid all the way.",
    ]
    assert "1-844-800-0820." in said


def test_the_small_print_is_not_read(visit_after: After, arrive: At) -> None:
    said = arrive(DetailsPage, visit_after("good")).aloud()
    assert "Your camera works." in said
    assert "megabits" not in said


def test_the_window_hands_on_each_page(visit_after: After, qtbot: QtBot) -> None:
    window = Window(visit_after("covered"), theme.Look(reduced_motion=True))
    qtbot.addWidget(window)
    read: list[str] = []
    window.spoken.connect(read.append)
    window.go("result")
    assert len(read) == 1
    assert "There may be a cover on it." in read[0]
