"""The frozen program as the installers take it: every file by its place in the folder, in one order, with one time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from uuid import UUID, uuid5

#: What readiness.spec makes on Windows. A folder without them is no frozen program.
EXECUTABLES: Final = ("readiness.exe", "readiness-window.exe")

#: The name space of every id that the installers carry. It never changes: ids tell Windows what belongs together.
NAMESPACE: Final = UUID("6f0cf0b3-54b4-5c1c-9c57-3d3b6d8e2a11")

#: For files that tell no better time: the first day that every kind of archive knows.
EPOCH_S: Final = 315_532_800


class Refused(Exception):
    """Something that was given cannot be used: one sentence."""


@dataclass(frozen=True)
class StagedFile:
    """One file of the program, copied under a plain name for tools that stumble over others."""

    place: PurePosixPath
    """Where it belongs, from the program's folder on."""
    copy: str
    """Where its copy lies, from the work folder on."""
    size: int


def guid(word: str) -> str:
    """The id of something by a word for it: the same in every build."""
    return "{" + str(uuid5(NAMESPACE, word)).upper() + "}"


def stage(folder: Path, work: Path) -> tuple[StagedFile, ...]:
    """Copy a frozen program to ``work/files``, each file with a plain name and one time. Raises Refused."""
    missing = [name for name in EXECUTABLES if not (folder / name).is_file()]
    if missing:
        raise Refused(f"{folder}: {missing[0]} is missing; give the folder that the freeze on Windows has made.")
    time_s = int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH_S))
    (work / "files").mkdir(parents=True)
    places = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    _must_differ(places, folder)
    staged = []
    for number, place in enumerate(places):
        copy = f"files/f{number:05}"
        shutil.copyfile(folder / place, work / copy)
        os.utime(work / copy, (time_s, time_s))
        staged.append(StagedFile(PurePosixPath(place), copy, (work / copy).stat().st_size))
    return tuple(staged)


def _must_differ(places: list[str], folder: Path) -> None:
    seen: dict[str, str] = {}
    for place in places:
        other = seen.setdefault(place.casefold(), place)
        if other != place:
            raise Refused(f"{folder}: {other} and {place} are one file on Windows; rename one.")


def tools_environment() -> Mapping[str, str]:
    """For tools that read the names of files by the locale."""
    return {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": ""}
