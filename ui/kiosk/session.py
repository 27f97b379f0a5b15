"""Whether somebody stands at the kiosk, and when to ask: a clock and what was noticed go in, a phase comes out. No Qt.

    waiting ──touch──▶ visiting ──idle──▶ asking ──countdown──▶ over ──▶ waiting
                          ▲                  │
                          └──── presence ────┘

Nobody is asked while something is measured: a person who listens to tones is not gone. A person may ask for more time
as often as they like (WCAG 2.2.1 wants ten times at least).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What the kiosk does now."""

    WAITING = "waiting"
    """Nobody is there: the first screen."""
    VISITING = "visiting"
    """A visitor goes through the pages."""
    ASKING = "asking"
    """“Are you still there?”"""
    OVER = "over"
    """The visitor is gone: everything starts over."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the kiosk waits for a visitor."""

    idle_s: float = 60.0
    """Without any presence until the visitor is asked."""
    countdown_s: float = 30.0
    """From the question to the start."""
    done_s: float = 30.0
    """On the last page, which begins again by itself."""
    noticed_s: float = 300.0
    """How long movement and sound alone count as presence: a busy waiting room would else keep a visit open for ever."""
    probe_s: float = 120.0
    """How long a measurement may keep the question away. None takes so long that works as it should."""


class Session:
    """One visitor's presence; the next visitor gets a new one. Times are seconds of any clock that never goes back."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self.phase = Phase.WAITING
        self._present_s = 0.0
        """When somebody was there last, as far as we know."""
        self._meant_s = 0.0
        """When somebody last touched the screen or a key."""
        self._asked_s = 0.0
        self._measuring_since_s: float | None = None
        self.is_done = False
        """Whether the visitor is on the last page."""

    def touched(self, now_s: float) -> None:
        """Somebody touched the screen or a key: there is no doubt."""
        if self.phase is Phase.OVER:
            return
        self.phase = Phase.VISITING
        self._present_s = self._meant_s = now_s

    def noticed(self, now_s: float) -> None:
        """Somebody moved before the camera, or spoke: most likely the visitor."""
        if self.phase in (Phase.VISITING, Phase.ASKING) and now_s - self._meant_s <= self._patience.noticed_s:
            self.phase = Phase.VISITING
            self._present_s = now_s

    def reach_end(self, is_done: bool) -> None:
        """Whether the last page is shown now."""
        self.is_done = is_done

    def tick(self, now_s: float, *, is_measuring: bool) -> Phase:
        """What to do now; called about once a second."""
        if self._is_kept_busy(now_s, is_measuring=is_measuring):
            self._present_s = now_s
            if self.phase is Phase.ASKING:
                self.phase = Phase.VISITING
        elif self.phase is Phase.VISITING:
            self._look_for_absence(now_s)
        elif self.phase is Phase.ASKING and self.left_s(now_s) <= 0:
            self.phase = Phase.OVER
        return self.phase

    def leave(self) -> None:
        """The visitor says that they are done."""
        self.phase = Phase.OVER

    def left_s(self, now_s: float) -> float:
        """What is left until the kiosk starts over, once that is counted down: asking, or on the last page."""
        if self.phase is Phase.ASKING:
            return self._asked_s + self._patience.countdown_s - now_s
        return self._present_s + self._patience.done_s - now_s

    # --- Inside

    def _look_for_absence(self, now_s: float) -> None:
        if self.is_done:
            if self.left_s(now_s) <= 0:
                self.phase = Phase.OVER
        elif now_s - self._present_s >= self._patience.idle_s:
            self.phase = Phase.ASKING
            self._asked_s = now_s

    def _is_kept_busy(self, now_s: float, *, is_measuring: bool) -> bool:
        """Whether a measurement runs, and not for longer than any should."""
        if not is_measuring or self.phase is Phase.WAITING or self.phase is Phase.OVER:
            self._measuring_since_s = None
            return False
        if self._measuring_since_s is None:
            self._measuring_since_s = now_s
        return now_s - self._measuring_since_s < self._patience.probe_s
