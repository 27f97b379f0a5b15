"""A sentence in every language at once: for screens that stand there before anybody has chosen one."""

from __future__ import annotations

from collections.abc import Sequence

from readiness.text import translate


def in_all(languages: Sequence[str], sentence: str) -> str:
    """The sentence in each language, a line each."""
    return "\n".join(translate(sentence, language) for language in languages)
