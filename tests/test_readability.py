"""The formulas count as their sources do: syllables by hand, grades on sentences whose counts are plain to see."""

from __future__ import annotations

import pytest

from tests.readability import (
    english_syllables,
    flesch_kincaid_grade,
    inflesz,
    sentences,
    spanish_syllables,
    words,
)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("camera", 3),
        ("the", 1),
        ("doctor's", 2),
        ("doctor’s", 2),
        ("every", 3),
        ("vpn", 3),
        ("7", 1),
        ("zoomle", 2),  # not in the dictionary: estimated
        ("zoome", 1),
        ("brr", 1),
    ],
)
def test_english_words_count_as_they_are_spoken(word: str, syllables: int) -> None:
    assert english_syllables(word) == syllables


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("cámara", 3),
        ("computadora", 5),
        ("micrófono", 4),
        ("navegador", 4),
        ("bueno", 2),  # rising diphthong
        ("conexión", 3),
        ("aire", 2),  # falling diphthong
        ("ciudad", 2),  # two weak vowels
        ("cuídate", 3),  # an accent does not part two weak vowels
        ("buey", 1),  # triphthong, y as a vowel
        ("averiguáis", 4),
        ("país", 2),  # hiatus by accent
        ("aún", 2),
        ("guía", 2),
        ("continúa", 4),
        ("leíais", 3),
        ("teatro", 3),  # hiatus of two strong vowels
        ("ahora", 3),  # h is not heard
        ("ahí", 2),
        ("quiere", 2),  # silent u
        ("siguiente", 3),
        ("pingüino", 3),  # spoken u
        ("haya", 2),  # y as a consonant
        ("muy", 1),
        ("y", 1),
        ("vpn", 5),
        ("chrome", 1),
        ("4", 1),
    ],
)
def test_spanish_words_count_by_the_rules_of_the_orthography(word: str, syllables: int) -> None:
    assert spanish_syllables(word) == syllables


def test_a_value_in_braces_is_one_word_and_a_point_in_an_address_ends_nothing() -> None:
    assert words("Close {programs}.") == ["close", "zoom"]
    assert sentences("Get it from google.com/chrome. It is free!") == ["Get it from google.com/chrome", "It is free"]
    assert sentences("¿Oye “hola”? Sí.") == ["¿Oye “hola”", "Sí"]


def test_grade_and_ease_are_the_published_formulas() -> None:
    # Six words of one syllable, one sentence.
    assert flesch_kincaid_grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    # Three words, six syllables, one sentence.
    assert inflesz("La casa blanca.") == pytest.approx(206.835 - 62.3 * 5 / 3 - 3)
