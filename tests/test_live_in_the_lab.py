"""A person watches, and the lab's devices change before them: from the driver to what the window is told."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final, Generic, TypeVar

import psutil
import pytest

from readiness.checks.camera import CameraCheck, CameraRequirement
from readiness.checks.microphone import MicrophoneCheck, MicrophoneRequirement
from readiness.live import Live, Picture
from readiness.model import Failure, Reading
from readiness.probes import process
from readiness.readings import CameraReading, DevicesReading, MicrophoneReading
from tests.lab import Lab
from tests.lab.scenarios import SCENES

R = TypeVar("R", bound=Reading)

#: After so long a test is given up.
_PATIENCE_S: Final = 40.0

#: A person who is done, or gone, gets their camera back within this.
_RELEASED_S: Final = 1.0


class Watching(Generic[R]):
    """A person who watches one of the lab's devices, until ``enough`` holds."""

    def __init__(self, lab: Lab, probe: str, kind: type[R], enough: Callable[[Watching[R]], bool]) -> None:
        self._argv = [*lab.prefix, sys.executable, "-m", "readiness", "--probe", probe]
        self._kind = kind
        self._enough = enough
        self._begun = time.monotonic()
        self.told: list[R] = []
        self.pictures: list[tuple[float, Picture]] = []
        self.enough_at = 0.0

    def until_done(self) -> R:
        return self._read(done=self._is_enough)

    def until_gone(self) -> R:
        return self._read(cancelled=self._is_enough)

    def _read(self, done: Callable[[], bool] = lambda: False, cancelled: Callable[[], bool] = lambda: False) -> R:
        live = Live(lambda picture: self.pictures.append((time.monotonic(), picture)), done)
        return process.run_child(
            self._argv, {"live": True}, self._kind, deadline_s=8, tell=self.told.append, cancelled=cancelled, live=live
        )

    def _is_enough(self) -> bool:
        if not self.enough_at and (self._enough(self) or time.monotonic() - self._begun > _PATIENCE_S):
            self.enough_at = time.monotonic()
        return bool(self.enough_at)

    @property
    def pictures_a_second(self) -> float:
        """Once the camera runs evenly: the first second is left out."""
        times = [at for at, _ in self.pictures if at - self.pictures[0][0] > 1]
        return (len(times) - 1) / (times[-1] - times[0])


@contextmanager
def lab_of(monkeypatch: pytest.MonkeyPatch, **devices: str) -> Iterator[Lab]:
    with Lab(**devices) as lab:
        for name, value in lab.environment.items():
            monkeypatch.setenv(name, value)
        yield lab


def of_camera(reading: CameraReading) -> list[str]:
    return [finding.id for finding in CameraCheck().judge(reading, CameraRequirement(), date(2026, 11, 24))]


def of_microphone(reading: MicrophoneReading) -> list[str]:
    return [finding.id for finding in MicrophoneCheck().judge(reading, MicrophoneRequirement(), date(2026, 11, 24))]


def last_is(found: Callable[[Any], list[str]], finding: str) -> Callable[[Watching[Any]], bool]:
    return lambda watching: bool(watching.told) and found(watching.told[-1]) == [finding]


def probes_running() -> list[psutil.Process]:
    """The probe's process, wherever it came to be."""
    return [
        child
        for child in psutil.process_iter(["cmdline"])
        if (child.info["cmdline"] or [])[1:4] == ["-m", "readiness", "--probe"] and child.info["cmdline"][4] == "camera"
    ]


def test_a_live_picture_is_smooth(monkeypatch: pytest.MonkeyPatch) -> None:
    with lab_of(monkeypatch, camera="good") as lab:
        watching = Watching(lab, "camera", CameraReading, lambda watching: len(watching.pictures) >= 120)
        reading = watching.until_done()
        over_s = time.monotonic() - watching.enough_at
    assert of_camera(reading) == ["camera.ok"]
    assert watching.pictures_a_second >= 15
    assert {(picture.width_px, picture.height_px) for _, picture in watching.pictures} == {(640, 360)}
    assert over_s < _RELEASED_S + 1  # on a busy computer the process takes its time to end
    assert {of_camera(partial)[0] for partial in watching.told} == {"camera.not_checked", "camera.ok"}


def test_dark_is_told_while_it_is_dark_and_a_lamp_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with lab_of(monkeypatch, camera="dark") as lab:
        lit: list[float] = []

        def is_enough(watching: Watching[CameraReading]) -> bool:
            if not lit and last_is(of_camera, "camera.dark")(watching):
                lab.camera.film(SCENES["good"])
                lit.append(time.monotonic())
            return bool(lit) and last_is(of_camera, "camera.ok")(watching)

        watching = Watching(lab, "camera", CameraReading, is_enough)
        assert of_camera(watching.until_done()) == ["camera.ok"]
    assert watching.enough_at - lit[0] < 6


def test_a_camera_that_is_pulled_out_in_the_middle_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with lab_of(monkeypatch, camera="unplugged") as lab:
        watching = Watching(lab, "camera", CameraReading, lambda watching: False)
        reading = watching.until_done()
    assert reading.failure is Failure.UNPLUGGED
    assert watching.told[-1].failure is Failure.UNPLUGGED
    assert len(watching.pictures) > 5


@pytest.mark.parametrize("leaves", [False, True], ids=["done", "gone"])
def test_the_camera_is_free_again_in_a_moment(monkeypatch: pytest.MonkeyPatch, leaves: bool) -> None:
    with lab_of(monkeypatch, camera="good") as lab:
        watching = Watching(lab, "camera", CameraReading, lambda watching: len(watching.pictures) >= 20)
        reading = watching.until_gone() if leaves else watching.until_done()
        over_s = time.monotonic() - watching.enough_at
        _, left = psutil.wait_procs(probes_running(), timeout=_RELEASED_S)
    assert reading.failure is (Failure.CANCELLED if leaves else None)
    assert left == []
    assert over_s < _RELEASED_S + 1


def test_a_voice_moves_the_meter_and_stays_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    with lab_of(monkeypatch, microphone="speech") as lab:
        watching = Watching(lab, "microphone", MicrophoneReading, lambda watching: len(watching.told) >= 70)
        reading = watching.until_done()
    assert of_microphone(reading) == ["microphone.ok"]
    levels = [partial.level_dbfs for partial in watching.told if partial.level_dbfs is not None]
    assert max(levels) - min(levels) > 20
    assert max(levels) == pytest.approx(-22, abs=8)
    assert (reading.duration_s or 0) <= 6.5


def test_a_microphone_that_is_pulled_out_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with lab_of(monkeypatch, microphone="unplugged") as lab:
        watching = Watching(lab, "microphone", MicrophoneReading, lambda watching: False)
        assert watching.until_done().failure is Failure.UNPLUGGED
    assert watching.told


def test_devices_that_are_pulled_out_leave_the_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    with lab_of(monkeypatch, camera="good", microphone="speech", speaker="heard") as lab:
        pulled: list[bool] = []

        def is_enough(watching: Watching[DevicesReading]) -> bool:
            last = watching.told[-1] if watching.told else DevicesReading()
            if not pulled and last.microphones and last.cameras and last.speakers:
                lab.sound.unplug_microphone()
                lab.camera.unplug()
                pulled.append(True)
            return bool(pulled) and last.microphones == last.cameras == ()

        reading = Watching(lab, "devices", DevicesReading, is_enough).until_done()
    assert reading == DevicesReading(cameras=(), microphones=(), speakers=("Lab speaker",))
