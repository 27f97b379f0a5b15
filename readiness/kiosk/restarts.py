"""What to do when the window breaks again and again: a clock and crashes go in, a mode and a pause come out.

normal ──3 crashes in 5 min──▶ safe ──5 crashes in 5 min──▶ resting
  ▲                              │                             │
  └────────── 15 min ────────────┴─────────────────────────────┘
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from typing import Final

WINDOW_S: Final = 300.0
SAFE_AFTER: Final = 3
RESTING_AFTER: Final = 5
RECOVERY_S: Final = 900.0

#: The pause before a start, doubled with each crash up to the longest: start screen again within 8 s after the first.
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0


class Mode(StrEnum):
    """How the window is started."""

    NORMAL = "normal"
    SAFE = "safe"
    """No camera, microphone or speaker, and the settings that worked last."""
    RESTING = "resting"
    """One sentence: please ask at the front desk."""


_ORDER: Final = tuple(Mode)


class Restarts:
    """One for the life of the supervisor. Times are seconds of any clock that never goes back."""

    def __init__(self) -> None:
        self._crashes: deque[float] = deque()
        self._mode = Mode.NORMAL
        self._mode_since_s = 0.0
        self.count = 0
        """All crashes so far."""

    @property
    def mode(self) -> Mode:
        """How to start the window next."""
        return self._mode

    def note_crash(self, now_s: float) -> None:
        """The window ended by itself, or did not answer and was ended."""
        self.count += 1
        self._crashes.append(now_s)
        self._forget(now_s)
        recent = len(self._crashes)
        worst = Mode.RESTING if recent >= RESTING_AFTER else Mode.SAFE if recent >= SAFE_AFTER else Mode.NORMAL
        if _ORDER.index(worst) > _ORDER.index(self._mode):
            self._mode, self._mode_since_s = worst, now_s

    def recovers_in_s(self, now_s: float) -> float | None:
        """How long until all may be tried again; None while all is well."""
        return None if self._mode is Mode.NORMAL else max(0.0, self._mode_since_s + RECOVERY_S - now_s)

    def recover(self) -> None:
        """Begin again as if nothing had been."""
        self._mode = Mode.NORMAL
        self._crashes.clear()

    def pause_s(self, now_s: float) -> float:
        """How long to wait before the next start: longer after each crash in a row, so that a fault does not race."""
        self._forget(now_s)
        if not self._crashes:
            return 0.0
        return min(FIRST_PAUSE_S * 2.0 ** min(len(self._crashes) - 1, 16), LONGEST_PAUSE_S)

    def _forget(self, now_s: float) -> None:
        while self._crashes and self._crashes[0] <= now_s - WINDOW_S:
            self._crashes.popleft()
