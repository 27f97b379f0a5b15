"""Two ways through one TURN server: what is sent on the first comes back to us on the second.

The protocol itself is aioice's, with its answers to requests for a password (401) and to a nonce that has grown old (438).
Whatever is wrong with a server, it is the server that is out, never the line.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final

from aioice import stun, turn

from readiness.probes import connection_open
from readiness.probes.connection_open import CannotOpen
from readiness.profile import TurnServer
from readiness.readings import Transport

#: How long UDP may stay without any answer before it counts as blocked, and how often it is knocked at in this time:
#: ten knocks are all lost on a line that loses a third of everything once in a hundred thousand times.
_KNOCK_S: Final = 0.2
_SILENT_S: Final = 2.0

#: How long opening may take once the server has answered over UDP: on a line with heavy loss much is asked again.
_UDP_S: Final = 7.0

#: How long TCP, and TLS on top of it, may take to open: five and seven round trips, 0.6 s each by satellite.
_TCP_S: Final = 4.0
_TLS_S: Final = 6.0

#: For how long allocations are asked for: the server forgets them then, should we be gone without a word.
_LIFETIME_S: Final = 60

#: How long names may take to be looked up, and allocations to be given back.
_RESOLVE_S: Final = 2.5
_CLOSE_S: Final = 1.0

#: How long the two ways may take to let something through to each other, and how often that is tried.
_GREET_S: Final = 3.0
_GREET_AGAIN_S: Final = 0.1

#: The first byte of our greetings; that of the packets of a call is 0x80, as RTP has it.
_GREETING: Final = b"\x01"

#: Codes by which a server says that it does not take a name or password (RFC 8489, section 14.8, RFC 8656, section 18).
_REFUSALS: Final = frozenset({401, 403, 441})


class ServerOut(Exception):
    """The server does not do: it cannot be reached, or does not do what a TURN server does."""


class CredentialsRefused(ServerOut):
    """The server answered, and did not take the name and password."""


class End(asyncio.DatagramProtocol):
    """One allocation on the server: an address out there at which packets for us arrive."""

    def __init__(self) -> None:
        self.transport: turn.TurnTransport | None = None
        self.on_packet: Callable[[bytes], None] = lambda data: None
        self.greeted = asyncio.Event()
        self.trouble: Exception | None = None
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called when the allocation is there, with what looks like a datagram transport."""

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if data[:1] == _GREETING:
            self.greeted.set()
        else:
            self.on_packet(data)

    def error_received(self, exc: Exception) -> None:
        self.trouble = exc


class Loop:
    """A way to the server and back: `send` on one end, ``on_packet`` is called at the other."""

    def __init__(self, near: End, far: End) -> None:
        self._near, self._far = near, far
        assert near.transport is not None
        assert far.transport is not None
        self._way, self._back = near.transport, far.transport
        self._address: tuple[str, int] = self._back.get_extra_info("sockname")

    def on_packet(self, receive: Callable[[bytes], None]) -> None:
        """Let ``receive`` have whatever comes back, from now on."""
        self._far.on_packet = receive

    def send(self, data: bytes) -> None:
        """Send one packet. What cannot be sent is lost, as on any line."""
        self._way.sendto(data, self._address)

    async def greet(self) -> None:
        """Let both ends speak to each other, which the server needs before it passes anything on. Raises ServerOut."""
        back = self._way.get_extra_info("sockname")
        ends_at = time.monotonic() + _GREET_S
        while not (self._near.greeted.is_set() and self._far.greeted.is_set()):
            trouble = self._near.trouble or self._far.trouble
            if trouble is not None:
                raise ServerOut(f"it does not relay: {trouble}")
            if time.monotonic() > ends_at:
                raise ServerOut("it does not relay between two of its own allocations")
            self._way.sendto(_GREETING, self._address)
            self._back.sendto(_GREETING, back)
            await asyncio.sleep(_GREET_AGAIN_S)

    async def close(self) -> None:
        """Give both allocations back, if the server still answers."""
        self._way.close()
        self._back.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_S):
                await self._near.closed.wait()
                await self._far.closed.wait()


