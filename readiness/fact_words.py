"""What was measured, in words: for support, and for whoever wants to know. Every face shows the same."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from readiness.advice.facts import FACT_VALUES, FACTS
from readiness.model import Reading
from readiness.readings import InstalledBrowser
from readiness.telling import listed, shown
from readiness.text import N_, translate


def facts_told(reading: Reading, language: str) -> tuple[tuple[str, str], ...]:
    """Each fact that people are shown, as its name with the unit, and its value."""
    facts: dict[str, Any] = msgspec.structs.asdict(reading)
    return tuple(
        (translate(FACTS[name], language), _fact(name, value, language))
        for name, value in facts.items()
        if name in FACTS
    )


def _fact(name: str, value: Any, language: str) -> str:
    if value is None or value == ():
        return translate(N_("not known") if value is None else N_("none"), language)
    if value == "":
        return translate(N_("not told"), language)
    if isinstance(value, bool):
        return translate(N_("yes") if value else N_("no"), language)
    if isinstance(value, StrEnum):
        return translate(FACT_VALUES[value], language)
    if isinstance(value, tuple):
        return listed(tuple(_fact(name, item, language) for item in value), language)
    if isinstance(value, InstalledBrowser):
        return f"{value.name} {value.version}" if value.version else value.name
    # What the name of a value tells about how to say it, and nothing else.
    return shown(name if name.endswith("_mbps") else "", value, language)
