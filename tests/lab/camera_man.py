"""Films for a lab: feeds prepared pictures into a PipeWire camera, at the rate and with the mishaps it is told.

Run inside the enclosure: ``python -I -S camera_man.py JSON`` with a `Shot`'s fields. SIGUSR1 unplugs the camera. It says
"plugged in" when programs can see the camera, and "pulled out" when they no longer can.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

#: Every camera promises this, and begins with it: a real one slows down only when it has found how dark it is.
FULL_FPS = 30.0
FULL_FPS_S = 0.5

#: What PipeWire calls the programs that make the camera. Whoever else speaks to it has come to look.
OUR_PROGRAMS = frozenset({"WirePlumber", "WirePlumber [export]", "gst-launch-1.0", "pw-link", "pw-cli"})


@dataclass(frozen=True)
class Shot:
    """What to film."""

    frames: str
    """A file of raw YUY2 pictures, to be shown in a loop."""
    name: str
    """The camera's."""
    width_px: int
    height_px: int
    fps: float
    freezes_after_s: float | None
    """From the first moment at which somebody takes pictures."""
    unplugged_after_s: float | None
    """Likewise."""

    @property
    def size(self) -> int:
        """Bytes of one picture."""
        return self.width_px * self.height_px * 2


class Watchers:
    """Who takes pictures: PipeWire links the camera to them."""

    def __init__(self) -> None:
        self.camera: subprocess.Popen[bytes] | None = None
        """What they are linked to. Ended when they leave: PipeWire's source gives nothing to a second watcher."""
        self._linked = False
        self._first_at: float | None = None
        self._last_at: float | None = None

    def look_out(self) -> None:
        """Notice whoever comes and goes, for good."""
        with subprocess.Popen(["pw-link", "--links", "--monitor"], stdout=subprocess.PIPE, text=True) as links:
            assert links.stdout
            for line in links.stdout:
                if "lab-camera:" not in line or "->" not in line:
                    continue
                if line.startswith("+"):
                    self._last_at = time.monotonic()
                    self._first_at = self._first_at or self._last_at
                    self._linked = True
                elif line.startswith("-"):
                    self._linked = False
                    threading.Thread(target=self._end_if_left, args=(self.camera,), daemon=True).start()

    def _end_if_left(self, camera: subprocess.Popen[bytes] | None) -> None:
        """Programs let go of the pictures while they choose their shape, too: who has left no longer speaks to PipeWire."""
        while not self._linked and _somebody_is_there():
            time.sleep(0.05)
        if camera and not self._linked:
            camera.kill()

    @property
    def since_first_s(self) -> float:
        return 0.0 if self._first_at is None else time.monotonic() - self._first_at

    @property
    def since_last_s(self) -> float:
        return 0.0 if self._last_at is None else time.monotonic() - self._last_at


def main() -> int:
    shot = Shot(**json.loads(sys.argv[1]))
    unplugged = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: unplugged.set())
    watchers = Watchers()
    for task in (watchers.look_out, _announce):
        threading.Thread(target=task, daemon=True).start()
    with (
        Path(shot.frames).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as film,
        memoryview(film) as frames,
    ):
        while True:
            with _plug_in(shot) as camera:
                watchers.camera = camera
                with contextlib.suppress(BrokenPipeError):  # its watcher left, and it ended
                    _film(shot, frames, camera, watchers, unplugged)
                    camera.kill()
                    break
    _pull_out()
    print("pulled out", flush=True)
    return 0


def _film(
    shot: Shot, frames: memoryview, camera: subprocess.Popen[bytes], watchers: Watchers, unplugged: threading.Event
) -> None:
    assert camera.stdin
    count = len(frames) // shot.size
    shown = 0
    due = time.monotonic()
    while not unplugged.is_set():
        if shot.unplugged_after_s is not None and watchers.since_first_s > shot.unplugged_after_s:
            return
        if shot.freezes_after_s is None or watchers.since_first_s <= shot.freezes_after_s:
            shown = (shown + 1) % count
        with frames[shown * shot.size : (shown + 1) * shot.size] as frame:
            _write(camera.stdin.fileno(), frame)
        fps = shot.fps if watchers.since_last_s > FULL_FPS_S else FULL_FPS
        due = max(due + 1 / fps, time.monotonic() - 0.2)  # after a stop, go on rather than catch up
        unplugged.wait(max(0.0, due - time.monotonic()))


def _write(descriptor: int, frame: memoryview) -> None:
    done = 0
    while done < len(frame):
        with frame[done:] as rest:
            done += os.write(descriptor, rest)


def _plug_in(shot: Shot) -> subprocess.Popen[bytes]:
    """The camera as PipeWire sees it."""
    shape = (f"width={shot.width_px}", f"height={shot.height_px}", f"framerate={FULL_FPS:.0f}/1")
    # The name is quoted for the properties, and all of them once more for the pipeline.
    properties = f'props,media.class=Video/Source,node.name=lab-camera,node.description=\\"{shot.name}\\"'
    return subprocess.Popen(
        [
            *("gst-launch-1.0", "-q", "fdsrc", f"blocksize={shot.size}"),
            *("!", "rawvideoparse", "format=yuy2", *shape),
            *("!", "pipewiresink", "mode=provide", f'stream-properties="{properties}"'),
        ],
        stdin=subprocess.PIPE,
    )


def _announce() -> None:
    """Wait until PipeWire shows the camera, with its first picture. Whoever started us knows how long to wait."""
    while b"lab-camera" not in subprocess.run(["pw-cli", "ls", "Node"], capture_output=True, check=False).stdout:
        time.sleep(0.02)
    print("plugged in", flush=True)


def _somebody_is_there() -> bool:
    clients = subprocess.run(["pw-cli", "ls", "Client"], capture_output=True, text=True, check=False).stdout
    return not OUR_PROGRAMS.issuperset(re.findall(r'application\.name = "(.*)"', clients))


def _pull_out() -> None:
    """What the kernel does when a camera is unplugged: its node and its name go."""
    Path("/dev/video0").unlink(missing_ok=True)
    shutil.rmtree("/sys/class/video4linux/video0", ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
