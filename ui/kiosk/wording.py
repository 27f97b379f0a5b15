"""A sentence in every language at once: for screens that stand there before anybody has chosen one."""

from __future__ import annotations

from readiness.telling import fill
from readiness.text import LANGUAGES


def in_all(sentence: str, **params: str | float) -> str:
    """The sentence in each language, a line each."""
    return "\n".join(fill(sentence, params, language) for language in LANGUAGES)
