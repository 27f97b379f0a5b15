"""Ten questions for a caller who has no code, in the order of asking: their answers reach the same advice as a code."""

from __future__ import annotations

from typing import Final

import msgspec

from readiness.joining import Way
from readiness.model import OsFamily
from readiness.profile import Profile
from readiness.support_code import Situation
from readiness.support_tables import TABLES, Browser, Edition, System
from readiness.text import N_

#: After the last question.
END: Final = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer, and what follows from it: a finding, or the next question."""

    words: str
    finding: str = ""
    following: str = END
    """The question that comes next: at once, or when what was found is over."""
    system: System | None = None
    """What the answer tells of the caller's system."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent asks, and the answers on the keys 1 to 4."""

    id: str
    text: str
    unseen: str = ""
    """To a caller who cannot see the screen; empty for the same."""
    answers: tuple[Answer, ...]


QUESTIONS: Final = (
    Question(
        id="online",
        text=N_("Do web pages open on this computer?"),
        unseen=N_("Does this computer read web pages to you?"),
        answers=(
            Answer(words=N_("Yes"), following="browser"),
            Answer(words=N_("No"), finding="connection.no_link", following="browser"),
            Answer(words=N_("A sign-in page comes"), finding="connection.captive_portal", following="browser"),
        ),
    ),
    Question(
        id="browser",
        text=N_("Which browser do you use for the visit?"),
        answers=(
            Answer(words=N_("Chrome, Safari or Edge"), following="system"),
            Answer(words=N_("Internet Explorer (old)"), finding="browser.internet_explorer", following="system"),
            Answer(words=N_("Another, or not sure"), finding="browser.not_checked", following="system"),
        ),
    ),
    Question(
        id="system",
        text=N_("Is it an old computer, with Windows 7, or a Mac of 2017?"),
        answers=(
            Answer(words=N_("No, or not sure"), following="picture"),
            Answer(
                words=N_("Old Windows"),
                finding="operating_system.unsupported",
                following="picture",
                system=System(OsFamily.WINDOWS, "older"),
            ),
            Answer(
                words=N_("Old Mac"),
                finding="operating_system.unsupported",
                following="picture",
                system=System(OsFamily.MACOS, "older"),
            ),
        ),
    ),
    Question(
        id="picture",
        text=N_("Can you see yourself when the camera is on?"),
        unseen=N_("Do others see you when the camera is on?"),
        answers=(
            Answer(words=N_("Yes"), following="light"),
            Answer(words=N_("No, it is black"), finding="camera.covered", following="heard"),
            Answer(words=N_("No picture at all"), following="in_use"),
        ),
    ),
    Question(
        id="in_use",
        text=N_("Is a video program open, such as Zoom or Teams?"),
        answers=(
            Answer(words=N_("No"), following="allowed"),
            Answer(words=N_("Yes"), finding="camera.busy", following="heard"),
        ),
    ),
    Question(
        id="allowed",
        text=N_("Did the computer ask to use the camera, and you did not say yes?"),
        answers=(
            Answer(words=N_("No"), finding="camera.none", following="heard"),
            Answer(words=N_("Yes, or not sure"), finding="camera.blocked", following="heard"),
        ),
    ),
    Question(
        id="light",
        text=N_("Is your picture bright, and does it move with you?"),
        unseen=N_("Do others say that your picture is bright, and that it moves?"),
        answers=(
            Answer(words=N_("Yes"), following="heard"),
            Answer(words=N_("It is dark"), finding="camera.dark", following="heard"),
            Answer(words=N_("It stands still"), finding="camera.frozen", following="heard"),
        ),
    ),
    Question(
        id="heard",
        text=N_("Can others hear you on this computer?"),
        answers=(
            Answer(words=N_("Yes"), following="sound"),
            Answer(words=N_("Not at all"), finding="microphone.silent", following="sound"),
            Answer(words=N_("Only softly"), finding="microphone.quiet", following="sound"),
        ),
    ),
    Question(
        id="sound",
        text=N_("Can you hear sound from this computer?"),
        answers=(
            Answer(words=N_("Yes"), following="line"),
            Answer(words=N_("Not at all"), finding="speaker.muted", following="line"),
            Answer(words=N_("From the wrong place"), finding="speaker.not_heard", following="line"),
        ),
    ),
    Question(
        id="line",
        text=N_("Do picture and sound go on well in a call?"),
        answers=(
            Answer(words=N_("Yes, or not sure")),
            Answer(words=N_("They stop at times"), finding="bandwidth.slow_down"),
            Answer(words=N_("They stop far from the box"), finding="connection.weak_wifi"),
        ),
    ),
)

FIRST: Final = QUESTIONS[0].id


def question_called(question_id: str) -> Question:
    """The question with that id. Raises LookupError for one that there is not."""
    for question in QUESTIONS:
        if question.id == question_id:
            return question
    raise LookupError(f"no question is called {question_id!r}")


def nothing_known(profile: Profile, language: str) -> Situation:
    """What is known of a caller before the first question."""
    return Situation(
        table=TABLES[-1].version,
        causes=(),
        system=System(),
        browser=Browser(),
        edition=Edition(profile.id, profile.edition),
        language=language,
        way=Way.COMPUTER,
    )
