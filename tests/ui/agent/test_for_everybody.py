"""The console for every agent: names, room, contrast, in both languages, all colours and text sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from readiness.agent.call import Reply
from readiness.model import Finding, Status
from tests.agent.conftest import code_for
from tests.ui import walk
from tests.ui.agent.conftest import press, type_code
from ui import theme
from ui.agent.console import Console
from ui.window import Window

CODE = code_for(Finding("browser.internet_explorer", Status.FAIL))
STATES = {"code": (), "asking": ("F3", "F5"), "care": ("F7",), "flyer": ("F6",)}


@pytest.fixture(params=[*STATES, "script"])
def console(request: pytest.FixtureRequest, opened: Callable[..., Console]) -> Console:
    QAccessible.setActive(True)
    console = opened()
    if request.param == "script":
        type_code(console, CODE)
        press(console, "1")
    else:
        press(console, *STATES[request.param])
    return console


def test_everything_has_a_name_and_room(console: Console) -> None:
    window = cast("Window", console)  # the walk asks for nothing that only a Window has
    found: list[str] = []
    for language in ("en", "es"):
        console._speak(language)
        for scale_pct in theme.SCALES_PCT:
            console.wear(console.look.with_scale(scale_pct))
            QApplication.processEvents()
            found += [f"{language} {scale_pct} %: {each}" for each in (*walk.nameless(window), *walk.clipped(window))]
    assert not found, "\n" + "\n".join(found)
    for field in console.caller.code.fields:
        interface = QAccessible.queryAccessibleInterface(field)
        assert interface.text(QAccessible.Text.Name).startswith("Grupo")


def test_every_text_stands_out(console: Console) -> None:
    window = cast("Window", console)
    found: list[str] = []
    for tone in theme.Tone:
        console.wear(console.look.with_tone(tone))
        QApplication.processEvents()
        found += [f"{tone}: {problem}" for problem in (*walk.pale(window), *walk.faint(window))]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("scale_pct", theme.SCALES_PCT)
def test_large_letters_never_need_scrolling_sideways(scale_pct: int, opened: Callable[..., Console]) -> None:
    console = opened()
    console.wear(console.look.with_scale(scale_pct))
    type_code(console, CODE)
    QApplication.processEvents()
    QApplication.processEvents()
    assert console.area.widget().width() <= console.area.viewport().width()
    press(console, "2")
    QApplication.processEvents()
    answer = console.talk.script.answers[Reply.FIRST]
    assert not answer.visibleRegion().isEmpty()  # it was scrolled to
    press(console, "F2")
    assert not console.caller.code.fields[0].visibleRegion().isEmpty()
