"""Tells the broker how the kiosk is, in a thread of its own: whatever the broker does, the kiosk does not wait for it.

``tell`` takes the newest health at any time. The status is replaced at the broker whenever it changes; faults go through
the queue on the disk and leave it when the broker has said that it has them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from readiness.fleet.backoff import Backoff
from readiness.fleet.config import FleetConfig
from readiness.fleet.event_queue import EventQueue
from readiness.fleet.line import CONNECT_S, Trouble, connect, make_client
from readiness.fleet.messages import SCHEMA_VERSION, EventMessage, State, encode, last_will, status_of
from readiness.kiosk.health import Health

if TYPE_CHECKING:
    from paho.mqtt.client import Client

log = logging.getLogger(__name__)

#: How many events are on their way at once.
_IN_FLIGHT: Final = 10

#: How long the end waits for the broker to hear of it.
_GOODBYE_S: Final = 2.0

#: How long we listen at most before we look whether there is something to say.
_LOOK_S: Final = 0.25

#: No event has this number.
_GOODBYE: Final = -1

_FLEET_FAULTS: Final = frozenset(Trouble)


class Reporter:
    """`start` once, `tell` as often as something changed, `stop` at the end."""

    def __init__(
        self,
        config: FleetConfig,
        queue_file: Path,
        *,
        backoff: Backoff | None = None,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        """Raises `LineError` where a file that the settings name cannot be used."""
        self._config = config
        self._queue = EventQueue(queue_file, config.most_waiting)
        self._backoff = backoff or Backoff()
        self._wall_s = wall_s
        self._lock = threading.Lock()
        """Holds `_health` and `_is_told` together. Nothing is published under it."""
        self._health: Health | None = None
        self._is_told = True
        """Whether the broker has been given the newest health."""
        self._seen: dict[str, int] = {}
        self._told_trouble: Trouble | None = None
        self.trouble: Trouble | None = None
        """What is wrong with the broker now."""
        self._on_their_way: dict[int, int] = {}
        """Numbers of events, by the numbers of the packets that carry them. paho repeats those on a new line itself."""
        self.is_connected = False
        self._is_refused = False
        self._is_over = threading.Event()
        topic = f"{config.group}/{config.kiosk}"
        self._status_topic, self._event_topic = f"{topic}/status", f"{topic}/event"
        self._client = self._made()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def tell(self, health: Health) -> str | None:
        """How the kiosk is now. Returns the code of a trouble with the broker that was not told before.

        Never waits for the network.
        """
        for code, count in health.faults.items():
            # Of the broker's own troubles it hears in the status: each outage would else leave an event behind.
            if code not in _FLEET_FAULTS:
                for _ in range(count - self._seen.get(code, 0)):
                    self._queue.put(code, self._wall_s())
        self._seen = dict(health.faults)
        with self._lock:
            self._health, self._is_told = health, False
        trouble = self.trouble
        is_new = trouble is not None and trouble is not self._told_trouble
        self._told_trouble = trouble
        return trouble.value if trouble and is_new else None

    @property
    def waiting(self) -> int:
        """How many events the broker does not have yet."""
        return self._queue.waiting

    def stop(self) -> None:
        """Say goodbye, and end. What the broker does not have waits for the next start."""
        self._is_over.set()
        # One that still knocks at a silent door is left behind: the system does not wait long for whom it ends.
        self._thread.join(_GOODBYE_S + 1)
        self._queue.close()

    # --- In the thread, which alone speaks to the broker

    def _made(self) -> Client:
        client = make_client(self._config, f"{self._config.group}-{self._config.kiosk}")
        client.will_set(self._status_topic, last_will(), qos=1, retain=True)
        client.on_connect = self._connected
        client.on_publish = self._published
        return client

    def _run(self) -> None:
        while not self._is_over.is_set():
            begun_s = time.monotonic()
            trouble = connect(self._client, self._config) or self._converse()
            if trouble:
                self._note(trouble)
            self._backoff.note_connection(time.monotonic() - begun_s)
            self._is_over.wait(self._backoff.wait_s())

    def _converse(self) -> Trouble | None:
        """Speak until the line breaks, or we end; why it broke."""
        answered_by_s = time.monotonic() + CONNECT_S
        self._is_refused = False
        try:
            while self._client.loop(_LOOK_S) == 0 and not self._is_refused:
                if self._is_over.is_set():
                    self._say_goodbye()
                    return None
                if self.is_connected:
                    self._send()
                elif time.monotonic() > answered_by_s:
                    return Trouble.NO_ANSWER
            # A broker that ends the line while we show who we are has refused us (TLS 1.3 tells no sooner).
            return Trouble.NO_ANSWER if self.is_connected and not self._is_refused else Trouble.REFUSED
        finally:
            self.is_connected = False
            self._client.disconnect()

    def _send(self) -> None:
        with self._lock:
            health = None if self._is_told else self._health
            self._is_told = True
        if health:
            self._publish(self._status_topic, encode(status_of(health, State.HERE, self._queue.dropped)))
        on_their_way = set(self._on_their_way.values())
        for event in self._queue.first(_IN_FLIGHT):
            if event.number not in on_their_way:
                message = EventMessage(
                    schema_version=SCHEMA_VERSION,
                    queue=self._queue.id,
                    number=event.number,
                    at_s=round(event.at_s, 1),
                    fault=event.fault,
                )
                packet = self._publish(self._event_topic, encode(message), retain=False)
                self._on_their_way[packet] = event.number

    def _say_goodbye(self) -> None:
        if self._health and self.is_connected:
            packet = self._publish(
                self._status_topic, encode(status_of(self._health, State.STOPPED, self._queue.dropped))
            )
            self._on_their_way[packet] = _GOODBYE
            ends_s = time.monotonic() + _GOODBYE_S
            while packet in self._on_their_way and time.monotonic() < ends_s and self._client.loop(_LOOK_S) == 0:
                continue

    def _publish(self, topic: str, content: bytes, *, retain: bool = True) -> int:
        return self._client.publish(topic, content, qos=1, retain=retain).mid

    def _connected(self, client: Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._is_refused = reason.is_failure
        if not self._is_refused:
            log.info("connected with the broker")
            self.trouble, self.is_connected = None, True
            with self._lock:
                self._is_told = self._health is None

    def _published(self, client: Client, data: Any, packet: int, reason: Any, properties: Any) -> None:
        number = self._on_their_way.pop(packet, _GOODBYE)
        if reason.is_failure:
            # The broker's rules do not let this kiosk write there: the event waits until they do.
            self._is_refused = True
        elif number != _GOODBYE:
            self._queue.done(number)

    def _note(self, trouble: Trouble) -> None:
        if trouble is not self.trouble:
            log.info("no connection with the broker: %s", trouble.name)
        self.trouble = trouble
