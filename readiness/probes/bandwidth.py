"""How fast is the line, down and up, with which round trip? The servers of the profile are tried in its order.

A server that does not do is out and the next one is asked; when all are out it is our servers' fault, unless the line
itself is seen to be gone. A slow result is measured again elsewhere where there is a second server: one slow server must
not make a line slow.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from readiness.model import Failure
from readiness.probes import connection_adapters, connection_open, servers, throughput
from readiness.probes.connection_open import CannotOpen
from readiness.probes.servers import Endpoint, IdleRoundTrips, ServerOut
from readiness.probes.streams import Direction
from readiness.probes.throughput import Transfer
from readiness.profile import Server
from readiness.readings import BandwidthReading, Stop

#: No direction is begun that could last longer, and no server looked for when none could be: a last one that is found late
#: costs 14 s and its witnesses 3 s more, and the parent waits 60 s.
_WHOLE_S: Final = 42.0

#: How long it may take to find out whether anybody answers at all.
_WITNESS_S: Final = 2.5


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    servers: tuple[Server, ...] = ()
    needed_down_mbps: float | None = None
    """From which rate on the profile is content: a measurement may end early when it is clearly above or below."""
    needed_up_mbps: float | None = None
    other_hosts: tuple[str, ...] = ()
    """Hosts that tell "our servers are down" from "the line is down", on port 443."""


class Measured(msgspec.Struct, frozen=True):
    """One direction, and where it was measured."""

    transfer: Transfer
    endpoint: Endpoint


class Course(msgspec.Struct):
    """What has come about so far."""

    task: Task
    tell: Callable[[BandwidthReading], None]
    best: dict[Direction, Measured] = {}
    transfers: list[Transfer] = []
    moved: dict[Direction, int] = {}
    idle: IdleRoundTrips | None = None
    """The shortest of all servers."""
    tried: list[str] = []
    heard: list[tuple[str, int]] = []
    """Servers that answered once: as long as one takes connections, the line is not gone."""
    lost: bool = False
    """Whether a transfer broke off because nothing came any more."""

    ends_at: float = 0.0
    """By `time.monotonic`."""

    @property
    def has_time(self) -> bool:
        """Whether another direction can be measured to its end."""
        return time.monotonic() + throughput.LONGEST_S + _WITNESS_S < self.ends_at

    def needed_mbps(self, direction: Direction) -> float | None:
        return self.task.needed_down_mbps if direction is Direction.DOWN else self.task.needed_up_mbps

    def mbps(self, direction: Direction) -> float | None:
        measured = self.best.get(direction)
        return measured.transfer.mbps if measured else None

    def count(self, down_bytes: int, up_bytes: int) -> None:
        """Add to what the measuring has taken of the line."""
        self.moved[Direction.DOWN] = self.moved.get(Direction.DOWN, 0) + down_bytes
        self.moved[Direction.UP] = self.moved.get(Direction.UP, 0) + up_bytes

    def keep(self, direction: Direction, measured: Measured) -> None:
        """Note a measurement; the better of two for the same direction counts."""
        self.transfers.append(measured.transfer)
        if (measured.transfer.mbps or 0.0) > (self.mbps(direction) or 0.0):
            self.best[direction] = measured

    @property
    def missing(self) -> list[Direction]:
        return [direction for direction in Direction if self.mbps(direction) is None]

    @property
    def in_doubt(self) -> list[Direction]:
        """Directions that came out below what is needed: their server may have been the slow one."""
        return [
            direction
            for direction in Direction
            if (mbps := self.mbps(direction)) is not None and mbps < (self.needed_mbps(direction) or 0.0)
        ]


def read(task: Task, tell: Callable[[BandwidthReading], None]) -> BandwidthReading:
    """Rates and round trips of the line. Tells the rate so far some times a second."""
    if not task.servers:
        return BandwidthReading(failure=Failure.NO_SERVER)
    course = Course(task, tell)
    course.ends_at = time.monotonic() + _WHOLE_S
    second_look = False
    for endpoint in _endpoints(course):
        # A direction is measured for the first time, or, once, again somewhere else.
        second_look = not course.missing
        _measure_at(endpoint, course.missing or course.in_doubt, course)
        if course.lost or not (course.missing or course.in_doubt) or second_look or not course.has_time:
            break
    return _reading(course, failure=_why(course) if course.missing else None)


def _endpoints(course: Course) -> Iterator[Endpoint]:
    """Everybody who answers while there is time, in the profile's order; the others are noted as tried."""
    for entry in course.task.servers:
        if not course.has_time:
            return
        try:
            yield from servers.find(entry, lambda traffic: course.count(traffic.wire_in_bytes, traffic.wire_out_bytes))
        except ServerOut:
            course.tried.append(servers.address_of(entry))


