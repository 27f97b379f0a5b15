"""A PortAudio that does as told, in place of the module sounddevice: for what no lab can do, such as other systems."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest


class PortAudioError(Exception):
    """As sounddevice raises it: words, code, and the system's own (interface, code, words)."""


class FakePortAudio:
    """Devices, and streams that call back `blocks` times and then stop calling."""

    PortAudioError = PortAudioError

    def __init__(
        self,
        devices: Iterable[tuple[str, str, int, int]] = (("ALSA", "Desk", 1, 1),),
        *,
        defaults: tuple[int, int] = (0, 0),
        fails: Callable[[str, float], Exception | None] = lambda moment, rate_hz: None,
        blocks: int = 1_000_000,
        hears: Callable[[int, int], Any] = lambda place, frames: np.full(frames, 0.1),
        stays_active: bool = True,
    ) -> None:
        listed = list(devices)
        self._interfaces = [
            {
                "name": interface,
                "devices": [index for index, device in enumerate(listed) if device[0] == interface],
                "default_input_device": defaults[0],
                "default_output_device": defaults[1],
            }
            for interface in dict.fromkeys(device[0] for device in listed)
        ]
        self._devices = [
            {
                "index": index,
                "name": name,
                "max_input_channels": inputs,
                "max_output_channels": outputs,
                "default_samplerate": 44100.0,
            }
            for index, (_, name, inputs, outputs) in enumerate(listed)
        ]
        self.fails = fails
        self.blocks = blocks
        self.hears = hears
        self.stays_active = stays_active
        self.opened: list[dict[str, Any]] = []
        self.played: list[Any] = []
        self.InputStream: Callable[..., Any] = lambda **how: _Stream(self, is_input=True, **how)
        self.OutputStream: Callable[..., Any] = lambda **how: _Stream(self, is_input=False, **how)
        self.WasapiSettings = SimpleNamespace

    def query_hostapis(self) -> list[dict[str, Any]]:
        return self._interfaces

    def query_devices(self) -> list[dict[str, Any]]:
        return self._devices


class _Stream:
    def __init__(self, portaudio: FakePortAudio, *, is_input: bool, samplerate: float, **how: Any) -> None:
        if error := portaudio.fails("open", samplerate):
            raise error
        self._portaudio = portaudio
        self._is_input = is_input
        self._callback = how["callback"]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.samplerate = samplerate
        self.latency = 0.0
        portaudio.opened.append(how | {"samplerate": samplerate})

    @property
    def active(self) -> bool:
        return self._portaudio.stays_active or self._thread.is_alive()

    def start(self) -> None:
        if error := self._portaudio.fails("start", self.samplerate):
            raise error
        self._thread.start()

    def abort(self, ignore_errors: bool) -> None:
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def close(self, ignore_errors: bool) -> None:
        assert self._stopping.is_set()

    def _run(self) -> None:
        frames = round(self.samplerate / 100)
        for number in range(self._portaudio.blocks):
            if self._stopping.wait(0.0002):
                return
            block = np.zeros((frames, 1), np.float32)
            if self._is_input:
                block[:, 0] = self._portaudio.hears(number * frames, frames)
            self._callback(block, frames, None, None)
            if not self._is_input:
                self._portaudio.played.append(block[:, 0].copy())


def install(monkeypatch: pytest.MonkeyPatch, portaudio: FakePortAudio) -> FakePortAudio:
    """Put it in the place of sounddevice, on a system without a sound server, with short patience."""
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", portaudio)
    monkeypatch.setattr("readiness.probes.sound_linux._said", lambda command: None)
    monkeypatch.setattr("readiness.probes.sound.FIRST_SOUND_S", 0.2)
    monkeypatch.setattr("readiness.probes.sound.STALLED_S", 0.1)
    return portaudio
