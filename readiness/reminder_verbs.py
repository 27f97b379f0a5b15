"""``readiness remind``: plan the quiet test before a visit, take it back, write the calendar file, and the test itself."""

from __future__ import annotations

import argparse
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from readiness.advice import words_for
from readiness.checks import CHECKS
from readiness.days import tell_moment
from readiness.exits import DEFAULT_PROFILE, Exit
from readiness.machine import ThisMachine
from readiness.policy import laid_down
from readiness.reminder import calendar_file, must_be_ahead, visit_time
from readiness.reminder_plan import Reminders, reminders_here
from readiness.reminder_ports import NotPlanned, own_command
from readiness.telling import listed
from readiness.text import N_, os_reason, translate


def add_verb(verbs: Any, spoken: argparse.ArgumentParser, language: str) -> None:
    """Let the terminal face know the verb; ``verbs`` is what argparse calls subparsers."""

    def say(sentence: str) -> str:
        return translate(sentence, language)

    help_text = say(N_("test quietly on the evening before a visit"))
    remind = verbs.add_parser("remind", help=help_text, description=help_text, parents=[spoken])
    one = remind.add_mutually_exclusive_group()
    one.add_argument("--at", metavar="2026-12-01T14:00", help=say(N_("when the visit is, by this computer's clock")))
    one.add_argument("--off", action="store_true", help=say(N_("take the reminder back")))
    one.add_argument("--test-now", action="store_true", help=argparse.SUPPRESS)
    remind.add_argument(
        "--calendar", metavar=say(N_("FILE")), type=Path, help=say(N_("only write a file for a calendar, with --at"))
    )
    remind.add_argument(
        "--profile",
        metavar=say(N_("ID|FILE")),
        help=say(N_("the provider's requirements: a shipped profile or a file")),
    )
    remind.set_defaults(do=_remind)


def _remind(options: argparse.Namespace) -> int:
    reminders = reminders_here()
    language = options.lang
    if options.test_now:
        return look_quietly(reminders, _now(), language, options.profile)
    if options.off:
        reminders.off()
        _say(translate(N_("Nothing is planned any more."), language))
    elif options.at is not None:
        _plan(options, reminders)
    elif planned := reminders.planned:
        _say(
            translate(N_("On {when} is your visit. A reminder is planned."), language).format(
                when=tell_moment(planned, language)
            )
        )
    else:
        _say(translate(N_("No reminder is planned."), language))
    return Exit.READY


def _plan(options: argparse.Namespace, reminders: Reminders) -> None:
    language, visit_at = options.lang, visit_time(options.at)
    if options.calendar is None:
        evening = reminders.plan(visit_at, _now(), options.profile)
        sentence = translate(N_("On {when}, this computer tests itself. Keep it on."), language)
        _say(sentence.format(when=tell_moment(evening, language)))
        return
    must_be_ahead(visit_at, _now())
    try:
        options.calendar.write_bytes(calendar_file(visit_at, _now(), language))
    except OSError as error:
        raise NotPlanned(
            N_("{file} cannot be written ({reason}). Give a path in a folder of your own."),
            file=str(options.calendar),
            reason=os_reason(error),
        ) from error


def look_quietly(reminders: Reminders, now: datetime, language: str, profile_asked: str | None = None) -> int:
    """The planned test: speaks up, in a window, only when something is wrong; the plan is over afterwards."""
    visit_at = reminders.planned
    if visit_at is None or visit_at <= now:  # taken back, or the computer was off until after the visit
        reminders.off()
        return Exit.READY
    from readiness import profile as profiles
    from readiness.quiet_test import what_is_wrong

    try:
        provider = profile_asked or laid_down().profile or DEFAULT_PROFILE
        profile = profiles.load(provider, {check.id: check.requires for check in CHECKS})
        wrong = [result.check for result in what_is_wrong(CHECKS, ThisMachine(), profile, now.date())]
        if wrong:
            names = tuple(translate(words_for(check).name, language) for check in wrong)
            _say(translate(N_("This does not work yet: {parts}."), language).format(parts=listed(names, language)))
            open_window(wrong)
    finally:
        reminders.off()  # last: some schedulers end with the plan what it has started
    return Exit.NOT_READY if wrong else Exit.READY


def open_window(wrong: list[str]) -> None:
    """Start the window that says what is wrong, and do not wait for it."""
    command, folder = own_command()
    subprocess.Popen(
        [*command, "window", "--reminded", ",".join(wrong)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _now() -> datetime:
    """By this computer's clock, as people read it off the wall."""
    return datetime.now().astimezone().replace(tzinfo=None)


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
