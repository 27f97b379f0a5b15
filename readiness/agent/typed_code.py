"""A code while it is being typed: whether it can be right so far, and which group to ask for again.

A wrong digit shows at once where a group cannot be (above 9990) or where two groups leave the same rest (see
`readiness.support_code`). With all four groups there, every single slip is noticed; which group it was in, follows from
which slips would explain it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from readiness.support_code import NO_FIT, NOT_A_GROUP, CodeError, Situation, decode
from readiness.text import N_

GROUPS: Final = 4
GROUP_DIGITS: Final = 4

#: Groups are guarded by this; no two groups of a code leave the same rest.
_MODULUS: Final = 97
_LARGEST: Final = 9990

SAME_REST: Final = N_("Groups {first} and {second} do not go together. Ask for both again.")
ONE_GROUP: Final = N_("A digit was not heard right. Ask for group {group} again.")
SOME_GROUPS: Final = N_("A digit was not heard right. Ask for group {group} again, then for {others}.")
GO_ON: Final = N_("So far, so good. Next is group {group}.")
BEGIN: Final = N_("Type the code as the caller reads it out.")


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said of the groups so far."""

    sentence: str
    """N_-marked, to the agent; empty when the code is whole and right."""
    params: dict[str, str | int] = {}
    wrong: tuple[int, ...] = ()
    """Which groups to ask for again, the likeliest first; from 0."""
    code: str = ""
    situation: Situation | None = None
    """What the code tells, once it is whole and right."""


def check(groups: Sequence[str]) -> Typed:
    """Look at four groups, each of which may be incomplete: digits only."""
    whole = [place for place, group in enumerate(groups) if len(group) == GROUP_DIGITS]
    for place in whole:
        if int(groups[place]) > _LARGEST:
            return Typed(sentence=NOT_A_GROUP, params={"group": place + 1}, wrong=(place,))
    for first, second in itertools.combinations(whole, 2):
        if (int(groups[first]) - int(groups[second])) % _MODULUS == 0:
            params: dict[str, str | int] = {"first": first + 1, "second": second + 1}
            return Typed(sentence=SAME_REST, params=params, wrong=(second, first))
    if len(whole) < GROUPS:
        following = next(place for place in range(GROUPS) if place not in whole)
        return Typed(sentence=GO_ON if whole else BEGIN, params={"group": following + 1} if whole else {})
    code = "-".join(groups)
    try:
        return Typed(sentence="", code=code, situation=decode(code))
    except CodeError as error:
        if error.sentence == NO_FIT:
            return _slipped(groups)
        return Typed(sentence=error.sentence, wrong=tuple(range(GROUPS)))


def suspects(groups: Sequence[str]) -> tuple[int, ...]:
    """The groups in which one slip would explain why a code does not fit, the one with the most ways first.

    A slip is one wrong digit, or two digits side by side that changed places. All of them when no single slip does.
    """
    ways = [sum(_fits(groups, place, other) for other in _slips(groups[place])) for place in range(GROUPS)]
    found = [place for place in range(GROUPS) if ways[place]]
    return tuple(sorted(found or range(GROUPS), key=lambda place: -ways[place]))


def _slipped(groups: Sequence[str]) -> Typed:
    wrong = suspects(groups)
    first, *others = (place + 1 for place in wrong)
    if not others:
        return Typed(sentence=ONE_GROUP, params={"group": first}, wrong=wrong)
    params: dict[str, str | int] = {"group": first, "others": ", ".join(map(str, others))}
    return Typed(sentence=SOME_GROUPS, params=params, wrong=wrong)


def _slips(group: str) -> Iterator[str]:
    """What a group may have been."""
    for place, digit in itertools.product(range(GROUP_DIGITS), "0123456789"):
        if digit != group[place]:
            yield group[:place] + digit + group[place + 1 :]
    for place in range(GROUP_DIGITS - 1):
        if group[place] != group[place + 1]:
            yield group[:place] + group[place + 1] + group[place] + group[place + 2 :]


def _fits(groups: Sequence[str], place: int, group: str) -> bool:
    try:
        decode("-".join((*groups[:place], group, *groups[place + 1 :])))
    except CodeError:
        return False
    return True
