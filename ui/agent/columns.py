"""The three columns of the console: who calls, what is said, what was done."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from readiness.advice import words_for
from readiness.agent.call import Call, Stage
from readiness.agent.note import clock, tell_done
from readiness.agent.overview import about_the_table, in_one_sentence, tell_changes
from readiness.agent.script import steps_of
from readiness.it_report import SavedReport
from readiness.situation_words import LANGUAGE_WORDS, tell_caller
from readiness.text import N_
from ui import theme
from ui.agent.callers_screen import CallersScreen
from ui.agent.code_box import CodeBox
from ui.agent.keys import KeyButton
from ui.agent.pairs import Lookup
from ui.agent.record import Clock, LatestLines
from ui.agent.script_view import ScriptView
from ui.agent.words import Words
from ui.widgets.card import Card
from ui.widgets.wrap_label import WrapLabel

LEFT_PX = 306
RIGHT_PX = 292


class CallerColumn(QWidget):
    """Left: the code, what it tells of the caller's side, and what the agent sets for the caller."""

    def __init__(self, words: Words, window: QWidget) -> None:
        super().__init__()
        self._words = words
        self.code = CodeBox(words)
        self.again = KeyButton("new_code", "F2", window)
        self.without = KeyButton("without_code", "F3", window)
        self.open_result = KeyButton("open_result", "F10", window, kind="toggle")
        self.open_result.setCheckable(True)
        self.language = KeyButton("callers_language", "F4", window)
        self.unseen = KeyButton("cannot_see", "F5", window, kind="toggle")
        self.unseen.setCheckable(True)
        self.caller = WrapLabel(kind="small")
        self.caller.setObjectName("caller")
        card = _card()
        card.body.addWidget(self.code)
        self._facts = _card()
        self._facts.body.addWidget(self.caller)
        column = _column(self)
        column.addWidget(card)
        for button in (self.again, self.without, self.open_result):
            column.addWidget(button)
        column.addWidget(self._facts)
        for button in (self.language, self.unseen):
            column.addWidget(button)
        column.addStretch(1)

    def show_call(self, call: Call) -> None:
        say, language = self._words.say, self._words.language
        self.again.show_words(say(N_("Type a code")))
        self.without.show_words(say(N_("Ask without a code")))
        self.open_result.show_words(say(N_("Saved result")))
        self.language.show_words(say(N_("Caller: {language}"), language=say(LANGUAGE_WORDS[call.language])))
        self.unseen.show_words(say(N_("Cannot see the screen")))
        rows = [f"{name}: {value}" for name, value in tell_caller(call.situation, language)]
        table = about_the_table(call.situation, language)
        self.caller.setText("\n".join([*rows, *([table] if table else [])]))
        self._facts.setVisible(bool(call.codes))


class TalkColumn(QWidget):
    """Middle: where the call stands, the script, and the caller's screen; or a list that was looked up."""

    def __init__(self, words: Words, window: QWidget) -> None:
        super().__init__()
        self._words = words
        self._situation = WrapLabel()
        self._situation.setObjectName("situation")
        self._where = WrapLabel(kind="small")
        self._where.setObjectName("where_it_stands")
        self.script = ScriptView(words, window)
        self.picture = CallersScreen()
        self.picture.setObjectName("callers_screen")
        self.lookup = Lookup(words)
        column = _column(self)
        for widget in (self._situation, self._where, self.script):
            column.addWidget(widget)
        column.addWidget(self.picture, 1)
        column.addWidget(self.lookup, 1)

    def show_call(self, call: Call, looked_up: str, result: SavedReport | None) -> str:
        """Returns what is to be announced."""
        script = self.script.show_call(call)
        self._situation.setText(self._told(call))
        self._where.setText(self._place(call))
        self._where.setVisible(bool(self._where.text()) and not looked_up)
        self.picture.show_call(call)
        self.lookup.show_list(looked_up, call.profile, call.language, result)
        for widget in (self._situation, self.script, self.picture):
            widget.setVisible(not looked_up)
        language = self._words.language
        return f"{script.first.in_language(language)} {script.now.in_language(language)}"

    def _told(self, call: Call) -> str:
        language = self._words.language
        if not call.codes:
            return self._words.say(N_("No code yet."))
        told = in_one_sentence(call.situation, language)
        if call.before:
            changes = "; ".join(tell_changes(call.before, call.situation, language))
            new = self._words.say(N_("New: {changes}"), changes=changes)
            return f"{told}\n{new}"
        return told

    def _place(self, call: Call) -> str:
        say = self._words.say
        if call.stage is Stage.ASKING:
            return say(N_("Ten questions"))
        if not call.finding:
            return ""
        check = say(words_for(call.finding.partition(".")[0]).name)
        if call.stage is Stage.CONFIRM:
            causes = len(call.matters[call.matter].findings)
            if causes > 1:
                sentence = N_("{check}: make sure of the cause. It is one of {count}; this is number {place}.")
                return say(sentence, check=check, count=causes, place=call.cause + 1)
            return say(N_("{check}: make sure of the cause."), check=check)
        return say(N_("{check}: step {step} of {steps}"), check=check, step=call.step + 1, steps=steps_of(call.finding))


class RecordColumn(QWidget):
    """Right: the clock, what was tried, and what ends a call."""

    def __init__(self, words: Words, window: QWidget) -> None:
        super().__init__()
        self._words = words
        self.clock = Clock()
        self._lines = LatestLines()
        self.back = KeyButton("undo", "Esc", window)
        self.flyer = KeyButton("look_up_flyer", "F6", window, kind="toggle")
        self.care = KeyButton("look_up_care", "F7", window, kind="toggle")
        for lookup in (self.flyer, self.care):
            lookup.setCheckable(True)
        self.copy = KeyButton("copy_note", "F8", window, kind="primary")
        self.pass_on = KeyButton("pass_on", "F9", window)
        self._said = WrapLabel(kind="small")
        self._said.setObjectName("said")
        self._heading = WrapLabel(kind="small")
        card = _card()
        card.body.addWidget(self.clock)
        card.body.addWidget(self._heading)
        card.body.addWidget(self._lines, 1)
        column = _column(self)
        column.addWidget(card, 1)
        for button in (self.back, self.flyer, self.care, self.pass_on, self.copy):
            column.addWidget(button)
        column.addWidget(self._said)

    def show_call(self, call: Call, *, can_go_back: bool) -> None:
        say = self._words.say
        self._heading.setText(say(N_("What was tried")) if call.done else say(N_("Nothing was tried yet.")))
        told = [(clock(done.at_s), *tell_done(call, done, self._words.language)) for done in call.done]
        self._lines.show_lines([f"{at}  {said} – {came_of_it}" for at, said, came_of_it in told])
        for button, words in (
            (self.back, N_("One step back")),
            (self.flyer, N_("Older flyer")),
            (self.care, N_("Other care")),
            (self.pass_on, N_("Pass on")),
            (self.copy, N_("Copy the note")),
        ):
            button.show_words(say(words))
        self.back.setEnabled(can_go_back)
        self.tell("")

    def tell(self, sentence: str) -> None:
        """What has become of the last key."""
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))


def _card() -> Card:
    card = Card()
    card.body.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
    card.body.setSpacing(theme.SPACE_S)
    return card


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.SPACE_S)
    return column
