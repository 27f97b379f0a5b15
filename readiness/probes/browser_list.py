"""What the lists of browsers of all systems have in common: ids, versions, and one line for each browser."""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Iterable
from types import ModuleType
from typing import Final

from readiness.readings import InstalledBrowser

#: Browsers that the package pybrowsers does not know by the names that systems give them (Debian's desktop entry, the
#: registry of Windows), and those that systems name by something else than their name.
MORE_NAMES: Final = {
    "Brave Browser": "brave",
    "DuckDuckGo": "duckduckgo",
    "Firefox": "firefox",
    "Firefox ESR": "firefox",
    "Google Chrome (beta)": "chrome-beta",
    "Microsoft Edge (beta)": "msedge-beta",
    "Mozilla Firefox ESR": "firefox",
    "Opera": "opera",
    "Opera GX Stable": "opera-gx",
    "Vivaldi": "vivaldi",
    "Yandex": "yandex",
}

#: A version is the first dotted number: "156.0.8078.73 built on Debian", "Mozilla Firefox 153.7.0esr".
_VERSION: Final = re.compile(r"(?<![\w.])[0-9]{1,9}(?:\.[0-9]{1,9})+")


def package(name: str = "browsers") -> ModuleType:
    """The package pybrowsers, or one of its modules.

    It sets up logging to standard output when it is imported, unless somebody has set up logging before: so somebody
    does, for that moment. Standard output belongs to the lines to our parent.
    """
    root, somebody = logging.getLogger(), logging.NullHandler()
    root.addHandler(somebody)
    try:
        return importlib.import_module(name)
    finally:
        root.removeHandler(somebody)


def id_of(name: str, known: dict[str, str]) -> str:
    """The id of the browser that its system calls ``name``; for one that nobody knows, one made of its name."""
    return known.get(name) or MORE_NAMES.get(name) or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unknown"


def version_number(text: str) -> str | None:
    """The version in what a browser or its file says of itself, None where there is no number."""
    match = _VERSION.search(text)
    return match[0] if match else None


def merged(found: Iterable[InstalledBrowser]) -> tuple[InstalledBrowser, ...]:
    """Every browser once, in the order in which they were found.

    Of a browser that is installed twice, the default one counts; if none of them is, the one of the newest version.
    """
    best: dict[str, InstalledBrowser] = {}
    for browser in found:
        before = best.get(browser.id)
        if before is None or _weight(browser) > _weight(before):
            best[browser.id] = browser
    return tuple(best.values())


def _weight(browser: InstalledBrowser) -> tuple[bool, list[int]]:
    return browser.is_default, [int(number) for number in (browser.version or "").split(".") if number.isdigit()]
