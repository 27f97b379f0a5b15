"""Run a command inside an enclosure: ``python enter.py PID COMMAND…``, where PID is the enclosure's first process.

Like nsenter(1), except that Ctrl-C and SIGTERM reach the command and are answered by it, not by its doorkeeper.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

_CLONE_NEWNS = 0x00020000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWPID = 0x20000000
_CLONE_NEWNET = 0x40000000


def main() -> int:
    pid, command = int(sys.argv[1]), sys.argv[2:]
    kinds = _CLONE_NEWNS | _CLONE_NEWPID
    if os.geteuid() != 0:
        kinds |= _CLONE_NEWUSER
    elif _net(pid) != _net(os.getpid()):
        kinds |= _CLONE_NEWNET
    here = Path.cwd()
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        enclosure = os.pidfd_open(pid)
        if libc.setns(enclosure, kinds) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        os.close(enclosure)
    except OSError as error:
        print(f"the lab cannot be entered: {error.strerror}", file=sys.stderr)
        return 70
    os.chdir(here)  # entering puts us at the root
    child = os.fork()
    if child == 0:
        try:
            os.execvp(command[0], command)
        except OSError as error:
            print(f"{command[0]}: {error.strerror}", file=sys.stderr)
            os._exit(127)
    # Ctrl-C on a terminal reaches the command by itself; a signal to us alone is passed on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:  # end as the command did
        with contextlib.suppress(OSError):  # nobody handles SIGKILL
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def _net(pid: int) -> Path:
    return Path(f"/proc/{pid}/ns/net").readlink()


if __name__ == "__main__":
    sys.exit(main())
