"""A clock of a test's own, and an event loop that goes by it: what is waited for comes at once, however busy the computer."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

#: Nothing takes no time at all: whoever waits for the next moment must not wait for ever.
_LEAST_S: Final = 1e-6

T = TypeVar("T")


class Clock:
    """Stands in for the module ``time``: it goes on only when somebody waits, or when a test says so."""

    def __init__(self) -> None:
        self.now_s = time.monotonic()

    def perf_counter(self) -> float:
        return self.now_s

    def monotonic(self) -> float:
        return self.now_s

    def pass_by(self, seconds: float) -> None:
        """Let time go by in which nothing else happens, as on a computer that stands still."""
        self.now_s += seconds

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Stands in for `asyncio.run`."""
        with asyncio.Runner(loop_factory=lambda: _Loop(self)) as runner:
            return runner.run(main)

    def __getattr__(self, name: str) -> object:
        return getattr(time, name)  # all other clocks are the computer's own


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock) -> None:
        super().__init__(_Selector(clock))
        self._clock = clock

    def time(self) -> float:
        return self._clock.now_s


class _Selector(selectors.DefaultSelector):
    """Does not wait: it puts the clock forward."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found: list[tuple[selectors.SelectorKey, int]] = super().select(None if timeout is None else 0)
        self._clock.pass_by(_LEAST_S if found else max(timeout or 0.0, _LEAST_S))
        return found
