"""Packs the frozen program for Linux: one .tar.xz, the same bytes whenever the same files are packed.

    python packaging/archive.py [FOLDER]

It lies beside FOLDER (dist/readiness) and is called by version and processor. Windows and macOS have installers.
Standard library only.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

#: For files that tell no better time: the first day that every kind of archive knows.
EPOCH_S: Final = 315_532_800


def main(arguments: Sequence[str]) -> int:
    """Pack, and say what came of it. Returns the exit status."""
    folder = Path(arguments[0]) if arguments else ROOT / "dist" / "readiness"
    if not sys.platform.startswith("linux"):
        print(f"{folder}: an archive is made on Linux only; other systems have installers.")
        return 0
    version = version_in((ROOT / "readiness" / "__init__.py").read_text(encoding="utf-8"))
    target = folder.with_name(f"readiness-{version}-linux-{platform.machine()}.tar.xz")
    pack(folder, target, int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH_S)))
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


def version_in(source: str) -> str:
    """The version that a module gives as ``__version__``. Raises LookupError."""
    found = re.search(r'^__version__ = "([^"]+)"$', source, re.MULTILINE)
    if not found:
        raise LookupError("there is no __version__")
    return found[1]


def pack(folder: Path, target: Path, time_s: int) -> None:
    """Write the files of a folder in one order, with one time and nobody's name, below the folder's own name."""
    unfinished = target.with_suffix(".part")
    with tarfile.open(unfinished, "w:xz", preset=6) as archive:
        for path in (folder, *sorted(folder.rglob("*"))):
            name = (Path(folder.name) / path.relative_to(folder)).as_posix()
            archive.add(path, name, recursive=False, filter=lambda entry: impersonal(entry, time_s))
    unfinished.replace(target)


def impersonal(entry: tarfile.TarInfo, time_s: int) -> tarfile.TarInfo:
    """The same entry, whoever packs it and when: it may be read by everybody, and written by its owner."""
    entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = time_s, 0, 0, "root", "root"
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    if entry.islnk():
        raise ValueError(f"{entry.name} is a hard link")
    return entry


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
