"""What the window knows: one person getting ready for one visit. Pages draw it and call its verbs; it draws nothing."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Final

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from readiness.checks import CHECKS
from readiness.joining import Way
from readiness.machine import Choices, Machine
from readiness.model import Reading, Result, Status
from readiness.profile import Profile
from readiness.questions import Answer
from readiness.readings import DevicesReading
from readiness.telling import fill
from ui.bridge import CheckRun
from ui.known import Known
from ui.runs import Runs

#: What the person tries; everything else is measured in the background meanwhile.
TRIED: Final = ("camera", "microphone", "speaker")


class Visit(QObject):
    """One person's way to a visit: the language, the choices, the runs, what was found."""

    language_changed = Signal()
    started = Signal(str)
    """The id of a check that begins to measure."""
    progressed = Signal(str)
    """The id of a check that knows more: see `known`."""
    found = Signal(str)
    """The id of a check that has a (new) result."""
    devices_changed = Signal()
    plugged = Signal(str, str)
    """A device that was not there before: ``camera``, ``microphone`` or ``speaker``, and its name."""

    def __init__(self, machine: Machine, profile: Profile, language: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.machine = machine
        self.profile = profile
        self.language = language
        self.way = Way.COMPUTER
        self.choices = Choices()
        self.known = Known(profile, machine.family)
        self.devices: DevicesReading | None = None
        self.watched: CheckRun | None = None
        """The run of what the person tries now, or tried last."""
        self._runs = Runs(machine, profile, self)
        self.asked, self.pictured = self._runs.asked, self._runs.pictured
        self._runs.started.connect(self._begin)
        self._runs.progressed.connect(self._hear)
        self._runs.finished.connect(self._keep)
        self._runs.devices_seen.connect(self._see_devices)

    # --- Words

    def speak(self, language: str) -> None:
        """Change the language, at once and everywhere."""
        if language != self.language:
            self.language = language
            self.language_changed.emit()

    def say(self, sentence: str, **params: str | float) -> str:
        """An N_-marked sentence in the person's language."""
        return fill(sentence, params, self.language)

    # --- Runs

    def start_background(self) -> None:
        """Begin what needs nobody: system, browser, computer and the line."""
        self.test_again(check.id for check in CHECKS if check.id not in TRIED)

    def test_again(self, check_ids: Iterable[str], *, live: bool = False) -> CheckRun:
        """Measure some checks again; ``live``: until the person has seen enough."""
        wanted = set(check_ids)
        return self._runs.begin([check for check in CHECKS if check.id in wanted], self.choices, live=live)

    def watch(self, check_id: str) -> None:
        """Begin to try the camera or the microphone, live, until `finish`, `leave_out` or `stop_watching`."""
        self.stop_watching()
        self.watched = self.test_again([check_id], live=True)

    def play(self) -> None:
        """Play one to four tones on the speaker; the question follows as `asked`."""
        self.stop_watching()
        self.choices = msgspec.structs.replace(self.choices, tones=random.randint(1, 4))  # noqa: S311 - no secret
        self.watched = self.test_again(["speaker"])

    def finish(self, *answers: Answer) -> None:
        """What is being tried has been seen or heard enough: judge it, with the person's answers."""
        if self.watched:
            for answer in answers:
                self.watched.answer(answer)
            self.watched.finish()

    def stop_watching(self) -> None:
        """Let the camera, the microphone or the speaker go; what was found before stays."""
        if self.watched:
            self._runs.give_up(self.watched)
            self.watched = None

    def leave_out(self, check_id: str) -> None:
        """The person skips a check: recorded as skipped, whatever was found before."""
        self.stop_watching()
        self._keep(self.known.skipped(check_id))

    def choose(self, **choices: str | None) -> None:
        """Choose a ``camera``, ``microphone`` or ``speaker`` by name; None is the system's default."""
        self.choices = msgspec.structs.replace(self.choices, **choices)

    def watch_devices(self) -> None:
        """From now on tell of devices that come and go."""
        self._runs.watch_devices()

    def close(self) -> None:
        """End every run; all children are gone and devices free within a second."""
        self._runs.close()

    # --- What is known

    @property
    def is_measuring(self) -> bool:
        """Whether anything is still being measured."""
        return self._runs.is_waited_for()

    def is_running(self, check_id: str) -> bool:
        """Whether a check is waited for."""
        return self._runs.is_waited_for(check_id)

    def names_of(self, kind: str) -> tuple[str, ...]:
        """The cameras, microphones or speakers that could be chosen."""
        return _names(self.devices, kind) if self.devices else ()

    @property
    def results(self) -> dict[str, Result]:
        """By check id; a check that is not in it has not come to an end yet."""
        return self.known.results

    def status(self, check_id: str) -> Status | None:
        """The status of a check; None while nothing is known of it."""
        result = self.results.get(check_id)
        return result.status if result else None

    # --- Inside

    @Slot(str)
    def _begin(self, check_id: str) -> None:
        self.known.begin(check_id)
        self.started.emit(check_id)

    @Slot(str, object)
    def _hear(self, check_id: str, reading: Reading) -> None:
        self.known.hear(check_id, reading)
        self.progressed.emit(check_id)

    @Slot(object)
    def _keep(self, result: Result) -> None:
        self.known.end(result)
        self.found.emit(result.check)

    @Slot(object)
    def _see_devices(self, reading: DevicesReading) -> None:
        before, self.devices = self.devices, reading
        self.devices_changed.emit()
        if before is None or reading.failure:
            return
        for kind in TRIED:
            if getattr(before, f"{kind}s") is None:
                continue  # this list was not known before: nothing was plugged in
            for name in set(_names(reading, kind)) - set(_names(before, kind)):
                self.plugged.emit(kind, name)


def _names(devices: DevicesReading, kind: str) -> tuple[str, ...]:
    """The names of the cameras, microphones or speakers."""
    names: tuple[str, ...] | None = getattr(devices, f"{kind}s")
    return names or ()
