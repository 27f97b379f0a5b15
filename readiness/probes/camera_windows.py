r"""Cameras on Windows, by Media Foundation, then DirectShow. Not run here: this system was not at hand.

Permission and use stand in the registry under ``…\CapabilityAccessManager\ConsentStore\webcam``, which Microsoft does
not document: what it says explains a camera that gave no picture, it never stops us from trying.
"""

from __future__ import annotations

import ntpath
import sys
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from readiness.model import Failure
from readiness.probes.camera_list import FoundCamera

#: cv2.CAP_MSMF and cv2.CAP_DSHOW, without loading OpenCV.
_MSMF: Final = 1400
_DSHOW: Final = 700

_CONSENT: Final = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"

#: Classic programs, ours among them, are listed under this key by their path, with # for \.
_CLASSIC: Final = "NonPackaged"


class Key(msgspec.Struct, frozen=True):
    """One registry key: its values and the keys below it, by name."""

    values: dict[str, Any] = {}
    keys: dict[str, Key] = {}


def find_cameras() -> list[FoundCamera]:
    """Every camera of Media Foundation, with its place in DirectShow to fall back on, then what only DirectShow lists."""
    from cv2_enumerate_cameras import enumerate_cameras

    return paired(
        [(str(info.name), str(info.path), info.index) for info in enumerate_cameras(_MSMF)],
        [(str(info.name), str(info.path), info.index) for info in enumerate_cameras(_DSHOW)],
    )


def paired(modern: list[tuple[str, str, int]], classic: list[tuple[str, str, int]]) -> list[FoundCamera]:
    """Cameras out of both lists of (name, path, index).

    Both number on their own. Paths begin alike up to the first ``{`` (an interface's class), which differs.
    """
    left = list(classic)
    cameras = []
    for name, path, index in modern:
        twin = next((c for c in left if _device(c[1]) == _device(path)), None) if path else None
        twin = twin or next((c for c in left if c[0] == name), None)
        places: tuple[tuple[int, int], ...] = ((_MSMF, index),)
        if twin:
            left.remove(twin)
            places += ((_DSHOW, twin[2]),)
        cameras.append(FoundCamera(name, places, path or name))
    return cameras + [FoundCamera(name, ((_DSHOW, index),), path or name) for name, path, index in left]


def _device(path: str) -> str:
    return path.partition("{")[0].casefold()


def is_present(camera: FoundCamera) -> bool:
    """Whether the camera is still listed."""
    return camera.path in {found.path for found in find_cameras()}


def trouble(camera: FoundCamera) -> Failure | None:
    """Whether the person, or who manages this computer, has switched the camera off for programs like ours."""
    return Failure.BLOCKED if any(refuses(key) for key in ask_registry()) else None


def held_by(camera: FoundCamera) -> tuple[str, ...]:
    """Programs that use a camera now, probably this one: Windows does not say which camera."""
    import psutil

    running = {process.info["exe"] for process in psutil.process_iter(["exe"]) if process.info["exe"]}
    return tuple(sorted({name for key in ask_registry() for name in users(key, running, sys.executable)}))


def refuses(webcam: Key) -> bool:
    """Whether the switch for everything, or the one for classic programs, says Deny."""
    classic = webcam.keys.get(_CLASSIC, Key())
    return "Deny" in (webcam.values.get("Value"), classic.values.get("Value"))


def users(webcam: Key, running: Iterable[str], own: str) -> list[str]:
    """Names of programs that began to use a camera, have not ended, and really run: entries of crashed ones stay.

    ``running`` has the full paths of running programs, ``own`` is ours.
    """
    paths = {path.casefold() for path in running} - {own.casefold()}
    folders = {part for path in paths for part in path.split("\\")}
    names = []
    for entry, key in webcam.keys.items():
        if entry != _CLASSIC and _in_use(key) and _package_runs(entry, folders):
            names.append(entry.rpartition("_")[0].rpartition(".")[2])
    for entry, key in webcam.keys.get(_CLASSIC, Key()).keys.items():
        path = entry.replace("#", "\\")
        if _in_use(key) and path.casefold() in paths:
            names.append(ntpath.splitext(ntpath.basename(path))[0])
    return names


def _in_use(entry: Key) -> bool:
    return bool(entry.values.get("LastUsedTimeStart")) and entry.values.get("LastUsedTimeStop") == 0


def _package_runs(family: str, folders: set[str]) -> bool:
    """Whether a program runs from a folder of that package: ``Name_1.2.3.0_x64__publisher`` for ``Name_publisher``."""
    name, _, publisher = family.casefold().rpartition("_")
    return any(folder.startswith(f"{name}_") and folder.endswith(f"_{publisher}") for folder in folders)


def ask_registry() -> list[Key]:
    """The camera's key of the person and of the whole computer; one that is missing is left out."""
    if sys.platform != "win32":
        return []
    import winreg

    found = (_read_key(root, _CONSENT) for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE))
    return [key for key in found if key]


def _read_key(root: Any, path: str) -> Key | None:
    if sys.platform != "win32":
        return None
    import winreg

    try:
        with winreg.OpenKey(root, path) as handle:
            below, values, _ = winreg.QueryInfoKey(handle)
            pairs = [winreg.EnumValue(handle, i)[:2] for i in range(values)]
            names = [winreg.EnumKey(handle, i) for i in range(below)]
    except OSError:
        return None
    keys = {name: key for name in names if (key := _read_key(root, f"{path}\\{name}"))}
    return Key(dict(pairs), keys)
