"""Where a person finds the code to read out, and what it tells the agent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from readiness.joining import Way
from readiness.model import Status
from readiness.support_code import decode
from ui.demo import scenario
from ui.pages.call_code import CallCode
from ui.pages.fix import FixPage
from ui.pages.help import HelpPage
from ui.pages.page import Page
from ui.pages.result import ResultPage
from ui.visit import Visit

At = Callable[..., Page]
After = Callable[..., Visit]


def code_on(page: Page) -> str:
    """The code that a person sees on a page; empty for none."""
    found = page.findChild(CallCode, "call_code")
    assert isinstance(found, CallCode)
    assert found.isVisible() is bool(found.code)
    return found.code


@pytest.mark.parametrize(
    ("name", "skip", "is_shown"),
    [("good", (), False), ("dark", (), False), ("covered", (), True), ("good", ("microphone",), True)],
)
def test_a_result_that_may_need_help_shows_it(
    name: str, skip: tuple[str, ...], is_shown: bool, visit_after: After, arrive: At
) -> None:
    assert bool(code_on(arrive(ResultPage, visit_after(name, skip=skip)))) is is_shown


@pytest.mark.parametrize("kind", [ResultPage, FixPage, HelpPage])
def test_it_tells_what_the_person_sees(kind: type[Page], visit_after: After, arrive: At) -> None:
    visit = visit_after("covered")
    page = arrive(kind, visit)
    told = decode(code_on(page))
    camera = next(cause for cause in told.causes if cause.check == "camera")
    assert (camera.status, camera.findings) == (Status.FAIL, ("camera.covered",))
    assert (told.language, told.way) == ("en", Way.COMPUTER)
    assert "\n".join(f"{' '.join(group)}." for group in code_on(page).split("-")) in page.aloud()
    visit.speak("es")
    assert decode(code_on(page)).language == "es"


def test_help_has_none_before_anything_was_measured(visit_on: Callable[..., Visit], arrive: At) -> None:
    assert code_on(arrive(HelpPage, visit_on(scenario("good"), "en"))) == ""


def test_it_follows_what_is_found_while_it_is_shown(visit_after: After, arrive: At) -> None:
    visit = visit_after("covered")
    page = arrive(HelpPage, visit)
    before = code_on(page)
    visit.leave_out("camera")
    assert code_on(page) != before
    camera = next(cause for cause in decode(code_on(page)).causes if cause.check == "camera")
    assert camera.status is Status.SKIPPED


def test_it_works_no_more_then_it_is_gone(visit_after: After, arrive: At) -> None:
    visit = visit_after("good")
    assert code_on(arrive(FixPage, visit)) == "", "where nothing is to be mended nobody needs to call"
