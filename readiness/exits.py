"""What a script can tell from the exit status, whichever face it started; and what every face does by default."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

DEFAULT_PROFILE: Final = "kaiser_permanente"


class Exit(IntEnum):
    """The documented exit statuses."""

    READY = 0
    STAFF_LEFT = 0
    """Of a kiosk: staff has ended it."""
    NOT_READY = 1
    BAD_INPUT = 2
    PARTLY_CHECKED = 3
    RESTART_APP = 10
    """Of a kiosk's window: staff wants it to be started again."""
    RESTART_COMPUTER = 20
    """Of a kiosk: staff wants the computer to be started again."""
    OUR_FAULT = 70
    STOPPED = 130
    CUT_OFF = 141
    """Whoever read our output closed it before its end, so nobody knows the verdict."""
