"""A crash must leave no picture of a visitor: memory is not written to disk, by this process nor by its children."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

#: SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX: no dialog, and no report with a dump.
_NO_DIALOGS = 0x8003

#: Which kinds of memory are part of a dump; children inherit it. There is no such file on macOS.
_FILTER = Path("/proc/self/coredump_filter")


def forbid_dumps() -> None:
    """For the life of this process; children inherit it."""
    if sys.platform == "win32":
        _forbid_on_windows()
    else:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # Linux does not hold a program that it pipes dumps to to that limit: let there be no memory in them either.
        with contextlib.suppress(OSError):
            _FILTER.write_text("0", encoding="ascii")


def _forbid_on_windows(kernel32: Any = None) -> None:
    import ctypes

    kernel32 = kernel32 or ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    kernel32.SetErrorMode(_NO_DIALOGS)
