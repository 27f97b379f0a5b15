"""How a kiosk is, in one small file: for ``readiness kiosk health``, for staff's screen, and for the fleet.

Counts, codes and times. Nothing of a visitor, and nothing that tells which computer this is.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec

from readiness.kiosk.files import write_whole
from readiness.kiosk.heartbeat import Activity
from readiness.kiosk.restarts import Mode
from readiness.model import Status


class Light(StrEnum):
    """For a glance: an icon, a word and a colour each."""

    GREEN = "green"
    """It works."""
    YELLOW = "yellow"
    """It works in part: somebody should look today."""
    RED = "red"
    """Nobody can use it."""


class Health(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it is now."""

    schema_version: int = 1
    app_version: str
    config_version: int
    written_at_s: float
    """Seconds since 1970."""
    uptime_s: int
    """Since the supervisor was started."""
    restarts: int
    """Crashes and stand-stills of the window since then."""
    visits: int
    """Visitors since then."""
    mode: Mode
    activity: Activity
    self_test_at_s: float | None = None
    """When the last morning test ended, in seconds since 1970."""
    self_test: dict[str, str] = {}
    """By check id: the value of `readiness.model.Status`."""
    faults: dict[str, int] = {}
    """How often each fault happened since the supervisor was started, by code."""
    last_fault: str | None = None

    @property
    def light(self) -> Light:
        """What staff should do about it."""
        if self.mode is Mode.RESTING:
            return Light.RED
        broken = {Status.FAIL.value, Status.UNKNOWN.value} & {
            status for check, status in self.self_test.items() if check in ("camera", "microphone", "speaker")
        }
        return Light.YELLOW if self.mode is Mode.SAFE or broken else Light.GREEN


def write_health(path: Path, health: Health) -> None:
    """Raises OSError."""
    write_whole(path, msgspec.json.encode(health))


def read_health(path: Path) -> Health | None:
    """None where there is no such file, or it is torn or newer than this program."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Health)
    except (OSError, msgspec.MsgspecError):
        return None
