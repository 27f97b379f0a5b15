"""The browsers of a Mac: what Spotlight and the Applications folder know, and the one that opens links.

Not run here: the file with the person's choice was rebuilt after real ones, and everything but the asking is tested.
"""

from __future__ import annotations

import plistlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from xml.parsers.expat import ExpatError

from readiness.probes.browser_list import package, version_number
from readiness.readings import InstalledBrowser

#: Where macOS keeps which program opens what.
HANDLERS: Final = "~/Library/Preferences/com.apple.LaunchServices/com.apple.launchservices.secure.plist"

#: The browser of every Mac, until somebody chooses another.
SAFARI: Final = "com.apple.safari"


def installed() -> Iterator[InstalledBrowser]:
    """The browsers that are installed."""
    ids = {bundle.lower(): browser for browser, bundle, _ in package("browsers.osx").OSX_BROWSER_BUNDLE_LIST}
    default = default_browser(_content(Path(HANDLERS).expanduser()), ids)
    for found in package().browsers():
        browser_id = found["browser_type"]
        version = version_number(found["version"]) or None
        yield InstalledBrowser(browser_id, found["display_name"], version, browser_id == default)


def _content(path: Path) -> bytes | None:
    """The file's content: empty if there is no such file, None if it may not be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError:
        return None


def default_browser(content: bytes | None, ids: Mapping[str, str]) -> str | None:
    """The id of the browser that opens https links, None if that is not known. ``ids``: by bundle, in small letters."""
    if content is None:
        return None
    try:
        handlers = plistlib.loads(content).get("LSHandlers", []) if content else []
        chosen = [
            str(handler["LSHandlerRoleAll"]).lower()
            for handler in handlers
            if str(handler.get("LSHandlerURLScheme")).lower() == "https" and "LSHandlerRoleAll" in handler
        ]
    except (plistlib.InvalidFileException, ExpatError, ValueError, AttributeError, TypeError):
        return None
    return ids.get(chosen[0] if chosen else SAFARI)
