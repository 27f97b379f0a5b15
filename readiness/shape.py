"""Does data read from a file have the shape of a type? If not: which field, what is wrong, and what would be right.

`msgspec` says whether data fits, but not in words for a person and not in a second language. This walks the data along
the type first. Sentences are N_-marked templates; besides the parameters given here they use ``{file}``.
"""

from __future__ import annotations

import datetime
import difflib
import json
import math
import re
from collections.abc import Iterable
from typing import Any, ClassVar, Final

import msgspec
from msgspec import inspect

from readiness.text import N_

MISSING: Final = N_("{file}: {field} is missing; add {example}.")
UNKNOWN_NEAR: Final = N_("{file}: {field} is not a known name; did you mean {nearest}?")
UNKNOWN: Final = N_("{file}: {field} is not a known name; here you can use {known}.")
NOT_A_TEXT: Final = N_("{file}: {field} is {value}, but it must be a text in quotation marks.")
NOT_A_NUMBER: Final = N_("{file}: {field} is {value}, but it must be a number.")
NOT_WHOLE: Final = N_("{file}: {field} is {value}, but it must be a whole number.")
OUT_OF_RANGE: Final = N_("{file}: {field} is {value}, but it must be between {least} and {most}.")
NOT_YES_OR_NO: Final = N_("{file}: {field} is {value}, but it must be true or false.")
NOT_A_DATE: Final = N_("{file}: {field} is {value}, but it must be a date such as 2026-11-21, without quotation marks.")
NOT_A_LIST: Final = N_("{file}: {field} is {value}, but it must be a list in square brackets.")
NOT_A_TABLE: Final = N_("{file}: {field} is {value}, but it must be a table of its own.")
NOT_A_CHOICE: Final = N_("{file}: {field} is {value}, but it must be one of {known}.")
NO_FIT: Final = N_("{file}: {field} does not fit: {problem}.")

#: No number of a profile is larger; it keeps every later calculation far from overflowing.
MOST: Final = 1_000_000_000
#: Levels in decibels are below zero; every other number counts or measures something.
_SIGNED_UNITS: Final = ("_dbfs", "_dbm")

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")
_SHOWN_CHARS: Final = 60
_SHOWN_WORDS: Final = 24

Path = tuple[str | int, ...]


