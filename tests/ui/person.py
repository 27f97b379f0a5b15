"""Somebody at the window who uses only the keyboard, or only the mouse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from ui.window import Window

PATIENCE_MS = 20_000


def wait_until(is_so: Callable[[], bool], what: str = "") -> None:
    """Let Qt work until something is so. Raises AssertionError when it does not come to that."""
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not is_so():
        assert not deadline.hasExpired(), f"waited in vain: {what}"
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


class Person:
    """Presses buttons by name, as soon as they are there."""

    def __init__(self, window: Window, *, keyboard: bool) -> None:
        self.window = window
        self._keyboard = keyboard

    @property
    def page(self) -> str:
        return self.window.page.name

    @property
    def told(self) -> str:
        """The finding by which the page advises the person now."""
        return str(getattr(self.window.page, "told", ""))

    def sees(self, name: str) -> bool:
        """Whether a button is there to be pressed."""
        button = self.window.findChild(QPushButton, name)
        return isinstance(button, QPushButton) and button.isVisible() and button.isEnabled()

    def sees_picture(self) -> bool:
        """Whether the camera's picture is there."""
        return bool(getattr(self.window.page, "is_showing", False))

    def press(self, name: str) -> None:
        """Press a button: walk to it by Tab and press Space, or click it."""
        wait_until(lambda: self.sees(name), f"the button {name} on the page {self.page}")
        button = self.window.page.findChild(QPushButton, name) or self.window.findChild(QPushButton, name)
        assert isinstance(button, QPushButton)
        if self._keyboard:
            self._walk_to(button)
            QTest.keyClick(button, Qt.Key.Key_Space)
        else:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def press_called(self, *sentences: str) -> None:
        """Press the first button that says one of these, in the person's language."""
        words = {self.window.visit.say(sentence) for sentence in sentences}
        buttons = [button for button in self.window.findChildren(QPushButton) if button.text() in words]
        self.press(next(button.objectName() for button in buttons if button.isVisible() and button.objectName()))

    def goes_to(self, page: str) -> None:
        """Wait until a page is shown."""
        wait_until(lambda: self.page == page, f"the page {page}, still on {self.page} ({self.told})")

    def _walk_to(self, target: QWidget) -> None:
        for _ in range(60):
            focused = QApplication.focusWidget()
            if focused is target:
                return
            assert focused is not None, "the keyboard is nowhere"
            QTest.keyClick(focused, Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {target.objectName()}")
