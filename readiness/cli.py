"""The terminal face: arguments in, results on standard output, progress on standard error, an exit status for scripts.

Exit status: 0 ready, or ready with limits; 1 not ready; 2 bad arguments or input; 3 partly checked; 70 a fault of ours,
written to the log; 130 stopped by Ctrl-C; 141 the reader of our output went away before its end.
"""

from __future__ import annotations

import argparse
import errno
import gettext
import json
import locale
import logging
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn, TextIO, cast

import msgspec

from readiness import __version__, last_time_verbs, licence_verb, logbook, reminder_verbs, report_verbs
from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE, Exit
from readiness.fleet import verbs as fleet_verbs
from readiness.kiosk import verbs as kiosk_verbs
from readiness.machine import Choices, ThisMachine
from readiness.model import Report, Verdict
from readiness.policy import laid_down
from readiness.profile import Profile
from readiness.report_file import load_readings, readings_json, report_object
from readiness.shape import plain
from readiness.text import DOMAIN, LANGUAGES, LOCALE_FOLDER, N_, Refusal, can_speak, os_reason, translate

log = logging.getLogger(__name__)

_EXIT_BY_VERDICT: Final = {
    Verdict.READY: Exit.READY,
    Verdict.READY_WITH_LIMITS: Exit.READY,
    Verdict.NOT_READY: Exit.NOT_READY,
    Verdict.PARTLY_CHECKED: Exit.PARTLY_CHECKED,
}

#: How writing to standard output fails when it is not our fault: nobody reads it any more, or there is no room.
_OUTPUT_FAILS: Final = (errno.EPIPE, errno.ENOSPC, errno.EIO)

#: argparse's own words: it looks them up in the same catalogue as ours, and translators find them here.
_ARGPARSE_WORDS: Final = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("unrecognized arguments: %s"),
    N_("the following arguments are required: %s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid %(type)s value: %(value)r"),
    N_("expected one argument"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("ignored explicit argument %r"),
    N_("one of the arguments %s is required"),
)


