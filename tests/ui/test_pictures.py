from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from readiness.advice import words_for
from readiness.checks import CHECKS
from ui import pictures, theme
from ui.fix_pictures import PICTURES, picture_for

#: Used by pages without a finding.
OTHERS = {"welcome", "call-for-help"}


def test_every_finding_that_can_be_mended_has_a_drawing() -> None:
    mendable = {
        f"{check.id}.{name}"
        for check in CHECKS
        for name, advice in words_for(check.id).findings.items()
        if advice.steps and advice.fixable
    }
    assert mendable - set(PICTURES) == set()


def test_every_drawing_is_of_use_and_every_name_is_drawn() -> None:
    assert set(PICTURES.values()) | OTHERS == set(pictures.names())


def test_drawings_belong_to_findings_that_there_are() -> None:
    known = {f"{check.id}.{name}" for check in CHECKS for name in words_for(check.id).findings}
    assert set(PICTURES) <= known
    assert picture_for("camera.ok") == ""
    assert picture_for("camera.dark") == "lamp-in-front"


@pytest.mark.parametrize("tone", theme.Tone)
@pytest.mark.parametrize("name", pictures.names())
def test_drawings_are_drawn_in_every_tone(qapp: QApplication, name: str, tone: theme.Tone) -> None:
    image = pictures.picture(name, theme.tokens(tone), QSize(160, 100)).toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, 160, 2) for y in range(0, 100, 2)}
    assert len(colours) > 8  # things, not only a field
    assert image.pixelColor(80, 2).name() == theme.tokens(tone).accent_soft


def test_a_drawing_that_there_is_not_is_told() -> None:
    with pytest.raises(LookupError, match="unicorn"):
        pictures.picture("unicorn", theme.now(), QSize(32, 20))
