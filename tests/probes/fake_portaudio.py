"""A PortAudio that does as told, in place of the module sounddevice: for what no lab can do, such as other systems."""

from __future__ import annotations

import threading
import time
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
        self._clock = _Clock()
        self.opened: list[dict[str, Any]] = []
        self.played: list[Any] = []
        self.InputStream: Callable[..., Any] = lambda **how: _Stream(self, self._clock, is_input=True, **how)
        self.OutputStream: Callable[..., Any] = lambda **how: _Stream(self, self._clock, is_input=False, **how)
        self.WasapiSettings = SimpleNamespace

    def query_hostapis(self) -> list[dict[str, Any]]:
        return self._interfaces

    def query_devices(self) -> list[dict[str, Any]]:
        return self._devices


class _Clock:
    """What all streams go by, as those of one sound card do: each plays a block, then each hears one, and again.

    However busy the computer is, they never come apart.
    """

    def __init__(self) -> None:
        self._running: list[_Stream] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, stream: _Stream) -> None:
        with self._lock:
            self._running.append(stream)
            if self._thread is None:
                self._thread = threading.Thread(target=self._tick, daemon=True)
                self._thread.start()

    def stop(self, stream: _Stream) -> None:
        """From here on it is not called any more."""
        with self._lock:
            if stream in self._running:
                self._running.remove(stream)
            last = None if self._running else self._thread
        if last is not None:
            last.join()

    def await_end(self) -> None:
        """Wait until no stream calls back any more by itself."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def runs(self, stream: _Stream) -> bool:
        return stream in self._running

    def _tick(self) -> None:
        while True:
            time.sleep(0.0002)
            with self._lock:
                self._running = [stream for stream in self._running if stream.has_blocks]
                for stream in sorted(self._running, key=lambda stream: stream.is_input):
                    stream.call_back()
                if not self._running:
                    self._thread = None
                    return


class _Stream:
    def __init__(
        self, portaudio: FakePortAudio, clock: _Clock, *, is_input: bool, samplerate: float, **how: Any
    ) -> None:
        if error := portaudio.fails("open", samplerate):
            raise error
        self._portaudio = portaudio
        self._clock = clock
        self._callback = how["callback"]
        self._blocks = 0
        self._aborted = False
        self.is_input = is_input
        self.samplerate = samplerate
        self.latency = 0.0
        portaudio.opened.append(how | {"samplerate": samplerate})

    @property
    def active(self) -> bool:
        return self._portaudio.stays_active or self._clock.runs(self)

    @property
    def has_blocks(self) -> bool:
        """Whether it calls back any more."""
        return self._blocks < self._portaudio.blocks

    def start(self) -> None:
        if error := self._portaudio.fails("start", self.samplerate):
            raise error
        self._clock.start(self)

    def await_end(self) -> None:
        """Wait until all its blocks are over."""
        self._clock.await_end()

    def abort(self, ignore_errors: bool) -> None:
        self._aborted = True
        self._clock.stop(self)

    def close(self, ignore_errors: bool) -> None:
        assert self._aborted

    def call_back(self) -> None:
        frames = round(self.samplerate / 100)
        block = np.zeros((frames, 1), np.float32)
        if self.is_input:
            block[:, 0] = self._portaudio.hears(self._blocks * frames, frames)
        self._blocks += 1
        self._callback(block, frames, None, None)
        if not self.is_input:
            self._portaudio.played.append(block[:, 0].copy())


def install(monkeypatch: pytest.MonkeyPatch, portaudio: FakePortAudio) -> FakePortAudio:
    """Put it in the place of sounddevice, on a system without a sound server, with short patience."""
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", portaudio)
    monkeypatch.setattr("readiness.probes.sound_linux._said", lambda command: None)
    monkeypatch.setattr("readiness.probes.sound.FIRST_SOUND_S", 0.2)
    monkeypatch.setattr("readiness.probes.sound.STALLED_S", 0.1)
    return portaudio
