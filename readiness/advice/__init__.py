"""The words for every finding: to the person, and to the agent on the phone. One file a check, named after its id.

The words are English and N_-marked; faces translate them when they draw. Sentences are short and plain: `tests/test_words.py`
holds them to a reading grade, and ``i18n/README.md`` says how to write them.

Values stand in braces, by the names that the check gives them: ``{fps}``. A value that the system did not tell is
said with the word in `NOT_TOLD`, so a sentence with a value must read well with that word, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import msgspec

from readiness.text import N_


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What is said about one finding, and what the person can do about it."""

    text: str
    """To the person: what is the matter, in one or two sentences."""
    steps: tuple[str, ...] = ()
    """What to do, in the order of doing, at most three; each one can be done on Windows and on a Mac."""
    agent: str
    """What a support agent says about it on the phone."""
    confirm: str
    """A question to the caller; yes makes the cause likely."""
    settings: str | None = None
    """The page of the system's settings where it is mended: camera_privacy, microphone_privacy, sound, network or
    default_browser."""
    fixable: bool = True
    """Whether the steps can work today. If not, other ways to get care are offered beside them."""


class QuestionWords(msgspec.Struct, frozen=True, kw_only=True):
    """How a person is asked what only a person can tell."""

    text: str
    cannot_tell: str
    """The choice of a person who cannot hear or see enough to say."""
    skip: str
    """The choice of a person who does not want to answer."""


class CheckWords(msgspec.Struct, frozen=True, kw_only=True):
    """All the words of one check."""

    name: str
    """A short title: "Camera"."""
    prompt: str
    """What to do, or what goes on, while it runs."""
    findings: Mapping[str, Advice]
    """By the part of the finding's id after the dot: ``dark``."""
    questions: Mapping[str, QuestionWords] = {}
    """By the part of the question's id after the dot: ``tones``."""


#: Why something was not checked, a sentence each, by the value of `readiness.model.Failure`: stands for {reason}.
REASONS: Final[Mapping[str, str]] = {
    "none_found": N_("There was nothing to test."),
    "blocked": N_("This computer did not let us."),
    "busy": N_("Another program uses it now."),
    "not_answering": N_("We waited, but no answer came."),
    "unplugged": N_("It was unplugged during the test."),
    "no_sound_system": N_("The sound is not set up on this computer."),
    "no_connection": N_("This computer is not on the internet now."),
    "server_unreachable": N_("Our test server did not answer, and that is not your fault."),
    "no_server": N_("No server is set up for this test."),
    "unsupported": N_("This test does not know your kind of computer yet."),
    "crashed": N_("Our test ended too soon, and that is not your fault."),
    "cancelled": N_("You stopped the test before this part."),
}

#: What stands in a sentence for a value that the system did not tell, by the name of the value.
NOT_TOLD: Final[Mapping[str, str]] = {
    "name": N_("unknown"),
    "issuer": N_("unknown"),
    "version": N_("unknown"),
    "url": N_("any web page"),
    "programs": N_("the other video program"),
    "host": N_("your network"),
}

_CHECK_ID: Final = re.compile(r"[a-z][a-z_]*")


def words_for(check_id: str) -> CheckWords:
    """The words of one check. Raises LookupError for a check that has none."""
    name = f"{__name__}.{check_id}"
    if not _CHECK_ID.fullmatch(check_id):
        raise LookupError(f"no check can be called {check_id!r}")
    try:
        words: object = getattr(import_module(name), "WORDS", None)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        words = None
    if not isinstance(words, CheckWords):
        raise LookupError(f"there are no words for the check {check_id!r}: {name}.WORDS is missing")
    return words


def advice_for(finding_id: str) -> Advice:
    """The words for one finding, such as ``camera.dark``. Raises LookupError for a finding that has none."""
    check_id, _, name = finding_id.partition(".")
    findings = words_for(check_id).findings
    if name not in findings:
        raise LookupError(f"there are no words for the finding {finding_id!r} in {__name__}.{check_id}")
    return findings[name]