class InputError(Refusal):
    """Bad arguments. (No ValueError: argparse would replace its words by its own.)"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the terminal face; returns the exit status. Never shows a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    typed = _language_asked_for(words)
    language = typed or system_language()
    with _streams(), ending_on_sigterm(), logbook.log_file() as log_file:
        if not can_speak(language):
            _say("The Spanish words are not built yet: run “python3 dev.py run” once, or type --lang en.", sys.stderr)
            return Exit.BAD_INPUT
        try:
            ruled = laid_down().language
            language = ruled if ruled and not typed and can_speak(ruled) else language
            _speak(language)
            options = _parser(language).parse_args(words)
            status: int = options.do(options)
            sys.stdout.flush()
        except BaseException as end:  # noqa: BLE001 - the last place where one sentence can still be said
            return _ended_by(end, language, log_file)
    return status


def _ended_by(end: BaseException, language: str, log_file: Path) -> int:
    """The exit status for what ended us early, after saying in one line what the person should know of it."""
    match end:
        case SystemExit():  # argparse has printed the help or the version, or somebody sent SIGTERM
            return int(end.code or 0)
        case Refusal():
            _say(_told(end.sentence, end.params, language), sys.stderr)
            return Exit.BAD_INPUT
        case KeyboardInterrupt():
            _say(translate(N_("Stopped."), language), sys.stderr)
            return Exit.STOPPED
        case OSError() if end.errno in _OUTPUT_FAILS:
            # Whoever read our output has enough of it ("| head"), or its disk is full. Python must not complain again
            # at exit about what it could not write.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if end.errno != errno.EPIPE:
                sentence = N_("The output cannot be written ({reason}).")
                _say(_told(sentence, {"reason": os_reason(end)}, language), sys.stderr)
            return Exit.CUT_OFF
        case _ if asked := _asked_to_end(end):
            return _ended_by(asked, language, log_file)
        case _:
            log.error("the terminal face broke", exc_info=end)
            sentence = N_("Something went wrong in this program, not in your computer. The details are in {file}.")
            _say(translate(sentence, language).format(file=log_file), sys.stderr)
            return Exit.OUR_FAULT


def _asked_to_end(end: BaseException) -> BaseException | None:
    """The signal behind an error: one that comes while a thread is being started makes Python itself stumble."""
    behind = end.__context__
    while behind is not None and not isinstance(behind, SystemExit | KeyboardInterrupt):
        behind = behind.__context__
    return behind


@contextmanager
def _streams() -> Iterator[None]:
    """Standard streams that can be used, whatever we were started with: closed ones are nowhere, odd letters are "?"."""
    before = sys.stdin, sys.stdout, sys.stderr
    with open(os.devnull, encoding="utf-8") as nothing, open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        sys.stdin, sys.stdout, sys.stderr = sys.stdin or nothing, sys.stdout or nowhere, sys.stderr or nowhere
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        sys.stderr = cast("TextIO", _Forgiving(sys.stderr))
        try:
            yield
        finally:
            sys.stdin, sys.stdout, sys.stderr = before


class _Forgiving:
    """An error stream that may break: progress that cannot be shown must not cost the result."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            self._stream.write(text)
        except OSError:
            self._give_up()
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        """Send the rest nowhere, also what Python would still write at its end."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


#: What ends a program from outside: SIGTERM, and SIGHUP (not on Windows) for a terminal that was closed.
_ENDS: Final = tuple(number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)))


@contextmanager
def ending_on_sigterm() -> Iterator[None]:
    """Let SIGTERM end us as Ctrl-C does: by an exception, so that children and the terminal are left in order.

    SIGHUP, too, unless we were started to outlive our terminal (nohup).
    """

    def end(number: int, frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    ours = [number for number in _ENDS if signal.getsignal(number) is not signal.SIG_IGN]
    before = [signal.signal(number, end) for number in ours]
    try:
        yield
    finally:
        for number, answer in zip(ours, before, strict=True):
            signal.signal(number, answer)


def _told(sentence: str, params: Mapping[str, str | int], language: str) -> str:
    """A complaint in one language; values that are marked sentences themselves are translated, too."""
    said = {name: translate(value, language) if isinstance(value, str) else value for name, value in params.items()}
    return translate(sentence, language).format_map(said)


# --- The verbs -------------------------------------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    from readiness import runner, terminal

    language = options.lang
    profile = _profile(options)
    if options.server is not None:  # an empty address must not send anybody to a stranger's server
        profile = msgspec.structs.replace(profile, servers=(profiles.server_at(options.server),))
    _must_be_writable(options.save_readings)
    skip = set(options.skip or ()) | ({check.id for check in CHECKS} - set(options.only) if options.only else set())
    somebody = not options.no_input and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
    choices = Choices(
        camera=options.camera,
        microphone=options.microphone,
        speaker=options.speaker,
        tones=random.randint(1, 4) if somebody else None,  # noqa: S311 - not a secret, only not to be guessed
    )
    console = terminal.console_for(sys.stderr)
    measured = [check for check in CHECKS if check.id not in skip]
    terminal.announce(console, profile, language, [check.reads for check in measured])
    with terminal.RunningChecks(console, measured, language, somebody=somebody) as running:
        report = runner.run(
            CHECKS,
            ThisMachine(),
            profile,
            choices=choices,
            skip=skip,
            notify=running.notify,
            ask=running.ask if somebody else None,
        )
    if options.save_readings:
        _save(options.save_readings, readings_json(report))
    return _show(report, profile, options)


def _judge(options: argparse.Namespace) -> int:
    from readiness import runner

    saved = load_readings(options.readings, CHECKS)
    profile = _profile(options, default=saved.profile_id)
    report = runner.judge(CHECKS, profile, saved.readings, measured_at=saved.measured_at, duration_ms=saved.duration_ms)
    return _show(report, profile, options)


def _show(report: Report, profile: Profile, options: argparse.Namespace) -> int:
    from readiness import joining, outlook, terminal
    from readiness.advice import advice_for

    following = joining.next_step(report, lambda finding_id: advice_for(finding_id).fixable)
    line = outlook.forecast(report, profile)
    if options.json:
        _print_json(report_object(report, line, following, options.lang, joining.suggested_way(report)))
    else:
        terminal.print_report(
            terminal.console_for(sys.stdout),
            report,
            line,
            following,
            joining.join_card(profile, joining.suggested_way(report), options.lang, report),
            joining.other_care(profile, options.lang),
            options.lang,
            details=options.details,
        )
    return _EXIT_BY_VERDICT[report.verdict]


def _devices(options: argparse.Namespace) -> int:
    from readiness import terminal
    from readiness.machine import NO_CHOICE
    from readiness.readings import DevicesReading

    reading = ThisMachine().read(DevicesReading, _profile(options), NO_CHOICE)
    if options.json:
        _print_json(msgspec.to_builtins(reading))
    else:
        terminal.print_devices(terminal.console_for(sys.stdout), reading, options.lang)
    return Exit.READY


def _join(options: argparse.Namespace) -> int:
    from readiness import joining, terminal

    card = joining.join_card(_profile(options), joining.Way(options.on), options.lang, None)
    terminal.print_join_card(terminal.console_for(sys.stdout), card, options.lang)
    return Exit.READY


def _code_decode(options: argparse.Namespace) -> int:
    from readiness import situation_words, support_code, terminal

    situation = support_code.decode(" ".join(options.code))
    code = support_code.tidy(" ".join(options.code))
    if options.json:
        _print_json(situation_words.situation_object(code, situation, options.lang))
    else:
        terminal.print_situation(terminal.console_for(sys.stdout), code, situation, options.lang)
    return Exit.READY


def _profile_list(options: argparse.Namespace) -> int:
    for profile_id in profiles.shipped():
        profile = profiles.load(profile_id, _requirement_types())
        _say(f"{profile_id:<20} {profile.name.in_language(options.lang)}", sys.stdout)
    return Exit.READY


def _profile_show(options: argparse.Namespace) -> int:
    _print_json(msgspec.to_builtins(_loaded(options.id)))
    return Exit.READY


def _profile_validate(options: argparse.Namespace) -> int:
    profile = profiles.load(str(options.file), _requirement_types())
    sentence = N_("{file} is a valid profile: {id}, edition {edition}.")
    _say(
        translate(sentence, options.lang).format(file=options.file, id=profile.id, edition=profile.edition), sys.stdout
    )
    return Exit.READY


def _serve(options: argparse.Namespace) -> int:
    from readiness.serve import serve

    sentence = translate(N_("Measurement server at {address}. Press Ctrl-C to stop it."), options.lang)
    serve(options.host, options.port, lambda address: _say(sentence.format(address=address), sys.stdout))
    return Exit.READY


# --- Input -----------------------------------------------------------------------------------------------------------


def _profile(options: argparse.Namespace, default: str | None = None) -> Profile:
    return _loaded(options.profile or default)


def _loaded(asked_for: str | None) -> Profile:
    return profiles.load(asked_for or laid_down().profile or DEFAULT_PROFILE, _requirement_types())


def _requirement_types() -> dict[str, Any]:
    return {check.id: check.requires for check in CHECKS}


def _check_ids(text: str) -> list[str]:
    known = [check.id for check in CHECKS]
    asked = [word.strip() for word in text.split(",") if word.strip()]
    for word in asked:
        if word not in known:
            raise InputError(N_("There is no check “{check}”. Known are: {known}."), check=word, known=", ".join(known))
    if not asked:
        raise InputError(N_("No check is named. Known are: {known}."), known=", ".join(known))
    return asked


def _must_be_writable(path: Path | None) -> None:
    """Say before two minutes of measuring, not after, that the result cannot be kept."""
    if path is None:
        return
    was_there = path.exists()
    try:
        with path.open("ab"):
            pass
        if not was_there:
            path.unlink()
    except OSError as error:
        raise _cannot_write(path, error) from error


def _save(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> InputError:
    return InputError(
        N_("{file} cannot be written ({reason}). Give a path in a folder of your own."),
        file=str(path),
        reason=os_reason(error),
    )


# --- Output ----------------------------------------------------------------------------------------------------------


def _print_json(content: Any) -> None:
    json.dump(content, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def _say(sentence: str, stream: TextIO) -> None:
    print(plain(sentence), file=stream)


# --- Language, arguments, log ----------------------------------------------------------------------------------------


def _language_asked_for(arguments: Sequence[str]) -> str | None:
    """The language of ``--lang``, looked up before parsing so that even complaints are in it."""
    for position, word in enumerate(arguments):
        value = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and position + 1 < len(arguments):
            value = arguments[position + 1]
        if value in LANGUAGES:
            return value
    return None


def system_language() -> str:
    """The first of our languages that the system's settings ask for; English otherwise."""
    settings = [os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    wanted = next((value for value in settings if value), locale.getlocale()[0] or "")
    for name in wanted.lower().split(":"):  # LANGUAGE may name several, the dearest first
        for beginning, language in (("es", "es"), ("spanish", "es"), ("en", "en")):
            if name.startswith(beginning):
                return language
    return LANGUAGES[0]


def _speak(language: str) -> None:
    """Let argparse find its own words in our catalogue."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, str(LOCALE_FOLDER))
    gettext.textdomain(DOMAIN)


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one sentence, not a page."""

    def error(self, message: str) -> NoReturn:
        sentence = N_("{complaint}. Type “{program} --help” to see what can be typed.")
        raise InputError(sentence, complaint=message, program=self.prog)


def _parser(language: str) -> argparse.ArgumentParser:
    def _(sentence: str) -> str:
        return translate(sentence, language)

    parser = _Parser(
        prog="readiness",
        description=_(N_("Is this computer ready for a video visit with your doctor?")),
        epilog=_(
            N_(
                "Exit status: 0 ready, 1 not ready, 2 bad arguments or input, 3 partly checked, "
                "70 a fault in this program."
            )
        ),
    )
    shown_version = f"readiness {__version__}"
    # Its help is the one sentence that argparse does not look up.
    version_help = _(N_("show program's version number and exit"))
    parser.add_argument("--version", action="version", version=shown_version, help=version_help)
    spoken = _Parser(add_help=False)
    spoken.add_argument("--lang", choices=LANGUAGES, default=language, help=_(N_("language: English or Spanish")))
    provided = _Parser(add_help=False)
    provided.add_argument(
        "--profile", metavar=_(N_("ID|FILE")), help=_(N_("the provider's requirements: a shipped profile or a file"))
    )
    shown = _Parser(add_help=False)
    shown.add_argument("--json", action="store_true", help=_(N_("print one JSON object")))
    shown.add_argument("--details", action="store_true", help=_(N_("show what was measured, too")))
    verbs = parser.add_subparsers(required=True, metavar=_(N_("VERB")), dest="verb")

    def verb(name: str, do: Callable[[argparse.Namespace], int], help_text: str, *parents: Any) -> Any:
        added = verbs.add_parser(name, help=_(help_text), description=_(help_text), parents=[spoken, *parents])
        added.set_defaults(do=do)
        return added

    check = verb("check", _check, N_("check this computer"), provided, shown)
    check.add_argument("--only", type=_check_ids, metavar="ID,…", help=_(N_("run only these checks")))
    check.add_argument("--skip", type=_check_ids, metavar="ID,…", help=_(N_("leave these checks out")))
    check.add_argument("--no-input", action="store_true", help=_(N_("ask nothing")))
    check.add_argument("--camera", metavar=_(N_("NAME|INDEX")), help=_(N_("which camera to check")))
    check.add_argument("--microphone", metavar=_(N_("NAME")), help=_(N_("which microphone to check")))
    check.add_argument("--speaker", metavar=_(N_("NAME")), help=_(N_("which speaker to check")))
    check.add_argument("--server", metavar="URL", help=_(N_("the LibreSpeed server to measure the line against")))
    check.add_argument(
        "--save-readings",
        metavar=_(N_("FILE")),
        type=Path,
        help=_(N_("keep what was measured, to judge it again later")),
    )

    judge = verb("judge", _judge, N_("judge saved readings again"), provided, shown)
    judge.add_argument("readings", metavar="READINGS.json", type=Path)

    devices = verb("devices", _devices, N_("list cameras, microphones and speakers"))
    devices.add_argument("--json", action="store_true", help=_(N_("print one JSON object")))
    devices.set_defaults(profile=None)

    join = verb("join", _join, N_("show how to join the visit"), provided)
    join.add_argument("--on", choices=("computer", "phone"), default="computer", help=_(N_("where you will join from")))

    code = verbs.add_parser("code", help=_(N_("read a code that a caller reads out")))
    code_verbs = code.add_subparsers(required=True, metavar=_(N_("VERB")), dest="code_verb")
    decoding = code_verbs.add_parser("decode", parents=[spoken], help=_(N_("say what a code tells")))
    decoding.add_argument("--json", action="store_true", help=_(N_("print one JSON object")))
    decoding.add_argument("code", nargs="+", metavar="1234-5678-…")
    decoding.set_defaults(do=_code_decode)

    profile = verbs.add_parser("profile", help=_(N_("list, show or validate providers' profiles")))
    profile_verbs = profile.add_subparsers(required=True, metavar=_(N_("VERB")), dest="profile_verb")
    listing = profile_verbs.add_parser("list", parents=[spoken], help=_(N_("list the shipped profiles")))
    listing.set_defaults(do=_profile_list)
    showing = profile_verbs.add_parser("show", parents=[spoken], help=_(N_("show one profile, whole")))
    showing.add_argument("id", nargs="?", metavar="ID")
    showing.set_defaults(do=_profile_show)
    validating = profile_verbs.add_parser("validate", parents=[spoken], help=_(N_("say whether a file is a profile")))
    validating.add_argument("file", metavar=_(N_("FILE")), type=Path)
    validating.set_defaults(do=_profile_validate)

    serve = verb("serve", _serve, N_("run a measurement server for your own network"))
    serve.add_argument("--host", default="127.0.0.1", help=_(N_("the address to listen at")))
    serve.add_argument("--port", type=int, default=8989, help=_(N_("the port to listen at")))

    report_verbs.add_verb(verbs, spoken, language)
    last_time_verbs.add_verb(verbs, spoken, language)
    reminder_verbs.add_verb(verbs, spoken, language)
    licence_verb.add_verb(verbs, spoken, language)
    kiosk_verbs.add_verb(verbs, spoken, language)
    fleet_verbs.add_verb(verbs, spoken, language)
    return parser
