"""What a Mac's file of handlers says, rebuilt after real ones."""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from readiness.probes import browser, browser_list, browser_macos
from readiness.readings import InstalledBrowser, OsFamily

IDS = {
    "com.apple.safari": "safari",
    "com.google.chrome": "chrome",
    "org.mozilla.firefox": "firefox",
}

PREFERRED = {"LSHandlerRoleAll": "-"}

HTML: dict[str, Any] = {
    "LSHandlerContentType": "public.html",
    "LSHandlerPreferredVersions": PREFERRED,
    "LSHandlerRoleAll": "com.google.chrome",
}


def scheme(name: str, bundle: str) -> dict[str, Any]:
    return {"LSHandlerPreferredVersions": PREFERRED, "LSHandlerRoleAll": bundle, "LSHandlerURLScheme": name}


@pytest.mark.parametrize(
    ("handlers", "expected"),
    [
        ([], "safari"),
        ([HTML], "safari"),
        ([scheme("mailto", "com.apple.mail")], "safari"),
        ([scheme("http", "org.mozilla.firefox"), scheme("https", "com.google.chrome")], "chrome"),
        ([scheme("https", "com.google.Chrome")], "chrome"),
        ([{"LSHandlerURLScheme": "https", "LSHandlerRoleViewer": "com.google.chrome"}], "safari"),
        ([scheme("https", "company.thebrowser.browser")], None),
        (["rubbish"], None),
        (3, None),
    ],
)
@pytest.mark.parametrize("kind", [plistlib.FMT_BINARY, plistlib.FMT_XML])
def test_the_browser_that_opens_links(handlers: object, expected: str | None, kind: Any) -> None:
    content = plistlib.dumps({"LSHandlers": handlers}, fmt=kind)
    assert browser_macos.default_browser(content, IDS) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "safari"),  # there is no such file until somebody chooses
        (None, None),  # it may not be read
        (b"rubbish", None),
        (b"bplist00 cut off", None),
        (b"<?xml version='1.0'?><plist><dict>", None),
        (plistlib.dumps([]), None),
        (plistlib.dumps({}), "safari"),
    ],
)
def test_a_file_that_is_missing_or_broken(content: bytes | None, expected: str | None) -> None:
    assert browser_macos.default_browser(content, IDS) == expected


def mac(monkeypatch: pytest.MonkeyPatch, handlers: Path) -> tuple[InstalledBrowser, ...] | None:
    """A Mac with Safari and Firefox."""
    found = [
        {"browser_type": kind, "path": "/Applications", "display_name": name, "version": version}
        for kind, name, version in (("safari", "Safari", "18.1.1"), ("firefox", "Firefox", "153.0"))
    ]
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(browser_macos, "HANDLERS", str(handlers))
    monkeypatch.setattr(browser_list.package(), "browsers", lambda: iter(found))
    reading = browser.read(browser.Task(), lambda partial: None)
    assert (reading.family, reading.failure) == (OsFamily.MACOS, None)
    return reading.installed


def test_the_whole_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = tmp_path / "com.apple.launchservices.secure.plist"
    safari, firefox = (
        InstalledBrowser("safari", "Safari", "18.1.1", True),
        InstalledBrowser("firefox", "Firefox", "153.0", False),
    )
    assert mac(monkeypatch, handlers) == (safari, firefox)
    handlers.write_bytes(plistlib.dumps({"LSHandlers": [scheme("https", "org.mozilla.firefox")]}))
    assert mac(monkeypatch, handlers) == (
        msgspec.structs.replace(safari, is_default=False),
        msgspec.structs.replace(firefox, is_default=True),
    )


def test_a_file_that_may_not_be_read_leaves_the_default_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = mac(monkeypatch, tmp_path)  # a folder cannot be read as a file, whoever asks
    assert [found.is_default for found in installed or ()] == [False, False]
