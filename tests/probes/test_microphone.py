"""How long the microphone is listened to and what comes of it, on a PortAudio that hears what it is told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest

from readiness.live import Live
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


# While a person watches


def follow(
    portaudio: FakePortAudio,
    monkeypatch: pytest.MonkeyPatch,
    done: Callable[[list[MicrophoneReading]], bool] = lambda told: False,
) -> tuple[MicrophoneReading, list[MicrophoneReading]]:
    told: list[MicrophoneReading] = []
    install(monkeypatch, portaudio)
    live = Live(show=lambda picture: None, done=lambda: done(told))
    return microphone.read(Task(live=True), told.append, live), told


def then(*parts: tuple[float, Any], rate_hz: int = 48_000) -> Any:
    """Sounds one after another, each for so many seconds; the last goes on."""

    def block(place: int, frames: int) -> Any:
        begins = 0.0
        for seconds, hears_it in parts[:-1]:
            begins += seconds * rate_hz
            if place < begins:
                return hears_it(place, frames)
        return parts[-1][1](place, frames)

    return block


def spoken(loudness: float = 1.0) -> Any:
    return hears(said("en", "Hello, can you hear me? I am ready for my visit.") * loudness)


def test_levels_go_on_until_the_person_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, told = follow(FakePortAudio(hears=hiss(0.01)), monkeypatch, lambda told: len(told) >= 150)
    assert reading == told[-1]
    assert (reading.failure, len(told)) == (None, 150)
    assert max(partial.duration_s or 0 for partial in told) == pytest.approx(microphone.WINDOW_S, abs=0.1)
    assert all(partial.level_dbfs == pytest.approx(-40, abs=1.5) for partial in told)


def test_a_person_who_falls_silent_keeps_their_voice_while_levels_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    portaudio = FakePortAudio(hears=then((4.0, spoken()), (0.0, hiss(0.0001))))
    reading, told = follow(portaudio, monkeypatch, lambda told: len(told) >= 150)
    assert not told[0].speech_heard
    assert reading.speech_heard
    assert reading.speech_dbfs == pytest.approx(-20, abs=5)
    assert reading.rms_dbfs == pytest.approx(-80, abs=1)
    assert reading.level_dbfs == pytest.approx(-80, abs=1)
    heard = [bool(partial.speech_heard) for partial in told]
    assert heard == sorted(heard), "what was heard stays heard"


def test_who_speaks_up_is_heard_louder(monkeypatch: pytest.MonkeyPatch) -> None:
    portaudio = FakePortAudio(hears=then((4.0, spoken(0.03)), (0.0, spoken())))
    reading, told = follow(portaudio, monkeypatch, lambda told: len(told) >= 120)
    assert told[35].speech_dbfs == pytest.approx(-50, abs=5)
    assert reading.speech_dbfs == pytest.approx(-20, abs=5)


def test_a_moment_of_clipping_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off = hears(np.clip(3 * np.sin(np.arange(SPOKEN_HZ) / 20), -1, 1))
    reading, told = follow(
        FakePortAudio(hears=then((1.0, cut_off), (0.0, hiss(0.01)))), monkeypatch, lambda told: len(told) >= 120
    )
    assert (told[5].clipped_runs or 0) > 3
    assert reading.clipped_runs == 0


def test_a_microphone_that_goes_away_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, told = follow(FakePortAudio(hears=hiss(0.01), blocks=1000, stays_active=False), monkeypatch)
    assert reading == msgspec.structs.replace(told[-1], failure=Failure.UNPLUGGED)


def test_a_server_that_moves_us_to_another_microphone_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    here = ServedDevice(name="usb", description="USB", is_default=True, volume=Volume())
    answers = iter([(here,), (here,)])
    install(monkeypatch, FakePortAudio())
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(microphone, "_ASK_AGAIN_S", 0.0)
    monkeypatch.setattr("readiness.probes.sound_linux.served_devices", lambda kind: next(answers, ()))
    monkeypatch.setattr("readiness.probes.sound_linux.aim", lambda name, is_input: None)
    reading, told = follow(FakePortAudio([("ALSA", "pulse", 32, 32)], hears=hiss(0.01)), monkeypatch)
    assert (reading.name, reading.failure, len(told)) == ("USB", Failure.UNPLUGGED, 2)


def test_who_is_done_at_once_hears_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, told = follow(FakePortAudio(), monkeypatch, lambda told: True)
    assert (reading, told) == (MicrophoneReading(name="Desk", available=("Desk",)), [])
