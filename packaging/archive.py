"""Packs the frozen program into one file, the same bytes whenever the same files are packed.

    python packaging/archive.py [FOLDER]

For Linux it is the .tar.xz that people get; for Windows the .zip from which Linux makes the installers. It lies beside
FOLDER (dist/readiness) and is called by version, system and processor. An .app of macOS is packed when it has been
signed: packaging/macos/. Standard library only.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import tarfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

#: For files that tell no better time: the first day that every kind of archive knows.
EPOCH_S: Final = 315_532_800


def main(arguments: Sequence[str]) -> int:
    """Pack, and say what came of it. Returns the exit status."""
    folder = Path(arguments[0]) if arguments else ROOT / "dist" / "readiness"
    if sys.platform == "darwin":
        print(f"{folder}: an app is packed when it has been signed.")
        return 0
    form, suffix = (pack_zip, ".zip") if sys.platform == "win32" else (pack, ".tar.xz")
    target = folder.with_name(release_name() + suffix)
    form(folder, target, int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH_S)))
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


def release_name() -> str:
    """What every file of this version for this system and processor is called, but for its ending."""
    version = version_in((ROOT / "readiness" / "__init__.py").read_text(encoding="utf-8"))
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    return f"readiness-{version}-{system}-{platform.machine().lower()}"


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


def pack_zip(folder: Path, target: Path, time_s: int) -> None:
    """The same as a .zip, which Windows can make and open."""
    unfinished = target.with_suffix(".part")
    moment = time.gmtime(max(time_s, EPOCH_S))[:6]
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo((Path(folder.name) / path.relative_to(folder)).as_posix(), moment)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())
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
