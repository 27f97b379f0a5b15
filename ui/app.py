"""Starts the window: arguments, language, looks, fonts, one event loop, an exit status."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, NoReturn

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTimer, QTranslator
from PySide6.QtWidgets import QApplication, QMessageBox
from shiboken6 import isValid

from readiness import logbook
from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE, Exit
from readiness.last_time import Memory, trace_path
from readiness.machine import ThisMachine
from readiness.policy import laid_down
from readiness.profile import Profile
from readiness.text import LANGUAGES, N_, Refusal, can_speak, translate
from ui import theme
from ui.ending import ending_on_signals
from ui.pages import PAGES, page_called
from ui.preferences import Preferences
from ui.shell import NAME, Shell, application, has_screen
from ui.visit import Visit
from ui.window import Window

log = logging.getLogger(__name__)

#: Between two pages that are loaded beside the person's first reading.
_BETWEEN_PAGES_MS: Final = 40

_NO_SCREEN: Final = N_("There is no screen here to open a window on. Type “readiness check” instead.")


@dataclass
class Options:
    """What can be asked for on the command line; None is the person's own choice, or the system's."""

    demo: str | None = None
    """The scenario of an invented machine."""
    lang: str | None = None
    profile: str | None = None
    tone: str | None = None
    text_size: int | None = None
    reminded: str | None = None
    """The checks that the quiet test before a visit found wrong, by their ids."""


class BadArguments(Refusal):
    """Arguments that the window does not know."""


def main(arguments: Sequence[str], shell: Shell | None = None) -> int:
    """Open the window and stay until it is closed; returns the exit status. Never shows a traceback.

    ``shell``: the frame, where it is on the screen already.
    """
    language = system_language()
    try:
        options = _parsed(arguments) if arguments else Options()
        language = options.lang or language
        if not has_screen():
            raise Refusal(_NO_SCREEN)
        if options.demo is not None:
            _must_be_a_scenario(options.demo)
        ruled = laid_down()
        provider = options.profile or ruled.profile or DEFAULT_PROFILE
        profile = profiles.load(provider, {check.id: check.requires for check in CHECKS})
    except Refusal as refusal:
        refuse(refusal, language)
        return Exit.BAD_INPUT
    with logbook.log_file() as log_path:
        app = application()
        shell = shell or Shell()
        preferences = Preferences(options.lang, options.tone, options.text_size)
        spoken = preferences.language or ruled.language or language
        if options.demo is None:
            visit = Visit(ThisMachine(), profile, spoken)
            open_for_patient(shell, visit, preferences, options.reminded)
        else:
            open_demonstration(shell, profile, options.demo, spoken, preferences)
        shell.show()
        with telling_of_faults(spoken, log_path), ending_on_signals(app):
            return app.exec()


def refuse(refusal: Refusal, language: str) -> None:
    """Say why no window opens: in the terminal, or where there is none (Windows' window program) in a box."""
    sentence = translate(refusal.sentence, language).format_map(refusal.params)
    if sys.stderr:
        print(sentence, file=sys.stderr)
    else:
        application()
        QMessageBox.warning(None, NAME, sentence)


def open_window(shell: Shell, visit: Visit, preferences: Preferences) -> Window:
    """The window's content on its first page, in the person's looks and language."""
    app = application()
    look = preferences.look(app)
    theme.apply(app, look)
    window = Window(visit, look)
    QtWords(app, visit).setParent(window)

    def follow() -> None:
        """The system turns dark in the evening: so do we, unless the person has chosen the colours."""
        if preferences.follows_system and isValid(window):
            window.look_changed.disconnect(preferences.keep_look)
            window.wear(window.look.with_tone(theme.system_tone(app)))
            window.look_changed.connect(preferences.keep_look)

    window.look_changed.connect(preferences.keep_look)
    visit.language_changed.connect(lambda: preferences.keep_language(visit.language))
    app.styleHints().colorSchemeChanged.connect(follow)
    shell.hold(window)
    window.go("start")
    _load_pages(window, list(PAGES))
    return window


def open_for_patient(shell: Shell, visit: Visit, preferences: Preferences, reminded: str | None = None) -> Window:
    """The window of a person at their own computer: it may keep the last results, and plan a test.

    ``reminded``: what the planned test has found wrong is told first.
    """
    visit.known.memory, visit.known.may_plan = Memory(trace_path()), True
    window = open_window(shell, visit, preferences)
    if reminded is not None:
        window.go("reminded", wrong=reminded)
    return window


def _load_pages(window: Window, names: list[str]) -> None:
    """Load the other pages one by one while the person reads the first, so that none of them lets anybody wait."""
    if names:
        page_called(names.pop(0))
        QTimer.singleShot(_BETWEEN_PAGES_MS, window, lambda: _load_pages(window, names))


def open_demonstration(
    shell: Shell, profile: Profile, scenario: str, language: str, preferences: Preferences
) -> Window:
    """The window's content on an invented machine, with a chooser of other ones."""
    from ui import demo
    from ui.demo_bar import DemoBar

    visit = Visit(demo.scenario(scenario), profile, language)
    window = open_window(shell, visit, preferences)
    bar = DemoBar(visit, scenario)
    window.add_above(bar)

    bar.chosen.connect(lambda other: open_demonstration(shell, profile, other, visit.language, preferences))
    return window


class QtWords(QObject):
    """Keeps Qt's own words (of its dialogs) in the person's language."""

    def __init__(self, app: QApplication, visit: Visit) -> None:
        super().__init__()
        self._app = app
        self._visit = visit
        self._translator = QTranslator(self)
        visit.language_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self._app.removeTranslator(self._translator)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._visit.language != LANGUAGES[0] and self._translator.load(f"qtbase_{self._visit.language}", folder):
            self._app.installTranslator(self._translator)
        QLocale.setDefault(QLocale(self._visit.language))


def system_language() -> str:
    """The first of the system's languages that we speak."""
    for name in QLocale.system().uiLanguages():
        if (language := name[:2]) in LANGUAGES and can_speak(language):
            return language
    return LANGUAGES[0]


@contextmanager
def telling_of_faults(language: str, log_path: Path) -> Iterator[None]:
    """A fault of ours becomes one sentence in the window, and its details a line in the log."""

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("the window broke", exc_info=(kind, error, trace))
        sentence = N_("Something went wrong in this program, not in your computer. The details are in {file}.")
        shown = QApplication.activeWindow()
        QMessageBox.warning(shown, NAME, translate(sentence, language).format(file=log_path))

    before, sys.excepthook = sys.excepthook, tell
    try:
        yield
    finally:
        sys.excepthook = before


def _parsed(arguments: Sequence[str]) -> Options:
    """Raises BadArguments with a sentence for what cannot be understood."""
    import argparse  # only for who types something: it takes its time to load

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise BadArguments("{message}", message=message)

    parser = Parser(prog="readiness window", description="Open the window.")
    parser.add_argument("--demo", nargs="?", const="good", metavar="SCENARIO", help="show an invented machine")
    parser.add_argument("--lang", choices=LANGUAGES)
    parser.add_argument("--profile", metavar="ID|FILE")
    parser.add_argument("--tone", choices=[tone.value for tone in theme.Tone])
    parser.add_argument("--text-size", type=int, choices=theme.SCALES_PCT)
    parser.add_argument("--reminded", metavar="ID,…", help=argparse.SUPPRESS)
    return parser.parse_args(arguments, Options())


def _must_be_a_scenario(name: str) -> None:
    from ui.demo import SCENARIOS

    if name not in SCENARIOS:
        sentence = N_("There is no scenario {name}. There are: {names}.")
        raise BadArguments(sentence, name=name, names=", ".join(SCENARIOS))
