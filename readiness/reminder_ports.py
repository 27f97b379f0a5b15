"""The system's own scheduler, which starts the quiet test on the evening before: one way for each system, all alike.

Each way writes one or two small files of its own and tells the scheduler of them; taking it back removes both. Linux was
run; what is written for Windows and macOS was tested as text, not run here.
"""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol
from xml.sax.saxutils import escape

from readiness.text import N_, Refusal, os_reason

#: What the task is called, wherever a system shows its tasks.
NAME: Final = "readiness-reminder"

#: Runs a command; returns its exit status, or what stands for "it could not be started".
Run = Callable[[Sequence[str]], int]

_CANNOT_START: Final = 127


class NotPlanned(Refusal):
    """The system does not take the task."""


class Scheduler(Protocol):
    """Starts a command once, at a time of this computer's clock."""

    @property
    def is_there(self) -> bool:
        """Whether this system has such a scheduler."""

    def plan(self, at: datetime, command: Sequence[str], folder: Path) -> None:
        """Start ``command`` in ``folder`` then, in place of what was planned before. Raises NotPlanned."""

    def remove(self) -> None:
        """Take it back; nothing planned is nothing to do."""


def run_quietly(command: Sequence[str]) -> int:
    """Run a program of the system's and wait for it, 5 seconds at most."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return _CANNOT_START
    return done.returncode


def scheduler_here(home: Path, run: Run = run_quietly, platform: str = sys.platform) -> Scheduler:
    """The scheduler of this system."""
    if platform == "win32":
        return TaskScheduler(home / "AppData" / "Local" / "readiness", run)
    if platform == "darwin":
        return Launchd(home / "Library" / "LaunchAgents", run)
    config = os.environ.get("XDG_CONFIG_HOME")
    return Systemd((Path(config) if config else home / ".config") / "systemd" / "user", run)


def own_command() -> tuple[tuple[str, ...], Path]:
    """How this very program is started, and in which folder."""
    root = Path(__file__).resolve().parent.parent
    if getattr(sys, "frozen", False):
        # Without a terminal: on Windows, one would be opened on that evening.
        program = Path(sys.executable)
        window = program.with_name(f"readiness-window{program.suffix}")
        return (str(window if window.exists() else program),), program.parent
    return (sys.executable, "-m", "ui"), root


class Systemd:
    """A timer of the person's own systemd (Linux): man systemd.timer, systemd.service."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._timer = folder / f"{NAME}.timer"
        self._service = folder / f"{NAME}.service"
        self._run = run

    @property
    def is_there(self) -> bool:
        # Its own socket: there are systems with the program and without anybody's systemd.
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        return bool(runtime) and Path(str(runtime), "systemd", "private").exists() and bool(shutil.which("systemctl"))

    def plan(self, at: datetime, command: Sequence[str], folder: Path) -> None:
        self.remove()
        line = " ".join(map(_systemd_word, command))
        service = (
            "[Unit]\nDescription=Video Visit Readiness: the quiet test before a visit\n\n"
            f"[Service]\nWorkingDirectory={str(folder).replace('%', '%%')}\nExecStart={line}\n"
            # "Something is wrong" is no fault of the task, and the window that says so stays.
            "SuccessExitStatus=1\nKillMode=process\n"
        )
        timer = (
            "[Unit]\nDescription=Video Visit Readiness: the evening before a visit\n\n"
            # Persistent: a computer that was off at the time is tested when it is on again.
            f"[Timer]\nOnCalendar={at:%Y-%m-%d %H:%M:00}\nPersistent=true\nAccuracySec=1min\n\n"
            "[Install]\nWantedBy=timers.target\n"
        )
        _write(self._service, service.encode())
        _write(self._timer, timer.encode())
        self._run(["systemctl", "--user", "daemon-reload"])
        if self._run(["systemctl", "--user", "enable", "--now", self._timer.name]) != 0:
            self.remove()
            raise NotPlanned(N_("This computer did not take the reminder. Use the calendar file instead."))

    def remove(self) -> None:
        if not self._timer.exists() and not self._service.exists():
            return
        # Not --now for the service: it may be the one that is just removing itself.
        self._run(["systemctl", "--user", "disable", "--now", self._timer.name])
        for file in (self._timer, self._service):
            file.unlink(missing_ok=True)
        self._run(["systemctl", "--user", "daemon-reload"])


