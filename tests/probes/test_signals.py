"""Levels, clipping, and chirps found again in what was heard, on sounds made of numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from readiness.probes import signals
from readiness.probes.signals import LevelMeter, Loop, Samples, dbfs, find_chirps

RATE_HZ = 48_000


def measured(sound: Samples, block: int = 4800) -> LevelMeter:
    meter = LevelMeter(RATE_HZ)
    for start in range(0, len(sound), block):
        meter.hear(sound[start : start + block])
    return meter


def sine(amplitude: float, hz: float = 440.0, seconds: float = 1.0) -> Samples:
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)


def noise(level: float, seconds: float, seed: int = 3) -> Samples:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ)) * level


@pytest.mark.parametrize(
    ("sound", "rms_dbfs", "peak_dbfs"),
    [
        pytest.param(np.sign(sine(1.0)) + (sine(1.0) == 0), 0.0, 0.0, id="full-scale square wave"),
        pytest.param(sine(1.0), -3.01, 0.0, id="full-scale sine"),
        pytest.param(sine(0.1), -23.01, -20.0, id="sine, a tenth"),
        pytest.param(np.full(4800, 1 / 32767), -90.31, -90.31, id="one step of 16 bits"),
        pytest.param(np.zeros(4800), signals.NOTHING_DBFS, signals.NOTHING_DBFS, id="nothing"),
        pytest.param(np.zeros(0), signals.NOTHING_DBFS, signals.NOTHING_DBFS, id="not even silence"),
    ],
)
def test_levels(sound: Samples, rms_dbfs: float, peak_dbfs: float) -> None:
    meter = measured(sound)
    assert meter.rms_dbfs == pytest.approx(rms_dbfs, abs=0.01)
    assert meter.peak_dbfs == pytest.approx(peak_dbfs, abs=0.01)
    assert meter.duration_s == len(sound) / RATE_HZ


def test_nothing_new_changes_nothing() -> None:
    meter = measured(sine(0.1))
    before = meter.rms_dbfs, meter.duration_s
    meter.hear(np.zeros(0))
    assert (meter.rms_dbfs, meter.duration_s) == before


def test_a_level_is_never_infinite() -> None:
    assert dbfs(0.0) == dbfs(1e-30) == signals.NOTHING_DBFS
    assert dbfs(1.0) == 0.0


def test_the_floor_is_the_quietest_tenth() -> None:
    meter = measured(np.concatenate((sine(0.5, seconds=1.7), sine(0.001, seconds=0.3))))
    assert meter.floor_dbfs == pytest.approx(-63.01, abs=0.1)


def test_zeros_before_the_first_sound_are_not_the_room() -> None:
    meter = measured(np.concatenate((np.zeros(RATE_HZ), noise(0.01, 1.0))))
    assert meter.floor_dbfs == pytest.approx(-40.0, abs=1.0)


@pytest.mark.parametrize("block", [1, 3, 7, 480, 48_000])
@pytest.mark.parametrize(
    ("runs", "clipped"),
    [
        pytest.param([6], 0, id="six samples may just have fitted"),
        pytest.param([7], 1, id="seven did not"),
        pytest.param([7, 6, 50], 2, id="each run counts once"),
        pytest.param([], 0, id="none"),
    ],
)
def test_clipped_runs_are_counted_across_blocks(block: int, runs: list[int], clipped: int) -> None:
    parts = [np.zeros(5)]
    for length in runs:
        parts += [np.ones(length) * (-1) ** length, np.zeros(4)]
    assert measured(np.concatenate(parts), block).clipped_runs == clipped


def test_a_run_at_the_very_end_counts() -> None:
    assert measured(np.concatenate((np.zeros(3), np.ones(9))), 4).clipped_runs == 1


def test_full_scale_of_16_bits_counts_as_full_scale() -> None:
    assert measured(np.full(8, 32767 / 32768)).clipped_runs == 1
    assert measured(np.full(8, 0.99)).clipped_runs == 0


def test_chirps_begin_and_end_softly() -> None:
    chirp = signals.chirp(RATE_HZ)
    assert len(chirp) == RATE_HZ // 2
    assert np.max(np.abs(chirp[:48])) < 0.01
    assert np.max(np.abs(chirp[-48:])) < 0.01
    assert 0.3 < np.max(np.abs(chirp)) < 0.4


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_as_many_tones_as_asked(count: int) -> None:
    sound = signals.tones(count, RATE_HZ)
    loud = np.abs(sound[: len(sound) // 480 * 480]).reshape(-1, 480).max(axis=1) > 0.1
    assert int(np.sum(np.diff(np.concatenate(([False], loud)).astype(int)) == 1)) == count
    spectrum_hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    assert spectrum_hz[np.argmax(np.abs(np.fft.rfft(sound)))] == pytest.approx(700, abs=5)


def heard(
    delay_s: float = 0.12,
    gain: float = 0.3,
    background: float = 0.0,
    rate_hz: float = RATE_HZ,
    second_later_s: float = 0.0,
) -> Samples:
    """Two seconds in a room in which our chirps are played."""
    sound = np.random.default_rng(5).standard_normal(round(2.4 * rate_hz)) * background
    chirp = signals.chirp(rate_hz) * gain
    for start_s in (delay_s, delay_s + signals.CHIRP_S + signals.CHIRP_PAUSE_S + second_later_s):
        start = round(start_s * rate_hz)
        sound[start : start + len(chirp)] += chirp
    return sound


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000])
def test_chirps_are_found_at_every_rate(rate_hz: int) -> None:
    loop = find_chirps(heard(rate_hz=rate_hz), rate_hz)
    assert loop.correlation > 0.97
    assert loop.first_at_s == pytest.approx(0.12, abs=0.002)


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(heard(gain=1e-3), id="very soft"),
        pytest.param(-heard(), id="upside down"),
        pytest.param(heard(background=0.1), id="in noise as loud as the chirp itself"),
        pytest.param(heard() + sine(0.8, 50, 2.4), id="with hum"),
        pytest.param(np.clip(heard(gain=5), -1, 1), id="cut off"),
        pytest.param(np.convolve(heard(), noise(1, 0.1) * np.exp(-np.arange(4800) / 800))[: 2 * RATE_HZ], id="echo"),
        pytest.param(np.where(np.arange(len(heard())) == 9, math.nan, heard()), id="a broken sample"),
        pytest.param(heard(second_later_s=0.009), id="9 ms late"),
    ],
)
def test_chirps_are_found(sound: Samples) -> None:
    loop = find_chirps(sound, RATE_HZ)
    assert loop.correlation > 0.2
    assert loop.first_at_s is not None


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(np.zeros(2 * RATE_HZ), id="silence"),
        pytest.param(noise(0.1, 2.4), id="noise"),
        pytest.param(sine(0.3, 1000, 2.4), id="a steady tone"),
        pytest.param(signals.tones(4, RATE_HZ), id="our tones"),
        pytest.param(np.cumsum(noise(0.001, 2.4)), id="rumble"),
    ],
)
def test_what_is_no_chirp_stays_far_below(sound: Samples) -> None:
    assert find_chirps(sound, RATE_HZ).correlation < 0.1


def test_chirps_that_take_different_times_are_not_both_ours() -> None:
    loop = find_chirps(heard(second_later_s=0.012), RATE_HZ)
    assert loop.first_at_s is None


def test_one_chirp_alone_is_not_enough() -> None:
    sound = heard(background=0.001)
    sound[: round(0.7 * RATE_HZ)] = noise(0.001, 0.7)
    assert find_chirps(sound, RATE_HZ).correlation < 0.1


def test_too_little_to_hold_both() -> None:
    assert find_chirps(np.ones(100), RATE_HZ) == Loop(0.0, None)


def test_a_meter_forgets_what_it_was_told_to() -> None:
    loud, soft = np.clip(sine(3.0, seconds=2.0), -1, 1), sine(0.1, seconds=1.0)
    meter = measured(np.concatenate((loud, soft)))
    assert meter.peak_dbfs == pytest.approx(0, abs=0.01)
    assert meter.clipped_runs > 100
    meter.forget_all_but(1.0)
    assert meter.duration_s == pytest.approx(1.0)
    assert meter.rms_dbfs == pytest.approx(-23.01, abs=0.01)
    assert meter.peak_dbfs == pytest.approx(-20, abs=0.01)
    assert meter.floor_dbfs == pytest.approx(-23, abs=0.2)
    assert meter.clipped_runs == 0
    assert meter.latest_dbfs == pytest.approx(-23.01, abs=0.01)


def test_a_meter_forgets_no_more_than_it_has() -> None:
    meter = measured(sine(0.1, seconds=0.25))
    meter.forget_all_but(6.0)
    assert meter.duration_s == pytest.approx(0.25)
    nothing = LevelMeter(RATE_HZ)
    nothing.forget_all_but(0.0)
    assert (nothing.latest_dbfs, nothing.duration_s) == (signals.NOTHING_DBFS, 0.0)


def test_the_latest_level_is_that_of_what_came_last() -> None:
    meter = measured(np.concatenate((sine(1.0), sine(0.01, seconds=0.1))))
    assert meter.latest_dbfs == pytest.approx(-43.01, abs=0.01)
