"""The end: thanks, and a count down to the start."""

from __future__ import annotations

import math

from PySide6.QtCore import QTimer

from readiness.model import Status
from readiness.text import N_
from ui.kiosk.pages.page import DRAWING_PX, KioskPage
from ui.kiosk.place import Place
from ui.pages.page import Action, Actions, Navigator
from ui.visit import Visit
from ui.widgets.drawing import Drawing
from ui.widgets.note import Note


class DonePage(KioskPage):
    name = "done"
    headline = N_("That is all. Thank you!")

    def __init__(self, place: Place, visit: Visit, navigator: Navigator) -> None:
        super().__init__(place, visit, navigator)
        self.body.addWidget(Drawing("sit-in-front", size_px=DRAWING_PX))
        self.say_line(N_("Nothing was saved."))
        self._left = Note()
        self._left.setObjectName("left")
        self.body.addWidget(self._left)
        self.body.addStretch(1)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self.refresh)

    def enter(self, **what: object) -> None:
        self.place.reach_end(True)
        self._clock.start()

    def leave(self) -> None:
        self._clock.stop()
        self.place.reach_end(False)

    def refresh(self) -> None:
        seconds = max(0, math.ceil(self.place.seconds_left()))
        words = self.visit.say(N_("This screen starts over in {seconds} seconds."), seconds=seconds)
        self._left.show_note(Status.UNKNOWN, words, icon="clock")

    def ways_on(self) -> Actions:
        return Actions(
            primary=Action(N_("Start over now"), self.place.leave),
            others=(Action(N_("See the steps again"), lambda: self.navigator.go("at_home")),),
        )
