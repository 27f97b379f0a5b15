"""Is that a person speaking? Tells a voice from noise, hum, beeps, tunes, chirps and keys, and keeps no sound.

Speech is found by what makes it speech, not by its loudness:

* it stands out: at least `ABOVE_FLOOR_DB` above the room (taken between 80 and 4000 Hz, so rumble does not hide it);
* it is voiced: vocal cords repeat 70 to 400 times a second. That shows in the autocorrelation, normalised by the
  window's own (P. Boersma, "Accurate short-term analysis of the fundamental frequency …", IFA Proceedings 17, 1993);
* it is sustained: a vowel lasts a tenth of a second and more, a knock or a key dies away at once;
* it lives: from one 20 ms step to the next pitch glides and formants move. A hum, a beep or an organ stands still to a
  hundredth of a semitone, and in noise what looks like pitch jumps about at random;
* it is rich: a whistle or a test tone is one line in the spectrum, a voice never is.

The numbers were set by measuring 14 synthetic voices in English and Spanish and 8 recorded words, loud, soft, faint, in
noise, in echo and through a telephone, against 200 noises; tests/probes/test_voice.py repeats it in small. Singing
passes, and so would a violin that slides. Whispering does not: it has no pitch, and a doctor would hardly hear it.
"""

from __future__ import annotations

import itertools
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from readiness.probes.signals import NOTHING_DBFS, PIECE_S, Samples, dbfs, quietest_tenth

#: How far above the room a voice is, at least.
ABOVE_FLOOR_DB: Final = 10.0

#: Anything softer is too faint to tell from a converter's own noise.
_LEAST_DBFS: Final = -85.0

#: The window that is looked at in steps of 20 ms: nearly three periods of the deepest voice.
_WINDOW_S: Final = 2 * PIECE_S
_PITCH_HZ: Final = (70.0, 400.0)
_VOICE_BAND_HZ: Final = (80.0, 4000.0)
#: Where pitch is looked for: fundamental and first formants; above, breath and hiss hide it.
_PITCH_BAND_HZ: Final = (60.0, 2000.0)
#: Edges of the bands whose shares follow the formants.
_FORMANT_BANDS_HZ: Final = (100.0, 350.0, 700.0, 1200.0, 2000.0, 3500.0)
#: A band that has next to nothing has this share: its noise shall not look like movement.
_LEAST_SHARE_DB: Final = -30.0
#: Half the width of a steady tone in the spectrum of the window.
_TONE_WIDTH_HZ: Final = 60.0

#: A step counts as voiced from this likeness of one period with the next (0 to 1).
_VOICED: Final = 0.6
#: Among several likely periods the shortest counts that comes this near to the best: not an octave too low.
_AS_GOOD: Final = 0.92
#: A stretch of voiced steps ends where pitch leaps by more than this: two things, not one glide.
_LEAP_CENTS: Final = 240.0

# What one stretch of voiced steps (20 ms each) must be to be a vowel.
_SUSTAINED_STEPS: Final = 5
_SUSTAINED_DB: Final = 10.0
_CLEARLY_VOICED: Final = 0.7
_GLIDE_CENTS: Final = (8.0, 180.0)
#: How much the glide itself may change: at random, second differences are 1.7 times the first ones (sqrt 3).
_RESTLESS: Final = 1.1
#: Hoarse and shaking voices jump about as noise does, but their formants move, by this much.
_FORMANTS_MOVE_DB: Final = 5.0
#: Even a held vowel moves by this; instruments do not.
_FORMANTS_LIVE_DB: Final = 1.5
_ONE_LINE: Final = 0.95
_BROAD: Final = 0.3

#: So many steps together (0.14 s) are speech: one stressed vowel, as in "hello". Fewer may be chance.
_HEARD_STEPS: Final = 7


class Speech(msgspec.Struct, frozen=True):
    """What was heard of a voice so far."""

    heard: bool
    seconds: float
    """How long its voiced parts are together; words are about twice as long."""
    level_dbfs: float | None
    """Root mean square over the voiced parts; None when no voice was heard."""


