"""Real microphones and speakers, as far as PulseAudio and PortAudio can tell, probed and judged.

What is found of each of the lab's scenarios is in `tests.test_end_to_end`.
"""

from __future__ import annotations

import json
import sys
from datetime import date

import msgspec

from readiness.check import AnyCheck
from readiness.checks.microphone import MicrophoneCheck, MicrophoneRequirement
from readiness.checks.speaker import SpeakerCheck, SpeakerRequirement
from readiness.profile import Limit
from readiness.readings import MicrophoneReading, SpeakerReading
from tests.lab import Lab

NEEDS = {
    "microphone": MicrophoneRequirement(speech_dbfs=Limit(source="field", fail_below=-60, warn_below=-45)),
    "speaker": SpeakerRequirement(),
}
CHECKS: dict[str, AnyCheck] = {"microphone": MicrophoneCheck(), "speaker": SpeakerCheck()}

#: Probes one device the way the child process does, and says the reading.
PROBE = """
import importlib, msgspec, sys
probe = importlib.import_module(f"readiness.probes.{sys.argv[1]}")
task = msgspec.json.decode(sys.argv[2], type=probe.Task)
partial = []
final = probe.read(task, partial.append)
print(msgspec.json.encode({"final": final, "partial": len(partial)}).decode())
"""


def probed(lab: Lab, subject: str, **task: object) -> MicrophoneReading | SpeakerReading:
    done = lab.run_command([sys.executable, "-c", PROBE, subject, json.dumps(task)])
    assert done.returncode == 0, done.stderr
    reading: MicrophoneReading | SpeakerReading = msgspec.convert(
        json.loads(done.stdout)["final"], CHECKS[subject].reads
    )
    return reading


def found(subject: str, reading: MicrophoneReading | SpeakerReading) -> set[str]:
    return {finding.id for finding in CHECKS[subject].judge(reading, NEEDS[subject], date(2026, 7, 1))}


def test_a_speaker_is_heard_while_somebody_speaks_and_plays_tones_to_count() -> None:
    with Lab(microphone="speech", speaker="heard") as lab:
        reading = probed(lab, "speaker", tones=2)
    assert isinstance(reading, SpeakerReading)
    assert reading.tones_played == 2
    assert found("speaker", reading) == {"speaker.ok"}


def test_without_a_microphone_a_speaker_is_not_confirmed() -> None:
    with Lab(speaker="heard") as lab:
        reading = probed(lab, "speaker")
    assert isinstance(reading, SpeakerReading)
    assert reading.loop_correlation is None
    assert found("speaker", reading) == {"speaker.not_confirmed"}


def test_devices_go_by_the_names_that_people_see() -> None:
    with Lab(microphone="room", speaker="heard") as lab:
        microphone, speaker = probed(lab, "microphone", microphone="lab MIC"), probed(lab, "speaker", speaker="lab sp")
        missing = probed(lab, "microphone", microphone="webcam")
    assert (microphone.name, speaker.name, missing.name) == ("Lab microphone", "Lab speaker", "webcam")
    assert missing.available == ("Lab microphone",)
    assert found("microphone", missing) == {"microphone.no_such"}
