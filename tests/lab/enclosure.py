"""A closed place for a lab: its own /dev, /sys/class, /proc and processes, all gone with the pipe that holds it open.

Run as a program: ``python -I -S enclosure.py FOLDER``. It says the process id of the enclosure's first process on
standard output, then does what it is told, one JSON object a line on standard input, and says "done" or what went
wrong:

* ``{"start": NAME, "argv": […], "environment": {…}}`` starts a process inside; what it says goes to ``FOLDER/NAME.log``;
* ``{"signal": NAME, "number": N}`` sends it, and what it started, a signal;
* ``{"camera": NAME, "closed": BOOL}`` makes ``/dev/video0``, which nobody may open if it is closed, and the file in
  which Linux tells a camera's name.

The kernel ends that pipe however the lab ends (Ctrl-C, SIGKILL, a crash), so nothing needs to be remembered to clean
up: the first process kills everything inside, removes FOLDER and goes; a process that it could have missed dies with its
namespace.

Inside, no real camera or sound card is visible: ``/dev`` is a copy without them. So "none" is a real absence also on a
laptop that has both, and labs side by side do not see each other's devices.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import stat
import sys
from pathlib import Path
from typing import Any

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000

_MS_BIND = 0x1000
_MS_MOVE = 0x2000
_MS_REC = 0x4000
_MS_PRIVATE = 1 << 18

#: Devices of this computer that a lab must not show, and consoles that it does not need.
_NO_DEVICES = re.compile(r"video\d+|media\d+|v4l.*|snd|cec\d+|shm|ptmx|tty\d+|vcs.*|loop.*")
_NO_CLASSES = re.compile(r"video4linux|sound")

#: The numbers of a first camera and of the terminals' maker (Documentation/admin-guide/devices.txt of Linux).
_VIDEO0 = os.makedev(81, 0)
_PTMX = os.makedev(5, 2)

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> int:
    folder = Path(sys.argv[1])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # whatever happens to the lab, the end of the pipe tells us
    try:
        _leave_the_system()
        said, say = os.pipe()
        first = os.fork()
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        print(error, flush=True)
        return 1
    if first:
        print(first, flush=True)
        os.close(say)  # now it is the first process's turn to speak
        os.close(0)
        os.close(1)
        os.waitpid(first, 0)
        return 0
    os.close(say)
    os.read(said, 1)
    os.close(said)
    return _FirstProcess(folder).stay()


class _FirstProcess:
    """The enclosure's process number 1: starts the others and takes everything away at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pids: dict[str, int] = {}

    def stay(self) -> int:
        try:
            print(_said(self._furnish), flush=True)
            for line in sys.stdin:
                wish = json.loads(line)
                print(_said(lambda wish=wish: self._do(wish)), flush=True)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            shutil.rmtree(self._folder, ignore_errors=True)
        return 0

    def _do(self, wish: dict[str, Any]) -> None:
        if "start" in wish:
            self._start(wish["start"], wish["argv"], wish["environment"])
        elif "signal" in wish:
            os.killpg(self._pids[wish["signal"]], wish["number"])
        elif "camera" in wish:
            _add_camera(wish["camera"], closed=wish["closed"])

    def _start(self, name: str, argv: list[str], environment: dict[str, str]) -> None:
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            log = os.open(self._folder / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(log, 1)
            os.dup2(log, 2)
            try:
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
                    signal.signal(number, signal.SIG_DFL)
                os.execvpe(argv[0], argv, environment)
            finally:
                os._exit(127)
        self._pids[name] = child
        with contextlib.suppress(OSError):  # both sides set it, so that it is so whichever comes first
            os.setpgid(child, child)

    def _furnish(self) -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # orphans come to the first process: none stays as a zombie
        _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
        _mount("proc", "/proc", "proc", 0)
        _replace("/dev", self._folder / "dev", leave_out=_NO_DEVICES)
        Path("/dev/shm").mkdir()
        Path("/dev/shm").chmod(0o1777)
        _add_terminals()
        _replace("/sys/class", self._folder / "class", leave_out=_NO_CLASSES)


def _said(action: Any) -> str:
    try:
        action()
    except (OSError, KeyError) as error:
        return f"{type(error).__name__}: {error}"
    return "done"


def _add_terminals() -> None:
    """What makes new terminals: it works only beside the folder where they appear, so it cannot be a copy."""
    try:
        os.mknod("/dev/ptmx", stat.S_IFCHR, _PTMX)
        Path("/dev/ptmx").chmod(0o666)
    except PermissionError:  # in a user's own namespace
        Path("/dev/ptmx").symlink_to("pts/ptmx")


def _add_camera(name: str, *, closed: bool) -> None:
    node = Path("/dev/video0")
    try:
        os.mknod(node, stat.S_IFCHR, _VIDEO0)
        node.chmod(0 if closed else 0o660)
    except PermissionError:  # in a user's own namespace nobody makes device nodes
        node.touch(0 if closed else 0o660)
        if not closed:  # any character device will do
            _mount("/dev/null", str(node), None, _MS_BIND)
    facts = Path("/sys/class/video4linux/video0")
    facts.mkdir(parents=True)
    (facts / "name").write_text(name + "\n", encoding="utf-8")
    (facts / "index").write_text("0\n", encoding="utf-8")
    (facts / "dev").write_text("81:0\n", encoding="utf-8")


def _replace(place: str, scratch: Path, leave_out: re.Pattern[str]) -> None:
    """Put a writable folder in place of a system folder, with the same things in it but for those left out."""
    scratch.mkdir()
    _mount("tmpfs", str(scratch), "tmpfs", 0, "mode=755")
    for entry in os.scandir(place):
        if leave_out.fullmatch(entry.name):
            continue
        copy = scratch / entry.name
        if entry.is_symlink():
            copy.symlink_to(Path(entry.path).readlink())
            continue
        if entry.is_dir():
            copy.mkdir()
        else:
            copy.touch()
        _mount(entry.path, str(copy), None, _MS_BIND | _MS_REC)
    _mount(str(scratch), place, None, _MS_MOVE)


def _leave_the_system() -> None:
    """Go to mounts and processes of our own. A user without rights becomes root of a namespace of their own."""
    user, group = os.geteuid(), os.getegid()
    flags = CLONE_NEWNS | CLONE_NEWPID
    _check(_libc.unshare(flags if user == 0 else flags | CLONE_NEWUSER), "unshare")
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    encoded = [text.encode() if text is not None else None for text in (source, target, kind, options)]
    _check(_libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3]), f"mount {target}")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


if __name__ == "__main__":
    sys.exit(main())