def _measure_at(endpoint: Endpoint, directions: list[Direction], course: Course) -> None:
    """Measure some directions against one server, and keep what is better than what is known."""
    try:
        idle = servers.idle_round_trips(endpoint)
        course.heard.append((endpoint.host, endpoint.port))
        if course.idle is None or (idle is not None and idle.rtt_ms < course.idle.rtt_ms):
            course.idle = idle
        if idle:
            course.count(idle.wire_down_bytes, idle.wire_up_bytes)
        for direction in directions:
            if not course.has_time:
                return
            transfer = throughput.measure(
                endpoint,
                direction,
                needed_mbps=course.needed_mbps(direction),
                idle=idle or IdleRoundTrips(0.0, 0.0),
                tell=lambda mbps, direction=direction: _tell(course, direction, mbps),  # type: ignore[misc]
            )
            course.count(transfer.wire_down_bytes, transfer.wire_up_bytes)
            if transfer.stop is not Stop.LOST:
                course.keep(direction, Measured(transfer, endpoint))
                continue
            heard = _who_answers(_witnesses(course))
            if not heard:
                # The line is gone. What it carried until then was measured; what it carries now, nobody can.
                course.keep(direction, Measured(transfer, endpoint))
                course.lost = True
            raise ServerOut(f"{endpoint.host}: nothing came any more")
    except ServerOut as error:
        course.count(error.wire_down_bytes, error.wire_up_bytes)
        course.tried.append(endpoint.host)


def _tell(course: Course, direction: Direction, mbps: float) -> None:
    """Tell the rate so far beside what is known already."""
    known = _reading(course, failure=None)
    if direction is Direction.DOWN:
        course.tell(msgspec.structs.replace(known, down_mbps=mbps))
    else:
        course.tell(msgspec.structs.replace(known, up_mbps=mbps))


def _reading(course: Course, *, failure: Failure | None) -> BandwidthReading:
    # The slower direction is the one that decides, so its server and its reason are told.
    decisive = min(course.best.values(), key=lambda measured: measured.transfer.mbps or 0.0, default=None)
    stop = Stop.LOST if course.lost else decisive.transfer.stop if decisive else None
    down, up = (course.best[direction].transfer if direction in course.best else None for direction in Direction)
    loaded = [transfer.loaded_rtt_ms for transfer in course.transfers if transfer.loaded_rtt_ms is not None]
    pauses = [transfer.own_pause_s for transfer in course.transfers]
    return BandwidthReading(
        failure=failure,
        down_mbps=course.mbps(Direction.DOWN),
        up_mbps=course.mbps(Direction.UP),
        down_at_least=down is not None and down.at_least,
        up_at_least=up is not None and up.at_least,
        down_spread_pct=_percent(down),
        up_spread_pct=_percent(up),
        up_counted_by=up.counted_by if up else None,
        rtt_ms=course.idle.rtt_ms if course.idle else None,
        jitter_ms=course.idle.jitter_ms if course.idle else None,
        loaded_rtt_ms=max(loaded, default=None),
        bytes_down=course.moved.get(Direction.DOWN, 0),
        bytes_up=course.moved.get(Direction.UP, 0),
        own_pause_ms=max(pauses) * 1000 if pauses else None,
        server=decisive.endpoint.host if decisive else None,
        server_kind=decisive.endpoint.kind.value if decisive else None,
        stopped_because=stop,
        servers_tried=tuple(dict.fromkeys(course.tried)),
    )


def _percent(transfer: Transfer | None) -> float | None:
    return transfer.spread * 100 if transfer and transfer.spread is not None else None


def _why(course: Course) -> Failure:
    """Why a direction could not be measured: the line is only blamed when it is seen to be gone."""
    if course.lost:
        return Failure.NO_CONNECTION
    if not course.tried:
        return Failure.NOT_ANSWERING  # the time was over
    return Failure.SERVER_UNREACHABLE if _anybody(course) else Failure.NO_CONNECTION


def _anybody(course: Course) -> bool:
    """Whether anything beyond this computer answers. Without a witness to ask, only what the system knows counts."""
    if _who_answers(_witnesses(course)):
        return True
    sources = connection_adapters.source_addresses()
    local = connection_adapters.local_layers(connection_adapters.adapters(), sources)
    return (
        not course.task.other_hosts and local.connected and local.address and local.route and not local.gateway_silent
    )


def _witnesses(course: Course) -> list[tuple[str, int]]:
    """Whom to ask whether the line works: other hosts, and the servers whose address is known."""
    places = [(host, 443) for host in course.task.other_hosts]
    for server in course.task.servers:
        with contextlib.suppress(ServerOut):  # what is no address is nobody to ask
            places.append(servers.place_of(server.url or ""))
    return list(dict.fromkeys((*places, *course.heard)))


def _who_answers(places: list[tuple[str, int]]) -> list[str]:
    """The hosts that take a connection now, all tried at once."""
    deadline = time.monotonic() + _WITNESS_S
    heard: list[str] = []

    def listen(host: str, port: int) -> None:
        if _answers(host, port, deadline):
            heard.append(host)

    servers.all_at_once([functools.partial(listen, host, port) for host, port in places], _WITNESS_S)
    return heard.copy()


def _answers(host: str, port: int, deadline: float) -> bool:
    proxy = connection_open.proxy_for(host, "https", connection_open.system_proxies())
    try:
        connection_open.open_tunnel(host, port, deadline, proxy).close()
    except CannotOpen:
        return False
    return True
