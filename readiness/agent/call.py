"""One call: what was heard, where it stands, and what the next answer leads to. A new `Call` for every answer.

    code, or ten questions → the question that makes sure → step after step → the next cause → … → join, pass on, other care

======================  ===========================  ==========================  =====================================
where it stands         1                            2                           3
======================  ===========================  ==========================  =====================================
the question            yes: the first step          no: the next cause that     not sure: the first step
                                                     shares this place in the
                                                     code; without one the first
                                                     step, for the test found it
a step                  worked: the next matter      did not: the next step;     cannot find it: where it is; then
                                                     then the next cause; then   as 2
                                                     the next matter
join                    joined: the call may end     did not: pass on            –
======================  ===========================  ==========================  =====================================

The next matter after the last one: other ways to get care, if nothing can be done today about something that the visit
needs; else pass on, if something that it needs stays open; else join.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from readiness.advice import advice_for
from readiness.agent import questions
from readiness.agent.questions import END, FIRST, Question, question_called
from readiness.checks import CHECKS
from readiness.model import SEVERITY, Status
from readiness.profile import Profile
from readiness.support_code import Cause, Situation


class Stage(StrEnum):
    """Where a call stands."""

    CODE = "code"
    """Nothing is known yet."""
    ASKING = "asking"
    """Without a code: one of the ten questions."""
    CONFIRM = "confirm"
    STEP = "step"
    WHERE = "where"
    """The caller could not find what the step speaks of."""
    JOIN = "join"
    PASS_ON = "pass_on"
    CARE = "care"
    OVER = "over"


class Reply(StrEnum):
    """What the caller says; the keys 1 to 4."""

    FIRST = "first"
    """Yes, or it worked."""
    SECOND = "second"
    """No, or it did not."""
    THIRD = "third"
    """Not sure, or cannot find it."""
    FOURTH = "fourth"


class Done(msgspec.Struct, frozen=True):
    """One line of what was tried."""

    at_s: int
    """Seconds since the call began."""
    stage: Stage
    finding: str
    """A finding id, or the id of a question."""
    step: int
    reply: Reply


#: What may matter to the visit; the rest is good, or was the person's own choice.
_MATTERS: Final = (Status.FAIL, Status.UNKNOWN, Status.WARN)


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of one call."""

    profile: Profile
    language: str
    """The caller's."""
    situation: Situation
    codes: tuple[str, ...] = ()
    """Those that were read out, the newest last."""
    before: Situation | None = None
    """What the code before told."""
    sees: bool = True
    """Whether the caller can see the screen."""
    stage: Stage = Stage.CODE
    matters: tuple[Cause, ...] = ()
    """What to go through, in this order."""
    matter: int = 0
    cause: int = 0
    """Which of the causes that share a value of the code."""
    step: int = 0
    question: str = ""
    """The id of the question that is asked, or will be when the matter is over; empty for none."""
    unsolved: tuple[str, ...] = ()
    """Finding ids."""
    done: tuple[Done, ...] = ()
    told_care: bool = False
    """Whether the agent has looked up the other ways to get care."""

    @property
    def finding(self) -> str:
        """The id of what is being talked about; empty for nothing."""
        if self.stage in (Stage.CONFIRM, Stage.STEP, Stage.WHERE):
            return self.matters[self.matter].findings[self.cause]
        return ""

    @property
    def asked(self) -> Question | None:
        """The question of the ten that is asked now."""
        return question_called(self.question) if self.stage is Stage.ASKING else None

    @property
    def has_another_cause(self) -> bool:
        """Whether the code leaves it open which of several causes it was, and some are left."""
        return self.cause + 1 < len(self.matters[self.matter].findings)


# --- What may happen


def begin(profile: Profile, language: str) -> Call:
    """A call of which nothing is known yet."""
    return Call(profile=profile, language=language, situation=questions.nothing_known(profile, language))


def hear(call: Call, code: str, situation: Situation) -> Call:
    """A code was read out; a second one in the same call takes the place of the first."""
    return _next_matter(
        replace(
            call,
            codes=(*call.codes, code),
            before=call.situation if call.codes else None,
            situation=situation,
            language=situation.language,
            matters=tuple(matters_of(situation, call.profile)),
            matter=-1,
            question=END,
            unsolved=(),
        )
    )


def ask(call: Call) -> Call:
    """There is no code: ask the ten questions."""
    situation = questions.nothing_known(call.profile, call.language)
    return replace(call, stage=Stage.ASKING, question=FIRST, situation=situation, matters=(), unsolved=())


