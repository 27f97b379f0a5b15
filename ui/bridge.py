"""One run of checks beside the window: the only threading in ui/.

`runner.run` blocks, so it runs in a thread of its own. Everything it tells arrives here as signals, in the window's
thread. Pictures do not queue up: only the newest one waits.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from readiness import runner
from readiness.check import AnyCheck
from readiness.live import Live, Picture
from readiness.machine import NO_CHOICE, Choices, Machine
from readiness.profile import Profile
from readiness.questions import Answer, NoAnswer, Question
from readiness.readings import DevicesReading

log = logging.getLogger(__name__)

#: How long a thread that waits for an answer takes to see that the run was cancelled.
_LOOK_S: Final = 0.05


class CheckRun(QObject):
    """Some checks on their way. Connect slots of objects, not lambdas: those would run in the wrong thread."""

    told = Signal(object)
    """A runner.Event."""
    asked = Signal(object)
    """A Question: `answer` is waited for."""
    pictured = Signal()
    """A new picture waits: `take_picture`."""
    ended = Signal(object)
    """The Report, or None when the run was cancelled or broke."""

    def __init__(
        self,
        checks: Sequence[AnyCheck],
        machine: Machine,
        profile: Profile,
        *,
        choices: Choices = NO_CHOICE,
        skip: Iterable[str] = (),
        live: bool = False,
        parent: QObject | None = None,
    ) -> None:
        """``live``: measure on and on, and show pictures, until `finish`."""
        super().__init__(parent)
        self.checks = tuple(checks)
        self._machine = machine
        self._profile = profile
        self._choices = choices
        self._skip = tuple(skip)
        self._live = Live(show=self._show, done=self._is_done) if live else None
        self._is_asking = False
        self._done = threading.Event()
        self._cancelled = threading.Event()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._newest: Picture | None = None
        names = ", ".join(check.id for check in checks)
        self._thread = threading.Thread(target=self._run, name=f"run of {names}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """A live run has seen enough: it ends with what it knows."""
        self._done.set()

    def answer(self, answer: Answer) -> None:
        """Answer the question that was asked, or the next one that will be."""
        self._answers.put(answer)

    def cancel(self) -> None:
        """End as soon as possible; `ended` tells None."""
        self._cancelled.set()
        self._done.set()

    def wait(self, seconds: float) -> bool:
        """Wait until the thread is gone; returns whether it is."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def waits_for_person(self) -> bool:
        """Whether it goes on until the person has seen enough or answered, for as long as that takes."""
        return self._is_asking or (self._live is not None and not self._done.is_set())

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def take_picture(self) -> Picture | None:
        """The newest picture, once."""
        picture, self._newest = self._newest, None
        return picture

    def _is_done(self) -> bool:
        return self._done.is_set()

    def _show(self, picture: Picture) -> None:
        was_waiting = self._newest is not None
        self._newest = picture
        if not was_waiting and not self._cancelled.is_set():
            self.pictured.emit()

    def _ask(self, question: Question) -> Answer:
        self._is_asking = True
        self.asked.emit(question)
        answer: Answer = NoAnswer.SKIP
        while not self._cancelled.is_set():
            try:
                answer = self._answers.get(timeout=_LOOK_S)
                break
            except queue.Empty:
                continue
        self._is_asking = False
        return answer

    def _run(self) -> None:
        report = None
        try:
            report = runner.run(
                self.checks,
                self._machine,
                self._profile,
                choices=self._choices,
                skip=self._skip,
                notify=self.told.emit,
                ask=self._ask,
                cancelled=self._cancelled.is_set,
                live=self._live,
            )
        except Exception:
            log.exception("a run of checks broke")
        self.ended.emit(None if self._cancelled.is_set() else report)


class DeviceWatch(QObject):
    """Which cameras, microphones and speakers there are, told whenever that changes."""

    changed = Signal(object)
    """A DevicesReading."""

    def __init__(self, machine: Machine, profile: Profile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._profile = profile
        self._last: DevicesReading | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch of devices", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self, seconds: float) -> None:
        """Stop watching, and wait that long for the thread."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        live = Live(show=lambda picture: None, done=self._over.is_set)
        try:
            self._machine.read(
                DevicesReading,
                self._profile,
                NO_CHOICE,
                tell=self._tell,
                cancelled=self._over.is_set,
                live=live,
            )
        except Exception:
            log.exception("the watch of devices broke")

    def _tell(self, reading: DevicesReading) -> None:
        if reading != self._last and not self._over.is_set():
            self._last = reading
            self.changed.emit(reading)
