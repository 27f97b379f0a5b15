"""Plugs a camera into an enclosure: PipeWire carries the pictures, and puts them behind the interface of real cameras."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.lab.inside import Enclosure
from tests.lab.scenarios import Refusal, Scene

#: Commands that a camera needs, and the Debian packages they are in.
NEEDS: Final = {
    "pipewire": "pipewire",
    "pw-cli": "pipewire-bin",
    "pw-link": "pipewire-bin",
    "pw-v4l2": "pipewire-v4l2",
    "wireplumber": "wireplumber",
    "gst-launch-1.0": "gstreamer1.0-tools",
}

#: Plugins that a camera needs, by their place in the library folder, and the Debian packages they are in.
NEEDS_FILES: Final = {
    "gstreamer-1.0/libgstpipewire.so": "gstreamer1.0-pipewire",
    "gstreamer-1.0/libgstrawparse.so": "gstreamer1.0-plugins-base",
}

_HERE: Final = Path(__file__).resolve().parent
_SETTINGS: Final = _HERE / "settings"
_PYTHON: Final = (sys.executable, "-I", "-S")

#: What makes root as powerless as anybody before the file of a device.
_NO_PRIVILEGES: Final = ("setpriv", "--bounding-set", "-sys_admin,-dac_override,-dac_read_search", "--")


class Camera:
    """One camera in an enclosure."""

    def __init__(self, enclosure: Enclosure, scene: Scene, environment: Mapping[str, str]) -> None:
        self._enclosure = enclosure
        self._scene = scene
        self._environment = environment

    @property
    def prefix(self) -> tuple[str, ...]:
        """Put before a command, it makes it see the camera."""
        return _NO_PRIVILEGES if self._scene.refuses else ("pw-v4l2",)

    def begin(self) -> None:
        """Start what takes a while."""
        if self._scene.refuses is None:
            daemon = ["pipewire", "--config", str(_SETTINGS / "pipewire.conf")]
            self._enclosure.start("pipewire", daemon, self._environment)

    def plug_in(self) -> None:
        """Come back when programs can see it."""
        if self._scene.refuses is None:
            self._film()
        self._enclosure.add_camera(self._scene.name, closed=self._scene.refuses is Refusal.BLOCKED)
        if self._scene.refuses is Refusal.BUSY:
            self._enclosure.start("zoom", [*_PYTHON, str(_HERE / "camera_holder.py"), "zoom"], self._environment)
            self._enclosure.await_("zoom to hold the camera", lambda: self._says("zoom", "held"), "zoom")
        if self._scene.hangs:
            self.hang()

    def unplug(self) -> None:
        """Pull it out, now."""
        self._enclosure.signal("camera_man", signal.SIGUSR1)
        self._enclosure.await_("the camera to go", lambda: self._says("camera_man", "pulled out"), "camera_man")

    def film(self, scene: Scene) -> None:
        """From now on show another scene of the same size: somebody turns on a lamp."""
        from tests.lab import paintings

        film = self._enclosure.folder / "film.yuy2"
        frames, length = paintings.frames(scene), film.stat().st_size
        with film.open("r+b") as file:  # in place: the camera man looks at this very file
            file.write((frames * (length // len(frames) + 1))[:length])

    def hang(self) -> None:
        """Make its driver stop answering, until `go_on`."""
        self._enclosure.signal("camera_man", signal.SIGSTOP)

    def go_on(self) -> None:
        self._enclosure.signal("camera_man", signal.SIGCONT)

    def _film(self) -> None:
        from tests.lab import paintings

        enclosure, scene = self._enclosure, self._scene
        film = enclosure.folder / "film.yuy2"
        film.write_bytes(paintings.frames(scene))
        enclosure.await_("PipeWire", (Path(self._environment["XDG_RUNTIME_DIR"]) / "pipewire-0").exists, "pipewire")
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
        man = [*_PYTHON, str(_HERE / "camera_man.py"), json.dumps(shot)]
        enclosure.start("camera_man", man, self._environment)
        logs = ("camera_man", "wireplumber", "pipewire")
        enclosure.await_("the camera", lambda: self._says("camera_man", "plugged in"), *logs)

    def _says(self, process: str, words: str) -> bool:
        return words in self._enclosure.log(process).splitlines()
