"""Invented machines, so that every state of the window can be seen: for designers, translators and support training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter

from readiness.live import Picture
from readiness.model import Failure, OsFamily, Reading, Report
from readiness.readings import (
    BandwidthReading,
    BrowserReading,
    CallQualityReading,
    CameraReading,
    ComputerReading,
    ConnectionReading,
    Counted,
    DevicesReading,
    FacePlace,
    InstalledBrowser,
    Medium,
    MicrophoneReading,
    OperatingSystemReading,
    Reached,
    SpeakerReading,
    Stop,
    Transport,
)
from readiness.testing import FakeMachine
from readiness.text import N_

_SIZE: Final = (480, 270)

_CAMERA: Final = CameraReading(
    name="HD Webcam",
    available=("HD Webcam",),
    width_px=1280,
    height_px=720,
    fps=30.0,
    first_frame_ms=410.0,
    frames=50,
    mean_luma=118.0,
    luma_std=52.0,
    gradient=6.4,
    dark_pct=0.0,
    centre_luma=120.0,
    border_luma=110.0,
    identical_pct=0.0,
    still_pct=10.0,
    sharpness=70.0,
    face=FacePlace.CENTRE,
    virtual=False,
)
_MICROPHONE: Final = MicrophoneReading(
    name="Built-in microphone",
    available=("Built-in microphone",),
    duration_s=3.0,
    rms_dbfs=-28.0,
    peak_dbfs=-9.0,
    floor_dbfs=-58.0,
    level_dbfs=-20.0,
    speech_dbfs=-24.0,
    speech_heard=True,
    clipped_runs=0,
)
_NOBODY: Final = msgspec.structs.replace(
    _MICROPHONE, speech_heard=False, speech_dbfs=None, rms_dbfs=-57.0, peak_dbfs=-50.0, level_dbfs=-56.0
)
_SPEAKER: Final = SpeakerReading(
    name="Built-in speaker",
    available=("Built-in speaker",),
    volume_pct=60.0,
    muted=False,
    loop_correlation=0.62,
    loop_delay_ms=120.0,
    tones_played=3,
)
_CONNECTION: Final = ConnectionReading(reached=Reached.PROVIDER, medium=Medium.WIFI, signal_bars=3, answer_s=0.2)
_BANDWIDTH: Final = BandwidthReading(
    down_mbps=24.0,
    up_mbps=5.2,
    up_counted_by=Counted.SERVER,
    down_spread_pct=2.0,
    up_spread_pct=2.0,
    rtt_ms=24.0,
    jitter_ms=2.0,
    loaded_rtt_ms=60.0,
    bytes_down=3_200_000,
    bytes_up=900_000,
    server="speed.clinic.example",
    server_kind="librespeed",
    stopped_because=Stop.STEADY,
)
_CALL: Final = CallQualityReading(
    transport=Transport.UDP,
    rate_mbps=1.5,
    duration_s=9.6,
    packets_sent=1500,
    packets_counted=1500,
    loss_pct=0.1,
    loop_ms=48.0,
    loop_p95_ms=60.0,
    delay_ms=24.0,
    jitter_ms=3.0,
    mos=4.3,
)
_BROWSER: Final = BrowserReading(
    family=OsFamily.WINDOWS,
    installed=(InstalledBrowser("chrome", "Google Chrome", "156.0.8078.73", True),),
)
_SYSTEM: Final = OperatingSystemReading(family=OsFamily.WINDOWS, name="Windows 11", version="11.26100")
_COMPUTER: Final = ComputerReading(cpu_busy_pct=12.0, memory_free_mib=5200.0, on_battery=False)
_DEVICES: Final = DevicesReading(
    cameras=_CAMERA.available, microphones=_MICROPHONE.available, speakers=_SPEAKER.available
)

_GOOD: Final[tuple[Reading, ...]] = (
    _CAMERA,
    _MICROPHONE,
    _SPEAKER,
    _CONNECTION,
    _BANDWIDTH,
    _CALL,
    _BROWSER,
    _SYSTEM,
    _COMPUTER,
    _DEVICES,
)
_DARK: Final = msgspec.structs.replace(_CAMERA, mean_luma=12.0, dark_pct=100.0, luma_std=14.0, centre_luma=12.0)
_COVERED: Final = msgspec.structs.replace(_CAMERA, mean_luma=4.0, dark_pct=100.0, luma_std=1.0, gradient=0.02)

#: What is different in each scenario; a tuple is one reading after the other: what a new test finds.
SCENARIOS: Final[Mapping[str, tuple[str, tuple[Reading | tuple[Reading, ...], ...]]]] = {
    "good": (N_("All is well"), ()),
    "dark": (N_("A dark room, then a lamp"), ((_DARK, _CAMERA),)),
    "covered": (N_("A cover on the camera, then none"), ((_COVERED, _CAMERA),)),
    "no_camera": (N_("No camera"), (CameraReading(failure=Failure.NONE_FOUND),)),
    "busy": (
        N_("A camera in use"),
        (CameraReading(failure=Failure.BUSY, name="HD Webcam", available=("HD Webcam",), held_by=("Zoom",), frames=0),),
    ),
    "blocked": (
        N_("A camera that is not allowed"),
        (CameraReading(failure=Failure.BLOCKED, name="HD Webcam", available=("HD Webcam",), frames=0),),
    ),
    "silent": (
        N_("A microphone that is off"),
        (msgspec.structs.replace(_NOBODY, rms_dbfs=-100.0, peak_dbfs=-100.0, floor_dbfs=-100.0, level_dbfs=-100.0),),
    ),
    "muted": (N_("A speaker that is off"), (msgspec.structs.replace(_SPEAKER, muted=True),)),
    "slow": (
        N_("Internet too slow for a picture"),
        (msgspec.structs.replace(_BANDWIDTH, down_mbps=0.9, up_mbps=0.3),),
    ),
    "offline": (
        N_("No internet"),
        (
            ConnectionReading(reached=Reached.LINK, medium=Medium.WIFI),
            BandwidthReading(failure=Failure.NO_CONNECTION),
            CallQualityReading(failure=Failure.NO_CONNECTION),
        ),
    ),
    "sign_in": (
        N_("A sign-in page of a hotel"),
        (
            ConnectionReading(
                reached=Reached.PORTAL, medium=Medium.WIFI, signal_bars=4, portal_url="http://hotel.example/"
            ),
            BandwidthReading(failure=Failure.NO_CONNECTION),
            CallQualityReading(failure=Failure.NO_CONNECTION),
        ),
    ),
    "old": (
        N_("An old system and an old browser"),
        (
            BrowserReading(
                family=OsFamily.WINDOWS, installed=(InstalledBrowser("msie", "Internet Explorer", "11.0", True),)
            ),
            OperatingSystemReading(family=OsFamily.WINDOWS, name="Windows 7", version="7.7601"),
        ),
    ),
    "unknown": (
        N_("A speed test that did not answer"),
        (
            BandwidthReading(failure=Failure.SERVER_UNREACHABLE),
            CallQualityReading(failure=Failure.NO_SERVER),
        ),
    ),
}


def scenario(name: str) -> FakeMachine:
    """The invented machine of a scenario. Raises KeyError for one that does not exist."""
    different: list[Reading] = []
    for reading in SCENARIOS[name][1]:
        different += reading if isinstance(reading, tuple) else [reading]
    kinds = {type(reading) for reading in different}
    given = [*(reading for reading in _GOOD if type(reading) not in kinds), *different]
    camera = next(reading for reading in given if isinstance(reading, CameraReading))
    light = 0.12 if camera.dark_pct else 1.0
    heard = [reading for reading in given if isinstance(reading, MicrophoneReading)]
    return FakeMachine(
        *given,
        partial=[_NOBODY, *heard, *heard] if heard == [_MICROPHONE] else (),
        pictures=() if camera.failure else pictures(light, is_covered=camera.luma_std == 1.0),
    )


def line_of(report: Report) -> tuple[tuple[float, float], ...]:
    """What the speed test of an invented line would have seen on its way: (s, Mbit/s) that came in."""
    reading = next((r.reading for r in report.results if isinstance(r.reading, BandwidthReading)), None)
    if reading is None or reading.down_mbps is None:
        return ()
    rates = ((0.0, 0.4), (0.2, 0.8), (0.4, 1.02), (0.6, 0.97), (0.8, 1.01), (1.0, 1.0))
    return tuple((at, part * reading.down_mbps) for at, part in rates)


def pictures(light: float = 1.0, *, is_covered: bool = False) -> list[Picture]:
    """A drawn person who waves: 16 pictures, about a second."""
    return [_picture(number, light, is_covered=is_covered) for number in range(16)]


def _picture(number: int, light: float, *, is_covered: bool) -> Picture:
    width, height = _SIZE
    image = QImage(width, height, QImage.Format.Format_RGB888)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    wall = QLinearGradient(0, 0, width, height)
    wall.setColorAt(0, QColor("#dcd3c4"))
    wall.setColorAt(1, QColor("#b7ab98"))
    painter.fillRect(0, 0, width, height, wall)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#8fb4c9"))
    painter.drawRoundedRect(QRectF(40, 30, 110, 120), 6, 6)  # a window
    painter.setBrush(QColor("#3f6c74"))
    painter.drawRoundedRect(QRectF(150, 195, 180, 120), 60, 60)  # shoulders
    painter.setBrush(QColor("#d9a98a"))
    painter.drawRect(QRectF(222, 165, 36, 45))
    painter.drawEllipse(QPointF(240, 125), 52, 64)  # face
    painter.setBrush(QColor("#e8e8ea"))
    painter.drawChord(QRectF(184, 55, 112, 110), 0, 180 * 16)  # grey hair
    painter.setBrush(QColor("#463a35"))
    for x in (221, 259):
        painter.drawEllipse(QPointF(x, 122), 5, 6)
    painter.drawChord(QRectF(216, 135, 48, 28), 180 * 16, 180 * 16)
    wave = (number % 8 - 4) * 3 if number < 8 else (4 - number % 8) * 3
    painter.setBrush(QColor("#d9a98a"))
    painter.drawEllipse(QPointF(370 + wave, 140), 24, 28)  # a hand
    painter.setBrush(QColor("#3f6c74"))
    painter.drawRoundedRect(QRectF(355 + wave / 2, 165, 32, 120), 14, 14)
    if light < 1:
        painter.fillRect(0, 0, width, height, QColor(0, 0, 0, round(255 * (1 - light))))
    if is_covered:
        painter.fillRect(0, 0, width, height, QColor(6, 5, 5))
    painter.end()
    bits, length = memoryview(image.constBits()), image.bytesPerLine()
    rows = (bytes(bits[row * length : row * length + width * 3]) for row in range(height))
    return Picture(width_px=width, height_px=height, rgb=b"".join(rows))
