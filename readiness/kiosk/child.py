"""The window as a child process: started, listened to, ended with all that it has started."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Final

import msgspec

from readiness.kiosk.heartbeat import MAX_BYTES, Message

#: How long a child that was told to end may take before it is killed.
GRACE_S: Final = 2.0

#: On Windows the console program is the child, since only that has a way to speak to us; it gets no black window.
_NO_WINDOW: Final[int] = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class Gone(msgspec.Struct, frozen=True):
    """The child has ended, with this exit status; a negative one is the signal that ended it."""

    status: int


class Child:
    """Speaks through `next_word`. Whoever starts one also has to `end` it."""

    def __init__(self, argv: Sequence[str]) -> None:
        """Raises OSError where it cannot be started."""
        self._process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if sys.platform == "win32" else None,
            start_new_session=os.name == "posix",
            creationflags=_NO_WINDOW,
        )
        self._words: queue.SimpleQueue[Message | Gone] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, name="words of the window", daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def next_word(self, wait_s: float) -> Message | Gone | None:
        """What it says next, or that it is gone; None where it says nothing for so long."""
        with contextlib.suppress(queue.Empty):
            return self._words.get(timeout=wait_s)
        return None

    def end(self, *, at_once: bool = False) -> None:
        """End it in good order, or by force when it does not answer; with it whatever it has started."""
        assert self._process.stdin
        left = _descendants(self._process.pid)
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        if not at_once:
            if sys.platform != "win32":  # there it would be the end at once; the closed pipe is the word to end
                self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_S)
        _kill(self._process, left)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_S)
        self._listener.join(GRACE_S)
        assert self._process.stdout
        if not self._listener.is_alive():
            self._process.stdout.close()

    def _listen(self) -> None:
        assert self._process.stdout
        while line := self._process.stdout.readline(MAX_BYTES):
            with contextlib.suppress(msgspec.MsgspecError):  # what it says beside our lines is not for us
                self._words.put(msgspec.json.decode(line, type=Message))
        self._words.put(Gone(self._process.wait()))


def _descendants(pid: int) -> list[int]:
    """The children of a process, and theirs: probes stand in process groups of their own."""
    if sys.platform == "win32":
        return []  # taskkill finds them itself
    try:
        asked = ["ps", "-A", "-o", "pid=,ppid="]
        table = subprocess.run(asked, capture_output=True, timeout=GRACE_S, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    parents = [(int(child), int(parent)) for child, parent in map(bytes.split, table.splitlines())]
    family, news = [], [pid]
    while news:
        news = [child for child, parent in parents if parent in news]
        family += news
    return family


def _kill(process: subprocess.Popen[bytes], left: Sequence[int]) -> None:
    if sys.platform == "win32":
        # A part of every Windows; it ends the whole tree, which Popen.kill does not.
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            asked = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.run(asked, capture_output=True, timeout=GRACE_S, check=False, creationflags=_NO_WINDOW)
    else:
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    process.kill()
