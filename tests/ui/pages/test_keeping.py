"""The join card, other ways to get care, details and help: what they show, open, print and save."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6 import QtPrintSupport
from PySide6.QtWidgets import QDialog, QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from readiness.joining import Way, join_card
from readiness.model import Status
from readiness.profile import Profile
from tests.ui.pages.conftest import Paths, button_words
from ui import printing
from ui.opening import Opened
from ui.pages import care, join
from ui.pages.care import CarePage
from ui.pages.details import DetailsPage
from ui.pages.help import HelpPage
from ui.pages.join import JoinPage
from ui.pages.page import Page
from ui.visit import Visit
from ui.voice import Speaker, Voice
from ui.widgets.note import Note
from ui.widgets.qr_view import QrView
from ui.widgets.step_list import StepList
from ui.widgets.wrap_label import WrapLabel

At = Callable[..., Page]
After = Callable[..., Visit]


def note(page: Page, name: str = "outcome") -> Note:
    found = page.findChild(Note, name)
    assert isinstance(found, Note)
    return found


def button(page: Page, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def words(page: Page) -> str:
    """Everything that can be read on the page now."""
    return "\n".join(label.text() for label in page.findChildren(WrapLabel) if label.isVisibleTo(page))


def do(page: Page, sentence: str) -> None:
    actions = page.ways_on()
    next(action for action in (actions.primary, *actions.others) if action and action.words == sentence).do()


def choose_file(path: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person chooses this file, or changes their mind."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path) if path else "", ""))


# --- Join


@pytest.mark.parametrize("language", ["en", "es"])
def test_how_to_join_here_and_by_phone(language: str, visit_after: After, arrive: At, provider: Profile) -> None:
    visit = visit_after("good", language)
    page = arrive(JoinPage, visit)
    steps, qr = page.findChild(StepList), page.findChild(QrView)
    assert isinstance(steps, StepList)
    assert isinstance(qr, QrView)
    assert steps.steps == join_card(provider, Way.COMPUTER, language).steps
    assert "1-844-800-0820" in words(page)
    assert not qr.isVisible()
    button(page, "join_phone").click()
    assert visit.way is Way.PHONE
    assert steps.steps == join_card(provider, Way.PHONE, language).steps
    assert qr.text.startswith("https://kp.org")
    assert "kp.org" in words(page)
    assert button_words(page) == ["Print", "Save as PDF"]


@pytest.mark.parametrize(
    ("opened", "status", "said"),
    [
        (Opened.AS_ASKED, Status.PASS, "The page opens in Google Chrome now."),
        (Opened.USUAL_BROWSER, Status.WARN, "Google Chrome was not found. Your usual browser opens now."),
        (Opened.NOTHING, Status.FAIL, "No browser could be opened. Open one yourself and go to kp.org."),
    ],
)
def test_what_became_of_opening_is_said(
    opened: Opened,
    status: Status,
    said: str,
    visit_after: After,
    arrive: At,
    paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[object, ...]] = []

    def open_link(url: str, profile: object, report: object, browser: str | None) -> Opened:
        asked.append((url, browser))
        return opened

    monkeypatch.setattr(join, "open_link", open_link)
    page = arrive(JoinPage, visit_after("good"))
    do(page, "Open the sign-on page")
    assert asked == [("https://kp.org", "chrome")]
    assert (note(page).status, note(page).text) == (status, said)
    assert paths.told == [said]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("way", list(Way))
def test_the_card_is_saved_as_one_page(
    way: Way, language: str, visit_after: After, arrive: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = visit_after("good", language)
    visit.way = way
    page = arrive(JoinPage, visit)
    file = tmp_path / "card.pdf"
    choose_file(file, monkeypatch)
    do(page, "Save as PDF")
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert content.count(b"/Type /Page\n") == 1
    assert len(content) > 5_000
    assert note(page).status is Status.PASS
    assert "card.pdf" in note(page).text


def test_a_file_without_an_ending_gets_one(
    visit_after: After, arrive: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = arrive(JoinPage, visit_after("good"))
    choose_file(tmp_path / "card", monkeypatch)
    do(page, "Save as PDF")
    assert (tmp_path / "card.pdf").exists()


def test_a_folder_that_is_not_there_is_one_sentence(
    visit_after: After, arrive: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = arrive(JoinPage, visit_after("good"))
    choose_file(tmp_path / "gone" / "card.pdf", monkeypatch)
    do(page, "Save as PDF")
    assert note(page).status is Status.FAIL
    assert note(page).text == "We could not save it: it does not exist. Choose a folder of your own."


def test_changing_ones_mind_saves_nothing(visit_after: After, arrive: At, monkeypatch: pytest.MonkeyPatch) -> None:
    page = arrive(JoinPage, visit_after("good"))
    choose_file(None, monkeypatch)
    do(page, "Save as PDF")
    assert not note(page).isVisible()


def test_what_is_printed_is_the_card(visit_after: After, arrive: At, monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[str] = []

    def print_card(html: str, title: str, parent: object) -> bool:
        printed.append(html)
        return True

    monkeypatch.setattr(printing, "print_card", print_card)
    page = arrive(JoinPage, visit_after("good", "es"))
    do(page, "Print")
    assert "Entre a su cita 5 minutos antes." in printed[0]
    assert "1-844-800-0820" in printed[0]
    assert "911" in printed[0]
    assert note(page).status is Status.PASS


@pytest.mark.parametrize("accepts", [True, False])
def test_the_printer_gets_one_page(
    accepts: bool, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "printed.pdf"

    class Dialog(QDialog):
        """In place of the system's: the person chooses to print into a file, or to leave it."""

        def __init__(self, printer: QtPrintSupport.QPrinter, parent: QWidget) -> None:
            super().__init__(parent)
            printer.setOutputFileName(str(file))

        def exec(self) -> int:
            return int(accepts)

    monkeypatch.setattr(QtPrintSupport, "QPrintDialog", Dialog)
    parent = QWidget()
    qtbot.addWidget(parent)
    assert printing.print_card("<h1>Title</h1>", "Title", parent) is accepts
    assert file.exists() is accepts
    if accepts:
        assert file.read_bytes().startswith(b"%PDF-")