def answer(call: Call, reply: Reply, at_s: int) -> Call:
    """The caller has answered; the same call when that answer leads nowhere."""
    if reply not in replies(call):
        return call
    subject = call.question if call.stage is Stage.ASKING else call.finding
    noted = Done(at_s, call.stage, subject, call.step, reply)
    return _FOLLOWING[call.stage](replace(call, done=(*call.done, noted)), reply)


def pass_on(call: Call) -> Call:
    """Somebody else shall go on with it."""
    return replace(call, stage=Stage.PASS_ON)


def replies(call: Call) -> tuple[Reply, ...]:
    """The answers that lead on from here."""
    every = tuple(Reply)
    if asked := call.asked:
        return every[: len(asked.answers)]
    return every[: {Stage.CONFIRM: 3, Stage.STEP: 3, Stage.WHERE: 3, Stage.JOIN: 2}.get(call.stage, 0)]


# --- What follows


def _ask(call: Call, reply: Reply) -> Call:
    answered = question_called(call.question).answers[list(Reply).index(reply)]
    call = replace(call, question=answered.following)
    if not answered.finding:
        return _next_question(call)
    situation = replace(call.situation, system=answered.system or call.situation.system)
    found = Cause(answered.finding.partition(".")[0], Status.FAIL, (answered.finding,))
    matters = (*call.matters, found)
    call = replace(call, situation=situation, matters=matters, matter=len(matters) - 1)
    return replace(call, stage=Stage.CONFIRM, cause=0, step=0)


def _confirm(call: Call, reply: Reply) -> Call:
    if reply is Reply.SECOND and call.has_another_cause:
        return replace(call, cause=call.cause + 1)
    return replace(call, stage=Stage.STEP, step=0)


def _step(call: Call, reply: Reply) -> Call:
    if reply is Reply.FIRST:
        return _next_matter(call)
    if reply is Reply.THIRD and call.stage is Stage.STEP:
        return replace(call, stage=Stage.WHERE)
    if call.step + 1 < len(advice_for(call.finding).steps):
        return replace(call, stage=Stage.STEP, step=call.step + 1)
    if call.has_another_cause:
        return replace(call, stage=Stage.CONFIRM, cause=call.cause + 1, step=0)
    return _next_matter(replace(call, unsolved=(*call.unsolved, call.finding)))


def _join(call: Call, reply: Reply) -> Call:
    return replace(call, stage=Stage.OVER if reply is Reply.FIRST else Stage.PASS_ON)


def _next_matter(call: Call) -> Call:
    if call.question != END:
        return _next_question(call)
    if call.matter + 1 < len(call.matters):
        return replace(call, stage=Stage.CONFIRM, matter=call.matter + 1, cause=0, step=0)
    return _end(call)


def _next_question(call: Call) -> Call:
    return _end(call) if call.question == END else replace(call, stage=Stage.ASKING)


def _end(call: Call) -> Call:
    needed = required(call.profile)
    left = [finding for finding in call.unsolved if finding.partition(".")[0] in needed]
    if not left:
        return replace(call, stage=Stage.JOIN)
    can_be_fixed = all(advice_for(finding).fixable for finding in left)
    return replace(call, stage=Stage.PASS_ON if can_be_fixed else Stage.CARE)


_FOLLOWING: Final = {
    Stage.ASKING: _ask,
    Stage.CONFIRM: _confirm,
    Stage.STEP: _step,
    Stage.WHERE: _step,
    Stage.JOIN: _join,
}


# --- What there is to go through


def matters_of(situation: Situation, profile: Profile) -> Iterable[Cause]:
    """What to go through: what the visit needs and does not work, the heaviest first; then what could be better.

    What the visit does not need and could not be measured is nobody's concern.
    """
    needed = required(profile)
    open_ = [cause for cause in situation.causes if cause.status in _MATTERS and cause.findings]
    open_ = [_likeliest_first(cause) for cause in open_ if cause.status is not Status.UNKNOWN or cause.check in needed]
    return sorted(open_, key=lambda cause: (cause.check not in needed, SEVERITY.index(cause.status)))


def _likeliest_first(cause: Cause) -> Cause:
    """Hardly anybody asks for one camera by its name: that is thought of last."""
    return replace(cause, findings=tuple(sorted(cause.findings, key=lambda finding: finding.endswith(".no_such"))))


def required(profile: Profile) -> frozenset[str]:
    """The checks that a visit needs."""
    return frozenset(check.id for check in CHECKS if profile.requirement(check.id, check.requires).required)
