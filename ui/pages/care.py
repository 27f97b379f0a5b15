"""Other ways to get care: there always are some. What to do in an emergency stands first."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton

from readiness.joining import CareOption, other_care
from readiness.model import Status
from readiness.profile import CareKind
from readiness.text import N_
from ui.opening import Opened, open_link
from ui.pages.page import Action, Actions, Navigator, Page
from ui.pages.phone_lines import PhoneLines
from ui.saving import Outcome
from ui.visit import Visit
from ui.widgets.card import Card
from ui.widgets.flow_row import FlowRow
from ui.widgets.note import Note
from ui.widgets.wrap_label import WrapLabel

#: Said even where a profile forgets it.
_EMERGENCY: Final = N_("In an emergency, call 911.")


class CarePage(Page):
    name = "care"
    headline = N_("Other ways to get care")

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._outcome: Outcome | None = None
        self._emergency = Note(Status.FAIL)
        self._emergency.setObjectName("emergency")
        self._said = Note()
        self._said.setObjectName("outcome")
        self.body.addWidget(self._emergency)
        self.body.addWidget(self._said)
        self._ways = [_CareCard() for option in self._options if option.kind is not CareKind.EMERGENCY]
        for way in self._ways:
            way.link.clicked.connect(self._open)
            self.body.addWidget(way)
        self.body.addStretch(1)

    def enter(self, **what: object) -> None:
        self._outcome = None

    def refresh(self) -> None:
        urgent = [option for option in self._options if option.kind is CareKind.EMERGENCY]
        self._emergency.show_note(
            Status.FAIL, urgent[0].text if urgent else self.visit.say(_EMERGENCY), icon="ambulance"
        )
        others = [option for option in self._options if option.kind is not CareKind.EMERGENCY]
        for way, option in zip(self._ways, others, strict=True):
            way.show_option(option, self.visit)
        if self._outcome:
            self._said.show_note(self._outcome.status, self._outcome.words())
        self._said.setVisible(self._outcome is not None)

    def ways_on(self) -> Actions:
        return Actions(primary=Action(N_("How to join"), lambda: self.navigator.go("join")))

    @property
    def _options(self) -> tuple[CareOption, ...]:
        return other_care(self.visit.profile, self.visit.language)

    @Slot()
    def _open(self) -> None:
        url = next((way.url for way in self._ways if way.link is self.sender()), None)
        if url is None:
            return
        opened = open_link(url, self.visit.profile, self.visit.known.report())
        site = url.removeprefix("https://")
        if opened is Opened.NOTHING:
            sentence = N_("No browser could be opened. Open one yourself and go to {site}.")
            self._outcome = Outcome(Status.UNKNOWN, lambda: self.visit.say(sentence, site=site))
        else:
            self._outcome = Outcome(Status.PASS, lambda: self.visit.say(N_("Your usual browser opens now.")))
        self.retranslate()
        self.ensureWidgetVisible(self._said)
        self.navigator.announce(self._said.text)


class _CareCard(Card):
    """One way: what it is, whom to call and when, and its web page."""

    def __init__(self) -> None:
        super().__init__()
        self.url: str | None = None
        self._text = WrapLabel()
        self._phone = PhoneLines()
        self.link = QPushButton()
        self.link.setProperty("kind", "secondary")
        self.body.addWidget(self._text)
        self.body.addWidget(self._phone)
        row = FlowRow()
        row.addWidget(self.link)
        self.body.addLayout(row)

    def show_option(self, option: CareOption, visit: Visit) -> None:
        self.setObjectName(f"care_{option.kind.value}")
        self.link.setObjectName(f"open_{option.kind.value}")
        self._text.setText(option.text)
        self._phone.show_phone(option.phone)
        self.url = option.link
        self.link.setVisible(option.link is not None)
        if option.link:
            self.link.setText(visit.say(N_("Open {site}"), site=option.link.removeprefix("https://")))
            # Several ways lead to one page: who only hears the button must know which way it belongs to.
            self.link.setAccessibleName(f"{self.link.text()}. {option.text}")
            self.link.setAccessibleDescription(option.text)
