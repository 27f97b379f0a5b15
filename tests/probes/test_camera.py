"""The camera probe: its course with cameras that follow a script, and its readings of the lab's real ones."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle, repeat
from typing import Any, Final

import cv2
import msgspec
import pytest

from readiness.checks.camera import CameraCheck, CameraRequirement
from readiness.live import Live
from readiness.live import Picture as ShownPicture
from readiness.model import Failure
from readiness.probes import camera, camera_look
from readiness.probes.camera import Task, list_cameras, read
from readiness.probes.camera_list import FoundCamera
from readiness.probes.picture import Picture
from readiness.profile import Limit
from readiness.readings import CameraReading, FacePlace
from tests.lab import Lab
from tests.probes import scenes

DEMANDS: Final = CameraRequirement(
    width_px=Limit(source="test", warn_below=640),
    height_px=Limit(source="test", warn_below=480),
    fps=Limit(source="test", fail_below=5, warn_below=15),
)


def found(reading: CameraReading) -> list[str]:
    findings = CameraCheck().judge(reading, DEMANDS, date(2025, 11, 21))
    return [finding.id.removeprefix("camera.") for finding in findings]


# Cameras that follow a script

REFUSES: Final = None
"""In a script: the camera answers, but without a picture."""


class ScriptedCapture:
    """In place of OpenCV's capture: gives what its script says, at its rate, then hangs."""

    def __init__(self, script: Iterator[Picture | None], rate_hz: float, over: threading.Event) -> None:
        self._script = script
        self._pause_s = 1 / rate_hz
        self._over = over
        self.released = False

    def read(self) -> tuple[bool, Picture | None]:
        self._over.wait(self._pause_s)
        try:
            picture = next(self._script)
        except StopIteration:
            self._over.wait()  # hangs
            return False, None
        return picture is not None, picture

    def release(self) -> None:
        self.released = True


