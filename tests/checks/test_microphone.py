"""The microphone's judge, row by row."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from readiness.checks.microphone import MicrophoneCheck, MicrophoneRequirement
from readiness.model import Failure, Finding, Param, Status
from readiness.profile import Limit
from readiness.readings import MicrophoneReading

TODAY = date(2026, 7, 1)
LOUD_ENOUGH = MicrophoneRequirement(speech_dbfs=Limit(source="field", fail_below=-60, warn_below=-45))

SPOKEN = MicrophoneReading(
    name="Desk",
    duration_s=3.0,
    rms_dbfs=-30.0,
    peak_dbfs=-9.0,
    floor_dbfs=-62.0,
    speech_dbfs=-28.0,
    speech_heard=True,
    clipped_runs=0,
)
NOT_SPOKEN = MicrophoneReading(
    name="Desk", duration_s=3.2, rms_dbfs=-60.0, peak_dbfs=-50.0, floor_dbfs=-62.0, speech_heard=False, clipped_runs=0
)
STILL = MicrophoneReading(
    name="Desk",
    duration_s=4.0,
    rms_dbfs=-120.0,
    peak_dbfs=-120.0,
    floor_dbfs=-120.0,
    speech_heard=False,
    clipped_runs=0,
)


def changed(reading: MicrophoneReading, **facts: object) -> MicrophoneReading:
    return msgspec.structs.replace(reading, **facts)


def judge(reading: MicrophoneReading, requirement: MicrophoneRequirement = LOUD_ENOUGH) -> list[tuple[str, Status]]:
    return [(found.id, found.status) for found in MicrophoneCheck().judge(reading, requirement, TODAY)]


OK = [("microphone.ok", Status.PASS)]
NO_SPEECH = [("microphone.no_speech", Status.UNKNOWN)]
SILENT = [("microphone.silent", Status.FAIL)]
QUIET_FAIL = [("microphone.quiet", Status.FAIL)]
QUIET_WARN = [("microphone.quiet", Status.WARN)]
CLIPPING = [("microphone.clipping", Status.WARN)]
NOISY = [("microphone.noisy", Status.WARN)]
NOT_CHECKED = [("microphone.not_checked", Status.UNKNOWN)]


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        pytest.param(SPOKEN, OK, id="a voice, loud enough"),
        pytest.param(changed(SPOKEN, speech_dbfs=-45.0), OK, id="a voice just loud enough"),
        pytest.param(changed(SPOKEN, speech_dbfs=-45.1), QUIET_WARN, id="a soft voice"),
        pytest.param(changed(SPOKEN, speech_dbfs=-60.0), QUIET_WARN, id="a very soft voice"),
        pytest.param(changed(SPOKEN, speech_dbfs=-60.1), QUIET_FAIL, id="a voice that is too soft"),
        pytest.param(changed(SPOKEN, speech_dbfs=None), NO_SPEECH, id="a voice of unknown level"),
        pytest.param(changed(SPOKEN, clipped_runs=2), OK, id="a bump against the desk"),
        pytest.param(changed(SPOKEN, clipped_runs=3), CLIPPING, id="a voice cut off"),
        pytest.param(changed(SPOKEN, clipped_runs=None), OK, id="clipping not counted"),
        pytest.param(changed(SPOKEN, rms_dbfs=-20.0), OK, id="a loud voice is not noise"),
        pytest.param(
            changed(SPOKEN, rms_dbfs=None, floor_dbfs=None, duration_s=None), OK, id="only the voice is known"
        ),
        pytest.param(
            changed(SPOKEN, clipped_runs=9, speech_dbfs=-61.0), QUIET_FAIL + CLIPPING, id="soft voice, loud bumps"
        ),
        pytest.param(NOT_SPOKEN, NO_SPEECH, id="a quiet room"),
        pytest.param(changed(NOT_SPOKEN, speech_heard=None), NO_SPEECH, id="not known whether there was a voice"),
        pytest.param(changed(NOT_SPOKEN, rms_dbfs=-28.0), NO_SPEECH, id="a loud room"),
        pytest.param(changed(NOT_SPOKEN, rms_dbfs=-27.9), NO_SPEECH + NOISY, id="a room that drowns voices"),
        pytest.param(changed(NOT_SPOKEN, rms_dbfs=None), NO_SPEECH, id="level unknown"),
        pytest.param(
            changed(NOT_SPOKEN, rms_dbfs=-3.0, clipped_runs=50), NO_SPEECH + CLIPPING + NOISY, id="nothing but roar"
        ),
        pytest.param(STILL, SILENT, id="digital silence"),
        pytest.param(changed(STILL, peak_dbfs=-90.3), SILENT, id="one step of a 16-bit sample"),
        pytest.param(changed(STILL, peak_dbfs=-84.3), NO_SPEECH, id="two steps of a 16-bit sample"),
        pytest.param(changed(STILL, duration_s=3.0), SILENT, id="silent for just long enough"),
        pytest.param(changed(STILL, duration_s=2.9), NO_SPEECH, id="silent, but not yet for long"),
        pytest.param(changed(STILL, duration_s=None), NO_SPEECH, id="silent for an unknown time"),
        pytest.param(changed(SPOKEN, peak_dbfs=None), NOT_CHECKED, id="no peak: nothing was measured"),
        pytest.param(MicrophoneReading(), NOT_CHECKED, id="no facts at all"),
    ],
)
def test_what_was_heard_is_judged(reading: MicrophoneReading, expected: list[tuple[str, Status]]) -> None:
    assert judge(reading) == expected


def test_a_profile_without_a_level_takes_any_voice() -> None:
    assert judge(changed(SPOKEN, speech_dbfs=-70.0), MicrophoneRequirement()) == OK
    assert judge(changed(SPOKEN, speech_dbfs=None), MicrophoneRequirement()) == OK


@pytest.mark.parametrize(
    ("failure", "name", "status", "params"),
    [
        (Failure.NONE_FOUND, "none", Status.FAIL, {}),
        (Failure.NO_SOUND_SYSTEM, "none", Status.FAIL, {}),
        (Failure.BLOCKED, "blocked", Status.FAIL, {}),
        (Failure.BUSY, "busy", Status.FAIL, {"programs": ("Zoom",)}),
        (Failure.NOT_ANSWERING, "not_answering", Status.FAIL, {"name": "Desk"}),
        (Failure.UNPLUGGED, "unplugged", Status.FAIL, {"name": "Desk"}),
        (Failure.UNSUPPORTED, "not_checked", Status.UNKNOWN, {"reason": "unsupported"}),
        (Failure.CRASHED, "not_checked", Status.UNKNOWN, {"reason": "crashed"}),
        (Failure.CANCELLED, "not_checked", Status.UNKNOWN, {"reason": "cancelled"}),
        (Failure.NO_CONNECTION, "not_checked", Status.UNKNOWN, {"reason": "no_connection"}),
        (Failure.NO_SERVER, "not_checked", Status.UNKNOWN, {"reason": "no_server"}),
        (Failure.SERVER_UNREACHABLE, "not_checked", Status.UNKNOWN, {"reason": "server_unreachable"}),
    ],
)
def test_a_failure_wins_over_every_fact(failure: Failure, name: str, status: Status, params: dict[str, Param]) -> None:
    reading = changed(SPOKEN, failure=failure, held_by=("Zoom",))
    assert MicrophoneCheck().judge(reading, LOUD_ENOUGH, TODAY) == (Finding(f"microphone.{name}", status, params),)


def test_every_failure_is_in_the_table_above() -> None:
    for failure in Failure:
        (finding,) = MicrophoneCheck().judge(MicrophoneReading(failure=failure), LOUD_ENOUGH, TODAY)
        assert finding.status in (Status.FAIL, Status.UNKNOWN)


@pytest.mark.parametrize(("reading", "name"), [(SPOKEN, "ok"), (STILL, "silent")])
def test_the_microphone_is_named(reading: MicrophoneReading, name: str) -> None:
    (finding,) = MicrophoneCheck().judge(reading, LOUD_ENOUGH, TODAY)
    assert (finding.id, finding.params) == (f"microphone.{name}", {"name": "Desk"})
    (nameless,) = MicrophoneCheck().judge(changed(reading, name=None), LOUD_ENOUGH, TODAY)
    assert nameless.params == {"name": ""}


def test_it_asks_nobody_anything() -> None:
    assert MicrophoneCheck().question(NOT_SPOKEN) is None


def test_a_name_that_no_microphone_has_is_told_with_those_that_are_there() -> None:
    reading = MicrophoneReading(failure=Failure.NONE_FOUND, name="Jabra", available=("Built-in",))
    (finding,) = MicrophoneCheck().judge(reading, MicrophoneRequirement(), date(2026, 11, 21))
    assert (finding.id, finding.status) == ("microphone.no_such", Status.FAIL)
    assert finding.params == {"name": "Jabra", "available": ("Built-in",)}
