"""The contract of a check: a pure judge of facts.

A check

* names the kind of `Reading` it judges (`reads`) and the part of a profile it judges by (`requires`);
* turns one reading into findings (`judge`). It never touches the machine, so saved readings can be judged again, on
  another day, by another profile, and partial readings can be judged while the measuring goes on (live coaching);
* always finds something: good facts give ``NAME.ok``, missing facts give a finding with status UNKNOWN and the
  reason. A fact that is None is never taken for good;
* may have something to ask a person (`question`); the answer comes back into the reading (`answered`), as does that
  they were shown pictures while it was measured (`shown`).

Finding ids are frozen: spoken codes name them by number. A new id, or a new status of one, needs a new version of the table
in `readiness.support_tables`; a test says so.

To add one: ``checks/NAME.py``, one line in ``checks/__init__.py``, ``advice/NAME.py``, its test and its Spanish.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from readiness.model import Failure, Finding, Param, Reading, Status, in_order
from readiness.profile import Requirement
from readiness.questions import Answer, Question

R = TypeVar("R", bound=Reading)
Q = TypeVar("Q", bound=Requirement)


class Check(Generic[R, Q]):
    """One thing that a video visit needs, and how to judge it. Subclasses are stateless."""

    id: ClassVar[str]
    """The word before the dot in its finding ids; also its name in profiles, files and options."""
    reads: type[R]
    """The kind of reading it judges."""
    requires: type[Q]
    """The shape of its section ``[requirements.ID]`` in a profile."""

    def judge(self, reading: R, requirement: Q, today: date) -> tuple[Finding, ...]:
        """Findings for ``reading``, the heaviest first, never empty.

        ``today`` is the day of the measuring (not of the judging): tables of current versions age.
        """
        raise NotImplementedError

    def shown(self, reading: R) -> R:
        """The reading with it noted that a person was shown pictures of it."""
        return reading

    def question(self, reading: R) -> Question | None:
        """What a person should be asked now, given the facts so far, or None."""
        return None

    def answered(self, reading: R, question: Question, answer: Answer) -> R:
        """The reading with the answer in it."""
        return reading

    def finding(self, name: str, status: Status, /, **params: Param) -> Finding:
        """A finding of this check: ``self.finding("dark", Status.WARN)`` is ``camera.dark``."""
        return Finding(f"{self.id}.{name}", status, params)

    def not_checked(self, failure: Failure) -> Finding:
        """The finding for facts that we could not get: the reason in ``params``, and never a pass."""
        return self.finding("not_checked", Status.UNKNOWN, reason=failure.value)

    def found(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Findings in telling order; none at all means that everything measured was good: ``ID.ok``."""
        return in_order(findings) or (self.finding("ok", Status.PASS),)


AnyCheck = Check[Any, Any]
