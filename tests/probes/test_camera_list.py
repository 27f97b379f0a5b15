"""Which camera is meant, and which are programs or see in the dark only."""

from __future__ import annotations

import pytest

from readiness.probes.camera_list import FoundCamera, choose, in_order


def camera(name: str, driver: str = "") -> FoundCamera:
    return FoundCamera(name, ((200, 0),), f"/dev/{name}", driver)


LIST = in_order(
    [
        camera("OBS Virtual Camera"),
        camera("Integrated IR Camera"),
        camera("HD Webcam C270"),
        camera("Integrated Camera"),
        camera("HD Webcam C270"),
    ]
)


def test_lenses_come_first_then_programs_then_infrared() -> None:
    assert [found.name for found in LIST] == [
        "HD Webcam C270",
        "Integrated Camera",
        "HD Webcam C270 (2)",
        "OBS Virtual Camera",
        "Integrated IR Camera",
    ]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, "HD Webcam C270"),
        ("", "HD Webcam C270"),
        ("integrated camera", "Integrated Camera"),
        ("  Integrated Camera ", "Integrated Camera"),
        ("obs", "OBS Virtual Camera"),
        ("270 (2", "HD Webcam C270 (2)"),
        ("0", "HD Webcam C270"),
        ("4", "Integrated IR Camera"),
        ("5", None),
        ("270", None),
        ("c270", "HD Webcam C270"),
        ("logitech", None),
    ],
)
def test_a_camera_is_chosen(wanted: str | None, expected: str | None) -> None:
    chosen = choose(LIST, wanted)
    assert (chosen.name if chosen else None) == expected


def test_a_name_of_digits_goes_before_an_index() -> None:
    cameras = (camera("a"), camera("0"))
    assert choose(cameras, "0") is cameras[1]


def test_none_of_no_cameras() -> None:
    assert choose((), None) is None
    assert choose((), "0") is None


@pytest.mark.parametrize(
    ("name", "driver", "expected"),
    [
        ("OBS Virtual Camera", "", True),
        ("OBS-Camera", "", True),
        ("Snap Camera", "", True),
        ("ManyCam Virtual Webcam", "", True),
        ("XSplit VCam", "", True),
        ("mmhmm Camera", "", True),
        ("Unity Video Capture", "", True),
        ("NDI Webcam Video 1", "", True),
        ("Dummy video device (0x0000)", "v4l2 loopback", True),
        ("My film", "v4l2 loopback", True),
        ("vivid", "vivid", True),
        ("Integrated Camera", "uvcvideo", False),
        ("FaceTime HD Camera", "", False),
        ("HP TrueVision HD", "", False),
        ("Jobs Camera", "", False),
        # A phone's lens, brought by a program: behind it is a person.
        ("DroidCam", "v4l2 loopback", False),
        ("Iriun Webcam", "", False),
        ("Reincubate Camo", "", False),
        # An effect on a real lens.
        ("Camera (NVIDIA Broadcast)", "", False),
    ],
)
def test_which_cameras_are_programs(name: str, driver: str, expected: bool) -> None:
    assert camera(name, driver).is_virtual is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Integrated IR Camera", True),
        ("USB2.0 IR UVC WebCam", True),
        ("Intel Depth Camera", True),
        ("Iriun Webcam", False),
    ],
)
def test_which_cameras_see_in_the_dark(name: str, expected: bool) -> None:
    assert camera(name).is_infrared is expected
