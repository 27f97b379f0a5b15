"""Whom to call, what the buttons above do, and what leaves this computer."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton

from readiness.model import Status
from readiness.text import N_
from ui import theme
from ui.icons import icon
from ui.pages.call_code import CallCode
from ui.pages.details import disclosed
from ui.pages.page import Action, Actions, Navigator, Page
from ui.pages.phone_lines import PhoneLines, help_phone
from ui.visit import Visit
from ui.widgets.card import Card
from ui.widgets.flow_row import FlowRow
from ui.widgets.note import Note
from ui.widgets.wrap_label import WrapLabel

#: What the buttons above every page do, by the names of their icons.
_BUTTONS: Final = (
    ("language", N_("“English” or “Español” changes the language.")),
    ("text-size", N_("The number with % makes the letters larger.")),
    ("contrast", N_("The half circle changes the colors.")),
    ("help", N_("“Help” brings you here.")),
)


class HelpPage(Page):
    name = "help"
    headline = N_("Help")

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._voice = navigator.voice
        self._has_failed = False
        call = Card()
        self._phone = PhoneLines()
        call.body.addWidget(self._phone)
        self._code = CallCode(visit)
        call.body.addWidget(self._code)
        self._call = call
        self._aloud = QPushButton()
        self._aloud.setObjectName("read_aloud")
        self._aloud.setProperty("kind", "secondary")
        self._aloud.setCheckable(True)
        self._aloud.toggled.connect(self._turn)
        self.put(self._aloud.setText, N_("Read it to me"))
        self._silent = Note()
        self._silent.setObjectName("no_voice")
        buttons = WrapLabel(kind="title")
        self.put(buttons.setText, N_("The buttons above"))
        self._buttons = [WrapLabel() for _ in _BUTTONS]
        for label, (_, sentence) in zip(self._buttons, _BUTTONS, strict=True):
            self.put(label.setText, sentence)
        leaving = WrapLabel(kind="title")
        self.put(leaving.setText, N_("What leaves this computer"))
        self._heard = WrapLabel()
        self.body.addWidget(call)
        row = FlowRow()
        row.addWidget(self._aloud)
        self.body.addLayout(row)
        for widget in (self._silent, buttons, *self._buttons, leaving, self._heard):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._voice.turned.connect(self._follow)
        self._voice.failed.connect(self._fail)

    # --- Page

    def enter(self, **what: object) -> None:
        self._has_failed = False

    def refresh(self) -> None:
        phone = help_phone(self.visit)
        self._phone.show_phone(phone)
        self._code.show_code(wanted=True)
        self._call.setVisible(phone is not None or bool(self._code.code))
        self._heard.setText(disclosed(self.visit))
        self._aloud.setVisible(self._voice.is_there)
        self._aloud.setIcon(icon("volume", theme.now().accent, theme.px(26)))
        self._aloud.setIconSize(theme.icon_size())
        self._silent.show_note(Status.UNKNOWN, self.visit.say(N_("No voice for this language was found here.")))
        self._silent.setVisible(self._has_failed)

    def ways_on(self) -> Actions:
        return Actions(
            primary=Action(N_("Go on"), self.navigator.back),
            others=(
                Action(N_("Other ways to get care"), lambda: self.navigator.go("care")),
                Action(N_("All results"), lambda: self.navigator.go("details")),
            ),
        )

    # --- Voice

    @Slot(bool)
    def _turn(self, on: bool) -> None:
        if on == self._voice.is_on:
            return
        self._has_failed = False
        self._voice.turn(on)
        self._voice.hear(self.aloud())
        self.refresh()

    @Slot(bool)
    def _follow(self, on: bool) -> None:
        self._aloud.setChecked(on)

    @Slot()
    def _fail(self) -> None:
        """Nobody shall wait for a voice that does not come."""
        self._has_failed = True
        self._voice.turn(False)
        self.refresh()
