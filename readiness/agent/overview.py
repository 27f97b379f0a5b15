"""What a code tells at a glance, for the agent: one sentence, what is new since the code before, and how old it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from readiness.advice import words_for
from readiness.model import Status
from readiness.support_code import Situation
from readiness.support_tables import TABLES
from readiness.telling import STATUS_WORDS, fill, listed
from readiness.text import N_, translate

#: What is told of each status, in this order; what is good is not listed.
_TOLD: Final = (
    (Status.FAIL, N_("To fix: {checks}")),
    (Status.UNKNOWN, N_("not checked: {checks}")),
    (Status.SKIPPED, N_("left out: {checks}")),
    (Status.WARN, N_("could be better: {checks}")),
)
_REST_IS_GOOD: Final = N_("all else is good")
_ALL_GOOD: Final = N_("All nine checks are good.")
_OLDER: Final = N_("This code comes from an older version of the program. It can be read all the same.")


class Change(msgspec.Struct, frozen=True):
    """What one check was before, and what it is now."""

    check: str
    before: Status
    after: Status
    is_other_cause: bool
    """The same status, but for another reason."""


def in_one_sentence(situation: Situation, language: str) -> str:
    """Everything that a code tells of the checks."""
    parts = []
    for status, sentence in _TOLD:
        checks = tuple(_name(cause.check, language) for cause in situation.causes if cause.status is status)
        if checks:
            parts.append(fill(sentence, {"checks": listed(checks, language)}, language))
    if not parts:
        return translate(_ALL_GOOD, language)
    if any(cause.status is Status.PASS for cause in situation.causes):
        parts.append(translate(_REST_IS_GOOD, language))
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def changes(before: Situation, after: Situation) -> tuple[Change, ...]:
    """What is different in the second of two codes, in the order of the checks."""
    was = {cause.check: cause for cause in before.causes}
    return tuple(
        Change(cause.check, was[cause.check].status, cause.status, was[cause.check].status is cause.status)
        for cause in after.causes
        if cause.check in was and (cause.status, cause.findings) != (was[cause.check].status, was[cause.check].findings)
    )


def tell_changes(before: Situation, after: Situation, language: str) -> Iterator[str]:
    """What is different, a line for each check; one line when nothing is."""
    found = changes(before, after)
    if not found:
        yield translate(N_("Nothing has changed since the code before."), language)
    for change in found:
        sentence = (
            N_("{check}: {before}, for another reason") if change.is_other_cause else "{check}: {before} → {after}"
        )
        words = {"before": change.before, "after": change.after}
        said = {name: translate(STATUS_WORDS[status], language) for name, status in words.items()}
        yield fill(sentence, {"check": _name(change.check, language), **said}, language)


def about_the_table(situation: Situation, language: str) -> str:
    """That the caller's program is an older one; empty for one like ours. A newer one's code is refused on reading."""
    return translate(_OLDER, language) if situation.table < TABLES[-1].version else ""


def _name(check: str, language: str) -> str:
    return translate(words_for(check).name, language)
