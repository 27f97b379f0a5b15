"""The language that an agent reads, for every part of the console."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from readiness.telling import fill


class Words(QObject):
    """Says N_-marked sentences in the agent's language, which may change at any time."""

    changed = Signal()

    def __init__(self, language: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.language = language

    def speak(self, language: str) -> None:
        self.language = language
        self.changed.emit()

    def say(self, sentence: str, **params: str | int) -> str:
        return fill(sentence, params, self.language)
