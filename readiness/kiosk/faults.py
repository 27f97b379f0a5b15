"""What went wrong at a kiosk, as codes that stay the same for ever: staff reads them out, the fleet counts them.

A fault is a code and a time. There is no room in it for anything that a visitor did.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from readiness.kiosk.files import write_whole
from readiness.text import N_

#: By code: what staff reads. A code is never given another meaning, and never used again.
SENTENCES: Final[Mapping[str, str]] = {
    "K01": N_("The screen program ended by itself and was started again."),
    "K02": N_("The screen stood still and was started again."),
    "K03": N_("The screen broke three times. It runs without tests for 15 minutes."),
    "K04": N_("The screen broke five times. It rests for 15 minutes."),
    "K05": N_("The settings cannot be used. The last good ones are in use."),
    "K06": N_("The camera of this kiosk does not work."),
    "K07": N_("The microphone of this kiosk does not work."),
    "K08": N_("The speaker of this kiosk does not work."),
    "K09": N_("The morning test found something that does not work."),
    "K10": N_("The clinic's server for kiosks does not answer."),
    "K11": N_("The clinic's server for kiosks does not let this kiosk in."),
    "K12": N_("Too many wrong PINs."),
    "K13": N_("The disk is full, or cannot be written."),
    "K14": N_("The clinic's server for kiosks shows a certificate that is not trusted."),
    "K15": N_("The settings for the clinic's server cannot be used."),
}

TOO_MANY_PINS: Final = "K12"
BY_CHECK: Final[Mapping[str, str]] = {"camera": "K06", "microphone": "K07", "speaker": "K08"}

#: How many are kept: enough for a bad week.
MOST: Final = 50


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of them."""

    code: str
    at: datetime


class FaultLog:
    """The last faults, kept over a restart. One process writes it; others may read the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._faults = read_faults(path)
        self.counts: dict[str, int] = {}
        """How often each one was noted since the start."""

    @property
    def newest_first(self) -> tuple[Fault, ...]:
        return self._faults

    def note(self, code: str, now: datetime) -> None:
        """Remember a fault. Raises LookupError for a code that does not exist."""
        if code not in SENTENCES:
            raise LookupError(f"there is no fault {code!r}")
        self.counts[code] = self.counts.get(code, 0) + 1
        self._faults = (Fault(code, now.astimezone(UTC).replace(microsecond=0)), *self._faults)[:MOST]
        try:
            write_whole(self._path, msgspec.json.encode(self._faults))
        except OSError:
            return  # kept in memory all the same


def read_faults(path: Path) -> tuple[Fault, ...]:
    """The faults in a file, the newest first; none where it is missing or torn."""
    try:
        faults = msgspec.json.decode(path.read_bytes(), type=tuple[Fault, ...])
    except (OSError, msgspec.MsgspecError):
        return ()
    return tuple(fault for fault in faults if fault.code in SENTENCES)[:MOST]
