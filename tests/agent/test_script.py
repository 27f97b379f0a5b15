"""What is read out where no finding is talked about."""

from __future__ import annotations

from msgspec.structs import replace

from readiness.agent import call as calls
from readiness.agent.call import Stage
from readiness.agent.script import script
from readiness.model import Finding, Status
from readiness.profile import Profile
from readiness.support_code import decode
from tests.agent.conftest import code_for
from tests.agent.test_call import answered, heard


def test_before_the_code_the_agent_says_where_it_is(provider: Profile) -> None:
    call = calls.begin(provider, "en")
    assert "Help page" in script(call).now.en
    assert "read the code to you" in script(replace(call, sees=False)).now.en


def test_after_a_fix_the_test_is_run_once_more(provider: Profile) -> None:
    call = answered(heard(provider, Finding("camera.covered", Status.FAIL)), "11")
    assert "new code" in script(call).now.en


def test_when_all_is_ready_the_provider_says_when_to_join(provider: Profile) -> None:
    assert script(heard(provider)).now == provider.join.when


def test_every_end_has_its_words(provider: Profile) -> None:
    call = heard(provider)
    said = {script(replace(call, stage=stage)).first.en for stage in (Stage.PASS_ON, Stage.CARE, Stage.OVER)}
    assert len(said) == 3


def test_where_it_is_said_for_the_callers_system_and_for_hands(provider: Profile) -> None:
    code = code_for(Finding("camera.blocked", Status.FAIL))
    situation = decode(code)
    lost = answered(calls.hear(calls.begin(provider, "en"), code, situation), "13")
    assert lost.stage is Stage.WHERE
    assert "gear wheel" in script(lost).now.en
    for family, word in (("windows", "Windows key"), ("macos", "Command")):
        there = replace(lost, situation=replace(situation, system=replace(situation.system, family=family)))
        assert word in script(there).now.en
        assert script(there).first.en == "Open Settings, then Privacy, then Camera."
    assert "or Command" in script(replace(lost, sees=False)).now.en
