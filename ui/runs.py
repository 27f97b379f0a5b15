"""The runs of checks that go on beside the window, and the watch of devices: begun, heard, given up, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from readiness.check import AnyCheck
from readiness.machine import Choices, Machine
from readiness.model import Failure, Report
from readiness.profile import Profile
from readiness.runner import Event, Finished, Progress, Started, judged
from ui.bridge import CheckRun, DeviceWatch

#: How long closing waits for a run to let go of its devices.
_CLOSE_S: Final = 1.0


class Runs(QObject):
    """All of them. What a run tells after it was given up is not heard any more."""

    started = Signal(str)
    """The id of a check that begins to measure."""
    progressed = Signal(str, object)
    """The id of a check, and the Reading that it has so far."""
    finished = Signal(object)
    """A Result."""
    asked = Signal(object)
    """A Question."""
    pictured = Signal(object)
    """The newest Picture."""
    devices_seen = Signal(object)
    """A DevicesReading that differs from the one before."""

    def __init__(self, machine: Machine, profile: Profile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._profile = profile
        self._all: list[CheckRun] = []
        self._waited_for: dict[str, CheckRun] = {}
        self._devices: DeviceWatch | None = None

    def begin(self, checks: Sequence[AnyCheck], choices: Choices, *, live: bool = False) -> CheckRun:
        """Begin a run; ``live``: the person watches, until `CheckRun.finish`."""
        run = CheckRun(checks, self._machine, self._profile, choices=choices, live=live, parent=self)
        run.told.connect(self._hear)
        run.asked.connect(self.asked)
        run.pictured.connect(self._show)
        run.ended.connect(self._forget)
        self._all.append(run)
        self._waited_for |= dict.fromkeys((check.id for check in checks), run)
        run.start()
        return run

    def watch_devices(self) -> None:
        """From now on tell of devices that come and go."""
        if self._devices is None:
            self._devices = DeviceWatch(self._machine, self._profile, parent=self)
            self._devices.changed.connect(self.devices_seen)
            self._devices.start()

    def give_up(self, run: CheckRun) -> None:
        """End a run as soon as possible, and hear nothing more of it."""
        run.cancel()
        for check in run.checks:
            if self._waited_for.get(check.id) is run:
                del self._waited_for[check.id]

    def close(self) -> None:
        """End everything; all children are gone and devices free within a second."""
        for run in self._all:
            self.give_up(run)
        for run in self._all:
            run.wait(_CLOSE_S)
        self._all.clear()
        if self._devices:
            self._devices.end(_CLOSE_S)
            self._devices = None

    def is_waited_for(self, check_id: str | None = None) -> bool:
        """Whether a check, or any, is still to come."""
        return bool(self._waited_for) if check_id is None else check_id in self._waited_for

    @Slot(object)
    def _hear(self, event: Event) -> None:
        run = self.sender()
        if not isinstance(run, CheckRun) or run.is_cancelled:
            return
        match event:
            case Started(check):
                self.started.emit(check.id)
            case Progress(check, reading):
                self.progressed.emit(check.id, reading)
            case Finished(check, result):
                self._waited_for.pop(check.id, None)
                if not (result.reading and result.reading.failure is Failure.CANCELLED):
                    self.finished.emit(result)

    def _break(self, run: CheckRun) -> None:
        """A run that broke has not checked what it was to check, and says so: nobody waits for it for ever."""
        for check in run.checks:
            if self._waited_for.get(check.id) is run:
                del self._waited_for[check.id]
                reading = check.reads(failure=Failure.CRASHED)
                self.finished.emit(judged(check, self._profile, reading, datetime.now(UTC).date()))

    @Slot()
    def _show(self) -> None:
        run = self.sender()
        if isinstance(run, CheckRun) and (picture := run.take_picture()) and not run.is_cancelled:
            self.pictured.emit(picture)

    @Slot(object)
    def _forget(self, report: Report | None) -> None:
        run = self.sender()
        if isinstance(run, CheckRun):
            run.wait(_CLOSE_S)
            if report is None and not run.is_cancelled:
                self._break(run)
            if run in self._all:
                self._all.remove(run)
            run.deleteLater()
