"""Opens a camera, lets it settle, looks at about two seconds of its pictures and forgets them.

While a person watches it looks on, and shows them what it sees. Pictures stay in memory, one or two at a time: nothing is
written or logged, and nothing but numbers comes into a reading.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Final

import msgspec

from readiness.live import Live
from readiness.model import Failure
from readiness.probes.camera_list import FoundCamera, choose, in_order
from readiness.probes.camera_look import Look, System
from readiness.readings import CameraReading

#: The last moment for a reading of our own: the parent gives up a little later (8 s, starting this process included).
LAST_S: Final = 6.5


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which camera to look at."""

    camera: str | None = None
    """A name, a part of one, or an index into the list of cameras; None for the first that has a lens."""
    live: bool = False
    """Whether a person watches."""


def this_system() -> System | None:
    """Where to ask on this computer; None on a system we do not know."""
    if sys.platform == "win32":
        from readiness.probes import camera_windows

        return camera_windows
    if sys.platform == "darwin":
        from readiness.probes import camera_macos

        return camera_macos
    if sys.platform == "linux":
        from readiness.probes import camera_linux

        return camera_linux
    return None


def list_cameras() -> tuple[str, ...] | None:
    """Names of all cameras, the one that is taken by default first; None on a system we do not know."""
    system = this_system()
    if system is None:
        return None
    _quiet_opencv()
    return tuple(camera.name for camera in in_order(system.find_cameras()))


def read(task: Task, tell: Callable[[CameraReading], None], live: Live | None = None) -> CameraReading:
    """Facts about the camera that ``task`` names. Takes about 3 s for a good one and 6.5 s at most, unless its
    driver hangs on opening.

    With ``live`` it looks on until the person is done, at most that long for a first picture; facts are those of the
    last moments.
    """
    last_at = time.monotonic() + LAST_S
    system = this_system()
    if system is None:
        return CameraReading(failure=Failure.UNSUPPORTED)
    _quiet_opencv()
    cameras = in_order(system.find_cameras())
    known = CameraReading(name=task.camera, available=tuple(camera.name for camera in cameras))
    camera = choose(cameras, task.camera)
    if camera is None:
        return msgspec.structs.replace(known, failure=Failure.NONE_FOUND)
    known = msgspec.structs.replace(known, name=camera.name, virtual=camera.is_virtual)
    tell(known)
    for backend, index in camera.places:
        look = Look(system, camera, known, tell, last_at, live)
        look.through(backend, index)
        if look.saw_pictures or (live and live.done()):
            return look.reading()
    return _silent(system, camera, known)


def _silent(system: System, camera: FoundCamera, known: CameraReading) -> CameraReading:
    """Why no picture came at all, as far as the system tells."""
    held_by = system.held_by(camera)
    failure = system.trouble(camera)
    if failure is None:
        failure = Failure.BUSY if held_by else Failure.NOT_ANSWERING
        if not system.is_present(camera):
            failure = Failure.UNPLUGGED
    return msgspec.structs.replace(known, failure=failure, frames=0, held_by=held_by)


def _quiet_opencv() -> None:
    """Set what OpenCV reads when it is loaded: no chatter, and no search for hardware that takes Media Foundation
    many seconds on some computers.
    """
    os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
