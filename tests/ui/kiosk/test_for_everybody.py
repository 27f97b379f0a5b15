"""Every screen of the kiosk for everybody: names, room, contrast, size of targets, words; upright and across."""

from __future__ import annotations

import gettext
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from readiness import text
from tests.readability import flesch_kincaid_grade, inflesz, sentences, words
from tests.ui import walk
from tests.ui.test_accessibility import PSEUDO, _Longer
from tests.ui.test_reading import GRADE, INFLESZ, MOST_WORDS, NOT_OURS
from ui import theme
from ui.kiosk import screenshots
from ui.kiosk.bar import STEPS_PCT
from ui.kiosk.host import Host
from ui.kiosk.screenshots import LOOK, SHOTS, SIZES, Shot, opened
from ui.screenshots import wait_for

LEAST_TARGET_PX = 64

VISITORS = [shot for shot in SHOTS if shot.page]


@pytest.fixture(scope="module", autouse=True)
def _accessible(qapp: QApplication) -> None:
    QAccessible.setActive(True)


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, LOOK)
    yield
    theme.apply(qapp, theme.Look(reduced_motion=True))


@pytest.fixture
def _pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    known = text._catalogue

    def catalogue(language: str) -> gettext.NullTranslations:
        return _Longer() if language == PSEUDO else known(language)

    monkeypatch.setattr(text, "_catalogue", catalogue)


def small(host: Host) -> list[str]:
    """Targets that are too small for a finger."""
    return [
        f"{button.objectName()} is {button.width()} x {button.height()} px"
        for button in host.screen.findChildren(QAbstractButton)
        if button.isVisible() and min(button.width(), button.height()) < LEAST_TARGET_PX
    ]


def settle() -> None:
    for _ in range(3):
        wait_for(lambda: True)


@pytest.mark.usefixtures("_pseudo")
@pytest.mark.parametrize("way", SIZES)
@pytest.mark.parametrize("shot", VISITORS, ids=lambda shot: shot.name)
def test_a_visitors_screen(shot: Shot, way: str) -> None:
    found: list[str] = []
    with opened(shot, "en", SIZES[way]) as host:
        window = host.visitor
        assert window
        for language in ("en", "es", PSEUDO):
            window.visit.speak(language)
            # The invented language is twice as long as any: at the usual size there must be room for it, too.
            for step_pct in (STEPS_PCT[0], STEPS_PCT[-1]) if language != PSEUDO else STEPS_PCT[:1]:
                window.wear(LOOK.with_scale(round(LOOK.scale_pct * step_pct / 100)))
                settle()
                if host.screen.above:  # the question lies over the page, and is all that can be read
                    host.tick()
                    settle()
                    wrong = [*walk.nameless(host.screen.above), *walk.clipped(host.screen.above), *small(host)]
                else:
                    wrong = [*walk.nameless(window), *walk.clipped(window), *walk.sideways(window), *small(host)]
                found += [f"{language} {step_pct} %: {problem}" for problem in wrong]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("way", SIZES)
@pytest.mark.parametrize("shot", [shot for shot in SHOTS if not shot.page], ids=lambda shot: shot.name)
def test_the_other_screens(shot: Shot, way: str) -> None:
    for language in ("en", "es"):
        with opened(shot, language, SIZES[way]) as host:
            scene = host.screen
            assert [*walk.nameless(scene), *walk.clipped(scene), *walk.pale(scene), *small(host)] == [], language


@pytest.mark.parametrize("shot", VISITORS, ids=lambda shot: shot.name)
def test_every_text_stands_out(shot: Shot) -> None:
    found: list[str] = []
    with opened(shot, "en", SIZES["across"]) as host:
        assert host.visitor
        for tone in theme.Tone:
            host.visitor.wear(LOOK.with_tone(tone))
            settle()
            wrong = walk.pale(host.screen.above or host.visitor)
            if not host.screen.above:  # what lies below the question is grey, and cannot be reached
                wrong += walk.faint(host.screen)
            found += [f"{tone}: {problem}" for problem in wrong]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_screen_is_easy_to_read(shot: Shot) -> None:
    said: dict[str, list[str]] = {}
    for language in ("en", "es"):
        with opened(shot, language, SIZES["upright"]) as host:
            labels = [label for label in host.screen.findChildren(QLabel) if label.isVisible() and label.text()]
            shown = [NOT_OURS.sub(" ", line).strip() for label in labels for line in label.text().split("\n")]
            said[language] = [sentence for line in shown for sentence in sentences(line) if len(words(sentence)) > 2]
    if shot.name in ("attract", "welcome", "resting"):
        return  # both languages at once: each sentence is held to the rules by the screens that say it alone
    for sentence in (*said["en"], *said["es"]):
        assert len(words(sentence)) <= MOST_WORDS
    assert flesch_kincaid_grade(". ".join(said["en"]) + ".") <= GRADE
    assert inflesz(". ".join(said["es"]) + ".") >= INFLESZ


def test_screenshots_are_written(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screenshots, "SHOTS", SHOTS[:1])
    monkeypatch.setattr(screenshots, "QApplication", lambda arguments: QApplication.instance())
    assert screenshots.main([f"{tmp_path}/pictures"]) == 0
    assert screenshots.main([]) == 2
