"""Which microphones and speakers there are, and how to open one: everything that PortAudio is asked for.

Two streams, never one for both directions: a duplex stream through a sound server loses samples in both.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import queue
import re
import sys
import threading
import time
from enum import StrEnum
from types import ModuleType, TracebackType
from typing import Any, Final, Self

import msgspec
import numpy as np

from readiness.model import Failure
from readiness.probes import sound_linux
from readiness.probes.signals import Samples
from readiness.probes.sound_linux import Volume

log = logging.getLogger(__name__)

#: The rate that sound hardware of the last twenty years runs at by itself.
RATE_HZ: Final = 48_000

#: How much is buffered. Short buffers run dry on a busy old computer and through PulseAudio (under 0.1 s the chirps came
#: out torn), and nothing here has to be quick: 0.2 s never did.
BUFFER_S: Final = 0.2

#: A stream that was opened must ask for or give sound within this; sound cards take up to about 1 s to wake.
FIRST_SOUND_S: Final = 2.0

#: A stream that has given sound and then gives none for this long has ended.
STALLED_S: Final = 1.0

#: Blocks that may wait between two looks; more than 8 s of the shortest there are. What does not fit is dropped.
_BLOCKS: Final = 4096

#: Names by which ALSA plays through a sound server, the best first.
_SERVER_DEVICES: Final = ("pulse", "pipewire", "default")

#: What ALSA lists beside real devices: ways of wiring channels and of converting.
_PLUMBING: Final = re.compile(
    r"(sys)?default|pulse|pipewire|jack|oss|null|hw|plughw|dmix|dsnoop|(lav|samplerate|speex)\w*|speex|upmix|vdownmix"
    r"|front|rear|side|center_lfe|surround\d+|iec958|spdif|hdmi|modem|phoneline|a52|usbstream"
)

#: PortAudio's codes (portaudio.h).
_PA_DEVICE_UNAVAILABLE: Final = -9985
_PA_INVALID_DEVICE: Final = -9996
_PA_INVALID_SAMPLE_RATE: Final = -9997
_PA_TIMED_OUT: Final = -9987
_PA_UNANTICIPATED_HOST_ERROR: Final = -9999
_PA_BAD_DEVICE_COMBINATION: Final = -9993  # what PortAudio makes of ALSA's refusals to open, busy aside

#: What the systems' own codes mean: ALSA's negative errno, WASAPI's and Windows' HRESULT.
_HOST_FAILURES: Final = {
    -16: Failure.BUSY,  # EBUSY
    -13: Failure.BLOCKED,  # EACCES
    -1: Failure.BLOCKED,  # EPERM
    -6: Failure.UNPLUGGED,  # ENXIO
    -19: Failure.UNPLUGGED,  # ENODEV
    -111: Failure.NO_SOUND_SYSTEM,  # ECONNREFUSED: the sound server is gone
    0x80070005: Failure.BLOCKED,  # E_ACCESSDENIED: the privacy switch is off
    0x8889000A: Failure.BUSY,  # AUDCLNT_E_DEVICE_IN_USE: another program has it for itself
    0x88890004: Failure.UNPLUGGED,  # AUDCLNT_E_DEVICE_INVALIDATED
    0x88890010: Failure.NO_SOUND_SYSTEM,  # AUDCLNT_E_SERVICE_NOT_RUNNING
}


class SoundProblem(Exception):
    """A sound device that cannot be used, and why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


class Direction(StrEnum):
    INPUT = "input"
    OUTPUT = "output"


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One microphone or speaker."""

    name: str
    """As the system shows it to a person."""
    index: int
    """PortAudio's number for it."""
    direction: Direction
    rate_hz: float
    """Its own rate."""
    is_default: bool = False
    server_name: str | None = None
    """What the sound server calls it, where one plays for us (Linux)."""
    volume: Volume | None = None
    """Volume and mute, where the list of devices tells them already (Linux)."""


def devices(direction: Direction) -> tuple[Device, ...]:
    """All of them, the system's default first. Raises SoundProblem when there is no sound system at all."""
    listed, default = _ask_portaudio(direction)
    if sys.platform == "linux":
        through_server = _behind_server(direction, listed)
        if through_server is not None:
            return through_server
        listed = without_plumbing(listed, default)
    return tuple(sorted(listed, key=lambda device: not device.is_default))


def choose(found: tuple[Device, ...], wanted: str | None) -> Device | None:
    """The device with that name, else the first with that part of a name, in any case; the first for None."""
    if wanted is None:
        return found[0] if found else None
    asked = wanted.casefold()
    exact = [device for device in found if device.name.casefold() == asked]
    partly = [device for device in found if asked in device.name.casefold()]
    return next(iter(exact + partly), None)


