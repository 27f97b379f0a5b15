"""On the result: one sentence when something changed. On the details: what is kept, and the button that removes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from readiness.last_time import Kept, Memory, Trace
from readiness.model import Status
from tests.ui.pages.conftest import Paths, arrive, paths, visit_after
from tests.ui.pages.test_keeping import button, note, words
from ui.pages.details import DetailsPage
from ui.pages.page import Page
from ui.pages.result import ResultPage
from ui.visit import Visit

__all__ = ["arrive", "paths", "visit_after"]

At = Callable[..., Page]
After = Callable[..., Visit]


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """A computer on which the camera was covered long ago, and another microphone was in use."""
    checks = {"camera": Kept(Status.FAIL, "camera.covered", "HD Webcam")}
    path = tmp_path / "last.json"
    Memory(path).keep(
        Trace(tested_at=datetime(2026, 3, 5, 20, 0, tzinfo=UTC), profile="kaiser_permanente", checks=checks)
    )
    return Memory(path)


def test_a_change_is_told_in_the_persons_language_and_the_new_result_kept(
    memory: Memory, visit_after: After, arrive: At, tmp_path: Path
) -> None:
    visit = visit_after("good")
    visit.known.memory = memory
    page = arrive(ResultPage, visit)
    assert note(page, "last_time").isVisible()
    assert note(page, "last_time").text == "The camera did not work on March 5. Now it does."
    visit.speak("es")
    assert note(page, "last_time").text == "La cámara no servía el 5 de marzo. Ahora sí."
    now = Memory(tmp_path / "last.json").before
    assert now
    assert now.checks["camera"] == Kept(Status.PASS, "camera.ok", "HD Webcam")


def test_no_change_no_word(visit_after: After, arrive: At, memory: Memory) -> None:
    visit = visit_after("covered")
    assert not note(arrive(ResultPage, visit), "last_time").isVisible()
    visit.known.memory = memory
    assert not note(arrive(ResultPage, visit), "last_time").isVisible()


def test_what_stays_is_said_and_can_be_removed(
    memory: Memory, visit_after: After, arrive: At, paths: Paths, tmp_path: Path
) -> None:
    visit = visit_after("good")
    visit.known.memory = memory
    page = arrive(DetailsPage, visit)
    assert "The last results stay on this computer, to tell you what changed." in words(page)
    button(page, "remove_last_results").click()
    assert list(tmp_path.iterdir()) == []
    assert note(page, "removed").status is Status.PASS
    assert paths.told == ["Done. Nothing of this test stays here."]
    assert "Nothing is kept from this test." in words(page)
    assert not button(page, "remove_last_results").isVisible()


def test_what_cannot_be_removed_is_said(
    memory: Memory, visit_after: After, arrive: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(memory, "forget", refuse)
    visit = visit_after("good")
    visit.known.memory = memory
    page = arrive(DetailsPage, visit)
    button(page, "remove_last_results").click()
    assert note(page, "removed").text == "We could not remove them: you may not use it."


def test_where_nothing_is_kept_that_is_said(visit_after: After, arrive: At) -> None:
    page = arrive(DetailsPage, visit_after("good"))
    assert "Nothing is kept from this test." in words(page)
    assert not button(page, "remove_last_results").isVisible()
