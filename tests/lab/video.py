"""Plugs a camera into an enclosure: PipeWire carries the pictures, and puts them behind the interface of real cameras."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.lab import cameras
from tests.lab.cameras import Scene
from tests.lab.inside import Enclosure

#: Commands that a camera needs, and the Debian packages they are in.
NEEDS: Final = {
    "pipewire": "pipewire",
    "pw-cli": "pipewire-bin",
    "pw-link": "pipewire-bin",
    "pw-v4l2": "pipewire-v4l2",
    "wireplumber": "wireplumber",
    "gst-launch-1.0": "gstreamer1.0-tools",
}

#: Plugins that a camera needs, as patterns under the library folders, and the Debian packages they are in.
NEEDS_FILES: Final = {
    "gstreamer-1.0/libgstpipewire.so": "gstreamer1.0-pipewire",
    "gstreamer-1.0/libgstcoreelements.so": "libgstreamer1.0-0",
    "gstreamer-1.0/libgstrawparse.so": "gstreamer1.0-plugins-base",
}

_HERE: Final = Path(__file__).resolve().parent
_SETTINGS: Final = _HERE / "settings"


class Camera:
    """One camera in an enclosure."""

    def __init__(self, enclosure: Enclosure, scene: Scene, environment: Mapping[str, str]) -> None:
        self._enclosure = enclosure
        self._scene = scene
        self._environment = environment
        self._socket = Path(environment["XDG_RUNTIME_DIR"]) / "pipewire-0"

    @property
    def prefix(self) -> tuple[str, ...]:
        """Put before a command, it makes it see the camera."""
        return (shutil.which("pw-v4l2") or "pw-v4l2",)

    def begin(self) -> None:
        """Start what takes a while."""
        daemon = ["pipewire", "--config", str(_SETTINGS / "pipewire.conf")]
        self._enclosure.start("pipewire", daemon, self._environment)

    def plug_in(self) -> None:
        """Film, and come back when programs can see it."""
        enclosure, scene = self._enclosure, self._scene
        film = enclosure.folder / "film.yuy2"
        film.write_bytes(cameras.frames(scene))
        enclosure.await_("PipeWire", self._socket.exists, "pipewire")
        settings = {"WIREPLUMBER_CONFIG_DIR": str(_SETTINGS / "wireplumber")}
        enclosure.start("wireplumber", ["wireplumber"], {**self._environment, **settings})
        shot = {
            "frames": str(film),
            "name": scene.name,
            "width_px": scene.width_px,
            "height_px": scene.height_px,
            "fps": scene.fps,
            "freezes_after_s": scene.freezes_after_s,
            "unplugged_after_s": scene.unplugged_after_s,
        }
        man = [sys.executable, "-I", "-S", str(_HERE / "camera_man.py"), json.dumps(shot)]
        enclosure.start("camera_man", man, self._environment)
        enclosure.await_("the camera", lambda: self._says("plugged in"), "camera_man", "wireplumber", "pipewire")
        enclosure.add_camera(scene.name)
        if scene.hangs:
            self.hang()

    def unplug(self) -> None:
        """Pull it out, now."""
        self._enclosure.signal("camera_man", signal.SIGUSR1)
        self._enclosure.await_("the camera to go", lambda: self._says("pulled out"), "camera_man")

    def hang(self) -> None:
        """Make its driver stop answering, for good or until `go_on`."""
        self._enclosure.signal("camera_man", signal.SIGSTOP)

    def go_on(self) -> None:
        self._enclosure.signal("camera_man", signal.SIGCONT)

    def _says(self, words: str) -> bool:
        return words in self._enclosure.log("camera_man").splitlines()
