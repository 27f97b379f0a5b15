"""What is played, what comes back and what the system says, on a PortAudio whose microphone hears its speaker."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest

from readiness.model import Failure
from readiness.probes import speaker
from readiness.probes.sound import Device, Direction
from readiness.probes.sound_linux import ServedDevice, Volume
from readiness.probes.speaker import Task
from readiness.readings import SpeakerReading
from tests.probes.fake_portaudio import FakePortAudio, PortAudioError, install


def in_a_room() -> FakePortAudio:
    """A microphone that hears what the speaker played a little before, softer, and some hiss."""
    random = np.random.default_rng(1)
    heard = 0

    def hears(place: int, frames: int) -> Any:
        nonlocal heard
        hiss = random.standard_normal(frames) * 0.001
        if heard + 12 < len(portaudio.played):
            heard += 1
            return hiss + portaudio.played[heard - 1] * 0.2
        return hiss

    portaudio = FakePortAudio(hears=hears)
    return portaudio


def read(portaudio: FakePortAudio, monkeypatch: pytest.MonkeyPatch, **task: Any) -> SpeakerReading:
    install(monkeypatch, portaudio)
    return speaker.read(Task(**task), lambda partial: None)


def count_tones(portaudio: FakePortAudio) -> int:
    """How many tones of 700 Hz were played."""
    blocks = np.array(portaudio.played[: len(portaudio.played) // 10 * 10]).reshape(-1, 4800)
    steady = np.abs(blocks @ np.exp(-2j * np.pi * 700 * np.arange(4800) / 48_000)) / 2400 > 0.3
    return int(np.sum(np.diff(np.concatenate(([False], steady)).astype(int)) == 1))


def test_chirps_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    portaudio = in_a_room()
    reading = read(portaudio, monkeypatch)
    assert reading.failure is None
    assert reading.loop_correlation is not None
    assert reading.loop_correlation > 0.8
    assert reading.loop_delay_ms is not None
    assert reading.tones_played is None
    assert count_tones(portaudio) == 0


@pytest.mark.parametrize("tones", [1, 2, 3, 4])
def test_as_many_tones_are_played_as_asked_for(tones: int, monkeypatch: pytest.MonkeyPatch) -> None:
    portaudio = in_a_room()
    reading = read(portaudio, monkeypatch, tones=tones)
    assert reading.tones_played == count_tones(portaudio) == tones
    assert reading.tones_heard is None
    assert reading.loop_correlation is not None
    assert reading.loop_correlation > 0.8


def test_a_microphone_that_hears_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(2)
    reading = read(FakePortAudio(hears=lambda place, frames: random.standard_normal(frames) * 0.01), monkeypatch)
    assert reading.failure is None
    assert reading.loop_correlation is not None
    assert reading.loop_correlation < 0.15


@pytest.mark.parametrize(
    "portaudio",
    [
        pytest.param(FakePortAudio([("ALSA", "Desk", 0, 1)]), id="there is none"),
        pytest.param(FakePortAudio(), id="it gives no sound"),
        pytest.param(FakePortAudio(), id="it cannot be opened"),
    ],
)
def test_without_a_microphone_it_plays_all_the_same(
    portaudio: FakePortAudio, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if "no sound" in request.node.name:
        portaudio.InputStream = lambda **how: SimpleNamespace(
            start=lambda: None, abort=lambda **_: None, close=lambda **_: None, samplerate=48_000, active=True
        )
    if "opened" in request.node.name:

        def refuse(**how: Any) -> Any:
            raise PortAudioError("Device unavailable", -9985)

        portaudio.InputStream = refuse
    reading = read(portaudio, monkeypatch, tones=2)
    assert reading == SpeakerReading(name="Desk", available=("Desk",), tones_played=2)
    assert count_tones(portaudio) == 2


def test_volume_is_told_before_anything_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[SpeakerReading] = []
    portaudio = install(monkeypatch, in_a_room())
    monkeypatch.setattr(speaker, "volume_of", lambda device: Volume(31.0, False))

    def tell(partial: SpeakerReading) -> None:
        assert not portaudio.played
        told.append(partial)

    speaker.read(Task(), tell)
    assert told == [SpeakerReading(name="Desk", available=("Desk",), volume_pct=31.0, muted=False)]


def test_nobody_is_asked_to_count_what_is_muted(monkeypatch: pytest.MonkeyPatch) -> None:
    portaudio = in_a_room()
    monkeypatch.setattr(speaker, "volume_of", lambda device: Volume(80.0, True))
    reading = read(portaudio, monkeypatch, tones=3)
    assert reading.muted
    assert reading.tones_played is None
    assert reading.loop_correlation is not None
    assert count_tones(portaudio) == 0


def test_a_speaker_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read(FakePortAudio([("ALSA", "Desk", 1, 1)]), monkeypatch, speaker="Bluetooth")
    assert reading == SpeakerReading(failure=Failure.NONE_FOUND, name=reading.name, available=("Desk",))
    assert reading.name
    assert speaker.list_speakers() == ("Desk",)


def test_no_sound_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise OSError("PortAudio library not found")

    monkeypatch.setattr("importlib.import_module", fail)
    assert speaker.read(Task(), lambda partial: None) == SpeakerReading(failure=Failure.NO_SOUND_SYSTEM)
    assert speaker.list_speakers() == ()


def test_a_speaker_that_takes_no_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read(FakePortAudio([("ALSA", "Desk", 0, 1)], blocks=0), monkeypatch)
    assert reading == SpeakerReading(failure=Failure.NOT_ANSWERING, name="Desk", available=("Desk",))


def test_a_server_that_moved_us_to_another_speaker(monkeypatch: pytest.MonkeyPatch) -> None:
    here = ServedDevice(name="usb", description="USB", is_default=True, volume=Volume(40.0, False))
    answers = {"sinks": iter([(here,), ()]), "sources": iter([()])}
    install(monkeypatch, FakePortAudio([("ALSA", "pulse", 32, 32)]))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("readiness.probes.sound_linux.served_devices", lambda kind: next(answers[kind]))
    monkeypatch.setattr("readiness.probes.sound_linux.aim", lambda name, is_input: None)
    reading = speaker.read(Task(), lambda partial: None)
    assert (reading.name, reading.failure, reading.volume_pct) == ("USB", Failure.UNPLUGGED, 40.0)


@pytest.mark.parametrize(
    ("platform", "module"), [("win32", "volume_windows"), ("darwin", "volume_macos"), ("linux", "sound_linux")]
)
@pytest.mark.parametrize("is_default", [True, False])
def test_each_system_is_asked_in_its_own_way(
    platform: str, module: str, is_default: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("readiness.probes.volume_windows.read", lambda name, is_default: Volume(1.0, is_default))
    monkeypatch.setattr("readiness.probes.volume_macos.read", lambda name, is_default: Volume(2.0, is_default))
    monkeypatch.setattr("readiness.probes.sound_linux.default_volume", lambda: Volume(3.0, True))
    device = Device(name="x", index=0, direction=Direction.OUTPUT, rate_hz=48_000.0, is_default=is_default)
    expected = {
        "volume_windows": Volume(1.0, is_default),
        "volume_macos": Volume(2.0, is_default),
        "sound_linux": Volume(3.0, True) if is_default else Volume(),
    }
    assert speaker.volume_of(device) == expected[module]


@pytest.mark.parametrize("tones", [0, 5, "three"])
def test_only_1_to_4_tones_can_be_asked_for(tones: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"tones": tones}, Task)