async def open_loop(server: TurnServer) -> tuple[Loop, Transport]:
    """A loop through the server over the first transport that works: UDP, else TCP, else TLS. Raises ServerOut."""
    address = await _udp_address(server)
    if address is not None:
        with contextlib.suppress(TimeoutError):
            return await _open(server, address, "udp", _UDP_S), Transport.UDP
    trouble: Exception | None = None
    for transport, port, context, most_s in (
        (Transport.TCP, server.port, None, _TCP_S),
        (Transport.TLS, server.tls_port, _trusting(), _TLS_S),
    ):
        try:
            return await _open(server, (server.host, port), "tcp", most_s, context), transport
        except OSError as error:  # refused, not trusted, or no answer in time: TimeoutError is one, too
            trouble = error
    raise ServerOut(f"{server.host}: {trouble!r}")


def _trusting() -> ssl.SSLContext:
    """Trusts what this computer trusts, as browsers do."""
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def _udp_address(server: TurnServer) -> tuple[str, int] | None:
    """The address at which the server answers over UDP; None when it does not. Raises ServerOut for an unknown name."""
    try:
        found = await asyncio.to_thread(
            connection_open.resolve, server.host, server.port, time.monotonic() + _RESOLVE_S
        )
    except CannotOpen as error:
        raise ServerOut(f"{server.host}: {error}") from error
    first_of_family = dict(reversed(found))
    heard: asyncio.Future[tuple[str, int]] = asyncio.get_running_loop().create_future()
    knocking = [
        asyncio.create_task(_knock(str(address[0]), server.port, heard)) for address in first_of_family.values()
    ]
    try:
        async with asyncio.timeout(_SILENT_S):
            return await heard
    except TimeoutError:
        return None
    finally:
        for task in knocking:
            task.cancel()
        await asyncio.gather(*knocking, return_exceptions=True)


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, hear: Callable[[], None]) -> None:
        self._hear = hear

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._hear()


async def _knock(host: str, port: int, heard: asyncio.Future[tuple[str, int]]) -> None:
    """Ask over UDP "how do you see me?" (STUN, RFC 8489, section 3) again and again: any answer will do."""

    def hear() -> None:
        if not heard.done():
            heard.set_result((host, port))

    with contextlib.suppress(OSError):  # no way out for this family
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Listener(hear), remote_addr=(host, port)
        )
        try:
            while True:
                transport.sendto(bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST)))
                await asyncio.sleep(_KNOCK_S)
        finally:
            transport.close()


async def _open(
    server: TurnServer, address: tuple[str, int], transport: str, most_s: float, context: ssl.SSLContext | None = None
) -> Loop:
    """Two allocations that reach each other. Raises ServerOut, and OSError for whatever lies before the server."""
    async with asyncio.timeout(most_s):
        near, far = await _both(_allocate(server, address, transport, context) for _ in range(2))
        loop = Loop(near, far)
        try:
            await loop.greet()
        except BaseException:
            await loop.close()
            raise
        return loop


async def _both(allocations: Iterable[Coroutine[None, None, End]]) -> tuple[End, End]:
    """Two allocations made at the same time; when one does not come about, the other is given back."""
    tasks = [asyncio.create_task(allocation) for allocation in allocations]
    try:
        near, far = await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        for end in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(end, End) and end.transport is not None:
                end.transport.close()
        raise
    return near, far


async def _allocate(
    server: TurnServer, address: tuple[str, int], transport: str, context: ssl.SSLContext | None
) -> End:
    try:
        way, end = await turn.create_turn_endpoint(
            End, address, server.username, server.password, lifetime=_LIFETIME_S, ssl=context, transport=transport
        )
    except stun.TransactionFailed as refusal:
        if refusal.response.error_code in _REFUSALS:
            raise CredentialsRefused(f"{server.host}: {refusal}") from refusal
        raise ServerOut(f"{server.host}: {refusal}") from refusal
    except stun.TransactionTimeout as silence:
        raise TimeoutError(str(silence)) from silence
    end.transport = way
    return end
