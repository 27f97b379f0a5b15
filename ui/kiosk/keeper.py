"""What the window needs of those who keep the kiosk running beside it: the supervisor, and what is kept in its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from readiness.model import Report


@dataclass(frozen=True)
class Fault:
    """Something that went wrong, as staff is told."""

    code: str
    sentence: str
    """N_-marked."""
    when: str
    """Date and time, as it is written."""


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """By default nobody keeps the kiosk: nothing is known, nothing is told, and no PIN is right."""

    beat: Callable[[str], None] = lambda state: None
    """Once a second: the window lives, and what it does."""
    wait_for_pin_s: Callable[[], float] = lambda: 0.0
    """How long nobody may try a PIN, after too many wrong ones."""
    is_pin: Callable[[str], bool] = lambda pin: False
    tell_broken: Callable[[str], None] = lambda check_id: None
    """The camera, microphone or speaker does not work: remember a fault."""
    tell_visit_ended: Callable[[], None] = lambda: None
    """A visitor has left; that they are counted is all that is known of them."""
    keep_self_test: Callable[[Report], None] = lambda report: None
    faults: Callable[[], Sequence[Fault]] = lambda: ()
    """The last ones, the newest first."""
    health: Callable[[], Mapping[str, str]] = dict
    """What else staff may want to know: words and values."""
