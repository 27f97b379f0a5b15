"""Is this computer ready? The answer, and the one thing to do next. It never keeps anybody from joining."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from readiness.advice import advice_for
from readiness.checks import CHECKS
from readiness.joining import NextKind, Way, suggested_way
from readiness.model import Failure, Report, Result, Status, Verdict, heaviest
from readiness.telling import VERDICT_STATUS, VERDICT_WORDS, tell
from readiness.text import N_
from ui import theme
from ui.pages.check_row import CheckRows
from ui.pages.page import Action, Actions, Navigator, Page
from ui.visit import TRIED, Visit
from ui.widgets.flow_row import FlowRow
from ui.widgets.note import Note
from ui.widgets.ring import Ring
from ui.widgets.wrap_label import WrapLabel

_LINE: Final = ("connection", "bandwidth", "call_quality")

#: What people think of as one thing, in the order of the steps.
_PARTS: Final = (("camera",), ("microphone",), ("speaker",), _LINE, ("browser", "operating_system", "computer"))

_NOT_MEASURED: Final = frozenset({Status.UNKNOWN, Status.SKIPPED})

#: Why something was not measured and will not be: another try brings nothing.
_FOR_GOOD: Final = frozenset({Failure.NO_SERVER, Failure.UNSUPPORTED})


class ResultPage(Page):
    name = "result"

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._is_shown = False
        self._was_waiting = False
        self._ring = Ring()
        self._note = Note()
        self._note.setObjectName("verdict")
        self._phone = WrapLabel()
        self._open_heading = WrapLabel(kind="title")
        self.put(self._open_heading.setText, N_("Not tested"))
        self._open = CheckRows(visit)
        self._open.wanted.connect(self._test)
        self._toggle = QPushButton()
        self._toggle.setObjectName("what_we_found")
        self._toggle.setProperty("kind", "secondary")
        self._toggle.setCheckable(True)
        self._toggle.toggled.connect(self.refresh)
        self._numbers = QPushButton()
        self._numbers.setObjectName("all_results")
        self._numbers.setProperty("kind", "quiet")
        self._numbers.clicked.connect(lambda: self.navigator.go("details"))
        self.put(self._numbers.setText, N_("All the numbers"))
        self._found = CheckRows(visit)
        answer = QVBoxLayout()
        answer.setSpacing(theme.SPACE_S)
        answer.addStretch(1)
        answer.addWidget(self._note)
        answer.addWidget(self._phone)
        answer.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_L)
        head.addWidget(self._ring)
        head.addLayout(answer, 1)
        self.body.addLayout(head)
        self.body.addWidget(self._open_heading)
        self.body.addWidget(self._open)
        more = FlowRow()
        more.addWidget(self._toggle)
        more.addWidget(self._numbers)
        self.body.addLayout(more)
        self.body.addWidget(self._found)
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
        self._show_ring(report)
        if waiting:
            self._show_waiting()
        else:
            self._show_verdict(report)
        self._phone.setVisible(not waiting and self._better_by_phone(report))
        self._phone.setText(self.visit.say(N_("A phone or tablet may work better for this visit.")))
        self._show_rows(report, waiting=waiting)

    def ways_on(self) -> Actions:
        join = Action(N_("How to join"), self._join)
        if self.visit.is_measuring:
            return Actions(others=(join,))
        report, following = self.visit.known.report(), self.visit.known.next()
        care = Action(N_("Other ways to get care"), lambda: self.navigator.go("care"))
        anyway = Action(N_("Join anyway"), self._join)
        if following.kind is NextKind.FIX:
            return Actions(primary=Action(N_("Fix this"), self._fix), others=(anyway, care))
        if self._better_by_phone(report):
            return Actions(primary=Action(N_("Join by phone or tablet"), self._join_by_phone), others=(anyway, care))
        if following.kind is NextKind.OTHER_CARE:
            helps = (Action(N_("What may help"), self._fix),) if following.finding else ()
            return Actions(primary=care, others=(*helps, anyway))
        if following.finding and advice_for(following.finding.id).steps:
            return Actions(primary=join, others=(Action(N_("Make it better"), self._fix),))
        return Actions(primary=join)

    # --- What is shown

    def _show_ring(self, report: Report) -> None:
        """A piece for each part. What was not measured, and is needed, stays open: it is no pass."""
        steps = [_status_of(part) for part in _parts(report, self.visit.is_running)]
        done = sum(step is not None for step in steps)
        self._ring.show_steps(steps, self.visit.say(N_("{done} of {all} parts tested"), done=done, all=len(steps)))

    def _show_waiting(self) -> None:
        say = self.visit.say
        running = [check.id for check in CHECKS if self.visit.is_running(check.id)]
        self.title.setText(say(N_("One moment, please")))
        still = (
            N_("The internet test is still running.")
            if set(running) & set(_LINE)
            else N_("We are still looking at this computer.")
        )
        self._note.show_note(Status.SKIPPED, say(still), icon="clock")

    def _show_verdict(self, report: Report) -> None:
        self.title.setText(self.visit.say(VERDICT_WORDS[report.verdict]))
        self._note.show_note(VERDICT_STATUS[report.verdict], self._because(report))

    def _because(self, report: Report) -> str:
        """The one sentence below the verdict."""
        finding = self.visit.known.next().finding
        if finding is not None and report.verdict is not Verdict.PARTLY_CHECKED:
            return tell(finding, self.visit.language, report.family).text
        if report.verdict is Verdict.READY:
            return self.visit.say(N_("What your visit needs works here."))
        return self.visit.say(N_("Below is what was not tested. You can join all the same."))

    def _show_rows(self, report: Report, *, waiting: bool) -> None:
        say = self.visit.say
        missing = [result for result in report.results if result.status in _NOT_MEASURED and not waiting]
        self._open_heading.setVisible(bool(missing))
        self._open.setVisible(bool(missing))
        self._open.show_results(missing, lambda result: say(N_("Test this now")) if _may_be_had(result) else "")
        self._found.show_results(report.results)
        self._found.setVisible(self._toggle.isChecked() and not waiting)
        self._toggle.setText(say(N_("Hide") if self._toggle.isChecked() else N_("What we found")))
        for button in (self._toggle, self._numbers):
            button.setVisible(not waiting)

    # --- What is done

    def _better_by_phone(self, report: Report) -> bool:
        return self.visit.way is Way.COMPUTER and suggested_way(report) is Way.PHONE

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
            self.visit.test_again(_LINE if check in _LINE else [check])
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
            self.navigator.announce(f"{self.title.text()} {self._note.text}")


def _may_be_had(result: Result) -> bool:
    """Whether testing it now may bring what is not known yet."""
    if result.reading and result.reading.failure in _FOR_GOOD:
        return False
    return result.leading is None or advice_for(result.leading.id).fixable


def _parts(report: Report, is_running: Callable[[str], bool]) -> Iterator[list[tuple[Result, bool]]]:
    """The results of each part, and whether they are measured again just now."""
    results = {result.check: result for result in report.results}
    for part in _PARTS:
        yield [(results[check], is_running(check)) for check in part]


def _status_of(part: list[tuple[Result, bool]]) -> Status | None:
    """The status of a part; None while it is measured, and when something that is needed was not measured."""
    measured = [result.status for result, _ in part if result.status not in _NOT_MEASURED]
    is_open = any(running or (result.required and result.status in _NOT_MEASURED) for result, running in part)
    return heaviest(measured) if measured and not is_open else None