class ScriptedSystem:
    """In place of an operating system: says what the test told it."""

    def __init__(self, over: threading.Event) -> None:
        self.cameras = [FoundCamera("Test camera", ((200, 0),), "/dev/video0")]
        self.present = True
        self.denies: Failure | None = None
        self.users: tuple[str, ...] = ()
        self.captures: dict[int, ScriptedCapture] = {}
        self._over = over

    def plays(self, script: Iterator[Picture | None], rate_hz: float = 50, backend: int = 200) -> None:
        self.captures[backend] = ScriptedCapture(script, rate_hz, self._over)

    def find_cameras(self) -> list[FoundCamera]:
        return self.cameras

    def is_present(self, _: FoundCamera, /) -> bool:
        return self.present

    def trouble(self, _: FoundCamera, /) -> Failure | None:
        return self.denies

    def held_by(self, _: FoundCamera, /) -> tuple[str, ...]:
        return self.users


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedSystem]:
    """A system with one camera, in a world where a second takes 200 ms."""
    over = threading.Event()
    scripted = ScriptedSystem(over)
    monkeypatch.setattr(camera, "this_system", lambda: scripted)
    monkeypatch.setattr(camera_look, "_open", lambda backend, index: scripted.captures.get(backend))
    times = ["SETTLE_S", "MEASURE_S", "MEASURE_SLOW_S", "HANGS_S", "REFUSES_S", "REFUSES_AT_START_S", "QUIET_S"]
    for name in [*times, "ASK_AGAIN_S", "TELL_S", "TELL_LIVE_S"]:
        monkeypatch.setattr(camera_look, name, getattr(camera_look, name) / 5)
    monkeypatch.setattr(camera, "LAST_S", camera.LAST_S / 5)
    monkeypatch.setenv("OPENCV_LOG_LEVEL", "OFF")
    monkeypatch.setenv("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    yield scripted
    over.set()


def film(picture: Picture, length: int | None = None) -> Iterator[Picture]:
    """A live camera on a scene that does not move, for ever or for so many pictures."""
    loop = [scenes.noisy(picture, 3, seed) for seed in range(6)]
    return cycle(loop) if length is None else iter([loop[index % 6] for index in range(length)])


SMALL: Final = (320, 240)


def person() -> Picture:
    return scenes.room(0.5, *SMALL)


def test_a_good_camera(system: ScriptedSystem) -> None:
    system.plays(film(person()))
    told: list[CameraReading] = []
    reading = read(Task(), told.append)
    assert (reading.failure, reading.name, reading.available) == (None, "Test camera", ("Test camera",))
    assert (reading.width_px, reading.height_px, reading.virtual) == (320, 240, False)
    assert reading.fps == pytest.approx(48, rel=0.2)
    assert reading.frames is not None
    assert reading.frames >= camera_look.ENOUGH_PICTURES
    assert reading.mean_luma == pytest.approx(120, abs=2)
    assert reading.face is FacePlace.CENTRE
    assert reading.first_frame_ms is not None
    assert reading.first_frame_ms > 19
    assert system.captures[200].released
    # On the way: the name at once, then figures as they come; nothing that is not known yet looks like a figure.
    assert told[0] == CameraReading(name="Test camera", available=("Test camera",), virtual=False)
    assert len(told) > 3
    assert [partial.frames or 0 for partial in told] == sorted(partial.frames or 0 for partial in told)


def test_the_first_second_does_not_count(system: ScriptedSystem) -> None:
    def brightens() -> Iterator[Picture]:
        yield from film(scenes.even(0, 0, *SMALL), 3)
        yield from film(person())

    system.plays(brightens())
    reading = read(Task(), lambda _: None)
    assert reading.mean_luma == pytest.approx(120, abs=2)
    assert reading.dark_pct == 0


@pytest.mark.parametrize("wanted", [None, "anything", "0"])
def test_no_camera_at_all(system: ScriptedSystem, wanted: str | None) -> None:
    system.cameras = []
    assert read(Task(wanted), lambda _: None) == CameraReading(failure=Failure.NONE_FOUND, name=wanted)


def test_a_camera_that_is_not_there_by_that_name(system: ScriptedSystem) -> None:
    reading = read(Task("Logitech"), lambda _: None)
    assert reading == CameraReading(failure=Failure.NONE_FOUND, name="Logitech", available=("Test camera",))


def test_the_camera_that_was_asked_for(system: ScriptedSystem) -> None:
    system.cameras.append(FoundCamera("OBS Virtual Camera", ((1400, 1),)))
    system.plays(film(person()), backend=1400)
    reading = read(Task("obs"), lambda _: None)
    assert (reading.name, reading.virtual, reading.failure) == ("OBS Virtual Camera", True, None)
    assert reading.available == ("Test camera", "OBS Virtual Camera") == list_cameras()


@pytest.mark.parametrize("opens", [False, True])
@pytest.mark.parametrize(
    ("denies", "users", "present", "expected"),
    [
        (None, (), True, Failure.NOT_ANSWERING),
        (None, ("zoom",), True, Failure.BUSY),
        (Failure.BUSY, (), True, Failure.BUSY),
        (Failure.BLOCKED, (), True, Failure.BLOCKED),
        (Failure.BLOCKED, ("zoom",), True, Failure.BLOCKED),
        (None, (), False, Failure.UNPLUGGED),
    ],
)
def test_why_no_picture_came(
    system: ScriptedSystem,
    opens: bool,
    denies: Failure | None,
    users: tuple[str, ...],
    present: bool,
    expected: Failure,
) -> None:
    """An open camera proves nothing: on Windows one that is in use opens, and then gives no picture."""
    if opens:
        system.plays(repeat(REFUSES))
    system.denies, system.users, system.present = denies, users, present
    reading = read(Task(), lambda _: None)
    assert (reading.failure, reading.held_by, reading.frames) == (expected, users, 0)


def test_a_camera_that_is_silent_from_the_start(system: ScriptedSystem) -> None:
    system.plays(iter([]))
    reading = read(Task(), lambda _: None)
    assert (reading.failure, reading.frames, reading.first_frame_ms) == (Failure.NOT_ANSWERING, 0, None)
    assert not system.captures[200].released  # it hangs in there: touching it would hang us


def test_the_second_way_in(system: ScriptedSystem) -> None:
    system.cameras = [FoundCamera("Test camera", ((1400, 0), (700, 2)))]
    system.plays(repeat(REFUSES), backend=1400)
    system.plays(film(person()), backend=700)
    assert found(read(Task(), lambda _: None)) == ["small"]


def test_refusals_at_the_start_are_forgiven(system: ScriptedSystem) -> None:
    def starts_late() -> Iterator[Picture | None]:
        yield REFUSES
        yield from film(person())

    system.plays(starts_late())
    assert found(read(Task(), lambda _: None)) == ["small"]


@pytest.mark.parametrize("count", [1, 15])
def test_refusing_after_pictures_is_unplugged(system: ScriptedSystem, count: int) -> None:
    def breaks_off() -> Iterator[Picture | None]:
        yield from film(person(), count)
        yield from repeat(REFUSES)

    system.plays(breaks_off())
    assert read(Task(), lambda _: None).failure is Failure.UNPLUGGED


@pytest.mark.parametrize("count", [1, 15])
def test_gone_and_hanging_are_told_apart(system: ScriptedSystem, count: int) -> None:
    """In both no more pictures come and no call comes back; only one of the cameras is still there."""
    system.plays(film(person(), count))
    reading = read(Task(), lambda _: None)
    assert (reading.failure, reading.width_px) == (Failure.NOT_ANSWERING, 320)
    system.plays(film(person(), count))
    system.present = False
    reading = read(Task(), lambda _: None)
    assert (reading.failure, reading.width_px) == (Failure.UNPLUGGED, 320)


def test_pictures_that_begin_too_late_are_not_judged(system: ScriptedSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_look, "SETTLE_S", 10.0)
    system.plays(film(person()))
    reading = read(Task(), lambda _: None)
    assert (reading.failure, reading.frames, reading.fps) == (None, None, None)
    assert found(reading) == ["not_checked", "small"]


def test_a_slow_camera_is_looked_at_for_longer(system: ScriptedSystem) -> None:
    system.plays(film(person()), rate_hz=11)
    reading = read(Task(), lambda _: None)
    assert reading.frames is not None
    assert camera_look.FEWEST_INTERVALS <= reading.frames < camera_look.ENOUGH_PICTURES
    assert reading.fps == pytest.approx(10.8, rel=0.2)


def test_a_rate_by_chance_is_not_told(system: ScriptedSystem) -> None:
    system.plays(film(person()))
    told: list[CameraReading] = []
    read(Task(), told.append)
    assert all(partial.fps is None for partial in told if (partial.frames or 0) <= camera_look.FEWEST_INTERVALS)
    assert any(partial.fps for partial in told)


def test_the_later_size_counts(system: ScriptedSystem) -> None:
    def grows() -> Iterator[Picture]:
        yield from film(scenes.even(0, 0, *SMALL), 8)
        yield from film(scenes.room(0.5, 640, 480))

    system.plays(grows())
    reading = read(Task(), lambda _: None)
    assert (reading.width_px, reading.height_px, reading.dark_pct) == (640, 480, 0)


def test_pictures_too_many_to_look_at_still_count_for_the_rate(system: ScriptedSystem) -> None:
    system.plays(film(scenes.room(0.5, 1280, 720)), rate_hz=2000)
    reading = read(Task(), lambda _: None)
    assert reading.frames is not None
    assert reading.fps is not None
    assert reading.fps * camera_look.MEASURE_S > reading.frames * 1.5


def test_nothing_but_figures_comes_back(system: ScriptedSystem) -> None:
    system.plays(film(person()))
    told: list[CameraReading] = []
    for reading in (read(Task(), told.append), *told):
        assert len(msgspec.json.encode(reading)) < 1000


def test_a_system_we_do_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "freebsd14")
    assert read(Task(), lambda _: None) == CameraReading(failure=Failure.UNSUPPORTED)
    assert list_cameras() is None


