"""What a kiosk tells the broker: a status that stays there, and events. Counts, codes and times, and nothing else.

GROUP/KIOSK/status   retained: how it is now; the broker itself puts "gone" there when the kiosk dies (last will)
GROUP/KIOSK/event    each fault once, at least once on the wire: ``queue`` and ``number`` tell a repeated one
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

import msgspec

from readiness.kiosk.faults import SENTENCES
from readiness.kiosk.health import Health, Light

SCHEMA_VERSION: Final = 1

#: Ours are a few hundred bytes. What is larger is not ours, and is not even parsed.
MAX_BYTES: Final = 4096


class State(StrEnum):
    """Whether the kiosk speaks to the broker."""

    HERE = "here"
    STOPPED = "stopped"
    """It was ended in good order."""
    GONE = "gone"
    """The broker lost it: no power, no network, or it died."""


class StatusMessage(msgspec.Struct, frozen=True, kw_only=True):
    """How a kiosk is. A last will has only a state: who dies cannot say more."""

    schema_version: int
    state: State
    light: Light | None = None
    app_version: str = ""
    config_version: int = 0
    at_s: float = 0.0
    """When it was written, in seconds since 1970, by the kiosk's clock."""
    uptime_s: int = 0
    restarts: int = 0
    visits: int = 0
    mode: str = ""
    self_test: dict[str, str] = {}
    """By check id: the status."""
    faults: dict[str, int] = {}
    """How often since the start, by code: all codes, so that a count which begins anew is seen."""
    last_fault: str | None = None
    dropped: int = 0
    """How many events were lost because too many waited."""


class EventMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One fault, when it happened."""

    schema_version: int
    queue: str
    """Which queue it comes from: one more with each new disk."""
    number: int
    """Rises by one with each event of a queue. Whoever counts leaves out what it has heard before."""
    at_s: float
    fault: str


def status_of(health: Health, state: State, dropped: int = 0) -> StatusMessage:
    """What is told of a kiosk's health."""
    return StatusMessage(
        schema_version=SCHEMA_VERSION,
        state=state,
        light=health.light,
        app_version=health.app_version,
        config_version=health.config_version,
        at_s=round(health.written_at_s, 1),
        uptime_s=health.uptime_s,
        restarts=health.restarts,
        visits=health.visits,
        mode=health.mode.value,
        self_test=health.self_test,
        faults={code: health.faults.get(code, 0) for code in SENTENCES},
        last_fault=health.last_fault,
        dropped=dropped,
    )


def last_will() -> bytes:
    """What the broker tells of a kiosk that it has lost."""
    return msgspec.json.encode({"schema_version": SCHEMA_VERSION, "state": State.GONE})


def encode(message: StatusMessage | EventMessage) -> bytes:
    return msgspec.json.encode(message)


def decode_status(payload: bytes) -> StatusMessage | None:
    """A kiosk's status; None for what no kiosk says. Words that are shown are only such as ours."""
    if len(payload) > MAX_BYTES:
        return None
    try:
        status = msgspec.json.decode(payload, type=StatusMessage)
    except msgspec.MsgspecError:
        return None
    words = (
        *(status.app_version, status.mode, status.last_fault or "", *status.faults),
        *(*status.self_test, *status.self_test.values()),
    )
    return status if all(map(_is_plain, words)) else None


def decode_event(payload: bytes) -> EventMessage | None:
    """One event; None for what no kiosk says."""
    if len(payload) > MAX_BYTES:
        return None
    try:
        event = msgspec.json.decode(payload, type=EventMessage)
    except msgspec.MsgspecError:
        return None
    return event if re.fullmatch(r"K\d\d", event.fault) and _is_plain(event.queue) else None


def _is_plain(word: str) -> bool:
    """A word that can upset no terminal, and is too short to tell of a person."""
    return re.fullmatch(r"[A-Za-z0-9_.+-]{0,40}", word) is not None
