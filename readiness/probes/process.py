"""Run one probe in a child process: a deadline, a limit on what it says, and strict JSON between.

Drivers hang and crash. The child may be lost at any time; the parent then knows the last partial reading and why there
is no more. A child that cannot be killed is abandoned, not waited for.

While a person watches, the child goes on until it is told that this is enough; what goes over the wire is written in
``wire.py``.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import msgspec

from readiness.live import Live, Picture
from readiness.model import Failure, Reading
from readiness.probes.wire import MAX_BYTES, Message, PictureSize

R = TypeVar("R", bound=Reading)

log = logging.getLogger(__name__)

#: How long the parent waits between two looks at ``cancelled``.
LOOK_S: Final = 0.05

#: How long a child that was told that this is enough may take for its final reading.
FINAL_S: Final = 2.0

#: How long a killed child may take to be gone before it is abandoned.
GRACE_S: Final = 1.0

#: How much of the child's complaints is kept for the log.
COMPLAINT_BYTES: Final = 4096


class ChildBroke(Exception):
    """The child ended without a final reading, or said what no probe says."""


def command(probe: str) -> list[str]:
    """What starts the child for a probe: this Python, or our own executable when frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--probe", probe]
    return [sys.executable, "-m", "readiness", "--probe", probe]


def run_child(
    argv: Sequence[str],
    task: Mapping[str, object],
    kind: type[R],
    *,
    deadline_s: float,
    tell: Callable[[R], None] = lambda partial: None,
    cancelled: Callable[[], bool] = lambda: False,
    live: Live | None = None,
) -> R:
    """The reading of the child started with ``argv``; ``tell`` gets partial ones on the way.

    While a person watches (``live``) the deadline counts from the last thing that the child said. ``live.show`` gets
    its pictures, in a thread of its own; nothing more is heard of the child until it returns.

    Never raises for what the child does: a missed deadline gives the last partial reading with NOT_ANSWERING, a broken
    child the same with CRASHED, and ``cancelled()`` with CANCELLED.
    """
    last = kind()
    try:
        child = _Child(argv, task, live)
    except OSError as error:
        log.error("probe %s: could not be started: %s", argv[-1], error)
        return kind(failure=Failure.CRASHED)
    ends_at = child.heard_at + deadline_s
    try:
        while True:
            if cancelled():
                return msgspec.structs.replace(last, failure=Failure.CANCELLED)
            if live and not child.is_finishing:
                ends_at = child.heard_at + deadline_s
                if live.done():
                    child.finish()
                    ends_at = time.monotonic() + FINAL_S
            if time.monotonic() >= ends_at:
                log.info("probe %s: no answer within its time", argv[-1])
                # Who is done before a slow computer has started the child has stopped it: nothing was tried yet.
                is_too_early = child.is_finishing and not child.has_spoken
                failure = Failure.CANCELLED if is_too_early else Failure.NOT_ANSWERING
                return msgspec.structs.replace(last, failure=failure)
            with contextlib.suppress(queue.Empty):
                reading, is_final = child.next_reading(kind, min(LOOK_S, max(0.0, ends_at - time.monotonic())))
                if is_final:
                    return reading
                last = reading
                tell(reading)
    except ChildBroke as error:
        log.error("probe %s: %s", argv[-1], error)
        return msgspec.structs.replace(last, failure=Failure.CRASHED)
    finally:
        child.end()


