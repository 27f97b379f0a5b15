"""A measurement server for one's own network: ``readiness serve``. It speaks LibreSpeed's protocol, so LibreSpeed's own
web page and command line work with it too.

=====================  ===========================================================================
``GET  …/garbage``     random bytes, ``?ckSize=`` MiB of them (4 unless said, 1024 at most)
``GET  …/empty``       nothing: the round trip
``POST …/empty``       takes and forgets a body of any size; with ``?progress`` it tells meanwhile how much has come
``GET  …/getIP``       the asker's own address, as JSON
=====================  ===========================================================================

Each with and without ``.php``, in any folder. It keeps nothing and logs nothing of those who ask.

``?progress`` is ours alone: all of these say so in their head (``Upload-Progress: lines``). The answer to such an upload
begins at once and has a line about every 20 ms: microseconds by this server's clock, a space, and the bytes of the body
that have come. It ends with the connection. Who uploads learns so what really arrived, without guessing from its own side.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, cast
from urllib.parse import parse_qs, urlsplit

from readiness import __version__
from readiness.text import N_, Refusal

MIB: Final = 1 << 20

#: LibreSpeed's own defaults: how many MiB ``garbage`` gives unless asked, and the most it gives.
_DEFAULT_MIB: Final = 4
_MOST_MIB: Final = 1024

#: How many connections are served at once: a browser's test opens up to ten.
_MOST_CLIENTS: Final = 256

#: A connection on which nothing moves for so long is closed.
_IDLE_S: Final = 30.0

#: How much of an upload is taken at once, and with it all the memory an upload of any size needs.
_TAKE_BYTES: Final = 256 * 1024

#: Progress is told this often, and at least this often when nothing comes.
_TELL_S: Final = 0.02
_SILENCE_S: Final = 0.05

#: How an upload asks for progress, and how every answer says that it may.
PROGRESS: Final = "progress"
PROGRESS_FIELD: Final = ("Upload-Progress", "lines")

_LAST_PORT: Final = 65535

_PATH: Final = re.compile(r"(?:/[\w.~-]*)*?/(garbage|empty|getIP)(?:\.php)?")


class ServeError(Refusal):
    """The server could not be started."""


class SpeedServer(ThreadingHTTPServer):
    """One thread a connection, and no more than ``most_clients`` of them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    # On Windows SO_REUSEADDR would let a second server take the port beside the first.
    allow_reuse_address = os.name == "posix"

    def __init__(
        self, host: str, port: int, context: ssl.SSLContext | None = None, most_clients: int = _MOST_CLIENTS
    ) -> None:
        """Listen on ``host:port`` (0: any free port), over TLS if there is a ``context``. Raises ServeError."""
        self.payload = memoryview(os.urandom(MIB))
        self._context = context
        self._room = threading.BoundedSemaphore(most_clients)
        try:
            if not 0 <= port <= _LAST_PORT:  # getaddrinfo would take it modulo 65536
                raise OverflowError(port)
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            self.address_family = family
            super().__init__((str(address[0]), int(address[1])), _Handler)
        except (OSError, OverflowError, UnicodeError) as error:
            raise _refusal(error, host, port) from error

    def server_bind(self) -> None:
        # HTTPServer would look up the name of its own address here, which takes seconds without a name server.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(self.allow_reuse_address))
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    @property
    def url(self) -> str:
        """What to give to ``--server``."""
        scheme = "https" if self._context else "http"
        host = f"[{self.server_name}]" if ":" in self.server_name else self.server_name
        return f"{scheme}://{host}:{self.server_port}"

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        line = cast(socket.socket, request)
        if self._room.acquire(blocking=False):
            super().process_request(line, client_address)
            return
        with contextlib.suppress(OSError):
            line.settimeout(1)
            line.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.shutdown_request(line)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        line = cast(socket.socket, request)
        try:
            line.settimeout(_IDLE_S)
            if self._context is not None:
                try:
                    line = self._context.wrap_socket(line, server_side=True)
                except (OSError, ValueError):
                    line.close()
                    return
            super().process_request_thread(line, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away in the middle are nothing to complain about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = f"readiness/{__version__}"
    sys_version = ""
    disable_nagle_algorithm = True
    server: SpeedServer

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_POST(self) -> None:
        if self._service() != "empty":
            self._refuse(HTTPStatus.NOT_FOUND, "Uploads go to empty.")
        elif PROGRESS in parse_qs(urlsplit(self.path).query, keep_blank_values=True):
            self._take_and_tell()
        elif self._take_upload():
            self._head(HTTPStatus.OK, 0)

    def do_OPTIONS(self) -> None:
        self._head(HTTPStatus.NO_CONTENT, None)

    def _service(self) -> str | None:
        found = _PATH.fullmatch(urlsplit(self.path).path)
        return found[1] if found else None

    def _answer(self, *, with_body: bool) -> None:
        if not self._take_upload():
            return
        service = self._service()
        if service == "garbage":
            self._give_garbage(with_body=with_body)
        elif service == "getIP":
            address = str(self.client_address[0]).removeprefix("::ffff:")
            body = json.dumps({"processedString": address, "rawIspInfo": ""}).encode()
            self._head(HTTPStatus.OK, len(body), "application/json; charset=utf-8")
            if with_body:
                self.wfile.write(body)
        elif service == "empty":
            self._head(HTTPStatus.OK, 0)
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "Here are garbage, empty and getIP.", with_body=with_body)

    def _give_garbage(self, *, with_body: bool) -> None:
        asked = parse_qs(urlsplit(self.path).query).get("ckSize", [str(_DEFAULT_MIB)])[0]
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and int(asked) > 0):
            self._refuse(HTTPStatus.BAD_REQUEST, "ckSize is a whole number of MiB.", with_body=with_body)
            return
        count = min(int(asked), _MOST_MIB)
        self._head(HTTPStatus.OK, count * MIB)
        if with_body:
            for _ in range(count):
                self.wfile.write(self.server.payload)

    def _body_length(self) -> int | None:
        """How long the request's body is; None when it does not say so sensibly: that is answered."""
        if "Transfer-Encoding" in self.headers:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "Say how long the body is.", close=True)
            return None
        said = self.headers.get("Content-Length", "0").strip()
        if not (said.isascii() and said.isdigit() and len(said) < 19):
            self._refuse(HTTPStatus.BAD_REQUEST, "Content-Length is a number of bytes.", close=True)
            return None
        return int(said)

    def _take_and_tell(self) -> None:
        """Read the request's body, and tell meanwhile how much of it has come."""
        left = self._body_length()
        if left is None:
            return
        self.close_connection = True
        self._head(HTTPStatus.OK, None, "text/plain; charset=utf-8")
        buffer = memoryview(bytearray(_TAKE_BYTES))
        self.connection.settimeout(_SILENCE_S)
        came, told_at, heard_at = 0, 0.0, time.perf_counter()
        # What came with the request's head is still in the reader; everything after it is taken from the connection
        # itself, because a reader that has run into a time-out does not go on.
        take: Callable[[int], int] = lambda most: len(self.rfile.read1(most))  # noqa: E731 - two ways to do one thing
        while True:
            now = time.perf_counter()
            if now - told_at >= _TELL_S or came >= left:
                told_at = now
                self.wfile.write(b"%d %d\n" % (now * 1e6, came))
            if came >= left or now - heard_at > _IDLE_S:
                return
            try:
                taken = take(min(left - came, len(buffer)))
            except TimeoutError:
                taken = -1
            take = lambda most: self.connection.recv_into(buffer[:most])  # noqa: E731
            if taken == 0:
                return
            if taken > 0:
                came, heard_at = came + taken, time.perf_counter()

    def _take_upload(self) -> bool:
        """Read the request's body and forget it. False when there was nothing sensible to read: that is answered."""
        left = self._body_length()
        if left is None:
            return False
        buffer = memoryview(bytearray(min(left, _TAKE_BYTES)))
        while left:
            taken = self.rfile.readinto(buffer[: min(left, len(buffer))])
            if not taken:
                self.close_connection = True
                return False
            left -= taken
        return True

    def _head(self, status: HTTPStatus, length: int | None, content_type: str = "application/octet-stream") -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(length))
        # Pages of other origins may measure too: LibreSpeed's own page lies elsewhere, and there is nothing to protect.
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Methods", "GET, POST, HEAD, OPTIONS")
        self.send_header("Access-Control-Allow-Headers", "Content-Encoding, Content-Type")
        self.send_header("Access-Control-Allow-Private-Network", "true")
        self.send_header(*PROGRESS_FIELD)
        self.send_header("Cache-Control", "no-store, no-transform, max-age=0")
        self.send_header("Connection", "close" if self.close_connection else "keep-alive")
        self.end_headers()

    def _refuse(self, status: HTTPStatus, sentence: str, *, with_body: bool = True, close: bool = False) -> None:
        self.close_connection = self.close_connection or close
        body = f"{sentence}\n".encode()
        self._head(status, len(body), "text/plain; charset=utf-8")
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has in the standard library
        """Nothing is kept of those who ask."""


def serve(host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C. ``ready`` gets the address to measure against. Raises ServeError."""
    with SpeedServer(host, port) as server, contextlib.suppress(KeyboardInterrupt):
        ready(server.url)
        server.serve_forever()


def _refusal(error: Exception, host: str, port: int) -> ServeError:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return ServeError(N_("Another program uses port {port} already: choose another one with --port."), port=port)
    if number in (errno.EACCES, errno.EPERM):
        return ServeError(N_("This computer does not let you use port {port}: choose one from 1024."), port=port)
    if isinstance(error, OverflowError):
        return ServeError(N_("{port} is not a port: choose one from 1 to 65535."), port=port)
    return ServeError(N_("{host} is not an address of this computer: try 127.0.0.1 or 0.0.0.0."), host=host)
