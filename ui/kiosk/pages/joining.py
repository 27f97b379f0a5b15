"""The steps to join, as many as the provider has."""

from __future__ import annotations

from readiness.joining import join_card
from readiness.text import N_
from ui.kiosk.pages.page import KioskPage
from ui.kiosk.place import Place
from ui.pages.page import Action, Actions, Navigator
from ui.visit import Visit
from ui.widgets.step_list import StepList
from ui.widgets.wrap_label import WrapLabel


class JoiningPage(KioskPage):
    name = "joining"
    headline = N_("How to join your video visit")

    def __init__(self, place: Place, visit: Visit, navigator: Navigator) -> None:
        super().__init__(place, visit, navigator)
        self._when = WrapLabel()
        self._steps = StepList()
        self.body.addWidget(self._steps)
        self.body.addWidget(self._when)
        self.body.addStretch(1)

    def refresh(self) -> None:
        card = join_card(self.visit.profile, self.visit.way, self.visit.language)
        self._when.setText(card.when)
        self._steps.show_steps(card.steps)

    def ways_on(self) -> Actions:
        return Actions(primary=Action(N_("Go on"), lambda: self.navigator.go("take_away")))
