"""How to join the visit, step by step, here or on a phone; to open, to print, or to keep."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QPushButton

from readiness.joining import JoinCard, Way, join_card, other_care, suggested_way
from readiness.model import Status
from readiness.text import N_
from ui import printing, theme
from ui.icons import icon
from ui.opening import BROWSER_NAMES, Opened, open_link
from ui.pages.page import Action, Actions, Navigator, Page
from ui.pages.phone_lines import PhoneLines
from ui.saving import Outcome, save
from ui.visit import Visit
from ui.widgets.card import Card
from ui.widgets.flow_row import FlowRow
from ui.widgets.note import Note
from ui.widgets.qr_view import QrView
from ui.widgets.step_list import StepList
from ui.widgets.wrap_label import WrapLabel

_WAYS: Final = {Way.COMPUTER: "laptop", Way.PHONE: "phone"}


class JoinPage(Page):
    name = "join"
    headline = N_("How to join your video visit")

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._outcome: Outcome | None = None
        self._tiles = {way: QPushButton() for way in Way}
        self._group = QButtonGroup(self)
        row = FlowRow(even=True)
        for way, tile in self._tiles.items():
            tile.setObjectName(f"join_{way.value}")
            tile.setProperty("kind", "tile")
            tile.setCheckable(True)
            self._group.addButton(tile)
            row.addWidget(tile)
        self._group.buttonClicked.connect(self._choose)
        self.body.addLayout(row)
        self._advice = Note()
        self._advice.setObjectName("advice")
        self._when = WrapLabel(kind="title")
        self._steps = StepList()
        self._browser = WrapLabel()
        self._said = Note()
        self._said.setObjectName("outcome")
        for widget in (self._advice, self._when, self._steps, self._browser, self._said):
            self.body.addWidget(widget)
        self._address = Card()
        self._qr = QrView()
        self._address_words = WrapLabel()
        self._address.body.addWidget(self._address_words)
        self._address.body.addWidget(self._qr)
        self.body.addWidget(self._address)
        self._needs = _Listed(self, N_("What you need"))
        self._notes = _Listed(self, N_("Good to know"))
        self._help = Card()
        self._phone = PhoneLines()
        self._help.body.addWidget(self._phone)
        self.body.addWidget(self._help)
        self.body.addStretch(1)

    # --- Page

    def enter(self, **what: object) -> None:
        self._outcome = None

    def refresh(self) -> None:
        card = self._card
        by_phone = card.way is Way.PHONE
        say = self.visit.say
        self._tiles[card.way].setChecked(True)
        for way, tile in self._tiles.items():
            tile.setText(join_card(self.visit.profile, way, self.visit.language).title)
            tile.setIcon(icon(_WAYS[way], theme.now().accent, theme.px(32)))
            tile.setIconSize(theme.icon_size())
        advised = not by_phone and suggested_way(self.visit.known.report()) is Way.PHONE
        self._advice.show_note(Status.WARN, say(N_("A phone or tablet may work better for this visit.")))
        self._advice.setVisible(advised)
        self._when.setText(card.when)
        self._steps.show_steps(card.steps)
        self._browser.setText(self._browser_words(card))
        self._browser.setVisible(bool(self._browser.text()))
        if self._outcome:
            self._said.show_note(self._outcome.status, self._outcome.words())
        self._said.setVisible(self._outcome is not None)
        self._show_address(card)
        self._needs.show_items(card.needs if by_phone else ())
        self._notes.show_items(card.notes)
        phone = next(iter(card.help_phones), None)
        self._phone.show_phone(phone)
        self._help.setVisible(phone is not None)

    def ways_on(self) -> Actions:
        on_paper, as_file = Action(N_("Print"), self._print), Action(N_("Save as PDF"), self._save)
        if self._card.way is Way.COMPUTER and self._card.link:
            return Actions(primary=Action(N_("Open the sign-on page"), self._open), others=(on_paper, as_file))
        return Actions(primary=on_paper, others=(as_file,))

    # --- What is shown

    @property
    def _card(self) -> JoinCard:
        return join_card(self.visit.profile, self.visit.way, self.visit.language, self.visit.known.report())

    def _browser_words(self, card: JoinCard) -> str:
        if card.open_with and card.open_with in BROWSER_NAMES:
            return self.visit.say(N_("The page opens in {browser}."), browser=BROWSER_NAMES[card.open_with])
        return card.browser_advice or ""

    def _show_address(self, card: JoinCard) -> None:
        """For the phone: the address to point its camera at. Where the app has none, that of the sign-on page."""
        on_computer = join_card(self.visit.profile, Way.COMPUTER, self.visit.language)
        link = card.link or on_computer.link
        shown = card.way is Way.PHONE and link is not None
        self._address.setVisible(shown)
        if shown and link:
            sentence = N_("To open {site} on your phone, point its camera here.")
            self._address_words.setText(self.visit.say(sentence, site=link.removeprefix("https://")))
            self._qr.show_text(link)

    # --- What is done

    @Slot()
    def _choose(self) -> None:
        self.visit.way = next(way for way, tile in self._tiles.items() if tile.isChecked())
        self._outcome = None
        self.retranslate()
        self.navigator.announce(self._card.title)

    def _open(self) -> None:
        card = self._card
        if card.link is None:
            return
        opened = open_link(card.link, self.visit.profile, self.visit.known.report(), card.open_with)
        status, sentence = _told(opened, card.open_with)
        name = BROWSER_NAMES.get(card.open_with or "", "")
        self._tell(status, sentence, browser=name, site=card.link.removeprefix("https://"))

    def _print(self) -> None:
        if printing.print_card(self._html, self.title.text(), self):
            self._tell(Status.PASS, N_("The page is on its way to the printer."))

    def _save(self) -> None:
        name = "video-visit.pdf" if self.visit.language == "en" else "consulta-por-video.pdf"
        outcome = save(self, self.visit, name, lambda: printing.card_pdf(self._html, self.title.text()))
        if outcome:
            self._show(outcome)

    @property
    def _html(self) -> str:
        language = self.visit.language
        return printing.card_html(self._card, other_care(self.visit.profile, language), language)

    def _tell(self, status: Status, sentence: str, **params: str) -> None:
        self._show(Outcome(status, lambda: self.visit.say(sentence, **params)))

    def _show(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self.retranslate()
        self.ensureWidgetVisible(self._said)
        self.navigator.announce(self._said.text)


def _told(opened: Opened, browser: str | None) -> tuple[Status, str]:
    """What became of opening the page in ``browser``."""
    if opened is Opened.NOTHING:
        return Status.FAIL, N_("No browser could be opened. Open one yourself and go to {site}.")
    if browser not in BROWSER_NAMES:
        return Status.PASS, N_("Your usual browser opens now.")
    if opened is Opened.AS_ASKED:
        return Status.PASS, N_("The page opens in {browser} now.")
    return Status.WARN, N_("{browser} was not found. Your usual browser opens now.")


class _Listed:
    """A heading and some lines below it."""

    def __init__(self, page: Page, heading: str) -> None:
        self._heading = WrapLabel(kind="title")
        page.put(self._heading.setText, heading)
        self._lines = WrapLabel()
        page.body.addWidget(self._heading)
        page.body.addWidget(self._lines)

    def show_items(self, items: tuple[str, ...]) -> None:
        """Other lines; none hides the heading, too."""
        self._lines.setText("\n".join(f"• {item}" for item in items))
        for label in (self._heading, self._lines):
            label.setVisible(bool(items))
