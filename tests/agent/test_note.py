"""The note for the ticket: both languages, what was done, and nobody's name."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from readiness.agent import call as calls
from readiness.agent.call import Stage
from readiness.agent.note import clock, note
from readiness.model import Finding, Status
from readiness.profile import Profile
from readiness.support_code import decode
from tests.agent.conftest import code_for
from tests.agent.test_call import answered, heard

PROFILE = "Profile: kaiser_permanente, later flyer"
COVERED = Finding("camera.covered", Status.FAIL)


def test_a_note_tells_the_whole_call(provider: Profile) -> None:
    call = answered(heard(provider, COVERED), "1231")
    second = code_for()
    call = answered(calls.hear(call, second, decode(second)), "1")
    english, spanish = note(call, 130).split("\n\n")
    assert english.splitlines() == [
        "Video visit: call for help (2 min)",
        f"Code: {call.codes[0]}",
        f"Code: {second}",
        "All nine checks are good.",
        "System: not known; Browser: not known; Language: English; Joins: on this computer; " + PROFILE,
        "Camera: fix this → good",
        "0:05  Is there a cover, a cap or tape on the camera? – Yes",
        "0:05  On a laptop, open the lid all the way. – It did not help",
        "0:05  Slide the camera cover to the side, or take off the tape. – Cannot find it",
        "0:05  The camera is a small round dot at the top edge. – It worked",
        "0:05  Join the visit – Joined",
        "End: the caller has joined.",
    ]
    assert len(spanish.splitlines()) == len(english.splitlines())
    assert "Cámara: por arreglar → bien" in spanish


def test_a_call_without_a_code(provider: Profile) -> None:
    call = answered(calls.ask(calls.begin(provider, "en")), "12")
    text = note(call, 0)
    assert "Without a code" in text
    assert "Do web pages open on this computer? – Yes" in text
    assert "¿Qué navegador usa para la consulta? – Internet Explorer (viejo)" in text
    assert "End: still open." in text


@pytest.mark.parametrize("stage", [Stage.PASS_ON, Stage.CARE, Stage.OVER, Stage.JOIN])
def test_every_end_is_told(stage: Stage, provider: Profile) -> None:
    ends = {note(replace(heard(provider), stage=each), 1).splitlines()[-1] for each in Stage}
    assert note(replace(heard(provider), stage=stage), 1).splitlines()[-1] in ends
    assert len(ends) == 5


def test_other_care_that_was_told_is_in_it(provider: Profile) -> None:
    call = replace(heard(provider, COVERED), told_care=True)
    assert "Other ways to get care were told." in note(call, 1)
    assert "were told" not in note(replace(call, stage=Stage.CARE), 1)


def test_a_clock() -> None:
    assert [clock(s) for s in (0, 65, 600)] == ["0:00", "1:05", "10:00"]
