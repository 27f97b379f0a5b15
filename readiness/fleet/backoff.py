"""How long to wait before the next try. Pure: a source of chance goes in."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

FIRST_S: Final = 1.0
LONGEST_S: Final = 300.0

#: A connection that held for so long was a good one: the next wait begins small again.
GOOD_S: Final = 60.0


class Backoff:
    """Doubles with each failure, by chance shorter: kiosks whose broker comes back must not all come at once."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        """``chance``: a number from 0 to 1."""
        self._chance = chance
        self._failures = 0

    def wait_s(self) -> float:
        """The next wait: between none and twice the last one's limit ("full jitter")."""
        limit_s = min(FIRST_S * 2.0 ** min(self._failures, 16), LONGEST_S)
        self._failures += 1
        return FIRST_S / 2 + self._chance() * limit_s

    def note_connection(self, lasted_s: float) -> None:
        """A connection has ended."""
        if lasted_s >= GOOD_S:
            self._failures = 0
