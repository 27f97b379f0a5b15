"""Four fields for a code, looked at while it is typed: which group is wrong is said at once, so that the agent asks again."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from readiness.agent.typed_code import GROUP_DIGITS, GROUPS, check
from readiness.text import N_
from ui import theme
from ui.agent.words import Words
from ui.widgets.wrap_label import WrapLabel


class CodeBox(QWidget):
    """Emits `heard` as soon as sixteen digits are a code; nothing has to be pressed after the last one."""

    heard = Signal(str, object)
    """The code, and the Situation that it tells."""
    begun = Signal()
    """The first digit of a code."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._typed = check([""] * GROUPS)
        self.fields = [_Group(place, self) for place in range(GROUPS)]
        row = QGridLayout()
        row.setSpacing(theme.SPACE_XS)
        for place, field in enumerate(self.fields):
            row.addWidget(field, 0, place)
            field.textEdited.connect(self._look)
        self.sentence = WrapLabel(kind="small")
        self.sentence.setObjectName("about_code")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        column.addLayout(row)
        column.addWidget(self.sentence)
        words.changed.connect(self.refresh)
        self.refresh()

    @property
    def wrong(self) -> tuple[int, ...]:
        """The groups to ask for again, the likeliest first; from 0."""
        return self._typed.wrong

    @property
    def has_keyboard(self) -> bool:
        """Whether digits go into a group now."""
        return any(field.hasFocus() for field in self.fields)

    def begin_anew(self) -> None:
        """Empty, with the keyboard in the first group."""
        for field in self.fields:
            field.clear()
        self._typed = check(self._groups)
        self.fields[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.refresh()

    def spread(self, digits: str, first: int = 0) -> None:
        """Put digits into the groups, from one of them on: a code that was pasted, or came with the command."""
        for place in range(first, GROUPS):
            part, digits = digits[:GROUP_DIGITS], digits[GROUP_DIGITS:]
            if part:
                self.fields[place].setText(part)
        self._look()

    def refresh(self) -> None:
        say, typed = self._words.say, self._typed
        self.sentence.setText(say(typed.sentence, **typed.params) if typed.sentence else say(N_("The code is right.")))
        for place, field in enumerate(self.fields):
            field.setAccessibleName(say(N_("Group {group} of the code"), group=place + 1))
            is_wrong = place in typed.wrong[:1] if len(typed.wrong) != GROUPS else True
            field.setAccessibleDescription(self.sentence.text() if is_wrong else "")
            if field.property("wrong") != is_wrong:
                field.setProperty("wrong", is_wrong)
                field.style().polish(field)

    @property
    def _groups(self) -> list[str]:
        return [field.text() for field in self.fields]

    def _look(self) -> None:
        before, self._typed = self._typed, check(self._groups)
        self.refresh()
        if any(self._groups) and not before.code:
            self.begun.emit()
        if self._typed.situation is not None:
            self.heard.emit(self._typed.code, self._typed.situation)
        else:
            self._go_on()

    def _go_on(self) -> None:
        """To the next group; with all of them there, to the one to ask for again."""
        here = next((place for place, field in enumerate(self.fields) if field.hasFocus()), None)
        if here is None or len(self.fields[here].text()) < GROUP_DIGITS:
            return
        is_full = all(len(group) == GROUP_DIGITS for group in self._groups)
        others = [place for place in self._typed.wrong if place != here]
        if here in self._typed.wrong[:1] and not (is_full and others):
            self._select(here)
        elif is_full:
            # The group that was asked for again is the same as before: the next that may be wrong.
            self._select(self._typed.wrong[0] if here not in self._typed.wrong[:1] else others[0])
        elif here + 1 < GROUPS:
            self._select(here + 1)

    def _select(self, place: int) -> None:
        self.fields[place].setFocus(Qt.FocusReason.OtherFocusReason)
        self.fields[place].selectAll()


#: Wide enough for four digits in bold, and the frame.
_GROUP_PX: Final = 62


class _Group(QLineEdit):
    """One group: four digits; a whole code that is pasted goes on in the next ones."""

    def __init__(self, place: int, box: CodeBox) -> None:
        super().__init__()
        self._place = place
        self._box = box
        self.setObjectName(f"group_{place + 1}")
        self.setProperty("kind", "digits")
        self.setMaxLength(GROUP_DIGITS)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumWidth(theme.px(_GROUP_PX))
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits only: all else is left to the keys of the window. Backspace goes on in the group before."""
        text = event.text()
        if event.matches(QKeySequence.StandardKey.Paste):
            pasted = "".join(char for char in QGuiApplication.clipboard().text() if char in "0123456789")
            self._box.spread(pasted, 0 if len(pasted) > GROUP_DIGITS else self._place)
        elif text in {" ", "-"} or (text.isprintable() and text and text not in "0123456789"):
            event.ignore()
        elif event.key() == Qt.Key.Key_Backspace and not self.text() and self._place:
            before = self._box.fields[self._place - 1]
            before.setFocus(Qt.FocusReason.OtherFocusReason)
            before.deselect()
            before.end(False)
        else:
            super().keyPressEvent(event)
