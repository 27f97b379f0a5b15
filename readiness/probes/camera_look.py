"""A look through a camera: its pictures as they come, how fast they come, and whether it goes away or hangs."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from readiness.live import MOST_HEIGHT_PX, MOST_WIDTH_PX, Live
from readiness.live import Picture as ShownPicture
from readiness.model import Failure
from readiness.probes.camera_list import FoundCamera
from readiness.readings import CameraReading

if TYPE_CHECKING:
    from readiness.probes.picture import Analysis, Picture

#: Pictures of the first second do not count: the camera is still finding its exposure.
SETTLE_S: Final = 1.0

#: Then this much is looked at, which a good camera fills with about 50 pictures ...
MEASURE_S: Final = 1.7

#: ... and more from one that is slow, until there are this many pictures or this much time has gone by.
ENOUGH_PICTURES: Final = 10
MEASURE_SLOW_S: Final = 3.2

#: How long after its last picture a camera is asked whether it is still there, and how often again.
QUIET_S: Final = 0.5
ASK_AGAIN_S: Final = 0.4

#: A camera that still is there but gives no more pictures for so long hangs.
HANGS_S: Final = 4.0

#: Refusals to give a picture (not the same as silence) in a row for so long mean that it is gone or was never free.
#: Media Foundation refuses for a moment while it starts, so the time before the first picture is longer.
REFUSES_S: Final = 0.8
REFUSES_AT_START_S: Final = 2.5

#: A rate from fewer intervals than this, in less time than a whole measurement, is chance.
FEWEST_INTERVALS: Final = 5

#: How many pictures may wait to be looked at.
MOST_WAITING: Final = 4

#: How long the fetching of a last picture is waited for, so that the camera can be let go in good order.
LETS_GO_S: Final = 0.3

#: Between two partial readings: about seven a second.
TELL_S: Final = 0.15

#: While a person watches, pictures tell that we are there; facts follow more calmly.
TELL_LIVE_S: Final = 0.3

#: A person who is done very soon is let go, but so much longer is looked if that gives the facts that are still missing.
LAST_LOOK_S: Final = 0.6

#: Between two pictures that are shown, at least: thirty a second, give or take a camera's trembling.
SHOW_S: Final = 1 / 36

#: What browsers ask for in a video visit.
ASKED_WIDTH_PX: Final = 1280
ASKED_HEIGHT_PX: Final = 720
ASKED_FPS: Final = 30


class System(Protocol):
    """What we ask an operating system about cameras: ``camera_linux``, ``camera_macos`` or ``camera_windows``."""

    def find_cameras(self) -> list[FoundCamera]: ...

    def is_present(self, camera: FoundCamera, /) -> bool: ...

    def trouble(self, camera: FoundCamera, /) -> Failure | None: ...

    def held_by(self, camera: FoundCamera, /) -> tuple[str, ...]: ...


class Look:
    """One look through one of OpenCV's back ends."""

    def __init__(
        self,
        system: System,
        camera: FoundCamera,
        known: CameraReading,
        tell: Callable[[CameraReading], None],
        last_at: float,
        live: Live | None = None,
    ) -> None:
        self._system = system
        self._camera = camera
        self._known = known
        self._tell = tell
        self._last_at = last_at
        self._live = live
        self._first_at: float | None = None
        self._analysis: Analysis | None = None
        """Of the pictures that count: after the first second, and all of one size."""
        self._arrivals: deque[float] = deque()
        """When they came, those included that came too fast to be looked at."""
        self._looked_at: deque[float] = deque()
        """When those in the analysis came."""
        self._shown_at = 0.0
        self._done_at: float | None = None
        """When the person was done."""
        self._failure: Failure | None = None

    @property
    def saw_pictures(self) -> bool:
        return self._first_at is not None

    def through(self, backend: int, index: int) -> None:
        """Open the camera and look until there is enough, or no more to hope for."""
        _load_opencv()
        opened_at = time.monotonic()
        capture = _open(backend, index)
        if capture is None:
            return
        stream = _Stream(capture)
        try:
            self._watch(stream, opened_at)
            if self._live and self._failure:
                self._tell(self.reading())  # at once: letting a camera go that hangs takes a moment
        finally:
            stream.close()

    def reading(self) -> CameraReading:
        """Everything that is known now."""
        facts = self._analysis.facts() if self._analysis else {}
        return msgspec.structs.replace(self._known, **facts, fps=self._fps(), failure=self._failure)

    def _fps(self) -> float | None:
        intervals = len(self._arrivals) - 1
        if intervals < 1 or (intervals < FEWEST_INTERVALS and self._spent_s() < MEASURE_S):
            return None
        return intervals / self._spent_s()

    def _spent_s(self) -> float:
        return self._arrivals[-1] - self._arrivals[0] if self._arrivals else 0.0

    def _watch(self, stream: _Stream, opened_at: float) -> None:
        asked_at = told_at = opened_at
        while not self._is_done():
            if arrived := stream.next(TELL_S):
                self._take(*arrived, opened_at)
            now = time.monotonic()
            quiet_s = now - (stream.last_at or opened_at)
            if quiet_s > QUIET_S and now - asked_at > ASK_AGAIN_S:
                asked_at = now
                if not self._system.is_present(self._camera):
                    self._failure = Failure.UNPLUGGED
                    return
            if self._is_over(stream, now, quiet_s):
                return
            if now - told_at >= (TELL_LIVE_S if self._live and self.saw_pictures else TELL_S):
                told_at = now
                if self._live:
                    self._forget(now)
                self._tell(self.reading())

    def _take(self, at: float, picture: Picture | None, opened_at: float) -> None:
        """Count a picture that came ``at``, and look at it unless it came too fast (None)."""
        if self._analysis:
            self._arrivals.append(at)
        if picture is None:
            return
        self._show(at, picture)
        height_px, width_px = picture.shape[:2]
        if self._first_at is None:
            self._first_at = at
            self._known = msgspec.structs.replace(self._known, first_frame_ms=(at - opened_at) * 1000)
        if (self._known.width_px, self._known.height_px) != (width_px, height_px):
            # The first picture, or a camera that changes its size: what was measured before does not compare.
            self._known = msgspec.structs.replace(self._known, width_px=width_px, height_px=height_px)
            self._analysis = None
            self._arrivals.clear()
            self._looked_at.clear()
        if at - self._first_at >= SETTLE_S:
            if self._analysis is None:
                from readiness.probes.picture import Analysis

                self._analysis = Analysis()
                self._arrivals.append(at)
            self._analysis.add(picture)
            self._looked_at.append(at)

    def _show(self, at: float, picture: Picture) -> None:
        """Show it to a person who watches, small, unless it came too soon after the last."""
        if self._live and at - self._shown_at >= SHOW_S:
            self._shown_at = at
            self._live.show(_to_show(picture))

    def _forget(self, now: float) -> None:
        """Forget what is older than a measurement may be: the facts follow what changes before the camera."""
        while self._arrivals and now - self._arrivals[0] > self._window_s(now):
            self._arrivals.popleft()
        while self._analysis and self._looked_at and now - self._looked_at[0] > self._window_s(now):
            self._looked_at.popleft()
            self._analysis.forget_oldest()

    def _window_s(self, now: float) -> float:
        recent = sum(now - at <= MEASURE_S for at in self._looked_at)
        return MEASURE_S if recent >= ENOUGH_PICTURES else MEASURE_SLOW_S

    def _is_done(self) -> bool:
        if self._live:
            return self._live.done() and self._has_looked_enough(time.monotonic())
        pictures = self._analysis.pictures if self._analysis else 0
        return self._spent_s() >= (MEASURE_S if pictures >= ENOUGH_PICTURES else MEASURE_SLOW_S)

    def _has_looked_enough(self, now: float) -> bool:
        """Whether a person who is done gets good facts already, or cannot be kept any longer."""
        self._done_at = self._done_at or now
        return not self.saw_pictures or self._fps() is not None or now - self._done_at > LAST_LOOK_S

    def _is_over(self, stream: _Stream, now: float, quiet_s: float) -> bool:
        """Whether waiting for more is vain; notes why."""
        refused_s = now - (stream.refused_since or now)
        is_late = now > self._last_at
        if not self.saw_pictures:
            return refused_s > REFUSES_AT_START_S or is_late
        if self._live:
            is_late = False  # there is no hurry while a person watches
        if refused_s > REFUSES_S:
            self._failure = Failure.UNPLUGGED
        elif quiet_s > HANGS_S or (is_late and quiet_s > QUIET_S):
            self._failure = Failure.NOT_ANSWERING
        return self._failure is not None or is_late


