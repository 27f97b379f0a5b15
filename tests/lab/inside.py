"""The lab's side of an enclosure: starts processes inside it, and knows how to get commands in there."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

#: How long anything may take to be ready or to be gone. Things take a tenth of a second; a busy machine, more.
PATIENCE_S: Final = 10.0

#: An interpreter that starts fast, and knows nothing of the person's packages and settings.
_PYTHON: Final = (sys.executable, "-I", "-S")
_HERE: Final = Path(__file__).resolve().parent


class LabError(Exception):
    """Why there can be no such lab here, in one sentence."""


class Enclosure:
    """A folder, and processes with devices of their own. `close` takes it all away, and so does our own end."""

    def __init__(self, prefix: Sequence[str] = ()) -> None:
        """Make one; ``prefix`` is put before its command (a network namespace)."""
        self.folder = Path(tempfile.mkdtemp(prefix="readiness-lab-"))
        self._process = subprocess.Popen(
            [*prefix, *_PYTHON, str(_HERE / "enclosure.py"), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # Ctrl-C on a terminal is for us to answer
        )
        self._waiting = b""
        try:
            first = self._answer()
            if not first.isdecimal():
                raise LabError(f"A lab needs root or user namespaces, which this system refuses: {first}.")
            self._first = int(first)
            self._expect_done("furnish the lab")
        except BaseException:
            self.close()
            raise

    @property
    def prefix(self) -> tuple[str, ...]:
        """Put before a command, it makes it run inside."""
        return (*_PYTHON, str(_HERE / "enter.py"), str(self._first))

    def start(self, name: str, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a process that stays; it goes by ``name``. What it says is in `log`."""
        self._tell(f"start {name}", start=name, argv=list(argv), environment=dict(environment))

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to the process of that name and all that it started."""
        self._tell(f"signal {name}", signal=name, number=int(number))

    def add_camera(self, name: str, *, closed: bool) -> None:
        """Make /dev/video0, and the name by which Linux knows it. Nobody without privileges may open a closed one."""
        self._tell("add a camera", camera=name, closed=closed)

    def log(self, name: str) -> str:
        """What the process of that name has said so far."""
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        return ""

    def await_(self, what: str, happened: Callable[[], bool], *logs: str) -> None:
        """Wait until it has happened. LabError when it does not, with the last lines of those logs."""
        ends_at = time.monotonic() + PATIENCE_S
        while not happened():
            if time.monotonic() > ends_at:
                said = " | ".join(line for log in logs for line in self.log(log).strip().splitlines()[-3:])
                raise LabError(f"The lab waited {PATIENCE_S:.0f} s in vain for {what}. {said}".strip())
            time.sleep(0.01)

    def close(self) -> None:
        """Kill everything inside and remove the folder. Comes back when it is gone."""
        assert self._process.stdin
        assert self._process.stdout
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)  # only if it never came to its own clearing away

    def _tell(self, what: str, **wish: object) -> None:
        assert self._process.stdin
        if self._process.stdin.closed:
            raise LabError(f"The lab could not {what}: it is gone.")
        with contextlib.suppress(BrokenPipeError):  # an enclosure that is gone does not answer either
            self._process.stdin.write(json.dumps(wish).encode() + b"\n")
        self._expect_done(what)

    def _expect_done(self, what: str) -> None:
        answer = self._answer()
        if answer != "done":
            raise LabError(f"The lab could not {what}: {answer}.")

    def _answer(self) -> str:
        assert self._process.stdout
        descriptor = self._process.stdout.fileno()
        ends_at = time.monotonic() + PATIENCE_S
        while b"\n" not in self._waiting:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, ends_at - time.monotonic()))
            piece = os.read(descriptor, 4096) if ready else b""
            if not piece:
                return "no answer from inside"
            self._waiting += piece
        line, _, self._waiting = self._waiting.partition(b"\n")
        return line.decode()
