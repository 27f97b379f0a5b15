"""What the sound server's tools say, as recorded from PulseAudio 16.1, PipeWire 0.3.65 and their like."""

from __future__ import annotations

import os
import subprocess
from typing import Any, Literal

import pytest

from readiness.probes import sound_linux
from readiness.probes.sound_linux import ServedDevice, Volume, parse_default, parse_devices, parse_wpctl

SINKS = """\
Sink #0
\tState: IDLE
\tName: alsa_output.pci-0000_00_1f.3.analog-stereo
\tDescription: Built-in Audio Analog Stereo
\tDriver: module-alsa-card.c
\tSample Specification: s16le 2ch 44100Hz
\tChannel Map: front-left,front-right
\tOwner Module: 7
\tMute: no
\tVolume: front-left: 26214 /  40% / -23.88 dB,   front-right: 19661 /  30% / -31.37 dB
\t        balance -0.25
\tBase Volume: 65536 / 100% / 0.00 dB
\tMonitor Source: alsa_output.pci-0000_00_1f.3.analog-stereo.monitor
\tLatency: 12072 usec, configured 20000 usec
\tFlags: HARDWARE HW_MUTE_CTRL HW_VOLUME_CTRL DECIBEL_VOLUME LATENCY
\tProperties:
\t\talsa.card_name = "HDA Intel PCH"
\t\tdevice.description = "Built-in Audio Analog Stereo"
\tPorts:
\t\tanalog-output-speaker: Speakers (type: Speaker, priority: 10000, availability unknown)
\tActive Port: analog-output-speaker
\tFormats:
\t\tpcm

Sink #61
\tState: SUSPENDED
\tName: bluez_output.00_1B_66_AA_BB_CC.1
\tDescription: Anas Kopfhörer
\tDriver: PipeWire
\tMute: yes
\tVolume: mono: 65536 / 100% / 0.00 dB
\tMonitor Source: bluez_output.00_1B_66_AA_BB_CC.1.monitor

Sink #7
\tName: auto_null
\tDescription: Dummy Output
\tMute: no
\tVolume: front-left: 65536 / 100% / 0.00 dB,   front-right: 65536 / 100% / 0.00 dB
"""

SOURCES = """\
Source #0
\tState: IDLE
\tName: alsa_output.pci-0000_00_1f.3.analog-stereo.monitor
\tDescription: Monitor of Built-in Audio Analog Stereo
\tMute: no
\tVolume: front-left: 65536 / 100% / 0.00 dB,   front-right: 65536 / 100% / 0.00 dB
\tMonitor of Sink: alsa_output.pci-0000_00_1f.3.analog-stereo

Source #1
\tState: RUNNING
\tName: alsa_input.usb-046d_HD_Webcam-02.mono
\tDescription:\x20
\tMute: no
\tVolume: mono: 45875 /  70% / -9.29 dB
\tMonitor of Sink: n/a
"""

INFO = """\
Server String: /run/user/1000/pulse/native
Server Name: PulseAudio (on PipeWire 0.3.65)
Default Sink: bluez_output.00_1B_66_AA_BB_CC.1
Default Source: alsa_input.usb-046d_HD_Webcam-02.mono
Cookie: 8a29:883b
"""


def test_speakers_without_the_dummy() -> None:
    assert parse_devices(SINKS, "bluez_output.00_1B_66_AA_BB_CC.1") == (
        ServedDevice(
            name="alsa_output.pci-0000_00_1f.3.analog-stereo",
            description="Built-in Audio Analog Stereo",
            is_default=False,
            volume=Volume(40.0, False),
        ),
        ServedDevice(
            name="bluez_output.00_1B_66_AA_BB_CC.1",
            description="Anas Kopfhörer",
            is_default=True,
            volume=Volume(100.0, True),
        ),
    )


def test_microphones_without_the_sound_of_speakers() -> None:
    (microphone,) = parse_devices(SOURCES, None)
    assert microphone.name == microphone.description == "alsa_input.usb-046d_HD_Webcam-02.mono"


@pytest.mark.parametrize(
    "listing",
    ["", "Sink #3\n\tState: IDLE\n", "Connection failure: Connection refused\n", "Sink #1\n\tName: auto_null\n"],
)
def test_no_devices(listing: str) -> None:
    assert parse_devices(listing, "anything") == ()


def test_facts_that_are_missing_are_unknown() -> None:
    (device,) = parse_devices("Sink #1\n\tName: x\n\tMute: maybe\n", "x")
    assert device == ServedDevice(name="x", description="x", is_default=True, volume=Volume(None, None))


@pytest.mark.parametrize(
    ("kind", "name"),
    [("sinks", "bluez_output.00_1B_66_AA_BB_CC.1"), ("sources", "alsa_input.usb-046d_HD_Webcam-02.mono")],
)
def test_the_default(kind: Literal["sinks", "sources"], name: str) -> None:
    assert parse_default(INFO, kind) == name
    assert parse_default("Server Name: x\n", kind) is None


@pytest.mark.parametrize(
    ("told", "volume"),
    [
        ("Volume: 0.40\n", Volume(40.0, False)),
        ("Volume: 1.00 [MUTED]\n", Volume(100.0, True)),
        ("Volume: 0 [MUTED]\n", Volume(0.0, True)),
        ("Object '@DEFAULT_AUDIO_SINK@' not found\n", Volume()),
    ],
)
def test_pipewires_own_tool(told: str, volume: Volume) -> None:
    assert parse_wpctl(told) == volume


def answering(answers: dict[tuple[str, ...], str], monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **how: Any) -> Any:
        assert how["env"]["LC_ALL"] == "C"
        answer = answers.get(tuple(command))
        if answer is None:
            raise FileNotFoundError(command[0])
        return subprocess.CompletedProcess(command, 0, answer.encode())

    monkeypatch.setattr(subprocess, "run", run)


def test_a_server_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    answering({("pactl", "list", "sources"): SOURCES, ("pactl", "info"): INFO}, monkeypatch)
    served = sound_linux.served_devices("sources")
    assert served is not None
    assert [(device.name, device.is_default) for device in served] == [("alsa_input.usb-046d_HD_Webcam-02.mono", True)]


@pytest.mark.parametrize("answers", [{}, {("pactl", "list", "sinks"): SINKS}])
def test_no_server_can_be_asked(answers: dict[tuple[str, ...], str], monkeypatch: pytest.MonkeyPatch) -> None:
    answering(answers, monkeypatch)
    assert sound_linux.served_devices("sinks") is None


def test_volume_without_pactl(monkeypatch: pytest.MonkeyPatch) -> None:
    answering({("wpctl", "get-volume", "@DEFAULT_AUDIO_SINK@"): "Volume: 0.25\n"}, monkeypatch)
    assert sound_linux.default_volume() == Volume(25.0, False)
    answering({}, monkeypatch)
    assert sound_linux.default_volume() == Volume()


@pytest.mark.parametrize(("is_input", "name"), [(True, "PULSE_SOURCE"), (False, "PULSE_SINK")])
def test_the_next_stream_reaches_the_chosen_device(is_input: bool, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "before")
    monkeypatch.setenv("PIPEWIRE_NODE", "before")
    sound_linux.aim("chosen", is_input=is_input)
    assert os.environ[name] == os.environ["PIPEWIRE_NODE"] == "chosen"
