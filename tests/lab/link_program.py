"""Compiles the program that carries a link's packets: once for each version of its source."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

from tests.lab.inside import LabError

SOURCE: Final = Path(__file__).resolve().parent / "link.c"

#: What it takes to compile it, the first that is there.
COMPILERS: Final = ("cc", "gcc", "clang")
_OPTIONS: Final = ("-O2", "-Wall", "-Wextra", "-pthread")


def program(cache: Path | None = None) -> Path:
    """The program for the present source. LabError when there is no compiler."""
    source = SOURCE.read_bytes()
    folder = cache or user_cache_path("readiness-lab")
    made = folder / f"link-{hashlib.sha256(source).hexdigest()[:16]}"
    if not made.exists():
        _compile(folder, made)
    return made


def _compile(folder: Path, made: Path) -> None:
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        raise LabError("A link needs a C compiler: install the Debian packages gcc and libc6-dev.")
    folder.mkdir(parents=True, exist_ok=True)
    # Under a name of its own first: two tests may compile at the same time.
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    half = Path(name)
    try:
        done = subprocess.run(
            [compiler, *_OPTIONS, "-o", str(half), str(SOURCE)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr.strip())
            raise LabError(f"A link needs a program that could not be compiled: {said}")
        half.chmod(0o755)
        half.replace(made)
    finally:
        half.unlink(missing_ok=True)
