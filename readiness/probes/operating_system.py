"""Which operating system is this, and which version of it?"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Mapping

import msgspec

from readiness.readings import OperatingSystemReading, OsFamily


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to choose: there is one system."""


def read(task: Task, tell: Callable[[OperatingSystemReading], None]) -> OperatingSystemReading:
    """What the system says of itself. A system that does not tell its version has none in the reading."""
    if sys.platform == "win32":
        from readiness.probes import operating_system_windows

        return operating_system_windows.read()
    if sys.platform == "darwin":
        from readiness.probes import operating_system_macos

        return operating_system_macos.read()
    if sys.platform == "linux":
        return linux(os_release())
    return OperatingSystemReading(family=OsFamily.OTHER, name=platform.system() or None, version=platform.release())


def os_release() -> Mapping[str, str]:
    """The fields of /etc/os-release (or its copy in /usr/lib); none where a small container has no such file."""
    try:
        return platform.freedesktop_os_release()
    except (OSError, UnicodeDecodeError):
        return {}


def linux(fields: Mapping[str, str]) -> OperatingSystemReading:
    """What os-release's fields mean. A distribution that rolls on (Arch, for one) has no version."""
    version = fields.get("VERSION_ID") or None
    name = fields.get("NAME") or "Linux"
    return OperatingSystemReading(family=OsFamily.LINUX, name=f"{name} {version}" if version else name, version=version)
