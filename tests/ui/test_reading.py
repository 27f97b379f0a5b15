"""How hard each screen is to read, as a whole, in both languages: the formulas of `tests.readability`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from tests.readability import flesch_kincaid_grade, inflesz, sentences, words
from ui import screenshots, theme
from ui.screenshots import Shot
from ui.window import Window

#: English as for the fifth grade, Spanish fairly easy; no sentence of more words than this.
GRADE = 5.0
INFLESZ = 70.0
MOST_WORDS = 15

#: The provider's own words (its steps and notes), addresses and figures are no sentences of ours.
NOT_OURS = re.compile(
    r"speedtest\.net (and some servers near you and|y .*? y) .*?(speed test|Cloudflare)|“[^”]*”|\([^)]*\)"
    r"|[\w./-]*\.(org|example|com|us|net)\b(/\w+)*|\d[\d.,–-]*|Mbit/s|[·%•]"
)

#: Numbers and names for those who want them: what they say is no running text.
FIGURES = frozenset({"details", "report"})


@pytest.fixture(params=[shot for shot in screenshots.SHOTS if shot.page not in FIGURES], ids=lambda shot: shot.name)
def window(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Window]:
    shot: Shot = request.param
    look = theme.Look(reduced_motion=True)
    theme.apply(qapp, look)
    window = screenshots.opened(qapp, shot, "en", look)
    yield window
    window.close()
    window.deleteLater()


def read(window: Window) -> list[str]:
    """The sentences that stand on a page."""
    said = []
    for label in window.page.findChildren(QLabel):
        if label.isVisible() and label.text():
            text = NOT_OURS.sub(" ", label.text()).strip()
            said += [sentence for sentence in sentences(text) if len(words(sentence)) > 2]
    return said


def test_a_screen_is_easy_to_read(window: Window) -> None:
    english = read(window)
    window.visit.speak("es")
    QApplication.processEvents()
    spanish = read(window)
    assert english
    assert spanish
    for language, said in (("en", english), ("es", spanish)):
        assert [s for s in said if len(words(s)) > MOST_WORDS] == [], language
    assert flesch_kincaid_grade(". ".join(english) + ".") <= GRADE
    assert inflesz(". ".join(spanish) + ".") >= INFLESZ
