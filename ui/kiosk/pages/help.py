"""Help stands nearby: the front desk."""

from __future__ import annotations

from readiness.text import N_
from ui.kiosk.pages.page import DRAWING_PX, KioskPage
from ui.kiosk.place import Place
from ui.pages.page import Action, Actions, Navigator
from ui.visit import Visit
from ui.widgets.drawing import Drawing
from ui.widgets.wrap_label import WrapLabel


class HelpPage(KioskPage):
    name = "help"
    headline = N_("Please ask at the front desk")

    def __init__(self, place: Place, visit: Visit, navigator: Navigator) -> None:
        super().__init__(place, visit, navigator)
        self.body.addWidget(Drawing("call-for-help", size_px=DRAWING_PX))
        self._where = WrapLabel()
        self.body.addWidget(self._where)
        self._phone = WrapLabel(kind="title")
        self.body.addWidget(self._phone)
        self.body.addStretch(1)

    def refresh(self) -> None:
        ours = self.visit.say(N_("The people there know this screen. They are happy to help."))
        self._where.setText(self.place.front_desk.get(self.visit.language) or ours)
        self._phone.setText(self.place.phone)
        self._phone.setVisible(bool(self.place.phone))

    def ways_on(self) -> Actions:
        return Actions(primary=Action(N_("Go back"), self.navigator.back))
