"""A crash must leave no picture of a visitor: memory is not written to disk, by this process nor by its children."""

from __future__ import annotations

import sys
from typing import Any

#: SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX: no dialog, and no report with a dump.
_NO_DIALOGS = 0x8003


def forbid_dumps() -> None:
    """For the life of this process; children inherit it."""
    if sys.platform == "win32":
        _forbid_on_windows()
    else:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _forbid_on_windows(kernel32: Any = None) -> None:
    import ctypes

    kernel32 = kernel32 or ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    kernel32.SetErrorMode(_NO_DIALOGS)
