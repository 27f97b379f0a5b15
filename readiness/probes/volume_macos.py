"""Volume and mute as macOS tells them. Not run here: read on recorded answers of the real system."""

from __future__ import annotations

import re
import subprocess
from typing import Final

from readiness.probes.sound_linux import Volume

_ANSWER_S: Final = 2.0


def read(name: str, *, is_default: bool) -> Volume:
    """Volume and mute of the default speaker; unknown for any other, which this question is not about."""
    if not is_default:
        return Volume()
    try:
        done = subprocess.run(
            ["osascript", "-e", "get volume settings"], capture_output=True, check=True, timeout=_ANSWER_S, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return Volume()
    return parse(done.stdout)


def parse(told: str) -> Volume:
    """Volume and mute in AppleScript's record: ``output volume:44, input volume:75, …, output muted:false``.

    A speaker without a volume of its own (a monitor's, over HDMI) has ``missing value``.
    """
    volume = re.search(r"\boutput volume:(\d+)", told)
    muted = re.search(r"\boutput muted:(true|false)", told)
    return Volume(float(volume[1]) if volume else None, muted[1] == "true" if muted else None)
