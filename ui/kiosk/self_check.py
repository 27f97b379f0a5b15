"""The kiosk tests itself while nobody is there: the real checks, with nobody to answer."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from readiness.checks import CHECKS
from readiness.model import Report, Result, Status, heaviest
from readiness.questions import NoAnswer
from ui.bridge import CheckRun
from ui.visit import Visit

#: What is found in an empty room, and is no fault of the kiosk.
_NOBODY: Final = frozenset({"microphone.no_speech", "camera.no_face"})


def status_of(result: Result) -> Status:
    """What a result says of the kiosk: nobody spoke or was seen because nobody was there."""
    return Status.SKIPPED if result.leading and result.leading.id in _NOBODY else result.status


def light(report: Report) -> Status:
    """The light of a self-test: the heaviest status of what could be tested in an empty room."""
    statuses = [status_of(result) for result in report.results]
    return heaviest(status for status in statuses if status is not Status.SKIPPED)


class SelfCheck(QObject):
    """One at a time: `begin`, then `ended` with a Report; `give_up` as soon as somebody comes."""

    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._visit: Visit | None = None

    @property
    def is_running(self) -> bool:
        return self._visit is not None

    def begin(self, visit: Visit) -> None:
        """Run every check on the machine of a visit that nobody makes."""
        self.give_up()
        self._visit = visit
        visit.asked.connect(self._answer)
        visit.found.connect(self._look)
        self._run: CheckRun = visit.test_again(check.id for check in CHECKS)

    def give_up(self) -> None:
        """End it, and let all devices go; nothing is told of it."""
        visit, self._visit = self._visit, None
        if visit:
            visit.close()
            visit.deleteLater()

    @Slot(object)
    def _answer(self, question: object) -> None:
        self._run.answer(NoAnswer.TIMEOUT)

    @Slot(str)
    def _look(self, check_id: str) -> None:
        if self._visit and not self._visit.is_measuring:
            report = self._visit.known.report()
            self.give_up()
            self.ended.emit(report)
