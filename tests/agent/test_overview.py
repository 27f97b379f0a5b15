"""What a code tells at a glance, what is new, and what the older flyer said."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from readiness.agent import overview
from readiness.agent.flyer import every_difference, that_matter
from readiness.agent.overview import about_the_table, changes, in_one_sentence, tell_changes
from readiness.joining import Way
from readiness.model import Finding, Status
from readiness.profile import Profile
from readiness.support_code import Situation, decode, situation_of
from readiness.support_tables import TABLES
from tests.agent.conftest import code_for
from tests.agent.test_call import answered, heard
from tests.test_support_code import report_of, result_of


def told(*findings: Finding) -> Situation:
    return decode(code_for(*findings))


COVERED = Finding("camera.covered", Status.FAIL)


def test_one_sentence_names_what_is_not_good() -> None:
    situation = told(
        COVERED,
        Finding("speaker.muted", Status.FAIL),
        Finding("call_quality.not_measured", Status.UNKNOWN),
        Finding("computer.busy", Status.WARN),
    )
    assert in_one_sentence(situation, "en") == (
        "To fix: Camera and Speaker; not checked: Test call; could be better: Computer; all else is good."
    )
    assert in_one_sentence(situation, "es").startswith("Hay que arreglar: Cámara y Altavoz")


def test_when_all_is_good_it_says_so() -> None:
    assert in_one_sentence(told(), "en") == "All nine checks are good."


def test_what_was_left_out_is_named_and_nothing_else_called_good() -> None:
    situation = situation_of(report_of(result_of("camera", COVERED)), "en", Way.COMPUTER)
    sentence = in_one_sentence(situation, "en")
    assert "left out: Microphone, " in sentence
    assert "all else" not in sentence


def test_the_second_code_shows_what_changed() -> None:
    before, after = told(COVERED), told(Finding("microphone.silent", Status.FAIL))
    assert {change.check for change in changes(before, after)} == {"camera", "microphone"}
    assert list(tell_changes(before, after, "en")) == ["Camera: fix this → good", "Microphone: good → fix this"]


def test_the_same_status_for_another_reason_is_a_change() -> None:
    lines = list(tell_changes(told(COVERED), told(Finding("camera.frozen", Status.FAIL)), "en"))
    assert lines == ["Camera: fix this, for another reason"]


def test_checks_that_changed_alike_are_told_together() -> None:
    before = told(COVERED, Finding("speaker.muted", Status.FAIL))
    assert list(tell_changes(before, told(), "en")) == ["Camera and Speaker: fix this → good"]


def test_no_change_is_said_too() -> None:
    assert list(tell_changes(told(COVERED), told(COVERED), "en")) == ["Nothing has changed since the code before."]


def test_a_check_that_an_older_table_does_not_know_is_no_change() -> None:
    before = replace(told(COVERED), causes=told(COVERED).causes[1:])
    assert changes(before, told(COVERED)) == ()


def test_a_code_of_an_older_program_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    situation = told(COVERED)
    assert about_the_table(situation, "en") == ""
    monkeypatch.setattr(overview, "TABLES", (*TABLES, replace(TABLES[-1], version=2)))
    assert "older version" in about_the_table(situation, "en")


def test_the_older_flyer_is_told_where_it_matters(provider: Profile) -> None:
    assert len(every_difference(provider)) == 9
    browser = heard(provider, Finding("browser.internet_explorer", Status.FAIL))
    assert [each.topic for each in that_matter(browser)] == ["browser_windows"]
    assert that_matter(heard(provider, COVERED)) == ()
    joining = heard(provider)
    assert {each.topic for each in that_matter(joining)} == {"computer_button", "when_to_join"}
    by_phone = replace(joining, situation=replace(joining.situation, way=Way.PHONE))
    assert {each.topic for each in that_matter(by_phone)} == {"phone_button", "phone_tab"}
    assert that_matter(answered(joining, "1")) == ()
