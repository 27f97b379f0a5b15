"""A voice is told from what is none, on speech of a speaking program and on noises made of numbers."""

from __future__ import annotations

import functools
import io
import subprocess
import wave

import numpy as np
import pytest

from readiness.probes import signals
from readiness.probes.signals import Samples
from readiness.probes.voice import Speech, VoiceDetector

RATE_HZ = 16_000
SECONDS = 3.2
LENGTH = round(SECONDS * RATE_HZ)
TIME_S = np.arange(LENGTH) / RATE_HZ


def detected(sound: Samples, rate_hz: int = RATE_HZ, block_s: float = 0.1) -> Speech:
    detector = VoiceDetector(rate_hz)
    block = round(rate_hz * block_s)
    for start in range(0, len(sound), block):
        detector.hear(sound[start : start + block])
    return detector.speech()


def noise(level_dbfs: float, slope: float = 0.0, seed: int = 11) -> Samples:
    """Noise of that level; slope 0 is white, 0.5 pink, 1 brown."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(LENGTH))
    spectrum /= np.maximum(np.arange(len(spectrum)), 20) ** slope
    return at_level(np.fft.irfft(spectrum, LENGTH), level_dbfs)


def at_level(sound: Samples, level_dbfs: float) -> Samples:
    levelled: Samples = sound / np.sqrt(np.mean(np.square(sound))) * 10 ** (level_dbfs / 20)
    return levelled


@functools.cache
def said(voice: str, words: str) -> Samples:
    """Words in the middle of silence, at -20 dBFS while they are spoken."""
    command = ["espeak-ng", "--stdout", "-v", voice, "-s", "160", words]
    with wave.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout)) as file:
        spoken_hz = file.getframerate()
        spoken = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    there = np.arange(0, len(spoken), spoken_hz / RATE_HZ)
    spoken = np.interp(there, np.arange(len(spoken)), spoken)
    pieces = np.square(spoken[: len(spoken) // 320 * 320]).reshape(-1, 320).mean(axis=1)
    spoken = spoken / np.sqrt(pieces[pieces > pieces.max() / 300].mean()) * 0.1
    sound = np.zeros(LENGTH)
    part = spoken[: LENGTH - 8000]
    sound[8000 : 8000 + len(part)] = part
    return sound


ENGLISH = "Hello, can you hear me?"
SPANISH = "Hola, ¿me oye usted bien?"
VOICES = [
    (lang + kind, words) for lang, words in (("en", ENGLISH), ("es", SPANISH)) for kind in ("", "+f2", "+f4", "+m3")
]


@pytest.mark.parametrize(("voice", "words"), VOICES)
@pytest.mark.parametrize(
    ("gain_db", "room_dbfs"),
    [
        pytest.param(0, -65, id="loud, quiet room"),
        pytest.param(-10, -45, id="normal, 15 dB above the room"),
        pytest.param(-30, -70, id="soft"),
        pytest.param(-44, -84, id="too soft"),
        pytest.param(14, -50, id="cut off"),
    ],
)
def test_a_voice_is_heard(voice: str, words: str, gain_db: float, room_dbfs: float) -> None:
    sound = np.clip(said(voice, words) * 10 ** (gain_db / 20), -1, 1) + noise(room_dbfs, 0.5)
    speech = detected(sound)
    assert speech.heard
    assert speech.level_dbfs == pytest.approx(-20 + gain_db, abs=6)


@pytest.mark.parametrize("words", ["Hello", "Good morning"])
def test_one_word_is_enough(words: str) -> None:
    assert detected(said("en", words) + noise(-60, 0.5)).heard


@pytest.mark.parametrize("voice", ["en", "es+f2"])
def test_a_gated_microphone_sends_zeros_between_words(voice: str) -> None:
    assert detected(said(voice, ENGLISH)).heard


def test_the_voice_may_stop_later_and_still_counts() -> None:
    speech = detected(np.concatenate((said("en", ENGLISH), noise(-60, 0.5))))
    assert speech.heard


def tone(hz: float) -> Samples:
    return 0.05 * np.sin(2 * np.pi * hz * TIME_S)


def saw(hz: float) -> Samples:
    return 0.05 * ((hz * TIME_S) % 1 * 2 - 1)


def hum(hz: float) -> Samples:
    return at_level(sum((np.sin(2 * np.pi * hz * k * TIME_S + k) / k for k in range(1, 12)), np.zeros(LENGTH)), -30)


def placed(*parts: tuple[float, Samples]) -> Samples:
    sound = np.zeros(LENGTH)
    for start_s, part in parts:
        start = round(start_s * RATE_HZ)
        sound[start : start + len(part)] += part[: LENGTH - start]
    return sound


def struck(length_s: float, pitch_hz: float, seed: int) -> Samples:
    """A key, a knock on the desk: noise and a ringing that die away."""
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    rattle = np.random.default_rng(seed).standard_normal(len(time_s))
    ringing: Samples = 0.2 * (rattle + np.sin(2 * np.pi * pitch_hz * time_s)) * np.exp(-time_s / (length_s / 4))
    return ringing


def typing(length_s: float, pitch_hz: float) -> Samples:
    random = np.random.default_rng(4)
    starts_s = np.cumsum(random.uniform(0.09, 0.3, 12))
    return placed(*((start, struck(length_s, pitch_hz, n)) for n, start in enumerate(starts_s) if start < 2.9))


def tune(wave_of: object, notes_hz: tuple[float, ...]) -> Samples:
    assert callable(wave_of)
    envelope = np.minimum(1, np.minimum(np.arange(4800), np.arange(4800)[::-1]) / 300)
    return placed(*((0.2 + 0.33 * n, wave_of(hz)[:4800] * envelope) for n, hz in enumerate(notes_hz)))


HALVES = (TIME_S * 2) % 1 < 0.5
LATER = TIME_S > 1.2
SLIDE = at_level(np.sin(2 * np.pi * np.cumsum(220 + 60 * np.sin(2 * np.pi * 1.5 * TIME_S)) / RATE_HZ), -20)
LOW = (196.0, 247.0, 294.0, 392.0, 330.0, 262.0, 220.0, 196.0)
HIGH = (523.0, 659.0, 784.0, 1047.0, 880.0, 784.0, 659.0, 523.0)

NOISES = {
    "nothing": np.zeros(LENGTH),
    "one step of 16 bits": np.sign(noise(-20)) / 32768,
    "white noise": noise(-25),
    "loud white noise": noise(-10),
    "pink noise": noise(-25, 0.5),
    "brown noise": noise(-25, 1.0),
    "noise in bursts, as often as syllables": noise(-25, 0.5) * np.clip(np.sin(2 * np.pi * 4 * TIME_S), 0, 1),
    "breathing": noise(-40, 0.5) * np.clip(np.sin(2 * np.pi * 0.9 * TIME_S), 0, 1),
    "hum of 50 Hz": hum(50),
    "hum of 60 Hz": hum(60),
    "hum of 100 Hz that begins": hum(100) * LATER,
    "hum of 120 Hz, on and off": hum(120) * HALVES,
    "hum of 120 Hz that swells": hum(120) * (1 + 0.9 * np.sin(2 * np.pi * 1.3 * TIME_S)),
    "a vacuum cleaner that begins": (noise(-30) + hum(210)) * LATER,
    "a fan that begins": (noise(-30, 0.5) + hum(90)) * LATER,
    "a transformer that begins, hissing": (noise(-24) + hum(140)) * LATER,
    "a motor that runs up": at_level(
        np.sin(2 * np.pi * np.cumsum(60 + 60 * np.clip(TIME_S - 0.8, 0, 0.8)) / RATE_HZ) * (TIME_S > 0.8), -28
    ),
    "beeps of 220 Hz": tone(220) * HALVES,
    "beeps of 1 kHz": tone(1000) * HALVES,
    "buzzing of 110 Hz": saw(110) * HALVES,
    "buzzing of 220 Hz": saw(220) * HALVES,
    "a telephone's keys": (tone(770) + tone(1336)) * HALVES,
    "a telephone that rings": (tone(440) + tone(480)) * LATER,
    "a tune, pure, low": tune(tone, LOW),
    "a tune, pure, high": tune(tone, HIGH),
    "a tune, rich, low": tune(saw, LOW),
    "a tune, rich, high": tune(saw, HIGH),
    "a siren that begins": SLIDE * LATER,
    "typing": typing(0.03, 0),
    "typing with thuds": typing(0.06, 140),
    "knocks on the desk": typing(0.12, 110),
    "our chirps": placed((0.5, signals.chirp(RATE_HZ)), (1.2, signals.chirp(RATE_HZ))),
    "our tones": placed((0.2, signals.tones(4, RATE_HZ))),
}


@pytest.mark.parametrize("room_dbfs", [None, -60])
@pytest.mark.parametrize("name", NOISES)
def test_what_is_no_voice_is_not_heard_as_one(name: str, room_dbfs: float | None) -> None:
    sound = NOISES[name] + (0 if room_dbfs is None else noise(room_dbfs, 0.5, seed=2))
    speech = detected(np.clip(sound, -1, 1))
    assert not speech.heard
    assert speech.level_dbfs is None


def test_forty_voices_at_once_are_noise() -> None:
    crowd = sum((np.roll(said(*VOICES[n % 8]), 1300 * n) for n in range(40)), np.zeros(LENGTH))
    assert not detected(at_level(crowd, -35)).heard


@pytest.mark.parametrize("block_s", [0.003, 0.0217, 3.2])
def test_it_does_not_matter_how_the_sound_comes_in(block_s: float) -> None:
    sound = said("en", ENGLISH) + noise(-60, 0.5)
    assert detected(sound, block_s=block_s) == detected(sound)


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 48_000])
def test_every_rate(rate_hz: int) -> None:
    sound = said("en", ENGLISH) + noise(-60, 0.5)
    there = np.arange(0, LENGTH, RATE_HZ / rate_hz)
    assert detected(np.interp(there, np.arange(LENGTH), sound), rate_hz).heard


def test_nothing_was_heard_yet() -> None:
    assert detected(np.zeros(0)) == Speech(False, 0.0, None)


def test_a_voice_that_was_forgotten_is_not_heard() -> None:
    detector = VoiceDetector(RATE_HZ)
    detector.hear(said("en", ENGLISH))
    detector.hear(noise(-60))
    assert detector.speech().heard
    detector.forget_all_but(SECONDS * 2)
    assert detector.speech().heard
    detector.forget_all_but(SECONDS - 0.2)
    assert detector.speech() == Speech(False, 0.0, None)
