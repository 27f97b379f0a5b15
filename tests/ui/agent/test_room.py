"""At 1366×768, less a desktop's bars: every script in full, in both languages, without scrolling."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from readiness.agent import call as calls
from readiness.agent.call import Call, Reply, Stage
from readiness.checks import CHECKS
from readiness.joining import Way
from readiness.model import Finding, Status
from readiness.profile import Profile
from readiness.support_code import decode
from tests.agent.conftest import code_for, every_matter
from tests.ui.agent.conftest import misfits
from ui.agent.console import Console

PICTURE_PX = 120


def settle() -> None:
    """Let layouts come to rest: each round reaches one level further up."""
    for _ in range(4):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def shown(console: Console, call: Call) -> list[str]:
    """What does not fit where a call stands."""
    console._calls = [call]
    console.show_call()
    console.talk.picture.stop()  # the picture takes the room that is left
    settle()
    found = misfits(console)
    if console.talk.picture.isVisible() and console.talk.picture.height() < PICTURE_PX:
        found.append(f"only {console.talk.picture.height()} px for the picture")
    return found


def stages(call: Call) -> Iterator[Call]:
    """Every state that the talk about one code goes through when nothing helps."""
    while call.stage in (Stage.CONFIRM, Stage.STEP, Stage.WHERE):
        yield call
        call = calls.answer(call, Reply.SECOND if call.stage is Stage.WHERE else Reply.THIRD, 754)
    yield call


@pytest.mark.parametrize("check", [check.id for check in CHECKS])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_script_fits(check: str, language: str, opened: Callable[..., Console], provider: Profile) -> None:
    console = opened(language)
    found: list[str] = []
    for finding in every_matter():
        if finding.check != check:
            continue
        code = code_for(finding, language=language)
        for sees in (True, False):
            begun = replace(calls.hear(calls.begin(provider, language), code, decode(code)), sees=sees)
            for call in stages(begun):
                problems = shown(console, call)
                found += [f"{finding.id} {call.stage} {call.step} sees={sees}: {problem}" for problem in problems]
    assert not found, "\n" + "\n".join(found[:20])


def worst(language: str) -> str:
    """As much as a code can tell at once."""
    names = ("camera.not_checked", "microphone.not_checked", "speaker.not_checked", "connection.not_checked")
    more = (Finding("computer.low_battery", Status.WARN), Finding("browser.not_recommended", Status.WARN))
    slow = Finding("bandwidth.too_slow_down", Status.FAIL)
    lossy = Finding("call_quality.too_much_loss", Status.FAIL)
    return code_for(*(Finding(name, Status.UNKNOWN) for name in names), *more, slow, lossy, language=language)


@pytest.mark.parametrize("language", ["en", "es"])
def test_everything_at_once_fits_and_two_codes_too(
    language: str, opened: Callable[..., Console], provider: Profile
) -> None:
    console = opened(language)
    first, second = worst(language), code_for(language=language)
    call = calls.hear(calls.begin(provider, language), first, decode(first))
    assert shown(console, call) == []
    assert shown(console, calls.hear(call, second, decode(second))) == []
    again = calls.hear(calls.hear(calls.begin(provider, language), second, decode(second)), first, decode(first))
    for call in stages(again):
        assert shown(console, call) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_question_every_end_and_every_list_fits(
    language: str, opened: Callable[..., Console], provider: Profile
) -> None:
    console = opened(language)
    begun = calls.begin(provider, language)
    asking = calls.ask(begun)
    assert shown(console, begun) == []
    call = asking
    while call.asked:
        for sees in (True, False):
            assert shown(console, replace(call, sees=sees)) == []
        call = calls.answer(call, Reply.FIRST, 9)
    by_phone = code_for(language=language, way=Way.PHONE)
    for at_end in (call, calls.hear(begun, by_phone, decode(by_phone))):
        for stage in (Stage.JOIN, Stage.PASS_ON, Stage.CARE, Stage.OVER):
            assert shown(console, replace(at_end, stage=stage)) == []
    for key in (console.record.flyer, console.record.care):
        for callers in ("en", "es"):
            console._calls = [replace(begun, language=callers)]
            key.click()
            settle()
            assert misfits(console) == []
            key.click()


def test_the_walk_notices_what_does_not_fit(console: Console) -> None:
    console.resize(900, 500)
    QApplication.processEvents()
    assert any("does not fit" in problem for problem in misfits(console))