def is_gone(device: Device) -> bool:
    """Whether a sound server no longer has the device. It then moves streams to another one and says nothing."""
    if device.server_name is None:
        return False
    served = _served(device.direction)
    return served is not None and device.server_name not in {other.name for other in served}


def without_plumbing(found: list[Device], default: int) -> list[Device]:
    """The devices without ALSA's wiring. The default stays whatever it is: it lets programs share the sound card."""
    real = [device for device in found if device.index == default or not _PLUMBING.fullmatch(device.name)]
    return real or found


def failure_of(error: Exception) -> Failure:
    """What a PortAudioError means: its arguments are words, PortAudio's code, and (interface, code, words) of the system."""
    code = error.args[1] if len(error.args) > 1 else None
    host = error.args[2] if len(error.args) > 2 else None
    if host is not None and (failure := _HOST_FAILURES.get(_as_told(host[1]))):
        return failure
    if code == _PA_DEVICE_UNAVAILABLE:
        return Failure.BUSY
    if code == _PA_INVALID_DEVICE:
        return Failure.UNPLUGGED
    if code in (_PA_TIMED_OUT, _PA_UNANTICIPATED_HOST_ERROR, _PA_BAD_DEVICE_COMBINATION):
        return Failure.NOT_ANSWERING
    return Failure.CRASHED


class Replugging:
    """Lets PortAudio see what was plugged in or out meanwhile: it looks when it is started, and never again."""

    def __init__(self) -> None:
        self._cards = sound_linux.cards()

    def look_again(self) -> None:
        """Start it anew; no stream may be open. On Linux only when a sound card came or went: to look there, PortAudio
        opens every card, which another program could be about to use.
        """
        cards = sound_linux.cards()
        if sys.platform == "linux" and cards == self._cards:
            return
        self._cards = cards
        with contextlib.suppress(SoundProblem):
            portaudio = _portaudio()
            for step in (portaudio._terminate, portaudio._initialize):  # noqa: SLF001 - there is no public way
                with contextlib.suppress(portaudio.PortAudioError):
                    step()


class Recording:
    """An open microphone. Sound waits in memory until it is taken, and is forgotten then."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._blocks: queue.Queue[Samples] = queue.Queue(_BLOCKS)
        self.began_at: float | None = None
        """When the first sample was heard, on `time.perf_counter`; None before."""
        self._stream, self.rate_hz = _open(device, self._hear)

    def _hear(self, block: Any, frames: int, clock: Any, status: Any) -> None:
        if self.began_at is None:
            self.began_at = time.perf_counter() - frames / self.rate_hz
        if not self._blocks.full():
            self._blocks.put_nowait(block[:, 0].astype(np.float64))

    def __enter__(self) -> Self:
        _start(self._stream)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _close(self._stream)

    def next(self) -> Samples:
        """The next sound, as soon as there is some. Raises SoundProblem when none comes any more."""
        try:
            block = self._blocks.get(timeout=STALLED_S if self.began_at else FIRST_SOUND_S)
        except queue.Empty:
            raise SoundProblem(_why_it_ended(self._device, self._stream, began=self.began_at is not None)) from None
        return np.nan_to_num(np.concatenate((block, self.waiting())))

    def waiting(self) -> Samples:
        """Whatever has been heard since the last call; perhaps nothing."""
        blocks = [self._blocks.get_nowait() for _ in range(self._blocks.qsize())]
        return np.nan_to_num(np.concatenate([np.zeros(0), *blocks]))


class Playing:
    """A speaker that plays one sound once, then silence."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._sound: Samples = np.zeros(0)
        self._place = 0
        self._began = threading.Event()
        self._handed_over = threading.Event()
        self.began_at: float | None = None
        """When the first sample was handed to the system, on `time.perf_counter`; None before."""
        self._stream, self.rate_hz = _open(device, self._give)

    def _give(self, block: Any, frames: int, clock: Any, status: Any) -> None:
        if self.began_at is None:
            self.began_at = time.perf_counter()
            self._began.set()
        part = self._sound[self._place : self._place + frames]
        block[: len(part)] = part[:, None]
        block[len(part) :] = 0
        self._place += len(part)
        if self._place >= len(self._sound):
            self._handed_over.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _close(self._stream)

    def play(self, sound: Samples) -> None:
        """Play the sound to its end, as far as the system tells. Raises SoundProblem when the system does not take it."""
        self._sound = sound
        _start(self._stream)
        if not self._began.wait(FIRST_SOUND_S):
            raise SoundProblem(_why_it_ended(self._device, self._stream, began=False))
        place = -1
        while not self._handed_over.wait(STALLED_S):
            if place == self._place:
                raise SoundProblem(_why_it_ended(self._device, self._stream, began=True))
            place = self._place
        time.sleep(min(max(BUFFER_S, self._stream.latency), STALLED_S))


