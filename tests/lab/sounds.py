"""What the lab's microphones hear: loops of sound with known levels, made by a speaking program.

Levels are root mean squares in dBFS, 0 being a full-scale square wave. Sound is 48 kHz, 16 bit, one channel.
"""

from __future__ import annotations

import io
import subprocess
import wave
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tests.lab.scenarios import Voice

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


@cache
def loop(voice: Voice) -> bytes | None:
    """The sound that the microphone hears over and over, as raw samples; None for exact silence."""
    if voice.floor_dbfs is None:
        return None
    sound: Sound = np.zeros(round(_NOISE_S * RATE_HZ))
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
    return np.asarray(np.clip(spoken / level * _factor(level_dbfs), -1.0, 1.0), np.float64)


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
    return np.asarray(np.interp(there, np.arange(len(spoken)), spoken), np.float64)


def _room(length: int) -> Sound:
    """Noise as rooms and fans have it, deep rather than shrill, at level 1. Its end fits its beginning."""
    random = np.random.default_rng(1876)
    spectrum = np.fft.rfft(random.normal(size=length))
    frequency_hz = np.fft.rfftfreq(length, 1 / RATE_HZ)
    spectrum *= 1 / np.sqrt(1 + np.square(frequency_hz / 400))
    spectrum[frequency_hz < 30] = 0
    noise = np.fft.irfft(spectrum, length)
    return np.asarray(noise / np.sqrt(np.mean(np.square(noise))), np.float64)
