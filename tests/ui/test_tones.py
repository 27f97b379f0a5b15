"""Every pair of colours that the window puts beside each other can be told apart (WCAG 2.2, 1.4.6 and 1.4.11)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from readiness.model import Status
from ui.tones import Tokens, Tone, contrast, tokens

TEXT, SHAPE = 7.0, 3.0


def pairs(colours: Tokens) -> Iterator[tuple[str, str, str, float]]:
    """What it is, the one colour, the other, and how much contrast it needs."""
    areas = {"background": colours.background, "surface": colours.surface}
    for area, fill in areas.items():
        yield f"text on {area}", colours.text, fill, TEXT
        yield f"muted text on {area}", colours.muted, fill, TEXT
        yield f"words of buttons on {area}", colours.accent, fill, TEXT
        yield f"borders on {area}", colours.line, fill, SHAPE
        yield f"ring on {area}", colours.focus, fill, SHAPE
        for status, strong in colours.status.items():
            yield f"word of {status} on {area}", strong.strong, fill, TEXT
    for status, both in colours.status.items():
        yield f"text on {status}", colours.text, both.soft, TEXT
        yield f"word of {status} on its fill", both.strong, both.soft, TEXT
        yield f"cell of {status} in the meter", both.strong, colours.surface, SHAPE
    for fill in ("accent", "accent_hover", "accent_pressed"):
        yield f"words on {fill}", colours.on_accent, getattr(colours, fill), TEXT
    for fill in ("accent_soft", "sunken"):
        yield f"text on {fill}", colours.text, getattr(colours, fill), TEXT
        yield f"words of a button on {fill}", colours.accent, getattr(colours, fill), 4.5  # while pressed only
    yield "disabled primary", colours.muted, colours.sunken, 4.5
    yield "camera that is off", colours.muted, colours.sunken, SHAPE
    yield "edge of what is chosen", colours.accent, colours.accent_soft, SHAPE
    yield "tooltip", colours.background, colours.text, TEXT
    yield "line of a chart on its fill", colours.accent, colours.accent_soft, SHAPE
    yield "empty cells in the zone", colours.line, colours.status[Status.PASS].soft, SHAPE
    yield "face of a drawn person", colours.ink, colours.skin, SHAPE
    yield "things in a drawing", colours.text, colours.accent_soft, SHAPE
    yield "arrows in a drawing", colours.focus, colours.accent_soft, SHAPE


@pytest.mark.parametrize("tone", Tone)
def test_all_pairs_have_contrast_enough(tone: Tone) -> None:
    weak = {
        what: round(contrast(one, other), 2)
        for what, one, other, least in pairs(tokens(tone))
        if contrast(one, other) < least
    }
    assert not weak


@pytest.mark.parametrize("tone", Tone)
def test_every_status_has_its_colours(tone: Tone) -> None:
    assert set(tokens(tone).status) == set(Status)
    assert len({both.strong for both in tokens(tone).status.values()}) == len(Status)


def test_the_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the well-known grey that just fails 4.5


def test_the_contrast_tone_has_thick_lines() -> None:
    assert tokens(Tone.CONTRAST).line_px == 3
