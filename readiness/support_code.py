"""The spoken code: a report as sixteen digits that a caller reads out and an agent types.

Digits only, because letters rhyme, in both languages; four groups of four, as people read out card numbers. Made and read
without any connection: what the numbers mean is in `readiness.support_tables`, in numbered versions that stay readable.

**What is in it** (version 1; a radix is how many values a field has)

=====================  =====  ===============================================================================
field                  radix  holds
=====================  =====  ===============================================================================
version of the table       8  1 is the first
camera                    19  left out, or status and leading cause; so the other checks
microphone                13
speaker                    9
connection                21
bandwidth                 14
call_quality              10
computer                   7
operating_system          60  with the system: Windows 10, 11, older, other; macOS 12 to 15, 26, older, other; Linux
browser                   81  with the browser (Chrome, Edge, Firefox, Chromium, Safari, other) and its age, four steps
profile and edition       11  five shipped ones, each in the edition of the table or another; or a clinic's own
language, way              4  English or Spanish; this computer, or phone and tablet
=====================  =====  ===============================================================================

Together 46.1 bits. The code holds 46.4 (see below). What was shed for that, the least useful first: causes that an agent
treats alike share one value (`Value.causes` names all of them, and a face must say so); secondary findings; values in
sentences, such as Mbit/s; a browser's own version (how old it is, is told); the version of a system that was not checked;
which browser was unsuitable. Whether a check is required follows from the profile, and the verdict from that.

**How it is guarded.** The sixteen digits, read as one number, leave 1 when divided by 97: ISO 7064 MOD 97-10. As 10 is a
primitive root of 97, all sixteen digits weigh differently, so every single wrong digit and every two digits that changed
places, side by side or apart, are found. Groups weigh differently, too, but that alone does not find every two groups
that changed places: groups that leave the same rest (1 pair of 97) could. No two check digits can, whatever the formula,
as long as every group is allowed. So not every group is: **the four groups of a code leave four different rests**, which
costs 0.05 bits, and then any two groups that change places are found as well. The check digits do not stand apart for
that: each group is 97 × a free part + a rest, and the rests are numbered. Any other corruption passes the division once
in 97 times; of these, most do not name a situation and are refused.

The payload is stirred by a multiplication, so that an all-good computer does not read out "zero, zero, zero, …".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, Final, TypeVar

import msgspec

from readiness.joining import Way
from readiness.model import OsFamily, Report, Result, Status
from readiness.readings import BrowserReading, OperatingSystemReading
from readiness.support_tables import TABLES, Age, Browser, Edition, System, Table, Value
from readiness.text import N_, Refusal

_MODULUS: Final = 97
_GROUPS: Final = 4
_GROUP_DIGITS: Final = 4
#: How many groups there are of each rest: 97 × 103 is 9991, and larger groups do not occur.
_FREE: Final = 103
#: How many rests the third group can choose from, whatever the first two are: 97, less the two, and less at most three
#: that would give the fourth group a rest that is taken.
_THIRD: Final = 92
_RESTS: Final = _MODULUS * (_MODULUS - 1) * _THIRD
#: How many codes there are.
SPACE: Final = _RESTS * _FREE**_GROUPS

#: How many versions of the table a code can name.
VERSIONS: Final = 8
#: Has no factor in common with `SPACE`, so the stirring can be undone. Frozen, like everything in this file.
_STIR: Final = 31_415_926_535_897

_SEPARATORS: Final = re.compile(r"[\s.,·\-\u2010-\u2015]+")
#: Chrome Beta is Chrome.
_EDITION_OF_BROWSER: Final = re.compile(r"-(beta|canary|dev|developer|nightly|technology-preview|test)$")

#: Said before a code.
READ_OUT: Final = N_("If you call for help, read out this code:")

NOT_DIGITS: Final = N_("Group {group} of the code must be four digits. Please read that group again.")
WRONG_LENGTH: Final = N_("This code has {count} digits, but a code has 16. Please read it again, four at a time.")
NOT_A_GROUP: Final = N_("Group {group} of the code cannot be right. Please read that group again.")
NO_FIT: Final = N_("These digits do not fit together, so one was not heard right. Please read all four groups again.")
TOO_NEW: Final = N_(
    "This code was made by a newer version of this program, or a digit was not heard right. "
    "Read it again, or update this program."
)


class CodeError(Refusal):
    """A code that cannot be right, or cannot be read here."""


class Cause(msgspec.Struct, frozen=True):
    """What one check came to, as far as a code tells it."""

    check: str
    status: Status
    findings: tuple[str, ...]
    """Finding ids: none for a check that was left out; if more than one, it was one of them."""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a code tells: what the agent sees."""

    table: int
    """The version of the table that the code was made with."""
    causes: tuple[Cause, ...]
    """One for each check."""
    system: System
    browser: Browser
    edition: Edition
    language: str
    way: Way


