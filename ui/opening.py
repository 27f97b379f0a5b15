"""What the window may open outside itself: settings pages, and links of the profile or of a sign-in page. No more.

Each function says what really happened, so that a page can say it too. The ways of Windows and macOS were not run here:
their command lines are tested as they are made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from readiness.model import Report
from readiness.profile import Profile
from readiness.readings import ConnectionReading, OsFamily
from readiness.settings_pages import is_settings_url
from ui.program import found, program


class Opened(StrEnum):
    """What became of a wish to open something."""

    AS_ASKED = "as_asked"
    """In the browser that was asked for; or the settings page."""
    USUAL_BROWSER = "usual_browser"
    """Nothing else was asked for, or it was not found: the system chose."""
    NOTHING = "nothing"
    """The system did not open it, or it may not be opened."""


#: What browsers are called, by id: in sentences, and as apps of a Mac.
BROWSER_NAMES: Final = {
    "brave": "Brave Browser",
    "chrome": "Google Chrome",
    "chromium": "Chromium",
    "firefox": "Firefox",
    "msedge": "Microsoft Edge",
    "opera": "Opera",
    "safari": "Safari",
    "vivaldi": "Vivaldi",
}

_LINUX_PROGRAMS: Final = {
    "brave": ("brave-browser", "brave"),
    "chrome": ("google-chrome-stable", "google-chrome"),
    "chromium": ("chromium", "chromium-browser"),
    "firefox": ("firefox", "firefox-esr"),
    "msedge": ("microsoft-edge-stable", "microsoft-edge"),
    "opera": ("opera",),
    "vivaldi": ("vivaldi-stable", "vivaldi"),
}

#: The names under which Windows keeps where programs are ("App Paths").
_WINDOWS_PROGRAMS: Final = {
    "brave": "brave.exe",
    "chrome": "chrome.exe",
    "firefox": "firefox.exe",
    "msedge": "msedge.exe",
    "opera": "opera.exe",
    "vivaldi": "vivaldi.exe",
}
_APP_PATHS: Final = r"Software\Microsoft\Windows\CurrentVersion\App Paths"

_MAC_FOLDERS: Final = (Path("/Applications"), Path("~/Applications"))


def open_settings(url: str) -> Opened:
    """Open a page of the system's settings, if it is one of the known ones."""
    if is_settings_url(url) and QDesktopServices.openUrl(QUrl(url)):
        return Opened.AS_ASKED
    return Opened.NOTHING


def open_link(url: str, profile: Profile, report: Report, browser: str | None = None) -> Opened:
    """Open a link of the profile, or the sign-in page that the network shows: in ``browser`` (an id) if it is there."""
    if url not in links(profile, report):
        return Opened.NOTHING
    command = browser_command(browser, url, report.family) if browser else None
    if command and program(command[0], command[1:]).startDetached():
        return Opened.AS_ASKED
    return Opened.USUAL_BROWSER if QDesktopServices.openUrl(QUrl(url)) else Opened.NOTHING


def links(profile: Profile, report: Report) -> frozenset[str]:
    """Every link that may be opened."""
    named = (text for link in profile.links.values() for text in (link.en, link.es))
    return frozenset((*named, *sign_in_pages(report)))


def sign_in_pages(report: Report) -> Iterator[str]:
    """Where the network wants the person to sign in first, if it does, as a plain web address."""
    for result in report.results:
        reading = result.reading
        if isinstance(reading, ConnectionReading) and reading.portal_url:
            try:
                parts = urlsplit(reading.portal_url)
            except ValueError:
                continue
            if parts.scheme in {"http", "https"} and parts.hostname:
                yield reading.portal_url


def browser_command(browser: str, url: str, family: OsFamily | None) -> tuple[str, ...] | None:
    """How to open ``url`` in a browser of this system; None when it is not there."""
    match family:
        case OsFamily.LINUX:
            path = found(*_LINUX_PROGRAMS.get(browser, ()))
            return (path, url) if path else None
        case OsFamily.MACOS:
            name = f"{BROWSER_NAMES.get(browser)}.app"
            app = next((app for folder in _MAC_FOLDERS if (app := folder.expanduser() / name).exists()), None)
            return ("/usr/bin/open", "-a", str(app), url) if app else None
        case OsFamily.WINDOWS:
            path = _app_path(_WINDOWS_PROGRAMS.get(browser, ""))
            return (path, url) if path else None
    return None


def _app_path(name: str) -> str | None:
    """Where Windows keeps a program, the person's own before everybody's."""
    if sys.platform == "win32" and name:
        import winreg

        for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
            try:
                path = str(winreg.QueryValue(root, rf"{_APP_PATHS}\{name}")).strip('"')
            except OSError:
                continue
            if Path(path).is_file():
                return path
    return None
