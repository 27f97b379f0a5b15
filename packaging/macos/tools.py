"""Runs Apple's command-line tools, again where they fail for a while, and tells in one sentence why one said no."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

#: How long to wait before each new attempt. Apple's servers and disk images have bad minutes, not bad hours.
PAUSES_S: Final = (5.0, 20.0, 60.0)

#: What passes by itself: codesign's time stamp, a ticket that is not there yet, a volume that something still looks at.
_PASSES: Final = re.compile(
    r"timestamp service is not available|timestamp was expected but was not found"
    r"|Record not found|error 65|Resource busy|Resource temporarily unavailable"
    r"|timed? ?out|network connection was lost|internet connection appears to be offline|HTTP status code: 5\d\d",
    re.IGNORECASE,
)


class Refused(Exception):
    """A wrong argument or setting: one sentence."""


class Failed(Exception):
    """A tool said no: one sentence."""


@dataclass(frozen=True)
class Said:
    """What a tool has said, and how it ended."""

    status: int
    out: str
    err: str = ""

    @property
    def last(self) -> str:
        """The end of it, in one line."""
        return " / ".join([*self.out.strip().splitlines(), *self.err.strip().splitlines()][-4:])


Ask = Callable[[Sequence[str]], Said]


def ask(words: Sequence[str]) -> Said:
    """One tool, quietly, whatever it says. Raises Refused when it is not there."""
    if not shutil.which(words[0]):
        raise Refused(f"{words[0]} is missing; it comes with macOS and Xcode's command line tools.")
    done = subprocess.run(list(words), capture_output=True, encoding="utf-8", errors="replace", check=False)
    return Said(done.returncode, done.stdout, done.stderr)


def run(words: Sequence[str], secret: str = "") -> Said:
    """One tool that has to succeed. Raises Failed, without the ``secret`` that was among its words."""
    said = ask(words)
    if said.status:
        told = f"{' '.join(words[:2])} {words[-1]} failed ({said.status}): {said.last}"
        raise Failed(told.replace(secret, "…") if secret else told)
    return said


def run_patiently(words: Sequence[str], wait: Callable[[float], None] = time.sleep) -> Said:
    """The same, tried again after a while where the fault is one that passes."""
    for pause_s in PAUSES_S:
        try:
            return run(words)
        except Failed as error:
            if not _PASSES.search(str(error)):
                raise
            print(f"{error} – once more in {pause_s:.0f} s.")
            wait(pause_s)
    return run(words)
