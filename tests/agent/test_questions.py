"""Ten questions reach the same words as a code that tells the same finding."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from readiness.agent import call as calls
from readiness.agent.call import Call, Reply, Stage
from readiness.agent.questions import END, FIRST, QUESTIONS, question_called
from readiness.agent.script import script
from readiness.joining import Way
from readiness.model import Finding, Status
from readiness.profile import Profile
from readiness.support_code import situation_of
from tests.agent.test_call import answered
from tests.test_support_code import report_of, result_of

REACHED = [(question.id, answer) for question in QUESTIONS for answer in question.answers if answer.finding]


def test_there_are_ten_and_each_answer_leads_forward() -> None:
    assert len(QUESTIONS) == 10
    order = [question.id for question in QUESTIONS]
    for place, question in enumerate(QUESTIONS):
        assert 2 <= len(question.answers) <= len(Reply)
        for answer in question.answers:
            assert answer.following == END or order.index(answer.following) > place
    assert order[0] == FIRST
    with pytest.raises(LookupError, match="kettle"):
        question_called("kettle")


def test_when_all_is_well_they_end_with_joining(provider: Profile) -> None:
    call = calls.ask(calls.begin(provider, "en"))
    asked = 0
    while call.asked:
        asked += 1
        call = answered(call, "1")
    assert asked == 8  # the two on a camera without a picture are left out
    assert call.stage is Stage.JOIN


def reached(provider: Profile, question_id: str, finding: str) -> Call:
    call = replace(calls.ask(calls.begin(provider, "en")), question=question_id)
    place = [answer.finding for answer in question_called(question_id).answers].index(finding)
    return calls.answer(call, list(Reply)[place], 1)


@pytest.mark.parametrize(("question_id", "answer"), REACHED, ids=lambda value: getattr(value, "words", value))
@pytest.mark.parametrize("sees", [True, False], ids=["sees", "cannot_see"])
def test_each_answer_leads_to_the_script_of_its_code(
    question_id: str, answer: object, sees: bool, provider: Profile
) -> None:
    finding = getattr(answer, "finding", "")
    by_question = replace(reached(provider, question_id, finding), sees=sees)
    check = finding.partition(".")[0]
    status = Status.UNKNOWN if finding.endswith("not_checked") else Status.WARN
    codes = []
    for status in (Status.FAIL, Status.WARN, Status.UNKNOWN):
        try:
            codes.append(situation_of(report_of(result_of(check, Finding(finding, status))), "en", Way.COMPUTER))
        except LookupError:
            continue
    assert codes
    situation = replace(codes[0], system=by_question.situation.system)
    by_code = replace(calls.hear(calls.begin(provider, "en"), "code", situation), sees=sees)
    while by_code.finding != finding:
        by_code = answered(by_code, "2")
    for keys in ("", "1", "12", "13", "122"):
        one, other = answered(by_question, keys), answered(by_code, keys)
        if one.finding == other.finding == finding:
            assert script(one) == script(other)


def test_after_a_finding_the_questions_go_on(provider: Profile) -> None:
    call = answered(calls.ask(calls.begin(provider, "en")), "2")
    assert call.finding == "connection.no_link"
    call = answered(call, "11")
    assert (call.stage, call.question) == (Stage.ASKING, "browser")
    call = answered(call, "2")
    assert (call.finding, call.matter) == ("browser.internet_explorer", 1)


def test_what_was_not_mended_is_not_forgotten(provider: Profile) -> None:
    call = replace(calls.ask(calls.begin(provider, "en")), question="line")
    call = answered(call, "21222")
    assert call.unsolved == ("bandwidth.slow_down",)
    assert call.stage is Stage.PASS_ON


def test_a_caller_who_cannot_see_is_asked_otherwise(provider: Profile) -> None:
    call = replace(calls.ask(calls.begin(provider, "en")), sees=False)
    assert "read web pages" in script(call).now.en
    assert "open" in script(replace(call, sees=True)).now.en
