"""Listen for a few seconds: how loud is the room, how loud is the voice, is there a voice at all.

Sound is measured block by block as it comes, in memory, and forgotten at once. Only numbers leave.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from readiness.model import Failure
from readiness.probes import sound
from readiness.probes.signals import LevelMeter, Samples
from readiness.probes.sound import Device, Direction, SoundProblem
from readiness.probes.voice import VoiceDetector
from readiness.readings import MicrophoneReading

#: At least this long, so that the room is known too; some microphones take a second to open up.
_LEAST_S: Final = 2.0

#: Voiced parts are about half of speech: this much of them is about a second of a person speaking.
_ENOUGH_VOICE_S: Final = 0.5

#: Digital silence is listened to for so long (testRTC waits as long): a judge needs less to believe it.
_SILENT_S: Final = 4.0

#: One step of a 16-bit sample (-90.3 dBFS), or nothing.
_NOTHING_DBFS: Final = -90.25

#: Levels are told this often.
_TELL_S: Final = 0.1


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    microphone: str | None = None
    """Its name or a part of it; None for the system's default."""
    listen_s: float = 3.0
    """How long to wait for a voice; with one it takes 2 s, in digital silence 4 s."""


def read(task: Task, tell: Callable[[MicrophoneReading], None]) -> MicrophoneReading:
    """Levels and speech; ``tell`` gets them ten times a second while listening."""
    try:
        found = sound.devices(Direction.INPUT)
    except SoundProblem as problem:
        return MicrophoneReading(failure=problem.failure)
    known = MicrophoneReading(available=tuple(device.name for device in found))
    device = sound.choose(found, task.microphone)
    if device is None:
        return msgspec.structs.replace(known, name=task.microphone, failure=Failure.NONE_FOUND)
    known = msgspec.structs.replace(known, name=device.name)
    listening = _Listening(device, known)
    try:
        listening.listen(task.listen_s, tell)
    except SoundProblem as problem:
        return msgspec.structs.replace(listening.reading, failure=problem.failure)
    return msgspec.structs.replace(listening.reading, failure=Failure.UNPLUGGED if sound.is_gone(device) else None)


def list_microphones() -> tuple[str, ...]:
    """Names of all microphones, the system's default first; none without a sound system."""
    try:
        return tuple(device.name for device in sound.devices(Direction.INPUT))
    except SoundProblem:
        return ()


class _Listening:
    """One microphone being listened to, and what is known of it so far."""

    def __init__(self, device: Device, known: MicrophoneReading) -> None:
        self._device = device
        self.reading = known

    def listen(self, listen_s: float, tell: Callable[[MicrophoneReading], None]) -> None:
        with sound.Recording(self._device) as recording:
            levels, voice = LevelMeter(recording.rate_hz), VoiceDetector(recording.rate_hz)
            blocks: list[Samples] = []
            is_over = False
            while not is_over:
                blocks.append(recording.next())
                if sum(map(len, blocks)) < recording.rate_hz * _TELL_S:
                    continue
                heard = np.concatenate(blocks)
                blocks.clear()
                levels.hear(heard)
                voice.hear(heard)
                is_over = self._learn(levels, voice, listen_s)
                if not is_over:
                    tell(self.reading)

    def _learn(self, levels: LevelMeter, voice: VoiceDetector, listen_s: float) -> bool:
        """Put what was heard into the reading; returns whether that is enough."""
        speech = voice.speech()
        self.reading = msgspec.structs.replace(
            self.reading,
            duration_s=round(levels.duration_s, 3),
            rms_dbfs=round(levels.rms_dbfs, 1),
            peak_dbfs=round(levels.peak_dbfs, 2) + 0.0,
            floor_dbfs=round(levels.floor_dbfs, 1),
            speech_heard=speech.heard,
            speech_dbfs=None if speech.level_dbfs is None else round(speech.level_dbfs, 1),
            clipped_runs=levels.clipped_runs,
        )
        if levels.peak_dbfs <= _NOTHING_DBFS:
            return levels.duration_s >= max(listen_s, _SILENT_S)
        if speech.seconds >= _ENOUGH_VOICE_S:
            return levels.duration_s >= min(listen_s, _LEAST_S)
        return levels.duration_s >= listen_s