@pytest.mark.parametrize(("platform", "module"), [("win32", "windows"), ("darwin", "macos"), ("linux", "linux")])
def test_every_system_answers_the_same_questions(monkeypatch: pytest.MonkeyPatch, platform: str, module: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    answers: Any = camera.this_system()
    assert answers.__name__ == f"readiness.probes.camera_{module}"
    for question in ("find_cameras", "is_present", "trouble", "held_by"):
        assert callable(getattr(answers, question))


class WishfulCapture:
    """In place of OpenCV's capture: notes what it is asked for."""

    def __init__(self, opens: bool, wishes: list[tuple[int, float]]) -> None:
        self.isOpened: Callable[[], bool] = lambda: opens
        self._wishes = wishes

    def set(self, wish: int, value: float) -> bool:
        self._wishes.append((wish, value))
        return False


@pytest.mark.parametrize(("backend", "jpeg"), [(200, True), (700, True), (1400, False), (1200, False)])
def test_what_a_camera_is_asked_for(monkeypatch: pytest.MonkeyPatch, backend: int, jpeg: bool) -> None:
    wishes: list[tuple[int, float]] = []
    asked: list[tuple[int, int]] = []

    def capture(index: int, backend: int) -> WishfulCapture:
        asked.append((index, backend))
        return WishfulCapture(True, wishes)

    monkeypatch.setattr(cv2, "VideoCapture", capture)
    assert camera_look._open(backend, 3) is not None
    assert asked == [(3, backend)]
    size = [(cv2.CAP_PROP_FRAME_WIDTH, 1280), (cv2.CAP_PROP_FRAME_HEIGHT, 720), (cv2.CAP_PROP_FPS, 30)]
    first = [(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))] if jpeg else []
    assert wishes == first + size


