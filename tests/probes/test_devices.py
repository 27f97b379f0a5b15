"""The lists of devices: told one by one, and again and again while a person watches."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from readiness.live import Live
from readiness.model import Failure
from readiness.probes import devices, sound
from readiness.probes.devices import Task, read
from readiness.readings import DevicesReading


class Listed:
    """What is plugged in now; a list that is an exception cannot be had."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now: dict[str, Any] = {"cameras": ("C270",), "microphones": ("Desk",), "speakers": ("Desk",)}
        for subject, module in (("cameras", "camera"), ("microphones", "microphone"), ("speakers", "speaker")):
            monkeypatch.setattr(
                f"readiness.probes.{module}.list_{subject}", lambda subject=subject: self._list(subject)
            )

    def _list(self, subject: str) -> tuple[str, ...]:
        names: tuple[str, ...] | Exception = self.now[subject]
        if isinstance(names, Exception):
            raise names
        return names


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Listed:
    monkeypatch.setattr(devices, "AGAIN_S", 0.01)
    monkeypatch.setattr(sound.Replugging, "look_again", lambda self: None)
    return Listed(monkeypatch)


EVERYTHING = DevicesReading(cameras=("C270",), microphones=("Desk",), speakers=("Desk",))


def test_lists_are_told_one_by_one(listed: Listed) -> None:
    told: list[DevicesReading] = []
    assert read(Task(), told.append) == EVERYTHING
    assert told == [
        DevicesReading(microphones=("Desk",)),
        DevicesReading(microphones=("Desk",), speakers=("Desk",)),
        EVERYTHING,
    ]


@pytest.mark.may_log("the list of speakers could not be had")
def test_a_list_that_cannot_be_had_costs_only_itself(listed: Listed) -> None:
    listed.now["speakers"] = OSError("no speakers today")
    reading = read(Task(), lambda partial: None)
    assert reading == DevicesReading(cameras=("C270",), microphones=("Desk",), failure=Failure.CRASHED)


@pytest.mark.may_log("the list of cameras could not be had")
def test_while_a_person_watches_what_is_plugged_in_and_out_is_told(listed: Listed) -> None:
    told: list[DevicesReading] = []
    plugs: list[dict[str, Any]] = [
        {"cameras": ("C270", "C920")},
        {"cameras": OSError("a driver that sulks")},
        {"cameras": (), "microphones": ("Headset", "Desk")},
    ]

    def tell(reading: DevicesReading) -> None:
        told.append(reading)
        if len(told) >= 3 and plugs:
            listed.now.update(plugs.pop(0))

    last = read(Task(live=True), tell, Live(show=lambda picture: None, done=lambda: len(told) >= 7))
    assert [reading.cameras for reading in told[2:]] == [("C270",), ("C270", "C920"), None, (), ()]
    assert [reading.failure for reading in told[2:]] == [None, None, Failure.CRASHED, None, None]
    assert last == told[-1] == DevicesReading(cameras=(), microphones=("Headset", "Desk"), speakers=("Desk",))


class RestartedPortAudio(SimpleNamespace):
    """In place of sounddevice: notes how it is ended and started."""

    class PortAudioError(Exception):
        pass

    def __init__(self, *, breaks: bool = False) -> None:
        super().__init__()
        self.steps: list[str] = []
        self._breaks = breaks

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if self._breaks:
            raise self.PortAudioError(name)

    def _terminate(self) -> None:
        self._step("end")

    def _initialize(self) -> None:
        self._step("start")


@pytest.mark.parametrize("breaks", [False, True])
@pytest.mark.parametrize(
    ("platform", "cards", "steps"),
    [
        ("linux", ["one", "one", "one"], []),
        ("linux", [None, None, None], []),
        ("linux", ["one", "one", "two"], ["end", "start"]),
        ("linux", ["one", "two", "two"], ["end", "start"]),
        ("win32", [None, None, None], ["end", "start"] * 2),
        ("darwin", [None, None, None], ["end", "start"] * 2),
    ],
)
def test_portaudio_looks_anew_where_it_must(
    monkeypatch: pytest.MonkeyPatch, platform: str, cards: list[str | None], steps: list[str], breaks: bool
) -> None:
    portaudio, answers = RestartedPortAudio(breaks=breaks), iter(cards)
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", portaudio)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("readiness.probes.sound_linux.cards", lambda: next(answers))
    replugging = sound.Replugging()
    for _ in range(2):
        replugging.look_again()
    assert portaudio.steps == steps


def test_without_portaudio_there_is_nothing_to_start_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fail(name: str) -> None:
        asked.append(name)
        raise OSError("PortAudio library not found")

    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("importlib.import_module", fail)
    sound.Replugging().look_again()
    assert asked == ["sounddevice"]
