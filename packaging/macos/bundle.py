"""What the app says of itself to macOS: its name, its id, what it asks for and in which words. Pure; see readiness.spec."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent

NAME: Final = "Video Visit Readiness"
FOLDER: Final = f"{NAME}.app"

#: By this macOS remembers who may use the camera, and which app a package replaces. It never changes.
ID: Final = "org.videovisitreadiness.readiness"

#: The one program in it: a window without words, a terminal's command with them.
EXECUTABLE: Final = Path("Contents", "MacOS", "readiness")

#: The wheels are chosen for it: see check_wheels.py.
OLDEST_SYSTEM: Final = "13.0"

LANGUAGES: Final = ("en", "es")

_LINE: Final = re.compile(r'^"(\w+)" = "([^"\\]*)";$', re.MULTILINE)


def words(language: str) -> dict[str, str]:
    """Why the app asks for the camera and the microphone, by the key of Info.plist."""
    return dict(_LINE.findall(strings_file(language).read_text(encoding="utf-8")))


def strings_file(language: str) -> Path:
    """The file that macOS reads for a person who speaks ``language``."""
    return HERE / f"{language}.lproj" / "InfoPlist.strings"


def info(version: str) -> Mapping[str, Any]:
    """What Info.plist says beside what PyInstaller writes there by itself. Raises ValueError.

    Without the words for camera and microphone, macOS ends a program that asks for them.
    """
    return {
        "CFBundleDevelopmentRegion": LANGUAGES[0],
        "CFBundleLocalizations": list(LANGUAGES),
        "CFBundleVersion": numbers(version),
        "CFBundleShortVersionString": numbers(version),
        "LSApplicationCategoryType": "public.app-category.medical",
        "LSMinimumSystemVersion": OLDEST_SYSTEM,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "Apache License 2.0",
        **words(LANGUAGES[0]),
    }


def numbers(version: str) -> str:
    """A version as macOS compares it: the two or three numbers that it begins with. Raises ValueError."""
    found = re.match(r"\d+\.\d+(\.\d+)?(?![\d.])", version)
    if not found:
        raise ValueError(f"{version!r} is no version of two or three numbers")
    return found[0]
