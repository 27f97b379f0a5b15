"""A code while it is typed: a slip is noticed as early as it can be, and the right group is asked for."""

from __future__ import annotations

import random

import pytest

from readiness.agent import typed_code
from readiness.agent.typed_code import BEGIN, GO_ON, ONE_GROUP, SAME_REST, SOME_GROUPS, check, suspects
from readiness.model import Finding, Status
from readiness.support_code import NOT_A_GROUP, TOO_NEW, decode, framed, most
from readiness.support_tables import TABLES
from tests.agent.conftest import code_for

CODE = code_for(Finding("camera.dark", Status.WARN))
GROUPS = CODE.split("-")


def test_nothing_and_half_a_code() -> None:
    assert check(["", "", "", ""]).sentence == BEGIN
    typed = check([GROUPS[0], GROUPS[1][:2], "", ""])
    assert (typed.sentence, typed.params, typed.wrong) == (GO_ON, {"group": 2}, ())


def test_a_whole_code_is_read_without_another_key() -> None:
    typed = check(GROUPS)
    assert (typed.sentence, typed.code, typed.situation) == ("", CODE, decode(CODE))


def test_a_group_that_cannot_be_is_told_at_once() -> None:
    typed = check(["", "9991", "", ""])
    assert (typed.sentence, typed.params, typed.wrong) == (NOT_A_GROUP, {"group": 2}, (1,))


def test_two_groups_that_leave_the_same_rest_are_told_before_the_code_is_whole() -> None:
    typed = check([GROUPS[0], GROUPS[0], "", ""])
    assert (typed.sentence, typed.params, typed.wrong) == (SAME_REST, {"first": 1, "second": 2}, (1, 0))


def test_every_single_slip_is_noticed_and_its_group_is_among_those_asked_for() -> None:
    chance = random.Random(7)
    asked = []
    for _ in range(60):
        place, digit = chance.randrange(4), chance.randrange(4)
        group = GROUPS[place]
        other = chance.choice([each for each in "0123456789" if each != group[digit]])
        groups = [*GROUPS[:place], group[:digit] + other + group[digit + 1 :], *GROUPS[place + 1 :]]
        typed = check(groups)
        assert typed.situation is None
        if typed.sentence in (ONE_GROUP, SOME_GROUPS):
            assert place in typed.wrong
            asked.append(len(typed.wrong))
    assert sum(asked) / len(asked) < 3  # fewer than all four, so that asking again is short


def test_digits_that_changed_places_are_found() -> None:
    first = GROUPS[0]
    swapped = next(
        first[:place] + first[place + 1] + first[place] + first[place + 2 :]
        for place in range(3)
        if first[place] != first[place + 1]
    )
    assert 0 in suspects([swapped, *GROUPS[1:]])


def test_one_group_alone_may_explain_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_code, "suspects", lambda groups: (2,))
    wrong = ["0001", "0002", "0003", "0004"]
    typed = check(wrong)
    assert (typed.sentence, typed.params) == (ONE_GROUP, {"group": 3})


def test_when_no_single_slip_explains_it_all_groups_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_code, "_fits", lambda *_: False)
    assert suspects(GROUPS) == (0, 1, 2, 3)
    assert check(["0001", "0002", "0003", "0004"]).params == {"group": 1, "others": "2, 3, 4"}


def test_a_code_of_a_newer_program_says_so() -> None:
    newer = framed(5 * 8 + len(TABLES)).split("-")
    assert most(TABLES[-1]) > 5 * 8
    typed = check(newer)
    assert (typed.sentence, typed.wrong) == (TOO_NEW, (0, 1, 2, 3))
