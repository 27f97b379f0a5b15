"""What the pages must know of the place where the kiosk stands, and what they may ask of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

#: How far what is to be read stands from the edges: a kiosk's frame often covers a part of its screen.
EDGE_PX: Final = 48


@dataclass(frozen=True, kw_only=True)
class Place:
    """One for each visitor."""

    languages: tuple[str, ...] = ("en", "es")
    """Those that a visitor may choose."""
    has_tests: bool = True
    """Whether camera, microphone and speaker may be tried; not in safe mode."""
    has_voice: bool = True
    """Whether the screen may be read aloud."""
    printer: str | None = None
    """The name of the printer for visitors; empty for the system's own, None where nothing is printed."""
    front_desk: Mapping[str, str] = field(default_factory=dict)
    """Where to ask, by language, in the clinic's own words; empty for ours."""
    phone: str = ""
    """The front desk's number; empty for none."""
    leave: Callable[[], None] = lambda: None
    """The visitor is done: start over."""
    reach_end: Callable[[bool], None] = lambda is_there: None
    """The last page is shown, or not any more."""
    seconds_left: Callable[[], float] = lambda: 0.0
    """Until the last page starts over."""
    tell_broken: Callable[[str], None] = lambda check_id: None
    """The camera, microphone or speaker of the kiosk does not work: staff should know."""
