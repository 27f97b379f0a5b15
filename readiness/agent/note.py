"""The note for the ticket, in both languages: what the code told, what was tried, how it ended. Nobody's name is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from readiness.agent.call import Call, Done, Reply, Stage, replies
from readiness.agent.overview import in_one_sentence, tell_changes
from readiness.agent.questions import question_called
from readiness.agent.script import answer_words, said_at
from readiness.situation_words import tell_caller
from readiness.telling import fill
from readiness.text import LANGUAGES, N_, translate

_TITLE: Final = N_("Video visit: call for help ({minutes} min)")
_ENDS: Final[Mapping[Stage, str]] = {
    Stage.PASS_ON: N_("End: passed on."),
    Stage.CARE: N_("End: other ways to get care were offered."),
    Stage.OVER: N_("End: the caller has joined."),
    Stage.JOIN: N_("End: ready to join."),
}
_OPEN: Final = N_("End: still open.")


def note(call: Call, length_s: int) -> str:
    """The whole note, one language after the other."""
    return "\n\n".join("\n".join(_lines(call, length_s, language)) for language in LANGUAGES)


def tell_done(call: Call, done: Done, language: str) -> tuple[str, str]:
    """What was said and what came of it: the sentence, and the answer."""
    if done.stage is Stage.ASKING:
        question = question_called(done.finding)
        answer = question.answers[list(Reply).index(done.reply)]
        return translate(question.text, language), translate(answer.words, language)
    if done.stage is Stage.JOIN:
        said = translate(N_("Join the visit"), language)
    else:
        said = said_at(call, done.stage, done.finding, done.step).in_language(language)
    then = _as_then(call, done)
    words = dict(zip(replies(then), answer_words(then), strict=True))
    return said, translate(words[done.reply], language)


def _as_then(call: Call, done: Done) -> Call:
    return replace(call, stage=done.stage)


def _lines(call: Call, length_s: int, language: str) -> Iterator[str]:
    yield fill(_TITLE, {"minutes": max(1, round(length_s / 60))}, language)
    for code in call.codes:
        yield fill(N_("Code: {code}"), {"code": code}, language)
    if call.codes:
        yield in_one_sentence(call.situation, language)
        yield "; ".join(f"{name}: {value}" for name, value in tell_caller(call.situation, language))
    else:
        yield translate(N_("Without a code"), language)
    if call.before:
        yield "; ".join(tell_changes(call.before, call.situation, language))
    for done in call.done:
        said, came_of_it = tell_done(call, done, language)
        yield f"{clock(done.at_s)}  {said} – {came_of_it}"
    if call.told_care and call.stage is not Stage.CARE:
        yield translate(N_("Other ways to get care were told."), language)
    yield translate(_ENDS.get(call.stage, _OPEN), language)


def clock(length_s: int) -> str:
    """A length of time as a clock shows it: 3:07."""
    return f"{length_s // 60}:{length_s % 60:02}"
