"""What the registry of Windows says, as recorded."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from readiness.probes import browser, browser_list, browser_windows
from readiness.readings import BrowserReading, InstalledBrowser, OsFamily

LATEST_PROG_ID, LATEST, BEFORE = browser_windows.CHOICE_KEYS


@pytest.mark.parametrize(
    ("registry", "expected"),
    [
        ({}, None),
        ({BEFORE: "ChromeHTML"}, "chrome"),
        ({BEFORE: "MSEdgeHTM"}, "msedge"),
        ({BEFORE: "FirefoxURL-308046B0AF4A39CB"}, "firefox"),
        ({BEFORE: "BraveHTML"}, "brave"),
        ({BEFORE: "OperaStable"}, "opera"),
        ({BEFORE: "Opera GXStable"}, "opera-gx"),
        ({BEFORE: "VivaldiHTM.QQBDRKSBFMLWVYV6QWUVHTJSCA"}, "vivaldi"),
        ({BEFORE: "ChromiumHTM.WZXV2FYFBGLVPDRYZHH7Z4RJKA"}, "chromium"),
        ({BEFORE: "MSEdgeDHTML"}, "msedge-dev"),
        ({BEFORE: "ChromeBHTML"}, "chrome-beta"),
        ({BEFORE: "IE.HTTPS"}, "msie"),
        ({BEFORE: "IE.HTTP"}, "msie"),
        ({BEFORE: "AppXq0fevzme2pys62n3e0fbqa7peapykr8v"}, None),
        ({BEFORE: ""}, None),
        # Windows 11 since 25H2 renews only the first
        ({LATEST_PROG_ID: "ChromeHTML", BEFORE: "MSEdgeHTM"}, "chrome"),
        ({LATEST: "ChromeHTML", BEFORE: "MSEdgeHTM"}, "chrome"),
        ({LATEST_PROG_ID: "", BEFORE: "MSEdgeHTM"}, "msedge"),
    ],
)
def test_the_browser_that_opens_links(registry: dict[str, str], expected: str | None) -> None:
    assert browser_windows.default_browser(registry.get) == expected


def test_the_choice_is_looked_up_for_https() -> None:
    assert all(r"\UrlAssociations\https\UserChoice" in key for key in browser_windows.CHOICE_KEYS)


@pytest.mark.parametrize(
    ("found", "default", "expected"),
    [
        (
            ("chrome", "Google Chrome", "156.0.8078.73"),
            "chrome",
            InstalledBrowser("chrome", "Google Chrome", "156.0.8078.73", True),
        ),
        (
            ("msie", "Internet Explorer", "11.0.26100.1882"),
            "msedge",
            InstalledBrowser("msie", "Internet Explorer", "11.0.26100.1882", False),
        ),
        (("unknown", "Vivaldi", "7.9.3970.50"), None, InstalledBrowser("vivaldi", "Vivaldi", "7.9.3970.50", False)),
        (
            ("unknown", "Opera GX Stable", "120.0.5543.61"),
            "opera-gx",
            InstalledBrowser("opera-gx", "Opera GX Stable", "120.0.5543.61", True),
        ),
        (("unknown", "360 Browser", ""), None, InstalledBrowser("360-browser", "360 Browser", None, False)),
        (
            ("firefox-developer", "Firefox Developer Edition", "154.0.0.1"),
            "firefox",
            InstalledBrowser("firefox-developer", "Firefox Developer Edition", "154.0.0.1", True),
        ),
    ],
)
def test_an_entry_of_the_list(found: tuple[str, str, str], default: str | None, expected: InstalledBrowser) -> None:
    assert browser_windows.browser_of(*found, default) == expected


class Key(str):
    """An opened registry key."""

    __slots__ = ()

    def __enter__(self) -> str:
        return self

    def __exit__(self, *error: object) -> None:
        return None


class Registry(ModuleType):
    """Python's `winreg`, as far as the probe uses it, on recorded values of the person's own keys."""

    HKEY_CURRENT_USER = 0x80000001

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__("winreg")
        self._values = values

    def OpenKey(self, root: int, key: str) -> Key:  # noqa: N802 - the name on Windows
        assert root == self.HKEY_CURRENT_USER
        if key not in self._values:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return Key(key)

    def QueryValueEx(self, key: str, name: str) -> tuple[str, int]:  # noqa: N802
        assert name == "ProgId"
        return self._values[key], 1


@pytest.mark.parametrize(
    "choice",
    [
        # Windows 11 25H2, where the older key still names another; and before, where there is only that one
        {LATEST_PROG_ID: "ChromeHTML", BEFORE: "MSEdgeHTM"},
        {BEFORE: "ChromeHTML"},
    ],
)
def test_the_whole_list(choice: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [
        ("msedge", "Microsoft Edge", "156.0.3912.40"),
        ("msie", "Internet Explorer", "11.0.26100.1882"),
        ("chrome", "Google Chrome", "156.0.8078.73"),
        ("msedge", "Microsoft Edge", "156.0.3912.40"),
    ]
    found = [
        {"browser_type": kind, "path": "C:\\x.exe", "display_name": name, "version": version}
        for kind, name, version in listed
    ]
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", Registry(choice))
    monkeypatch.setattr(browser_list.package(), "browsers", lambda: iter(found))
    reading = browser.read(browser.Task(), lambda partial: None)
    assert reading == BrowserReading(
        family=OsFamily.WINDOWS,
        installed=(
            InstalledBrowser("msedge", "Microsoft Edge", "156.0.3912.40", False),
            InstalledBrowser("msie", "Internet Explorer", "11.0.26100.1882", False),
            InstalledBrowser("chrome", "Google Chrome", "156.0.8078.73", True),
        ),
    )
