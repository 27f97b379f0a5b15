"""A place with a camera, a microphone and a speaker that behave as told, for programs that believe they are real.

    with Lab(camera="dark", microphone="speech", speaker="heard") as lab:
        done = lab.run(["check", "--json", "--no-input"])

What is not asked for is not there. It needs Linux and a few Debian packages, no hardware, and no rights beyond root's or
those of user namespaces. What there is to ask for is in `tests.lab.scenarios`; for lines it is in `tests.lab.network`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from tests.lab import sound_system, video
from tests.lab.inside import Enclosure, LabError
from tests.lab.scenarios import LOUDSPEAKERS, NONE, SCENES, VOICES
from tests.lab.sound_system import SoundSystem
from tests.lab.video import Camera

if TYPE_CHECKING:
    from tests.lab.network import Network

PROJECT: Final = Path(__file__).resolve().parent.parent.parent

#: What begins the names of variables by which programs would find the devices of the person's own session.
_NOT_OURS: Final = ("PULSE_", "PIPEWIRE_", "WIREPLUMBER_", "ALSA_", "AUDIO", "DBUS_SESSION", "XDG_")

_S = TypeVar("_S")


class Lab:
    """One lab; several may stand side by side. Use it in a ``with``."""

    def __init__(
        self, *, camera: str = NONE, microphone: str = NONE, speaker: str = NONE, network: str | None = None
    ) -> None:
        """Choose the scenarios. LabError when one does not exist, or a Debian package is missing for it.

        Without a ``network``, the computer's own.
        """
        self._scene = _chosen("camera", camera, SCENES)
        self._voice = _chosen("microphone", microphone, VOICES)
        self._loudspeaker = _chosen("speaker", speaker, LOUDSPEAKERS)
        if self._scene is not None:
            _demand("A camera", video.NEEDS, video.NEEDS_FILES)
        if self._has_sound:
            _demand("Sound", sound_system.NEEDS, sound_system.NEEDS_FILES)
        self._network = _network(network)
        self._everything = ExitStack()
        self._enclosure: Enclosure | None = None
        self._camera: Camera | None = None
        self._sound: SoundSystem | None = None
        self._environment: dict[str, str] = {}

    def __enter__(self) -> Self:
        with ExitStack() as everything:
            prefix: Sequence[str] = ()
            if self._network is not None:
                prefix = everything.enter_context(self._network).prefix
            self._enclosure = Enclosure(prefix)
            everything.callback(self._enclosure.close)
            self._build(self._enclosure)
            self._everything = everything.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take everything away: processes, devices, folder. Comes back when it is gone."""
        self._everything.close()
        self._enclosure = None

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables under which programs find the lab's devices and not the person's own."""
        return self._environment

    @property
    def prefix(self) -> tuple[str, ...]:
        """Put before a command, together with `environment` it makes the command see the lab's devices."""
        return (*self._standing.prefix, *(self._camera.prefix if self._camera else ()))

    @property
    def camera(self) -> Camera:
        """Its camera, to unplug it or let it hang. LabError when there is none."""
        if self._camera is None:
            raise LabError("This lab has no camera.")
        return self._camera

    @property
    def sound(self) -> SoundSystem:
        """Its microphone and speaker, to change them. LabError when there are none."""
        if self._sound is None:
            raise LabError("This lab has neither a microphone nor a speaker.")
        return self._sound

    @property
    def folder(self) -> Path:
        """Where the lab keeps its things, and what its processes say (``*.log``)."""
        return self._standing.folder

    @property
    def network(self) -> Network:
        """Its network, to cut it. LabError when it has none of its own."""
        if self._network is None:
            raise LabError("This lab has no network of its own.")
        return self._network

    def run(self, arguments: Sequence[str], *, timeout_s: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run ``readiness`` with these arguments in the lab, to its end."""
        return self.run_command([sys.executable, "-m", "readiness", *arguments], timeout_s=timeout_s)

    def run_command(self, command: Sequence[str], *, timeout_s: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run any command in the lab, to its end."""
        return subprocess.run(
            [*self.prefix, *command],
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    @property
    def _standing(self) -> Enclosure:
        if self._enclosure is None:
            raise LabError("This lab is not standing: use it in a with statement.")
        return self._enclosure

    @property
    def _has_sound(self) -> bool:
        return self._voice is not None or self._loudspeaker is not None

    def _build(self, enclosure: Enclosure) -> None:
        self._environment = self._surroundings(enclosure.folder)
        # The daemons need a moment; meanwhile pictures and sounds are made.
        if self._has_sound:
            self._sound = SoundSystem(enclosure, self._voice, self._loudspeaker, self._environment)
            self._sound.begin()
        if self._scene is not None:
            self._camera = Camera(enclosure, self._scene, self._environment)
            self._camera.begin()
            self._camera.plug_in()
        if self._sound is not None:
            self._sound.plug_in()

    def _surroundings(self, folder: Path) -> dict[str, str]:
        home, runtime = folder / "home", folder / "run"
        for place in (home, runtime):
            place.mkdir(mode=0o700)
        known = sound_system.settings(microphone=self._voice is not None, speaker=self._loudspeaker is not None)
        (folder / "alsa.conf").write_text(known, encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)}
        paths = [str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {
            **kept,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/no-bus",
            "PULSE_SERVER": f"unix:{folder}/pulse.socket",
            "ALSA_CONFIG_PATH": str(folder / "alsa.conf"),
            "PIPEWIRE_DEBUG": "0",  # PipeWire's own words have no place on the standard error of what we run
            "PYTHONPATH": os.pathsep.join(paths),
            **(self._network.environment if self._network else {}),
        }


def _chosen(kind: str, name: str, scenarios: Mapping[str, _S]) -> _S | None:
    if name == NONE:
        return None
    if name not in scenarios:
        raise LabError(f"There is no {kind} called {name}: it is one of {', '.join((*scenarios, NONE))}.")
    return scenarios[name]


def _network(name: str | None) -> Network | None:
    if name is None:
        return None
    from tests.lab.network import Network

    return Network(name)


def _demand(what: str, commands: Mapping[str, str], files: Mapping[str, str]) -> None:
    """LabError naming the Debian packages that are missing."""
    missing = [package for command, package in commands.items() if shutil.which(command) is None]
    missing += [package for name, package in files.items() if not any(Path("/usr/lib").glob(f"*/{name}"))]
    if missing:
        names = ", ".join(dict.fromkeys(missing))
        raise LabError(f"{what} in the lab needs Debian packages that are missing: {names}.")
