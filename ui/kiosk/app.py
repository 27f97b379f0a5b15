"""The kiosk's window as a program: ``python -m ui --kiosk-screen``. The supervisor starts it, and hears it beat."""

from __future__ import annotations

import logging
import os
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, NoReturn

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.exits import Exit
from readiness.kiosk.config import DEFAULT, KioskConfig, parse, read
from readiness.kiosk.dumps import forbid_dumps
from readiness.kiosk.faults import TOO_MANY_PINS
from readiness.kiosk.heartbeat import Line, end_with
from readiness.kiosk.pin import PinGuard
from readiness.kiosk.restarts import Mode
from readiness.kiosk.store import own_folder
from readiness.machine import Choices, Machine, ThisMachine
from readiness.profile import Profile
from readiness.text import N_, Refusal
from ui import theme
from ui.ending import ending_on_signals
from ui.kiosk import pages
from ui.kiosk.configured import keeper_of, monitor_called, setting_of
from ui.kiosk.host import Host
from ui.kiosk.screen import Screen
from ui.kiosk.setting import Setting, look_for
from ui.shell import application, has_screen
from ui.system_look import system_reduced_motion
from ui.visit import Visit

_NO_SCREEN: Final = N_("There is no screen here to open a window on. Type “readiness check” instead.")


@dataclass
class Options:
    """What the supervisor asks for."""

    config: str | None = None
    mode: str = Mode.NORMAL.value
    fault: str = ""
    demo: str | None = None
    """The scenario of an invented machine: for tests, and to show the kiosk at a desk."""


def main(arguments: Sequence[str]) -> int:
    """Show the kiosk until staff ends it; returns the exit status."""
    forbid_dumps()
    try:
        options = _parsed(arguments)
        if not has_screen():
            raise Refusal(_NO_SCREEN)
        config = _config(options.config)
        profile = profiles.load(config.profile, {check.id: check.requires for check in CHECKS})
        machine = _machine(options.demo)
    except Refusal as refusal:
        say(str(refusal))
        return Exit.BAD_INPUT
    with terse_faults():
        app = application()
        monitor = monitor_called(config.screen.monitor)
        look = look_for(monitor, reduced_motion=system_reduced_motion())
        theme.apply(app, look)
        own = own_folder()
        line = Line(sys.stdout.buffer if sys.stdout else None)
        guard = PinGuard(
            config.staff.pin, own / "pin.json", time.time, tell_wait=lambda: line.tell_fault(TOO_MANY_PINS)
        )
        setting = setting_of(config, Mode(options.mode), options.fault)
        host = Host(setting, look, lambda: visit_of(setting, machine, profile), keeper_of(line, own, guard))
        host.ended.connect(app.exit)
        pages.load_all()
        host.screen.fill(monitor)
        follow_monitor(host.screen, config.screen.monitor)
        host.begin()
        parent = Parent()
        parent.gone.connect(host.end)
        if sys.stdin:
            end_with(sys.stdin.buffer, parent.gone.emit)
        with ending_on_signals(app):
            status = app.exec()
        host.close()
    return status


def follow_monitor(screen: Screen, name: str) -> None:
    """Fill the monitor again when it is switched on, turned, or another one comes."""

    def fill(*what: object) -> None:
        if isValid(screen):
            screen.fill(monitor_called(name))

    app = application()
    app.screenAdded.connect(fill)
    app.screenRemoved.connect(fill)
    for monitor in app.screens():
        monitor.geometryChanged.connect(fill)
    app.screenAdded.connect(lambda monitor: monitor.geometryChanged.connect(fill))


class Parent(QObject):
    """The supervisor, as a thread sees it that waits for its end."""

    gone = Signal()


def visit_of(setting: Setting, machine: Machine, profile: Profile) -> Visit:
    """A visitor's visit: with the clinic's devices, in the clinic's first language."""
    visit = Visit(machine, profile, setting.languages[0])
    visit.choices = Choices(camera=setting.camera, microphone=setting.microphone, speaker=setting.speaker)
    return visit


# --- What is written down of a fault of ours: where it was. Its words may hold what a visitor's computer is called.


class Terse(logging.Handler):
    """Writes on standard error where something was logged, and which kind of exception; never with which words."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        say(f"{record.levelname} {record.name}:{record.lineno} {kind.__name__ if kind else ''}")


def say(text: str) -> None:
    """A line on standard error, if there is one."""
    if sys.stderr:
        sys.stderr.write(f"{text.rstrip()}\n")
        sys.stderr.flush()


def give_up(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> NoReturn:
    """A fault of ours: nobody knows what the window shows now, so the supervisor starts it anew."""
    frames = traceback.extract_tb(trace)
    place = f" {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    say(f"ERROR {kind.__name__}{place}")
    os._exit(Exit.OUR_FAULT)


@contextmanager
def terse_faults() -> Iterator[None]:
    """Faults of ours end the window with one line."""
    handler, before = Terse(), sys.excepthook
    root = logging.getLogger()
    root.addHandler(handler)
    sys.excepthook = give_up
    try:
        yield
    finally:
        sys.excepthook = before
        root.removeHandler(handler)


# --- Arguments


def _parsed(arguments: Sequence[str]) -> Options:
    """Raises Refusal for what cannot be understood."""
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise Refusal("{message}", message=message)

    parser = Parser(prog="readiness --kiosk-screen", add_help=False)
    parser.add_argument("--config")
    parser.add_argument("--mode", choices=[mode.value for mode in Mode])
    parser.add_argument("--fault")
    parser.add_argument("--demo", nargs="?", const="good")
    return parser.parse_args(arguments, Options())


def _config(path: str | None) -> KioskConfig:
    return parse(read(Path(path)), Path(path).name) if path else DEFAULT


def _machine(demo: str | None) -> Machine:
    if demo is None:
        return ThisMachine()
    from ui.demo import SCENARIOS, scenario

    if demo not in SCENARIOS:
        raise Refusal(N_("There is no scenario {name}. There are: {names}."), name=demo, names=", ".join(SCENARIOS))
    return scenario(demo)
