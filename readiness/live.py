"""Measuring while a person watches: pictures to show on the way, and the moment when the person has seen enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

#: No picture that is shown is larger than this.
MOST_WIDTH_PX: Final = 640
MOST_HEIGHT_PX: Final = 480


class Picture(msgspec.Struct, frozen=True):
    """One camera picture to look at, as the camera sees it: not mirrored. It lives in memory only."""

    width_px: int
    """At most `MOST_WIDTH_PX`."""
    height_px: int
    """At most `MOST_HEIGHT_PX`."""
    rgb: bytes
    """Red, green, blue, one byte each, row by row from the top, nothing between rows: width x height x 3 bytes."""

    def __repr__(self) -> str:
        return f"Picture({self.width_px}x{self.height_px})"  # a picture must not end up in a log


class Live(msgspec.Struct, frozen=True):
    """A person is watching: measure on and on until they are done."""

    show: Callable[[Picture], None]
    """Gets each picture as it comes, in the thread that reads it: never in the thread that called `run`, where pictures
    would queue up. It should only put the picture by; nothing more is read until it returns."""
    done: Callable[[], bool]
    """Whether the person has seen enough: the reading then ends with what it knows of the last moments."""
