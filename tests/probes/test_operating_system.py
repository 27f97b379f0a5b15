"""What systems say of themselves: this one for real, Windows and macOS as recorded."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from readiness.model import Failure
from readiness.probes import operating_system, operating_system_macos, operating_system_windows, process
from readiness.readings import OperatingSystemReading, OsFamily

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="asks a Linux")


def read() -> OperatingSystemReading:
    return operating_system.read(operating_system.Task(), lambda partial: None)


@LINUX_ONLY
def test_this_system_says_what_its_own_file_says() -> None:
    reading = process.run_child(process.command("operating_system"), {}, OperatingSystemReading, deadline_s=20)
    said = platform.freedesktop_os_release()
    assert reading.failure is None
    assert reading.family is OsFamily.LINUX
    assert reading.version == said.get("VERSION_ID")
    assert reading.name is not None
    assert reading.name.startswith(said["NAME"])


@pytest.mark.parametrize(
    ("fields", "name", "version"),
    [
        ({"NAME": "Debian GNU/Linux", "VERSION_ID": "12"}, "Debian GNU/Linux 12", "12"),
        ({"NAME": "Ubuntu", "VERSION_ID": "24.04"}, "Ubuntu 24.04", "24.04"),
        ({"NAME": "Arch Linux", "BUILD_ID": "rolling"}, "Arch Linux", None),
        ({"NAME": "", "VERSION_ID": ""}, "Linux", None),
        ({}, "Linux", None),
    ],
)
def test_linux(fields: dict[str, str], name: str, version: str | None) -> None:
    assert operating_system.linux(fields) == OperatingSystemReading(family=OsFamily.LINUX, name=name, version=version)


@pytest.mark.parametrize(
    "content",
    [None, b"", b"\xff\xfe rubbish", b"no equals sign\n"],
    ids=lambda content: content,
)
def test_a_container_without_a_sound_os_release_is_still_a_linux(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "os-release"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(platform, "_os_release_candidates", (str(file),))
    monkeypatch.setattr(platform, "_os_release_cache", None)
    reading = operating_system.linux(operating_system.os_release())
    assert (reading.family, reading.name, reading.version) == (OsFamily.LINUX, "Linux", None)


def test_a_system_that_we_do_not_know_gets_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "freebsd14")
    monkeypatch.setattr(platform, "system", lambda: "FreeBSD")
    monkeypatch.setattr(platform, "release", lambda: "14.1-RELEASE")
    assert read() == OperatingSystemReading(family=OsFamily.OTHER, name="FreeBSD", version="14.1-RELEASE")


@pytest.mark.parametrize(
    ("numbers", "name", "version"),
    [
        ((10, 0, 26100, 1), "Windows 11", "11.26100"),
        ((10, 0, 22000, 1), "Windows 11", "11.22000"),
        ((10, 0, 21999, 1), "Windows 10", "10.21999"),
        ((10, 0, 19045, 1), "Windows 10", "10.19045"),
        ((6, 3, 9600, 1), "Windows 8.1", "8.1.9600"),
        ((6, 2, 9200, 1), "Windows 8", "8.9200"),
        ((6, 1, 7601, 1), "Windows 7", "7.7601"),
        ((6, 0, 6002, 1), "Windows Vista", "6.0.6002"),
        ((5, 1, 2600, 1), "Windows 5.1", "5.1.2600"),
        # servers: no version, because it cannot be compared with those of the others
        ((10, 0, 26100, 3), "Windows Server 2025", None),
        ((10, 0, 20348, 3), "Windows Server 2022", None),
        ((10, 0, 17763, 2), "Windows Server 2019", None),
        ((6, 3, 9600, 3), "Windows Server", None),
    ],
)
def test_windows(numbers: tuple[int, int, int, int], name: str, version: str | None) -> None:
    assert operating_system_windows.reading(*numbers) == OperatingSystemReading(
        family=OsFamily.WINDOWS, name=name, version=version
    )


@pytest.mark.parametrize(
    ("reported", "name", "version"),
    [
        ("15.1", "macOS 15.1", "15.1"),
        ("13.7.1", "macOS 13.7.1", "13.7.1"),
        ("26.1", "macOS 26.1", "26.1"),
        ("10.15.7", "macOS 10.15.7", "10.15.7"),
        # what an old program is told
        ("10.16", "macOS", None),
        ("16.0", "macOS 26.0", "26.0"),
        ("16", "macOS 26", "26"),
        # nothing, and rubbish
        ("", "macOS", None),
        ("rubbish", "macOS", None),
        ("15.", "macOS", None),
    ],
)
def test_macos(reported: str, name: str, version: str | None) -> None:
    assert operating_system_macos.reading(reported) == OperatingSystemReading(
        family=OsFamily.MACOS, name=name, version=version
    )


@LINUX_ONLY
def test_asked_on_the_wrong_system_windows_says_that_it_cannot_be_asked() -> None:
    assert operating_system_windows.read() == OperatingSystemReading(failure=Failure.UNSUPPORTED)


@LINUX_ONLY
def test_a_mac_without_its_own_tool_is_asked_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "mac_ver", lambda: ("14.5", ("", "", ""), "arm64"))
    assert operating_system_macos.read().version == "14.5"


def test_on_windows_the_systems_own_numbers_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """`major` and `build` are what an old program is told; `platform_version` is true."""
    told = SimpleNamespace(major=6, minor=2, build=9200, platform_version=(10, 0, 26100), product_type=1)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "getwindowsversion", lambda: told, raising=False)
    assert read() == OperatingSystemReading(family=OsFamily.WINDOWS, name="Windows 11", version="11.26100")


def test_on_a_mac_its_own_tool_is_asked_for_the_true_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def sw_vers(argv: list[str], *, env: dict[str, str], **options: object) -> SimpleNamespace:
        assert argv == ["/usr/bin/sw_vers", "-productVersion"]
        return SimpleNamespace(stdout="26.1\n" if env["SYSTEM_VERSION_COMPAT"] == "0" else "16.1\n")

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", sw_vers)
    assert read() == OperatingSystemReading(family=OsFamily.MACOS, name="macOS 26.1", version="26.1")
