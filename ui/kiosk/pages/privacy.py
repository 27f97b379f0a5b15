"""What becomes of a visitor's picture and voice: nothing, before anything is turned on."""

from __future__ import annotations

from readiness.model import Status
from readiness.text import N_
from ui.kiosk.pages.page import KioskPage
from ui.kiosk.place import Place
from ui.pages.page import Action, Actions, Navigator
from ui.visit import Visit
from ui.widgets.note import Note


class PrivacyPage(KioskPage):
    name = "privacy"
    headline = N_("Your picture stays yours")

    def __init__(self, place: Place, visit: Visit, navigator: Navigator) -> None:
        super().__init__(place, visit, navigator)
        self.say_line(N_("We do not save your picture or your voice."))
        self.say_line(N_("When you leave, this screen starts over."))
        self._next = Note()
        self._next.setObjectName("next")
        self.body.addWidget(self._next)
        self.body.addStretch(1)

    def refresh(self) -> None:
        if self.place.has_tests:
            self._next.show_note(Status.UNKNOWN, self.visit.say(N_("Next, the camera turns on.")), icon="camera")
        else:
            words = N_("The camera cannot be tried today. We show you how to join.")
            self._next.show_note(Status.WARN, self.visit.say(words))

    def ways_on(self) -> Actions:
        return Actions(primary=Action(N_("Go on"), self._go_on))

    def _go_on(self) -> None:
        self.navigator.go("camera" if self.place.has_tests else "at_home")
