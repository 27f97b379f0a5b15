"""The page before a result is saved: it shows what will be in the file, and the file is that."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from readiness.it_report import load_report, sheet_of
from readiness.model import Status
from readiness.readings import CameraReading
from readiness.testing import FakeMachine
from tests.ui.pages.conftest import Paths, button_words
from tests.ui.pages.test_keeping import button, do, note, words
from ui.pages.page import Page
from ui.pages.report import ReportPage
from ui.pages.result import ResultPage
from ui.visit import Visit

At = Callable[..., Page]
After = Callable[..., Visit]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the person saves it: without an ending, so that it gets its own."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "result"), ""))
    return tmp_path / "result"


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_shown_is_what_is_saved(
    language: str, visit_after: After, arrive: At, paths: Paths, file: Path
) -> None:
    page = arrive(ReportPage, visit_after("covered", language))
    assert button_words(page) == ["Save as PDF", "Save as web page", "Save for programs"]
    shown = words(page)
    do(page, "Save for programs")
    assert note(page).status is Status.PASS
    assert paths.told == [note(page).text]
    saved = load_report(file.with_suffix(".json"))
    sheet = sheet_of(saved, language)
    assert saved.language == language
    for part in sheet.parts:
        for text in (part.name, *part.said, *part.steps, *(f"{name}: {value}" for name, value in part.facts)):
            assert text in shown
    assert sheet.line
    for text in (sheet.verdict, sheet.code, sheet.line.text, *sheet.line.figures, *sheet.left_out):
        assert text in shown
    button(page, "file_itself").click()
    assert file.with_suffix(".json").read_text("utf-8") in words(page)
    button(page, "file_itself").click()
    assert "schema_version" not in words(page)


def test_a_page_and_a_pdf_of_the_same(visit_after: After, arrive: At, file: Path) -> None:
    page = arrive(ReportPage, visit_after("slow", "es"))
    do(page, "Save as web page")
    assert '<html lang="es">' in file.with_suffix(".html").read_text("utf-8")
    do(page, "Save as PDF")
    pdf = file.with_suffix(".pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert pdf.count(b"/Type /Page\n") > 1
    title = "Resultado de la prueba para la consulta por video"
    assert title.encode("utf-16-be") in pdf or title.encode() in pdf


def test_the_texts_follow_the_language(visit_after: After, arrive: At, file: Path) -> None:
    visit = visit_after("good")
    page = arrive(ReportPage, visit)
    visit.speak("es")
    assert "Cámara: bien" in words(page)
    do(page, "Save for programs")
    assert json.loads(file.with_suffix(".json").read_text("utf-8"))["language"] == "es"


def test_nothing_that_was_not_measured_is_told(visit_after: After, arrive: At) -> None:
    page = arrive(ReportPage, visit_after(machine=FakeMachine()))
    assert "Your internet can carry" not in words(page)


def test_an_owner_is_not_even_shown(visit_after: After, arrive: At) -> None:
    camera = CameraReading(name="Ana's iPhone Camera", available=("Ana's iPhone Camera",), fps=30.0, frames=50)
    page = arrive(ReportPage, visit_after(machine=FakeMachine(camera)))
    button(page, "file_itself").click()
    assert "iPhone Camera" in words(page)
    assert "Ana's iPhone Camera" not in words(page)


def test_changing_ones_mind_saves_nothing(visit_after: After, arrive: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    page = arrive(ReportPage, visit_after("good"))
    do(page, "Save as PDF")
    assert not note(page).isVisible()


def test_every_result_leads_here(visit_after: After, arrive: At, paths: Paths) -> None:
    page = arrive(ResultPage, visit_after("covered"))
    button(page, "report_for_it").click()
    button(page, "all_results").click()
    assert paths.went == [("report", {}), ("details", {})]
