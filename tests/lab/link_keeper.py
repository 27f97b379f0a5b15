"""Takes a link away when its standard input ends, which the kernel sees to however the link's owner ends.

python -I -S link_keeper.py FOLDER NAMESPACE...

Whatever runs in the namespaces is killed, whoever started it; then the namespaces, their settings and the folder go.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

#: How long what was killed may take to be gone.
_PATIENCE_S = 5.0


def main() -> None:
    folder, *namespaces = sys.argv[1:]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    print("ready", flush=True)
    sys.stdin.read()
    places = [Path("/run/netns", name) for name in namespaces]
    _empty({_identity(place) for place in places} - {None})
    for place in places:
        if place.exists():
            subprocess.run(["ip", "netns", "del", place.name], capture_output=True, check=False)
        shutil.rmtree(Path("/etc/netns", place.name), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _identity(place: Path) -> tuple[int, int] | None:
    with contextlib.suppress(OSError):
        seen = place.stat()
        return seen.st_dev, seen.st_ino
    return None


def _empty(wanted: set[tuple[int, int] | None]) -> None:
    """Kill what runs there, again and again: a program may be just starting another one."""
    ends_at = time.monotonic() + _PATIENCE_S
    while time.monotonic() < ends_at:
        inside = [
            int(process.name)
            for process in Path("/proc").iterdir()
            if process.name.isdigit() and _identity(process / "ns" / "net") in wanted
        ]
        if not inside:
            return
        for pid in inside:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


if __name__ == "__main__":
    main()