class VoiceDetector:
    """Listens to a sound that comes in bit by bit. It keeps a few numbers for every 20 ms, and 40 ms of sound."""

    def __init__(self, rate_hz: float) -> None:
        self._step = round(rate_hz * PIECE_S)
        self._size = round(rate_hz * _WINDOW_S)
        self._rest: Samples = np.zeros(0)
        self._window = np.hanning(self._size + 2)[1:-1]
        self._length = 1 << (2 * self._size - 1).bit_length()
        own = np.fft.irfft(np.abs(np.fft.rfft(self._window, self._length)) ** 2, self._length)
        self._own = own / own[0]
        self._rate_hz = rate_hz
        self._lags = np.arange(int(rate_hz / _PITCH_HZ[1]), int(np.ceil(rate_hz / _PITCH_HZ[0])) + 1)
        self._frequency_hz = np.fft.rfftfreq(self._length, 1 / rate_hz)
        self._steps: list[_Step] = []

    def hear(self, samples: Samples) -> None:
        """Take in the next samples, any number of them."""
        waiting = np.concatenate((self._rest, samples))
        count = max(0, (len(waiting) - self._size) // self._step + 1)
        if count:
            views = np.lib.stride_tricks.sliding_window_view(waiting, self._size)
            self._steps += self._look(views[:: self._step][:count])
        self._rest = waiting[count * self._step :]

    def forget_all_but(self, seconds: float) -> None:
        """Forget the oldest sound, as long as so much is left."""
        del self._steps[: max(0, len(self._steps) - round(seconds / PIECE_S))]

    def speech(self) -> Speech:
        """What was a voice in everything heard so far, less what was forgotten."""
        floor_dbfs = dbfs(quietest_tenth([step.band_energy for step in self._steps]))
        spoken = [
            step
            for stretch in _stretches(self._steps, max(floor_dbfs + ABOVE_FLOOR_DB, _LEAST_DBFS))
            if _is_vowel(stretch)
            for step in stretch
        ]
        heard = len(spoken) >= _HEARD_STEPS
        energy = sum(step.energy for step in spoken) / max(len(spoken), 1)
        return Speech(heard, len(spoken) * PIECE_S, dbfs(energy) if heard else None)

    def _look(self, windows: Samples) -> list[_Step]:
        """The numbers of some windows, one a row."""
        centred = (windows - windows.mean(axis=1, keepdims=True)) * self._window
        power = np.abs(np.fft.rfft(centred, self._length)) ** 2
        # A trace of power everywhere keeps exact silence from dividing by nothing; it is far below any converter.
        power += self._size * 10 ** (NOTHING_DBFS / 10) * 1e-3
        energies = np.mean(np.square(windows), axis=1)
        in_band = self._share(power, *_VOICE_BAND_HZ)
        formants = np.stack(
            [self._share(power, low_hz, high_hz) for low_hz, high_hz in itertools.pairwise(_FORMANT_BANDS_HZ)],
            axis=1,
        )
        shares_db = 10 * np.log10(formants / formants.sum(axis=1, keepdims=True))
        pitched = np.where(self._between(*_PITCH_BAND_HZ), power, 0.0)
        likeness, pitch_hz = self._pitches(pitched)
        one_line = self._one_line(pitched)
        return [
            _Step(
                energy=float(energies[row]),
                band_energy=float(energies[row] * in_band[row]),
                in_band=float(in_band[row]),
                likeness=float(likeness[row]),
                pitch_cents=float(1200 * np.log2(pitch_hz[row])),
                one_line=float(one_line[row]),
                shares_db=np.maximum(shares_db[row], _LEAST_SHARE_DB),
            )
            for row in range(len(windows))
        ]

    def _between(self, low_hz: float, high_hz: float) -> NDArray[np.bool_]:
        return (self._frequency_hz >= low_hz) & (self._frequency_hz < high_hz)

    def _share(self, power: Samples, low_hz: float, high_hz: float) -> Samples:
        share: Samples = power[:, self._between(low_hz, high_hz)].sum(axis=1) / power.sum(axis=1)
        return share

    def _pitches(self, power: Samples) -> tuple[Samples, Samples]:
        """For each row how like one period is to the next, and the pitch in Hz."""
        likeness = np.fft.irfft(power, self._length)[:, : self._lags[-1] + 2]
        likeness = likeness / likeness[:, :1] / self._own[: self._lags[-1] + 2]
        rows = np.arange(len(power))
        before, here, after = (likeness[:, self._lags + shift] for shift in (-1, 0, 1))
        peaks = np.where((here >= before) & (here > after), here, 0.0)
        best = peaks.max(axis=1)
        first = np.argmax(peaks >= np.maximum(best * _AS_GOOD, 1e-9)[:, None], axis=1)
        # The true top lies between samples: that of the parabola through the three around it.
        low, top, high = before[rows, first], here[rows, first], after[rows, first]
        bend = low - 2 * top + high
        shift = np.where(bend < 0, 0.5 * (low - high) / np.where(bend < 0, bend, -1.0), 0.0)
        return np.minimum(peaks[rows, first], 1.0), self._rate_hz / (self._lags[first] + np.clip(shift, -1, 1))

    def _one_line(self, power: Samples) -> Samples:
        """For each row how much of the energy lies in and around the strongest frequency, 0 to 1."""
        rows = np.arange(len(power))
        width = round(_TONE_WIDTH_HZ / self._frequency_hz[1])
        strongest = np.argmax(power, axis=1)
        until = np.concatenate((np.zeros((len(power), 1)), np.cumsum(power, axis=1)), axis=1)
        around = until[rows, np.minimum(strongest + width + 1, power.shape[1])]
        around = around - until[rows, np.maximum(strongest - width, 0)]
        line: Samples = around / until[:, -1]
        return line


class _Step(msgspec.Struct, frozen=True):
    """What one window of 40 ms is like."""

    energy: float
    band_energy: float
    """Energy between 80 and 4000 Hz."""
    in_band: float
    """The share of it."""
    likeness: float
    """Of one period to the next, 0 to 1."""
    pitch_cents: float
    """Hundredths of a semitone above 1 Hz."""
    one_line: float
    """Share of the energy around the strongest frequency."""
    shares_db: Samples
    """Shares of the formant bands."""


def _stretches(steps: list[_Step], least_dbfs: float) -> list[list[_Step]]:
    """Runs of voiced steps that stand out, without a leap of pitch."""
    stretches: list[list[_Step]] = []
    last: _Step | None = None
    for step in steps:
        if step.likeness < _VOICED or dbfs(step.band_energy) < least_dbfs:
            last = None
            continue
        if last is None or abs(step.pitch_cents - last.pitch_cents) > _LEAP_CENTS:
            stretches.append([])
        stretches[-1].append(step)
        last = step
    return stretches


def _is_vowel(stretch: list[_Step]) -> bool:
    """Whether a run of voiced steps is sustained, alive and rich as only a voice is."""
    if len(stretch) < _SUSTAINED_STEPS:
        return False
    levels_dbfs = np.array([dbfs(step.band_energy) for step in stretch])
    glides_cents = np.diff([step.pitch_cents for step in stretch])
    glide = float(np.median(np.abs(glides_cents)))
    restless = float(np.median(np.abs(np.diff(glides_cents))))
    low_db, high_db = np.percentile([step.shares_db for step in stretch], [10, 90], axis=0)
    formants_db = float(np.mean(high_db - low_db))
    is_sustained = int(np.sum(levels_dbfs > levels_dbfs.max() - _SUSTAINED_DB)) >= _SUSTAINED_STEPS
    is_voiced = float(np.mean([step.likeness for step in stretch])) >= _CLEARLY_VOICED
    is_alive = _GLIDE_CENTS[0] <= glide <= _GLIDE_CENTS[1] and formants_db >= _FORMANTS_LIVE_DB
    is_smooth = restless <= _RESTLESS * glide or formants_db >= _FORMANTS_MOVE_DB
    is_rich = (
        float(np.median([step.one_line for step in stretch])) <= _ONE_LINE
        and float(np.median([step.in_band for step in stretch])) >= _BROAD
    )
    return is_sustained and is_voiced and is_alive and is_smooth and is_rich
