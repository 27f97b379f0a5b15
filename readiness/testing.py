"""Invented machines: for tests of faces, for demonstrations, and for anybody who builds on the core."""

from __future__ import annotations

import itertools
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import msgspec

from readiness.live import Live, Picture
from readiness.machine import Choices
from readiness.model import Failure, OsFamily, Reading
from readiness.profile import Profile
from readiness.readings import CameraReading, DevicesReading, MicrophoneReading

R = TypeVar("R", bound=Reading)

#: The kinds of reading that go on until a person is done, as on the real machine.
LIVE_KINDS: Final = (CameraReading, MicrophoneReading, DevicesReading)

#: Between two pictures: about fifteen a second.
_PICTURE_S: Final = 1 / 15


class FakeMachine:
    """A machine whose every reading is given beforehand; what is not given was not found."""

    def __init__(
        self,
        *readings: Reading,
        partial: Sequence[Reading] = (),
        pictures: Sequence[Picture] = (),
        shares: Mapping[type[Reading], str] | None = None,
        during: Callable[[type[Reading], Callable[[], bool]], None] = lambda kind, cancelled: None,
        family: OsFamily = OsFamily.WINDOWS,
    ) -> None:
        """Several ``readings`` of one kind are given one after another, and the last again and again.

        ``partial`` readings are told on the way; ``shares`` is what `shared` answers; ``during`` is called while a
        reading is taken, with its kind and ``cancelled``: it may take its time, or raise.

        While a person watches (``live``), a camera shows the ``pictures`` round and round, and camera, microphone and
        the lists of devices end when the person is done, or at once with a reading that has a failure. Of a kind that
        has no ``partial`` reading the reading itself is told on the way.
        """
        self._readings: defaultdict[type[Reading], list[Reading]] = defaultdict(list)
        for reading in readings:
            self._readings[type(reading)].append(reading)
        self._partial = tuple(partial)
        self._pictures = tuple(pictures)
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
        live: Live | None = None,
    ) -> R:
        self.asked.append((kind, choices))
        reading = self._next(kind)
        partial = [told for told in self._partial if isinstance(told, kind)]
        watched = live if kind in LIVE_KINDS else None
        for told in partial or ([reading] if watched else []):
            tell(told)
        self._during(kind, cancelled)
        if watched and reading.failure is None:
            self._go_on(kind, watched, cancelled)
        if cancelled():
            reading = msgspec.structs.replace(reading, failure=Failure.CANCELLED)
        return reading

    def _next(self, kind: type[R]) -> R:
        given = self._readings[kind]
        reading = (given.pop(0) if len(given) > 1 else given[0]) if given else kind(failure=Failure.NONE_FOUND)
        assert isinstance(reading, kind)
        return reading

    def _go_on(self, kind: type[Reading], live: Live, cancelled: Callable[[], bool]) -> None:
        """Show pictures, if it is a camera, until the person is done or gone."""
        pictures = itertools.cycle(self._pictures if kind is CameraReading else ())
        pause = threading.Event()
        while not live.done() and not cancelled():
            if picture := next(pictures, None):
                live.show(picture)
            pause.wait(_PICTURE_S)
