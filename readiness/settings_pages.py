"""Which page of the system's settings puts something right? An allow-list: nothing else is ever opened.

Addresses for Windows 10 and 11 (Microsoft's list of ms-settings addresses) and for macOS 13 and later. Linux desktops
have no addresses for their settings that work on all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from readiness.readings import OsFamily


class SettingsPage(StrEnum):
    CAMERA_PRIVACY = "camera_privacy"
    """Which programs may use the camera."""
    MICROPHONE_PRIVACY = "microphone_privacy"
    """Which programs may use the microphone."""
    SOUND = "sound"
    """Which speaker and microphone are used, and how loud."""
    NETWORK = "network"
    """Wi-Fi, cable and proxies."""
    DEFAULT_BROWSER = "default_browser"
    """Which browser opens links."""


_MACOS: Final = "x-apple.systempreferences:"

_PAGES: Final[Mapping[OsFamily, Mapping[SettingsPage, str]]] = {
    OsFamily.WINDOWS: {
        SettingsPage.CAMERA_PRIVACY: "ms-settings:privacy-webcam",
        SettingsPage.MICROPHONE_PRIVACY: "ms-settings:privacy-microphone",
        SettingsPage.SOUND: "ms-settings:sound",
        # The overview and not the Wi-Fi page: that one does not exist on a computer without Wi-Fi.
        SettingsPage.NETWORK: "ms-settings:network",
        SettingsPage.DEFAULT_BROWSER: "ms-settings:defaultapps",
    },
    OsFamily.MACOS: {
        SettingsPage.CAMERA_PRIVACY: f"{_MACOS}com.apple.preference.security?Privacy_Camera",
        SettingsPage.MICROPHONE_PRIVACY: f"{_MACOS}com.apple.preference.security?Privacy_Microphone",
        SettingsPage.SOUND: f"{_MACOS}com.apple.Sound-Settings.extension",
        SettingsPage.NETWORK: f"{_MACOS}com.apple.Network-Settings.extension",
        SettingsPage.DEFAULT_BROWSER: f"{_MACOS}com.apple.Desktop-Settings.extension",
    },
}


def settings_url(page: str, family: OsFamily | None) -> str | None:
    """The address that opens ``page`` (a `SettingsPage`) on a system, None where that system has none.

    Raises ValueError for a page that is not on the list.
    """
    pages = _PAGES.get(family, {}) if family else {}
    return pages.get(SettingsPage(page))


def is_settings_url(url: str) -> bool:
    """Whether this is the address of a settings page on the list, of whatever system."""
    return any(url in pages.values() for pages in _PAGES.values())
