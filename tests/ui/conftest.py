"""A visit on an invented machine, and the window around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE
from readiness.machine import Machine
from readiness.profile import Profile
from ui.visit import Visit


@pytest.fixture(scope="session")
def provider() -> Profile:
    return profiles.load(DEFAULT_PROFILE, {check.id: check.requires for check in CHECKS})


@pytest.fixture
def visit_on(qapp: QApplication, provider: Profile) -> Iterator[Callable[..., Visit]]:
    """Makes visits, and lets their machines go at the end."""
    made: list[Visit] = []

    def make(machine: Machine, language: str = "en") -> Visit:
        made.append(Visit(machine, provider, language))
        return made[-1]

    yield make
    for visit in made:
        visit.close()


@pytest.fixture
def wait(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    """Let Qt work until something is so."""

    def until(is_so: Callable[[], bool]) -> None:
        qtbot.waitUntil(is_so, timeout=10_000)

    return until