class _Child:
    """A started child process, what it says, and its end."""

    def __init__(self, argv: Sequence[str], task: Mapping[str, object], live: Live | None) -> None:
        # A group of its own: whatever the child starts ends with it, and Ctrl-C reaches the parent alone.
        self._process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=os.name == "posix",
            creationflags=_NO_WINDOW,
        )
        self._live = live
        self.heard_at = time.monotonic()
        """When it last said something, or was started."""
        self.has_spoken = False
        self.is_finishing = False
        """Whether it was told that this is enough."""
        self._heard: queue.SimpleQueue[Message | Exception | None] = queue.SimpleQueue()
        """None at its end."""
        self._complaints = b""
        self._readers = (
            threading.Thread(target=self._listen, daemon=True, name=f"lines of probe {argv[-1]}"),
            threading.Thread(target=self._read_complaints, daemon=True, name=f"complaints of probe {argv[-1]}"),
        )
        for reader in self._readers:
            reader.start()
        assert self._process.stdin
        with contextlib.suppress(OSError):  # a child that is gone already is noticed at its first missing line
            self._process.stdin.write(msgspec.json.encode(task) + b"\n")
            self._process.stdin.flush()
        if live is None:
            self._close_input()

    def next_reading(self, kind: type[R], wait_s: float) -> tuple[R, bool]:
        """The next reading, and whether it is the final one.

        Raises queue.Empty, ChildBroke, or whatever ``live.show`` raised.
        """
        heard = self._heard.get(timeout=wait_s)
        if heard is None:
            raise ChildBroke(f"ended without a reading: {self._last_words()}")
        if isinstance(heard, Exception):
            raise heard
        try:
            return msgspec.json.decode(heard.final or heard.partial, type=kind), bool(heard.final)
        except msgspec.MsgspecError as error:
            raise ChildBroke(f"said what no probe says: {error}") from error

    def finish(self) -> None:
        """Tell it that this is enough; no more pictures are shown."""
        self.is_finishing = True
        self._close_input()

    def end(self) -> None:
        """Kill what is left of it. A child that survives its killing is abandoned to the system."""
        self.is_finishing = True
        self._close_input()
        _kill_with_descendants(self._process)
        try:
            self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            log.error("process %d could not be killed and is left behind", self._process.pid)
            return
        for reader, stream in zip(self._readers, (self._process.stdout, self._process.stderr), strict=True):
            reader.join(GRACE_S)
            if stream and not reader.is_alive():
                stream.close()

    def _listen(self) -> None:
        """Hear it to its end: readings are put by, pictures are shown."""
        assert self._process.stdout
        try:
            said = 0
            while said < MAX_BYTES and (line := self._process.stdout.readline(MAX_BYTES)):
                self.heard_at, self.has_spoken = time.monotonic(), True
                said = 0 if self._live else said + len(line)
                message = msgspec.json.decode(line, type=Message)
                if message.picture is None:
                    self._heard.put(message)
                    continue
                if self._live is None:
                    raise ChildBroke("said what no probe says: a picture that nobody asked for")
                self._show(self._live, message.picture)
        except msgspec.MsgspecError as error:
            self._heard.put(ChildBroke(f"said what no probe says: {error}"))
        except Exception as error:  # noqa: BLE001 - what showing raises is raised again where the reading was asked for
            self._heard.put(error)
        else:
            self._heard.put(None)

    def _show(self, live: Live, size: PictureSize) -> None:
        assert self._process.stdout
        rgb = self._process.stdout.read(size.bytes)
        if len(rgb) == size.bytes and not self.is_finishing:
            live.show(Picture(size.width_px, size.height_px, rgb))

    def _read_complaints(self) -> None:
        assert self._process.stderr
        while chunk := os.read(self._process.stderr.fileno(), COMPLAINT_BYTES):
            self._complaints = (self._complaints + chunk)[-COMPLAINT_BYTES:]

    def _close_input(self) -> None:
        assert self._process.stdin
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def _last_words(self) -> str:
        self._readers[1].join(GRACE_S)
        lines = self._complaints.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no complaint either"


#: On Windows a console child of a windowed program would flash up a black window.
_NO_WINDOW: Final[int] = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def _kill_with_descendants(process: subprocess.Popen[bytes]) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        # taskkill is part of every Windows and ends the whole tree, which Popen.kill does not.
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", str(process.pid)],
                capture_output=True,
                timeout=GRACE_S * 3,
                check=False,
                creationflags=_NO_WINDOW,
            )
    if process.poll() is None:
        process.kill()