class _Stream:
    """Fetches pictures in a thread of its own, since a camera that hangs never gives the call back."""

    def __init__(self, capture: Any) -> None:
        self._capture = capture
        self._arrived: queue.SimpleQueue[tuple[float, Picture | None]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self.last_at: float | None = None
        """When the last picture came."""
        self.refused_since: float | None = None
        """Since when every call was answered without a picture."""
        self._thread = threading.Thread(target=self._fetch, name="camera", daemon=True)
        self._thread.start()

    def next(self, wait_s: float) -> tuple[float, Picture | None] | None:
        """When the next picture came, and the picture; None when none comes in that time.

        There is None in place of a picture that could not wait: few are kept, or a slow computer's memory would fill up.
        """
        try:
            return self._arrived.get(timeout=wait_s)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Let the camera go, unless it hangs: then it goes with this process."""
        self._stop.set()
        self._thread.join(LETS_GO_S)
        if not self._thread.is_alive():
            self._capture.release()

    def _fetch(self) -> None:
        while not self._stop.is_set():
            came, picture = self._capture.read()
            now = time.monotonic()
            if not came or picture is None or not picture.size:
                self.refused_since = self.refused_since or now
                self._stop.wait(0.03)
                continue
            self.refused_since = None
            self.last_at = now
            self._arrived.put((now, picture if self._arrived.qsize() < MOST_WAITING else None))


def _load_opencv() -> None:
    """Load OpenCV before the camera is opened, so that the time to the first picture is the camera's."""
    import cv2

    from readiness.probes import picture  # noqa: F401

    cv2.setNumThreads(1)  # other checks run at the same time, on two cores perhaps


def _open(backend: int, index: int) -> Any | None:
    """OpenCV's capture, asked for what a visit asks for; None when the camera cannot be opened."""
    import cv2

    capture = cv2.VideoCapture(index, backend)
    if not capture.isOpened():
        return None
    wishes = [
        (cv2.CAP_PROP_FRAME_WIDTH, ASKED_WIDTH_PX),
        (cv2.CAP_PROP_FRAME_HEIGHT, ASKED_HEIGHT_PX),
        (cv2.CAP_PROP_FPS, ASKED_FPS),
    ]
    if backend in (cv2.CAP_V4L2, cv2.CAP_DSHOW):
        # Raw pictures of this size do not fit through USB 2 thirty times a second: browsers ask for JPEG, too.
        wishes.insert(0, (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")))
    for wish, value in wishes:
        capture.set(wish, value)  # a camera that cannot gives what it can: measured, not believed
    return capture


def _to_show(picture: Picture) -> ShownPicture:
    """The picture as a person sees it: no larger than it may be, its shape kept."""
    import cv2

    height_px, width_px = picture.shape[:2]
    part = min(1.0, MOST_WIDTH_PX / width_px, MOST_HEIGHT_PX / height_px)
    size = (max(1, round(width_px * part)), max(1, round(height_px * part)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if part < 1 else picture
    return ShownPicture(*size, cv2.cvtColor(small, cv2.COLOR_BGR2RGB).tobytes())
