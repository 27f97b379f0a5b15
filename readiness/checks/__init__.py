"""Every check, in the order in which a person should hear of them: what is fixed most often comes first."""

from __future__ import annotations

from typing import Final

from readiness.check import AnyCheck
from readiness.checks.bandwidth import BandwidthCheck
from readiness.checks.browser import BrowserCheck
from readiness.checks.call_quality import CallQualityCheck
from readiness.checks.camera import CameraCheck
from readiness.checks.computer import ComputerCheck
from readiness.checks.connection import ConnectionCheck
from readiness.checks.microphone import MicrophoneCheck
from readiness.checks.operating_system import OperatingSystemCheck
from readiness.checks.speaker import SpeakerCheck

CHECKS: Final[tuple[AnyCheck, ...]] = (
    CameraCheck(),
    MicrophoneCheck(),
    SpeakerCheck(),
    ConnectionCheck(),
    BandwidthCheck(),
    CallQualityCheck(),
    BrowserCheck(),
    OperatingSystemCheck(),
    ComputerCheck(),
)
