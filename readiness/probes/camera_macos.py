"""Cameras on macOS, by AVFoundation. Not run here: this system was not at hand."""

from __future__ import annotations

from typing import Final

from readiness.model import Failure
from readiness.probes.camera_list import FoundCamera

#: cv2.CAP_AVFOUNDATION, without loading OpenCV.
_AVFOUNDATION: Final = 1200


def find_cameras() -> list[FoundCamera]:
    """Every camera, in the order in which OpenCV counts them."""
    from cv2_enumerate_cameras import enumerate_cameras

    return [
        FoundCamera(str(info.name), ((_AVFOUNDATION, info.index),), str(info.path))
        for info in enumerate_cameras(_AVFOUNDATION)
    ]


def is_present(camera: FoundCamera) -> bool:
    """Whether the camera is still listed."""
    return camera.path in {found.path for found in find_cameras()}


def trouble(camera: FoundCamera) -> Failure | None:
    """Nothing: only a program in a bundle may ask whether it may use the camera, and the window does."""
    return None


def held_by(camera: FoundCamera) -> tuple[str, ...]:
    """Nobody: macOS does not tell. The computer check lists running programs that may."""
    return ()
