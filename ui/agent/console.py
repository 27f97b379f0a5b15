"""The console: keys and codes lead a call on, and the desk follows it."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QCloseEvent, QGuiApplication

from readiness import profile as profiles
from readiness.agent import call as calls
from readiness.agent.call import Call, Reply
from readiness.agent.note import note
from readiness.checks import CHECKS
from readiness.it_report import SavedReport
from readiness.profile import Profile
from readiness.support_code import Situation
from readiness.telling import fill
from readiness.text import LANGUAGES, N_, Refusal
from ui import theme
from ui.agent.desk import Desk
from ui.agent.saved_result import ask_for_result
from ui.agent.words import Words


class Console(Desk):
    """One call after the other."""

    language_changed = Signal(str)

    def __init__(self, profile: Profile, language: str, look: theme.Look) -> None:
        super().__init__(Words(language), look)
        self.setObjectName("console")
        self._profile = profile
        self._looked_up = ""
        self._result: SavedReport | None = None
        self._calls = [calls.begin(profile, language)]
        """Every state of this call: one step back is the one before."""
        self._connect()
        self.show_call()
        self.caller.code.begin_anew()

    @property
    def call(self) -> Call:
        """Where the call stands."""
        return self._calls[-1]

    # --- What happens

    def begin_call(self) -> None:
        """Another caller: nothing of the call before is kept."""
        self._calls = [calls.begin(self._profile, self.words.language)]
        self.record.clock.begin_anew()
        self._looked_up, self._result = "", None
        self.caller.unseen.setChecked(False)
        self.caller.code.begin_anew()
        self.show_call()

    def type_code(self, code: str) -> None:
        """A code that came with the command: looked at as if it had been typed."""
        self.caller.code.spread("".join(char for char in code if char in "0123456789"))

    def show_result(self, saved: SavedReport) -> None:
        """A saved result tells more than its code: the talk goes by the code, and the list shows the rest."""
        self._result = saved
        self.type_code(saved.code)
        self._look_up("result")

    def show_call(self) -> None:
        """Everything follows the call."""
        said = self.follow(self.call, self._looked_up, self._result, can_go_back=len(self._calls) > 1)
        self.setWindowTitle(self.words.say(N_("Support console")))
        self._announce(said)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.record.clock.stop()
        self.talk.picture.stop()
        super().closeEvent(event)

    @Slot(str, object)
    def _hear(self, code: str, situation: Situation) -> None:
        if code in self.call.codes[-1:]:
            return
        call = msgspec.structs.replace(self.call, profile=_profile_of(situation, self._profile))
        self._go(calls.hear(call, code, situation))
        self.talk.script.focus_first()

    @Slot(object)
    def _answer(self, reply: Reply) -> None:
        self._go(calls.answer(self.call, reply, self.record.clock.length_s))

    def _ask(self) -> None:
        self._go(calls.ask(self.call))
        self.talk.script.focus_first()

    def _back(self) -> None:
        if self._looked_up:
            self._look_up(self._looked_up)
        elif self.caller.code.has_keyboard and self.call.codes:
            self.caller.code.spread(self.call.codes[-1].replace("-", ""))  # no other code after all
            self.talk.script.focus_first()
        elif len(self._calls) > 1:
            left = self._calls.pop()
            self._set(sees=left.sees, language=left.language, told_care=left.told_care)  # no steps of the talk

    def _go(self, following: Call) -> None:
        if following == self.call:
            return
        self.record.clock.begin()
        self._calls.append(following)
        self._looked_up = ""
        self.show_call()

    def _set(self, **changes: object) -> None:
        """What is known of the caller, apart from the talk: no step that could be taken back."""
        self._calls[-1] = msgspec.structs.replace(self.call, **changes)
        self.show_call()

    def _look_up(self, name: str) -> None:
        self._looked_up = "" if self._looked_up == name else name
        button = {"care": self.record.care, "result": self.caller.open_result}.get(name, self.record.flyer)
        button.setFocus(Qt.FocusReason.OtherFocusReason)  # where it was is not shown any more
        self._set(told_care=self.call.told_care or self._looked_up == "care")
        if not self._looked_up:
            self.talk.script.focus_first()

    def _open_result(self) -> None:
        try:
            saved = None if self._result else ask_for_result(self, self.words)
        except Refusal as refusal:
            sentence = fill(refusal.sentence, refusal.params, self.words.language)
            self.record.tell(sentence)
            self._announce(sentence)
            saved = None
        if saved:
            self.show_result(saved)
        elif self._result:
            self._look_up("result")
        self.caller.open_result.setChecked(self._looked_up == "result")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(note(self.call, self.record.clock.length_s))
        sentence = self.words.say(N_("The note is copied. Paste it into the ticket."))
        self.record.tell(sentence)
        self._announce(sentence)

    def _announce(self, text: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _speak(self, language: str) -> None:
        self.words.speak(language)
        self.language_changed.emit(language)
        self.show_call()

    def _connect(self) -> None:
        caller, record = self.caller, self.record
        caller.code.heard.connect(self._hear)
        caller.code.begun.connect(record.clock.begin)
        caller.again.clicked.connect(caller.code.begin_anew)
        caller.again.clicked.connect(lambda: self.area.ensureWidgetVisible(caller.code))
        caller.without.clicked.connect(self._ask)
        caller.open_result.clicked.connect(self._open_result)
        caller.language.clicked.connect(lambda: self._set(language=_other(self.call.language)))
        caller.unseen.toggled.connect(lambda on: self._set(sees=not on))
        self.talk.script.answered.connect(self._answer)
        record.back.clicked.connect(self._back)
        record.flyer.clicked.connect(lambda: self._look_up("flyer"))
        record.care.clicked.connect(lambda: self._look_up("care"))
        record.pass_on.clicked.connect(lambda: self._go(calls.pass_on(self.call)))
        record.copy.clicked.connect(self._copy)
        self.bar.new_call.clicked.connect(self.begin_call)
        self.bar.look_wanted.connect(self.wear)
        self.bar.language_wanted.connect(self._speak)


def _other(language: str) -> str:
    return LANGUAGES[1 - LANGUAGES.index(language)]


def _profile_of(situation: Situation, own: Profile) -> Profile:
    """The provider that the code names: its steps and numbers count. Our ``own``, for a clinic's own."""
    named = situation.edition.profile
    if named in ("", own.id):
        return own
    return profiles.load(named, {check.id: check.requires for check in CHECKS})
