"""How long the microphone is listened to and what comes of it, on a PortAudio that hears what it is told."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
import numpy as np
import pytest

from readiness.model import Failure
from readiness.probes import microphone
from readiness.probes.microphone import Task
from readiness.probes.sound_linux import ServedDevice, Volume
from readiness.readings import MicrophoneReading
from tests.probes.fake_portaudio import FakePortAudio, PortAudioError, install
from tests.probes.test_voice import RATE_HZ as SPOKEN_HZ
from tests.probes.test_voice import said


def read(portaudio: FakePortAudio, monkeypatch: pytest.MonkeyPatch, **task: Any) -> MicrophoneReading:
    told: list[MicrophoneReading] = []
    install(monkeypatch, portaudio)
    reading = microphone.read(Task(**task), told.append)
    duration_s = reading.duration_s or 0.0
    assert len(told) <= duration_s * 10, "more than ten partial readings a second"
    assert all(partial.failure is None for partial in told)
    assert msgspec.json.decode(msgspec.json.encode(reading), type=MicrophoneReading) == reading
    return reading


def hears(sound: Any, rate_hz: int = 48_000) -> Any:
    def block(place: int, frames: int) -> Any:
        there = (np.arange(place, place + frames) * SPOKEN_HZ / rate_hz) % (len(sound) - 1)
        return np.interp(there, np.arange(len(sound)), sound)

    return block


def hiss(level: float) -> Any:
    random = np.random.default_rng(1)
    return lambda place, frames: random.standard_normal(frames) * level


def test_somebody_who_speaks_is_soon_done(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = said("en", "Hello, can you hear me? I am ready for my visit.")
    reading = read(FakePortAudio(hears=hears(sentence)), monkeypatch)
    assert reading.failure is None
    assert reading.name == "Desk"
    assert reading.available == ("Desk",)
    assert reading.speech_heard
    assert reading.speech_dbfs == pytest.approx(-20, abs=5)
    assert 2.0 <= (reading.duration_s or 0) < 3.0


def test_a_room_is_listened_to_for_three_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read(FakePortAudio(hears=hiss(0.001)), monkeypatch)
    assert 3.0 <= (reading.duration_s or 0) < 4.0
    assert reading.speech_heard is False
    assert reading.speech_dbfs is None
    assert reading.rms_dbfs == pytest.approx(-60, abs=0.2)
    assert reading.floor_dbfs == pytest.approx(-60, abs=1)


def test_digital_silence_is_believed_after_four_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read(FakePortAudio(hears=lambda place, frames: np.zeros(frames)), monkeypatch)
    assert 4.0 <= (reading.duration_s or 0) < 5.0
    assert reading.peak_dbfs == reading.rms_dbfs == reading.floor_dbfs == -120.0


def test_one_step_of_16_bits_is_digital_silence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read(FakePortAudio(hears=lambda place, frames: np.full(frames, 1 / 32768)), monkeypatch)
    assert 4.0 <= (reading.duration_s or 0) < 5.0


def test_clipping_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off = np.clip(said("en", "Hello, can you hear me?") * 60, -1, 1)
    reading = read(FakePortAudio(hears=hears(cut_off)), monkeypatch)
    assert reading.peak_dbfs == pytest.approx(0.0, abs=0.01)
    assert (reading.clipped_runs or 0) > 10


def test_listening_for_as_long_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read(FakePortAudio(hears=hiss(0.01)), monkeypatch, listen_s=1.0)
    assert 1.0 <= (reading.duration_s or 0) < 2.0


def test_a_microphone_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    devices = [("Core Audio", "MacBook Pro Microphone", 1, 0), ("Core Audio", "MacBook Pro Speakers", 0, 2)]
    monkeypatch.setattr(sys, "platform", "darwin")
    reading = read(FakePortAudio(devices, defaults=(0, 1)), monkeypatch, microphone="Yeti")
    assert reading == MicrophoneReading(
        failure=Failure.NONE_FOUND, name=reading.name, available=("MacBook Pro Microphone",)
    )
    assert reading.name
    assert microphone.list_microphones() == ("MacBook Pro Microphone",)


def test_no_sound_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise OSError("PortAudio library not found")

    monkeypatch.setattr("importlib.import_module", fail)
    assert microphone.read(Task(), lambda partial: None) == MicrophoneReading(failure=Failure.NO_SOUND_SYSTEM)
    assert microphone.list_microphones() == ()


def test_a_microphone_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    portaudio = FakePortAudio(fails=lambda moment, rate_hz: PortAudioError("Device unavailable", -9985))
    assert read(portaudio, monkeypatch) == MicrophoneReading(failure=Failure.BUSY, name="Desk", available=("Desk",))


def test_what_was_heard_before_it_was_unplugged_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read(FakePortAudio(hears=hiss(0.01), blocks=100, stays_active=False), monkeypatch)
    assert reading.failure is Failure.UNPLUGGED
    assert reading.rms_dbfs == pytest.approx(-40, abs=1)


def test_a_server_that_moved_us_to_another_microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    here = ServedDevice(name="usb", description="USB", is_default=True, volume=Volume())
    answers = iter([(here,), ()])
    install(monkeypatch, FakePortAudio([("ALSA", "pulse", 32, 32)], hears=hiss(0.01)))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("readiness.probes.sound_linux.served_devices", lambda kind: next(answers))
    monkeypatch.setattr("readiness.probes.sound_linux.aim", lambda name, is_input: None)
    reading = microphone.read(Task(), lambda partial: None)
    assert (reading.name, reading.failure) == ("USB", Failure.UNPLUGGED)
