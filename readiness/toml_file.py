"""Reads a TOML file that a person wrote: what is wrong is said with its place, and nothing in it can stop the program."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

from readiness.shape import ShapeError
from readiness.text import N_

#: The parser's time and memory grow with the square of the parts of a dotted name: one line of a.a.a… in a file of
#: allowed size takes tens of GiB. Ours have five parts; a line of prose has a dot every few words.
MOST_DOTS: Final = 150

NOT_UTF_8: Final = N_("{file}: byte {position} is not UTF-8; save the file as UTF-8.")
NOT_TOML: Final = N_(
    "{file}: line {line}, column {column}: this is not TOML; "
    "look for a missing quotation mark, bracket or equals sign there or just before."
)
TWICE: Final = N_("{file}: line {line}, column {column}: this name was given a value before; keep one of the two.")
TOO_MANY_DOTS: Final = N_("{file}: line {line} has {count} dots, but at most {most} are allowed; break it up.")
TOO_DEEP: Final = N_("{file}: tables or lists lie too deep in one another; six levels are always enough.")


def parse(content: bytes) -> dict[str, Any]:
    """The tables in the bytes of a file. Raises `ShapeError`, whose sentence also wants ``{file}``."""
    try:
        # With or without the mark that some editors put in front.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise ShapeError(NOT_UTF_8, position=wrong.start + 1) from None
    lines = text.split("\n")
    for number, words in enumerate(lines, 1):
        dots = words.count(".")
        if dots > MOST_DOTS:
            raise ShapeError(TOO_MANY_DOTS, line=number, count=dots, most=MOST_DOTS)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ShapeError(TOO_DEEP) from None
    except ValueError as wrong:
        # TOMLDecodeError, and what the number and date types refuse.
        place = re.search(r"line (\d+), column (\d+)", str(wrong))
        line, column = (int(place[1]), int(place[2])) if place else (len(lines), len(lines[-1]) + 1)
        sentence = TWICE if str(wrong).startswith("Cannot") else NOT_TOML
        raise ShapeError(sentence, line=line, column=column) from None
