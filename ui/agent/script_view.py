"""What the agent reads out, English and Spanish side by side, and the answers on the keys 1 to 4."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from readiness.agent.call import Call, Reply
from readiness.agent.flyer import that_matter
from readiness.agent.script import Script, script
from readiness.text import LANGUAGES, N_, translate
from ui import theme
from ui.agent.keys import KeyButton
from ui.agent.words import Words
from ui.header import LANGUAGE_NAMES
from ui.widgets.card import Card
from ui.widgets.flow_row import FlowRow
from ui.widgets.wrap_label import WrapLabel


class ScriptView(QWidget):
    """Show with `show_call`."""

    answered = Signal(object)
    """A Reply."""

    def __init__(self, words: Words, window: QWidget) -> None:
        super().__init__()
        self._words = words
        self._columns = {language: _Column(language) for language in LANGUAGES}
        self.answers = {
            reply: KeyButton(f"answer_{number}", str(number), window) for number, reply in enumerate(Reply, start=1)
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        side_by_side = QGridLayout()
        side_by_side.setSpacing(theme.SPACE_S)
        for place, each in enumerate(self._columns.values()):
            side_by_side.addWidget(each, 0, place)
            side_by_side.setColumnStretch(place, 1)
        column.addLayout(side_by_side)
        row = FlowRow(spacing_px=theme.SPACE_S)
        for reply, button in self.answers.items():
            button.clicked.connect(lambda _=False, reply=reply: self.answered.emit(reply))
            row.addWidget(button)
        column.addLayout(row)

    def show_call(self, call: Call) -> Script:
        """The script for where a call stands, with the caller's language first in weight; returns it."""
        now = script(call)
        flyer = that_matter(call)
        for language, column in self._columns.items():
            said = [
                translate(N_("Older flyer: {said} Now: {now}"), language).format(
                    said=difference.said.in_language(language), now=difference.now.in_language(language)
                )
                for difference in flyer
            ]
            column.show_words(now.first.in_language(language), now.now.in_language(language), said)
            column.emphasize(is_callers=language == call.language)
        words = dict(now.answers)
        for reply, button in self.answers.items():
            button.setVisible(reply in words)
            if reply in words:
                button.show_words(self._words.say(words[reply]))
        return now

    def focus_first(self) -> None:
        """The keyboard to the first answer."""
        self.answers[Reply.FIRST].setFocus(Qt.FocusReason.OtherFocusReason)


class _Column(Card):
    """One language."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.setObjectName(f"script_{language}")
        self._name = WrapLabel(kind="small")
        self._name.setText(LANGUAGE_NAMES[language])
        self._first = WrapLabel()
        self._first.setObjectName(f"first_{language}")
        self._now = WrapLabel(kind="title")
        self._now.setObjectName(f"now_{language}")
        self._flyer = WrapLabel(kind="small")
        self._flyer.setObjectName(f"flyer_{language}")
        self.body.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        self.body.setSpacing(theme.SPACE_S)
        for label in (self._name, self._first, self._now, self._flyer):
            self.body.addWidget(label)
        self.body.addStretch(1)

    def show_words(self, first: str, now: str, flyer: Iterable[str]) -> None:
        self._first.setText(first)
        self._now.setText(now)
        self._flyer.setText("\n".join(flyer))
        self._flyer.setVisible(bool(self._flyer.text()))

    def emphasize(self, *, is_callers: bool) -> None:
        """The caller's language is marked by a word, not by colour alone."""
        language = self.objectName().removeprefix("script_")
        mark = translate(N_("the caller speaks this"), language)
        name = LANGUAGE_NAMES[language]
        self._name.setText(f"{name} – {mark}" if is_callers else name)
