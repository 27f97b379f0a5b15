"""What a visitor takes along: a square for the phone's camera, the number to call, and paper where the clinic has some."""

from __future__ import annotations

from readiness.joining import JoinCard, Way, join_card, other_care
from readiness.model import Status
from readiness.text import N_
from ui import printing
from ui.kiosk.pages.page import KioskPage
from ui.kiosk.place import Place
from ui.pages.page import Action, Actions, Navigator
from ui.pages.phone_lines import PhoneLines
from ui.visit import Visit
from ui.widgets.note import Note
from ui.widgets.qr_view import QrView
from ui.widgets.wrap_label import WrapLabel


class TakeAwayPage(KioskPage):
    name = "take_away"
    headline = N_("Take it home with you")

    def __init__(self, place: Place, visit: Visit, navigator: Navigator) -> None:
        super().__init__(place, visit, navigator)
        self._words = WrapLabel()
        self._qr = QrView()
        self._phone = PhoneLines()
        self._said = Note()
        self._said.setObjectName("outcome")
        self._printed: tuple[Status, str] | None = None
        for widget in (self._words, self._qr, self._phone, self._said):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def enter(self, **what: object) -> None:
        self._printed = None

    def refresh(self) -> None:
        # The app of a phone has no address of its own: then that of the sign-on page helps, too.
        link = self._card.link or join_card(self.visit.profile, Way.COMPUTER, self.visit.language).link or ""
        site = link.removeprefix("https://")
        self._words.setText(self.visit.say(N_("Point the camera of your phone here to open {site}."), site=site))
        self._qr.show_text(link)
        self._qr.setAccessibleName(self._words.text())
        for widget in (self._words, self._qr):
            widget.setVisible(bool(link))
        self._phone.show_phone(next(iter(self._card.help_phones), None))
        if self._printed:
            status, sentence = self._printed
            self._said.show_note(status, self.visit.say(sentence))
        self._said.setVisible(self._printed is not None)

    def ways_on(self) -> Actions:
        paper = (Action(N_("Print"), self._print),) if self.place.printer is not None else ()
        return Actions(primary=Action(N_("Go on"), lambda: self.navigator.go("done")), others=paper)

    @property
    def _card(self) -> JoinCard:
        return join_card(self.visit.profile, self.visit.way, self.visit.language)

    def _print(self) -> None:
        language = self.visit.language
        html = printing.card_html(self._card, other_care(self.visit.profile, language), language)
        if printing.print_on(self.place.printer or "", html, self.title.text()):
            self._printed = Status.PASS, N_("The page is on its way to the printer.")
        else:
            self._printed = Status.FAIL, N_("The printer did not take the page. Please ask at the front desk.")
        self.retranslate()
        self.navigator.announce(self._said.text)