def _portaudio() -> ModuleType:
    """The module sounddevice, which starts PortAudio when it is imported."""
    try:
        sounddevice = importlib.import_module("sounddevice")
    except OSError as error:  # the library is missing
        log.info("PortAudio cannot be used: %s", error)
        raise SoundProblem(Failure.NO_SOUND_SYSTEM) from error
    except Exception as error:  # PortAudioError has no name before it is imported
        log.info("PortAudio does not start: %s", error)
        raise SoundProblem(Failure.NO_SOUND_SYSTEM) from error
    return sounddevice


def _ask_portaudio(direction: Direction) -> tuple[list[Device], int]:
    """All devices of one host interface, and the index of the default one (-1 for none)."""
    portaudio = _portaudio()
    interfaces = portaudio.query_hostapis()
    if sys.platform == "win32":  # the same device is there once for each interface; WASAPI knows its whole name
        interfaces = [interface for interface in interfaces if "WASAPI" in interface["name"]]
    default = next(
        (found for interface in interfaces if (found := interface[f"default_{direction}_device"]) >= 0),
        -1,
    )
    wanted = {index for interface in interfaces for index in interface["devices"]}
    listed = [
        Device(
            name=info["name"],
            index=info["index"],
            direction=direction,
            rate_hz=info["default_samplerate"],
            is_default=info["index"] == default,
        )
        for info in portaudio.query_devices()
        if info["index"] in wanted and info[f"max_{direction}_channels"] > 0
    ]
    return listed, default


def _behind_server(direction: Direction, listed: list[Device]) -> tuple[Device, ...] | None:
    """The sound server's devices, reached through ALSA's plug-in; None where there is no server or no plug-in."""
    names = {device.name: device for device in listed}
    way = next((names[name] for name in _SERVER_DEVICES if name in names), None)
    served = _served(direction)
    if way is None or served is None:
        return None
    return tuple(
        msgspec.structs.replace(
            way,
            name=device.description,
            is_default=device.is_default,
            server_name=device.name,
            volume=device.volume,
        )
        for device in sorted(served, key=lambda device: not device.is_default)
    )


def _served(direction: Direction) -> tuple[sound_linux.ServedDevice, ...] | None:
    return sound_linux.served_devices("sources" if direction is Direction.INPUT else "sinks")


def _open(device: Device, callback: Any) -> tuple[Any, float]:
    """A stream that is open but not started, and its rate."""
    portaudio = _portaudio()
    if device.server_name is not None:
        sound_linux.aim(device.server_name, is_input=device.direction is Direction.INPUT)
    kind = portaudio.InputStream if device.direction is Direction.INPUT else portaudio.OutputStream
    extra = portaudio.WasapiSettings(auto_convert=True) if os.name == "nt" else None

    def opened(rate_hz: float) -> Any:
        return kind(
            samplerate=rate_hz,
            channels=1,
            dtype="float32",
            device=device.index,
            latency=BUFFER_S,
            callback=callback,
            extra_settings=extra,
        )

    try:
        try:
            stream = opened(RATE_HZ)
        except portaudio.PortAudioError as error:
            if error.args[1:2] != (_PA_INVALID_SAMPLE_RATE,):
                raise
            stream = opened(device.rate_hz)
    except portaudio.PortAudioError as error:
        log.info("%s cannot be opened: %s", device.name, error)
        raise SoundProblem(failure_of(error)) from error
    return stream, float(stream.samplerate)


def _start(stream: Any) -> None:
    portaudio = _portaudio()
    try:
        stream.start()
    except portaudio.PortAudioError as error:
        log.info("the stream does not start: %s", error)
        raise SoundProblem(failure_of(error)) from error


def _close(stream: Any) -> None:
    """Stop at once. A device that is gone cannot be closed in order, and need not be."""
    stream.abort(ignore_errors=True)
    stream.close(ignore_errors=True)


def _why_it_ended(device: Device, stream: Any, *, began: bool) -> Failure:
    """Why a stream gives and takes nothing: unplugged when it is gone, otherwise it just does not answer."""
    if began and not stream.active:
        return Failure.UNPLUGGED
    return Failure.UNPLUGGED if is_gone(device) else Failure.NOT_ANSWERING


def _as_told(code: int) -> int:
    """A Windows HRESULT as it is written (0x8...), whether it came signed or not; errno as it is."""
    return code & 0xFFFFFFFF if code < -0x10000 else code
