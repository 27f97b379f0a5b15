"""What the window tells the supervisor: one line of JSON a second, and faults. And when the window must end itself."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import BinaryIO, Final

import msgspec

BEAT_S: Final = 1.0

#: A line is far shorter; a child that writes more without an end of line is broken.
MAX_BYTES: Final = 4096


class Activity(StrEnum):
    """What goes on, as far as the supervisor needs to know: nothing of what a visitor does."""

    STARTING = "starting"
    ATTRACT = "attract"
    VISIT = "visit"
    SELF_TEST = "self_test"
    STAFF = "staff"
    RESTING = "resting"


class SelfTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the morning test came to: how many checks ended in which way."""

    at_s: float
    """When it ended, in seconds since 1970."""
    statuses: dict[str, str]
    """By check id: the value of `readiness.model.Status`."""


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line."""

    beat: Activity | None = None
    fault: str | None = None
    self_test: SelfTest | None = None
    visit_ended: bool = False
    """A visitor has left: they are counted, and nothing else."""


class Line:
    """The way from the window to the supervisor; without a supervisor it leads nowhere."""

    def __init__(self, stream: BinaryIO | None) -> None:
        self._stream = stream

    def beat(self, activity: str) -> None:
        """The window lives. To be called by its own event loop: if that stands still, so do the beats."""
        self._write(Message(beat=Activity(activity)))

    def tell_fault(self, code: str) -> None:
        self._write(Message(fault=code))

    def tell_self_test(self, result: SelfTest) -> None:
        self._write(Message(self_test=result))

    def tell_visit_ended(self) -> None:
        self._write(Message(visit_ended=True))

    def _write(self, message: Message) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(msgspec.json.encode(message) + b"\n")
            self._stream.flush()
        except OSError:
            self._stream = None  # the supervisor is gone: `end_with` ends us


def end_with(parent: BinaryIO, end: Callable[[], None] = lambda: os._exit(0)) -> threading.Thread:
    """End this process when the supervisor goes, whose pipe ``parent`` is: a kiosk nobody looks after must not stay."""

    def wait() -> None:
        while parent.read(1):
            pass
        end()

    thread = threading.Thread(target=wait, name="end with the supervisor", daemon=True)
    thread.start()
    return thread
