"""Listen for a few seconds: how loud is the room, how loud is the voice, is there a voice at all.

While a person watches, listening goes on, and the numbers follow the last few seconds. Sound is measured block by block
as it comes, in memory, and forgotten at once. Only numbers leave.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from readiness.live import Live
from readiness.model import Failure
from readiness.probes import sound
from readiness.probes.signals import NOTHING_DBFS, LevelMeter, Samples
from readiness.probes.sound import Device, Direction, SoundProblem
from readiness.probes.voice import Speech, VoiceDetector
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

#: While a person watches, so much counts: a sentence, and the pauses around it that tell how loud the room is.
WINDOW_S: Final = 6.0

#: How often a sound server is asked meanwhile whether the microphone is still there.
_ASK_AGAIN_S: Final = 1.0


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    microphone: str | None = None
    """Its name or a part of it; None for the system's default."""
    listen_s: float = 3.0
    """How long to wait for a voice; with one it takes 2 s, in digital silence 4 s."""
    live: bool = False
    """Whether a person watches."""


def read(task: Task, tell: Callable[[MicrophoneReading], None], live: Live | None = None) -> MicrophoneReading:
    """Levels and speech; ``tell`` gets them ten times a second while listening.

    With ``live`` it listens until the person is done. Levels are those of the last `WINDOW_S`; a voice that was heard
    stays heard, so that nobody loses a pass by falling silent.
    """
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
        if live:
            listening.follow(tell, live)
        else:
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
        """Until there is enough."""
        with sound.Recording(self._device) as recording:
            levels, voice = LevelMeter(recording.rate_hz), VoiceDetector(recording.rate_hz)
            while True:
                _hear(recording, levels, voice)
                speech = voice.speech()
                self._learn(levels, speech)
                if _is_enough(levels, speech, listen_s):
                    return
                tell(self.reading)

    def follow(self, tell: Callable[[MicrophoneReading], None], live: Live) -> None:
        """Until the person is done. Raises SoundProblem when the microphone goes away."""
        loudest = _LoudestVoice()
        asked_at = time.monotonic()
        with sound.Recording(self._device) as recording:
            levels, voice = LevelMeter(recording.rate_hz), VoiceDetector(recording.rate_hz)
            while not live.done():
                _hear(recording, levels, voice)
                levels.forget_all_but(WINDOW_S)
                voice.forget_all_but(WINDOW_S)
                self._learn(levels, loudest.of(voice.speech()))
                tell(self.reading)
                if time.monotonic() - asked_at > _ASK_AGAIN_S:
                    asked_at = time.monotonic()
                    if sound.is_gone(self._device):
                        raise SoundProblem(Failure.UNPLUGGED)

    def _learn(self, levels: LevelMeter, speech: Speech) -> None:
        """Put what was heard into the reading."""
        self.reading = msgspec.structs.replace(
            self.reading,
            duration_s=round(levels.duration_s, 3),
            rms_dbfs=round(levels.rms_dbfs, 1),
            peak_dbfs=round(levels.peak_dbfs, 2) + 0.0,
            level_dbfs=round(levels.latest_dbfs, 1),
            floor_dbfs=round(levels.floor_dbfs, 1),
            speech_heard=speech.heard,
            speech_dbfs=None if speech.level_dbfs is None else round(speech.level_dbfs, 1),
            clipped_runs=levels.clipped_runs,
        )


class _LoudestVoice:
    """A voice that was heard once stays heard, as loud as it was at its best not long ago."""

    def __init__(self) -> None:
        self._lately: deque[Speech] = deque(maxlen=round(WINDOW_S / _TELL_S))
        """As long as somebody speaks: what was heard, each tenth of a second."""

    def of(self, now: Speech) -> Speech:
        if now.heard:
            self._lately.append(now)
        return max(self._lately, key=lambda speech: speech.level_dbfs or NOTHING_DBFS, default=now)


def _hear(recording: sound.Recording, levels: LevelMeter, voice: VoiceDetector) -> None:
    """The next tenth of a second."""
    blocks: list[Samples] = []
    while sum(map(len, blocks)) < recording.rate_hz * _TELL_S:
        blocks.append(recording.next())
    heard = np.concatenate(blocks)
    levels.hear(heard)
    voice.hear(heard)


def _is_enough(levels: LevelMeter, speech: Speech, listen_s: float) -> bool:
    if levels.peak_dbfs <= _NOTHING_DBFS:
        return levels.duration_s >= max(listen_s, _SILENT_S)
    if speech.seconds >= _ENOUGH_VOICE_S:
        return levels.duration_s >= min(listen_s, _LEAST_S)
    return levels.duration_s >= listen_s
