"""Other people's programs, started beside the window without waiting for them."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QProcess, QProcessEnvironment, QStandardPaths


def program(path: str, arguments: Sequence[str]) -> QProcess:
    """A process that is not started yet, in the environment that this program was started in.

    A frozen program finds its own libraries by a changed path: others must not find them in place of theirs.
    """
    process = QProcess()
    process.setProgram(path)
    process.setArguments(list(arguments))
    environment = QProcessEnvironment.systemEnvironment()
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = os.environ.get(f"{name}_ORIG")
        if before is not None:
            environment.insert(name, before)
            process.setProcessEnvironment(environment)
    return process


def found(*names: str) -> str | None:
    """The path of the first of these programs that is there."""
    return next((path for name in names if (path := QStandardPaths.findExecutable(name))), None)
