"""Invented machines: for tests of faces, for demonstrations, and for anybody who builds on the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from readiness.machine import Choices
from readiness.model import Failure, OsFamily, Reading
from readiness.profile import Profile

R = TypeVar("R", bound=Reading)


class FakeMachine:
    """A machine whose every reading is given beforehand; what is not given was not found."""

    def __init__(
        self,
        *readings: Reading,
        partial: Sequence[Reading] = (),
        shares: Mapping[type[Reading], str] | None = None,
        during: Callable[[type[Reading], Callable[[], bool]], None] = lambda kind, cancelled: None,
        family: OsFamily = OsFamily.WINDOWS,
    ) -> None:
        """Give at most one reading of a kind.

        ``partial`` readings are told on the way; ``shares`` is what `shared` answers; ``during`` is called while a
        reading is taken, with its kind and ``cancelled``: it may take its time, or raise.
        """
        self._readings = {type(reading): reading for reading in readings}
        self._partial = tuple(partial)
        self._shares = dict(shares or {})
        self._during = during
        self.family = family
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
        self._during(kind, cancelled)
        reading = self._readings.get(kind, kind(failure=Failure.NONE_FOUND))
        if cancelled():
            reading = msgspec.structs.replace(reading, failure=Failure.CANCELLED)
        assert isinstance(reading, kind)
        return reading
