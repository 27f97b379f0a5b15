"""Play two chirps and listen whether they come back; play tones for a person to count. Volume and mute beside it.

What the microphone hears is compared in memory with what was played, and forgotten.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Annotated, Final

import msgspec
import numpy as np

from readiness.model import Failure
from readiness.probes import signals, sound, sound_linux
from readiness.probes.signals import Loop, Samples
from readiness.probes.sound import Device, Direction, Playing, Recording, SoundProblem
from readiness.probes.sound_linux import Volume
from readiness.readings import SpeakerReading

#: How long chirps may be on their way after the system has played them: a wireless headset's buffer, the air.
_ON_THE_WAY_S: Final = 0.4

#: From here on there is nothing to wait for: the chirps are plainly there.
_PLAINLY: Final = 0.4

#: How often to look for the chirps meanwhile.
_LOOK_S: Final = 0.1

#: Between the chirps and the first tone: a person shall not take the chirps for tones.
_BEFORE_TONES_S: Final = 0.6

#: How long a microphone may take before we play without it.
_MICROPHONE_S: Final = 0.5


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    speaker: str | None = None
    """Its name or a part of it; None for the system's default."""
    microphone: str | None = None
    """Which microphone shall listen: its name or a part of it; None for the system's default."""
    tones: Annotated[int, msgspec.Meta(ge=1, le=4)] | None = None
    """How many tones to play for a person to count; None when nobody is there: then only the chirps are played."""


def read(task: Task, tell: Callable[[SpeakerReading], None]) -> SpeakerReading:
    """Volume, mute and what came back; ``tell`` gets volume and mute before anything is played."""
    try:
        found = sound.devices(Direction.OUTPUT)
    except SoundProblem as problem:
        return SpeakerReading(failure=problem.failure)
    reading = SpeakerReading(available=tuple(device.name for device in found))
    device = sound.choose(found, task.speaker)
    if device is None:
        return msgspec.structs.replace(reading, name=task.speaker, failure=Failure.NONE_FOUND)
    volume = volume_of(device)
    reading = msgspec.structs.replace(reading, name=device.name, volume_pct=volume.volume_pct, muted=volume.muted)
    tell(reading)
    # Nobody can count what a muted speaker plays; what comes back of the chirps is a fact all the same.
    tones = None if volume.muted else task.tones
    try:
        loop, delay_ms = _play(device, tones, task.microphone)
    except SoundProblem as problem:
        return msgspec.structs.replace(reading, failure=problem.failure)
    return msgspec.structs.replace(
        reading,
        failure=Failure.UNPLUGGED if sound.is_gone(device) else None,
        loop_correlation=None if loop is None else round(loop.correlation, 3),
        loop_delay_ms=None if delay_ms is None else round(delay_ms, 1),
        tones_played=tones,
    )


def list_speakers() -> tuple[str, ...]:
    """Names of all speakers, the system's default first; none without a sound system."""
    try:
        return tuple(device.name for device in sound.devices(Direction.OUTPUT))
    except SoundProblem:
        return ()


def volume_of(device: Device) -> Volume:
    """Volume and mute of a speaker, as far as the system tells."""
    if device.volume is not None:
        return device.volume
    if sys.platform == "win32":
        from readiness.probes import volume_windows

        return volume_windows.read(device.name, is_default=device.is_default)
    if sys.platform == "darwin":
        from readiness.probes import volume_macos

        return volume_macos.read(device.name, is_default=device.is_default)
    return sound_linux.default_volume() if device.is_default else Volume()


def _play(device: Device, tones: int | None, microphone: str | None) -> tuple[Loop | None, float | None]:
    """Play chirps (and tones); what came back, and how long it took in ms. None without a microphone."""
    with ExitStack() as open_streams:
        playing = open_streams.enter_context(Playing(device))
        recording = _listen(open_streams, microphone)
        playing.play(_to_play(tones, playing.rate_hz))
        if recording is None or recording.began_at is None:
            return None, None
        loop = _wait_for_chirps(recording)
        assert playing.began_at is not None
        if loop.first_at_s is None:
            return loop, None
        return loop, (recording.began_at + loop.first_at_s - playing.began_at) * 1000


def _listen(open_streams: ExitStack, wanted: str | None) -> Recording | None:
    """A microphone that listens, or None where there is none that works: the speaker is worth playing all the same."""
    try:
        device = sound.choose(sound.devices(Direction.INPUT), wanted)
        if device is None:
            return None
        recording = open_streams.enter_context(Recording(device))
    except SoundProblem:
        return None
    gives_up_at = time.perf_counter() + _MICROPHONE_S
    while recording.began_at is None and time.perf_counter() < gives_up_at:
        time.sleep(_LOOK_S / 10)
    return recording


def _to_play(tones: int | None, rate_hz: float) -> Samples:
    chirps, _ = signals.two_chirps(rate_hz)
    if tones is None:
        return chirps
    return np.concatenate((chirps, np.zeros(round(rate_hz * _BEFORE_TONES_S)), signals.tones(tones, rate_hz)))


def _wait_for_chirps(recording: Recording) -> Loop:
    """Look for the chirps until they are plainly there or cannot come any more."""
    gives_up_at = time.perf_counter() + _ON_THE_WAY_S
    heard: Samples = np.zeros(0)
    while True:
        heard = np.concatenate((heard, recording.waiting()))
        loop = signals.find_chirps(heard, recording.rate_hz)
        is_plain = loop.first_at_s is not None and loop.correlation >= _PLAINLY
        if is_plain or time.perf_counter() >= gives_up_at:
            return loop
        time.sleep(_LOOK_S)
