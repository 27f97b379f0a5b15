"""A measurement server with one fault, on the loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from readiness.serve import MIB


class CrookedServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.asked: list[str] = []
        self.stopped = threading.Event()
        super().__init__(("127.0.0.1", 0), _Request)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Measurements end by hanging up."""


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: CrookedServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if "garbage" not in self.path:
            return _PINGS.get(self.server.fault, _nothing)(self)
        return _DOWNLOADS.get(self.server.fault, _garbage)(self)

    def do_POST(self) -> None:
        return _UPLOADS.get(self.server.fault, _take)(self)

    @property
    def size(self) -> int:
        """How many bytes of garbage were asked for."""
        return int(parse_qs(urlsplit(self.path).query)["ckSize"][0]) * MIB

    def head(self, status: int, length: int | None, **headers: str) -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def take(self, most: int | None = None) -> None:
        left = min(int(self.headers["Content-Length"]), most or 1 << 40)
        while left and (piece := self.rfile.read(min(left, 65536))):
            left -= len(piece)

    def stall(self) -> None:
        self.server.stopped.wait(30)

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has in the standard library
        """Nobody reads it."""


def _nothing(request: _Request) -> None:
    request.head(200, 0)


def _garbage(request: _Request) -> None:
    request.head(200, request.size)
    for _ in range(request.size // MIB):
        request.wfile.write(bytes(MIB))


def _take(request: _Request) -> None:
    request.take()
    request.head(200, 0)


def _too_much(request: _Request) -> None:
    request.head(200, 70_000)
    request.wfile.write(bytes(70_000))


def _closing(request: _Request) -> None:
    request.head(200, 0, Connection="close")


def _no_http(request: _Request) -> None:
    request.wfile.write(b"SSH-2.0-OpenSSH\r\n")
    request.close_connection = True


def _early_end(request: _Request) -> None:
    request.head(200, request.size)
    request.wfile.write(bytes(1000))
    request.close_connection = True


def _reset_download(request: _Request) -> None:
    request.head(200, request.size)
    request.wfile.write(bytes(1000))
    request.reset()


def _stall_download(request: _Request) -> None:
    request.head(200, request.size)
    request.wfile.write(bytes(200_000))
    request.wfile.flush()
    request.stall()


def _stall_upload(request: _Request) -> None:
    request.take(10_000)
    request.stall()


def _broken_upload_answer(request: _Request) -> None:
    request.take()
    request.wfile.write(b"thank you\r\n")
    request.close_connection = True


def _closing_upload(request: _Request) -> None:
    request.take()
    request.head(200, 0, Connection="close")


def _refuse(request: _Request, status: int) -> None:
    request.take()
    request.head(status, 0)


def _status(status: int, **headers: str) -> Callable[[_Request], None]:
    return lambda request: request.head(status, 0, **headers)


_PINGS: Final[dict[str, Callable[[_Request], None]]] = {
    "busy": _status(503),
    "too much": _too_much,
    "closing": _closing,
    "no http": _no_http,
    "silent": _Request.stall,
    "moved": _status(302, Location="https://elsewhere.invalid/"),
}
_DOWNLOADS: Final[dict[str, Callable[[_Request], None]]] = {
    "limits": _status(429),
    "redirects": _status(302, Location="https://elsewhere.invalid/"),
    "zips": lambda request: request.head(200, request.size, Content_Encoding="gzip"),
    "page": lambda request: request.head(200, request.size, Content_Type="text/html; charset=utf-8"),
    "short": lambda request: request.head(200, 10),
    "long": lambda request: request.head(200, request.size + 1),
    "ends early": _early_end,
    "resets": _reset_download,
    "stalls": _stall_download,
}
_UPLOADS: Final[dict[str, Callable[[_Request], None]]] = {
    "takes no uploads": lambda request: _refuse(request, 405),
    "too large": lambda request: _refuse(request, 413),
    "answers nonsense": _broken_upload_answer,
    "closes after uploads": _closing_upload,
    "stalls uploads": _stall_upload,
}

PING_FAULTS: Final = tuple(_PINGS)
DOWNLOAD_FAULTS: Final = tuple(_DOWNLOADS)
UPLOAD_FAULTS: Final = tuple(_UPLOADS)


@contextlib.contextmanager
def crooked(fault: str) -> Iterator[CrookedServer]:
    """A running server with that fault."""
    with CrookedServer(fault) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()
            thread.join()
