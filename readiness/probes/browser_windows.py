"""The browsers of Windows: the registry's list, and the one that opens links.

Not run here: what the registry holds was recorded, and everything but the asking is tested on it. Browsers from the
Microsoft Store that register only as a packaged app are not in that list.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Final

from readiness.probes.browser_list import MORE_NAMES, id_of, package, version_number
from readiness.readings import InstalledBrowser

_HTTPS: Final = r"Software\Microsoft\Windows\Shell\Associations\UrlAssociations\https"

#: Where Windows keeps the person's choice. The first is where Windows 11 keeps it since 25H2; the last, which it then
#: no longer renews, is all there is before.
CHOICE_KEYS: Final = (rf"{_HTTPS}\UserChoiceLatest\ProgId", rf"{_HTTPS}\UserChoiceLatest", rf"{_HTTPS}\UserChoice")

#: How browsers register for https links: the beginning of their ProgId, a longer one before a shorter one it begins with.
_PROG_IDS: Final = (
    ("chromebhtml", "chrome-beta"),
    ("chromedhtml", "chrome-dev"),
    ("chromesshtm", "chrome-canary"),
    ("chromehtml", "chrome"),
    ("chromiumhtm", "chromium"),
    ("msedgebhtml", "msedge-beta"),
    ("msedgedhtml", "msedge-dev"),
    ("msedgesshtm", "msedge-canary"),
    ("msedgehtm", "msedge"),
    ("firefoxurl", "firefox"),
    ("firefoxhtml", "firefox"),
    ("bravebhtml", "brave-beta"),
    ("bravesshtm", "brave-nightly"),
    ("bravehtml", "brave"),
    ("opera gx", "opera-gx"),
    ("operagx", "opera-gx"),
    ("opera", "opera"),
    ("vivaldihtm", "vivaldi"),
    ("yandex", "yandex"),
    ("librewolf", "librewolf"),
    ("waterfox", "waterfox"),
    ("zenurl", "zen"),
    ("ie.http", "msie"),
    ("ie.assocfile", "msie"),
)


def installed() -> Iterator[InstalledBrowser]:
    """The browsers in the registry's list."""
    default = default_browser(_value)
    for found in package().browsers():
        yield browser_of(found["browser_type"], found["display_name"], found["version"], default)


def browser_of(kind: str, name: str, version: str, default: str | None) -> InstalledBrowser:
    """One entry of pybrowsers' list. It calls every browser that it does not know "unknown"."""
    browser_id = id_of(name, MORE_NAMES) if kind == "unknown" else kind
    # All editions of Firefox register under one ProgId; editions of other browsers have their own.
    is_default = browser_id == default or (default == "firefox" and browser_id.startswith("firefox-"))
    return InstalledBrowser(browser_id, name, version_number(version), is_default)


def default_browser(value: Callable[[str], str | None]) -> str | None:
    """The id of the browser that opens https links, None if nobody has chosen or it is one that we do not know.

    ``value`` gives the ProgId under a key of the person's registry, None where there is none.
    """
    chosen = next((prog_id for key in CHOICE_KEYS if (prog_id := value(key))), "").lower()
    return next((browser for beginning, browser in _PROG_IDS if chosen.startswith(beginning)), None)


def _value(key: str) -> str | None:
    """The value "ProgId" of a key under HKEY_CURRENT_USER."""
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                return str(winreg.QueryValueEx(opened, "ProgId")[0])
        except OSError:
            return None
    return None
