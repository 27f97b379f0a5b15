"""What the agent reads out now, in both languages, and which answer each key stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from readiness.advice import advice_for
from readiness.agent import saying
from readiness.agent.call import Call, Reply, Stage, replies
from readiness.agent.saying import both
from readiness.profile import Localized
from readiness.text import N_

GREETING: Final = N_("Thank you for calling. Do you have the code with 16 digits?")
GREETING_MORE: Final = N_("It is on the Help page of the test, in four groups.")
GREETING_MORE_UNSEEN: Final = N_("Open Help in the test. It can read the code to you.")
ASK_AGAIN: Final = N_("Please run the test once more, and read me the new code.")
WELL_DONE: Final = N_("Well done. You can join your visit now.")
NOTHING_TO_FIX: Final = N_("All is ready. You can join your visit now.")
PASS_ON: Final = N_("I will pass this on. You do not have to tell it all again.")
PASS_ON_MORE: Final = N_("Somebody will help you with it. I am sorry that it takes so long.")
CARE: Final = N_("A video visit will not work well today. There are other ways to get care.")
CARE_MORE: Final = N_("Which one would you like? I can give you the number.")
OVER: Final = N_("Is there anything else that I can do for you?")
OVER_MORE: Final = N_("Thank you for your call. Have a good visit.")

#: The words on the keys, to the agent.
_WORDS: Final[Mapping[Stage, tuple[str, ...]]] = {
    Stage.CONFIRM: (N_("Yes"), N_("No"), N_("Not sure")),
    Stage.STEP: (N_("It worked"), N_("It did not help"), N_("Cannot find it")),
    Stage.WHERE: (N_("It worked"), N_("It did not help"), N_("Still not found")),
    Stage.JOIN: (N_("Joined"), N_("Cannot join")),
}


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """What is read out, one or two messages, and the answers."""

    first: Localized
    """What is the matter, or what was asked before; said once."""
    now: Localized
    """The question, or what the caller is to do."""
    answers: tuple[tuple[Reply, str], ...] = ()
    """Each answer that leads on, with its N_-marked words."""


def script(call: Call) -> Script:
    """The script for where a call stands."""
    first, now = _SAID[call.stage](call)
    return Script(first=first, now=now, answers=tuple(zip(replies(call), answer_words(call), strict=True)))


def answer_words(call: Call) -> tuple[str, ...]:
    """The N_-marked words for `replies`, in the same order."""
    if asked := call.asked:
        return tuple(answer.words for answer in asked.answers)
    return _WORDS.get(call.stage, ())


def said_at(call: Call, stage: Stage, finding: str, step: int) -> Localized:
    """What the caller was asked or told at one of the stages with a finding."""
    situation, sees = call.situation, call.sees
    if stage is Stage.CONFIRM:
        return saying.question(finding, situation, sees=sees)
    if stage is Stage.WHERE:
        return saying.where(finding, step, situation, sees=sees)
    return saying.step(finding, step, situation, sees=sees)


def _of_finding(call: Call) -> tuple[Localized, Localized]:
    now = said_at(call, call.stage, call.finding, call.step)
    if call.stage is Stage.WHERE:
        return said_at(call, Stage.STEP, call.finding, call.step), now
    return saying.opening(call.finding, call.situation, sees=call.sees), now


def _asking(call: Call) -> tuple[Localized, Localized]:
    asked = call.asked
    assert asked is not None
    first = both(N_("We can find it without a code. I will ask you a few things."))
    return first, both(asked.unseen if asked.unseen and not call.sees else asked.text)


def _joining(call: Call) -> tuple[Localized, Localized]:
    if call.situation.causes and call.done:
        return both(WELL_DONE), both(ASK_AGAIN)
    return both(NOTHING_TO_FIX), call.profile.join.when


def _greeting(call: Call) -> tuple[Localized, Localized]:
    return both(GREETING), both(GREETING_MORE if call.sees else GREETING_MORE_UNSEEN)


def _passing_on(call: Call) -> tuple[Localized, Localized]:
    return both(PASS_ON), both(PASS_ON_MORE)


def _offering_care(call: Call) -> tuple[Localized, Localized]:
    return both(CARE), both(CARE_MORE)


def _ending(call: Call) -> tuple[Localized, Localized]:
    return both(OVER), both(OVER_MORE)


_SAID: Final[Mapping[Stage, Callable[[Call], tuple[Localized, Localized]]]] = {
    Stage.CODE: _greeting,
    Stage.ASKING: _asking,
    Stage.CONFIRM: _of_finding,
    Stage.STEP: _of_finding,
    Stage.WHERE: _of_finding,
    Stage.JOIN: _joining,
    Stage.PASS_ON: _passing_on,
    Stage.CARE: _offering_care,
    Stage.OVER: _ending,
}


def steps_of(finding: str) -> int:
    """How many steps there are for a finding."""
    return len(advice_for(finding).steps)
