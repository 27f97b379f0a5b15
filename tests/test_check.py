"""What every check has without saying anything: no question, and findings that never turn nothing into a pass."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import pytest

from readiness.check import Check
from readiness.model import Failure, Finding, Status
from readiness.profile import Requirement
from readiness.questions import Question
from readiness.readings import ComputerReading


class Toy(Check[ComputerReading, Requirement]):
    id: ClassVar[str] = "toy"
    reads = ComputerReading
    requires = Requirement


READING = ComputerReading(cpu_busy_pct=1.0)


def test_a_check_asks_nobody_unless_it_says_so() -> None:
    assert Toy().question(READING) is None
    assert Toy().answered(READING, Question("toy.q", (1, 2)), 1) is READING


def test_a_check_that_shows_no_pictures_notes_none() -> None:
    assert Toy().shown(READING) is READING


def test_a_check_must_judge() -> None:
    with pytest.raises(NotImplementedError):
        Toy().judge(READING, Requirement(), date(2026, 1, 1))


def test_findings_carry_the_checks_id_and_any_parameter() -> None:
    assert Toy().finding("dark", Status.WARN, name="C270") == Finding("toy.dark", Status.WARN, {"name": "C270"})


@pytest.mark.parametrize("failure", list(Failure))
def test_what_was_not_checked_is_unknown_and_says_why(failure: Failure) -> None:
    found = Toy().not_checked(failure)
    assert (found.id, found.status, found.params) == ("toy.not_checked", Status.UNKNOWN, {"reason": failure.value})


def test_no_findings_are_good_news_and_others_come_heaviest_first() -> None:
    toy = Toy()
    warn, fail = toy.finding("a", Status.WARN), toy.finding("b", Status.FAIL)
    assert toy.found([]) == (Finding("toy.ok", Status.PASS),)
    assert toy.found([warn, fail]) == (fail, warn)