def test_a_camera_that_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    wishes: list[tuple[int, float]] = []
    monkeypatch.setattr(cv2, "VideoCapture", lambda index, backend: WishfulCapture(False, wishes))
    assert camera_look._open(200, 0) is None
    assert wishes == []


# While a person watches


class Watcher:
    """A person who looks until what was told last, or what was shown, is enough."""

    def __init__(self, is_enough: Callable[[Watcher], bool]) -> None:
        self.told: list[CameraReading] = []
        self.shown: list[ShownPicture] = []
        self.live = Live(self.shown.append, lambda: is_enough(self))

    def watch(self) -> CameraReading:
        return read(Task(live=True), self.told.append, self.live)

    @property
    def sees(self) -> list[str]:
        """What the coach says now."""
        return found(self.told[-1]) if self.told else []


def for_ever(watcher: Watcher) -> bool:
    return False


class Lamp:
    """A scene that is dark until somebody turns on the light."""

    def __init__(self) -> None:
        self.is_on = False

    def film(self) -> Iterator[Picture]:
        dark, light = film(scenes.even(5, 0, *SMALL)), film(person())
        while True:
            yield next(light if self.is_on else dark)


def test_a_watched_camera_is_looked_at_until_the_person_is_done(system: ScriptedSystem) -> None:
    system.plays(film(person()))
    watcher = Watcher(lambda watcher: len(watcher.told) >= 40)
    reading = watcher.watch()
    assert (reading.failure, reading.face) == (None, FacePlace.CENTRE)
    assert reading.frames is not None
    assert camera_look.FEWEST_INTERVALS < reading.frames < 50 * (camera_look.MEASURE_SLOW_S + 1)
    assert len(watcher.shown) > 20
    assert system.captures[200].released


