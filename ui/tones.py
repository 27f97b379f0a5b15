"""Every colour of the window, in three tones. `tests/ui/test_tones.py` computes the contrast of each pair in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from readiness.model import Status


class Tone(StrEnum):
    """Which set of colours the window wears."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True)
class StatusColours:
    """How one status looks, always beside its icon and its word."""

    strong: str
    """Icon, edge and word: 7:1 on `soft`, on cards and on the background."""
    soft: str
    """The fill of a note."""


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """The colours of one tone, by what they are for."""

    background: str
    surface: str
    """Cards and fields."""
    sunken: str
    """Grooves: the empty part of a meter, a pressed button."""
    text: str
    muted: str
    accent: str
    """The primary button, links, and what is chosen."""
    accent_hover: str
    accent_pressed: str
    on_accent: str
    accent_soft: str
    """The fill of what is chosen or under the pointer."""
    line: str
    """Borders of what can be used: 3:1."""
    hairline: str
    """Edges of cards: an ornament, nothing depends on seeing it."""
    focus: str
    ink: str
    """From here on, colours of drawn people and things only: lines on skin and paper."""
    paper: str
    glow: str
    skin: str
    hair: str
    wood: str
    line_px: int
    """How thick borders are."""
    status: Mapping[Status, StatusColours]


_LIGHT: Final = Tokens(
    background="#f7f3ec",
    surface="#ffffff",
    sunken="#e9e3d8",
    text="#1c2733",
    muted="#46525f",
    accent="#0b5563",
    accent_hover="#08434f",
    accent_pressed="#05333c",
    on_accent="#ffffff",
    accent_soft="#e1eff0",
    line="#6d7a86",
    hairline="#e0d9cc",
    focus="#c2410c",
    ink="#1c2733",
    paper="#ffffff",
    glow="#f7c948",
    skin="#e8b896",
    hair="#8b97a3",
    wood="#d9b382",
    line_px=2,
    status={
        Status.PASS: StatusColours("#0d5630", "#e2f3e7"),
        Status.WARN: StatusColours("#6b3f00", "#fdf0d0"),
        Status.FAIL: StatusColours("#94181d", "#fce8e5"),
        Status.UNKNOWN: StatusColours("#2f4a75", "#e6edf8"),
        Status.SKIPPED: StatusColours("#424c56", "#eceae6"),
    },
)

_DARK: Final = Tokens(
    background="#161c22",
    surface="#202831",
    sunken="#2e3944",
    text="#f4f1ea",
    muted="#c6ced6",
    accent="#86d3dd",
    accent_hover="#a3e0e8",
    accent_pressed="#6fc3ce",
    on_accent="#06262c",
    accent_soft="#1f3f47",
    line="#8f9ca9",
    hairline="#333e49",
    focus="#ffb86b",
    ink="#12181e",
    paper="#eef0ee",
    glow="#f0c35a",
    skin="#d9a583",
    hair="#c9d1d8",
    wood="#a5814f",
    line_px=2,
    status={
        Status.PASS: StatusColours("#8fe0ac", "#183626"),
        Status.WARN: StatusColours("#f5cf7a", "#3a2e12"),
        Status.FAIL: StatusColours("#ffb4ab", "#45201f"),
        Status.UNKNOWN: StatusColours("#b4cdf8", "#223149"),
        Status.SKIPPED: StatusColours("#ccd3da", "#2d353e"),
    },
)

_CONTRAST: Final = Tokens(
    background="#000000",
    surface="#000000",
    sunken="#333333",
    text="#ffffff",
    muted="#ffffff",
    accent="#ffe14a",
    accent_hover="#fff0a0",
    accent_pressed="#ffffff",
    on_accent="#000000",
    accent_soft="#332d00",
    line="#ffffff",
    hairline="#ffffff",
    focus="#ffe14a",
    ink="#000000",
    paper="#ffffff",
    glow="#ffe14a",
    skin="#ffffff",
    hair="#ffe14a",
    wood="#ffe14a",
    line_px=3,
    status={
        Status.PASS: StatusColours("#a6ffbf", "#000000"),
        Status.WARN: StatusColours("#ffe14a", "#000000"),
        Status.FAIL: StatusColours("#ffb8b0", "#000000"),
        Status.UNKNOWN: StatusColours("#bfe0ff", "#000000"),
        Status.SKIPPED: StatusColours("#ffffff", "#000000"),
    },
)

_TONES: Final[Mapping[Tone, Tokens]] = {Tone.LIGHT: _LIGHT, Tone.DARK: _DARK, Tone.CONTRAST: _CONTRAST}


def tokens(tone: Tone) -> Tokens:
    """The colours of one tone."""
    return _TONES[tone]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours such as ``#1c2733``, from 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
