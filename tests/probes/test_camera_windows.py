r"""Windows: permission and use, read from the registry as Windows 10 and 11 write it.

The keys and values are laid out as under ``HKCU\…\CapabilityAccessManager\ConsentStore\webcam``; times are FILETIMEs.
"""

from __future__ import annotations

import sys
from typing import Any

import cv2_enumerate_cameras
import pytest
from cv2_enumerate_cameras.camera_info import CameraInfo

from readiness.model import Failure
from readiness.probes import camera_windows
from readiness.probes.camera_list import FoundCamera
from readiness.probes.camera_windows import Key, paired, refuses, users

BEGAN = 133_766_208_000_000_000
ENDED = 133_766_244_000_000_000

USED_NOW = Key({"LastUsedTimeStart": BEGAN, "LastUsedTimeStop": 0})
USED_BEFORE = Key({"LastUsedTimeStart": BEGAN, "LastUsedTimeStop": ENDED})
NEVER_USED = Key({"Value": "Allow"})

ZOOM = r"C:\Users\Ana Díaz\AppData\Roaming\Zoom\bin\Zoom.exe"
CHROME = r"C:\Program Files\Google\Chrome\Application\chrome.exe"
TEAMS = r"C:\Program Files\WindowsApps\MSTeams_24277.3507.3205.5228_x64__8wekyb3d8bbwe\ms-teams.exe"
CAMERA = r"C:\Program Files\WindowsApps\Microsoft.WindowsCamera_2024.2408.1.0_x64__8wekyb3d8bbwe\WindowsCamera.exe"
OURS = r"C:\Program Files\Video Visit Readiness\readiness.exe"


def key_of(path: str) -> str:
    return path.replace("\\", "#")


WEBCAM = Key(
    {"Value": "Allow"},
    {
        "Microsoft.WindowsCamera_8wekyb3d8bbwe": USED_NOW,
        "MSTeams_8wekyb3d8bbwe": USED_NOW,
        "Microsoft.SkypeApp_kzf8qxf38zg5c": USED_BEFORE,
        "Microsoft.MixedReality.Portal_8wekyb3d8bbwe": NEVER_USED,
        "NonPackaged": Key(
            {"Value": "Allow", "LastSetTime": BEGAN},
            {
                key_of(ZOOM): USED_NOW,
                key_of(CHROME): USED_BEFORE,
                key_of(OURS): USED_NOW,
                key_of(r"C:\Games\crashed.exe"): USED_NOW,
            },
        ),
    },
)


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        ([], []),
        ([CHROME], []),
        ([ZOOM], ["Zoom"]),
        ([ZOOM.upper(), CHROME, OURS], ["Zoom"]),
        ([TEAMS], ["MSTeams"]),
        ([CAMERA, ZOOM], ["WindowsCamera", "Zoom"]),
        # Another publisher's package of the same name, and a program that only lies in such a folder's shadow.
        ([CAMERA.replace("8wekyb3d8bbwe", "somebodyelse")], []),
        ([r"C:\WindowsCamera.exe"], []),
    ],
)
def test_who_uses_a_camera(running: list[str], expected: list[str]) -> None:
    assert users(WEBCAM, running, OURS) == expected


def test_nobody_where_nothing_is_written() -> None:
    assert users(Key(), [ZOOM], OURS) == []


@pytest.mark.parametrize(
    ("everything", "classic", "expected"),
    [
        ("Allow", "Allow", False),
        ("Deny", "Allow", True),
        ("Allow", "Deny", True),
        ("Deny", "Deny", True),
        (None, None, False),
        ("Prompt", "Allow", False),
    ],
)
def test_whether_windows_refuses(everything: str | None, classic: str | None, expected: bool) -> None:
    def key(value: str | None, **keys: Key) -> Key:
        return Key({} if value is None else {"Value": value}, keys)

    assert refuses(key(everything, NonPackaged=key(classic))) is expected


def test_permission_without_a_key_for_classic_programs() -> None:
    assert refuses(Key({"Value": "Deny"}))
    assert not refuses(Key({"Value": "Allow"}))


USB = r"\\?\usb#vid_046d&pid_0825&mi_00#7&1a2b3c4d&0&0000#"
MSMF_CLASS = "{e5323777-f976-4f5b-9b55-b94699c46e44}\\global"
DSHOW_CLASS = "{65e8773d-8f56-11d0-a3b9-00a0c9223196}\\global"


def test_both_lists_become_one() -> None:
    twin = USB.replace("1a2b", "9f9f")
    modern = [("HD Webcam", USB + MSMF_CLASS, 0), ("HD Webcam", twin + MSMF_CLASS, 1), ("No Path", "", 2)]
    classic = [
        ("OBS Virtual Camera", "", 0),
        ("HD Webcam", twin + DSHOW_CLASS, 1),
        ("HD Webcam", USB.upper() + DSHOW_CLASS, 2),
        ("No Path", "", 3),
    ]
    assert paired(modern, classic) == [
        FoundCamera("HD Webcam", ((1400, 0), (700, 2)), USB + MSMF_CLASS),
        FoundCamera("HD Webcam", ((1400, 1), (700, 1)), twin + MSMF_CLASS),
        FoundCamera("No Path", ((1400, 2), (700, 3)), "No Path"),
        FoundCamera("OBS Virtual Camera", ((700, 0),), "OBS Virtual Camera"),
    ]


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> dict[int, list[CameraInfo]]:
    """What the package that lists cameras would say, by back end."""
    lists: dict[int, list[CameraInfo]] = {
        1400: [CameraInfo(0, "HD Webcam", USB + MSMF_CLASS, 0x046D, 0x0825, 1400)],
        700: [CameraInfo(0, "HD Webcam", USB + DSHOW_CLASS, 0x046D, 0x0825, 700)],
    }
    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", lists.__getitem__)
    return lists


def test_presence_is_being_listed(listed: dict[int, list[Any]]) -> None:
    (camera,) = camera_windows.find_cameras()
    assert camera == FoundCamera("HD Webcam", ((1400, 0), (700, 0)), USB + MSMF_CLASS)
    assert camera_windows.is_present(camera)
    listed[1400].clear()
    listed[700].clear()
    assert not camera_windows.is_present(camera)


def test_trouble_and_use_come_from_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    camera = FoundCamera("HD Webcam", ((1400, 0),))
    program = Key({"LastUsedTimeStart": BEGAN, "LastUsedTimeStop": 0})
    # A program that really runs here stands for the other one; ours is somewhere else.
    keys = [Key({"Value": "Allow"}, {"NonPackaged": Key({}, {key_of(sys.executable): program})})]
    monkeypatch.setattr(camera_windows, "ask_registry", lambda: keys)
    assert camera_windows.trouble(camera) is None
    assert camera_windows.held_by(camera) == ()
    keys.append(Key({"Value": "Deny"}))
    assert camera_windows.trouble(camera) is Failure.BLOCKED


def test_elsewhere_there_is_no_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert camera_windows.ask_registry() == []
