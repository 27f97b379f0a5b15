"""A sentence in both languages, as an agent reads it out: without what the code does not tell, or without the screen."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Final

from readiness.advice import Advice, advice_for
from readiness.advice.by_phone import WITHOUT_EYES, WITHOUT_VALUES, place_of
from readiness.model import Param
from readiness.profile import Localized
from readiness.situation_words import known_values
from readiness.support_code import Situation
from readiness.telling import fill

#: Values that a code does not tell, but that have words of their own.
_SAID_PLAINLY: Final = frozenset({"programs", "url", "host"})


def both(sentence: str, params: Mapping[str, Param] | None = None) -> Localized:
    """A sentence with the same values in every language."""
    return Localized(en=fill(sentence, params or {}, "en"), es=fill(sentence, params or {}, "es"))


def opening(finding_id: str, situation: Situation, *, sees: bool) -> Localized:
    """What the agent says first about a finding."""
    advice = advice_for(finding_id)
    known = _known(finding_id, situation, "en")
    sentence = _for_eyes(advice.agent, sees=sees)
    if _unknown(sentence, known):
        sentence = WITHOUT_VALUES.get(sentence) or _without_values(advice, known)
    return _filled(sentence, finding_id, situation)


def question(finding_id: str, situation: Situation, *, sees: bool) -> Localized:
    """The question by which the agent makes sure of a finding."""
    return _said(advice_for(finding_id).confirm, finding_id, situation, sees=sees)


def step(finding_id: str, place: int, situation: Situation, *, sees: bool) -> Localized:
    """What the caller is to do, from the first step (0) on."""
    return _said(advice_for(finding_id).steps[place], finding_id, situation, sees=sees)


def where(finding_id: str, place: int, situation: Situation, *, sees: bool) -> Localized:
    """Where the caller finds what that step speaks of."""
    wanted = advice_for(finding_id).steps[place]
    return both(place_of(wanted).told(situation.system.family, sees=sees))


def _said(sentence: str, finding_id: str, situation: Situation, *, sees: bool) -> Localized:
    sentence = _for_eyes(sentence, sees=sees)
    if _unknown(sentence, _known(finding_id, situation, "en")):
        sentence = WITHOUT_VALUES.get(sentence, sentence)
    return _filled(sentence, finding_id, situation)


def _for_eyes(sentence: str, *, sees: bool) -> str:
    return sentence if sees else WITHOUT_EYES.get(sentence, sentence)


def _without_values(advice: Advice, known: Mapping[str, Param]) -> str:
    """The words to the person say the same, mostly without numbers."""
    return advice.agent if _unknown(advice.text, known) else advice.text


def _filled(sentence: str, finding_id: str, situation: Situation) -> Localized:
    said = {}
    for language in ("en", "es"):
        known = _known(finding_id, situation, language)
        params = {name: known.get(name, "…") for name in _values(sentence)}
        said[language] = fill(sentence, params, language)
    return Localized(**said)


def _known(finding_id: str, situation: Situation, language: str) -> Mapping[str, Param]:
    check = finding_id.partition(".")[0]
    return {**dict.fromkeys(_SAID_PLAINLY, ""), **known_values(check, situation, language)}


def _unknown(sentence: str, known: Mapping[str, Param]) -> bool:
    return bool(_values(sentence) - set(known))


def _values(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
