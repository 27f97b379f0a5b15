"""Sound as numbers: levels of what was heard, the sounds we play, and finding one in the other.

Samples are floating-point arrays of one channel, 1.0 is full scale. Levels are in dBFS where **0 is a full-scale square
wave** (a full-scale sine is -3.01), which for peaks is the same as 0 = full scale. Nothing at all would be minus
infinity, which JSON cannot say: `NOTHING_DBFS` stands for it.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

#: Stands for no sound at all: well under one step of a 16-bit sample (-90.3) and of a 20-bit converter's noise.
NOTHING_DBFS: Final = -120.0

#: How long a piece is over which a level is taken: a syllable has several, a click does not fill one.
PIECE_S: Final = 0.02

#: A sample counts as full scale from here on: 32767/32768 and what a resampler makes of it.
_FULL_SCALE: Final = 0.999

#: More than 6 samples in a row at full scale is a wave that was cut off, not one that just fitted (WebRTC's testRTC).
_CLIPPED_SAMPLES: Final = 6

#: The chirp: 500 to 3400 Hz survives a Bluetooth headset's telephone mode (8 kHz), half a second stands out of noise.
CHIRP_S: Final = 0.5
CHIRP_FROM_HZ: Final = 500.0
CHIRP_TO_HZ: Final = 3400.0

#: Between the two chirps: a room's echo of the first is gone before the second.
CHIRP_PAUSE_S: Final = 0.2

#: Two chirps came from our speaker when both took the same time to come back, give or take this.
SAME_DELAY_MS: Final = 10.0

#: Tones a person counts. 700 Hz: hearing loss with age begins above 2 kHz (ISO 7029), small speakers below 500 Hz.
TONE_HZ: Final = 700.0
TONE_S: Final = 0.35
TONE_PAUSE_S: Final = 0.3

#: Parts of full scale. Tones are clear at any usual volume; chirps are softer, since a person need not count them.
_TONE_LOUDNESS: Final = 0.5
_CHIRP_LOUDNESS: Final = 0.35

#: Sounds begin and end softly: no click, and nobody is startled.
_FADE_S: Final = 0.04


def dbfs(mean_square: float) -> float:
    """The level of a mean square (1.0 is 0 dBFS), never under `NOTHING_DBFS`."""
    if mean_square <= 0:
        return NOTHING_DBFS
    return max(NOTHING_DBFS, 10 * math.log10(mean_square))


class _Heard(msgspec.Struct, frozen=True):
    """What is kept of the samples that came together."""

    samples: int
    energy: float
    peak: float
    clipped_runs: int
    pieces: list[float]
    """Mean squares of the 20 ms pieces that were complete with them."""


class LevelMeter:
    """Levels of a sound that comes in bit by bit. It keeps one number for every 20 ms and no sample.

    It measures everything that it has heard, less what it was told to forget.
    """

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._piece = round(rate_hz * PIECE_S)
        self._rest: Samples = np.zeros(0)
        self._heard: deque[_Heard] = deque()
        self._run = 0

    def hear(self, samples: Samples) -> None:
        """Take in the next samples, any number of them."""
        if not len(samples):
            return
        waiting = np.concatenate((self._rest, samples))
        whole = len(waiting) // self._piece
        pieces = waiting[: whole * self._piece].reshape(whole, self._piece)
        self._rest = waiting[whole * self._piece :]
        self._heard.append(
            _Heard(
                samples=len(samples),
                energy=float(np.sum(np.square(samples))),
                peak=float(np.max(np.abs(samples))),
                clipped_runs=self._new_clipped_runs(np.abs(samples) >= _FULL_SCALE),
                pieces=np.mean(np.square(pieces), axis=1).tolist(),
            )
        )

    def forget_all_but(self, seconds: float) -> None:
        """Forget the oldest sound, as long as at least so much is left."""
        while self._heard and self.duration_s - self._heard[0].samples / self._rate_hz >= seconds:
            self._heard.popleft()

    def _new_clipped_runs(self, full: NDArray[np.bool_]) -> int:
        """How many runs of clipped samples have become long enough to count."""
        # Where runs begin and end; one that goes on from the samples before has begun `self._run` samples ago.
        edges = np.flatnonzero(np.diff(np.concatenate(([False], full, [False])).astype(np.int8)))
        begins, ends = edges[::2].astype(np.int64), edges[1::2].astype(np.int64)
        lengths = ends - begins
        counted = 0
        if len(begins) and begins[0] == 0 and self._run:
            counted = int(self._run > _CLIPPED_SAMPLES)
            lengths[0] += self._run
        self._run = int(lengths[-1]) if len(ends) and ends[-1] == len(full) else 0
        return int(np.sum(lengths > _CLIPPED_SAMPLES)) - counted

    @property
    def duration_s(self) -> float:
        return sum(heard.samples for heard in self._heard) / self._rate_hz

    @property
    def rms_dbfs(self) -> float:
        """Root mean square over everything."""
        samples = sum(heard.samples for heard in self._heard)
        return dbfs(sum(heard.energy for heard in self._heard) / max(samples, 1))

    @property
    def latest_dbfs(self) -> float:
        """Root mean square over what came last."""
        return dbfs(self._heard[-1].energy / self._heard[-1].samples) if self._heard else NOTHING_DBFS

    @property
    def peak_dbfs(self) -> float:
        return dbfs(max((heard.peak for heard in self._heard), default=0.0) ** 2)

    @property
    def floor_dbfs(self) -> float:
        """The level of the quietest tenth of the pieces: the room.

        Exact zeros at the beginning do not count: they are a device that is still waking up.
        """
        return dbfs(quietest_tenth([piece for heard in self._heard for piece in heard.pieces]))

    @property
    def clipped_runs(self) -> int:
        return sum(heard.clipped_runs for heard in self._heard)


def quietest_tenth(energies: list[float]) -> float:
    """The mean of the lowest tenth (one at least) of some energies, leading zeros left out; 0.0 for none."""
    awake = next((index for index, energy in enumerate(energies) if energy > 0), len(energies))
    lowest = sorted(energies[awake:])
    lowest = lowest[: max(1, len(lowest) // 10)]
    return sum(lowest) / len(lowest) if lowest else 0.0


def chirp(rate_hz: float) -> Samples:
    """The sound by which the microphone knows the speaker: a sweep whose pitch rises evenly, faded in and out."""
    time_s = np.arange(round(rate_hz * CHIRP_S)) / rate_hz
    rise_hz_s = (CHIRP_TO_HZ - CHIRP_FROM_HZ) / CHIRP_S
    phase = 2 * np.pi * (CHIRP_FROM_HZ * time_s + rise_hz_s / 2 * time_s**2)
    return _faded(_CHIRP_LOUDNESS * np.sin(phase), rate_hz)


def two_chirps(rate_hz: float) -> tuple[Samples, int]:
    """Two chirps with a pause between, and by how many samples the second begins after the first."""
    one = chirp(rate_hz)
    apart = len(one) + round(rate_hz * CHIRP_PAUSE_S)
    both = np.zeros(apart + len(one))
    both[: len(one)] = one
    both[apart:] = one
    return both, apart


def tones(count: int, rate_hz: float) -> Samples:
    """``count`` clear tones (one at least) for a person to count, with pauses between."""
    time_s = np.arange(round(rate_hz * TONE_S)) / rate_hz
    tone = _faded(_TONE_LOUDNESS * np.sin(2 * np.pi * TONE_HZ * time_s), rate_hz)
    pause = np.zeros(round(rate_hz * TONE_PAUSE_S))
    return np.concatenate([tone] + [pause, tone] * (count - 1))


def _faded(sound: Samples, rate_hz: float) -> Samples:
    """The sound with a beginning and an end as soft as half a cosine."""
    fade = round(rate_hz * _FADE_S)
    rise = (1 - np.cos(np.pi * np.arange(fade) / fade)) / 2
    faded = sound.copy()
    faded[:fade] *= rise
    faded[-fade:] *= rise[::-1]
    return faded


class Loop(msgspec.Struct, frozen=True):
    """What came back of two chirps."""

    correlation: float
    """Normalised correlation of the chirp with what was heard, 0 to 1: the weaker of the two."""
    first_at_s: float | None
    """When the first began, from the first sample of what was heard; None when the two likest places are not as far
    apart as the chirps were played, so that at least one of them was something else."""


def find_chirps(heard: Samples, rate_hz: float) -> Loop:
    """Look for our two chirps in what was heard, wherever they are: no clock is shared by speaker and microphone.

    The likeness is the matched filter, normalised: the absolute cross-correlation over the root of both energies; 1 is
    the chirp itself, whatever its loudness and its sign. Only the chirp's band is compared, so hum and hiss outside it
    do not count against it.
    """
    both, apart = two_chirps(rate_hz)
    if len(heard) < len(both):
        return Loop(0.0, None)
    likeness = _likeness(_in_band(np.nan_to_num(heard), rate_hz), chirp(rate_hz))
    likest = int(np.argmax(likeness))
    rest = likeness.copy()
    rest[max(0, likest - apart // 2) : likest + apart // 2] = 0
    other = int(np.argmax(rest))
    together = abs(abs(likest - other) - apart) <= rate_hz * SAME_DELAY_MS / 1000
    return Loop(float(rest[other]), min(likest, other) / rate_hz if together else None)


def _likeness(heard: Samples, one: Samples) -> Samples:
    """For every place in ``heard`` how like ``one`` the sound from there on is, 0 to 1."""
    places = len(heard) - len(one) + 1
    length = 1 << (len(heard) + len(one)).bit_length()
    spectrum = np.fft.rfft(heard, length) * np.conj(np.fft.rfft(one, length))
    crossed = np.fft.irfft(spectrum, length)[:places]
    energy = np.concatenate(([0.0], np.cumsum(np.square(heard))))
    energy = energy[len(one) :] - energy[:places]
    # What is as good as silent is like nothing: without a least energy, rounding errors would be compared.
    least = len(one) * 10 ** (NOTHING_DBFS / 10)
    scale = np.sqrt(np.maximum(energy, least) * np.sum(np.square(one)))
    likeness: Samples = np.minimum(np.abs(crossed) / scale, 1.0)
    return likeness


def _in_band(sound: Samples, rate_hz: float) -> Samples:
    """What of a sound lies in the chirp's band, with a little room on both sides for its fading."""
    length = 1 << (2 * len(sound)).bit_length()
    spectrum = np.fft.rfft(sound, length)
    frequency_hz = np.fft.rfftfreq(length, 1 / rate_hz)
    spectrum[(frequency_hz < CHIRP_FROM_HZ - 100) | (frequency_hz > CHIRP_TO_HZ + 100)] = 0
    return np.fft.irfft(spectrum, length)[: len(sound)]
