"""One thing to mend: what is the matter, at most three steps, and a new test of only that."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from readiness.joining import NextKind
from readiness.text import N_
from ui import theme
from ui.fix_pictures import picture_for
from ui.opening import Opened, open_link, open_settings
from ui.pages.call_code import CallCode
from ui.pages.mending import Mending
from ui.pages.page import Action, Actions, Navigator, Page
from ui.pages.phone_lines import PhoneLines, help_phone
from ui.visit import TRIED, Visit
from ui.widgets.card import Card
from ui.widgets.drawing import Drawing
from ui.widgets.flow_row import FlowRow
from ui.widgets.note import Note
from ui.widgets.step_list import StepList


class FixPage(Page):
    name = "fix"

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._is_shown = False
        self._mending = Mending(visit)
        self._was_out = False
        """The person went to a settings page or a browser from here: on coming back the test repeats by itself."""
        self._matter = Note()
        self._matter.setObjectName("matter")
        self._outcome = Note()
        self._outcome.setObjectName("outcome")
        self._steps = StepList()
        self._picture = Drawing()
        self._settings = _button("open_settings")
        self._settings.clicked.connect(self._open_settings)
        self.put(self._settings.setText, N_("Open the settings"))
        self._sign_in = _button("open_sign_in")
        self._sign_in.clicked.connect(self._open_sign_in)
        self.put(self._sign_in.setText, N_("Open the sign-in page"))
        buttons = FlowRow()
        buttons.addWidget(self._settings)
        buttons.addWidget(self._sign_in)
        self._help = Card()
        self._phone = PhoneLines()
        self._help.body.addWidget(self._phone)
        self._code = CallCode(visit)
        self._help.body.addWidget(self._code)
        self._care = _button("other_care")
        self._care.clicked.connect(lambda: self.navigator.go("care"))
        self.put(self._care.setText, N_("Other ways to get care"))
        other_care = FlowRow()
        other_care.addWidget(self._care)
        self._help.body.addLayout(other_care)
        self.body.addWidget(self._matter)
        self.body.addWidget(self._outcome)
        doing = QVBoxLayout()
        doing.setSpacing(theme.SPACE_M)
        doing.addWidget(self._steps)
        doing.addLayout(buttons)
        doing.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_L)
        row.addLayout(doing, 1)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row)
        self.body.addWidget(self._help)
        self.body.addStretch(1)
        visit.found.connect(self._find)
        QGuiApplication.instance().applicationStateChanged.connect(self._come_back)  # type: ignore[union-attr]

    # --- Page

    def enter(self, **what: object) -> None:
        """``finding``: the id of what to mend; left out, the next thing."""
        self._is_shown = True
        self._was_out = False
        self._mending = Mending(self.visit, what.get("finding"))

    def leave(self) -> None:
        self._is_shown = False

    def refresh(self) -> None:
        say, mending = self.visit.say, self._mending
        told = None if mending.works else mending.told
        self.title.setText(say(N_("Let's fix this") if told else N_("It works now")))
        if told and mending.finding:
            self._matter.show_note(mending.finding.status, told.text)
        self._matter.setVisible(told is not None)
        self._steps.show_steps(told.steps if told else ())
        self._picture.show_drawing(picture_for(mending.finding.id) if told and mending.finding else "")
        self._settings.setVisible(bool(told and told.settings_url))
        self._sign_in.setVisible(told is not None and mending.page_to_sign_in is not None)
        if outcome := mending.outcome:
            self._outcome.show_note(outcome.status, say(outcome.sentence), icon=outcome.icon)
        self._outcome.setVisible(outcome is not None)
        self._help.setVisible(told is not None)
        self._phone.show_phone(help_phone(self.visit))
        self._code.show_code(wanted=told is not None)

    def ways_on(self) -> Actions:
        if self._mending.works or self._mending.finding is None:
            following = self.visit.known.next()
            if following.kind is NextKind.FIX and not self.visit.is_measuring:
                return Actions(primary=Action(N_("Fix the next thing"), self._fix_next))
            return Actions(primary=Action(N_("Go on"), lambda: self.navigator.go("result")))
        return Actions(
            primary=Action(N_("Try again"), self._try_again),
            others=(Action(N_("Join anyway"), lambda: self.navigator.go("join")),),
        )

    # --- What is done

    def _try_again(self) -> None:
        if self._mending.is_testing:
            return  # the button stays as it is: a disabled one would lose the keyboard
        if self._mending.needs_person:
            # Who has been through all of them once goes from there to the result, not through the rest again.
            been_through = all(self.visit.status(check) for check in TRIED)
            self.navigator.go(self._mending.check, **({"following": "result"} if been_through else {}))
        else:
            self._mending.test_again()
            self._tell_outcome()

    def _fix_next(self) -> None:
        if finding := self.visit.known.next().finding:
            self.navigator.go("fix", finding=finding.id)

    def _open_settings(self) -> None:
        told = self._mending.told
        if told and told.settings_url:
            self._went_out(open_settings(told.settings_url))

    def _open_sign_in(self) -> None:
        if page := self._mending.page_to_sign_in:
            self._went_out(open_link(page, self.visit.profile, self.visit.known.report()))

    def _went_out(self, opened: Opened) -> None:
        self._was_out = opened is not Opened.NOTHING
        self._mending.could_not_open = not self._was_out
        if not self._was_out:
            self._tell_outcome()

    @Slot(Qt.ApplicationState)
    def _come_back(self, state: Qt.ApplicationState) -> None:
        is_back = state is Qt.ApplicationState.ApplicationActive
        is_open = not self._mending.is_testing and not self._mending.works
        if is_back and self._is_shown and self._was_out and is_open:
            self._try_again()

    @Slot(str)
    def _find(self, check_id: str) -> None:
        if self._is_shown and self._mending.hear(check_id):
            self._tell_outcome()

    def _tell_outcome(self) -> None:
        self.retranslate()
        self.navigator.announce(self._outcome.text)


def _button(name: str) -> QPushButton:
    button = QPushButton()
    button.setObjectName(name)
    button.setProperty("kind", "secondary")
    return button
