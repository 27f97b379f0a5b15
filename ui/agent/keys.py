"""Buttons that show the key which presses them."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget


class KeyButton(QPushButton):
    """A button whose key works in the whole window and stands on it: "F8  Copy the note"."""

    def __init__(self, name: str, key: str, window: QWidget, *, kind: str = "secondary") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", kind)
        keys = QKeySequence(key)
        self._key = keys.toString(QKeySequence.SequenceFormat.NativeText)
        """As it stands on this system's keyboards."""
        shortcut = QShortcut(keys, window)
        shortcut.activated.connect(self._press)

    def show_words(self, words: str) -> None:
        """What it does, in the agent's language."""
        self.setText(f"{self._key}  {words}")
        self.setAccessibleName(words)

    def _press(self) -> None:
        if self.isEnabled() and self.isVisible():
            self.click()
