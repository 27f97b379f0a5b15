"""One thing to mend: what is the matter, at most three steps, and a new test of only that."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from readiness.joining import NextKind
from readiness.model import Failure, Finding, Status
from readiness.telling import Told, tell
from readiness.text import N_
from ui import theme
from ui.fix_pictures import picture_for
from ui.opening import Opened, open_link, open_settings, sign_in_pages
from ui.pages.page import Action, Actions, Navigator, Page
from ui.pages.phone_lines import PhoneLines, help_phone
from ui.visit import TRIED, Visit
from ui.widgets.card import Card
from ui.widgets.drawing import Drawing
from ui.widgets.flow_row import FlowRow
from ui.widgets.note import Note
from ui.widgets.step_list import StepList

#: What is measured again once the connection works: without it they had nothing to measure.
_ON_THE_LINE: Final = ("bandwidth", "call_quality")


class FixPage(Page):
    name = "fix"

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._is_shown = False
        self._finding: Finding | None = None
        self._was_out = False
        """The person went to a settings page or a browser from here: on coming back the test repeats by itself."""
        self._is_tested = False
        """A test that was started here has ended."""
        self._could_not_open = False
        self._before = Status.UNKNOWN
        """How bad it was before anything was mended."""
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
        self._was_out = self._is_tested = self._could_not_open = False
        wanted = what.get("finding")
        found = (finding for result in self.visit.results.values() for finding in result.findings)
        self._finding = next((finding for finding in found if finding.id == wanted), None) or self.visit.next().finding
        self._before = self._finding.status if self._finding else Status.UNKNOWN

    def leave(self) -> None:
        self._is_shown = False

    def refresh(self) -> None:
        say = self.visit.say
        told = self._told
        works = self._works
        self.title.setText(say(N_("It works now") if works or told is None else N_("Let's fix this")))
        if told and not works:
            self._matter.show_note(self._finding.status if self._finding else Status.UNKNOWN, told.text)
        self._matter.setVisible(not works and told is not None)
        self._steps.show_steps(told.steps if told and not works else ())
        self._picture.show_drawing(picture_for(self._finding.id) if self._finding and not works else "")
        self._settings.setVisible(bool(told and told.settings_url) and not works)
        self._sign_in.setVisible(self._page_to_sign_in is not None and not works)
        self._show_outcome()
        self._help.setVisible(not works)
        self._phone.show_phone(help_phone(self.visit))

    def ways_on(self) -> Actions:
        if self._works or self._finding is None:
            following = self.visit.next()
            if following.kind is NextKind.FIX and not self.visit.is_measuring:
                return Actions(primary=Action(N_("Fix the next thing"), self._fix_next))
            return Actions(primary=Action(N_("Go on"), lambda: self.navigator.go("result")))
        return Actions(
            primary=Action(N_("Try again"), self._try_again, enabled=not self._is_testing),
            others=(Action(N_("Join anyway"), lambda: self.navigator.go("join")),),
        )

    # --- What is known

    @property
    def _check(self) -> str:
        return self._finding.check if self._finding else ""

    @property
    def _is_testing(self) -> bool:
        return self.visit.is_running(self._check)

    @property
    def _told(self) -> Told | None:
        if self._finding is None:
            return None
        return tell(self._finding, self.visit.language, self.visit.machine.family)

    @property
    def _works(self) -> bool:
        """Whether a new test has found nothing to mend any more. What could not be measured does not work."""
        good = {Status.PASS} if self._before is Status.WARN else {Status.PASS, Status.WARN}
        return self._is_tested and not self._is_testing and self.visit.status(self._check) in good

    @property
    def _page_to_sign_in(self) -> str | None:
        return next(sign_in_pages(self.visit.report()), None) if self._check == "connection" else None

    def _show_outcome(self) -> None:
        say = self.visit.say
        if self._is_testing:
            self._outcome.show_note(Status.SKIPPED, say(N_("We test it again. One moment, please.")), icon="clock")
        elif self._works and self.visit.status(self._check) is Status.WARN:
            self._outcome.show_note(Status.WARN, say(N_("Well done. It will do now.")))
        elif self._works:
            self._outcome.show_note(Status.PASS, say(N_("Well done. It works now.")))
        elif self._is_tested:
            self._outcome.show_note(Status.SKIPPED, say(N_("We tested it again. It is not right yet.")), icon="retry")
        elif self._could_not_open:
            self._outcome.show_note(Status.UNKNOWN, say(N_("We could not open it. Please open it yourself.")))
        self._outcome.setVisible(self._is_testing or self._is_tested or self._could_not_open)

    # --- What is done

    def _try_again(self) -> None:
        if self._check in TRIED:
            # Who has been through all of them once goes from there to the result, not through the rest again.
            been_through = all(self.visit.status(check) for check in TRIED)
            self.navigator.go(self._check, **({"following": "result"} if been_through else {}))
            return
        again = [self._check]
        if self._check == "connection":
            again += [check for check in _ON_THE_LINE if self._had_no_line(check)]
        self._could_not_open = False
        self.visit.test_again(again)
        self._tell_outcome()

    def _had_no_line(self, check_id: str) -> bool:
        result = self.visit.results.get(check_id)
        return bool(result and result.reading and result.reading.failure is Failure.NO_CONNECTION)

    def _fix_next(self) -> None:
        if finding := self.visit.next().finding:
            self.navigator.go("fix", finding=finding.id)

    def _open_settings(self) -> None:
        told = self._told
        if told and told.settings_url:
            self._went_out(open_settings(told.settings_url))

    def _open_sign_in(self) -> None:
        if page := self._page_to_sign_in:
            self._went_out(open_link(page, self.visit.profile, self.visit.report()))

    def _went_out(self, opened: Opened) -> None:
        self._was_out = opened is not Opened.NOTHING
        self._could_not_open = not self._was_out
        if self._could_not_open:
            self._tell_outcome()

    @Slot(Qt.ApplicationState)
    def _come_back(self, state: Qt.ApplicationState) -> None:
        is_back = state is Qt.ApplicationState.ApplicationActive
        if is_back and self._is_shown and self._was_out and not self._is_testing and not self._works:
            self._try_again()

    @Slot(str)
    def _find(self, check_id: str) -> None:
        if not self._is_shown or check_id != self._check:
            return
        self._is_tested = True
        result = self.visit.results[check_id]
        if result.leading and not self._works:
            self._finding = result.leading  # what is left, or something else now
        self._tell_outcome()

    def _tell_outcome(self) -> None:
        self.retranslate()
        self.navigator.announce(self._outcome.text)


def _button(name: str) -> QPushButton:
    button = QPushButton()
    button.setObjectName(name)
    button.setProperty("kind", "secondary")
    return button
