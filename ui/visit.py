"""What the window knows: one person getting ready for one visit. Pages draw it and call its verbs; it draws nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Final

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from readiness import __version__, runner
from readiness.advice import advice_for
from readiness.check import AnyCheck
from readiness.checks import CHECKS
from readiness.joining import NextStep, Way, next_step
from readiness.machine import Choices, Machine
from readiness.model import Failure, Finding, Reading, Report, Result, Status
from readiness.outlook import Forecast, forecast
from readiness.profile import Profile
from readiness.questions import Answer
from readiness.readings import BandwidthReading, DevicesReading
from readiness.runner import Event, Finished, Progress, Started
from readiness.telling import fill
from ui.bridge import CheckRun, DeviceWatch

#: What the person tries; everything else is measured in the background meanwhile.
TRIED: Final = ("camera", "microphone", "speaker")

#: How long closing waits for a run to let go of its devices.
_CLOSE_S: Final = 1.0


class Visit(QObject):
    """One person's way to a visit: the language, the choices, the runs, what was found."""

    language_changed = Signal()
    started = Signal(str)
    """The id of a check that begins to measure."""
    progressed = Signal(str)
    """The id of a check that knows more: `partial` and `coaching`."""
    found = Signal(str)
    """The id of a check that has a (new) result."""
    asked = Signal(object)
    """A Question for the person."""
    pictured = Signal(object)
    """The newest Picture of the camera."""
    devices_changed = Signal()
    plugged = Signal(str, str)
    """A device that was not there before: ``camera``, ``microphone`` or ``speaker``, and its name."""

    def __init__(self, machine: Machine, profile: Profile, language: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.machine = machine
        self.profile = profile
        self._language = language
        self.way = Way.COMPUTER
        self.choices = Choices()
        self.started_at = datetime.now(UTC)
        self.results: dict[str, Result] = {}
        self.devices: DevicesReading | None = None
        self.line: tuple[tuple[float, float], ...] = ()
        """What the speed test has seen come in so far: (s since its begin, Mbit/s)."""
        self._line_begun = 0.0
        self._partial: dict[str, Reading] = {}
        self._runs: list[CheckRun] = []
        self._watch_of_devices: DeviceWatch | None = None
        self.watched: CheckRun | None = None
        """The run of what the person tries now."""
        self._pending: dict[str, CheckRun] = {}
        """Which run each check is waited for in."""

    # --- Words

    @property
    def language(self) -> str:
        return self._language

    def speak(self, language: str) -> None:
        """Change the language, at once and everywhere."""
        if language != self._language:
            self._language = language
            self.language_changed.emit()

    def say(self, sentence: str, **params: str | float) -> str:
        """An N_-marked sentence in the person's language."""
        return fill(sentence, params, self._language)

    # --- Runs

    def start_background(self) -> None:
        """Begin what needs nobody: system, browser, computer and the line."""
        self._start([check for check in CHECKS if check.id not in TRIED])

    def watch(self, check_id: str) -> None:
        """Begin to try the camera or the microphone, live, until `finish`, `leave_out` or `stop_watching`."""
        self.stop_watching()
        self.watched = self._start([_check(check_id)], live=True)

    def watch_devices(self) -> None:
        """From now on tell of devices that come and go."""
        if self._watch_of_devices is None:
            self._watch_of_devices = DeviceWatch(self.machine, self.profile, parent=self)
            self._watch_of_devices.changed.connect(self._see_devices)
            self._watch_of_devices.start()

    def play(self) -> None:
        """Play one to four tones on the speaker; the question follows as `asked`."""
        self.stop_watching()
        self.choices = msgspec.structs.replace(self.choices, tones=random.randint(1, 4))  # noqa: S311 - no secret
        self.watched = self._start([_check("speaker")])

    def finish(self, *answers: Answer) -> None:
        """What is being tried has been seen or heard enough: judge it, with the person's answers."""
        if self.watched:
            for answer in answers:
                self.watched.answer(answer)
            self.watched.finish()

    def answer(self, answer: Answer) -> None:
        """Answer the question that was asked."""
        if self.watched:
            self.watched.answer(answer)

    def stop_watching(self) -> None:
        """Let the camera, the microphone or the speaker go; what was found before stays."""
        if self.watched:
            self._give_up(self.watched)
            self.watched = None

    def leave_out(self, check_id: str) -> None:
        """The person skips a check: recorded as skipped, whatever was found before."""
        self.stop_watching()
        self._keep(runner.judged(_check(check_id), self.profile, None, self._today()))

    def test_again(self, check_ids: Iterable[str]) -> None:
        """Measure some checks again, those that need nobody."""
        wanted = set(check_ids)
        self._start([check for check in CHECKS if check.id in wanted])

    def choose(self, **choices: str | None) -> None:
        """Choose a ``camera``, ``microphone`` or ``speaker`` by name; None is the system's default."""
        self.choices = msgspec.structs.replace(self.choices, **choices)

    def close(self) -> None:
        """End every run; all children are gone and devices free within a second."""
        for run in self._runs:
            self._give_up(run)
        for run in self._runs:
            run.wait(_CLOSE_S)
        self._runs.clear()
        if self._watch_of_devices:
            self._watch_of_devices.end(_CLOSE_S)
            self._watch_of_devices = None

    def is_running(self, check_id: str) -> bool:
        """Whether a check is waited for."""
        return check_id in self._pending

    # --- What is known

    def names_of(self, kind: str) -> tuple[str, ...]:
        """The cameras, microphones or speakers that could be chosen."""
        return _names(self.devices, kind) if self.devices else ()

    def partial(self, check_id: str) -> Reading | None:
        """What a check has measured so far in the run that goes on."""
        return self._partial.get(check_id)

    def coaching(self, check_id: str) -> Finding | None:
        """What a check would find if it ended now: for help while the person tries."""
        reading = self._partial.get(check_id)
        if reading is None:
            return None
        return runner.judged(_check(check_id), self.profile, reading, self._today()).leading

    def status(self, check_id: str) -> Status | None:
        """The status of a check; None while nothing is known of it."""
        result = self.results.get(check_id)
        return result.status if result else None

    def report(self) -> Report:
        """Everything that is known now; what was not measured counts as skipped."""
        results = (
            self.results.get(check.id) or runner.judged(check, self.profile, None, self._today()) for check in CHECKS
        )
        return Report(
            app_version=__version__,
            profile_id=self.profile.id,
            profile_edition=self.profile.edition,
            started_at=self.started_at,
            duration_ms=round((datetime.now(UTC) - self.started_at).total_seconds() * 1000),
            family=self.machine.family,
            results=tuple(results),
        )

    def next(self) -> NextStep:
        """The one thing to do next."""
        return next_step(self.report(), lambda finding_id: advice_for(finding_id).fixable)

    def outlook(self) -> Forecast:
        """What the line will carry."""
        return forecast(self.report(), self.profile)

    @property
    def is_measuring(self) -> bool:
        """Whether something that the verdict needs is still being measured."""
        return bool(self._pending)

    # --- Inside

    def _start(self, checks: list[AnyCheck], *, live: bool = False) -> CheckRun:
        run = CheckRun(checks, self.machine, self.profile, choices=self.choices, live=live, parent=self)
        run.told.connect(self._hear)
        run.asked.connect(self._pass_question)
        run.pictured.connect(self._pass_picture)
        run.ended.connect(self._forget)
        self._runs.append(run)
        self._pending |= dict.fromkeys((check.id for check in checks), run)
        run.start()
        return run

    def _give_up(self, run: CheckRun) -> None:
        run.cancel()
        for check in run.checks:
            if self._pending.get(check.id) is run:
                del self._pending[check.id]
                self._partial.pop(check.id, None)

    @Slot(object)
    def _hear(self, event: Event) -> None:
        run = self.sender()
        if isinstance(run, CheckRun) and run.is_cancelled:
            return  # told before it heard that it was cancelled
        match event:
            case Started(check):
                self._partial.pop(check.id, None)
                if check.id == "bandwidth":
                    self.line, self._line_begun = (), time.monotonic()
                self.started.emit(check.id)
            case Progress(check, reading):
                self._partial[check.id] = reading
                if isinstance(reading, BandwidthReading):
                    self._draw_line(reading)
                self.progressed.emit(check.id)
            case Finished(check, result):
                self._partial.pop(check.id, None)
                self._pending.pop(check.id, None)
                if not (result.reading and result.reading.failure is Failure.CANCELLED):
                    self._keep(result)

    @Slot(object)
    def _see_devices(self, reading: DevicesReading) -> None:
        before, self.devices = self.devices, reading
        self.devices_changed.emit()
        if before is None or reading.failure:
            return
        for kind in TRIED:
            for name in set(_names(reading, kind)) - set(_names(before, kind)):
                self.plugged.emit(kind, name)

    @Slot(object)
    def _pass_question(self, question: object) -> None:
        self.asked.emit(question)

    @Slot()
    def _pass_picture(self) -> None:
        run = self.sender()
        if isinstance(run, CheckRun) and (picture := run.take_picture()) and not run.is_cancelled:
            self.pictured.emit(picture)

    @Slot(object)
    def _forget(self, report: Report | None) -> None:
        run = self.sender()
        if isinstance(run, CheckRun):
            run.wait(_CLOSE_S)
            if run in self._runs:
                self._runs.remove(run)
            if run is self.watched:
                self.watched = None
            run.deleteLater()

    def _draw_line(self, reading: BandwidthReading) -> None:
        if reading.down_mbps is not None and reading.up_mbps is None:
            self.line = (*self.line, (time.monotonic() - self._line_begun, reading.down_mbps))

    def _keep(self, result: Result) -> None:
        self.results[result.check] = result
        self.found.emit(result.check)

    def _today(self) -> date:
        return self.started_at.date()


def _names(devices: DevicesReading, kind: str) -> tuple[str, ...]:
    """The names of the cameras, microphones or speakers."""
    names: tuple[str, ...] | None = getattr(devices, f"{kind}s")
    return names or ()


def _check(check_id: str) -> AnyCheck:
    return _BY_ID[check_id]


_BY_ID: Final[Mapping[str, AnyCheck]] = {check.id: check for check in CHECKS}
