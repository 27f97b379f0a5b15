"""Finds what has to be signed in an app, by what the files are and not by what they are called. Pure but for reading."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterable, Iterator
from enum import IntEnum
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from macos.bundle import EXECUTABLE


class Kind(IntEnum):
    """What a Mach-O file is for, as its header says."""

    EXECUTABLE = 2
    LIBRARY = 6
    PLUGIN = 8


#: The first four bytes of a program of one processor, by the order of its numbers.
_THIN: Final = {b"\xcf\xfa\xed\xfe": "<", b"\xce\xfa\xed\xfe": "<", b"\xfe\xed\xfa\xcf": ">", b"\xfe\xed\xfa\xce": ">"}

#: Of several processors in one file, with the form of an entry up to where its program begins.
_FAT: Final = {b"\xca\xfe\xba\xbe": ">III", b"\xca\xfe\xba\xbf": ">IIQ"}

#: Java's classes begin like the first of them, and go on with a version, which is 45 or more.
_MOST_PROCESSORS: Final = 20


def kind(file: Path) -> Kind | None:
    """What a Mach-O file is for; None for every other file."""
    with file.open("rb") as stream:
        head = stream.read(4096)
        if entry := _FAT.get(head[:4]):
            try:
                count, *_ = struct.unpack_from(">I", head, 4)
                *_, at = struct.unpack_from(entry, head, 8)
            except struct.error:
                return None
            if count > _MOST_PROCESSORS:
                return None
            stream.seek(at)
            head = stream.read(32)
    order = _THIN.get(head[:4])
    if not order or len(head) < 16:
        return None
    (told,) = struct.unpack_from(f"{order}I", head, 12)
    return Kind(told) if told in set(Kind) else None


def programs(app: Path) -> Iterator[tuple[Path, Kind]]:
    """Every Mach-O file that can be signed. Links are passed by: what they lead to is found by itself."""
    for path in sorted(app.rglob("*")):
        if path.is_file() and not path.is_symlink() and (what := kind(path)):
            yield path, what


def in_signing_order(app: Path) -> list[Path]:
    """What to sign, from the inside to the outside: a signature covers those that lie in it.

    Plain files first, the deepest before the others; then versions of frameworks, the deepest first; in the end the app,
    whose signature is that of its main program, too.
    """
    found = [path for path, _ in programs(app)]
    frameworks = {version for path in found if (version := version_of(path))}
    covered = {main_program(version) for version in frameworks} | {app / EXECUTABLE}
    return [*_deepest_first(set(found) - covered), *_deepest_first(frameworks), app]


def version_of(program: Path) -> Path | None:
    """``…/QtCore.framework/Versions/A`` for the program of a framework; None for one that belongs to none."""
    for folder in program.parents:
        if folder.parent.name == "Versions" and folder.parent.parent.suffix == ".framework":
            return folder
    return None


def main_program(version: Path) -> Path:
    """The library of a framework: called as the framework is."""
    return version / version.parent.parent.stem


def _deepest_first(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: (-len(path.parts), path.as_posix()))
