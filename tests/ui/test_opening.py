from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.model import OsFamily, Report, Result
from readiness.profile import Profile
from readiness.readings import ConnectionReading
from ui import opening
from ui.opening import Opened

LINK = "https://kp.org"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the system was asked to open."""
    asked: list[str] = []

    class Services:
        @staticmethod
        def openUrl(url: QUrl) -> bool:  # noqa: N802 - as Qt calls it
            asked.append(url.toString())
            return True

    monkeypatch.setattr(opening, "QDesktopServices", Services)
    return asked


@pytest.fixture
def profile() -> Profile:
    return profiles.load("kaiser_permanente", {check.id: check.requires for check in CHECKS})


def report(family: OsFamily = OsFamily.LINUX, portal: str | None = None) -> Report:
    result = Result(check="connection", required=True, reading=ConnectionReading(portal_url=portal))
    return Report(
        app_version="1",
        profile_id="x",
        profile_edition="x",
        started_at=datetime.now(UTC),
        duration_ms=1,
        family=family,
        results=(result,),
    )


def browser(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that writes down what it was started with."""
    path = folder / name
    path.write_text('#!/bin/sh\necho "$@" > "$0.tmp"\nmv "$0.tmp" "$0.said"\n')
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder / f"{name}.said"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ms-settings:recovery", "https://kp.org", "javascript:1", "", "ms-settings:"]
)
def test_only_settings_pages_on_the_list_are_opened_as_settings(url: str, opened: list[str]) -> None:
    assert opening.open_settings(url) is Opened.NOTHING
    assert opened == []


def test_a_settings_page_is_opened(opened: list[str]) -> None:
    assert opening.open_settings("ms-settings:privacy-webcam") is Opened.AS_ASKED
    assert opened == ["ms-settings:privacy-webcam"]


@pytest.mark.parametrize(
    "url", ["https://evil.example", "http://kp.org", "file:///etc/passwd", "ms-settings:sound", ""]
)
def test_only_links_of_the_profile_are_opened(url: str, opened: list[str], profile: Profile) -> None:
    assert opening.open_link(url, profile, report()) is Opened.NOTHING
    assert opened == []


@pytest.mark.parametrize(
    "portal", ["file:///etc/passwd", "javascript:alert(1)", "ms-settings:sound", "http://", "http://[", "x"]
)
def test_a_sign_in_page_must_be_a_web_page(portal: str, opened: list[str], profile: Profile) -> None:
    assert opening.open_link(portal, profile, report(portal=portal)) is Opened.NOTHING
    assert opened == []


def test_a_sign_in_page_is_opened_in_the_usual_browser(opened: list[str], profile: Profile) -> None:
    page = "http://10.0.0.1/login?from=here"
    assert opening.open_link(page, profile, report(portal=page)) is Opened.USUAL_BROWSER
    assert opened == [page]


def test_a_link_is_opened_in_the_browser_that_was_asked_for(
    tmp_path: Path, opened: list[str], profile: Profile, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    said = browser(tmp_path, "google-chrome", monkeypatch)
    assert opening.open_link(LINK, profile, report(), "chrome") is Opened.AS_ASKED
    qtbot.waitUntil(said.exists)
    assert said.read_text() == f"{LINK}\n"
    assert opened == []


def test_a_browser_that_is_not_there_is_said_so(
    tmp_path: Path, opened: list[str], profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert opening.open_link(LINK, profile, report(), "chrome") is Opened.USUAL_BROWSER
    assert opened == [LINK]


def test_a_mac_opens_a_browser_by_its_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_MAC_FOLDERS", (tmp_path,))
    assert opening.browser_command("chrome", LINK, OsFamily.MACOS) is None
    app = tmp_path / "Google Chrome.app"
    app.mkdir()
    assert opening.browser_command("chrome", LINK, OsFamily.MACOS) == ("/usr/bin/open", "-a", str(app), LINK)


def test_windows_opens_a_browser_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_app_path", {"chrome.exe": r"C:\chrome.exe"}.get)
    assert opening.browser_command("chrome", LINK, OsFamily.WINDOWS) == (r"C:\chrome.exe", LINK)
    assert opening.browser_command("safari", LINK, OsFamily.WINDOWS) is None