def encode(report: Report, *, language: str, way: Way) -> str:
    """The code for a report, in groups: "1234-5678-9012-3456".

    A language that the newest table does not know is told as the first one. Raises LookupError for a finding that it
    does not know.
    """
    table = TABLES[-1]
    number = 0
    for choices, chosen in zip(_fields(table), _chosen(table, report, language, way), strict=True):
        number = number * len(choices) + choices.index(chosen)
    return framed(number * VERSIONS + table.version - 1)


def decode(code: str) -> Situation:
    """What a code tells, however it was typed: with spaces, dashes or neither. Raises CodeError."""
    number, version = divmod(unframed(code), VERSIONS)
    if version >= len(TABLES):
        raise CodeError(TOO_NEW)
    table = TABLES[version]
    chosen: list[Any] = []
    for choices in reversed(_fields(table)):
        number, index = divmod(number, len(choices))
        chosen.append(choices[index])
    if number:
        raise CodeError(NO_FIT)
    return _situation(table, chosen[::-1])


def tidy(code: str) -> str:
    """A code as it is shown, however it was typed. Raises CodeError for what cannot be one."""
    return "-".join(f"{group:04}" for group in _typed(code))


def situation_of(report: Report, language: str, way: Way) -> Situation:
    """What a code for this report tells: `decode` of `encode`, without the digits."""
    table = TABLES[-1]
    return _situation(table, list(_chosen(table, report, language, way)))


# --- Fields ----------------------------------------------------------------------------------------------------------


def _fields(table: Table) -> tuple[tuple[Any, ...], ...]:
    """The choices of every field, in the order of the code."""
    checks = (values for _, values in table.checks)
    return (*checks, table.systems, table.browsers, table.editions, table.languages, table.ways)


def _chosen(table: Table, report: Report, language: str, way: Way) -> Iterator[Any]:
    """For each field of a table the choice that fits a report."""
    results = {result.check: result for result in report.results}
    for check, values in table.checks:
        yield _value(check, values, results.get(check))
    system = _system(table, report, results)
    yield _nearest(table.systems, "operating_system", results, system, System(system.family))
    yield _nearest(table.browsers, "browser", results, _browser(table, results), Browser())
    edition = Edition(report.profile_id, report.profile_edition)
    known = (edition, Edition(report.profile_id), Edition())
    yield next(each for each in known if each in table.editions)
    yield language if language in table.languages else table.languages[0]
    yield way


def _situation(table: Table, chosen: list[Any]) -> Situation:
    *values, (system_value, system), (browser_value, browser), edition, language, way = chosen
    checks = [check for check, _ in table.checks]
    told = [*zip(checks, values, strict=True), ("browser", browser_value), ("operating_system", system_value)]
    causes = [Cause(check, value.status, tuple(f"{check}.{cause}" for cause in value.causes)) for check, value in told]
    return Situation(
        table=table.version,
        causes=tuple(causes),
        system=system,
        browser=browser,
        edition=edition,
        language=language,
        way=way,
    )


def _value(check: str, values: tuple[Value, ...], result: Result | None) -> Value:
    """The value that holds what a check came to."""
    leading = result.leading if result else None
    if leading is None:
        return values[0]
    for value in values:
        if value.status is leading.status and leading.id.removeprefix(f"{check}.") in value.causes:
            return value
    raise LookupError(f"the newest table of codes does not know {leading.id} with the status {leading.status}")


S = TypeVar("S", System, Browser)


def _nearest(
    choices: tuple[tuple[Value, S], ...], check: str, results: dict[str, Result], subject: S, less: S
) -> tuple[Value, S]:
    """The choice with this check's value and this subject, or ``less`` of it where it does not go with the value."""
    values = tuple(dict.fromkeys(value for value, _ in choices))
    value = _value(check, values, results.get(check))
    subjects = [each for with_value, each in choices if with_value == value]
    return value, subject if subject in subjects else less


def _system(table: Table, report: Report, results: dict[str, Result]) -> System:
    result = results.get("operating_system")
    reading = result.reading if result else None
    family, version = report.family, ""
    if isinstance(reading, OperatingSystemReading):
        family, version = reading.family or family, reading.version or ""
    family = family or OsFamily.OTHER
    told = [system.version for _, system in table.systems if system.family is family]
    major = version.partition(".")[0]
    if major in told:
        return System(family, major)
    numbers = [int(each) for each in told if each.isdecimal()]
    if numbers and _is_number(major) and int(major) < min(numbers):
        return System(family, "older")
    return System(family)


