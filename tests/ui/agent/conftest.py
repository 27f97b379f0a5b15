"""A console, and what an agent does with it: digits, keys, and a look at what stands there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from readiness.profile import Profile
from tests.ui.pages.conftest import visit_after
from ui import theme
from ui.agent.console import Console
from ui.agent.desk import SIZE
from ui.widgets.wrap_label import WrapLabel

__all__ = ["visit_after"]  # a fixture of the pages

KEYS = {
    "Esc": Qt.Key.Key_Escape,
    **{f"F{number}": getattr(Qt.Key, f"Key_F{number}") for number in range(2, 11)},
    **{str(number): getattr(Qt.Key, f"Key_{number}") for number in range(10)},
}


@pytest.fixture
def opened(qapp: QApplication, qtbot: QtBot, provider: Profile) -> Iterator[Callable[..., Console]]:
    """Opens consoles of the least size, active as on a desktop."""
    look = theme.Look(reduced_motion=True)
    theme.apply(qapp, look)

    def make(language: str = "en") -> Console:
        console = Console(provider, language, look)
        qtbot.addWidget(console)
        console.resize(*SIZE)
        console.show()
        console.activateWindow()
        qtbot.waitUntil(console.isActiveWindow)
        console.caller.code.fields[0].setFocus()
        return console

    yield make
    theme.apply(qapp, look)


@pytest.fixture
def console(opened: Callable[..., Console]) -> Console:
    return opened()


def press(console: Console, *keys: str) -> None:
    """Press keys where the keyboard is."""
    for key in keys:
        QTest.keyClick(console.focusWidget(), KEYS[key])


def type_code(console: Console, code: str) -> None:
    press(console, *(char for char in code if char.isdecimal()))


def text_of(console: Console, name: str) -> str:
    label = console.findChild(WrapLabel, name)
    assert isinstance(label, WrapLabel)
    return label.text()


def button_of(console: Console, name: str) -> QPushButton:
    button = console.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    return button


def misfits(console: Console) -> list[str]:
    """Whatever has less room than it needs, and what would have to be scrolled to."""
    inside, room = console.area.widget(), console.area.viewport()
    labels = [label for label in console.findChildren(WrapLabel) if label.isVisible() and label.text()]
    buttons = [button for button in console.findChildren(QPushButton) if button.isVisible()]
    found = [f"too low: {label.text()}" for label in labels if label.height() < label.heightForWidth(label.width())]
    found += [f"too narrow: {label.text()}" for label in labels if label.width() < label.minimumSizeHint().width()]
    found += [f"too narrow: {b.text()}" for b in buttons if b.width() < b.minimumSizeHint().width() or b.height() < 48]
    if inside.height() > room.height() or inside.width() > room.width():
        found.append(f"{inside.size()} does not fit into {room.size()}")
    widgets: list[QWidget] = [*labels, *buttons]
    for widget in widgets:
        corner = widget.mapTo(console, widget.rect().bottomRight())
        if not console.rect().contains(corner):
            found.append(f"outside: {widget.objectName()}")
        parent = widget.parentWidget()
        if parent and not parent.rect().contains(widget.geometry()):
            found.append(f"sticks out of what it is in: {widget.objectName()} {getattr(widget, 'text', str)()}")
    return found
