"""Would the doctor hear this person? Judges what a few seconds of listening gave.

It passes on a voice, not on noise: a level alone shows that something reaches the microphone, not that the person does.
Nobody may have spoken, so hearing no voice is UNKNOWN; only digital silence shows that the microphone is off.

A partial reading can be judged too, for coaching while the person speaks: it says ``no_speech`` until a voice is heard,
and ``silent`` only once nothing at all has come for `SILENT_AFTER_S`.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Final

from readiness.check import Check
from readiness.model import Failure, Finding, Status, in_order
from readiness.profile import Limit, Requirement
from readiness.readings import MicrophoneReading

#: A peak of one step of a 16-bit sample or less is no sound at all: muted, broken, or refused by a system that sends
#: zeros instead of an error. The smallest step, 1/32767 of full scale, is -90.3 dBFS (WebRTC's testRTC: "silent").
SILENT_PEAK_DBFS: Final = 20 * math.log10(1 / 32767) + 0.05

#: How long there must have been nothing. Live microphones take up to about 2 s to send their first sound.
SILENT_AFTER_S: Final = 3.0

#: Without a voice, a room louder than this is loud enough to drown one (live-test practice, mean level).
NOISY_DBFS: Final = -28.0

#: One or two clipped runs (of more than 6 samples, as in testRTC) are a bump against the desk, more are a voice cut off.
CLIPPED_RUNS: Final = 3


class MicrophoneRequirement(Requirement, frozen=True):
    speech_dbfs: Limit | None = None
    """How loud a voice must come in, as the root mean square of its spoken parts; None: any voice that is heard will do."""


class MicrophoneCheck(Check[MicrophoneReading, MicrophoneRequirement]):
    id = "microphone"
    reads = MicrophoneReading
    requires = MicrophoneRequirement

    def judge(self, reading: MicrophoneReading, requirement: MicrophoneRequirement, today: date) -> tuple[Finding, ...]:
        if reading.failure is not None:
            return (self._failed(reading, reading.failure),)
        if reading.peak_dbfs is None:
            return (self.not_checked(Failure.NOT_ANSWERING),)
        if reading.peak_dbfs <= SILENT_PEAK_DBFS and (reading.duration_s or 0.0) >= SILENT_AFTER_S:
            return (self.finding("silent", Status.FAIL, name=reading.name or ""),)
        findings: list[Finding] = []
        if (reading.clipped_runs or 0) >= CLIPPED_RUNS:
            findings.append(self.finding("clipping", Status.WARN))
        if not reading.speech_heard:
            findings.append(self.finding("no_speech", Status.UNKNOWN))
            if reading.rms_dbfs is not None and reading.rms_dbfs > NOISY_DBFS:
                findings.append(self.finding("noisy", Status.WARN))
        elif requirement.speech_dbfs is not None:
            loudness = requirement.speech_dbfs.judge(reading.speech_dbfs)
            if loudness is Status.UNKNOWN:  # a voice of unknown level: it is not known to be heard well enough
                findings.append(self.finding("no_speech", Status.UNKNOWN))
            elif loudness is not Status.PASS:
                findings.append(self.finding("quiet", loudness))
        return in_order(findings) or (self.finding("ok", Status.PASS, name=reading.name or ""),)

    def _failed(self, reading: MicrophoneReading, failure: Failure) -> Finding:
        match failure:
            case Failure.NONE_FOUND if reading.available:
                return self.finding("no_such", Status.FAIL, name=reading.name or "", available=reading.available)
            case Failure.NONE_FOUND | Failure.NO_SOUND_SYSTEM:
                return self.finding("none", Status.FAIL)
            case Failure.BLOCKED:
                return self.finding("blocked", Status.FAIL)
            case Failure.BUSY:
                return self.finding("busy", Status.FAIL, programs=reading.held_by)
            case Failure.NOT_ANSWERING:
                return self.finding("not_answering", Status.FAIL, name=reading.name or "")
            case Failure.UNPLUGGED:
                return self.finding("unplugged", Status.FAIL, name=reading.name or "")
            case _:
                return self.not_checked(failure)
