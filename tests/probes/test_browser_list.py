"""Ids, versions and one line for each browser; and nothing on standard output."""

from __future__ import annotations

import subprocess
import sys

import pytest

from readiness.probes.browser_list import id_of, merged, version_number
from readiness.readings import InstalledBrowser


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("Google Chrome 156.0.8078.73 ", "156.0.8078.73"),
        ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n", "156.0.8078.79"),
        ("Mozilla Firefox 153.7.0esr\n", "153.7.0"),
        ("Vivaldi 7.9.3970.50 stable", "7.9.3970.50"),
        ("114.0.5282.102", "114.0.5282.102"),
        ("Konqueror 22.12.3", "22.12.3"),
        ("", None),
        ("no number at all", None),
        ("build 7", None),
        ("libfoo.so.1.2: cannot open", None),
    ],
)
def test_version_number(said: str, version: str | None) -> None:
    assert version_number(said) == version


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Google Chrome", "chrome"),
        ("Firefox ESR", "firefox"),
        ("Opera GX Stable", "opera-gx"),
        ("Some Browser 3000!", "some-browser-3000"),
        ("", "unknown"),
        ("浏览器", "unknown"),
    ],
)
def test_id_of(name: str, expected: str) -> None:
    assert id_of(name, {"Google Chrome": "chrome"}) == expected


def chrome(version: str | None, is_default: bool = False) -> InstalledBrowser:
    return InstalledBrowser("chrome", "Google Chrome", version, is_default)


EDGE = InstalledBrowser("msedge", "Microsoft Edge", "156.0", False)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((), ()),
        ((chrome("156.0"), EDGE), (chrome("156.0"), EDGE)),
        ((chrome("9.0"), EDGE, chrome("156.0")), (chrome("156.0"), EDGE)),
        ((chrome("156.0"), chrome("9.0")), (chrome("156.0"),)),
        ((chrome("156.0"), chrome("9.0", is_default=True)), (chrome("9.0", is_default=True),)),
        ((chrome(None), chrome("9.0")), (chrome("9.0"),)),
        ((chrome(None), chrome(None)), (chrome(None),)),
    ],
)
def test_every_browser_once(found: tuple[InstalledBrowser, ...], expected: tuple[InstalledBrowser, ...]) -> None:
    assert merged(found) == expected


def test_the_package_says_nothing_and_sets_up_no_logging() -> None:
    script = (
        "import logging\n"
        "from readiness.probes.browser_list import package\n"
        "assert package('browsers.linux').LINUX_DESKTOP_BROWSER_NAMES\n"
        "assert logging.getLogger().handlers == []\n"
        "assert logging.getLogger().level == logging.WARNING\n"
        "package().get('no-such-browser')\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
