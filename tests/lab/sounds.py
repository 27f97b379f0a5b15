"""What the lab's microphones hear and its speakers do: loops of sound with known levels, made by a speaking program.

Levels are root mean squares in dBFS, 0 being a full-scale square wave. Sound is 48 kHz, 16 bit, one channel.
"""

from __future__ import annotations

import io
import subprocess
import wave
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]
"""-1 to 1, one channel, at `RATE_HZ`."""

RATE_HZ: Final = 48_000

#: Ordinary sentences: what a person says who is asked to say something.
_WORDS: Final = (
    "Hello doctor, can you hear me well?",
    "I have had a cough since Monday, and I sleep badly.",
    "My knee hurts when I climb the stairs.",
)
_PAUSE_S: Final = 0.35
_NOISE_S: Final = 5.0


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
    "low": Loudspeaker("turned down to 10 percent in the system", heard_db=-10.0, volume_pct=10),
    "hung": Loudspeaker("there, but takes no sound", hangs=True),
}


def loop(voice: Voice) -> bytes | None:
    """The sound that the microphone hears over and over, as raw samples; None for exact silence."""
    if voice.floor_dbfs is None:
        return None
    sound = np.zeros(round(_NOISE_S * RATE_HZ))
    if voice.speech_dbfs is not None:
        sound = _spoken(voice.speech_dbfs)
    sound = sound + _room(len(sound)) * _factor(voice.floor_dbfs)
    return samples(np.clip(sound * _factor(voice.gain_db), -1.0, 1.0))


def samples(sound: Sound) -> bytes:
    return np.round(sound * 32767).astype("<i2").tobytes()


def _factor(level_db: float) -> float:
    return float(10 ** (level_db / 20))


def _spoken(level_dbfs: float) -> Sound:
    """The sentences with pauses between, at this level while they are spoken."""
    pause = np.zeros(round(_PAUSE_S * RATE_HZ))
    sentences = [_say(words) for words in _WORDS]
    spoken = np.concatenate([part for sentence in sentences for part in (sentence, pause)])
    pieces = np.square(spoken[: len(spoken) // 960 * 960]).reshape(-1, 960).mean(axis=1)
    # Within 30 dB of the loudest 20 ms somebody speaks; what is softer are the gaps between words.
    level = np.sqrt(pieces[pieces > pieces.max() / 1000].mean())
    return np.clip(spoken / level * _factor(level_dbfs), -1.0, 1.0)


def _say(words: str) -> Sound:
    said = subprocess.run(
        ["espeak-ng", "--stdout", "-v", "en-us", "-s", "155", words], capture_output=True, check=True
    ).stdout
    with wave.open(io.BytesIO(said)) as file:
        rate_hz = file.getframerate()
        # A length that was not known while it was spoken is not to be believed: take what is there.
        raw: NDArray[Any] = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    spoken = np.trim_zeros(raw).astype(np.float64) / 32768
    there = np.arange(int(len(spoken) * RATE_HZ / rate_hz)) * rate_hz / RATE_HZ
    return np.interp(there, np.arange(len(spoken)), spoken)


def _room(length: int) -> Sound:
    """Noise as rooms and fans have it, deep rather than shrill, at level 1. Its end fits its beginning."""
    random = np.random.default_rng(1876)
    spectrum = np.fft.rfft(random.normal(size=length))
    frequency_hz = np.fft.rfftfreq(length, 1 / RATE_HZ)
    spectrum *= 1 / np.sqrt(1 + np.square(frequency_hz / 400))
    spectrum[frequency_hz < 30] = 0
    noise = np.fft.irfft(spectrum, length)
    return np.asarray(noise / np.sqrt(np.mean(np.square(noise))), np.float64)
