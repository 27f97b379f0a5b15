"""Starts the support console: ``readiness agent [CODE]``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NoReturn

from PySide6.QtWidgets import QWidget

from readiness import logbook
from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE, Exit
from readiness.policy import laid_down
from readiness.profile import Profile
from readiness.support_code import decode
from readiness.text import LANGUAGES, N_, Refusal
from ui import theme
from ui.agent.console import Console
from ui.agent.desk import SIZE
from ui.app import BadArguments, refuse, system_language, telling_of_faults
from ui.ending import ending_on_signals
from ui.preferences import Preferences
from ui.shell import Shell, application, has_screen

_NO_SCREEN: Final = N_("There is no screen here to open a window on. Type “readiness code decode” instead.")


@dataclass
class Options:
    """What can be asked for on the command line; None is the agent's own choice, or the system's."""

    code: list[str] = field(default_factory=list)
    lang: str | None = None
    profile: str | None = None
    tone: str | None = None
    text_size: int | None = None


def main(arguments: Sequence[str]) -> int:
    """Open the console and stay until it is closed; returns the exit status. Never shows a traceback."""
    language = system_language()
    try:
        options = _parsed(arguments)
        language = options.lang or language
        if not has_screen():
            if options.code:
                decode(" ".join(options.code))
            raise Refusal(_NO_SCREEN)
        ruled = laid_down()
        provider = options.profile or ruled.profile or DEFAULT_PROFILE
        profile = profiles.load(provider, {check.id: check.requires for check in CHECKS})
    except Refusal as refusal:
        refuse(refusal, language)
        return Exit.BAD_INPUT
    with logbook.log_file() as log_path:
        app = application()
        preferences = Preferences(options.lang, options.tone, options.text_size)
        spoken = preferences.language or ruled.language or language
        shell = open_console(profile, spoken, preferences)
        if options.code:
            console = shell.findChild(Console)
            assert console is not None
            console.type_code(" ".join(options.code))
        with telling_of_faults(spoken, log_path), ending_on_signals(app):
            return app.exec()


def open_beside(window: QWidget, profile: Profile, language: str) -> Shell:
    """The console beside the window of a person, in the same looks and language; it goes when that one goes."""
    return open_console(profile, language, Preferences(None, None, None), theme.current(), window)


def open_console(
    profile: Profile,
    language: str,
    preferences: Preferences,
    look: theme.Look | None = None,
    parent: QWidget | None = None,
) -> Shell:
    """The console in a window of its own, shown; with ``parent`` it goes when that one goes."""
    app = application()
    look = look or preferences.look(app)
    theme.apply(app, look)
    console = Console(profile, language, look)
    # Not the methods themselves: Qt would let the preferences go.
    console.look_changed.connect(lambda: preferences.keep_look(console.look))
    console.language_changed.connect(lambda: preferences.keep_language(console.words.language))
    shell = Shell()
    if parent:
        shell.setParent(parent, shell.windowFlags())
    shell.hold(console)
    shell.resize(*SIZE)
    shell.show()
    console.caller.code.begin_anew()  # only now the keyboard stays there
    return shell


def _parsed(arguments: Sequence[str]) -> Options:
    """Raises BadArguments with a sentence for what cannot be understood."""
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise BadArguments("{message}", message=message)

    parser = Parser(prog="readiness agent", description="Open the console for support agents.")
    parser.add_argument("code", nargs="*", metavar="1234-5678-…", help="the code that a caller reads out")
    parser.add_argument("--lang", choices=LANGUAGES)
    parser.add_argument("--profile", metavar="ID|FILE")
    parser.add_argument("--tone", choices=[tone.value for tone in theme.Tone])
    parser.add_argument("--text-size", type=int, choices=theme.SCALES_PCT)
    return parser.parse_args(arguments, Options())
