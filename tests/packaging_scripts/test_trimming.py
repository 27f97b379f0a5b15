"""What goes into the frozen program, decided by names: on the names that the three systems really use."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import trimming

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        "PySide6/Qt/plugins/platforms/libqcocoa.dylib",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
        "PySide6/Qt/translations/qtbase_es.qm",
        "PySide6/Qt/lib/libQt6Core.so.6",
        "PySide6/QtWidgets.abi3.so",
        "cv2/data/haarcascade_frontalface_alt2.xml",
        "cv2/cv2.abi3.so",
        "_sounddevice_data/portaudio-binaries/libportaudio64bit.dll",
        "tzdata/zoneinfo/UTC",
        "ui/style.qss",
    ],
)
def test_what_is_used_stays(name: str) -> None:
    assert trimming.is_wanted(name)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/plugins/imageformats/libqpdf.so",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "PySide6\\plugins\\styles\\qmodernwindowsstyle.dll",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/Qt/translations/qt_es.qm",
        "PySide6/Qt/qml/QtQuick/qmldir",
        "cv2/data/haarcascade_eye.xml",
        "cv2/opencv_videoio_ffmpeg4120_64.dll",
        "PySide6/opengl32sw.dll",
        "_sounddevice_data/portaudio-binaries/libportaudio64bit-asio.dll",
        "_sounddevice_data/portaudio-binaries/libportaudioarm64.dll",
        "numpy/f2py/src/fortranobject.c",
        "tzdata/zoneinfo/Europe/Madrid",
    ],
)
def test_what_nobody_asks_for_goes(name: str) -> None:
    assert not trimming.is_wanted(name)


@pytest.mark.parametrize(
    ("file", "plugin"),
    [("libqxcb.so", "xcb"), ("qwindows.dll", "windows"), ("libqcocoa.dylib", "cocoa"), ("libbradient.so", "bradient")],
)
def test_a_plugin_has_one_name_on_all_systems(file: str, plugin: str) -> None:
    assert trimming.plugin_name(file) == plugin


def test_a_library_stays_when_something_that_stays_asks_for_it_also_by_way_of_others() -> None:
    asks = {
        "/qt/libqxcb.so": ["libQt6XcbQpa.so.6", "libcups.so.2"],
        "/qt/libQt6XcbQpa.so.6": ["libQt6Gui.so.6", "libc.so.6"],
        "/qt/libQt6Quick.so.6": ["libQt6Qml.so.6"],
    }
    binaries = {
        "PySide6/Qt/plugins/platforms/libqxcb.so": "/qt/libqxcb.so",
        "PySide6/Qt/lib/libQt6XcbQpa.so.6": "/qt/libQt6XcbQpa.so.6",
        "PySide6/Qt/lib/libQt6Gui.so.6": "/qt/libQt6Gui.so.6",
        "PySide6/Qt/lib/libQt6Quick.so.6": "/qt/libQt6Quick.so.6",
        "PySide6/Qt/lib/libQt6Qml.so.6": "/qt/libQt6Qml.so.6",
        "libcups.so.2": "/usr/lib/libcups.so.2",
        "libpython3.11.so.1.0": "/usr/lib/libpython3.11.so.1.0",
    }
    assert trimming.asked_for(binaries, lambda source: asks.get(source, [])) == {
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/lib/libQt6XcbQpa.so.6",
        "PySide6/Qt/lib/libQt6Gui.so.6",
        "libpython3.11.so.1.0",
    }


@pytest.mark.parametrize(
    ("name", "is_library"),
    [
        ("libz.so.1", True),
        ("PySide6/Qt/lib/libQt6Core.so.6", True),
        ("PySide6/Qt6Core.dll", True),
        ("PySide6/QtCore.abi3.so", False),
        ("PySide6\\QtCore.pyd", False),
        ("_cffi_backend.cpython-311-x86_64-linux-gnu.so", False),
        ("python311.dll", False),
        ("numpy.libs/libgfortran.so.5", False),
    ],
)
def test_what_is_there_only_for_others(name: str, is_library: bool) -> None:
    assert trimming.is_library(name) == is_library


def test_nothing_is_left_out_that_the_program_imports_itself() -> None:
    sources = [path for folder in ("readiness", "ui") for path in (PROJECT / folder).rglob("*.py")]
    imported = {name for path in sources for name in names_imported(path.read_text(encoding="utf-8"))}
    assert "PySide6.QtSvg" in imported
    assert imported & set(trimming.EXCLUDED_MODULES) == set()


def names_imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_what_only_working_on_it_brings_stays_out() -> None:
    modules = {
        "numpy": ["numpy"],
        "nacl": ["PyNaCl"],
        "requests": ["requests"],
        "ours_and_theirs": ["a_b", "Paho.MQTT"],
    }
    assert trimming.strangers(modules, ["numpy", "pynacl", "paho-mqtt"]) == ("requests",)
