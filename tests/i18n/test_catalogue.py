"""Translations are read and compiled as gettext's own tools would, and half-done ones are never shown."""

from __future__ import annotations

import gettext
import io
import os
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from i18n import catalogue

SPANISH = Path(__file__).resolve().parents[2] / "i18n" / "es.po"

WORDS = r"""
# A translator's remark
#, fuzzy
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: readiness/a.py
#, python-brace-format
msgid "Camera"
msgstr "Cámara"

msgid ""
"A long sentence, "
"in \"two\" parts.\n"
msgstr ""
"Una frase larga, "
"en dos partes.\n"

#, fuzzy
msgid "Speaker"
msgstr "Orador"

msgid "Not yet"
msgstr ""

msgctxt "menu"
msgid "Open"
msgstr "Abrir"

msgctxt "state"
msgid "Open"
msgstr "Abierto"

msgid "{n} bar"
msgid_plural "{n} bars"
msgstr[0] "{n} barra"
msgstr[1] "{n} barras"

#, fuzzy
#~ msgid "Old"
#~ msgstr "Viejo"

msgid "Last"
msgstr "Último"
"""


def loaded(text: str) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(catalogue.compiled(catalogue.read(text))))


def test_gettext_finds_every_kind_of_sentence() -> None:
    words = loaded(WORDS)
    assert words.gettext("Camera") == "Cámara"
    assert words.gettext("Last") == "Último"
    assert words.gettext('A long sentence, in "two" parts.\n') == "Una frase larga, en dos partes.\n"
    assert words.pgettext("menu", "Open") == "Abrir"
    assert words.pgettext("state", "Open") == "Abierto"
    assert [words.ngettext("{n} bar", "{n} bars", n) for n in (1, 2)] == ["{n} barra", "{n} barras"]


@pytest.mark.parametrize("sentence", ["Speaker", "Not yet", "Old", "never heard of"])
def test_what_is_guessed_missing_or_obsolete_stays_english(sentence: str) -> None:
    assert loaded(WORDS).gettext(sentence) == sentence


@pytest.mark.parametrize("text", [WORDS, SPANISH.read_text(encoding="utf-8") if SPANISH.exists() else WORDS])
def test_babel_compiles_to_the_same_words(text: str) -> None:
    theirs = io.BytesIO()
    write_mo(theirs, read_po(io.StringIO(text), locale="es"))
    theirs.seek(0)
    ours, expected = (vars(words)["_catalog"] for words in (loaded(text), gettext.GNUTranslations(theirs)))
    del ours[""], expected[""]  # the header: Babel writes its own version into it
    assert ours
    assert ours == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "line 1 is not part of a translation: nonsense"),
        ('msgid "a"\nmsgstr "b', "line 2 is not part"),
        ('msgid "a"\nmsgstr 7', "line 2 is not part"),
        ('"a"', "line 1 stands outside"),
        ('msgstr "a"', "line 1 stands outside"),
        ('msgid "a"\nmsgxyz "b"', "line 2 begins with an unknown word: msgxyz"),
        ('msgid "a"\nmsgstr[x] "b"', "line 2 begins with an unknown word"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="line") as refused:
        catalogue.read(text)
    assert str(refused.value).startswith(said)


def test_a_file_is_compiled_only_when_it_changed(tmp_path: Path) -> None:
    source, target = tmp_path / "es.po", tmp_path / "locale" / "es" / "readiness.mo"
    source.write_text(WORDS, encoding="utf-8")
    assert catalogue.compile_file(source, target)
    assert not catalogue.compile_file(source, target)
    os.utime(source, (1, 1))  # an older file than before, as after changing the branch, is another file
    assert catalogue.compile_file(source, target)
    assert [file.name for file in target.parent.iterdir()] == ["readiness.mo"]


def test_a_broken_file_is_named_and_what_was_compiled_before_stays(tmp_path: Path) -> None:
    source, target = tmp_path / "es.po", tmp_path / "readiness.mo"
    source.write_text(WORDS, encoding="utf-8")
    catalogue.compile_file(source, target)
    before = target.read_bytes()
    source.write_text("nonsense", encoding="utf-8")
    os.utime(source, (1, 1))
    with pytest.raises(ValueError, match=r"es\.po: line 1 is not part"):
        catalogue.compile_file(source, target)
    assert target.read_bytes() == before
