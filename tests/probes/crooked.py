"""A measurement server with one fault, on the loopback."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from readiness.serve import MIB


class CrookedServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

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
            return (_PINGS | _PINGS_UNUSUAL).get(self.server.fault, _nothing)(self)
        return (_DOWNLOADS | _DOWNLOADS_UNUSUAL).get(self.server.fault, _garbage)(self)

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
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()  # it holds the connection open, too
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has in the standard library
        """Nobody reads it."""


def _nothing(request: _Request) -> None:
    request.head(200, 0, **(_TELLS if request.server.fault in _TOLD else {}))


def _garbage(request: _Request) -> None:
    request.head(200, request.size)
    for _ in range(request.size // MIB):
        request.wfile.write(bytes(MIB))


def _in_chunks(request: _Request) -> None:
    request.head(200, None, Transfer_Encoding="chunked")
    for _ in range(request.size // MIB):
        request.wfile.write(b"%x;so=long\r\n%b\r\n" % (MIB, bytes(MIB)))
    request.wfile.write(b"0\r\nDigest: none\r\n\r\n")


def _take(request: _Request) -> None:
    request.take()
    request.head(200, 0)


def _too_much(request: _Request) -> None:
    request.head(200, 70_000)
    request.wfile.write(bytes(70_000))


def _page(request: _Request, status: int) -> None:
    """A page, far too long, unless it is asked in the last of LibreSpeed's layouts."""
    if request.path.endswith("/backend/empty"):
        return _nothing(request)
    request.head(status, 200_000, Content_Type="text/html")
    request.wfile.write(bytes(200_000))
    return None


def _closing(request: _Request) -> None:
    request.head(200, 0, Connection="close")


def _trickle(beginning: bytes) -> Callable[[_Request], None]:
    """Answer for ever, a little at a time."""

    def trickle(request: _Request) -> None:
        request.wfile.write(beginning)
        with contextlib.suppress(OSError):
            while not request.server.stopped.wait(0.05):
                request.wfile.write(b"X: slow\r\n")

    return trickle


def _cut_off(status: int, **headers: str) -> Callable[[_Request], None]:
    """A body that ends before its end."""

    def cut_off(request: _Request) -> None:
        request.head(status, None, **headers)
        request.wfile.write(b"10\r\nshort")
        request.close_connection = True

    return cut_off


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


def _reset_upload(request: _Request) -> None:
    request.take(10_000)
    request.reset()


def _tell(*lines: bytes) -> Callable[[_Request], None]:
    """Take nearly all of an upload, and tell this of it."""

    def take_and_tell(request: _Request) -> None:
        request.close_connection = True
        request.head(200, None, **_TELLS)
        request.wfile.write(b"".join(lines))
        request.take(int(request.headers["Content-Length"]) - 1)

    return take_and_tell


def _tell_nothing(request: _Request) -> None:
    request.close_connection = True
    request.head(200, None, **_TELLS)
    request.take()
    request.stall()


def _refuse(request: _Request, status: int) -> None:
    request.head(status, 0)
    request.take()


def _status(status: int, **headers: str) -> Callable[[_Request], None]:
    return lambda request: request.head(status, 0, **headers)


_PINGS: Final[dict[str, Callable[[_Request], None]]] = {
    "busy": _status(503),
    "too much": _too_much,
    "closing": _closing,
    "no http": _no_http,
    "silent": _Request.stall,
    "moved": _status(302, Location="https://elsewhere.invalid/"),
    "encoded": _status(200, Content_Encoding="gzip"),
    "trickles": _trickle(b"HTTP/1.1 200 OK\r\n"),
    "trickles a body": _trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"),
    "cut off": _cut_off(200, Content_Length="20"),
    "cut off in a chunk": _cut_off(200, Transfer_Encoding="chunked"),
    "refuses, cut off": _cut_off(404, Transfer_Encoding="chunked"),
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
    "resets uploads": _reset_upload,
}

#: Faults in what is told of an upload.
_TELLS: Final = {"Upload_Progress": "lines"}
_TOLD: Final[dict[str, Callable[[_Request], None]]] = {
    "tells nonsense": _tell(b"1000000 10\n", b"thank you\n"),
    "tells too much": _tell(b"1000000 10\n", b"2000000 99999999999\n"),
    "tells nothing": _tell_nothing,
    "tells and hangs up": lambda request: request.head(200, None, Connection="close", **_TELLS),
    "tells and refuses": lambda request: request.head(507, 0),
}
_UPLOADS.update(_TOLD)

#: What is unusual, but no fault.
_PINGS_UNUSUAL: Final[dict[str, Callable[[_Request], None]]] = {
    "long refusal": lambda request: _page(request, 404),
    "a page for everything": lambda request: _page(request, 200),
}
_DOWNLOADS_UNUSUAL: Final[dict[str, Callable[[_Request], None]]] = {"in chunks": _in_chunks}

PING_FAULTS: Final = tuple(_PINGS)
DOWNLOAD_FAULTS: Final = tuple(_DOWNLOADS)
UPLOAD_FAULTS: Final = tuple(_UPLOADS)
UNUSUAL: Final = (*_PINGS_UNUSUAL, *_DOWNLOADS_UNUSUAL)


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
