"""On the least screen, at every text size and in both languages: nothing is cut off, everything has a name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from readiness.joining import Way
from ui import theme
from ui.visit import Visit
from ui.widgets.wrap_label import WrapLabel
from ui.window import Window

After = Callable[..., Visit]

PAGES = [
    ("good", "result", {}),
    ("covered", "result", {}),
    ("unknown", "result", {}),
    ("blocked", "fix", {"finding": "camera.blocked"}),
    ("sign_in", "fix", {"finding": "connection.captive_portal"}),
    ("good", "join", {}),
    ("good", "care", {}),
    ("good", "details", {}),
    ("good", "help", {}),
]


def settled(window: Window) -> None:
    """Let layouts come to rest."""
    for _ in range(5):
        QApplication.processEvents()


def cut_off(window: Window) -> list[str]:
    """Texts that have less room than they need, and whatever sticks out of the page at the side."""
    page = window.page
    labels = [label for label in page.findChildren(WrapLabel) if label.isVisible() and label.text()]
    buttons = [button for button in window.findChildren(QPushButton) if button.isVisible()]
    return [
        *(f"too low: {label.text()}" for label in labels if label.height() < label.heightForWidth(label.width())),
        *(f"too narrow: {button.text()}" for button in buttons if button.width() < button.minimumSizeHint().width()),
        *(
            f"sticks out: {widget}"
            for widget in (*labels, *page.findChildren(QPushButton))
            if widget.isVisible() and widget.mapTo(page, widget.rect().topRight()).x() >= page.viewport().width()
        ),
    ]


@pytest.mark.parametrize("scale_pct", [100, 200])
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("scenario", "name", "what"), PAGES, ids=lambda value: value if isinstance(value, str) else "")
def test_nothing_is_cut_off_and_everything_has_a_name(
    scenario: str,
    name: str,
    what: dict[str, str],
    language: str,
    scale_pct: int,
    visit_after: After,
    qapp: QApplication,
    qtbot: QtBot,
) -> None:
    look = theme.Look(scale_pct=scale_pct, reduced_motion=True)
    theme.apply(qapp, look)
    visit = visit_after(scenario, language)
    window = Window(visit, look)
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.go(name, **what)
    window.show()
    for way in Way if name == "join" else (Way.COMPUTER,):
        visit.way = way
        window.page.retranslate()
        settled(window)
        assert (window.width(), window.height()) == (1280, 720)
        assert cut_off(window) == []
        primary = window.findChild(QPushButton, "primary")
        assert isinstance(primary, QPushButton)
        assert primary.isVisible()
        assert window.rect().contains(primary.mapTo(window, primary.rect().bottomRight()))
    for widget in window.page.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface is not None
            assert interface.text(QAccessible.Text.Name), widget.objectName()
    theme.apply(qapp, theme.Look(reduced_motion=True))


@pytest.mark.parametrize("name", ["join", "care", "details"])
def test_a_page_ends_where_its_words_end(name: str, visit_after: After, qtbot: QtBot) -> None:
    window = Window(visit_after("good"), theme.Look(reduced_motion=True))
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.go(name)
    window.show()
    settled(window)
    page = window.page
    inside = page.widget()
    lowest = max(
        widget.mapTo(inside, widget.rect().bottomLeft()).y()
        for widget in inside.findChildren(WrapLabel)
        if widget.isVisible() and widget.text()
    )
    assert inside.height() > page.viewport().height()
    assert 0 < inside.height() - lowest < 140  # a card may end below it, with a button


def test_a_page_of_text_moves_by_keyboard(visit_after: After, qtbot: QtBot) -> None:
    window = Window(visit_after("good"), theme.Look(reduced_motion=True))
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.go("details")
    window.show()
    settled(window)
    bar = window.page.verticalScrollBar()
    primary = window.findChild(QPushButton, "primary")
    assert isinstance(primary, QPushButton)
    QTest.keyClick(primary, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    QTest.keyClick(primary, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    QTest.keyClick(primary, Qt.Key.Key_Home)
    assert bar.value() == 0
