"""macOS: the list of cameras, as AVFoundation's names and identifiers come through the package that lists them."""

from __future__ import annotations

import cv2_enumerate_cameras
import pytest
from cv2_enumerate_cameras.camera_info import CameraInfo

from readiness.probes import camera_macos
from readiness.probes.camera_list import FoundCamera

BUILT_IN = CameraInfo(0, "FaceTime HD Camera", "47B4B64B-7067-4B9C-AD2B-AE273A71F4B5", None, None, 1200)
BY_CABLE = CameraInfo(1, "HD Pro Webcam C920", "0x144000046d082d", 0x046D, 0x082D, 1200)


def test_cameras_are_listed_with_what_stays_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [BUILT_IN, BY_CABLE]
    asked: list[int] = []

    def enumerate_cameras(backend: int) -> list[CameraInfo]:
        asked.append(backend)
        return listed

    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", enumerate_cameras)
    built_in, by_cable = camera_macos.find_cameras()
    assert asked == [1200]
    assert built_in == FoundCamera("FaceTime HD Camera", ((1200, 0),), "47B4B64B-7067-4B9C-AD2B-AE273A71F4B5")
    listed.remove(BY_CABLE)
    assert camera_macos.is_present(built_in)
    assert not camera_macos.is_present(by_cable)


def test_what_macos_does_not_tell() -> None:
    camera = FoundCamera("FaceTime HD Camera", ((1200, 0),))
    assert camera_macos.trouble(camera) is None
    assert camera_macos.held_by(camera) == ()
