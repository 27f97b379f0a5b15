"""Other words for the phone: there for every finding, without the screen, without unknown numbers, and plain."""

from __future__ import annotations

import re

import pytest

from readiness.advice import Advice
from readiness.advice.by_phone import ELSEWHERE, PLACES, WITHOUT_EYES, WITHOUT_VALUES, place_of
from readiness.agent import saying, script
from readiness.agent.questions import QUESTIONS
from readiness.joining import Way
from readiness.model import OsFamily, Status
from readiness.profile import Profile
from readiness.support_code import Cause, Situation
from readiness.support_tables import Browser, Edition, System
from tests.agent.conftest import code_for
from tests.readability import flesch_kincaid_grade, inflesz, sentences, words
from tests.test_words import (
    FORBIDDEN_EN,
    FORBIDDEN_ES,
    HARDEST_GRADE,
    LEAST_INFLESZ,
    MOST_SENTENCES,
    MOST_WORDS,
    every_finding,
    findings,
    placeholders,
    spanish,
    word_of,
)

#: What asks for eyes, in words to a caller. What others see is another matter.
NEEDS_EYES = re.compile(
    r"\byou (still |do not )*see\b|\bto see if\b|\blook (for|at|in)\b|\bscreen\b|\bclick\b"
    r"|\bsign (on|with|of)\b|\bshows?\b|\b(green|red|yellow|blinks?|lights?|dots?|gear)\b|\bstay empty\b|\blooks?\b",
    re.IGNORECASE,
)
#: Said of a light that can be felt or that others tell of, and of "sign on" (a word, no sign).
NOT_EYES = re.compile(
    r"more light|the light (behind|on)|sign on\b|look (after|up)|how you look|or a screen", re.IGNORECASE
)


def situation() -> Situation:
    return Situation(
        table=1,
        causes=(),
        system=System(),
        browser=Browser(),
        edition=Edition(),
        language="en",
        way=Way.COMPUTER,
    )


def told_unseen(finding_id: str, advice: Advice) -> list[str]:
    told = [saying.opening(finding_id, situation(), sees=False), saying.question(finding_id, situation(), sees=False)]
    for place in range(len(advice.steps)):
        told.append(saying.step(finding_id, place, situation(), sees=False))
        told.append(saying.where(finding_id, place, situation(), sees=False))
    return [each.en for each in told]


@every_finding
def test_a_caller_who_cannot_see_is_not_asked_to_look(finding_id: str, advice: Advice) -> None:
    for text in told_unseen(finding_id, advice):
        assert not NEEDS_EYES.search(NOT_EYES.sub("", text)), text


@every_finding
def test_what_the_code_does_not_tell_is_not_said(finding_id: str, advice: Advice) -> None:
    if not advice.steps:
        return  # all is well: it is not talked about
    for sees in (True, False):
        said = [saying.opening(finding_id, situation(), sees=sees), saying.question(finding_id, situation(), sees=sees)]
        said += [saying.step(finding_id, place, situation(), sees=sees) for place in range(len(advice.steps))]
        assert not [each.en for each in said if "…" in each.en or "…" in each.es]


def test_every_sentence_in_the_tables_is_one_that_is_said() -> None:
    said = {sentence for _, advice in findings() for sentence in (*advice.steps, advice.agent, advice.confirm)}
    assert set(WITHOUT_EYES) <= said
    assert set(WITHOUT_VALUES) <= said | set(WITHOUT_EYES.values())
    steps = {step for _, advice in findings() for step in advice.steps}
    placed = [step for place in PLACES for step in place.steps]
    assert set(placed) <= steps
    assert len(placed) == len(set(placed))
    assert not any(placeholders(sentence) for sentence in WITHOUT_VALUES.values())


def test_most_steps_have_a_place() -> None:
    steps = {step for _, advice in findings() for step in advice.steps}
    assert sum(place_of(step) is ELSEWHERE for step in steps) < len(steps) / 4


def to_callers() -> list[str]:
    """Every sentence of the console that a caller hears."""
    said = [*WITHOUT_EYES.values(), *WITHOUT_VALUES.values()]
    for place in (*PLACES, ELSEWHERE):
        said += [text for text in (place.text, place.windows, place.macos, place.unseen) if text]
    for question in QUESTIONS:
        said += [text for text in (question.text, question.unseen) if text]
    names = (name for name in vars(script) if name.isupper() and isinstance(getattr(script, name), str))
    return [*said, *(getattr(script, name) for name in names)]


@pytest.mark.parametrize("text", sorted(set(to_callers())))
def test_what_a_caller_hears_is_plain(text: str) -> None:
    for message, forbidden in ((text, FORBIDDEN_EN), (spanish()[text], FORBIDDEN_ES)):
        assert all(len(words(sentence)) <= MOST_WORDS for sentence in sentences(message)), message
        assert len(sentences(message)) <= MOST_SENTENCES
        assert not word_of(forbidden, message), message


def test_together_they_are_easy_to_read() -> None:
    english = to_callers()
    assert flesch_kincaid_grade(" ".join(english)) <= HARDEST_GRADE - 2
    assert inflesz(" ".join(spanish()[text] for text in english)) >= LEAST_INFLESZ
    hard = [text for text in english if flesch_kincaid_grade(text) > HARDEST_GRADE + 3]
    assert hard == []


def test_a_place_for_each_system() -> None:
    place = place_of("Open Settings, then Privacy, then Camera.")
    assert place.told(OsFamily.WINDOWS, sees=True) == place.windows
    assert place.told(OsFamily.MACOS, sees=True) == place.macos
    assert place.told(OsFamily.LINUX, sees=True) == place.text
    assert place.told(OsFamily.WINDOWS, sees=False) == place.unseen
    assert ELSEWHERE.told(OsFamily.MACOS, sees=False) == ELSEWHERE.text


def test_known_values_are_said(provider: Profile) -> None:
    assert code_for()
    told = Situation(
        table=1,
        causes=(Cause("browser", Status.WARN, ("browser.outdated",)),),
        system=System(OsFamily.WINDOWS, "10"),
        browser=Browser("chrome"),
        edition=Edition(provider.id),
        language="en",
        way=Way.COMPUTER,
    )
    assert saying.step("browser.outdated", 0, told, sees=True).en == "In the menu of Google Chrome, look for About."
    assert "Windows 10" in saying.opening("operating_system.outdated", told, sees=True).es
