"""Which running programs may hold a camera."""

from __future__ import annotations

import pytest

from readiness.probes.video_programs import names_of


@pytest.mark.parametrize(
    ("running", "platform", "expected"),
    [
        (["System", "Zoom.exe", "ms-teams.exe", "explorer.exe"], "win32", ("Microsoft Teams", "Zoom")),
        (["obs64.exe", "OBS32.EXE"], "win32", ("OBS Studio",)),
        (["zoom.us", "FaceTime", "Photo Booth", "Finder"], "darwin", ("FaceTime", "Photo Booth", "Zoom")),
        (["Microsoft Teams Helper (Renderer)", "FaceTimeNotificationCenterService"], "darwin", ()),
        (["cheese", "obs", "bash"], "linux", ("Cheese", "OBS Studio")),
        (["zoom", "zoom", "zoom.real"], "linux", ("Zoom",)),
        (["zoom.us"], "linux", ()),
        (["cheesecake", ""], "linux", ()),
        (["zoom"], "freebsd14", ()),
        ([], "linux", ()),
    ],
)
def test_names_of(running: list[str], platform: str, expected: tuple[str, ...]) -> None:
    assert names_of(running, platform) == expected
