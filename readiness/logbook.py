"""Where a fault of ours is written down: one small file in the person's own log folder, made when there is need."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@contextmanager
def log_file() -> Iterator[Path]:
    """Write what is logged from WARNING on to a file, made only when there is something to write; gives its place."""
    from platformdirs import user_log_path

    path = user_log_path("readiness", appauthor=False) / "readiness.log"
    handler = _LateFile(path)
    # A log that cannot be written must not put a traceback before a person.
    complaining, logging.raiseExceptions = logging.raiseExceptions, False
    logging.getLogger().addHandler(handler)
    try:
        yield path
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
        logging.raiseExceptions = complaining


class _LateFile(logging.Handler):
    """A log file that is made, with its folder and what it takes to write it, when the first line is written."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.WARNING)
        self._path = path
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self._file is None:
                self._file = self._opened()
            self._file.emit(record)
        except OSError:
            self.handleError(record)

    def close(self) -> None:
        if self._file:
            self._file.close()
        super().close()

    def _opened(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler

        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(self._path, maxBytes=1 << 20, backupCount=1, encoding="utf-8")
        file.setFormatter(logging.Formatter(_FORMAT))
        return file