class ShapeError(ValueError):
    """Data that does not fit. ``sentence`` is the template, ``params`` all its values but ``file``."""

    def __init__(self, sentence: str, **params: str | int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.params = params


class Flaw(msgspec.Struct, frozen=True):
    """What is wrong with a table although each of its fields has the right type."""

    field: str
    """The key it is about, with dots where it lies deeper; empty for the table as a whole."""
    sentence: str
    params: dict[str, str] = {}


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any table of a file: unknown keys are refused."""

    missing: ClassVar[str] = MISSING
    """The sentence for a key that is not there."""

    def flaw(self) -> Flaw | None:
        """What is wrong with this table as a whole, None for nothing. Its fields have been looked at before."""
        return None

    def outside(self, **limits: tuple[int, int]) -> Flaw | None:
        """The first of some numbers that is not within its limits; a number that is None has none."""
        for field, (least, most) in limits.items():
            value = getattr(self, field)
            if value is not None and not least <= value <= most:
                return Flaw(field, OUT_OF_RANGE, {"value": str(value), "least": str(least), "most": str(most)})
        return None


def dotted(path: Path) -> str:
    """The place in a file as a person would write it: ``other_care[2].text.es``."""
    parts = (
        f"[{key}]" if isinstance(key, int) else f".{key if _BARE_KEY.fullmatch(key) else shown(key)}" for key in path
    )
    return "".join(parts).removeprefix(".")


def shown(value: object) -> str:
    """A value as it stands in the file, short and without characters that could upset a terminal."""
    match value:
        case dict():
            return "{…}" if value else "{}"
        case list():
            return "[…]" if value else "[]"
        case bool() | str():
            text = json.dumps(value, ensure_ascii=False)
        case int() if abs(value) > MOST:
            return "> " + str(MOST) if value > 0 else "< -" + str(MOST)
        case _:
            text = str(value)
    text = plain(text)
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"


def plain(text: str) -> str:
    """A text without characters that could upset a terminal."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def listed(words: Iterable[object]) -> str:
    """Some words in a row, sorted, for a sentence; of very many only the first ones."""
    row = sorted(word if _BARE_KEY.fullmatch(word) else shown(word) for word in map(str, words))
    return ", ".join(row if len(row) <= _SHOWN_WORDS else [*row[:_SHOWN_WORDS], "…"])


def unknown(field: str, word: str, known: Iterable[str]) -> ShapeError:
    """The refusal of a name that is none of ``known``, with the nearest one where there is one."""
    known = tuple(known)
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return ShapeError(UNKNOWN_NEAR, field=field, nearest=near[0])
    return ShapeError(UNKNOWN, field=field, known=listed(known))


def check(value: object, kind: Any, path: Path = ()) -> None:
    """Raise `ShapeError` unless ``value`` (as TOML or JSON gives it) can become a ``kind``, a type."""
    _check(value, inspect.type_info(kind), path)


def _check(value: Any, kind: inspect.Type, path: Path, refusal: str | None = None) -> None:
    """``refusal`` is the sentence for a value of the right type that does not meet the demand in its annotation."""
    match kind:
        case inspect.Metadata():
            _check(value, kind.type, path, (kind.extra or {}).get("refusal"))
        case inspect.UnionType():
            choices = [choice for choice in kind.types if not isinstance(choice, inspect.NoneType)]
            if len(choices) == 1:
                _check(value, choices[0], path, refusal)
        case inspect.StructType():
            _table(value, kind, path)
        case inspect.DictType():
            _demand(isinstance(value, dict), NOT_A_TABLE, value, path)
            for key, item in value.items():
                _check(key, kind.key_type, (*path, key))
                _check(item, kind.value_type, (*path, key))
        case inspect.VarTupleType() | inspect.ListType():
            _demand(isinstance(value, list), NOT_A_LIST, value, path)
            for index, item in enumerate(value):
                _check(item, kind.item_type, (*path, index))
            if refusal and kind.min_length and len(value) < kind.min_length:
                raise ShapeError(refusal, field=dotted(path))
        case _:
            _leaf(value, kind, path, refusal)


def _leaf(value: Any, kind: inspect.Type, path: Path, refusal: str | None) -> None:
    match kind:
        case inspect.EnumType() | inspect.LiteralType():
            known = kind.values if isinstance(kind, inspect.LiteralType) else [item.value for item in kind.cls]
            if value not in known:
                raise ShapeError(NOT_A_CHOICE, field=dotted(path), value=shown(value), known=listed(known))
        case inspect.StrType():
            _demand(isinstance(value, str), NOT_A_TEXT, value, path)
            if refusal and kind.pattern:
                _demand(re.search(kind.pattern, value), refusal, value, path)
        case inspect.BoolType():
            _demand(isinstance(value, bool), NOT_YES_OR_NO, value, path)
        case inspect.DateType():
            # A date with a time is a date to isinstance, and is not wanted.
            _demand(type(value) is datetime.date, NOT_A_DATE, value, path)
        case inspect.IntType():
            _demand(type(value) is int, NOT_WHOLE, value, path)
            _in_range(value, path)
        case inspect.FloatType():
            _demand(type(value) in {int, float}, NOT_A_NUMBER, value, path)
            _in_range(value, path)


def _table(value: Any, kind: inspect.StructType, path: Path) -> None:
    _demand(isinstance(value, dict), NOT_A_TABLE, value, path)
    fields = {field.encode_name: field for field in kind.fields}
    for key in value:
        if key not in fields:
            raise unknown(dotted((*path, key)), key, fields)
    for name, field in fields.items():
        if name in value:
            _check(value[name], field.type, (*path, name))
        elif field.required:
            sentence = kind.cls.missing if issubclass(kind.cls, Section) else MISSING
            raise ShapeError(sentence, field=dotted((*path, name)), example=_example((*path, name), field.type))
    try:
        made = msgspec.convert(value, kind.cls)
    except msgspec.ValidationError as wrong:
        raise ShapeError(NO_FIT, field=dotted(path), problem=str(wrong)) from None
    flaw = made.flaw() if isinstance(made, Section) else None
    if flaw:
        place = f"{dotted(path)}.{flaw.field}".strip(".")
        raise ShapeError(flaw.sentence, field=place, **flaw.params)


def _demand(fits: object, sentence: str, value: object, path: Path) -> None:
    if not fits:
        raise ShapeError(sentence, field=dotted(path), value=shown(value))


def _in_range(value: float, path: Path) -> None:
    signed = any(str(key).endswith(_SIGNED_UNITS) for key in path)
    least = -MOST if signed else 0
    # A comparison with an integer is exact and cannot overflow; NaN is in no range.
    if not least <= value <= MOST or math.isnan(value):
        raise ShapeError(OUT_OF_RANGE, field=dotted(path), value=shown(value), least=least, most=MOST)


def _example(path: Path, kind: inspect.Type) -> str:
    """A line of TOML that would do: the same in every language."""
    match kind:
        case inspect.Metadata():
            return _example(path, kind.type)
        case inspect.StructType() | inspect.DictType():
            return f"[{dotted(path)}]"
        case inspect.VarTupleType() | inspect.ListType():
            return f"{dotted(path[-1:])} = […]"
        case inspect.IntType() | inspect.FloatType():
            return f"{dotted(path[-1:])} = 1"
        case inspect.BoolType():
            return f"{dotted(path[-1:])} = true"
        case inspect.DateType():
            return f"{dotted(path[-1:])} = 2026-11-21"
        case _:
            return f'{dotted(path[-1:])} = "…"'
