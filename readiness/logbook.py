"""Where a fault of ours is written down: one small file in the person's own log folder, made when there is need."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any


@contextmanager
def log_file() -> Iterator[Path]:
    """Write what is logged from WARNING on to a file, made only when there is something to write; gives its place."""
    from platformdirs import user_log_path

    path = user_log_path("readiness", appauthor=False) / "readiness.log"
    handler = _LateFile(path, maxBytes=1 << 20, backupCount=1, delay=True, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    # A log that cannot be written must not put a traceback before a person.
    complaining, logging.raiseExceptions = logging.raiseExceptions, False
    logging.getLogger().addHandler(handler)
    try:
        yield path
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
        logging.raiseExceptions = complaining


class _LateFile(RotatingFileHandler):
    """A log file whose folder is made when the first line is written."""

    def _open(self) -> Any:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()
