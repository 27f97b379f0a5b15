"""The head of the result: how much was tested, as a ring, and the verdict beside it in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from readiness.joining import Way, suggested_way
from readiness.model import Report, Result, Status, Verdict, heaviest
from readiness.telling import VERDICT_STATUS, tell
from readiness.text import N_
from ui import theme
from ui.visit import Visit
from ui.widgets.note import Note
from ui.widgets.ring import Ring
from ui.widgets.wrap_label import WrapLabel

#: The checks that together say what the line carries.
LINE: Final = ("connection", "bandwidth", "call_quality")

#: What people think of as one thing, in the order of the steps.
_PARTS: Final = (("camera",), ("microphone",), ("speaker",), LINE, ("browser", "operating_system", "computer"))

NOT_MEASURED: Final = frozenset({Status.UNKNOWN, Status.SKIPPED})


class Answer(QWidget):
    """Show the answer, or what it still waits for."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self._visit = visit
        self._ring = Ring()
        self._note = Note()
        self._note.setObjectName("verdict")
        self._phone = WrapLabel()
        words = QVBoxLayout()
        words.setSpacing(theme.SPACE_S)
        words.addStretch(1)
        words.addWidget(self._note)
        words.addWidget(self._phone)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_L)
        row.addWidget(self._ring)
        row.addLayout(words, 1)

    @property
    def text(self) -> str:
        return self._note.text

    def show_report(self, report: Report) -> None:
        """Put what is known now into words."""
        say = self._visit.say
        self._show_ring(report)
        if self._visit.is_measuring:
            is_line = any(self._visit.is_running(check) for check in LINE)
            still = (
                N_("The internet test is still running.") if is_line else N_("We are still looking at this computer.")
            )
            self._note.show_note(Status.SKIPPED, say(still), icon="clock")
        else:
            self._note.show_note(VERDICT_STATUS[report.verdict], self._because(report))
        self._phone.setText(say(N_("A phone or tablet may work better for this visit.")))
        self._phone.setVisible(not self._visit.is_measuring and is_better_by_phone(self._visit, report))

    def _because(self, report: Report) -> str:
        finding = self._visit.known.next().finding
        if finding is not None and report.verdict is not Verdict.PARTLY_CHECKED:
            return tell(finding, self._visit.language, report.family).text
        if report.verdict is Verdict.READY:
            return self._visit.say(N_("What your visit needs works here."))
        return self._visit.say(N_("Below is what was not tested. You can join all the same."))

    def _show_ring(self, report: Report) -> None:
        """A piece for each part. What was not measured, and is needed, stays open: it is no pass."""
        steps = [_status_of(part) for part in _parts(report, self._visit.is_running)]
        done = sum(step is not None for step in steps)
        self._ring.show_steps(steps, self._visit.say(N_("{done} of {all} parts tested"), done=done, all=len(steps)))


def is_better_by_phone(visit: Visit, report: Report) -> bool:
    """Whether a person who wants to join here would do better with a phone or tablet."""
    return visit.way is Way.COMPUTER and suggested_way(report) is Way.PHONE


def _parts(report: Report, is_running: Callable[[str], bool]) -> Iterator[list[tuple[Result, bool]]]:
    """The results of each part, and whether they are measured again just now."""
    results = {result.check: result for result in report.results}
    for part in _PARTS:
        yield [(results[check], is_running(check)) for check in part]


def _status_of(part: list[tuple[Result, bool]]) -> Status | None:
    """The status of a part; None while it is measured, and when something that is needed was not measured."""
    measured = [result.status for result, _ in part if result.status not in NOT_MEASURED]
    is_open = any(running or (result.required and result.status in NOT_MEASURED) for result, running in part)
    return heaviest(measured) if measured and not is_open else None
