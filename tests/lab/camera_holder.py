"""Has the lab's camera for itself, as a program in a visit has: whoever else opens it is told EBUSY by the kernel.

Run inside the enclosure: ``python -I -S camera_holder.py NAME``, where NAME is what the program is called. There is no
driver here that lets one program alone open a camera; terminals can do that. So one is put in the camera's place.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import struct
import sys
import termios
from pathlib import Path

_MS_BIND = 0x1000
_PR_SET_NAME = 15
_TIOCSPTLCK = 0x40045431
_TIOCGPTN = 0x80045430
_CAPABILITY_VERSION_3 = 0x20080522


def main() -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    # Terminals of our own, which nobody's rights stand in the way of.
    terminals = Path("/dev/terminals")
    terminals.mkdir()
    _check(libc.mount(b"devpts", bytes(terminals), b"devpts", ctypes.c_ulong(0), b"newinstance,ptmxmode=0600"))
    maker = os.open(terminals / "ptmx", os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(maker, _TIOCSPTLCK, struct.pack("i", 0))
    (number,) = struct.unpack("i", fcntl.ioctl(maker, _TIOCGPTN, bytes(4)))
    terminal = bytes(terminals / str(number))
    _check(libc.mount(terminal, b"/dev/video0", None, ctypes.c_ulong(_MS_BIND), None))
    camera = os.open("/dev/video0", os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(camera, termios.TIOCEXCL)
    libc.prctl(_PR_SET_NAME, sys.argv[1].encode(), 0, 0, 0)
    # Give up every privilege, as a program of the person's has none: only then may others see what it holds open.
    libc.capset(struct.pack("Ii", _CAPABILITY_VERSION_3, 0), bytes(24))
    print("held", flush=True)
    signal.pause()
    return 0


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    sys.exit(main())
