"""Sets the system's volume, without waiting for it: each visitor begins with the same. Windows and macOS: not run here."""

from __future__ import annotations

import logging
import sys

from readiness.readings import OsFamily
from ui.program import found, program

log = logging.getLogger(__name__)


def set_volume(family: OsFamily, volume_pct: int) -> bool:
    """Sound on, at so many percent of what the system can do; whether there was a way to ask for it."""
    if family is OsFamily.WINDOWS:
        return _set_on_windows(volume_pct)
    commands = commands_for(family, volume_pct)
    return all(program(path, arguments).startDetached() for path, *arguments in commands) if commands else False


def commands_for(family: OsFamily, volume_pct: int) -> tuple[tuple[str, ...], ...]:
    """What to run on this system; empty where there is nothing that could be run."""
    if family is OsFamily.MACOS:
        return (("/usr/bin/osascript", "-e", f"set volume output volume {volume_pct} without output muted"),)
    if family is OsFamily.LINUX and (pactl := found("pactl")):
        sink = "@DEFAULT_SINK@"
        return ((pactl, "set-sink-mute", sink, "0"), (pactl, "set-sink-volume", sink, f"{volume_pct}%"))
    return ()


def _set_on_windows(volume_pct: int) -> bool:
    if sys.platform != "win32":
        return False
    from pycaw.pycaw import AudioUtilities

    try:
        endpoint = AudioUtilities.GetSpeakers().EndpointVolume
        endpoint.SetMute(0, None)
        endpoint.SetMasterVolumeLevelScalar(volume_pct / 100, None)
    except Exception:  # noqa: BLE001 - whatever COM says: a kiosk goes on without it
        log.warning("the volume could not be set")
        return False
    return True