def _browser(table: Table, results: dict[str, Result]) -> Browser:
    """The browser that the finding names: the one for the visit."""
    result = results.get("browser")
    if result is None or result.leading is None or not isinstance(result.reading, BrowserReading):
        return Browser()
    name = result.leading.params.get("name")
    for browser in result.reading.installed or ():
        if browser.name == name:
            kind = _EDITION_OF_BROWSER.sub("", browser.id)
            known = any(each.id == kind for _, each in table.browsers)
            return Browser(kind, _age(table, kind, browser.version or "")) if known else Browser("other")
    return Browser()


def _age(table: Table, kind: str, version: str) -> Age:
    major, current = version.partition(".")[0], dict(table.current).get(kind)
    if current is None or not _is_number(major):
        return Age.UNKNOWN
    behind = current - int(major)
    return Age.CURRENT if behind <= 0 else Age.RECENT if behind <= 2 else Age.OLD


def _is_number(text: str) -> bool:
    return re.fullmatch("[0-9]{1,9}", text) is not None


# --- Digits ----------------------------------------------------------------------------------------------------------


def framed(payload: int) -> str:
    """A payload under `SPACE` as a guarded code, whatever it means."""
    return _groups_of(payload * _STIR % SPACE)


def unframed(code: str) -> int:
    """The payload of a code, whatever it means. Raises CodeError for what was not heard right."""
    return _number_of(_typed(code)) * pow(_STIR, -1, SPACE) % SPACE


def _groups_of(number: int) -> str:
    """A number under `SPACE` as four groups that leave four different rests, and 1 together."""
    number, third = divmod(number, _THIRD)
    number, second = divmod(number, _MODULUS - 1)
    number, first = divmod(number, _MODULUS)
    second += second >= first
    third = _thirds(first, second)[third]
    rests = (first, second, third, _fourth(first, second, third))
    groups = []
    for rest in rests:
        number, free = divmod(number, _FREE)
        groups.append(f"{free * _MODULUS + rest:04}")
    return "-".join(groups)


def _number_of(groups: list[int]) -> int:
    """The number that made these groups. Raises CodeError for groups that no number makes."""
    for place, group in enumerate(groups, 1):
        if group >= _FREE * _MODULUS:
            raise CodeError(NOT_A_GROUP, group=place)
    first, second, third, fourth = (group % _MODULUS for group in groups)
    if fourth != _fourth(first, second, third) or third not in (thirds := _thirds(first, second)):
        raise CodeError(NO_FIT)
    number = 0
    for group in reversed(groups):
        number = number * _FREE + group // _MODULUS
    number = number * _MODULUS + first
    number = number * (_MODULUS - 1) + second - (second > first)
    return number * _THIRD + thirds.index(third)


def _thirds(first: int, second: int) -> list[int]:
    """The rests that the third group can have."""
    rests = range(_MODULUS)
    free = [third for third in rests if len({first, second, third, _fourth(first, second, third)}) == _GROUPS]
    return free[:_THIRD]


def _fourth(first: int, second: int, third: int) -> int:
    """The rest that the fourth group must have, so that all sixteen digits leave 1."""
    power = 10**_GROUP_DIGITS
    return (1 - ((first * power + second) * power + third) * power) % _MODULUS


def _typed(code: str) -> list[int]:
    """The four groups of what was typed. Raises CodeError, with the group that is wrong where there are groups."""
    parts = [part for part in _SEPARATORS.split(code) if part]
    if len(parts) == _GROUPS:
        for place, part in enumerate(parts, 1):
            if not re.fullmatch(f"[0-9]{{{_GROUP_DIGITS}}}", part):
                raise CodeError(NOT_DIGITS, group=place)
    text = "".join(parts)
    for place, char in enumerate(text):
        if char not in "0123456789":
            raise CodeError(NOT_DIGITS, group=min(place // _GROUP_DIGITS, _GROUPS - 1) + 1)
    if len(text) != _GROUPS * _GROUP_DIGITS:
        raise CodeError(WRONG_LENGTH, count=len(text))
    return [int(text[start : start + _GROUP_DIGITS]) for start in range(0, len(text), _GROUP_DIGITS)]


def most(table: Table) -> int:
    """How many codes a table makes: at most `SPACE`."""
    return VERSIONS * math.prod(map(len, _fields(table)))
