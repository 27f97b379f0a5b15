"""One thing that is being mended: what is known of it, and whether a new test finds it right."""

from __future__ import annotations

from typing import Final, NamedTuple

from readiness.model import Failure, Finding, Status
from readiness.telling import Told, tell
from readiness.text import N_
from ui.opening import sign_in_pages
from ui.visit import TRIED, Visit

#: What is measured again once the connection works: without it they had nothing to measure.
_ON_THE_LINE: Final = ("bandwidth", "call_quality")


class Outcome(NamedTuple):
    """How it stands, to show in a note."""

    status: Status
    sentence: str
    icon: str | None = None


class Mending:
    """A finding, and the tests that are made while somebody mends it."""

    def __init__(self, visit: Visit, finding_id: object = None) -> None:
        """Without the id of a finding that there is: the next thing to mend."""
        self._visit = visit
        found = (finding for result in visit.results.values() for finding in result.findings)
        self.finding: Finding | None = (
            next((f for f in found if f.id == finding_id), None) or visit.known.next().finding
        )
        self._before = self.finding.status if self.finding else Status.UNKNOWN
        self._is_tested = False
        self.could_not_open = False
        """What belongs to it did not open: a settings page, or the browser."""

    @property
    def check(self) -> str:
        return self.finding.check if self.finding else ""

    @property
    def told(self) -> Told | None:
        """It in words; None when there is nothing to mend."""
        return tell(self.finding, self._visit.language, self._visit.machine.family) if self.finding else None

    @property
    def needs_person(self) -> bool:
        """Whether it can only be tested with somebody who looks, speaks or listens."""
        return self.check in TRIED

    @property
    def is_testing(self) -> bool:
        return self._visit.is_running(self.check)

    @property
    def works(self) -> bool:
        """Whether a new test has found nothing to mend any more. What could not be measured does not work."""
        good = {Status.PASS} if self._before is Status.WARN else {Status.PASS, Status.WARN}
        return self._is_tested and not self.is_testing and self._visit.status(self.check) in good

    @property
    def page_to_sign_in(self) -> str | None:
        """The web page on which the network wants somebody to sign in, if that is the matter."""
        return next(sign_in_pages(self._visit.known.report()), None) if self.check == "connection" else None

    @property
    def outcome(self) -> Outcome | None:
        """What became of trying; None before anything was tried."""
        if self.is_testing:
            return Outcome(Status.SKIPPED, N_("We test it again. One moment, please."), "clock")
        if self.works and self._visit.status(self.check) is Status.WARN:
            return Outcome(Status.WARN, N_("Well done. It will do now."))
        if self.works:
            return Outcome(Status.PASS, N_("Well done. It works now."))
        if self._is_tested:
            return Outcome(Status.SKIPPED, N_("We tested it again. It is not right yet."), "retry")
        if self.could_not_open:
            return Outcome(Status.UNKNOWN, N_("We could not open it. Please open it yourself."))
        return None

    def test_again(self) -> None:
        """Measure again what needs nobody."""
        self.could_not_open = False
        again = [self.check]
        if self.check == "connection":
            again += [check for check in _ON_THE_LINE if self._had_no_line(check)]
        self._visit.test_again(again)

    def hear(self, check_id: str) -> bool:
        """A check has a new result; returns whether it is ours."""
        if check_id != self.check:
            return False
        self._is_tested = True
        leading = self._visit.results[check_id].leading
        if leading and not self.works:
            self.finding = leading  # what is left, or something else now
        return True

    def _had_no_line(self, check_id: str) -> bool:
        result = self._visit.results.get(check_id)
        return bool(result and result.reading and result.reading.failure is Failure.NO_CONNECTION)
