"""What stands above every screen: where we are, and the four things that help everywhere."""

from __future__ import annotations

from typing import ClassVar, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from readiness.text import N_
from ui import theme
from ui.icons import icon
from ui.visit import Visit

#: How many steps the person goes through: camera, microphone, speaker, internet, browser.
STEPS: Final = 5

#: Each language in its own words: who cannot read the other one must find it.
LANGUAGE_NAMES: Final = {"en": "English", "es": "Español"}

TONE_WORDS: Final = {
    theme.Tone.LIGHT: N_("Colors: light"),
    theme.Tone.DARK: N_("Colors: dark"),
    theme.Tone.CONTRAST: N_("Colors: strong"),
}


class Strip(QFrame):
    """What belongs to every page of a window, above or below it."""

    is_below: ClassVar[bool] = False
    """Whether it stands below the page, where a person who sits can reach it on a tall screen."""

    look_wanted = Signal(object)
    """The person wants another theme.Look."""
    help_wanted = Signal()

    def show_step(self, step: int) -> None:
        """Which step the person is at; 0 for none of them."""

    def show_look(self, look: theme.Look) -> None:
        """The look that is worn now."""

    def refresh(self) -> None:
        """Words in the person's language, icons in the colours of the look."""


class Header(Strip):
    """Progress, language, text size, colours and help."""

    def __init__(self, visit: Visit, look: theme.Look) -> None:
        super().__init__()
        self.setObjectName("header")
        self._visit = visit
        self._look = look
        self._step = 0
        self._where = QLabel()
        self._where.setObjectName("where")
        self._language = self._button("language", self._switch_language)
        self._size = self._button("text-size", self._next_size)
        self._tone = self._button("contrast", self._next_tone)
        self._help = self._button("help", self.help_wanted.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_L, theme.SPACE_S, theme.SPACE_L, theme.SPACE_S)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._where)
        row.addStretch(1)
        for button in (self._language, self._size, self._tone, self._help):
            row.addWidget(button)
        self.refresh()

    def show_step(self, step: int) -> None:
        """Which of the `STEPS` the person is at; 0 for none of them."""
        self._step = step
        self.refresh()

    def show_look(self, look: theme.Look) -> None:
        self._look = look
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def refresh(self) -> None:
        """Words in the person's language, icons in the colours of the look."""
        say = self._visit.say
        where = (
            say(N_("Step {step} of {steps}"), step=self._step, steps=STEPS)
            if self._step
            else say(N_("Video Visit Readiness"))
        )
        self._where.setText(where)
        other = "es" if self._visit.language == "en" else "en"
        self._language.setText(LANGUAGE_NAMES[other])
        self._language.setAccessibleName(LANGUAGE_NAMES[other])
        self._size.setText(f"{self._look.scale_pct} %")
        self._size.setAccessibleName(say(N_("Text size: {size} percent"), size=self._look.scale_pct))
        self._tone.setText("")
        self._tone.setAccessibleName(say(TONE_WORDS[self._look.tone]))
        self._help.setText(say(N_("Help")))
        for button in (self._size, self._tone):
            button.setToolTip(button.accessibleName())
        for button, name in self._icons:
            button.setIcon(icon(name, theme.tokens(self._look.tone).accent, theme.px(24, self._look)))
            button.setIconSize(theme.icon_size(self._look))
        self._fit()

    def _fit(self) -> None:
        """Where we are is said only where there is room for all of it: the buttons matter more."""
        buttons = [button.sizeHint().width() + theme.SPACE_S for button, _ in self._icons]
        room = self.width() - sum(buttons) - 2 * theme.SPACE_L
        self._where.setVisible(self._where.sizeHint().width() <= room)

    @property
    def _icons(self) -> tuple[tuple[QPushButton, str], ...]:
        return (
            (self._language, "language"),
            (self._size, "text-size"),
            (self._tone, "contrast"),
            (self._help, "help"),
        )

    def _button(self, name: str, do: object) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setProperty("kind", "quiet")
        button.clicked.connect(do)
        return button

    def _switch_language(self) -> None:
        self._visit.speak("es" if self._visit.language == "en" else "en")

    def _next_size(self) -> None:
        self.look_wanted.emit(self._look.with_next_scale())

    def _next_tone(self) -> None:
        self.look_wanted.emit(self._look.with_next_tone())
