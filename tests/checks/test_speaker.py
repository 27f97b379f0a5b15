"""The speaker's judge and its question, row by row."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from readiness.checks.speaker import SpeakerCheck, SpeakerRequirement
from readiness.model import Failure, Finding, Param, Status
from readiness.questions import Answer, NoAnswer, Question
from readiness.readings import SpeakerReading

TODAY = date(2026, 7, 1)
CHECK = SpeakerCheck()

PLAIN = SpeakerReading(name="Desk", volume_pct=70.0, muted=False)
LOOP = msgspec.structs.replace(PLAIN, loop_correlation=0.8, loop_delay_ms=90.0)
ASKED = msgspec.structs.replace(PLAIN, tones_played=3)
ASKED_LOOP = msgspec.structs.replace(LOOP, tones_played=3)


def changed(reading: SpeakerReading, **facts: object) -> SpeakerReading:
    return msgspec.structs.replace(reading, **facts)


OK = [("speaker.ok", Status.PASS)]
MUTED = [("speaker.muted", Status.FAIL)]
LOW = [("speaker.low", Status.WARN)]
NOT_HEARD = [("speaker.not_heard", Status.FAIL)]
NOT_CONFIRMED = [("speaker.not_confirmed", Status.UNKNOWN)]


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        # nobody answered
        pytest.param(SpeakerReading(), NOT_CONFIRMED, id="no facts at all"),
        pytest.param(PLAIN, NOT_CONFIRMED, id="nobody, no loop"),
        pytest.param(LOOP, OK, id="nobody, loop"),
        pytest.param(changed(LOOP, volume_pct=None, muted=None), OK, id="nobody, loop, system does not tell"),
        pytest.param(changed(LOOP, loop_correlation=0.15), OK, id="loop just heard"),
        pytest.param(changed(LOOP, loop_correlation=0.149), NOT_CONFIRMED, id="loop not quite heard"),
        pytest.param(changed(LOOP, loop_delay_ms=None), NOT_CONFIRMED, id="chirps with different delays"),
        pytest.param(changed(LOOP, loop_correlation=None), NOT_CONFIRMED, id="a delay without a likeness"),
        pytest.param(ASKED, NOT_CONFIRMED, id="asked, no answer, no loop"),
        pytest.param(ASKED_LOOP, OK, id="asked, no answer, loop"),
        # a person answered
        pytest.param(changed(ASKED, tones_heard=3), OK, id="counted right"),
        pytest.param(changed(ASKED, tones_heard=2), NOT_CONFIRMED, id="counted too few"),
        pytest.param(changed(ASKED, tones_heard=4), NOT_CONFIRMED, id="counted too many"),
        pytest.param(changed(ASKED_LOOP, tones_heard=2), OK, id="counted too few, loop"),
        pytest.param(changed(ASKED, tones_heard=0), NOT_HEARD, id="counted none"),
        pytest.param(changed(ASKED_LOOP, tones_heard=0), NOT_HEARD, id="counted none, loop"),
        pytest.param(changed(ASKED, cannot_tell=True), NOT_HEARD, id="cannot hear"),
        pytest.param(changed(ASKED_LOOP, cannot_tell=True), NOT_CONFIRMED, id="cannot hear, loop"),
        pytest.param(changed(PLAIN, tones_heard=2), NOT_CONFIRMED, id="an answer to nothing"),
        pytest.param(changed(PLAIN, tones_played=0, tones_heard=0), NOT_CONFIRMED, id="no tones played"),
        # volume
        pytest.param(changed(LOOP, volume_pct=25.0), OK, id="a quarter"),
        pytest.param(changed(LOOP, volume_pct=24.9), LOW, id="low, loop"),
        pytest.param(changed(PLAIN, volume_pct=10.0), NOT_CONFIRMED + LOW, id="low, nobody"),
        pytest.param(changed(ASKED, volume_pct=10.0, tones_heard=3), OK, id="low, counted right"),
        pytest.param(changed(ASKED, volume_pct=10.0, tones_heard=0), NOT_HEARD + LOW, id="low, counted none"),
        pytest.param(changed(PLAIN, volume_pct=0.0), MUTED, id="volume 0"),
        pytest.param(changed(PLAIN, muted=True), MUTED, id="muted"),
        pytest.param(changed(LOOP, muted=True), MUTED, id="muted wins over the loop"),
        pytest.param(changed(ASKED, muted=True, tones_heard=3), MUTED, id="muted wins over a lucky guess"),
        pytest.param(changed(LOOP, volume_pct=0.0, muted=None), MUTED, id="volume 0 wins over the loop"),
    ],
)
def test_what_was_heard_is_judged(reading: SpeakerReading, expected: list[tuple[str, Status]]) -> None:
    assert [(found.id, found.status) for found in CHECK.judge(reading, SpeakerRequirement(), TODAY)] == expected


@pytest.mark.parametrize(
    ("failure", "name", "status", "params"),
    [
        (Failure.NONE_FOUND, "none", Status.FAIL, {}),
        (Failure.NO_SOUND_SYSTEM, "none", Status.FAIL, {}),
        (Failure.UNPLUGGED, "none", Status.FAIL, {}),
        (Failure.NOT_ANSWERING, "not_answering", Status.FAIL, {"name": "Desk"}),
        (Failure.BUSY, "not_answering", Status.FAIL, {"name": "Desk"}),
        (Failure.BLOCKED, "not_checked", Status.UNKNOWN, {"reason": "blocked"}),
        (Failure.UNSUPPORTED, "not_checked", Status.UNKNOWN, {"reason": "unsupported"}),
        (Failure.CRASHED, "not_checked", Status.UNKNOWN, {"reason": "crashed"}),
        (Failure.CANCELLED, "not_checked", Status.UNKNOWN, {"reason": "cancelled"}),
    ],
)
def test_a_failure_wins_over_every_fact(failure: Failure, name: str, status: Status, params: dict[str, Param]) -> None:
    reading = changed(ASKED_LOOP, failure=failure, tones_heard=3)
    assert CHECK.judge(reading, SpeakerRequirement(), TODAY) == (Finding(f"speaker.{name}", status, params),)


def test_a_nameless_speaker_that_does_not_answer() -> None:
    (finding,) = CHECK.judge(SpeakerReading(failure=Failure.NOT_ANSWERING), SpeakerRequirement(), TODAY)
    assert finding.params == {"name": ""}


def test_a_low_volume_is_told() -> None:
    (finding,) = CHECK.judge(changed(LOOP, volume_pct=12.0), SpeakerRequirement(), TODAY)
    assert finding.params == {"volume_pct": 12.0}


@pytest.mark.parametrize(
    ("reading", "asks"),
    [
        pytest.param(PLAIN, False, id="no tones were played"),
        pytest.param(ASKED, True, id="tones were played"),
        pytest.param(ASKED_LOOP, True, id="the loop alone is no person"),
        pytest.param(changed(ASKED, tones_heard=0), False, id="answered with none"),
        pytest.param(changed(ASKED, tones_heard=3), False, id="answered"),
        pytest.param(changed(ASKED, cannot_tell=True), False, id="said that they cannot tell"),
        pytest.param(changed(ASKED, muted=True), False, id="muted"),
        pytest.param(changed(ASKED, failure=Failure.UNPLUGGED), False, id="failed"),
    ],
)
def test_when_a_person_is_asked(reading: SpeakerReading, asks: bool) -> None:
    question = CHECK.question(reading)
    assert question == (Question("speaker.tones", (0, 1, 2, 3, 4)) if asks else None)


@pytest.mark.parametrize(
    ("answer", "heard", "cannot_tell"),
    [
        (0, 0, False),
        (3, 3, False),
        (NoAnswer.CANNOT_TELL, None, True),
        (NoAnswer.SKIP, None, False),
        (NoAnswer.TIMEOUT, None, False),
    ],
)
def test_an_answer_becomes_part_of_the_reading(answer: Answer, heard: int | None, cannot_tell: bool) -> None:
    question = CHECK.question(ASKED)
    assert question is not None
    assert CHECK.answered(ASKED, question, answer) == changed(ASKED, tones_heard=heard, cannot_tell=cannot_tell)


def test_a_name_that_no_speaker_has_is_told_with_those_that_are_there() -> None:
    reading = SpeakerReading(failure=Failure.NONE_FOUND, name="Jabra", available=("Built-in",))
    (finding,) = SpeakerCheck().judge(reading, SpeakerRequirement(), date(2026, 11, 21))
    assert (finding.id, finding.status) == ("speaker.no_such", Status.FAIL)
    assert finding.params == {"name": "Jabra", "available": ("Built-in",)}
