"""All kiosks of a fleet, from what the broker tells: pure, messages and a time go in, rows come out."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from readiness.fleet.config import TOPIC
from readiness.fleet.messages import SCHEMA_VERSION, State, StatusMessage, decode_status
from readiness.kiosk.health import Light

#: A kiosk tells of itself each minute. One that is connected and silent for so long stands still.
SILENT_S: Final = 300.0

_NAME: Final = re.compile(TOPIC)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One kiosk."""

    kiosk: str
    light: Light
    state: State
    is_silent: bool = False
    """It says that it is here, but has not said anything for long."""
    is_newer: bool = False
    """It runs a newer version of this program, whose words we may not know."""
    heard_s_ago: float | None = None
    """None: it has died, and nobody knows since when."""
    status: StatusMessage
    """The last that it said itself."""


class Table:
    """One fleet. Everything is kept by kiosk: a fleet of thousands takes some megabytes."""

    def __init__(self, group: str) -> None:
        self._beginning, self._end = f"{group}/", "/status"
        self._states: dict[str, StatusMessage] = {}
        self._last_words: dict[str, StatusMessage] = {}
        """The last status with words; a last will has none."""
        self._heard_at_s: dict[str, float] = {}
        """By our own clock; of what the broker had kept, by the kiosk's."""
        self.refused = 0
        """Messages that no kiosk of ours says."""

    def hear(self, topic: str, payload: bytes, now_s: float | None = None) -> bool:
        """Take a message in; whether it changed anything. An empty one takes a kiosk off the table.

        ``now_s``: when it was said, in seconds since 1970; None for what the broker had kept.
        """
        name = topic.removeprefix(self._beginning).removesuffix(self._end)
        if topic != f"{self._beginning}{name}{self._end}" or not _NAME.search(name):
            self.refused += 1
            return False
        if not payload:
            self._last_words.pop(name, None)
            return self._states.pop(name, None) is not None
        status = decode_status(payload)
        if status is None:
            self.refused += 1
            return False
        self._states[name] = status
        if status.light:
            self._last_words[name] = status
            self._heard_at_s[name] = status.at_s if now_s is None else now_s
        return True

    def __len__(self) -> int:
        return len(self._states)

    def rows(self, now_s: float) -> list[Row]:
        """All kiosks, those that need somebody first; ``now_s`` in seconds since 1970."""
        made = [self._row(name, status, now_s) for name, status in self._states.items()]
        return sorted(made, key=lambda row: (_ORDER.index(row.light), row.state is State.STOPPED, row.kiosk))

    def _row(self, name: str, status: StatusMessage, now_s: float) -> Row:
        words = self._last_words.get(name, status)
        is_here = status.state is State.HERE
        heard_at_s = self._heard_at_s.get(name)
        ago_s = None if heard_at_s is None else max(0.0, now_s - heard_at_s)
        is_silent = is_here and ago_s is not None and ago_s > SILENT_S
        if status.state is State.GONE:
            light = Light.RED
        elif is_silent or not is_here:
            light = Light.YELLOW
        else:
            light = status.light or Light.YELLOW
        return Row(
            kiosk=name,
            light=light,
            state=status.state,
            is_silent=is_silent,
            is_newer=status.schema_version > SCHEMA_VERSION,
            heard_s_ago=ago_s,
            status=words,
        )


_ORDER: Final = (Light.RED, Light.YELLOW, Light.GREEN)
