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
    """What one check was before, and what it is now; the same status, when only the reason is another."""

    check: str
    before: Status
    after: Status


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
        Change(cause.check, was[cause.check].status, cause.status)
        for cause in after.causes
        if cause.check in was and (cause.status, cause.findings) != (was[cause.check].status, was[cause.check].findings)
    )


def tell_changes(before: Situation, after: Situation, language: str) -> Iterator[str]:
    """What is different, checks that changed alike together; one line when nothing is."""
    alike: dict[tuple[Status, Status], list[str]] = {}
    for change in changes(before, after):
        alike.setdefault((change.before, change.after), []).append(_name(change.check, language))
    if not alike:
        yield translate(N_("Nothing has changed since the code before."), language)
    for (was, now), names in alike.items():
        sentence = N_("{checks}: {before}, for another reason") if was is now else "{checks}: {before} → {after}"
        said = {name: translate(STATUS_WORDS[status], language) for name, status in (("before", was), ("after", now))}
        yield fill(sentence, {"checks": listed(tuple(names), language), **said}, language)


def about_the_table(situation: Situation, language: str) -> str:
    """That the caller's program is an older one; empty for one like ours. A newer one's code is refused on reading."""
    return translate(_OLDER, language) if situation.table < TABLES[-1].version else ""


def _name(check: str, language: str) -> str:
    return translate(words_for(check).name, language)
