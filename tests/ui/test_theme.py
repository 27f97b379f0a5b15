from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QFontMetrics, QPalette, QRawFont
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import Look, Tone

LOOKS = [Look(tone=tone, scale_pct=scale_pct) for tone in Tone for scale_pct in theme.SCALES_PCT]

#: What our two languages need, beside the letters of ASCII.
GLYPHS = "ñáéíóúüÑÁÉÍÓÚÜ¿¡“”‘’–—…×·•°«»ºª½€®©"


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_no_token_is_left_in_the_style_sheet(look: Look) -> None:
    sheet = theme.style_sheet(look)
    assert "@" not in sheet.partition("*/")[2]
    assert theme.tokens(look.tone).accent in sheet


@pytest.mark.parametrize("bold", [False, True])
def test_the_font_has_every_letter(qapp: QApplication, bold: bool) -> None:
    theme.load_fonts()
    font = QFont(theme.FAMILY)
    font.setBold(bold)
    raw = QRawFont.fromFont(font)
    assert raw.familyName() == theme.FAMILY
    assert [letter for letter in GLYPHS if not raw.supportsCharacter(ord(letter))] == []


def test_bold_is_a_font_of_its_own(qapp: QApplication) -> None:
    theme.load_fonts()
    plain, bold = theme.font("body"), theme.font("body")
    bold.setBold(True)
    assert QFontMetrics(bold).horizontalAdvance("Ready") != QFontMetrics(plain).horizontalAdvance("Ready")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_what_can_be_pressed_is_high_enough(qtbot: QtBot, qapp: QApplication, look: Look) -> None:
    theme.apply(qapp, look)
    for kind in ("primary", "secondary", "quiet", "tile"):
        button = QPushButton("Yes")
        button.setProperty("kind", kind)
        qtbot.addWidget(button)
        assert button.sizeHint().height() >= 48, kind
    for made in (QCheckBox("Yes"), QRadioButton("Yes"), QComboBox()):
        qtbot.addWidget(made)
        assert made.sizeHint().height() >= 48, type(made).__name__


def test_a_look_is_worn_again_and_again(qtbot: QtBot, qapp: QApplication) -> None:
    button = QPushButton("Yes")
    qtbot.addWidget(button)
    theme.apply(qapp, Look())
    low = button.sizeHint().height()
    dark = Look(tone=Tone.DARK, scale_pct=200)
    theme.apply(qapp, dark)
    assert theme.current() == dark
    assert theme.now() is theme.tokens(Tone.DARK)
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == theme.now().background
    assert button.sizeHint().height() > low
    assert button.fontMetrics().height() == QFontMetrics(_bold(theme.font("body"))).height()
    theme.apply(qapp, Look())
    assert button.sizeHint().height() == low


def test_lengths_grow_with_the_text() -> None:
    assert theme.px(24, Look(scale_pct=150)) == 36
    assert Look().with_scale(200).with_tone(Tone.DARK) == Look(tone=Tone.DARK, scale_pct=200)
    assert theme.font("headline", Look(scale_pct=200)).pixelSize() == 68


def test_the_systems_wishes_are_read_without_failing(qapp: QApplication) -> None:
    assert theme.system_tone(qapp) in Tone
    assert theme.system_reduced_motion() in (True, False)


def test_one_style_sheet_only() -> None:
    from pathlib import Path

    ui = Path(theme.__file__).parent
    assert [path.name for path in ui.rglob("*.qss")] == ["style.qss"]
    setters = [path.name for path in ui.rglob("*.py") if re.search(r"setStyleSheet\(", path.read_text("utf-8"))]
    assert setters == ["theme.py"]


def test_the_ring_follows_the_keyboard(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, Look())
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 200)
    buttons = [QPushButton(word, window) for word in ("One", "Two")]
    buttons[1].move(200, 60)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    for button in buttons:
        button.setFocus()
        qtbot.waitUntil(button.hasFocus)
        assert [ring.contains(button.geometry().adjusted(-3, -3, 3, 3)) for ring in _rings(window)] == [True]
    buttons[1].move(100, 100)
    assert [ring.center() for ring in _rings(window)] == [buttons[1].geometry().center()]
    buttons[1].hide()
    assert not any(ring.intersects(buttons[1].geometry()) for ring in _rings(window))


def _rings(window: QWidget) -> list[QRect]:
    """Where rings are seen."""
    return [ring.geometry() for ring in window.findChildren(QWidget, "focus_ring") if ring.isVisible()]


def _bold(font: QFont) -> QFont:
    font.setBold(True)
    return font
