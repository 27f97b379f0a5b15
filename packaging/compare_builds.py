"""Are two builds the same? Compares two frozen folders, or two archives of them, file by file.

    python packaging/compare_builds.py A B

A and B are folders, .tar.xz or .zip files. Content, kind and whether it can be run are compared; times and owners are
not. A difference that is one of the explained kinds below is told and accepted; any other is a fault.

Exit status: 0 the same, but for what is explained; 1 different (a line for each file); 2 something cannot be read.
Standard library only.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import re
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

_MODE_RUN: Final = 0o111


@dataclass(frozen=True)
class Entry:
    """One file of a build, as far as two builds have to agree on it."""

    kind: str
    """``file``, ``runs`` (a file that can be run) or ``link``."""
    digest: str
    """Of its content; for a link where it leads to."""
    read: Callable[[], bytes] | None = None


class Explained(NamedTuple):
    """A kind of difference that says nothing about what the program does."""

    name: str
    reason: str
    places: re.Pattern[str]
    plain: Callable[[bytes], bytes]
    """The content without what may differ. Two files are the same when this is the same."""


def without_pe_stamps(data: bytes) -> bytes:
    """A Windows program without its time stamp, its checksum and its signature (PE Format, Authenticode)."""
    if data[:2] != b"MZ" or len(data) < 64:
        return data
    at = int.from_bytes(data[60:64], "little")
    if data[at : at + 4] != b"PE\0\0" or len(data) < at + 24 + 152:
        return data
    plain = bytearray(data)
    optional = at + 24
    is_64 = data[optional : optional + 2] == b"\x0b\x02"
    certificates = optional + (144 if is_64 else 128)
    begin = int.from_bytes(data[certificates : certificates + 4], "little")
    plain[at + 8 : at + 12] = bytes(4)
    plain[optional + 64 : optional + 68] = bytes(4)
    plain[certificates : certificates + 8] = bytes(8)
    return bytes(plain[:begin]) if begin else bytes(plain)


#: Every kind, with its reason. It is short on purpose: on Linux nothing at all differs.
EXPLAINED: Final = (
    Explained(
        "time stamp, checksum or signature of a Windows program",
        "a signature carries the time it was made at; PyInstaller and the linkers write the time of the build",
        re.compile(r"\.(exe|dll|pyd)$", re.IGNORECASE),
        without_pe_stamps,
    ),
    Explained(
        "the seal of a macOS app",
        "CodeResources and the signature list what was signed and when; the files in it are compared by themselves",
        re.compile(r"(^|/)_CodeSignature/|(^|/)embedded\.provisionprofile$"),
        lambda _: b"",
    ),
)


# --- Reading ----------------------------------------------------------------------------------------------------------


def read(place: Path) -> dict[str, Entry]:
    """What a build is made of, by place. Raises OSError, or ValueError for what is no build."""
    if place.is_dir():
        return dict(in_folder(place))
    if not place.exists():
        raise ValueError(f"{place} is not there")
    try:
        if place.name.endswith((".tar.xz", ".tar.gz", ".tar")):
            return dict(in_tar(place))
        if place.suffix == ".zip":
            return dict(in_zip(place))
    except (EOFError, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile):
        raise ValueError(f"{place} is no whole archive") from None
    raise ValueError(f"{place} is neither a folder nor an archive")


def entry(data: bytes, *, can_run: bool, again: Callable[[], bytes]) -> Entry:
    return Entry("runs" if can_run else "file", hashlib.sha256(data).hexdigest(), again)


def in_folder(folder: Path) -> Iterator[tuple[str, Entry]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield name, Entry("link", path.readlink().as_posix())
        elif path.is_file():
            yield name, entry(path.read_bytes(), can_run=os.access(path, os.X_OK), again=path.read_bytes)


def in_tar(archive: Path) -> Iterator[tuple[str, Entry]]:
    """Files below the archive's one top folder."""
    with tarfile.open(archive) as packed:
        for member in packed:
            name = member.name.partition("/")[2]
            if member.issym():
                yield name, Entry("link", member.linkname)
            elif member.isfile():
                data = content(packed, member)
                kept = data if is_explained(name) else b""
                yield name, entry(data, can_run=bool(member.mode & _MODE_RUN), again=lambda kept=kept: kept)  # type: ignore[misc]


def content(packed: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = packed.extractfile(member)
    return file.read() if file else b""


def in_zip(archive: Path) -> Iterator[tuple[str, Entry]]:
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            if not member.is_dir():
                data = packed.read(member)
                kept = data if is_explained(member.filename) else b""
                can_run = bool(member.external_attr >> 16 & _MODE_RUN)
                yield member.filename, entry(data, can_run=can_run, again=lambda kept=kept: kept)  # type: ignore[misc]


def is_explained(name: str) -> bool:
    return any(kind.places.search(name) for kind in EXPLAINED)


# --- Comparing --------------------------------------------------------------------------------------------------------


def differences(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> Iterator[tuple[str, str | None]]:
    """Each difference as a sentence, with the explained kind that it is of, or None."""
    for name in sorted(one.keys() | other.keys()):
        first, second = one.get(name), other.get(name)
        if first is None or second is None:
            sealed = next((kind.name for kind in EXPLAINED if kind.places.search(name) and not kind.plain(b"x")), None)
            yield f"{name} is only in the {'second' if first is None else 'first'}", sealed
        elif first.kind != second.kind:
            yield f"{name} is a {first.kind} in the first, a {second.kind} in the second", None
        elif first.digest != second.digest:
            yield f"{name} differs", explanation(name, first, second)


def explanation(name: str, first: Entry, second: Entry) -> str | None:
    if not (first.read and second.read):
        return None
    for kind in EXPLAINED:
        if kind.places.search(name) and kind.plain(first.read()) == kind.plain(second.read()):
            return kind.name
    return None


def main(arguments: Sequence[str]) -> int:
    """Compare, and say what came of it. Returns the exit status."""
    if len(arguments) != 2:
        print("compare_builds.py takes two builds: folders or archives.", file=sys.stderr)
        return 2
    try:
        one, other = (read(Path(word)) for word in arguments)
    except (OSError, ValueError) as error:
        print(f"compare_builds.py: {error}.", file=sys.stderr)
        return 2
    faults = 0
    for sentence, kind in differences(one, other):
        print(f"{'explained' if kind else 'DIFFERENT'}  {sentence}{f' ({kind})' if kind else ''}")
        faults += kind is None
    print(f"{len(one)} and {len(other)} files: {f'{faults} differences' if faults else 'the same build'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
