"""A call from the code to its end: every branch of the talk, for every finding, as a table and as whole calls."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from readiness.advice import advice_for
from readiness.agent import call as calls
from readiness.agent.call import Call, Reply, Stage
from readiness.agent.script import script, steps_of
from readiness.model import Finding, Status
from readiness.profile import Profile
from readiness.support_code import decode
from tests.agent.conftest import code_for, every_matter

COVERED = Finding("camera.covered", Status.FAIL)
NO_CAMERA = Finding("camera.none", Status.FAIL)
SLOW = Finding("bandwidth.too_slow_up", Status.FAIL)


def heard(provider: Profile, *findings: Finding) -> Call:
    code = code_for(*findings)
    return calls.hear(calls.begin(provider, "en"), code, decode(code))


def answered(call: Call, keys: str) -> Call:
    for key in keys:
        call = calls.answer(call, list(Reply)[int(key) - 1], 5)
    return call


def test_a_call_begins_with_nothing(provider: Profile) -> None:
    call = calls.begin(provider, "es")
    assert (call.stage, call.finding, call.asked, calls.replies(call)) == (Stage.CODE, "", None, ())
    assert calls.answer(call, Reply.FIRST, 1) == call
    assert call.language == "es"


def test_a_code_leads_to_the_question_that_makes_sure(provider: Profile) -> None:
    call = heard(provider, COVERED)
    assert (call.stage, call.finding) == (Stage.CONFIRM, "camera.covered")


@pytest.mark.parametrize(
    ("keys", "stage", "step"),
    [
        ("1", Stage.STEP, 0),
        ("2", Stage.STEP, 0),  # the test has found it, whatever the caller thinks
        ("3", Stage.STEP, 0),
        ("12", Stage.STEP, 1),
        ("13", Stage.WHERE, 0),
        ("133", Stage.STEP, 1),
        ("132", Stage.STEP, 1),
        ("131", Stage.JOIN, 0),
        ("11", Stage.JOIN, 0),
        ("1222", Stage.PASS_ON, 2),
        ("111", Stage.OVER, 0),
        ("112", Stage.PASS_ON, 0),
    ],
)
def test_every_branch(keys: str, stage: Stage, step: int, provider: Profile) -> None:
    call = answered(heard(provider, COVERED), keys)
    assert (call.stage, call.step) == (stage, step)
    assert len(call.done) == len(keys)


def test_a_key_without_an_answer_changes_nothing(provider: Profile) -> None:
    call = heard(provider, COVERED)
    assert answered(call, "4") == call


def test_causes_that_share_a_value_follow_each_other(provider: Profile) -> None:
    call = heard(provider, NO_CAMERA)
    assert call.matters[0].findings == ("camera.none", "camera.no_such")
    assert answered(call, "2").finding == "camera.no_such"
    assert answered(call, "2").stage is Stage.CONFIRM
    assert answered(call, "22").stage is Stage.STEP
    # The steps of the first cause did not help: the second one is asked for.
    after = answered(call, "1222")
    assert (after.stage, after.finding) == (Stage.CONFIRM, "camera.no_such")


def test_what_the_visit_needs_comes_first(provider: Profile) -> None:
    call = heard(
        provider,
        Finding("computer.busy", Status.WARN),
        Finding("microphone.noisy", Status.WARN),
        Finding("camera.covered", Status.FAIL),
        Finding("speaker.not_confirmed", Status.UNKNOWN),
        Finding("call_quality.not_measured", Status.UNKNOWN),
    )
    assert [cause.check for cause in call.matters] == ["camera", "speaker", "microphone", "computer"]


def test_after_one_matter_the_next(provider: Profile) -> None:
    call = heard(provider, COVERED, Finding("microphone.silent", Status.FAIL))
    call = answered(call, "11")
    assert (call.stage, call.finding, call.unsolved) == (Stage.CONFIRM, "microphone.silent", ())


def test_what_cannot_be_mended_leads_to_other_care(provider: Profile) -> None:
    call = answered(heard(provider, SLOW), "1222")
    assert (call.stage, call.unsolved) == (Stage.CARE, ("bandwidth.too_slow_up",))
    assert calls.replies(call) == ()


def test_what_the_visit_does_not_need_keeps_nobody(provider: Profile) -> None:
    call = answered(heard(provider, Finding("computer.low_battery", Status.WARN)), "12")
    assert call.unsolved == ("computer.low_battery",)
    assert call.stage is Stage.JOIN


def test_a_good_code_leads_to_joining(provider: Profile) -> None:
    assert heard(provider).stage is Stage.JOIN


def test_a_second_code_takes_the_place_of_the_first(provider: Profile) -> None:
    first = answered(heard(provider, COVERED), "1222")
    second = code_for()
    call = calls.hear(first, second, decode(second))
    assert call.stage is Stage.JOIN
    assert call.before == first.situation
    assert call.codes == (*first.codes, second)
    assert call.unsolved == ()
    assert call.done == first.done


def test_passing_on_is_always_possible(provider: Profile) -> None:
    assert calls.pass_on(heard(provider, COVERED)).stage is Stage.PASS_ON


def test_the_language_of_the_code_is_the_callers(provider: Profile) -> None:
    code = code_for(COVERED, language="es")
    assert calls.hear(calls.begin(provider, "en"), code, decode(code)).language == "es"


@pytest.mark.parametrize("finding", every_matter(), ids=lambda finding: f"{finding.id}-{finding.status}")
@pytest.mark.parametrize("sees", [True, False], ids=["sees", "cannot_see"])
def test_every_finding_is_talked_through_to_an_end(finding: Finding, sees: bool, provider: Profile) -> None:
    """Each of its sentences is there in both languages, and each answer leads on until the call ends."""
    call = replace(heard(provider, finding), sees=sees)
    if not call.matters:
        assert finding.check not in calls.required(provider)
        assert call.stage is Stage.JOIN
        return
    met = set()
    while call.stage in (Stage.CONFIRM, Stage.STEP, Stage.WHERE):
        now = script(call)
        for text in (now.first.en, now.first.es, now.now.en, now.now.es):
            assert text
            assert "{" not in text
            assert "…" not in text
        assert len(now.answers) == 3
        met.add((call.stage, call.finding, call.step))
        # Everything is gone through: look for each step, then try it.
        call = answered(call, "3" if call.stage is not Stage.WHERE else "2")
    ids = set(call.matters[0].findings)
    assert finding.id in ids
    assert {each for _, each, _ in met} == ids
    for each in ids:
        assert sum(stage is Stage.STEP and found == each for stage, found, _ in met) == steps_of(each)
    needed = finding.check in calls.required(provider)
    last = advice_for(call.unsolved[-1])
    ends = {(True, True): Stage.PASS_ON, (True, False): Stage.CARE}
    assert call.stage is ends.get((needed, last.fixable), Stage.JOIN)
    assert script(call).now.es
