"""What there is to ask a lab for: every way in which its cameras, microphones and speakers can be.

Levels of sound are root mean squares in dBFS, 0 being a full-scale square wave.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NONE: Final = "none"
"""The name of every scenario in which the device is absent."""


class Refusal(StrEnum):
    """How the kernel can refuse to open a camera."""

    BUSY = "busy"
    """EBUSY: another program has it for itself."""
    BLOCKED = "blocked"
    """EACCES: we have no right to it."""


@dataclass(frozen=True)
class Scene:
    """One way for a camera to be."""

    says: str
    """What is to be seen, in one line."""
    picture: str = "person"
    """A function of `tests.lab.paintings`: what stands before the lens."""
    name: str = "Lab camera"
    width_px: int = 1280
    height_px: int = 720
    fps: float = 30.0
    """After half a second at 30: a real camera slows down once it has found how dark it is."""
    noise: float = 3.0
    """Standard deviation of the sensor's noise, of 255."""
    freezes_after_s: float | None = None
    """Counted from the first moment at which somebody takes pictures."""
    unplugged_after_s: float | None = None
    """Counted likewise."""
    hangs: bool = False
    """The camera is there and can be opened, but its driver does not answer any more."""
    refuses: Refusal | None = None
    """The camera is there, but the system does not let programs open it."""


SCENES: Final = {
    "good": Scene("a lit face in the middle, 1280 x 720, 30 pictures a second"),
    "dark": Scene("the same person in a dim room", picture="dark_room", noise=4.0),
    "covered": Scene("a lens with something over it: nearly black, only noise", picture="cover"),
    "backlit": Scene("a dark person before a bright window", picture="backlit"),
    "frozen": Scene("good for half a second, then the same picture for ever", freezes_after_s=0.5),
    "blurred": Scene("out of focus, with the noise that is sharp even so", picture="blurred"),
    "slow": Scene("good, but 8 pictures a second", fps=8.0),
    "very_slow": Scene("good, but 3 pictures a second", fps=3.0),
    "small": Scene("good, but 320 x 240", width_px=320, height_px=240),
    "no_face": Scene("a lit room with nobody in it", picture="empty_room"),
    "virtual": Scene("good, but it is a program that calls itself OBS Virtual Camera", name="OBS Virtual Camera"),
    "unplugged": Scene("good, but pulled out one and a half seconds after the first picture", unplugged_after_s=1.5),
    "hung": Scene("there, but no picture ever comes", hangs=True),
    "busy": Scene("there, but a program called zoom has it for itself", refuses=Refusal.BUSY),
    "blocked": Scene("there, but we may not open it", refuses=Refusal.BLOCKED),
}


@dataclass(frozen=True)
class Voice:
    """One way for a microphone to be."""

    says: str
    """What is to be heard, in one line."""
    speech_dbfs: float | None = None
    """Level while the person speaks; None: nobody speaks."""
    floor_dbfs: float | None = None
    """Level of the room; None: exact zeros, as a muted or forbidden microphone gives them."""
    gain_db: float = 0.0
    """How much too far the microphone is turned up: what does not fit is cut off."""
    unplugged_after_s: float | None = None
    """Counted from the first moment at which somebody listens."""
    hangs: bool = False
    """The microphone is there and can be opened, but no sound ever comes."""
    server_hangs: bool = False
    """The sound system itself does not answer any more, for no device."""


VOICES: Final = {
    "speech": Voice("a person who speaks normally in a quiet room", speech_dbfs=-25.0, floor_dbfs=-65.0),
    "silent": Voice("exact zeros: muted, broken or forbidden"),
    "room": Voice("a quiet room in which nobody speaks", floor_dbfs=-60.0),
    "quiet": Voice("speech that hardly comes through (-65 dBFS)", speech_dbfs=-65.0, floor_dbfs=-86.0),
    "faint": Voice("speech that is too soft (-52 dBFS)", speech_dbfs=-52.0, floor_dbfs=-76.0),
    "clipped": Voice("speech turned up so far that it is cut off", speech_dbfs=-25.0, floor_dbfs=-65.0, gain_db=30.0),
    "noisy": Voice("a loud fan (-20 dBFS) and nobody who speaks", floor_dbfs=-20.0),
    "hung": Voice("there, but no sound ever comes", hangs=True),
    "server_hung": Voice("the whole sound system hangs, the speaker too", floor_dbfs=-60.0, server_hangs=True),
    "unplugged": Voice(
        "speech, but pulled out one second after somebody began to listen",
        speech_dbfs=-25.0,
        floor_dbfs=-65.0,
        unplugged_after_s=1.0,
    ),
}


@dataclass(frozen=True)
class Loudspeaker:
    """One way for a speaker to be."""

    says: str
    heard_db: float | None = None
    """How the microphone hears it, against what is played; None: not at all."""
    volume_pct: int = 100
    muted: bool = False
    hangs: bool = False
    """It is there and can be opened, but takes no sound."""


LOUDSPEAKERS: Final = {
    "heard": Loudspeaker("the microphone hears it, as in a room", heard_db=-10.0),
    "not_heard": Loudspeaker("headphones: the microphone does not hear it"),
    "muted": Loudspeaker("muted in the system", heard_db=-10.0, muted=True),
    "low": Loudspeaker("turned down to 10 percent in the system, and far away", heard_db=-20.0, volume_pct=10),
    "hung": Loudspeaker("there, but takes no sound", hangs=True),
}
