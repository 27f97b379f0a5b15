"""Runs Apple's command-line tools, again where they fail for a while, and tells in one sentence why one said no."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: How long to wait before each new attempt. Apple's servers and disk images have bad minutes, not bad hours.
PAUSES_S: Final = (5.0, 20.0, 60.0)

#: What passes by itself: codesign's time stamp, a ticket that is not there yet, a volume that something still looks at.
_PASSES: Final = re.compile(
    r"timestamp service is not available|timestamp was expected but was not found"
    r"|Record not found|error 65|Resource busy|Resource temporarily unavailable"
    r"|timed out|network connection was lost|internet connection appears to be offline|HTTP status code: 5\d\d",
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


def ask(words: Sequence[str]) -> Said:
    """One tool, quietly, whatever it says. Raises Refused when it is not there."""
    if not shutil.which(words[0]):
        raise Refused(f"{words[0]} is missing; it comes with macOS and Xcode's command line tools.")
    done = subprocess.run(list(words), capture_output=True, encoding="utf-8", errors="replace", check=False)
    return Said(done.returncode, done.stdout, done.stderr)


def run(words: Sequence[str], secret: str = "") -> Said:
    """One tool that has to succeed. Raises Failed, without the ``secret`` that was among its words."""
    return must_succeed(words, ask(words), secret)


def run_patiently(words: Sequence[str]) -> Said:
    """The same, tried again after a while where the fault is one that passes."""
    return must_succeed(words, ask_patiently(words))


def ask_patiently(words: Sequence[str]) -> Said:
    """One tool, whatever it says, but again while it fails for a reason that passes."""
    for pause_s in PAUSES_S:
        said = ask(words)
        if not said.status or not _PASSES.search(said.last):
            return said
        print(f"{words[0]}: {said.last} – once more in {pause_s:.0f} s.", flush=True)
        time.sleep(pause_s)
    return ask(words)


def must_succeed(words: Sequence[str], said: Said, secret: str = "") -> Said:
    """What a tool has said. Raises Failed when it has failed."""
    if said.status:
        told = f"{' '.join(words[:2])} {words[-1]} failed ({said.status}): {said.last}"
        raise Failed(told.replace(secret, "…") if secret else told)
    return said
