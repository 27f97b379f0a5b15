"""Which browsers are installed, in which versions, and which one opens links?"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator

import msgspec

from readiness.model import Failure
from readiness.probes.browser_list import merged
from readiness.readings import BrowserReading, InstalledBrowser, OsFamily

log = logging.getLogger(__name__)


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to choose: all browsers are listed."""


def read(task: Task, tell: Callable[[BrowserReading], None]) -> BrowserReading:
    """Every browser once. A list that broke off in the middle is told with the failure CRASHED."""
    if sys.platform == "linux":
        from readiness.probes import browser_linux

        # Names first, so that a version that is long in coming costs the version and not the list.
        entries = browser_linux.entries()
        names = merged(browser_linux.named(entry) for entry in entries)
        tell(BrowserReading(family=OsFamily.LINUX, installed=names))
        return BrowserReading(family=OsFamily.LINUX, installed=merged(browser_linux.asked(entries)))
    if sys.platform == "win32":
        from readiness.probes import browser_windows

        return collected(OsFamily.WINDOWS, browser_windows.installed(), tell)
    if sys.platform == "darwin":
        from readiness.probes import browser_macos

        return collected(OsFamily.MACOS, browser_macos.installed(), tell)
    return BrowserReading(family=OsFamily.OTHER, failure=Failure.UNSUPPORTED)


def collected(
    family: OsFamily, listing: Iterator[InstalledBrowser], tell: Callable[[BrowserReading], None]
) -> BrowserReading:
    """The whole of a list that comes one by one and may break off."""
    found: list[InstalledBrowser] = []
    failure = None
    try:
        for browser in listing:
            found.append(browser)
            tell(BrowserReading(family=family, installed=merged(found)))
    except Exception:  # whatever a strange entry makes of the list: what came before it is still true
        log.exception("the list of browsers broke off")
        failure = Failure.CRASHED
    return BrowserReading(family=family, installed=merged(found), failure=failure)
