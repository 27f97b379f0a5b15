"""Movement before the camera and a voice in the microphone are noticed; noise and a still room are not."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from readiness.live import Picture
from readiness.readings import MicrophoneReading
from readiness.testing import FakeMachine
from ui.demo import pictures
from ui.kiosk.movement import has_moved
from ui.kiosk.presence import Presence
from ui.visit import Visit

HEARD = MicrophoneReading(level_dbfs=-20.0, floor_dbfs=-58.0)


def grey(level: int, size: tuple[int, int] = (320, 240)) -> Picture:
    width, height = size
    return Picture(width_px=width, height_px=height, rgb=bytes([level]) * (width * height * 3))


def test_a_waving_person_moves() -> None:
    drawn = pictures()
    assert has_moved(drawn[0], drawn[4])


def test_a_still_picture_and_a_noisy_one_do_not_move() -> None:
    assert not has_moved(grey(90), grey(90))
    luck = random.Random(1)
    noisy = [
        Picture(width_px=160, height_px=120, rgb=bytes(round(luck.gauss(90, 8)) for _ in range(160 * 120 * 3)))
        for _ in range(2)
    ]
    assert not has_moved(*noisy)


def test_pictures_of_two_sizes_are_not_compared() -> None:
    assert not has_moved(grey(0, size=(32, 24)), grey(255, size=(64, 48)))
    nothing = Picture(width_px=0, height_px=0, rgb=b"")
    assert not has_moved(nothing, nothing)


@pytest.fixture
def visit(visit_on: Callable[..., Visit]) -> Visit:
    return visit_on(FakeMachine())


def test_movement_is_noticed(visit: Visit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = iter([10.0, 10.1, 10.7, 11.4])
    monkeypatch.setattr("ui.kiosk.presence.time.monotonic", lambda: next(now_s))
    watching = Presence(visit)
    noticed: list[bool] = []
    watching.noticed.connect(lambda: noticed.append(True))
    for level in (10, 90, 10, 90):  # the second comes too soon, the third is as the first
        visit.pictured.emit(grey(level, size=(32, 24)))
    assert noticed == [True]


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (HEARD, 1),
        (msgspec.structs.replace(HEARD, level_dbfs=-50.0), 0),
        (msgspec.structs.replace(HEARD, level_dbfs=None), 0),
        (msgspec.structs.replace(HEARD, floor_dbfs=None), 0),
    ],
)
def test_a_voice_is_noticed(visit: Visit, reading: MicrophoneReading, expected: int) -> None:
    watching = Presence(visit)
    noticed: list[bool] = []
    watching.noticed.connect(lambda: noticed.append(True))
    visit.known.hear("microphone", reading)
    visit.progressed.emit("microphone")
    visit.progressed.emit("camera")
    assert len(noticed) == expected
