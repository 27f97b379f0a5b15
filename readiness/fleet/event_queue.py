"""Events that wait on the disk until the broker has them: bounded, and whole after a power cut.

SQLite keeps them, which is made for it: each change is on the disk or not at all.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
from pathlib import Path
from typing import Final, NamedTuple

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY AUTOINCREMENT, at_s REAL NOT NULL, fault TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Waiting(NamedTuple):
    """One event that the broker does not have yet."""

    number: int
    at_s: float
    fault: str


class EventQueue:
    """For any thread. What the disk refuses is counted as dropped; nothing is ever raised for it."""

    def __init__(self, path: Path, most: int) -> None:
        """``most``: how many may wait."""
        self._most = most
        self._lock = threading.Lock()
        self._lost = 0
        """Dropped because of the disk: they cannot be counted there."""
        self._done: set[int] = set()
        """What the broker has but the disk would not forget: not to be sent again."""
        self._base = _opened(path)
        with self._base:
            self._base.execute("INSERT OR IGNORE INTO facts VALUES ('id', ?)", (secrets.token_hex(4),))
            self._base.execute("INSERT OR IGNORE INTO facts VALUES ('dropped', '0')")
        self.id = str(self._fact("id"))
        """Which queue this is: numbers begin again with a new disk."""

    def put(self, fault: str, at_s: float) -> None:
        """Let one more wait; where too many do, the oldest is dropped."""
        with self._lock:
            try:
                with self._base:
                    self._insert(fault, at_s)
            except sqlite3.Error:
                self._lost += 1

    def first(self, most: int) -> list[Waiting]:
        """The oldest that wait."""
        asked = (most + len(self._done),)
        with self._lock, contextlib.suppress(sqlite3.Error):
            rows = self._base.execute("SELECT number, at_s, fault FROM events ORDER BY number LIMIT ?", asked)
            return [Waiting(*row) for row in rows if row[0] not in self._done]
        return []

    def done(self, number: int) -> None:
        """The broker has it."""
        with self._lock:
            try:
                with self._base:
                    self._base.execute("DELETE FROM events WHERE number = ?", (number,))
            except sqlite3.Error:
                self._done.add(number)

    @property
    def dropped(self) -> int:
        """How many were lost since this queue was made."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            return int(self._fact("dropped")) + self._lost
        return self._lost

    @property
    def waiting(self) -> int:
        with self._lock:
            return self._count()

    def close(self) -> None:
        with self._lock:
            self._base.close()

    def _insert(self, fault: str, at_s: float) -> None:
        self._base.execute("INSERT INTO events (at_s, fault) VALUES (?, ?)", (at_s, fault))
        over = self._count() - self._most
        if over > 0:
            oldest = "SELECT number FROM events ORDER BY number LIMIT ?"
            self._base.execute(f"DELETE FROM events WHERE number IN ({oldest})", (over,))  # noqa: S608 - our words
            self._base.execute("UPDATE facts SET value = value + ? WHERE name = 'dropped'", (over,))

    def _count(self) -> int:
        return int(self._base.execute("SELECT COUNT(*) FROM events").fetchone()[0])

    def _fact(self, name: str) -> str:
        return str(self._base.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()[0])


def _opened(path: Path) -> sqlite3.Connection:
    """The queue on the disk. One that is torn is begun anew; where nothing can be written, it is kept in memory."""
    for attempt in ("as it is", "anew"):
        with contextlib.suppress(OSError, sqlite3.Error):
            path.parent.mkdir(parents=True, exist_ok=True)
            if attempt == "anew":
                path.unlink()
            return _with_tables(str(path))
    return _with_tables(":memory:")


def _with_tables(name: str) -> sqlite3.Connection:
    base = sqlite3.connect(name, check_same_thread=False)
    try:
        base.execute("PRAGMA synchronous = FULL")
        base.executescript(_TABLES)
        base.execute("SELECT COUNT(*) FROM events").fetchone()
    except sqlite3.Error:
        base.close()
        raise
    return base