def _systemd_word(word: str) -> str:
    """One word of a command line in a unit file: quoted, and nothing in it is expanded."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


class TaskScheduler:
    """A task of the Windows Task Scheduler, described in XML: Microsoft's "Task Scheduler Schema", version 1.2."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._file = folder / f"{NAME}.xml"
        self._run = run

    @property
    def is_there(self) -> bool:
        return shutil.which("schtasks") is not None

    def plan(self, at: datetime, command: Sequence[str], folder: Path) -> None:
        _write(self._file, self.described(at, command, folder).encode("utf-16"))
        status = self._run(["schtasks", "/Create", "/F", "/TN", NAME, "/XML", str(self._file)])
        self._file.unlink(missing_ok=True)
        if status != 0:
            raise NotPlanned(N_("This computer did not take the reminder. Use the calendar file instead."))

    def remove(self) -> None:
        self._run(["schtasks", "/Delete", "/F", "/TN", NAME])

    @staticmethod
    def described(at: datetime, command: Sequence[str], folder: Path) -> str:
        """The task as XML. It deletes itself a day after its end, should the test never have run."""
        ends = at + timedelta(days=1)
        arguments = escape(subprocess.list2cmdline(command[1:]))
        return (
            '<?xml version="1.0" encoding="UTF-16"?>\n'
            '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\n'
            "  <RegistrationInfo><Description>Video Visit Readiness: the quiet test before a visit</Description>"
            "</RegistrationInfo>\n"
            f"  <Triggers><TimeTrigger><StartBoundary>{at:%Y-%m-%dT%H:%M:00}</StartBoundary>"
            f"<EndBoundary>{ends:%Y-%m-%dT%H:%M:00}</EndBoundary><Enabled>true</Enabled></TimeTrigger></Triggers>\n"
            '  <Principals><Principal id="Author"><LogonType>InteractiveToken</LogonType>'
            "<RunLevel>LeastPrivilege</RunLevel></Principal></Principals>\n"
            "  <Settings><DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>"
            "<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries><StartWhenAvailable>true</StartWhenAvailable>"
            "<ExecutionTimeLimit>PT10M</ExecutionTimeLimit><DeleteExpiredTaskAfter>PT0S</DeleteExpiredTaskAfter>"
            "</Settings>\n"
            f'  <Actions Context="Author"><Exec><Command>{escape(command[0])}</Command>'
            f"<Arguments>{arguments}</Arguments><WorkingDirectory>{escape(str(folder))}</WorkingDirectory></Exec></Actions>\n"
            "</Task>\n"
        )


class Launchd:
    """A job of the person's own launchd (macOS): man launchd.plist. It would come back every year: the test ends it."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._file = folder / f"{NAME}.plist"
        self._run = run

    @property
    def is_there(self) -> bool:
        return shutil.which("launchctl") is not None

    def plan(self, at: datetime, command: Sequence[str], folder: Path) -> None:
        self.remove()
        _write(self._file, self.described(at, command, folder))
        if self._run(["launchctl", "bootstrap", _domain(), str(self._file)]) != 0:
            self._file.unlink(missing_ok=True)
            raise NotPlanned(N_("This computer did not take the reminder. Use the calendar file instead."))

    def remove(self) -> None:
        if self._file.exists():
            # The file first: ending the job ends the test that removes itself, too.
            self._file.unlink()
            self._run(["launchctl", "bootout", f"{_domain()}/{NAME}"])

    @staticmethod
    def described(at: datetime, command: Sequence[str], folder: Path) -> bytes:
        """The job as a property list."""
        when = {"Month": at.month, "Day": at.day, "Hour": at.hour, "Minute": at.minute}
        job: dict[str, object] = {
            "Label": NAME,
            "ProgramArguments": list(command),
            "WorkingDirectory": str(folder),
            "StartCalendarInterval": when,
            "AbandonProcessGroup": True,  # the window that says what is wrong stays
        }
        return plistlib.dumps(job)


def _domain() -> str:
    """The launchd domain of the person's desktop."""
    return f"gui/{os.getuid() if hasattr(os, 'getuid') else 0}"


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise NotPlanned(
            N_("{file} cannot be written ({reason}), so nothing is planned."), file=str(path), reason=os_reason(error)
        ) from error
