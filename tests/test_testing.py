"""The invented machine behaves as the real one does when a person watches."""

from __future__ import annotations

import threading

from readiness.live import Live, Picture
from readiness.machine import NO_CHOICE
from readiness.model import Failure
from readiness.profile import Join, JoinWay, Localized, Profile
from readiness.readings import CameraReading, ComputerReading, DevicesReading, MicrophoneReading
from readiness.testing import FakeMachine

_WORDS = Localized(en="a", es="b")
_WAY = JoinWay(title=_WORDS, steps=(_WORDS,))
PROFILE = Profile(
    id="toy", edition="1", name=_WORDS, join=Join(early_min=5, when=_WORDS, computer=_WAY, phone=_WAY), requirements={}
)

DARK = CameraReading(mean_luma=5.0)
LIGHT = CameraReading(mean_luma=120.0)
ONE, OTHER = Picture(1, 1, b"one"), Picture(1, 1, b"two")


def watched(seen: list[Picture], enough: int) -> Live:
    return Live(show=seen.append, done=lambda: len(seen) >= enough)


def test_readings_of_one_kind_come_one_after_another_and_the_last_stays() -> None:
    machine = FakeMachine(DARK, ComputerReading(), LIGHT)
    read = [machine.read(CameraReading, PROFILE, NO_CHOICE) for _ in range(3)]
    assert read == [DARK, LIGHT, LIGHT]
    assert machine.read(ComputerReading, PROFILE, NO_CHOICE) == ComputerReading()


def test_a_watched_camera_shows_its_pictures_round_and_round_and_tells_what_it_sees() -> None:
    seen: list[Picture] = []
    told: list[CameraReading] = []
    machine = FakeMachine(DARK, pictures=[ONE, OTHER])
    assert machine.read(CameraReading, PROFILE, NO_CHOICE, tell=told.append, live=watched(seen, 5)) == DARK
    assert seen == [ONE, OTHER, ONE, OTHER, ONE]
    assert told == [DARK]


def test_what_is_told_on_the_way_may_be_given() -> None:
    told: list[CameraReading] = []
    machine = FakeMachine(LIGHT, MicrophoneReading(), partial=[DARK, MicrophoneReading()], pictures=[ONE])
    machine.read(CameraReading, PROFILE, NO_CHOICE, tell=told.append, live=watched([], 0))
    machine.read(CameraReading, PROFILE, NO_CHOICE, tell=told.append)
    assert told == [DARK, DARK]


def test_other_kinds_go_on_without_pictures_and_some_do_not_go_on_at_all() -> None:
    seen: list[Picture] = []
    looks: list[None] = []

    def done() -> bool:
        looks.append(None)
        return len(looks) > 2

    live = Live(show=seen.append, done=done)
    machine = FakeMachine(MicrophoneReading(), ComputerReading(), DevicesReading(), pictures=[ONE])
    assert machine.read(MicrophoneReading, PROFILE, NO_CHOICE, live=live) == MicrophoneReading()
    assert len(looks) == 3
    assert machine.read(ComputerReading, PROFILE, NO_CHOICE, live=live) == ComputerReading()
    assert len(looks) == 3
    machine.read(DevicesReading, PROFILE, NO_CHOICE, live=live)
    assert len(looks) == 4
    assert seen == []


def test_a_failure_ends_by_itself_and_a_person_who_leaves_ends_everything() -> None:
    for_ever = Live(show=lambda picture: None, done=lambda: False)
    gone = threading.Event()
    gone.set()
    assert FakeMachine().read(CameraReading, PROFILE, NO_CHOICE, live=for_ever).failure is Failure.NONE_FOUND
    machine = FakeMachine(LIGHT, pictures=[ONE])
    reading = machine.read(CameraReading, PROFILE, NO_CHOICE, live=for_ever, cancelled=gone.is_set)
    assert reading.failure is Failure.CANCELLED


def test_a_picture_does_not_print_itself() -> None:
    assert repr(Picture(2, 1, b"secret")) == "Picture(2x1)"
