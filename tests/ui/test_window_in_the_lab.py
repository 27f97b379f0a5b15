"""The real window on a real screen (Xvfb), with the lab's camera, microphone and speaker behind the real probes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from readiness.exits import DEFAULT_PROFILE
from tests.lab import Lab
from tests.lab.scenarios import SCENES

#: The event loop may be this late at most: more than that is felt.
LATEST_MS = 100.0

#: What still tells a window that hangs from one that waits for a processor, where there is more to do than processors.
LATEST_ON_A_BUSY_MACHINE_MS = 400.0


def latest_ms() -> float:
    """How late the event loop may be here and now."""
    is_busy = os.getloadavg()[0] > (os.cpu_count() or 1) + 1  # the lab itself keeps about one busy
    return LATEST_ON_A_BUSY_MACHINE_MS if is_busy else LATEST_MS


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """A screen of its own: the name of its display."""
    reader, writer = os.pipe()
    size = ["-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), *size], pass_fds=[writer], stderr=subprocess.DEVNULL
    ) as x:
        os.close(writer)
        with os.fdopen(reader) as number:
            display = f":{number.readline().strip()}"
        yield display
        x.terminate()


class Seen(NamedTuple):
    """What came out of a person's way through the window."""

    report: dict[str, Any]
    """The file that the person saved."""
    page: str
    latest_ms: float
    pictures_a_second: float
    heavy: list[str]

    def findings(self, check: str) -> list[str]:
        result = next(result for result in self.report["checks"] if result["id"] == check)
        return [finding["id"] for finding in result["findings"]]


class Sitting:
    """A person who sits at the window in a lab."""

    def __init__(
        self, lab: Lab, screen: str, script: str, language: str, by: str, folder: Path, profile: str = DEFAULT_PROFILE
    ) -> None:
        self._report = folder / "report.json"
        command = [sys.executable, "-m", "tests.lab.window_person", script, language, by, str(self._report), profile]
        self._process = subprocess.Popen(
            [*lab.prefix, *command],
            env={**lab.environment, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def says(self) -> str:
        """The next line."""
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def end(self) -> tuple[str, str]:
        """What was said to the end, and complained of."""
        said, complaints = self._process.communicate(timeout=90)
        assert self._process.returncode == 0, complaints
        return said, complaints

    def seen(self) -> Seen:
        _, complaints = self.end()
        assert complaints == ""
        seen = json.loads(self._report.with_suffix(".seen").read_text(encoding="utf-8"))
        return Seen(report=json.loads(self._report.read_text(encoding="utf-8")), **seen)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("by", ["keyboard", "mouse"])
def test_a_whole_visit_with_everything_in_place(language: str, by: str, screen: str, tmp_path: Path) -> None:
    with Lab(camera="good", microphone="speech", speaker="heard", network="good") as lab:
        seen = Sitting(lab, screen, "whole", language, by, tmp_path, str(lab.network.profile)).seen()
    assert seen.page == "join"
    for check in ("camera", "microphone", "speaker", "connection"):
        assert seen.findings(check) == [f"{check}.ok"]
    assert seen.pictures_a_second >= 15
    assert seen.latest_ms < latest_ms()
    assert seen.heavy == []


def test_a_dark_picture_gets_light_while_the_person_looks(screen: str, tmp_path: Path) -> None:
    with Lab(camera="dark") as lab:
        sitting = Sitting(lab, screen, "dark", "en", "mouse", tmp_path)
        assert sitting.says() == "dark"
        lab.camera.film(SCENES["good"])
        seen = sitting.seen()
    assert seen.findings("camera") == ["camera.ok"]
    assert seen.latest_ms < latest_ms()


def test_a_camera_that_is_pulled_out_in_the_middle(screen: str, tmp_path: Path) -> None:
    with Lab(camera="good") as lab:
        sitting = Sitting(lab, screen, "unplugged", "es", "keyboard", tmp_path)
        assert sitting.says() == "watching"
        lab.camera.unplug()
        seen = sitting.seen()
    assert seen.findings("camera") == ["camera.unplugged"]
    assert seen.page == "fix"
    assert seen.latest_ms < latest_ms()


def test_a_camera_that_the_system_refuses(screen: str, tmp_path: Path) -> None:
    with Lab(camera="blocked") as lab:
        seen = Sitting(lab, screen, "blocked", "en", "keyboard", tmp_path).seen()
    assert seen.findings("camera") == ["camera.blocked"]
    assert seen.page == "fix"


def test_no_network_and_no_devices_at_all(screen: str, tmp_path: Path) -> None:
    with Lab(network="none") as lab:
        seen = Sitting(lab, screen, "offline", "es", "mouse", tmp_path, str(lab.network.profile)).seen()
    assert seen.findings("connection") == ["connection.no_link"]
    assert seen.page == "fix"
    assert {check["id"]: check["status"] for check in seen.report["checks"]}["camera"] in ("fail", "skipped")
    assert seen.report["verdict"] == "not_ready"
    assert seen.latest_ms < latest_ms()


def test_closing_lets_everything_go_within_a_second(screen: str, tmp_path: Path) -> None:
    with Lab(camera="good") as lab:
        sitting = Sitting(lab, screen, "closing", "en", "mouse", tmp_path)
        said = sitting.says()
        sitting.end()
    assert said.startswith("closed in")
    assert float(said.split()[2]) < 1.0
