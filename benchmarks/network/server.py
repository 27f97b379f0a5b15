"""The other end for other people's measurements: it speaks what their clients speak, and is never what limits them.

    python -m benchmarks.network.server ADDRESS PORT PACKAGES

==============================  ========================================================================
``/__down``, ``/__up``          Cloudflare's: random bytes, a body of any size, the server's own time told
``/speedtest-….php``, ``/speedtest/…``  speedtest.net's: settings, a list with this server alone, pictures, uploads
``/ndt/v7/…``                   Measurement Lab's, over WebSocket (``ndt7.py``)
``/pages/…``, ``/packages/…``   the pages that run the clients in a browser, and the clients from npm
``/event``                      what a page tells: becomes a line of JSON on standard output
==============================  ========================================================================

Linux only: downloads are sent by the kernel from memory (sendfile), uploads are dropped in it (MSG_TRUNC).
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from benchmarks.network import ndt7

PAGES: Final = Path(__file__).with_name("pages")

#: How large the pictures are that speedtest.net's servers give, by the length of their sides.
PICTURE_BYTES: Final = {
    350: 245_388,
    500: 505_544,
    750: 1_118_012,
    1000: 1_986_284,
    1500: 4_468_241,
    2000: 7_907_740,
    2500: 12_407_926,
    3000: 17_816_816,
    3500: 24_262_167,
    4000: 31_625_365,
}

#: What speedtest-cli reads of its settings: eight flows down, two up, each direction for ten seconds.
SETTINGS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<settings>
<client ip="10.77.0.2" lat="0" lon="0" isp="Bench" isprating="0" rating="0" ispdlavg="0" ispulavg="0" country="XX"/>
<server-config threadcount="4" ignoreids="" notonmap="" forcepingid="" preferredserverid=""/>
<download testlength="10" initialtest="250K" mintestsize="250K" threadsperurl="4"/>
<upload testlength="10" ratio="5" initialtest="0" mintestsize="32K" threads="2" maxchunksize="512K"
 maxchunkcount="50" threadsperurl="4"/>
</settings>
"""

SERVERS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<settings><servers>
<server url="http://{host}/speedtest/upload.php" lat="0" lon="0" name="Bench" country="None" cc="XX"
 sponsor="Bench" id="1" host="{host}"/>
</servers></settings>
"""

_TYPES: Final = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

#: How much random data is kept in memory, and sent again and again.
_PAYLOAD_BYTES: Final = 1 << 24

#: How much of an upload is dropped at once.
_DROP_BYTES: Final = 1 << 20

#: What a page tells is short.
_MOST_TOLD_BYTES: Final = 1 << 20


class Payload:
    """Random bytes in the kernel's memory, to be sent without passing through ours."""

    def __init__(self, size_bytes: int = _PAYLOAD_BYTES) -> None:
        self.size_bytes = size_bytes
        self._memory = os.memfd_create("payload")
        with os.fdopen(os.dup(self._memory), "wb") as file:
            file.write(os.urandom(size_bytes))

    def send(self, line: socket.socket, size_bytes: int) -> None:
        """Send so many bytes, however many that are. Raises OSError when the other side goes away."""
        while size_bytes > 0:
            offset = 0
            while size_bytes > 0 and offset < self.size_bytes:
                sent = os.sendfile(line.fileno(), self._memory, offset, min(size_bytes, self.size_bytes - offset))
                if not sent:
                    raise ConnectionError("nothing can be sent any more")
                offset += sent
                size_bytes -= sent


def drop(line: socket.socket, size_bytes: int, scratch: bytearray) -> int:
    """Let the kernel forget up to ``size_bytes`` that have come in; how many it were, 0 at the end."""
    return line.recv_into(scratch, min(size_bytes, len(scratch)), socket.MSG_TRUNC)


