"""Staff's PIN: kept as what scrypt makes of it, and slower to guess with each wrong one.

Four digits have ten thousand values. After five wrong ones each further try costs a wait that doubles up to fifteen
minutes, also over a restart: to try all takes months.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from readiness.kiosk.files import write_whole
from readiness.text import N_, Refusal

FREE_TRIES: Final = 5
FIRST_WAIT_S: Final = 30.0
LONGEST_WAIT_S: Final = 900.0

#: scrypt's cost (RFC 7914): 16 MiB and some 50 ms for each try.
_N, _R, _P = 1 << 14, 8, 1
#: What a line may ask for: a wrong file must not take the kiosk's memory.
_MOST_BYTES: Final = 64 << 20
_SALT_BYTES: Final = 16

_NOT_A_PIN: Final = N_("A PIN has 4 to 12 digits.")


class BadPin(Refusal):
    """Digits that cannot be a PIN."""


def scrypt_line(pin: str) -> str:
    """What stands for a PIN in the settings. Raises `BadPin`."""
    if not re.fullmatch(r"[0-9]{4,12}", pin):
        raise BadPin(_NOT_A_PIN)
    salt = os.urandom(_SALT_BYTES)
    made = _scrypt(pin, salt, _N, _R, _P)
    return "$".join(["scrypt", str(_N), str(_R), str(_P), *(base64.b64encode(part).decode() for part in (salt, made))])


def fits(pin: str, line: str) -> bool:
    """Whether ``line`` was made of this PIN. A line that asks for too much fits none."""
    _, n, r, p, salt, made = line.split("$")
    if not (0 < int(r) * int(n) * 128 <= _MOST_BYTES and 0 < int(p) <= 16):
        return False
    try:
        found = _scrypt(pin, base64.b64decode(salt), int(n), int(r), int(p))
        return hmac.compare_digest(found, base64.b64decode(made))
    except ValueError:
        return False


def _scrypt(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MOST_BYTES * 2, dklen=32)


class _Tries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept over a restart."""

    wrong: int = 0
    """Wrong ones in a row."""
    last_at_s: float = 0.0
    """Of the last wrong one, in seconds since 1970."""


class PinGuard:
    """Counts wrong tries and makes them wait. ``now`` is the clock on the wall: it goes on while the computer is off."""

    def __init__(
        self, line: str | None, path: Path, now: Callable[[], float], *, tell_wait: Callable[[], None] = lambda: None
    ) -> None:
        """``line``: from the settings, None where nobody has a PIN; ``path``: where tries are kept.

        ``tell_wait`` hears when a wait begins.
        """
        self._line = line
        self._path = path
        self._now = now
        self._tell_wait = tell_wait
        self._tries = self._read()

    def wait_s(self) -> float:
        """How long nobody may try."""
        return self._wait_after(self._tries, self._now())

    def admits(self, pin: str) -> bool:
        """Whether this is the PIN; a wrong one is counted. Always False while there is a wait."""
        if self._line is None or self.wait_s() > 0:
            return False
        if fits(pin, self._line):
            self._keep(_Tries())
            return True
        self._keep(_Tries(wrong=self._tries.wrong + 1, last_at_s=self._now()))
        if self.wait_s() > 0:
            self._tell_wait()
        return False

    @staticmethod
    def _wait_after(tries: _Tries, now_s: float) -> float:
        if tries.wrong < FREE_TRIES:
            return 0.0
        wait_s = min(FIRST_WAIT_S * 2.0 ** min(tries.wrong - FREE_TRIES, 16), LONGEST_WAIT_S)
        # A clock that was set back must not shut staff out for longer than the wait itself.
        return min(max(0.0, tries.last_at_s + wait_s - now_s), wait_s)

    def _read(self) -> _Tries:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Tries)
        except (OSError, msgspec.MsgspecError):
            return _Tries()

    def _keep(self, tries: _Tries) -> None:
        if tries == self._tries:
            return
        self._tries = tries
        try:
            write_whole(self._path, msgspec.json.encode(tries))
        except OSError:
            return  # counted in memory all the same: a full disk opens no door
