"""Every screen for everybody: names, room, contrast and the way on, in three languages, all text sizes and colours."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from readiness import text
from tests.ui import walk
from ui import screenshots, theme
from ui.window import Window

PSEUDO = "xx"


class _Longer(gettext.NullTranslations):
    """A language that takes more room than any: short texts are twice as long, long ones a third longer."""

    def gettext(self, message: str) -> str:
        if not message:
            return message
        length = len(message) if len(message) <= 20 else round(len(message) * 0.35)
        filling = ("Ñandú ébano " * (length // 12 + 1))[:length].rstrip()
        return re.sub(r"[aeiou](?![^{]*\})", lambda vowel: "áéíóú"["aeiou".index(vowel[0])], message) + " " + filling


@pytest.fixture(scope="module", autouse=True)
def _accessible(qapp: QApplication) -> None:
    QAccessible.setActive(True)


@pytest.fixture
def _pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    known = text._catalogue
    monkeypatch.setattr(text, "_catalogue", lambda language: _Longer() if language == PSEUDO else known(language))


@pytest.fixture(params=screenshots.SHOTS, ids=lambda shot: shot.name)
def window(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Window]:
    look = theme.Look(reduced_motion=True)
    theme.apply(qapp, look)
    window = screenshots.opened(qapp, request.param, "en", look)
    yield window
    window.close()
    window.deleteLater()
    theme.apply(qapp, look)


@pytest.mark.usefixtures("_pseudo")
def test_a_screen_for_everybody(window: Window) -> None:
    found: list[str] = []
    for language in ("en", "es", PSEUDO):
        window.visit.speak(language)
        for scale_pct in theme.SCALES_PCT:
            window.wear(window.look.with_scale(scale_pct))
            QApplication.processEvents()
            wrong = [*walk.nameless(window), *walk.clipped(window), *walk.sideways(window)]
            found += [f"{language} {scale_pct} %: {problem}" for problem in wrong]
    assert not found, "\n" + "\n".join(found)


def test_every_text_stands_out(window: Window) -> None:
    found: list[str] = []
    for tone in theme.Tone:
        window.wear(window.look.with_tone(tone))
        QApplication.processEvents()
        found += [f"{tone}: {problem}" for problem in (*walk.pale(window), *walk.faint(window))]
    assert not found, "\n" + "\n".join(found)


# --- The walk itself notices what it is for


def test_pale_text_is_noticed(qapp: QApplication) -> None:
    label = QLabel("Grey on grey")
    label.setStyleSheet("color: #888888; background: #ffffff; font-size: 24px")
    label.resize(label.sizeHint())
    image = label.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert walk.measured_contrast(image, image.rect()) == pytest.approx(3.5, abs=0.3)
    label.deleteLater()


def test_a_button_without_a_name_is_noticed(qapp: QApplication) -> None:
    look = theme.Look(reduced_motion=True)
    theme.apply(qapp, look)
    window = screenshots.opened(qapp, screenshots.SHOTS[0], "en", look)
    QPushButton(window.page.widget()).show()
    window.findChild(QPushButton, "primary").setText("Back")  # type: ignore[union-attr]
    window.findChild(QPushButton, "back").show()  # type: ignore[union-attr]
    found = walk.nameless(window)
    assert any("no name" in problem for problem in found)
    assert any("2 controls are called 'Back'" in problem for problem in found)
    window.close()
    window.deleteLater()