def test_a_lamp_that_is_turned_on_is_seen_and_so_is_one_that_is_turned_off(system: ScriptedSystem) -> None:
    lamp = Lamp()
    system.plays(lamp.film())
    told: list[str] = []

    def is_enough(watcher: Watcher) -> bool:
        for name in ("covered", "small"):
            if watcher.sees[:1] == [name] and told[-1:] != [name]:
                told.append(name)
                lamp.is_on = not lamp.is_on
        return len(told) >= 4

    reading = Watcher(is_enough).watch()
    assert told == ["covered", "small", "covered", "small"]
    assert found(reading) == ["small"]


def test_pictures_are_shown_from_the_first_on_and_no_more_than_thirty_a_second(
    system: ScriptedSystem,
) -> None:
    """A hundred a second come."""
    blue = scenes.even(0, 0, 1280, 720)
    blue[:, :, 0] = 255
    system.plays(film(blue), rate_hz=100)
    watcher = Watcher(lambda watcher: len(watcher.shown) >= 10)
    begun = time.monotonic()
    watcher.watch()
    assert time.monotonic() - begun > 9 * camera_look.SHOW_S
    assert {(picture.width_px, picture.height_px) for picture in watcher.shown} == {(640, 360)}
    red, green, blue_of_first = watcher.shown[0].rgb[:3]
    assert blue_of_first > 225
    assert max(red, green) < 30
    assert len(watcher.shown[0].rgb) == 640 * 360 * 3


@pytest.mark.parametrize(
    ("size", "shown"),
    [((320, 240), (320, 240)), ((640, 480), (640, 480)), ((1600, 1200), (640, 480)), ((480, 960), (240, 480))],
)
def test_pictures_keep_their_shape(size: tuple[int, int], shown: tuple[int, int]) -> None:
    picture = camera_look._to_show(scenes.even(90, 0, *size))
    assert (picture.width_px, picture.height_px) == shown
    assert len(picture.rgb) == shown[0] * shown[1] * 3


@pytest.mark.parametrize("present", [True, False])
def test_a_watched_camera_that_gives_no_more_pictures_ends_by_itself(system: ScriptedSystem, present: bool) -> None:
    system.plays(film(person(), 40))
    system.present = present
    watcher = Watcher(for_ever)
    reading = watcher.watch()
    assert reading.failure is (Failure.NOT_ANSWERING if present else Failure.UNPLUGGED)
    assert watcher.told[-1] == reading, "told at once, before the camera is let go"
    assert len(watcher.shown) > 10
    if present:
        assert watcher.told[-2].frames == 0, "pictures of long ago say nothing of now"
        assert found(watcher.told[-2]) == ["not_answering"]


def test_a_watched_camera_that_refuses_is_gone(system: ScriptedSystem) -> None:
    def breaks_off() -> Iterator[Picture | None]:
        yield from film(person(), 40)
        yield from repeat(REFUSES)

    system.plays(breaks_off())
    assert Watcher(for_ever).watch().failure is Failure.UNPLUGGED


def test_a_watched_camera_that_never_starts_is_not_waited_for_without_end(system: ScriptedSystem) -> None:
    system.plays(iter([]))
    watcher = Watcher(for_ever)
    assert watcher.watch().failure is Failure.NOT_ANSWERING
    assert watcher.shown == []


@pytest.mark.parametrize(("last_look_s", "expected"), [(20.0, ["small"]), (0.0, ["not_checked", "small"])])
def test_who_is_done_soon_after_the_first_picture_is_kept_for_a_moment(
    system: ScriptedSystem, monkeypatch: pytest.MonkeyPatch, last_look_s: float, expected: list[str]
) -> None:
    monkeypatch.setattr(camera_look, "LAST_LOOK_S", last_look_s)
    system.plays(film(person()))
    watcher = Watcher(lambda watcher: len(watcher.shown) >= 1)
    assert found(watcher.watch()) == expected


def test_who_is_done_before_the_first_picture_has_seen_nothing(system: ScriptedSystem) -> None:
    system.plays(iter([]))
    watcher = Watcher(lambda watcher: len(watcher.told) >= 3)
    reading = watcher.watch()
    assert (reading.failure, reading.frames, watcher.shown) == (None, None, [])
    assert found(reading) == ["not_checked"]


