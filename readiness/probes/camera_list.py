"""Cameras as the systems list them: their names, their order, and which of them is meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec

#: Programs that pretend to be a camera. Not in the list: programs that bring a phone's lens to the computer (DroidCam,
#: Iriun, EpocCam, Camo, iVCam) and effects on a real lens (NVIDIA Broadcast, YouCam): behind those is a person.
_VIRTUAL: Final = re.compile(
    r"\bobs\b|obs[ -]?virtual|snap camera|manycam|xsplit|splitcam|vcam\b|mmhmm|camtwist|chromacam|unity video capture"
    r"|\bndi\b|webcamoid|akvirtualcamera|virtual (?:web)?cam|fake ?cam|sparkocam|altercam|prism live|dummy video device"
    r"|v4l2 ?loopback|vivid|vimc|logi capture|screen capture",
    re.IGNORECASE,
)

_PHONE: Final = re.compile(r"droidcam|iriun|epoccam|\bcamo\b|ivcam", re.IGNORECASE)

#: The second lens of many laptops, for signing in: it sees warmth, not people.
_INFRARED: Final = re.compile(r"\bir\b|infrared|windows hello|\bdepth\b", re.IGNORECASE)


class FoundCamera(msgspec.Struct, frozen=True):
    """One camera, as the system lists it."""

    name: str
    places: tuple[tuple[int, int], ...]
    """Where OpenCV finds it: pairs of its back end and the index there, the best first."""
    path: str | None = None
    """What stays the same while it is plugged in: a device node or the system's identifier."""
    driver: str = ""

    @property
    def is_virtual(self) -> bool:
        """Whether it is known to be a program and not a lens."""
        if _PHONE.search(self.name):
            return False
        return bool(_VIRTUAL.search(self.name) or _VIRTUAL.search(self.driver))

    @property
    def is_infrared(self) -> bool:
        return bool(_INFRARED.search(self.name))


def in_order(cameras: Iterable[FoundCamera]) -> tuple[FoundCamera, ...]:
    """The system's order, but lenses first, then programs, then infrared; equal names get a number to be chosen by."""
    ordered = sorted(cameras, key=lambda camera: (camera.is_infrared, camera.is_virtual))
    seen: Counter[str] = Counter()
    named = []
    for camera in ordered:
        seen[camera.name] += 1
        number = seen[camera.name]
        named.append(camera if number == 1 else msgspec.structs.replace(camera, name=f"{camera.name} ({number})"))
    return tuple(named)


def choose(cameras: tuple[FoundCamera, ...], wanted: str | None) -> FoundCamera | None:
    """The camera that ``wanted`` means: a name, an index into ``cameras``, or a part of a name; None is the first.

    Upper and lower case do not matter. Returns None when no camera fits.
    """
    if not wanted:
        return cameras[0] if cameras else None
    wanted = wanted.strip().casefold()
    for camera in cameras:
        if camera.name.casefold() == wanted:
            return camera
    if wanted.isdecimal():
        return cameras[int(wanted)] if int(wanted) < len(cameras) else None
    return next((camera for camera in cameras if wanted in camera.name.casefold()), None)
