"""The machine as the core sees it: ask for a kind of reading, get its facts. The only place that names probes."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypeVar

import msgspec

from readiness.live import Live
from readiness.model import OsFamily, Reading
from readiness.probes import process
from readiness.probes.wire import ToParent
from readiness.profile import Limit, Profile
from readiness.readings import (
    BandwidthReading,
    BrowserReading,
    CallQualityReading,
    CameraReading,
    ComputerReading,
    ConnectionReading,
    DevicesReading,
    MicrophoneReading,
    OperatingSystemReading,
    SpeakerReading,
)

R = TypeVar("R", bound=Reading)


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the person chose for a run. None means the system's default."""

    camera: str | None = None
    """A name, a part of one, or an index."""
    microphone: str | None = None
    speaker: str | None = None
    tones: int | None = None
    """How many tones to play, 1 to 4, when somebody is there to count them; None when nobody is."""


#: Every device is the system's default, and nobody is there to count tones.
NO_CHOICE: Final = Choices()


class Machine(Protocol):
    """Where readings come from: the real machine, or an invented one (`readiness.testing.FakeMachine`)."""

    @property
    def family(self) -> OsFamily:
        """Its kind of operating system."""

    def shared(self, kind: type[Reading]) -> str | None:
        """The thing that a reading of ``kind`` needs for itself, or None: those that share one run one by one."""

    def read(
        self,
        kind: type[R],
        profile: Profile,
        choices: Choices,
        *,
        tell: Callable[[R], None] = ...,
        cancelled: Callable[[], bool] = ...,
        live: Live | None = ...,
    ) -> R:
        """One reading of ``kind``. Blocks until it is there, its deadline has passed, or ``cancelled()``.

        ``tell`` gets partial readings on the way. With ``live`` a kind that can be watched is measured on and on, until
        ``live.done()`` or until there is nothing more to measure; ``live.show`` gets its pictures, in a thread of the
        machine's choice and never after this has returned. Other kinds ignore it.

        Never raises for what the machine does: see `Reading.failure`.
        """


class Port(msgspec.Struct, frozen=True):
    """How one kind of reading is had from this machine."""

    probe: str
    """The module under ``readiness.probes`` that reads it, in a child process."""
    deadline_s: float
    task: Callable[[Profile, Choices], Mapping[str, object]] = lambda profile, choices: {}
    """The fields of the probe's ``Task``. Not the Task itself: importing its module would load the drivers here."""
    shares: str | None = None
    """What it needs for itself: readings that share it (the air between speaker and microphone, the line) run one by one."""
    can_be_watched: bool = False
    """Whether its probe goes on while a person watches: its ``Task`` then has a field ``live``."""


def _connection_task(profile: Profile, choices: Choices) -> Mapping[str, object]:
    network = profile.network
    return {"hosts": network.hosts, "other_hosts": network.other_hosts, "portal_pages": network.portal_pages}


def _bandwidth_task(profile: Profile, choices: Choices) -> Mapping[str, object]:
    needs = profile.requirements.get("bandwidth", {})
    return {
        "servers": profile.servers,
        "needed_down_mbps": _enough(needs.get("down_mbps")),
        "needed_up_mbps": _enough(needs.get("up_mbps")),
        "other_hosts": profile.network.other_hosts,
    }


def _call_quality_task(profile: Profile, choices: Choices) -> Mapping[str, object]:
    return {"servers": profile.turn, "other_hosts": profile.network.other_hosts}


def _enough(limit: object) -> float | None:
    """The rate from which on a direction is good, by which a measurement may end early."""
    return msgspec.convert(limit, Limit).good_from if limit else None


#: Deadlines: the camera's and the sound's from the design (a hung driver costs 8 s and 6 s), the speaker's with up to
#: four tones on top; the line's with the search for servers (up to 20 s), two directions (13 s each) and a second look;
#: the call's with the search for a server and a transport (12 s), and its packets (10 s and, on a slow line, some more).
#: Both fill the line, so they take turns; the connection comes before them, and watches for a second what others do on it.
PORTS: Final[Mapping[type[Reading], Port]] = {
    CameraReading: Port("camera", 8, lambda profile, choices: {"camera": choices.camera}, can_be_watched=True),
    MicrophoneReading: Port(
        "microphone", 6, lambda profile, choices: {"microphone": choices.microphone}, "sound", can_be_watched=True
    ),
    SpeakerReading: Port(
        "speaker",
        8,
        lambda profile, choices: {
            "speaker": choices.speaker,
            "microphone": choices.microphone,
            "tones": choices.tones,
        },
        "sound",
    ),
    ConnectionReading: Port("connection", 6, _connection_task, "line"),
    BandwidthReading: Port("bandwidth", 60, _bandwidth_task, "line"),
    CallQualityReading: Port("call_quality", 30, _call_quality_task, "line"),
    BrowserReading: Port("browser", 6),
    OperatingSystemReading: Port("operating_system", 4),
    ComputerReading: Port("computer", 4),
    DevicesReading: Port("devices", 8, can_be_watched=True),
}


class ThisMachine:
    """The computer we run on. Every probe runs in a child process of its own, so that none can hang or crash us."""

    @property
    def family(self) -> OsFamily:
        families = {"win32": OsFamily.WINDOWS, "darwin": OsFamily.MACOS, "linux": OsFamily.LINUX}
        return families.get(sys.platform, OsFamily.OTHER)

    def shared(self, kind: type[Reading]) -> str | None:
        return PORTS[kind].shares

    def read(
        self,
        kind: type[R],
        profile: Profile,
        choices: Choices,
        *,
        tell: Callable[[R], None] = lambda partial: None,
        cancelled: Callable[[], bool] = lambda: False,
        live: Live | None = None,
    ) -> R:
        port = PORTS[kind]
        watched = live if port.can_be_watched else None
        return process.run_child(
            process.command(port.probe),
            {**port.task(profile, choices), "live": True} if watched else port.task(profile, choices),
            kind,
            deadline_s=port.deadline_s,
            tell=tell,
            cancelled=cancelled,
            live=watched,
        )


def serve_probe(name: str) -> int:
    """The child's side: read the task, measure, say the readings, all on the pipes the parent gave us.

    Returns the exit status. Whatever a driver prints goes to standard error: the lines to the parent stay clean.
    """
    port = next((port for port in PORTS.values() if port.probe == name), None)
    if port is None:
        print(f"there is no probe called {name}", file=sys.stderr)
        return 2
    with os.fdopen(os.dup(1), "wb") as lines:
        os.dup2(2, 1)
        parent = ToParent(sys.stdin.buffer, lines, port.deadline_s)
        module = importlib.import_module(f"readiness.probes.{name}")
        task = parent.task(module.Task)
        if getattr(task, "live", False):
            parent.final(module.read(task, parent.partial, parent.live()))
        else:
            parent.final(module.read(task, parent.partial))
    # Threads of a driver must not keep us: everything that counts has been said.
    sys.stderr.flush()
    os._exit(0)
