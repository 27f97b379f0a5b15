"""Listens to a whole fleet: the statuses that the broker keeps, and each new one."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from readiness.fleet.config import FleetConfig
from readiness.fleet.line import CONNECT_S, Trouble, connect, make_client
from readiness.fleet.table import Table

if TYPE_CHECKING:
    from paho.mqtt.client import Client

#: What the broker keeps has all come when nothing more has come for so long.
QUIET_S: Final = 1.0

_LOOK_S: Final = 0.25


class Listener:
    """One connection with the broker, in the thread of whoever calls `listen`."""

    def __init__(self, config: FleetConfig) -> None:
        """Raises `LineError` where a file that the settings name cannot be used."""
        self.table = Table(config.group)
        self._config = config
        self._client = make_client(config, f"{config.group}-table-{secrets.token_hex(4)}")
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._hear
        self._is_refused = False
        self._is_listening = False
        self._heard_at_s = 0.0

    def listen(self, go_on: Callable[[], bool]) -> Trouble | None:
        """Listen while ``go_on`` says so, which is asked four times a second; what has ended it otherwise."""
        if trouble := connect(self._client, self._config):
            return trouble
        answered_by_s = time.monotonic() + CONNECT_S
        try:
            while self._client.loop(_LOOK_S) == 0 and not self._is_refused:
                if not go_on():
                    return None
                if not self._is_listening and time.monotonic() > answered_by_s:
                    return Trouble.NO_ANSWER
            return Trouble.NO_ANSWER if self._is_listening and not self._is_refused else Trouble.REFUSED
        finally:
            self._is_listening = False
            self._client.disconnect()

    @property
    def is_whole(self) -> bool:
        """Whether all that the broker has kept has been heard."""
        return self._is_listening and time.monotonic() - self._heard_at_s > QUIET_S

    def _connected(self, client: Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._is_refused = reason.is_failure
        if not self._is_refused:
            client.subscribe(f"{self._config.group}/+/status", qos=1)

    def _subscribed(self, client: Client, data: Any, packet: int, reasons: Any, properties: Any) -> None:
        self._is_refused = any(reason.is_failure for reason in reasons)
        self._is_listening = not self._is_refused
        self._heard_at_s = time.monotonic()

    def _hear(self, client: Client, data: Any, message: Any) -> None:
        self._heard_at_s = time.monotonic()
        self.table.hear(message.topic, message.payload, None if message.retain else time.time())
