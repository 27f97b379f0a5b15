"""What a program costs while it runs: seconds, processor time and peak memory, its children included."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self

import msgspec
import psutil

MIB: Final = 1 << 20

#: How often the memory of one process is looked at, and that of a browser with its many (which takes much longer).
_LOOK_S: Final = 0.05
_LOOK_AT_TREE_S: Final = 1.0


class Broke(Exception):
    """A program did not do what it was started for. The text says which, and what it said last."""


class Ran(msgspec.Struct, frozen=True):
    """A program that has ended by itself."""

    output: bytes
    seconds: float
    cpu_s: float
    peak_mib: float


def run(command: Sequence[str], *, deadline_s: float, task: bytes = b"") -> Ran:
    """Run a program to its end. Raises Broke when it fails, or takes longer than ``deadline_s``."""
    with tempfile.TemporaryFile() as complaints:
        begun = monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, start_new_session=True
        )
        assert process.stdin
        assert process.stdout
        watch = _PeakOfOne(process.pid)
        watch.start()
        timer = threading.Timer(deadline_s, _end_group, (process.pid,))
        timer.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(task)
                process.stdin.close()
            output = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            seconds = monotonic() - begun
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            timer.cancel()
            watch.stop()
            if process.returncode is None:
                _end_group(process.pid)
                process.wait()
            process.stdout.close()
        if process.returncode:
            complaints.seek(0)
            said = (complaints.read() or output).decode(errors="replace").strip().splitlines() or ["nothing"]
            late = " (its time was over)" if seconds >= deadline_s else ""
            raise Broke(f"{' '.join(command)[:200]} ended with {process.returncode}{late}; it said: {said[-1][:300]}")
    return Ran(output, seconds, usage.ru_utime + usage.ru_stime, watch.peak_kib / 1024)


def _end_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


class _PeakOfOne(threading.Thread):
    """The most memory that one process held: the system's own high-water mark, read until the process is gone.

    The mark in the resource usage would not do: it begins with that of the process that started this one.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True, name=f"memory of {pid}")
        self._status = Path(f"/proc/{pid}/status")
        self._over = threading.Event()
        self.peak_kib = 0

    def run(self) -> None:
        while not self._over.wait(_LOOK_S):
            with contextlib.suppress(OSError):
                self.peak_kib = max(self.peak_kib, high_water_kib(self._status.read_text()))

    def stop(self) -> None:
        self._over.set()
        self.join()


def high_water_kib(status: str) -> int:
    """The peak resident memory in a ``/proc/PID/status``, in KiB; 0 for a process that has ended."""
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), None)
    return int(line.split()[1]) if line else 0


class Tree:
    """A program that does not end by itself, with all it starts. Leaving the ``with`` ends every one of them.

    It lives in a process namespace of its own: nothing that it starts can outlive it or hide from the count.
    """

    def __init__(self, inside: Sequence[str], command: Sequence[str], log: Path) -> None:
        """``inside`` goes before the command: it leads into a network namespace."""
        self._command = [*inside, "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", *command]
        self._log = log
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True, name="memory of a browser")
        self.peak_mib = 0.0

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._watch.join()
        _end_group(self._process.pid)
        self._process.wait()

    @property
    def cpu_s(self) -> float:
        """Processor time so far, of all that run and of all that have been waited for."""
        total = 0.0
        for process in self._processes():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
        return total

    def _look(self) -> None:
        while not self._over.wait(_LOOK_AT_TREE_S):
            self.peak_mib = max(self.peak_mib, self._memory_mib())

    def _memory_mib(self) -> float:
        """Pages that several of the processes share are counted once, in parts (the "proportional set size")."""
        total = 0
        for process in self._processes():
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
        return total / MIB

    def _processes(self) -> list[psutil.Process]:
        try:
            root = psutil.Process(self._process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.Error:
            return []