def test_what_a_profile_says_is_never_taken_for_markup(provider: Profile) -> None:
    card = msgspec.structs.replace(join_card(provider, Way.PHONE, "en"), steps=("<img src='file:///x'>",))
    assert "<img" not in printing.card_html(card, (), "en")


def test_a_phone_is_advised_where_this_computer_will_not_do(visit_after: After, arrive: At) -> None:
    assert note(arrive(JoinPage, visit_after("no_camera")), "advice").isVisible()
    assert not note(arrive(JoinPage, visit_after("good")), "advice").isVisible()


# --- Care


@pytest.mark.parametrize("language", ["en", "es"])
def test_emergency_stands_first(language: str, visit_after: After, arrive: At) -> None:
    page = arrive(CarePage, visit_after("good", language))
    assert "911" in note(page, "emergency").text
    said = words(page)
    for expected in ("1-833-574-2273", "KP4CARE", "TTY 711", "24"):
        assert expected in said
    assert (
        note(page, "emergency").y()
        < button(page, "open_phone_appointment")
        .mapTo(page, button(page, "open_phone_appointment").rect().topLeft())
        .y()
    )


def test_a_page_of_care_is_opened(
    visit_after: After, arrive: At, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def open_link(url: str, *_: object) -> Opened:
        asked.append(url)
        return Opened.USUAL_BROWSER

    monkeypatch.setattr(care, "open_link", open_link)
    page = arrive(CarePage, visit_after("good"))
    button(page, "open_e_visit").click()
    assert asked == ["https://kp.org/getcare"]
    assert paths.told == ["Your usual browser opens now."]


# --- Details


def test_the_result_is_saved_from_a_page_that_shows_it(visit_after: After, arrive: At, paths: Paths) -> None:
    do(arrive(DetailsPage, visit_after("covered")), "Save this result")
    assert paths.went == [("report", {})]


def test_numbers_and_who_hears(visit_after: After, arrive: At) -> None:
    page = arrive(DetailsPage, visit_after("good", "en", ("microphone",)))
    said = words(page)
    assert "Gets (megabits a second): 24" in said
    assert "speedtest.net" in said
    assert "We measured how loud" not in said  # it was left out
    facts = page.findChild(WrapLabel, "facts_microphone")
    assert isinstance(facts, WrapLabel)
    assert not facts.isVisibleTo(page)


# --- Help


def test_help_names_the_phone_and_what_leaves_this_computer(visit_after: After, arrive: At, paths: Paths) -> None:
    page = arrive(HelpPage, visit_after("good"))
    assert "1-844-800-0820" in words(page)
    assert "never leave this computer" in words(page)
    do(page, "Other ways to get care")
    do(page, "Go on")
    assert (paths.went, paths.backs) == ([("care", {})], 1)


@pytest.fixture
def voice(paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Voice:
    """A voice whose program writes down what it says, beside itself."""
    speaks = tmp_path / "speaks"
    speaks.write_text('#!/bin/sh\ncat > "$0.said"\n')
    speaks.chmod(0o755)
    monkeypatch.setattr("ui.voice.speaker", lambda *_: Speaker(str(speaks), ()))
    return paths.voice


def test_the_voice_is_turned_on_here(
    voice: Voice, visit_after: After, arrive: At, qtbot: QtBot, tmp_path: Path
) -> None:
    page = arrive(HelpPage, visit_after("good"))
    button(page, "read_aloud").click()
    assert voice.is_on
    qtbot.waitUntil(lambda: not voice.is_speaking)
    assert "1-844-800-0820" in (tmp_path / "speaks.said").read_text()
    button(page, "read_aloud").click()
    assert not voice.is_on


def test_a_voice_that_does_not_come_is_said_so(
    voice: Voice, visit_after: After, arrive: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = arrive(HelpPage, visit_after("good"))
    monkeypatch.setattr("ui.voice.speaker", lambda *_: None)
    button(page, "read_aloud").click()
    assert note(page, "no_voice").isVisible()
    assert not button(page, "read_aloud").isChecked()
    assert not voice.is_on


def test_without_a_voice_none_is_offered(visit_after: After, arrive: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.voice.speaker", lambda *_: None)
    assert not button(arrive(HelpPage, visit_after("good")), "read_aloud").isVisible()
