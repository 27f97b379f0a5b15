"""A text that wraps at any width, in one of the five kinds of type."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class WrapLabel(QLabel):
    """Plain text (a device's name must not become markup); the kinds are headline, title, body, small and code."""

    def __init__(self, text: str = "", *, kind: str = "body", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.said = ""
        """What a voice says for it; empty for the text itself."""
        self.setProperty("kind", kind)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        """As narrow as its longest word."""
        self.ensurePolished()
        words = self.text().split()
        width = max((self.fontMetrics().horizontalAdvance(word) for word in words), default=0)
        return QSize(width + 2 * self.margin() + 1, self.fontMetrics().height() if words else 0)
