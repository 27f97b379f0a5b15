"""Above the console: another call, and what helps the agent's own eyes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from readiness.text import LANGUAGES, N_
from ui import theme
from ui.agent.keys import KeyButton
from ui.agent.words import Words
from ui.header import LANGUAGE_NAMES, TONE_WORDS
from ui.icons import icon


class TopBar(QFrame):
    """Name, new call, language, text size, colours."""

    look_wanted = Signal(object)
    language_wanted = Signal(str)

    def __init__(self, words: Words, window: QWidget) -> None:
        super().__init__()
        self.setObjectName("header")
        self._words = words
        self._look = theme.Look()
        self._name = QLabel()
        self._name.setObjectName("where")
        self.new_call = KeyButton("new_call", "Ctrl+N", window, kind="quiet")
        self._language = _button("language")
        self._size = _button("text-size")
        self._tone = _button("contrast")
        self._language.clicked.connect(lambda: self.language_wanted.emit(self._other_language))
        self._size.clicked.connect(self._next_size)
        self._tone.clicked.connect(self._next_tone)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_M, 0, theme.SPACE_M, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._name)
        row.addStretch(1)
        for button in (self.new_call, self._language, self._size, self._tone):
            row.addWidget(button)
        words.changed.connect(self.refresh)
        self.refresh()

    def show_look(self, look: theme.Look) -> None:
        self._look = look
        self.refresh()

    def refresh(self) -> None:
        say = self._words.say
        self._name.setText(say(N_("Support console")))
        self.new_call.show_words(say(N_("Next call")))
        self._language.setText(LANGUAGE_NAMES[self._other_language])
        self._language.setAccessibleName(self._language.text())
        self._size.setText(f"{self._look.scale_pct} %")
        self._size.setAccessibleName(say(N_("Text size: {size} percent"), size=self._look.scale_pct))
        self._tone.setAccessibleName(say(TONE_WORDS[self._look.tone]))
        for button in (self._language, self._size, self._tone):
            button.setIcon(icon(button.objectName(), theme.tokens(self._look.tone).accent, theme.px(24, self._look)))
            button.setIconSize(theme.icon_size(self._look))

    @property
    def _other_language(self) -> str:
        return LANGUAGES[1 - LANGUAGES.index(self._words.language)]

    def _next_size(self) -> None:
        self.look_wanted.emit(self._look.with_next_scale())

    def _next_tone(self) -> None:
        self.look_wanted.emit(self._look.with_next_tone())


def _button(name: str) -> QPushButton:
    button = QPushButton()
    button.setObjectName(name)
    button.setProperty("kind", "quiet")
    return button
