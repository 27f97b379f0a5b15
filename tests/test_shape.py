"""The walk along a type: what it knows, and what it leaves to msgspec."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest

from readiness.shape import Flaw, Section, ShapeError, check, dotted, listed, plain, shown, unknown


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(Section, frozen=True):
    depth: int = 0

    def flaw(self) -> Flaw | None:
        return Flaw("a.b", "{file}: {field} is {value}.", {"value": "odd"}) if self.depth == 13 else None


class Refusing(msgspec.Struct, frozen=True):
    """A type of somebody else's, with a demand that only msgspec knows."""

    count: Annotated[int, msgspec.Meta(ge=3)] = 3

    def __post_init__(self) -> None:
        if self.count == 4:
            raise ValueError("four is right out")


class Outer(Section, frozen=True):
    must: bool
    level_dbfs: float | None = None
    either: int | str | None = None
    anything: Any = None
    colour: Colour = Colour.RED
    side: Literal["left", "right"] = "left"
    words: list[str] = msgspec.field(default_factory=list)
    table: dict[Colour, Inner] = msgspec.field(default_factory=dict)
    two: Annotated[tuple[int, ...], msgspec.Meta(min_length=2)] = (1, 2)
    refusing: Refusing = Refusing()


class Wanting(Section, frozen=True):
    """Nothing but fields that must be there, one a kind."""

    word: str
    number: float
    whole: int
    day: datetime.date
    row: tuple[int, ...]
    table: dict[str, int]
    demanding: Annotated[str, msgspec.Meta(pattern="x", extra={"refusal": "no"})]


def sentence(value: object, kind: Any) -> str:
    with pytest.raises(ShapeError) as caught:
        check(value, kind)
    return caught.value.sentence.format(file="f", **caught.value.params)


@pytest.mark.parametrize(
    "value",
    [
        {"must": True},
        {"must": True, "level_dbfs": -3, "either": "a", "anything": [object()], "colour": "blue", "side": "right"},
        {"must": True, "either": 1, "words": ["a"], "table": {"red": {"depth": 1}}, "two": [1, 2, 3]},
    ],
)
def test_what_fits(value: object) -> None:
    check(value, Outer)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([], "f:  is [], but it must be a table of its own."),
        ({}, "f: must is missing; add must = true."),
        ({"must": True, "colour": "green"}, 'f: colour is "green", but it must be one of blue, red.'),
        ({"must": True, "colour": ["red"]}, "f: colour is […], but it must be one of blue, red."),
        ({"must": True, "side": 1}, "f: side is 1, but it must be one of left, right."),
        ({"must": True, "words": ["a", 1]}, "f: words[1] is 1, but it must be a text in quotation marks."),
        ({"must": True, "table": {"green": {}}}, 'f: table.green is "green", but it must be one of blue, red.'),
        ({"must": True, "table": {"red": {"depth": 1.0}}}, "f: table.red.depth is 1.0, but it must be a whole number."),
        ({"must": True, "table": {"red": {"depth": 13}}}, "f: table.red.a.b is odd."),
        ({"must": True, "either": [1]}, "f:  does not fit: Expected `int | str | null`, got `array` - at `$.either`."),
        ({"must": True, "two": [1]}, "f:  does not fit: Expected `array` of length >= 2 - at `$.two`."),
        ({"must": True, "refusing": {"count": 2}}, "f: refusing does not fit: Expected `int` >= 3 - at `$.count`."),
        ({"must": True, "refusing": {"count": 4}}, "f: refusing does not fit: four is right out."),
        ({"must": True, "refusing": {"coun": 4}}, "f: refusing.coun is not a known name; did you mean count?"),
    ],
)
def test_what_does_not(value: object, expected: str) -> None:
    assert sentence(value, Outer) == expected


@pytest.mark.parametrize(
    ("field", "example"),
    [
        ("word", 'word = "…"'),
        ("number", "number = 1"),
        ("whole", "whole = 1"),
        ("day", "day = 2026-11-21"),
        ("row", "row = […]"),
        ("table", "[table]"),
        ("demanding", 'demanding = "…"'),
    ],
)
def test_what_is_missing_is_shown_as_it_would_be(field: str, example: str) -> None:
    whole: dict[str, object] = {
        "word": "a",
        "number": 1,
        "whole": 1,
        "day": datetime.date(2026, 11, 21),
        "row": [],
        "table": {},
        "demanding": "x",
    }
    check(whole, Wanting)
    del whole[field]
    assert sentence(whole, Wanting) == f"f: {field} is missing; add {example}."


def test_a_missing_struct_is_shown_as_a_table() -> None:
    class Holder(msgspec.Struct):
        inner: Inner

    assert sentence({}, Holder) == "f: inner is missing; add [inner]."


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("a", "b"), "a.b"),
        (("a", 0, "b"), "a[0].b"),
        (("a b", 'c"d'), '"a b"."c\\"d"'),
        (("",), '""'),
        (("x" * 99,), '"' + "x" * 58 + "…"),
    ],
)
def test_places(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ({"a": 1}, "{…}"),
        ([], "[]"),
        ([1], "[…]"),
        (True, "true"),
        ("ñ", '"ñ"'),
        ("\x1b[2J\n", '"\\u001b[2J\\n"'),
        ("x" * 100, '"' + "x" * 58 + "…"),
        (7, "7"),
        (-(10**30), "< -1000000000"),
        pytest.param(10**5000, "> 1000000000", id="too long to write"),
        (0.5, "0.5"),
        (datetime.date(2026, 11, 21), "2026-11-21"),
    ],
)
def test_values(value: object, text: str) -> None:
    assert shown(value) == text


def test_words_for_a_terminal() -> None:
    assert plain("a\tb\u202e") == "a\\u0009b\\u202e"
    assert listed(["b", "a c", "a"]) == '"a c", a, b'
    assert listed("abcdefghijklmnopqrstuvwxyz").endswith("w, x, …")
    assert unknown("x.nam", "nam", ["name"]).params["nearest"] == "name"
    assert unknown("x.q", "q", ["name"]).params["known"] == "name"
