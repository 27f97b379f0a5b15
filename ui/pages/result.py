"""Is this computer ready? The answer, and the one thing to do next. It never keeps anybody from joining."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton

from readiness.advice import advice_for
from readiness.joining import NextKind, Way
from readiness.model import Failure, Report, Result, Verdict
from readiness.telling import VERDICT_WORDS
from readiness.text import N_
from ui.last_time_note import LastTimeNote
from ui.pages.answer import LINE, NOT_MEASURED, Answer, is_better_by_phone
from ui.pages.call_code import CallCode
from ui.pages.check_row import CheckRows
from ui.pages.page import Action, Actions, Navigator, Page
from ui.visit import TRIED, Visit
from ui.widgets.flow_row import FlowRow
from ui.widgets.wrap_label import WrapLabel

#: Why something was not measured and will not be: another try brings nothing.
_FOR_GOOD: Final = frozenset({Failure.NO_SERVER, Failure.UNSUPPORTED})

#: With which answers a person may want to call for help.
_MAY_CALL: Final = frozenset({Verdict.NOT_READY, Verdict.PARTLY_CHECKED})


class ResultPage(Page):
    name = "result"

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._is_shown = False
        self._was_waiting = False
        self._answer = Answer(visit)
        self._open_heading = WrapLabel(kind="title")
        self.put(self._open_heading.setText, N_("Not tested"))
        self._open = CheckRows(visit)
        self._open.wanted.connect(self._test)
        self._toggle = QPushButton()
        self._toggle.setObjectName("what_we_found")
        self._toggle.setProperty("kind", "secondary")
        self._toggle.setCheckable(True)
        self._toggle.toggled.connect(self.refresh)
        self._ways = [
            self._way("details", "all_results", N_("All the numbers")),
            self._way("report", "report_for_it", N_("Report for IT")),
            self._way("remind", "remind_me", N_("Remind me")),
        ]
        self._found = CheckRows(visit)
        self._changed = LastTimeNote(visit)
        self.body.addWidget(self._answer)
        self.body.addWidget(self._changed)
        self.body.addWidget(self._open_heading)
        self.body.addWidget(self._open)
        more = FlowRow()
        more.addWidget(self._toggle)
        for way in self._ways:
            more.addWidget(way)
        self.body.addLayout(more)
        self.body.addWidget(self._found)
        self._code = CallCode(visit)
        self.body.addWidget(self._code)
        self.body.addStretch(1)
        visit.found.connect(self._follow)
        visit.started.connect(self._follow)

    # --- Page

    def enter(self, **what: object) -> None:
        self._is_shown = True
        self._was_waiting = self.visit.is_measuring
        self._toggle.setChecked(False)

    def leave(self) -> None:
        self._is_shown = False

    def refresh(self) -> None:
        waiting = self.visit.is_measuring
        report = self.visit.known.report()
        self.title.setText(self.visit.say(N_("One moment, please") if waiting else VERDICT_WORDS[report.verdict]))
        self._answer.show_report(report)
        self._changed.show_change(report, is_over=not waiting)
        self._show_rows(report, waiting=waiting)
        self._code.show_code(wanted=not waiting and report.verdict in _MAY_CALL)

    def ways_on(self) -> Actions:
        join = Action(N_("How to join"), self._join)
        if self.visit.is_measuring:
            return Actions(primary=join)
        report, following = self.visit.known.report(), self.visit.known.next()
        care = Action(N_("Other ways to get care"), lambda: self.navigator.go("care"))
        anyway = Action(N_("Join anyway"), self._join)
        if following.kind is NextKind.FIX:
            return Actions(primary=Action(N_("Fix this"), self._fix), others=(anyway, care))
        if is_better_by_phone(self.visit, report):
            return Actions(primary=Action(N_("Join by phone or tablet"), self._join_by_phone), others=(anyway, care))
        if following.kind is NextKind.OTHER_CARE:
            helps = (Action(N_("What may help"), self._fix),) if following.finding else ()
            return Actions(primary=care, others=(*helps, anyway))
        if following.finding and advice_for(following.finding.id).steps:
            return Actions(primary=join, others=(Action(N_("Make it better"), self._fix),))
        return Actions(primary=join)

    def _show_rows(self, report: Report, *, waiting: bool) -> None:
        say = self.visit.say
        missing = [result for result in report.results if result.status in NOT_MEASURED and not waiting]
        self._open_heading.setVisible(bool(missing))
        self._open.setVisible(bool(missing))
        self._open.show_results(missing, lambda result: say(N_("Test this now")) if _may_be_had(result) else "")
        self._found.show_results(report.results)
        self._found.setVisible(self._toggle.isChecked() and not waiting)
        self._toggle.setText(say(N_("Hide") if self._toggle.isChecked() else N_("What we found")))
        for button in (self._toggle, *self._ways):
            button.setVisible(not waiting)

    # --- What is done

    def _way(self, page: str, name: str, words: str) -> QPushButton:
        """A quiet button that leads to another page."""
        button = QPushButton()
        button.setObjectName(name)
        button.setProperty("kind", "quiet")
        button.clicked.connect(lambda: self.navigator.go(page))
        self.put(button.setText, words)
        return button

    def _join(self) -> None:
        self.navigator.go("join")

    def _join_by_phone(self) -> None:
        self.visit.way = Way.PHONE
        self.navigator.go("join")

    def _fix(self) -> None:
        if finding := self.visit.known.next().finding:
            self.navigator.go("fix", finding=finding.id)

    @Slot(str)
    def _test(self, check: str) -> None:
        if check in TRIED:
            self.navigator.go(check, following="result")
        else:
            self._was_waiting = True
            self.visit.test_again(LINE if check in LINE else [check])
            self.retranslate()

    @Slot(str)
    def _follow(self, check_id: str) -> None:
        if not self._is_shown:
            return
        self.retranslate()
        if self.visit.is_measuring:
            self._was_waiting = True
        elif self._was_waiting:
            self._was_waiting = False
            self.navigator.announce(f"{self.title.text()} {self._answer.text}")


def _may_be_had(result: Result) -> bool:
    """Whether testing it now may bring what is not known yet."""
    if result.reading and result.reading.failure in _FOR_GOOD:
        return False
    return result.leading is None or advice_for(result.leading.id).fixable
