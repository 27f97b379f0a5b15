"""One page without its window: where it sends the person, and what it tells, is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from readiness import runner
from readiness.checks import CHECKS
from readiness.machine import Choices, Machine
from ui import theme
from ui.demo import scenario
from ui.pages.page import Page
from ui.visit import Visit
from ui.voice import Voice


class Paths:
    """A navigator that goes nowhere."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self.went: list[tuple[str, dict[str, object]]] = []
        self.told: list[str] = []
        self.backs = 0

    def go(self, name: str, **what: object) -> None:
        self.went.append((name, what))

    def back(self) -> None:
        self.backs += 1

    def announce(self, text: str) -> None:
        self.told.append(text)


@pytest.fixture
def paths(visit_on: Callable[..., Visit]) -> Iterator[Paths]:
    paths = Paths(Voice(visit_on(scenario("good"))))
    yield paths
    paths.voice.stop()


@pytest.fixture
def visit_after(visit_on: Callable[..., Visit]) -> Callable[..., Visit]:
    """Makes visits on which everything was tested once, less what is left out."""

    def make(
        name: str = "good", language: str = "en", skip: tuple[str, ...] = (), machine: Machine | None = None
    ) -> Visit:
        visit = visit_on(machine or scenario(name), language)
        report = runner.run(
            CHECKS,
            visit.machine,
            visit.profile,
            choices=Choices(tones=3),
            skip=skip,
            ask=lambda question: 3 if question.id == "speaker.tones" else 1,
        )
        visit.results.update({result.check: result for result in report.results})
        return visit

    return make


@pytest.fixture
def arrive(qapp: QApplication, paths: Paths) -> Iterator[Callable[..., Page]]:
    """Brings a person to a page, in a window of the least size."""
    made: list[Page] = []
    theme.apply(qapp, theme.Look(reduced_motion=True))

    def at(kind: Callable[[Visit, Paths], Page], visit: Visit, **what: object) -> Page:
        page = kind(visit, paths)
        made.append(page)
        visit.language_changed.connect(page.retranslate)  # as the window does
        page.resize(1280, 560)
        page.enter(**what)
        page.retranslate()
        page.show()
        return page

    yield at
    for page in made:
        page.leave()
        page.close()
        page.deleteLater()


def button_words(page: Page) -> list[str]:
    """The buttons below a page, the one to go on with first; "" stands for none."""
    actions = page.ways_on()
    return [actions.primary.words if actions.primary else "", *(action.words for action in actions.others)]
