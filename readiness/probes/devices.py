"""What could be chosen: the names of the cameras, microphones and speakers of this machine."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

import msgspec

from readiness.live import Live
from readiness.model import Failure
from readiness.readings import DevicesReading

log = logging.getLogger(__name__)

#: While a person watches: how long between two looks for what was plugged in or out, and how often "enough" is looked at.
AGAIN_S: Final = 1.0
_LOOK_S: Final = 0.05


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to choose: everything is listed."""

    live: bool = False
    """Whether a person watches."""


def read(task: Task, tell: Callable[[DevicesReading], None], live: Live | None = None) -> DevicesReading:
    """All three lists. Told one by one, so that what came before a driver that hangs is kept.

    With ``live`` they are made and told again every second until the person is done.
    """
    reading = _listed(DevicesReading(), tell)
    if live:
        from readiness.probes.sound import Replugging

        replugging = Replugging()
        while _waited(AGAIN_S, live):
            replugging.look_again()
            reading = _listed(reading, lambda partial: None)
            tell(reading)
    return reading


def _listed(known: DevicesReading, tell: Callable[[DevicesReading], None]) -> DevicesReading:
    """All three lists, in place of those that are known."""
    from readiness.probes.camera import list_cameras
    from readiness.probes.microphone import list_microphones
    from readiness.probes.speaker import list_speakers

    reading = msgspec.structs.replace(known, failure=None)
    for field, names in (("microphones", list_microphones), ("speakers", list_speakers), ("cameras", list_cameras)):
        try:
            reading = msgspec.structs.replace(reading, **{field: names()})
        except Exception:
            # The other lists are still worth having; the reading says that this one could not be had.
            log.exception("the list of %s could not be had", field)
            reading = msgspec.structs.replace(reading, **{field: None}, failure=Failure.CRASHED)
        tell(reading)
    return reading


def _waited(seconds: float, live: Live) -> bool:
    """Wait so long; returns False as soon as the person is done."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if live.done():
            return False
        time.sleep(_LOOK_S)
    return True
