"""Words in the person's language: sentences are marked here and translated only when a face draws them.

The core keeps the English sentence, marked with `N_`, and never asks which language is chosen. A face calls
`translate(sentence, language)`, so the language can change while a run is going on.
"""

from __future__ import annotations

import errno
import gettext
from functools import cache
from pathlib import Path
from typing import Final

#: The languages every sentence exists in; the first is the one the sentences are written in.
LANGUAGES: Final = ("en", "es")

DOMAIN: Final = "readiness"

#: Compiled catalogues lie beside the translations; they are built by the set-up and never committed.
LOCALE_FOLDER: Final = Path(__file__).resolve().parent.parent / "i18n" / "locale"


class Refusal(Exception):
    """Something that a person gave cannot be used. ``str()`` is one English sentence.

    A face that speaks another language translates ``sentence``, the template, and fills in ``params``.
    """

    def __init__(self, sentence: str, **params: str | int) -> None:
        super().__init__(sentence.format(**params))
        self.sentence = sentence
        self.params = params


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools and translators know
    """Mark a sentence for translation without translating it yet."""
    return sentence


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == LANGUAGES[0]:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE_FOLDER, languages=[language])


def can_speak(language: str) -> bool:
    """Whether the words of a language are here: its catalogue is built by the set-up."""
    return language == LANGUAGES[0] or gettext.find(DOMAIN, LOCALE_FOLDER, [language]) is not None


def translate(sentence: str, language: str) -> str:
    """The sentence in ``language`` ("en" or "es").

    Raises FileNotFoundError when the catalogue of that language was not built.
    """
    return _catalogue(language).gettext(sentence) if sentence else ""


_OS_REASONS: Final = {
    errno.ENOENT: N_("it does not exist"),
    errno.EACCES: N_("you may not use it"),
    errno.EPERM: N_("you may not use it"),
    errno.EROFS: N_("the disk cannot be written"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a part of the path is not a folder"),
    errno.ENOSPC: N_("the disk is full"),
}


def os_reason(error: OSError) -> str:
    """Why the operating system refused a file, N_-marked; the system's own words for a rare reason."""
    return _OS_REASONS.get(error.errno or 0) or error.strerror or type(error).__name__
