"""Both ends of connections over the loopback, and servers and proxies between them, for tests of what measures lines."""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, Self

import trustme

from readiness.probes.flows import Flow
from readiness.probes.servers import Endpoint
from readiness.profile import ServerKind
from readiness.serve import SpeedServer

#: How long a test waits for what takes next to nothing on a loopback.
PATIENCE_S: Final = 5.0


def endpoint(**fields: object) -> Endpoint:
    """A server as a test wants it."""
    plain = {"host": "any.test", "port": 80, "tls": False, "download": "/down", "upload": "/up", "ping": "/ping"}
    return Endpoint(kind=ServerKind.LIBRESPEED, **{**plain, **fields})  # type: ignore[arg-type]


def eventually(holds: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Come back as soon as something holds; fail when it never does."""
    ends_at = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends_at, "it did not come about in time"
        meanwhile()


def drive(flow: Flow, holds: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Let a flow do what it can, whenever its socket is ready, until something holds."""
    with selectors.DefaultSelector() as selector:
        selector.register(flow.line, selectors.EVENT_READ)

        def turn() -> None:
            flow.move()
            meanwhile()
            selector.select(0.001)

        eventually(holds, turn)


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    """A TCP connection: the client's end, and the server's, which waits no longer than `PATIENCE_S` for anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
    server.settimeout(PATIENCE_S)
    return client, server


def encrypted(client: socket.socket, server: socket.socket) -> tuple[ssl.SSLSocket, ssl.SSLSocket]:
    """The same connection, over TLS."""
    authority = trustme.CA()
    here, there = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.configure_trust(here)
    authority.issue_cert("any.test").configure_cert(there)
    ends: list[ssl.SSLSocket] = []
    shaking = threading.Thread(target=lambda: ends.append(there.wrap_socket(server, server_side=True)))
    shaking.start()
    wrapped = here.wrap_socket(client, server_hostname="any.test")
    shaking.join()
    return wrapped, ends[0]


@contextlib.contextmanager
def serving(
    host: str = "127.0.0.1", *, context: ssl.SSLContext | None = None, most: int = 100
) -> Iterator[SpeedServer]:
    """Our own measurement server, running."""
    with SpeedServer(host, 0, context, most) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class GreedyProxy:
    """Takes what it is given at once, up to ``room_bytes`` a connection, and hands it on at ``mbps`` for all together.

    Use it in a ``with``.
    """

    def __init__(self, port: int, mbps: float, room_bytes: int) -> None:
        self._server, self._rate, self._room_bytes = ("127.0.0.1", port), mbps * 125_000, room_bytes
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._ended = threading.Event()
        self._budget = threading.Lock()
        self._spare, self._earned_at = 0.0, time.monotonic()
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._ended.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        for thread in self._threads:  # those of connections join the list before the first of them ends
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            line, _ = self._listener.accept()
            if self._ended.is_set():
                line.close()
                return
            self._threads.append(threading.Thread(target=self._pass_on, args=(line,)))
            self._threads[-1].start()

    def _spend(self, most: int) -> int:
        """How many bytes may be handed on now."""
        with self._budget:
            now = time.monotonic()
            self._spare = min(self._spare + (now - self._earned_at) * self._rate, self._rate * 0.02)
            self._earned_at = now
            count = min(int(self._spare), most)
            self._spare -= count
            return count

    def _pass_on(self, line: socket.socket) -> None:
        """Both ways in one thread: what comes from the server at once, what goes there in its own time."""
        held = b""
        with line, socket.create_connection(self._server) as onward, contextlib.suppress(OSError):
            while not self._ended.wait(0.002):
                held += _pending(line, self._room_bytes - len(held))
                count = self._spend(len(held))
                onward.sendall(held[:count])
                held = held[count:]
                line.sendall(_pending(onward, 1 << 20))


def _pending(line: socket.socket, most: int) -> bytes:
    """What can be had without waiting. Raises OSError when nothing will come any more."""
    if most <= 0:
        return b""
    line.setblocking(False)
    try:
        piece = line.recv(most)
    except BlockingIOError:
        return b""
    finally:
        line.setblocking(True)
    if not piece:
        raise ConnectionResetError
    return piece
