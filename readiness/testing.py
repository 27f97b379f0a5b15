"""Invented machines: for tests of faces, for demonstrations, and for anybody who builds on the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from readiness.machine import Choices
from readiness.model import Failure, Reading
from readiness.profile import Profile

R = TypeVar("R", bound=Reading)


class FakeMachine:
    """A machine whose every reading is given beforehand; what is not given was not found.

    A sequence of readings under a kind plays a measurement: all but the last are told as partial readings.
    """

    def __init__(
        self, *readings: Reading, partial: Sequence[Reading] = (), shares: Mapping[type[Reading], str] | None = None
    ) -> None:
        self._readings = {type(reading): reading for reading in readings}
        self._partial = tuple(partial)
        self._shares = dict(shares or {})
        self.asked: list[tuple[type[Reading], Choices]] = []
        """Which readings were taken, with which choices, in order."""

    def shared(self, kind: type[Reading]) -> str | None:
        return self._shares.get(kind)

    def read(
        self,
        kind: type[R],
        profile: Profile,
        choices: Choices,
        *,
        tell: Callable[[R], None] = lambda partial: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> R:
        self.asked.append((kind, choices))
        for reading in self._partial:
            if isinstance(reading, kind):
                tell(reading)
        reading = self._readings.get(kind, kind(failure=Failure.NONE_FOUND))
        if cancelled():
            reading = msgspec.structs.replace(reading, failure=Failure.CANCELLED)
        assert isinstance(reading, kind)
        return reading
