"""Which Windows is this? Not run here: what Windows answers was recorded, and `reading` is tested on it."""

from __future__ import annotations

import sys
from typing import Final

from readiness.model import Failure
from readiness.readings import OperatingSystemReading, OsFamily

#: Windows 11 still calls itself 10.0: only the number of the build tells the two apart.
FIRST_BUILD_OF_11: Final = 22000

#: Marketing releases by the version of the system's kernel.
_RELEASES: Final = {(6, 0): "Vista", (6, 1): "7", (6, 2): "8", (6, 3): "8.1"}

#: Servers are sold by the year, by the build they came with (Microsoft's list of Windows Server releases).
_SERVERS: Final = ((26100, "2025"), (20348, "2022"), (17763, "2019"), (14393, "2016"))

#: `product_type` of a system for people; 2 and 3 are servers.
_WORKSTATION: Final = 1


def read() -> OperatingSystemReading:
    """What Windows says of itself."""
    if sys.platform == "win32":
        windows = sys.getwindowsversion()
        # What the system's own library says: `major` and `minor` may be what an old program expects to hear.
        major, minor, build = windows.platform_version
        return reading(major, minor, build, windows.product_type)
    return OperatingSystemReading(failure=Failure.UNSUPPORTED)


def reading(major: int, minor: int, build: int, product_type: int) -> OperatingSystemReading:
    """What the numbers of `sys.getwindowsversion` mean.

    A server gets no version: its numbers cannot be compared with those of the Windows that people have at home.
    """
    if product_type != _WORKSTATION:
        year = next((year for first_build, year in _SERVERS if build >= first_build), "")
        return OperatingSystemReading(family=OsFamily.WINDOWS, name=f"Windows Server {year}".rstrip(), version=None)
    if major >= 10:
        release = "11" if build >= FIRST_BUILD_OF_11 else "10"
    else:
        release = _RELEASES.get((major, minor), f"{major}.{minor}")
    version = f"{release}.{build}" if release[0].isdigit() else f"{major}.{minor}.{build}"
    return OperatingSystemReading(family=OsFamily.WINDOWS, name=f"Windows {release}", version=version)
