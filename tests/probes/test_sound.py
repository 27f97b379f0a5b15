"""Which devices are offered, which one is taken, and what goes wrong with it, on a PortAudio that does as told."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from readiness.model import Failure
from readiness.probes import sound
from readiness.probes.signals import Samples
from readiness.probes.sound import Device, Direction, Playing, Recording, SoundProblem
from readiness.probes.sound_linux import ServedDevice, Volume
from tests.probes.fake_portaudio import FakePortAudio, PortAudioError, install


def names(direction: Direction) -> list[str]:
    return [device.name for device in sound.devices(direction)]


def served(monkeypatch: pytest.MonkeyPatch, *devices: ServedDevice) -> None:
    monkeypatch.setattr("readiness.probes.sound_linux.served_devices", lambda kind: devices)


def served_device(name: str, description: str, *, is_default: bool = False) -> ServedDevice:
    return ServedDevice(name=name, description=description, is_default=is_default, volume=Volume(50.0, False))


DESK = Device(name="Desk", index=0, direction=Direction.INPUT, rate_hz=44100.0, is_default=True)
HEADSET = Device(name="USB Headset", index=1, direction=Direction.INPUT, rate_hz=16000.0)
HEADSET_2 = Device(name="Headset", index=2, direction=Direction.INPUT, rate_hz=16000.0)


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (None, DESK),
        ("Desk", DESK),
        ("dESK", DESK),
        ("usb", HEADSET),
        ("headset", HEADSET_2),
        ("set", HEADSET),
        ("camera", None),
    ],
)
def test_a_device_is_chosen_by_name_or_part_of_it(wanted: str | None, chosen: Device | None) -> None:
    assert sound.choose((DESK, HEADSET, HEADSET_2), wanted) == chosen


def test_no_device_to_choose() -> None:
    assert sound.choose((), None) is None


def test_alsa_without_a_server_shows_no_plumbing(monkeypatch: pytest.MonkeyPatch) -> None:
    plumbing = ("sysdefault", "front", "surround51", "iec958", "hdmi", "dmix", "default", "samplerate", "lavrate")
    install(
        monkeypatch,
        FakePortAudio(
            [("ALSA", "HDA Intel PCH: ALC257 Analog (hw:0,0)", 2, 2)]
            + [("ALSA", name, 128, 128) for name in plumbing]
            + [("ALSA", "USB Audio (hw:1,0)", 1, 0)],
            defaults=(7, 7),
        ),
    )
    monkeypatch.setattr(sys, "platform", "linux")
    assert names(Direction.OUTPUT) == ["default", "HDA Intel PCH: ALC257 Analog (hw:0,0)"]
    assert names(Direction.INPUT) == ["default", "HDA Intel PCH: ALC257 Analog (hw:0,0)", "USB Audio (hw:1,0)"]


def test_plumbing_is_better_than_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakePortAudio([("ALSA", "sysdefault", 1, 1)], defaults=(-1, -1)))
    monkeypatch.setattr(sys, "platform", "linux")
    assert names(Direction.INPUT) == ["sysdefault"]


def test_a_server_knows_the_devices_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakePortAudio([("ALSA", "default", 32, 32), ("ALSA", "pulse", 32, 32)]))
    monkeypatch.setattr(sys, "platform", "linux")
    served(monkeypatch, served_device("hdmi", "Screen"), served_device("analog", "Built-in", is_default=True))
    first, second = sound.devices(Direction.OUTPUT)
    assert (first.name, first.server_name, first.is_default, first.volume) == (
        "Built-in",
        "analog",
        True,
        Volume(50.0, False),
    )
    assert (second.name, second.server_name, second.index) == ("Screen", "hdmi", 1)


def test_a_server_without_devices_has_none_whatever_alsa_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakePortAudio([("ALSA", "pulse", 32, 32)]))
    monkeypatch.setattr(sys, "platform", "linux")
    served(monkeypatch)
    assert sound.devices(Direction.OUTPUT) == ()


def test_a_server_that_alsa_cannot_reach_is_left_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakePortAudio([("ALSA", "USB Audio (hw:1,0)", 1, 1)]))
    monkeypatch.setattr(sys, "platform", "linux")
    served(monkeypatch, served_device("usb", "USB"))
    assert names(Direction.INPUT) == ["USB Audio (hw:1,0)"]


def test_windows_shows_each_device_once(monkeypatch: pytest.MonkeyPatch) -> None:
    install(
        monkeypatch,
        FakePortAudio(
            [
                ("MME", "Microphone (Realtek High Defini", 2, 0),
                ("Windows DirectSound", "Microphone (Realtek High Definition Audio)", 2, 0),
                ("Windows WASAPI", "Microphone (Realtek High Definition Audio)", 2, 0),
                ("Windows WASAPI", "Headset (WH-1000XM4)", 1, 0),
                ("Windows WDM-KS", "Microphone (Realtek HD Audio Mic input)", 2, 0),
            ],
            defaults=(3, -1),
        ),
    )
    monkeypatch.setattr(sys, "platform", "win32")
    assert names(Direction.INPUT) == ["Headset (WH-1000XM4)", "Microphone (Realtek High Definition Audio)"]
    assert names(Direction.OUTPUT) == []


@pytest.mark.parametrize("error", [OSError("PortAudio library not found"), PortAudioError("Error initializing", -9999)])
def test_no_sound_system(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise error

    monkeypatch.setattr("importlib.import_module", fail)
    with pytest.raises(SoundProblem) as caught:
        sound.devices(Direction.INPUT)
    assert caught.value.failure is Failure.NO_SOUND_SYSTEM


@pytest.mark.parametrize(
    ("arguments", "failure"),
    [
        (("Device unavailable", -9985), Failure.BUSY),
        (("Invalid device", -9996), Failure.UNPLUGGED),
        (("Wait timed out", -9987), Failure.NOT_ANSWERING),
        (("Illegal combination of I/O devices", -9993), Failure.NOT_ANSWERING),
        (("Unanticipated host error", -9999, (0, -5, "Input/output error")), Failure.NOT_ANSWERING),
        (("Unanticipated host error", -9999, (0, -16, "Device or resource busy")), Failure.BUSY),
        (("Unanticipated host error", -9999, (0, -13, "Permission denied")), Failure.BLOCKED),
        (("Unanticipated host error", -9999, (0, -19, "No such device")), Failure.UNPLUGGED),
        (("Unanticipated host error", -9999, (0, -111, "Connection refused")), Failure.NO_SOUND_SYSTEM),
        (("Unanticipated host error", -9999, (2, -2147024891, "Access is denied.")), Failure.BLOCKED),
        (("Unanticipated host error", -9999, (2, 0x80070005, "")), Failure.BLOCKED),
        (("Unanticipated host error", -9999, (2, -2004287478, "AUDCLNT_E_DEVICE_IN_USE")), Failure.BUSY),
        (("Unanticipated host error", -9999, (2, -2004287484, "AUDCLNT_E_DEVICE_INVALIDATED")), Failure.UNPLUGGED),
        (("Invalid number of channels", -9998), Failure.CRASHED),
        (("Something new",), Failure.CRASHED),
        ((), Failure.CRASHED),
    ],
)
def test_what_errors_mean(arguments: tuple[Any, ...], failure: Failure) -> None:
    assert sound.failure_of(PortAudioError(*arguments)) is failure


def use(device: Device) -> None:
    """Listen for as long as there is something to hear, or play ten seconds."""
    if device.direction is Direction.INPUT:
        with Recording(device) as recording:
            while True:
                recording.next()
    else:
        with Playing(device) as playing:
            playing.play(np.zeros(480_000))


def problem_with(device: Device) -> Failure:
    with pytest.raises(SoundProblem) as caught:
        use(device)
    return caught.value.failure


INPUT_AND_OUTPUT = [DESK, Device(name="Desk", index=0, direction=Direction.OUTPUT, rate_hz=44100.0)]
EACH = pytest.mark.parametrize("device", INPUT_AND_OUTPUT, ids=["microphone", "speaker"])


@EACH
@pytest.mark.parametrize("moment", ["open", "start"])
def test_a_device_in_use(device: Device, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    error = PortAudioError("Device unavailable", -9985)
    install(monkeypatch, FakePortAudio(fails=lambda now, rate_hz: error if now == moment else None))
    assert problem_with(device) is Failure.BUSY


@EACH
@pytest.mark.parametrize(
    ("blocks", "stays_active", "failure"),
    [
        pytest.param(0, True, Failure.NOT_ANSWERING, id="never a sound"),
        pytest.param(0, False, Failure.NOT_ANSWERING, id="never a sound, and the stream ends"),
        pytest.param(20, True, Failure.NOT_ANSWERING, id="stops in the middle"),
        pytest.param(20, False, Failure.UNPLUGGED, id="the stream ends in the middle"),
    ],
)
def test_a_device_that_stops(
    device: Device, blocks: int, stays_active: bool, failure: Failure, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, FakePortAudio(blocks=blocks, stays_active=stays_active))
    assert problem_with(device) is failure


@EACH
@pytest.mark.parametrize(
    ("left", "failure"), [((), Failure.UNPLUGGED), ((served_device("desk", "Desk"),), Failure.NOT_ANSWERING)]
)
def test_a_device_that_its_server_lost(
    device: Device, left: Iterable[ServedDevice], failure: Failure, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, FakePortAudio(blocks=20))
    for name in ("PULSE_SINK", "PULSE_SOURCE", "PIPEWIRE_NODE"):
        monkeypatch.setenv(name, "")
    served(monkeypatch, *left)
    behind_server = Device(name="Desk", index=0, direction=device.direction, rate_hz=44100.0, server_name="desk")
    assert problem_with(behind_server) is failure


@EACH
def test_a_device_that_cannot_do_48_khz_runs_at_its_own_rate(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = PortAudioError("Invalid sample rate", -9997)
    portaudio = install(monkeypatch, FakePortAudio(fails=lambda now, rate_hz: refusal if rate_hz == 48_000 else None))
    kind = Recording if device.direction is Direction.INPUT else Playing
    with kind(device) as stream:
        assert stream.rate_hz == 44100.0
    assert [opened["samplerate"] for opened in portaudio.opened] == [44100.0]


def test_a_device_that_cannot_do_its_own_rate_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakePortAudio(fails=lambda now, rate_hz: PortAudioError("Invalid sample rate", -9997)))
    assert problem_with(DESK) is Failure.CRASHED


def test_what_is_not_a_number_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakePortAudio(hears=lambda place, frames: np.full(frames, np.nan)))
    with Recording(DESK) as recording:
        heard = recording.next()
    assert len(heard) > 0
    assert not np.any(heard)


def test_memory_is_bounded_when_nobody_takes_the_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "_BLOCKS", 3)
    install(monkeypatch, FakePortAudio(blocks=50, stays_active=False))
    with Recording(DESK) as recording:
        recording._stream.await_end()
        assert len(recording.waiting()) == 3 * 480


def test_a_sound_is_played_once_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    portaudio = install(monkeypatch, FakePortAudio())
    played: Samples = np.sin(np.arange(1234))
    with Playing(INPUT_AND_OUTPUT[1]) as playing:
        playing.play(played)
    taken = np.concatenate(portaudio.played)
    assert taken[:1234] == pytest.approx(played, abs=1e-6)
    assert not np.any(taken[1234:])
