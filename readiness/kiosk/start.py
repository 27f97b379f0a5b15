"""``readiness --kiosk``: the supervisor as a program. Loads no Qt: that is the window's, which it starts."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from readiness import logbook
from readiness.exits import Exit
from readiness.fleet.attached import attached
from readiness.kiosk.config import ConfigError, KioskConfig
from readiness.kiosk.dumps import forbid_dumps
from readiness.kiosk.only_one import only_one
from readiness.kiosk.store import Store, own_folder
from readiness.kiosk.supervisor import Supervisor
from readiness.policy import laid_down
from readiness.text import N_, Refusal, translate

_USAGE: Final = N_("Type “readiness --kiosk”, or “readiness --kiosk --config FILE”.")
_RUNS_ALREADY: Final = N_("The kiosk runs already on this computer.")


class BadArguments(Refusal):
    """Arguments that the kiosk does not know."""


def main(arguments: Sequence[str]) -> int:
    """Look after the kiosk until staff ends it. Returns the exit status."""
    forbid_dumps()
    own = own_folder()
    with logbook.log_file(), only_one(own / "running.lock") as is_first:
        try:
            if not is_first:
                raise Refusal(_RUNS_ALREADY)
            store = Store.of_this_computer(config_file(arguments))
            settings = _settings(store)
        except Refusal as refusal:
            from readiness.cli import system_language  # half as large again as all that is needed while it runs

            sentence = translate(refusal.sentence, system_language()).format_map(refusal.params)
            print(sentence, file=sys.stderr)  # noqa: T201
            return Exit.BAD_INPUT
        fleet = attached(settings.fleet, own)
        supervisor = Supervisor(store, own, tell=fleet.tell)
        with ending_by(supervisor.stop):
            try:
                return supervisor.run()
            finally:
                fleet.stop()


def config_file(arguments: Sequence[str]) -> Path | None:
    """The file that is asked for on the command line or laid down for this computer. Raises a Refusal."""
    match list(arguments):
        case []:
            kiosk = laid_down().kiosk
            return Path(kiosk) if kiosk else None
        case ["--config", file] if file:
            return Path(file)
        case [word] if word.startswith("--config=") and word != "--config=":
            return Path(word.partition("=")[2])
        case _:
            raise BadArguments(_USAGE)


def _settings(store: Store) -> KioskConfig:
    """Whoever sets a kiosk up is told what is wrong. Later, settings that broke must not leave a dark screen."""
    try:
        return store.load().config
    except ConfigError:
        if not store.has_good:
            raise
    return store.load_last_good().config


@contextmanager
def ending_by(stop: Callable[[int], None]) -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and SIGHUP end the kiosk in good order, with the window."""

    def end(number: int, frame: FrameType | None) -> None:
        stop(128 + number)

    ours = [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
    before = [signal.signal(number, end) for number in ours]
    try:
        yield
    finally:
        for number, answer in zip(ours, before, strict=True):
            signal.signal(number, answer)
