"""What stands below every screen of a visitor: language, larger words, other colours, reading aloud, help, and the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton

from readiness.text import N_
from ui import theme
from ui.header import LANGUAGE_NAMES, Strip
from ui.icons import icon
from ui.visit import Visit
from ui.widgets.flow_row import FlowRow

#: How much larger the words become, in percent of the usual size here.
STEPS_PCT: Final = (100, 125, 150, 200)

#: Name, icon and word of each button, in the order in which they stand.
_BUTTONS: Final = (
    ("language", "language", ""),
    ("text_size", "text-size", N_("Larger words")),
    ("colors", "contrast", N_("Colors")),
    ("aloud", "volume", N_("Read aloud")),
    ("repeat", "retry", N_("Read again")),
    ("slower", "minus", N_("Slower")),
    ("faster", "plus", N_("Faster")),
    ("help", "help", N_("Help")),
    ("leave", "stop", N_("I am done")),
)
_WHILE_ALOUD: Final = frozenset({"repeat", "slower", "faster"})

_MOST_OF_SCREEN: Final = 0.2


class Bar(Strip):
    """The buttons stand in reach of who sits. Words stand beside icons while there is room for all of them."""

    is_below: ClassVar[bool] = True
    aloud_wanted = Signal(bool)
    repeat_wanted = Signal()
    rate_wanted = Signal(int)
    """One step faster or slower."""
    leave_wanted = Signal()

    def __init__(self, visit: Visit, look: theme.Look, *, languages: tuple[str, ...], has_voice: bool) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._visit = visit
        self._look = look
        self._sizes_pct = tuple(round(look.scale_pct * step / 100) for step in STEPS_PCT)
        self._languages = languages
        self._has_voice = has_voice
        self._is_aloud = False
        do: dict[str, Callable[[], None]] = {
            "language": self._switch_language,
            "text_size": self._next_size,
            "colors": self._next_tone,
            "aloud": lambda: self.aloud_wanted.emit(not self._is_aloud),
            "repeat": self.repeat_wanted.emit,
            "slower": lambda: self.rate_wanted.emit(-1),
            "faster": lambda: self.rate_wanted.emit(1),
            "help": self.help_wanted.emit,
            "leave": self.leave_wanted.emit,
        }
        self._row = FlowRow(self, spacing_px=theme.SPACE_S)
        self._row.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        self._buttons: dict[str, QPushButton] = {}
        for name, _, _ in _BUTTONS:
            button = QPushButton()
            button.setObjectName(name)
            button.setProperty("kind", "quiet")
            button.clicked.connect(do[name])
            self._buttons[name] = button
            self._row.addWidget(button)
        self.refresh()

    def show_look(self, look: theme.Look) -> None:
        self._look = look
        self.refresh()

    def show_aloud(self, is_aloud: bool) -> None:
        """Whether the screen is read aloud now."""
        self._is_aloud = is_aloud
        self.refresh()

    def refresh(self) -> None:
        colour = theme.tokens(self._look.tone).accent
        for name, drawn, _ in _BUTTONS:
            button = self._buttons[name]
            button.setIcon(icon(drawn, colour, theme.px(24, self._look)))
            button.setIconSize(theme.icon_size(self._look))
            button.setAccessibleName(self._word(name))
            button.setVisible(self._is_offered(name))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # --- Inside

    def _is_offered(self, name: str) -> bool:
        if name in _WHILE_ALOUD:
            return self._has_voice and self._is_aloud
        if name == "language":
            return len(self._languages) > 1
        return self._has_voice if name == "aloud" else True

    def _word(self, name: str) -> str:
        if name == "language":
            return LANGUAGE_NAMES[self._other_language]
        if name == "aloud" and self._is_aloud:
            return self._visit.say(N_("Stop reading"))
        if name == "text_size" and self._look.scale_pct == self._sizes_pct[-1]:
            return self._visit.say(N_("Smaller words"))
        return self._visit.say(next(word for known, _, word in _BUTTONS if known == name))

    def _fit(self) -> None:
        """Icons alone, which keep their names, where words would take too much of the screen from the page."""
        for name, button in self._buttons.items():
            button.setText(self._word(name))
        if self._row.heightForWidth(self.width()) > self.window().height() * _MOST_OF_SCREEN:
            for name, button in self._buttons.items():
                button.setText(self._word(name) if name == "language" else "")

    @property
    def _other_language(self) -> str:
        others = (language for language in self._languages if language != self._visit.language)
        return next(others, self._visit.language)

    def _switch_language(self) -> None:
        self._visit.speak(self._other_language)

    def _next_size(self) -> None:
        self.look_wanted.emit(self._look.with_next_scale(self._sizes_pct))

    def _next_tone(self) -> None:
        self.look_wanted.emit(self._look.with_next_tone())
