"""Films for a lab: feeds prepared pictures into a PipeWire camera, at the rate and with the mishaps it is told.

Run inside the enclosure: ``python -I -S camera_man.py JSON`` with a `Shot`'s fields and the camera's ``name``. Pictures
come from a file of raw YUY2 frames, shown in a loop in real time. SIGUSR1 unplugs the camera.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any


def main() -> int:
    shot = json.loads(sys.argv[1])
    size = shot["width_px"] * shot["height_px"] * 2
    camera = _plug_in(shot, size)
    unplugged = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: unplugged.set())
    threading.Thread(target=_announce, daemon=True).start()  # it only shows with the first picture
    watched = threading.Event()
    if any(shot[mishap] is not None for mishap in ("freezes_after_s", "unplugged_after_s")):
        threading.Thread(target=_wait_for_a_watcher, args=(watched,), daemon=True).start()
    with (
        Path(shot["frames"]).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as film,
        memoryview(film) as frames,
        contextlib.suppress(BrokenPipeError),  # the camera is gone
    ):
        _film(shot, frames, size, camera, watched, unplugged)
    camera.kill()
    camera.wait()
    _pull_out()
    print("pulled out", flush=True)
    return 0


def _film(
    shot: dict[str, Any],
    frames: memoryview,
    size: int,
    camera: subprocess.Popen[bytes],
    watched: threading.Event,
    unplugged: threading.Event,
) -> None:
    assert camera.stdin
    count = len(frames) // size
    shown = 0
    watched_since = None
    due = time.monotonic()
    while not unplugged.is_set():
        now = time.monotonic()
        if watched_since is None and watched.is_set():
            watched_since = now
        watched_s = 0.0 if watched_since is None else now - watched_since
        if shot["unplugged_after_s"] is not None and watched_s > shot["unplugged_after_s"]:
            return
        if shot["freezes_after_s"] is None or watched_s <= shot["freezes_after_s"]:
            shown = (shown + 1) % count
        rest = frames[shown * size : (shown + 1) * size]
        while rest:
            rest = rest[os.write(camera.stdin.fileno(), rest) :]
        due = max(due + 1 / shot["fps"], time.monotonic() - 0.2)  # after a stop, go on rather than catch up
        unplugged.wait(max(0.0, due - time.monotonic()))


def _plug_in(shot: dict[str, Any], size: int) -> subprocess.Popen[bytes]:
    """The camera as PipeWire sees it; it promises 30 pictures a second however many come, as real ones do."""
    shape = (f"width={shot['width_px']}", f"height={shot['height_px']}")
    # The name is quoted for the properties, and all of them once more for the pipeline.
    properties = f'props,media.class=Video/Source,node.name=lab-camera,node.description=\\"{shot["name"]}\\"'
    return subprocess.Popen(
        [
            *("gst-launch-1.0", "-q", "fdsrc", f"blocksize={size}"),
            *("!", "rawvideoparse", "format=yuy2", *shape, "framerate=30/1"),
            *("!", "pipewiresink", "mode=provide", f'stream-properties="{properties}"'),
        ],
        stdin=subprocess.PIPE,
    )


def _announce() -> None:
    """Wait until PipeWire shows the camera to programs, and say so. Whoever started us knows when to stop waiting."""
    while b"lab-camera" not in subprocess.run(["pw-cli", "ls", "Node"], capture_output=True, check=False).stdout:
        time.sleep(0.02)
    print("plugged in", flush=True)


def _wait_for_a_watcher(watched: threading.Event) -> None:
    """Notice the first program that takes pictures: PipeWire links the camera to it."""
    with subprocess.Popen(["pw-link", "--links", "--monitor"], stdout=subprocess.PIPE, text=True) as links:
        assert links.stdout
        for line in links.stdout:
            if "lab-camera:" in line:
                watched.set()
                break
        links.terminate()


def _pull_out() -> None:
    """What the kernel does when a camera is unplugged: its node and its name go."""
    Path("/dev/video0").unlink(missing_ok=True)
    shutil.rmtree("/sys/class/video4linux/video0", ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
