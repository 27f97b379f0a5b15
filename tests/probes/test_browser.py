"""The list of browsers as a whole: through the child process on this Linux, and when a list breaks off."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness.model import Failure
from readiness.probes import browser, process
from readiness.readings import BrowserReading, InstalledBrowser, OsFamily
from tests.probes.desktop import Desktop

CHROME = InstalledBrowser("chrome", "Google Chrome", "156.0", True)
EDGE = InstalledBrowser("msedge", "Microsoft Edge", "155.0", False)


@pytest.mark.skipif(sys.platform != "linux", reason="makes a Linux desktop")
def test_a_browser_that_hangs_costs_its_version_and_not_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop = Desktop(tmp_path, monkeypatch)
    desktop.add("google-chrome", "Google Chrome", 'echo "Google Chrome 156.0.8078.73 "')
    desktop.add("firefox-esr", "Firefox ESR", "sleep 600")
    desktop.add("brave-browser", "Brave Web Browser", "exec sleep 600")
    desktop.config("mimeapps.list", "[Default Applications]\nx-scheme-handler/https=firefox-esr.desktop\n")
    told: list[BrowserReading] = []
    reading = process.run_child(process.command("browser"), {}, BrowserReading, deadline_s=6, tell=told.append)
    assert reading.failure is None
    assert reading.family is OsFamily.LINUX
    assert set(reading.installed or ()) >= {
        InstalledBrowser("chrome", "Google Chrome", "156.0.8078.73", False),
        InstalledBrowser("firefox", "Firefox ESR", None, True),
        InstalledBrowser("brave", "Brave Web Browser", None, False),
    }
    assert [{found.id for found in partial.installed or ()} for partial in told] == [
        {found.id for found in reading.installed or ()}
    ]


def test_a_list_that_comes_one_by_one_is_told_one_by_one() -> None:
    told: list[BrowserReading] = []
    reading = browser.collected(OsFamily.WINDOWS, iter((CHROME, EDGE, CHROME)), told.append)
    assert reading == BrowserReading(family=OsFamily.WINDOWS, installed=(CHROME, EDGE))
    assert [partial.installed for partial in told] == [(CHROME,), (CHROME, EDGE), (CHROME, EDGE)]


@pytest.mark.may_log("the list of browsers broke off")
def test_a_list_that_breaks_off_keeps_what_it_had_and_says_so() -> None:
    def broken() -> Iterator[InstalledBrowser]:
        yield CHROME
        raise KeyError("CFBundleExecutable")

    reading = browser.collected(OsFamily.MACOS, broken(), lambda partial: None)
    assert reading == BrowserReading(family=OsFamily.MACOS, installed=(CHROME,), failure=Failure.CRASHED)


def test_a_system_that_we_cannot_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "freebsd14")
    reading = browser.read(browser.Task(), lambda partial: None)
    assert reading == BrowserReading(family=OsFamily.OTHER, failure=Failure.UNSUPPORTED)
