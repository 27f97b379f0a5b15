"""Starting the console: arguments, codes on the command line, no screen, and from the window."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from readiness.exits import Exit
from readiness.model import Finding, Status
from readiness.profile import Profile
from tests.agent.conftest import code_for
from tests.ui.agent.conftest import text_of
from ui import theme
from ui.agent import app
from ui.agent.console import Console
from ui.preferences import Preferences
from ui.visit import Visit
from ui.window import Window

PROJECT = Path(__file__).resolve().parents[3]
CODE = code_for(Finding("camera.covered", Status.FAIL))


@pytest.fixture(autouse=True)
def _own_preferences(qapp: QApplication, tmp_path: Path) -> Iterator[None]:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.apply(qapp, theme.Look(reduced_motion=True))


def seen_with(*arguments: str) -> tuple[str, str, str]:
    """What stood in the console that was opened so: title, about the code, the first words."""
    seen = ("", "", "")

    def look() -> None:
        nonlocal seen
        for shell in QApplication.topLevelWidgets():
            for console in shell.findChildren(Console):
                seen = (shell.windowTitle(), text_of(console, "about_code"), text_of(console, "first_en"))
                shell.close()

    QTimer.singleShot(0, look)
    assert app.main(arguments) == 0
    return seen


def test_it_opens_and_waits_for_a_code() -> None:
    title, about, first = seen_with("--lang", "en")
    assert title.startswith("Support console")
    assert about == "Type the code as the caller reads it out."
    assert first.startswith("Thank you for calling.")


def test_the_keyboard_is_in_the_first_group(provider: Profile) -> None:
    shell = app.open_console(provider, "en", Preferences(None, "light", 100))
    console = shell.findChild(Console)
    assert isinstance(console, Console)
    QApplication.processEvents()
    assert shell.focusWidget() is console.caller.code.fields[0]
    shell.close()
    shell.deleteLater()


def test_a_code_on_the_command_line_is_there_at_once() -> None:
    assert seen_with(CODE, "--lang", "en")[2].startswith("There may be a cover")
    assert seen_with(*CODE.split("-"), "--lang", "en")[1] == "The code is right."


def test_a_bad_code_is_told_at_the_box() -> None:
    assert seen_with("9999-1111-2222-3333", "--lang", "en")[1].startswith("Group 1 of the code cannot be right.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--profile", "nobody"], "nobody"), (["--tone", "pink"], "pink"), (["--lang", "es", "--tone"], "tone")],
)
def test_bad_arguments_get_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(arguments) == Exit.BAD_INPUT
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [([], "readiness code decode"), ([CODE], "readiness code decode"), (["12"], "This code has 2 digits")],
)
def test_without_a_screen_one_sentence_is_said(
    code: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "has_screen", lambda: False)
    assert app.main([*code, "--lang", "en"]) == Exit.BAD_INPUT
    assert said in capsys.readouterr().err


def test_the_command_leads_to_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ui", "agent", "--tone", "pink"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == Exit.BAD_INPUT
    assert "pink" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_the_agent_chooses_is_kept(provider: Profile) -> None:
    shell = app.open_console(provider, "en", Preferences(None, "light", 100))
    console = shell.findChild(Console)
    assert isinstance(console, Console)
    console.wear(console.look.with_tone(theme.Tone.DARK))
    console._speak("es")
    assert Preferences(None, None, None).language == "es"
    assert Preferences(None, None, None).look(QApplication.instance()).tone is theme.Tone.DARK  # type: ignore[arg-type]
    shell.close()
    shell.deleteLater()


def test_the_page_of_all_results_leads_to_it(visit_after: Callable[..., Visit], qtbot: QtBot) -> None:
    window = Window(visit_after("covered", "es"), theme.Look(reduced_motion=True))
    qtbot.addWidget(window)
    window.show()
    window.go("details")
    entry = window.page.findChild(QPushButton, "for_support")
    assert isinstance(entry, QPushButton)
    entry.click()
    console = window.findChild(Console)
    assert isinstance(console, Console)
    assert console.window() is not window
    assert console.words.language == "es"
    console.window().close()