class Server(ThreadingHTTPServer):
    """One thread a connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: str, port: int, packages: Path, tell: Callable[[bytes], None]) -> None:
        self.payload = Payload()
        self.packages = packages
        self.tell = tell
        super().__init__((address, port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would look up the name of its own address here, and there is no name server.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """A client that has measured enough goes away in the middle: that is how they do it."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if "Sec-WebSocket-Key" in self.headers:
            self._upgrade(asked.path)
        elif asked.path == "/__down":
            self._give(int(query.get("bytes", "0")))
        elif picture := re.fullmatch(r"/speedtest/random(\d+)x\d+\.jpg", asked.path):
            self._give(PICTURE_BYTES[int(picture[1])])
        elif asked.path == "/speedtest/latency.txt":
            self._answer(b"test=test\n")
        elif asked.path == "/speedtest-config.php":
            self._answer(SETTINGS.encode(), "text/xml")
        elif asked.path.startswith("/speedtest-servers"):
            self._answer(SERVERS.format(host="{}:{}".format(*self.connection.getsockname())).encode(), "text/xml")
        else:
            self._file(asked.path)

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        size_bytes = int(self.headers["Content-Length"])
        if path == "/event":
            self.server.tell(self.rfile.read(min(size_bytes, _MOST_TOLD_BYTES)))
            self._answer(b"")
        else:
            self._forget(size_bytes)
            self._answer(f"size={size_bytes}".encode())

    def _forget(self, size_bytes: int) -> None:
        # What came in together with the head waits in the reader's buffer; the rest never leaves the kernel.
        buffered = self.rfile.read1(min(size_bytes, len(self.rfile.peek()))) if size_bytes else b""  # type: ignore[attr-defined]
        left = size_bytes - len(buffered)
        scratch = bytearray(_DROP_BYTES)
        while left:
            dropped = drop(self.connection, left, scratch)
            if not dropped:
                raise ConnectionError("the upload ended in the middle")
            left -= dropped

    def _give(self, size_bytes: int) -> None:
        self._head(size_bytes, "application/octet-stream")
        self.server.payload.send(self.connection, size_bytes)

    def _answer(self, body: bytes, content_type: str = "text/plain") -> None:
        self._head(len(body), content_type)
        self.wfile.write(body)

    def _file(self, path: str) -> None:
        where = {"pages": PAGES, "packages": self.server.packages}
        _, folder, *rest = [*path.split("/", 2), ""]
        file = where.get(folder, PAGES) / rest[0]
        if folder not in where or ".." in file.parts or not file.is_file():
            self.send_error(404)
            return
        self._answer(file.read_bytes(), _TYPES.get(file.suffix, "application/octet-stream"))

    def _head(self, size_bytes: int, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(size_bytes))
        self.send_header("Cache-Control", "no-store, no-transform")
        self.send_header("Timing-Allow-Origin", "*")
        # As Cloudflare does: clients take the server's own time off their round trips.
        self.send_header("Server-Timing", f"cfRequestDuration;dur={(time.perf_counter() - self._began) * 1000:.3f}")
        self.end_headers()

    def _upgrade(self, path: str) -> None:
        self.close_connection = True
        accept = ndt7.accept_key(self.headers["Sec-WebSocket-Key"])
        self.connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + f"Sec-WebSocket-Protocol: {ndt7.PROTOCOL}\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )
        with contextlib.suppress(OSError):  # who has measured enough goes away
            if path.endswith("/download"):
                ndt7.serve_download(self.connection, self.server.payload)
            else:
                ndt7.serve_upload(self.connection)

    def parse_request(self) -> bool:
        self._began = time.perf_counter()
        return super().parse_request()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has in the standard library
        """Standard output is for what pages tell."""


def main() -> None:
    address, port, packages = sys.argv[1:]
    lock = threading.Lock()

    def tell(words: bytes) -> None:
        with lock:
            print(words.decode().replace("\n", " "), flush=True)

    with Server(address, int(port), Path(packages), tell) as server:
        tell(b"ready")
        server.serve_forever()


if __name__ == "__main__":
    main()
