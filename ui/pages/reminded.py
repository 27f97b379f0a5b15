"""What the quiet test on the evening before has found, and the way to test with the person there."""

from __future__ import annotations

from readiness.advice import words_for
from readiness.checks import CHECKS
from readiness.model import Status
from readiness.telling import listed
from readiness.text import N_, translate
from ui.pages.page import Action, Actions, Navigator, Page
from ui.visit import Visit
from ui.widgets.note import Note
from ui.widgets.wrap_label import WrapLabel


class RemindedPage(Page):
    name = "reminded"
    headline = N_("Your video visit is soon")

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._wrong: tuple[str, ...] = ()
        self._note = Note()
        self._note.setObjectName("wrong")
        more = WrapLabel()
        self.put(more.setText, N_("There is still time to fix it. Test it now, and we show you how."))
        limits = WrapLabel(kind="small")
        self.put(limits.setText, N_("The camera, the microphone and the speaker stayed off."))
        for widget in (self._note, more, limits):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def enter(self, **what: object) -> None:
        asked = str(what.get("wrong", "")).split(",")
        self._wrong = tuple(check.id for check in CHECKS if check.id in asked)

    def refresh(self) -> None:
        language = self.visit.language
        names = tuple(translate(words_for(check).name, language) for check in self._wrong)
        sentence = translate(N_("This does not work yet: {parts}."), language)
        self._note.show_note(Status.FAIL, sentence.format(parts=listed(names, language)))
        self._note.setVisible(bool(names))

    def ways_on(self) -> Actions:
        return Actions(primary=Action(N_("Test now"), lambda: self.navigator.go("start")))
