"""Manifest, version resource and icons: written for other systems' readers, so read here as those read them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import icons
import pytest
from PyInstaller.utils.win32 import winmanifest  # type: ignore[import-untyped]
from PySide6.QtGui import QImage
from windows import resources

from readiness import __version__

_V3 = "{urn:schemas-microsoft-com:asm.v3}"
_SETTINGS = "{http://schemas.microsoft.com/SMI/%s/WindowsSettings}"


def test_the_manifest_says_what_it_should_after_pyinstaller_had_it() -> None:
    root = ET.fromstring(winmanifest.create_application_manifest(resources.MANIFEST.encode(), False, False))

    def said(year: int, name: str) -> str | None:
        return root.findtext(f"{_V3}application/{_V3}windowsSettings/{_SETTINGS % year}{name}")

    assert said(2016, "dpiAwareness") == "PerMonitorV2, PerMonitor"
    assert said(2016, "longPathAware") == "true"
    assert said(2019, "activeCodePage") == "UTF-8"
    level = root.find(f".//{_V3}requestedExecutionLevel")
    assert level is not None
    assert level.attrib == {"level": "asInvoker", "uiAccess": "false"}
    supported = root.find(".//{urn:schemas-microsoft-com:compatibility.v1}supportedOS")
    assert supported is not None
    assert supported.attrib["Id"] == "{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"


def test_the_version_resource_can_be_read_as_pyinstaller_reads_it() -> None:
    """PyInstaller evaluates the text with its own classes, which need Windows; these only keep what they are given."""

    def kept(name: str) -> Any:
        return lambda *given, **named: (name, given, named)

    classes = (
        "VSVersionInfo",
        "FixedFileInfo",
        "StringFileInfo",
        "StringTable",
        "StringStruct",
        "VarFileInfo",
        "VarStruct",
    )
    text = resources.version_resource(__version__, "readiness-window", "Video Visit Readiness")
    _, _, said = eval(text, {name: kept(name) for name in classes})
    assert said["ffi"][2]["filevers"] == resources.four_numbers(__version__)
    ((_, (language, strings), _),) = said["kids"][0][1][0]
    assert language == "040904B0"
    told = dict(given for _, given, _ in strings)
    assert told["ProductVersion"] == __version__
    assert told["OriginalFilename"] == "readiness-window.exe"


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("0.1.0", (0, 1, 0, 0)), ("12.3", (12, 3, 0, 0)), ("1.2.3.4", (1, 2, 3, 4)), ("1.2.0rc1", (1, 2, 0, 0))],
)
def test_versions_become_four_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert resources.four_numbers(version) == numbers


@pytest.mark.parametrize("version", ["", "1", "x.y", "1.70000", "1.2.3.4.5"])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        resources.four_numbers(version)


def test_the_windows_icon_has_every_size_and_clear_corners(tmp_path: Path) -> None:
    content = icons.write(tmp_path / "new" / "readiness.ico").read_bytes()
    _, kind, count = struct.unpack_from("<HHH", content)
    assert (kind, count) == (1, len(icons.ICO_SIZES_PX))
    for number, size_px in enumerate(icons.ICO_SIZES_PX):
        width, *_, length, at = struct.unpack_from("<BBBBHHII", content, 6 + 16 * number)
        assert width == size_px % 256
        one = struct.pack("<HHH", 0, 1, 1) + content[6 + 16 * number : 18 + 16 * number] + struct.pack("<I", 22)
        image = QImage.fromData(one + content[at : at + length])
        assert (image.width(), image.height()) == (size_px, size_px)
        assert image.pixelColor(0, 0).alpha() == 0
        middle = image.pixelColor(size_px // 2, size_px // 2)
        assert middle.alpha() == 255
        assert image == icons.drawn(size_px).convertToFormat(image.format())


def test_the_mac_icon_is_png_after_png() -> None:
    content = icons.icns()
    assert content[:4] == b"icns"
    assert struct.unpack_from(">I", content, 4)[0] == len(content)
    at, found = 8, {}
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at + 4)
        found[content[at : at + 4].decode()] = QImage.fromData(content[at + 8 : at + length]).width()
        at += length
    assert found == icons.ICNS_SIZES_PX


def test_icons_are_the_same_each_time_and_wrong_names_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert icons.ico() == icons.ico()
    assert icons.main([str(tmp_path / "a.icns")]) == 0
    assert icons.main([str(tmp_path / "a.png")]) == 2
    assert icons.main([]) == 2
    (tmp_path / "empty.svg").write_bytes(b"")
    with pytest.raises(ValueError, match="no drawing"):
        icons.drawn(16, tmp_path / "empty.svg")
