"""What could be chosen: the names of the cameras, microphones and speakers of this machine."""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec

from readiness.model import Failure
from readiness.readings import DevicesReading

log = logging.getLogger(__name__)


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to choose: everything is listed."""


def read(task: Task, tell: Callable[[DevicesReading], None]) -> DevicesReading:
    """All three lists. Told one by one, so that what came before a driver that hangs is kept."""
    from readiness.probes.camera import list_cameras
    from readiness.probes.microphone import list_microphones
    from readiness.probes.speaker import list_speakers

    reading = DevicesReading()
    for field, names in (("microphones", list_microphones), ("speakers", list_speakers), ("cameras", list_cameras)):
        try:
            reading = msgspec.structs.replace(reading, **{field: names()})
        except Exception:
            # The other lists are still worth having; the reading says that this one could not be had.
            log.exception("the list of %s could not be had", field)
            reading = msgspec.structs.replace(reading, failure=Failure.CRASHED)
        tell(reading)
    return reading
