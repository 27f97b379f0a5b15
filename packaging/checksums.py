"""SHA256SUMS for what is handed over: one line a file, as ``sha256sum --check SHA256SUMS`` reads it.

    python packaging/checksums.py FOLDER            write FOLDER/SHA256SUMS, of all its files
    python packaging/checksums.py --check FOLDER    do they still fit, and is each of them told?

Exit status: 0 written, or all fit; 1 some do not (a line for each); 2 there is nothing to look at. Standard library only.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

NAME: Final = "SHA256SUMS"


def main(arguments: Sequence[str]) -> int:
    """Write, or check. Returns the exit status."""
    is_check = arguments[:1] == ["--check"]
    words = arguments[1:] if is_check else arguments
    folder = Path(words[0]) if len(words) == 1 else None
    if folder is None or not folder.is_dir():
        print("checksums.py takes one folder, and --check before it.", file=sys.stderr)
        return 2
    sums = folder / NAME
    if not is_check:
        lines = [f"{digest(file)}  {file.name}\n" for file in handed_over(folder)]
        sums.write_text("".join(lines), encoding="utf-8", newline="\n")
        print(f"{sums}: {len(lines)} files")
        return 0
    if not sums.is_file():
        print(f"{sums} is not there.", file=sys.stderr)
        return 2
    faults = list(faults_of(folder, sums.read_text(encoding="utf-8")))
    for fault in faults:
        print(f"checksums.py: {fault}.", file=sys.stderr)
    return 1 if faults else 0


def handed_over(folder: Path) -> list[Path]:
    """The files of a folder, not of those below: what is frozen lies in one of them, and is packed."""
    return sorted(file for file in folder.iterdir() if file.is_file() and file.name != NAME)


def digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def faults_of(folder: Path, text: str) -> Iterator[str]:
    """What does not fit: a line that is none, a file that is gone, changed, or not told."""
    told = {}
    for line in text.splitlines():
        found = re.fullmatch(r"([0-9a-f]{64})  ([^/\\]+)", line)
        if not found:
            yield f"{NAME} has a line that is none: {line!r}"
            continue
        told[found[2]] = found[1]
    for name, wanted in told.items():
        file = folder / name
        if not file.is_file():
            yield f"{name} is not there"
        elif digest(file) != wanted:
            yield f"{name} is not the file that was summed up"
    yield from (f"{file.name} is not told in {NAME}" for file in handed_over(folder) if file.name not in told)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
