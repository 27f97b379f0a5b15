"""Starting the window: arguments, screens, languages, demonstrations, signals, faults."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QMessageBox

from readiness import policy
from readiness.exits import Exit
from readiness.profile import Profile
from ui import app, demo, shell, theme
from ui.preferences import Preferences
from ui.visit import Visit
from ui.window import Window

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def preferences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Preferences:
    from PySide6.QtCore import QSettings

    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    return Preferences(None, "light", 100)


@pytest.fixture
def frame(qapp: QApplication) -> Iterator[shell.Shell]:
    """The frame on the desktop, closed in the end."""
    frame = shell.Shell()
    yield frame
    frame.close()
    frame.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # its words for Qt go with it


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--demo", "nonsense"], "There is no scenario nonsense. There are: good,"),
        (["--profile", "nobody"], "nobody"),
        (["--tone", "pink"], "pink"),
        (["--demo", "nonsense", "--lang", "es"], "good"),
    ],
)
def test_bad_arguments_get_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(arguments) == Exit.BAD_INPUT
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1


def test_without_a_screen_the_person_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert app.main([]) == Exit.BAD_INPUT
    assert "readiness check" in capsys.readouterr().err


def test_without_a_terminal_a_box_says_why_no_window_opens(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrong = tmp_path / "policy.toml"
    wrong.write_text("language = 'fr'", encoding="utf-8")
    monkeypatch.setitem(policy.FILES, "linux", wrong)
    monkeypatch.setattr(sys, "stderr", None)  # as Windows starts a program that has no console
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, sentence: said.append(sentence))
    assert app.main([]) == Exit.BAD_INPUT
    assert said == [f'{wrong}: language is "fr", but it must be one of en, es.']


@pytest.mark.parametrize(
    ("system", "variables", "there"),
    [("linux", {}, False), ("linux", {"DISPLAY": ":0"}, True), ("win32", {}, True), ("darwin", {}, True)],
)
def test_where_there_is_a_screen(
    system: str, variables: dict[str, str], there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    assert shell.has_screen() == there


def test_a_demonstration_is_marked_and_changes(
    frame: shell.Shell, qapp: QApplication, provider: Profile, preferences: Preferences
) -> None:
    window = app.open_demonstration(frame, provider, "good", "es", preferences)
    frame.show()
    bar = window.findChild(QComboBox, "scenario")
    assert isinstance(bar, QComboBox)
    assert bar.count() == len(demo.SCENARIOS)
    bar.setCurrentIndex(list(demo.SCENARIOS).index("offline"))
    bar.activated.emit(bar.currentIndex())
    windows = [inside for inside in frame.findChildren(Window) if inside.isVisible()]
    assert len(windows) == 1
    assert windows[0] is not window
    assert windows[0].visit.language == "es"


def test_at_home_results_may_be_kept_and_a_reminder_tells_what_is_wrong(
    frame: shell.Shell,
    provider: Profile,
    preferences: Preferences,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    visit = Visit(demo.scenario("offline"), provider, "en")
    window = app.open_for_patient(frame, visit, preferences, "connection")
    assert visit.known.memory.keeps
    assert visit.known.may_plan
    assert window.page.name == "reminded"
    window.back()
    assert window.page.name == "start"
    assert not Visit(demo.scenario("good"), provider, "en").known.memory.keeps


@pytest.mark.parametrize(
    ("arguments", "chosen", "opened"),
    [
        ([], None, ("es", "generic")),
        ([], "en", ("en", "generic")),
        (["--lang", "en", "--profile", "kaiser_permanente"], "es", ("en", "kaiser_permanente")),
    ],
)
def test_a_policy_rules_below_the_person_and_the_command_line(
    arguments: list[str],
    chosen: str | None,
    opened: tuple[str, str],
    frame: shell.Shell,
    preferences: Preferences,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "policy.toml").write_text('profile = "generic"\nlanguage = "es"', encoding="utf-8")
    monkeypatch.setitem(policy.FILES, "linux", tmp_path / "policy.toml")
    if chosen:
        preferences.keep_language(chosen)
    visits: list[Visit] = []
    monkeypatch.setattr(app, "open_for_patient", lambda shell, visit, *more: visits.append(visit))
    monkeypatch.setattr(QApplication, "exec", lambda app: 0)
    monkeypatch.setattr(frame, "show", lambda: None)
    assert app.main(arguments, frame) == 0
    assert [(visit.language, visit.profile.id) for visit in visits] == [opened]


def test_what_the_person_chose_is_kept(
    frame: shell.Shell, qapp: QApplication, provider: Profile, preferences: Preferences
) -> None:
    window = app.open_window(frame, Visit(demo.scenario("good"), provider, "en"), preferences)
    window.visit.speak("es")
    window.wear(theme.Look(theme.Tone.DARK, 150))
    again = Preferences(None, None, None)
    assert again.language == "es"
    assert again.look(qapp) == theme.Look(theme.Tone.DARK, 150, again.look(qapp).reduced_motion)


def test_the_colours_follow_the_system_until_somebody_chooses(
    frame: shell.Shell, qapp: QApplication, provider: Profile, preferences: Preferences, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Preferences(None, None, 100)
    window = app.open_window(frame, Visit(demo.scenario("good"), provider, "en"), kept)
    monkeypatch.setattr(theme, "system_tone", lambda app: theme.Tone.DARK)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert window.look.tone is theme.Tone.DARK
    assert kept.follows_system
    window.wear(window.look.with_tone(theme.Tone.CONTRAST))
    assert not kept.follows_system
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert window.look.tone is theme.Tone.CONTRAST


def test_qts_own_words_follow_the_language(
    frame: shell.Shell, qapp: QApplication, provider: Profile, preferences: Preferences
) -> None:
    window = app.open_window(frame, Visit(demo.scenario("good"), provider, "en"), preferences)
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"
    window.visit.speak("es")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancelar"
    window.visit.speak("en")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


@pytest.mark.may_log("the window broke")
def test_a_fault_of_ours_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: said.append(text))
    with app.telling_of_faults("en", tmp_path / "readiness.log"):
        sys.excepthook(ValueError, ValueError("x"), None)
    assert said == [
        f"Something went wrong in this program, not in your computer. The details are in {tmp_path / 'readiness.log'}."
    ]


def test_the_frame_closes_what_it_holds(frame: shell.Shell, provider: Profile, preferences: Preferences) -> None:
    window = app.open_window(frame, Visit(demo.scenario("good"), provider, "en"), preferences)
    frame.show()
    assert frame.windowTitle() == f"{window.page.title.text()} – Video Visit Readiness"
    window.go("camera")
    assert window.visit.is_running("camera")
    frame.close()
    assert not window.visit.is_running("camera")


def test_the_frame_needs_nothing_of_ours() -> None:
    program = "import sys; from ui import shell; shell.show_at_once()\n"
    program += "print(sorted(name for name in sys.modules if name.startswith(('readiness', 'msgspec', 'ui.'))))"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['ui.shell']"


def test_ctrl_c_closes_the_window_in_good_order() -> None:
    program = (
        "import sys; from PySide6.QtCore import QTimer; from ui import app\n"
        "real = app.open_demonstration\n"
        "def opened(*args):\n"
        "    window = real(*args); QTimer.singleShot(0, lambda: print('open', flush=True)); return window\n"
        "app.open_demonstration = opened\n"
        "sys.exit(app.main(['--demo']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "open\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


def test_no_driver_is_loaded_by_the_window() -> None:
    program = "import sys; from ui import app, window, visit, bridge; import ui.pages as p\n"
    program += "for name in p.PAGES: p.page_called(name)\n"
    program += "print(sorted({'cv2', 'numpy', 'sounddevice', 'psutil', 'speedtest'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
