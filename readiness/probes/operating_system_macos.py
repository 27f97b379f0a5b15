"""Which macOS is this? Not run here: what macOS answers was recorded, and `reading` is tested on it."""

from __future__ import annotations

import os
import platform
import re
import subprocess

from readiness.readings import OperatingSystemReading, OsFamily


def read() -> OperatingSystemReading:
    """What macOS says of itself."""
    return reading(_product_version() or platform.mac_ver()[0])


def _product_version() -> str:
    """The true version: this variable switches off what macOS tells programs that were built for an older one."""
    try:
        answer = subprocess.run(
            ["/usr/bin/sw_vers", "-productVersion"],
            capture_output=True,
            text=True,
            timeout=2,
            check=True,
            env={**os.environ, "SYSTEM_VERSION_COMPAT": "0"},
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return answer.stdout.strip()


def reading(reported: str) -> OperatingSystemReading:
    """What a version that macOS reported means."""
    version = true_version(reported)
    return OperatingSystemReading(
        family=OsFamily.MACOS, name=f"macOS {version}" if version else "macOS", version=version
    )


def true_version(reported: str) -> str | None:
    """The version behind the one that macOS may tell an old program, None where it cannot be known.

    To programs built before a jump in its numbers macOS goes on counting in the old way: 11 and all later ones call
    themselves 10.16, and 26 calls itself 16 (there is no macOS 16 to 25).
    """
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})*", reported) or reported.startswith("10.16"):
        return None
    major, dot, rest = reported.partition(".")
    return f"{int(major) + 10}{dot}{rest}" if 16 <= int(major) < 26 else reported
