"""A frozen program for Windows as far as Linux can make one: PyInstaller's own bootloader, and files with odd names."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Final

import check_wheels
import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
WINDOWS: Final = next(target for target in check_wheels.TARGETS if target.sys_platform == "win32")
_BOOTLOADER: Final = "PyInstaller/bootloader/Windows-64bit-intel"

#: Spaces, letters beyond ASCII, what NSIS and wixl take for variables, and a path that is longer than Windows' old limit.
ODD_FILES: Final = {
    "_internal/base_library.zip": b"PK" + bytes(5000),
    "_internal/a folder/Íñigo Muñoz/dólar $INSTDIR ${NSISDIR} 'it''s' `so`.txt": b"odd names",
    "/".join(["_internal", *("l" * 60 for _ in range(4)), "f" * 60 + ".txt"]): b"a long way",
    "_internal/empty": b"",
    "LICENSE": b"Apache",
}


def bootloader() -> dict[str, bytes]:
    """Both of PyInstaller's programs for Windows, from the wheel that is pinned; skips where it cannot be had."""
    text = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    found = re.search(r"(?m)^pyinstaller==.*(?:\n +.*)*", text)
    assert found
    (pin,) = check_wheels.read_pins(found[0])
    try:
        wheel = check_wheels.fetch(pin, WINDOWS, "3.11", ROOT / "build" / "wheels")
    except check_wheels.NotFoundOut as reason:
        pytest.skip(str(reason))
    assert wheel
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(f"{_BOOTLOADER}/{name}.exe") for name in ("run", "runw")}


def make(folder: Path) -> Path:
    """The tree, in ``folder``."""
    programs = bootloader()
    files = {"readiness.exe": programs["run"], "readiness-window.exe": programs["runw"], **ODD_FILES}
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its place."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