# The lab's cameras, through the interface of real ones. What is found of each of its scenes: `tests.test_end_to_end`


def probed(lab: Lab, timeout_s: float = 30, **task: object) -> tuple[CameraReading, list[CameraReading]]:
    """What the probe says in its child process: its reading, and those on the way."""
    done = subprocess.run(
        [*lab.prefix, sys.executable, "-m", "readiness", "--probe", "camera"],
        env=dict(lab.environment),
        input=json.dumps(task).encode(),
        capture_output=True,
        timeout=timeout_s,
        check=False,
    )
    *partial, final = said(done.stdout)
    assert list(final) == ["final"], done.stderr
    assert done.stderr == b""
    return msgspec.convert(final["final"], CameraReading), [
        msgspec.convert(p["partial"], CameraReading) for p in partial
    ]


def said(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_camera_in_use_names_the_program() -> None:
    with Lab(camera="busy") as lab:
        reading, _ = probed(lab)
    assert (found(reading), reading.held_by) == (["busy"], ("zoom",))


def test_a_camera_that_may_not_be_opened() -> None:
    with Lab(camera="blocked") as lab:
        reading, _ = probed(lab)
    assert (found(reading), reading.name) == (["blocked"], "Lab camera")


def test_a_real_stream_is_measured() -> None:
    with Lab(camera="good") as lab:
        reading, partial = probed(lab, camera="lab")
    assert (reading.name, reading.width_px, reading.height_px) == ("Lab camera", 1280, 720)
    assert reading.fps == pytest.approx(30, abs=1)
    assert reading.first_frame_ms is not None
    assert 0 < reading.first_frame_ms < 1500
    assert reading.identical_pct == 0
    assert reading.face is FacePlace.CENTRE
    assert 12 <= len(partial) <= 40
    findings = [found(p) for p in partial]
    assert set(map(tuple, findings)) == {("not_checked",), ("ok",)}
    assert findings == sorted(findings)  # first not known, then good, never back


def test_a_slow_stream_is_measured_at_its_rate() -> None:
    with Lab(camera="slow") as lab:
        reading, _ = probed(lab)
    assert reading.fps == pytest.approx(8, abs=0.7)


def test_a_camera_that_hangs_later_is_still_there() -> None:
    with (
        Lab(camera="good") as lab,
        subprocess.Popen(
            [*lab.prefix, sys.executable, "-m", "readiness", "--probe", "camera"],
            env=dict(lab.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as probe,
    ):
        assert probe.stdin
        assert probe.stdout
        probe.stdin.write(b"{}")
        probe.stdin.close()
        line: dict[str, Any] = {}
        while not line.get("partial", {}).get("frames"):
            line = json.loads(probe.stdout.readline())
        lab.camera.hang()
        *_, final = said(probe.stdout.read())
    reading = msgspec.convert(final["final"], CameraReading)
    assert found(reading) == ["not_answering"]
    assert reading.frames


def test_a_camera_that_hangs_from_the_start_is_named_before() -> None:
    """The parent ends such a probe: what it knows then is what was told."""
    with Lab(camera="hung") as lab, pytest.raises(subprocess.TimeoutExpired) as expired:
        probed(lab, timeout_s=4)
    assert expired.value.stdout
    assert said(expired.value.stdout)[0]["partial"]["name"] == "Lab camera"


def test_no_camera_in_the_lab() -> None:
    with Lab() as lab:
        reading, partial = probed(lab)
    assert (found(reading), reading.available, partial) == (["none"], (), [])


def test_the_labs_camera_by_a_wrong_name() -> None:
    with Lab(camera="good") as lab:
        reading, _ = probed(lab, camera="Logitech")
    assert reading == CameraReading(failure=Failure.NONE_FOUND, name="Logitech", available=("Lab camera",))
