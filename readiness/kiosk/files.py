"""Small files that a power cut must not tear: whoever reads one finds the old content or the new one, whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Final

#: Windows cannot be told to write a folder down: there the file system's own journal does it.
HAS_FOLDER_SYNC: Final = os.name == "posix"


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` in place of what is there. Raises OSError, and leaves the old content then.

    The bytes are on the disk before the name points to them, and the name is on the disk before this returns.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(made).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(made).unlink()
        raise
    _sync_folder(path.parent)


def sweep(path: Path) -> None:
    """Remove what a power cut in the middle of writing ``path`` has left beside it."""
    for left in path.parent.glob(f".{path.name}.*.new"):
        with contextlib.suppress(OSError):
            left.unlink()


def _sync_folder(folder: Path) -> None:
    """The new name, too."""
    if HAS_FOLDER_SYNC:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
