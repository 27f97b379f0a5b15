"""The world outside, small enough for a lab: name server, web pages, hosts with certificates, a proxy, a tunnel's far end.

Run as a program inside the lab's outer network namespace: ``python -m tests.lab.network_world WORLD.json``. It says
"ready" and serves until its standard input ends, which it does however the lab ends. With ``busy ADDRESS PORT down`` or
``up``, inside the client's, it is another program there that fills the line.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import select
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from readiness.serve import SpeedServer

_CLONE_NEWNET: Final = 0x40000000

#: From the kernel's if_tun.h: make an adapter that carries whole packets, and nothing before them.
_TUNSETIFF: Final = 0x400454CA
_IFF_TUN: Final = 0x0001
_IFF_NO_PI: Final = 0x1000

#: DNS record types, and the answer "there is no such name" (RFC 1035).
_TYPES: Final = {1: socket.AF_INET, 28: socket.AF_INET6}
_NO_SUCH_NAME: Final = 3
_REFUSED: Final = 5

#: How much another program moves before a line counts as filled: more than its longest queue holds.
_BUSY_BYTES: Final = 600_000

#: How fast a flood goes on: 2.2 Mbit/s, a little more than its line takes.
_FLOOD_BYTES_S: Final = 275_000


class Certificate(msgspec.Struct, frozen=True):
    chain_file: str
    key_file: str

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain_file, self.key_file)
        return context


class Tls(msgspec.Struct, frozen=True, tag=True):
    """A host that shows a certificate and says no more."""

    address: str
    certificate: Certificate


class Page(msgspec.Struct, frozen=True, tag=True):
    """A web server without encryption that gives every asker the same answer."""

    address: str
    status: str = "200 OK"
    headers: dict[str, str] = {}
    body: str = ""
    port: int = 80


class Silent(msgspec.Struct, frozen=True, tag=True):
    """Takes connections and never says a word."""

    address: str
    port: int


class Relay(msgspec.Struct, frozen=True, tag=True):
    """An HTTP proxy that lets everything through."""

    address: str
    port: int
    names: dict[str, str]
    """What the proxy takes names for: it does not ask the client's name server."""


class Busy(msgspec.Struct, frozen=True, tag=True):
    """Gives and takes as much as it can: "d" is answered with bytes for ever, "u" with listening for ever."""

    address: str
    port: int


class Names(msgspec.Struct, frozen=True):
    """A name server."""

    address: str
    refuses: bool = False


class Speed(msgspec.Struct, frozen=True, tag=True):
    """A LibreSpeed-compatible measurement server."""

    address: str
    certificate: Certificate


class Public(msgspec.Struct, frozen=True, tag=True):
    """The public measurement services in one: speedtest.net's list and one of its servers, and Cloudflare's."""

    address: str
    certificate: Certificate
    nearby: str
    """Host and port of the server that the list names."""
    port: int = 443


Host = Tls | Page | Silent | Relay | Busy | Speed | Public


class World(msgspec.Struct, frozen=True):
    names: dict[str, tuple[str, ...]] = {}
    """Addresses by name; ``*`` answers for every other name."""
    name_server: Names | None = None
    """None: nobody answers."""
    hosts: tuple[Host, ...] = ()
    tunnel: tuple[str, str] | None = None
    """The client's network namespace and the name of the adapter on both sides."""


class NameServer(socketserver.UDPServer):
    """A name server for the few names of a `World`."""

    def __init__(self, server: Names, names: dict[str, tuple[str, ...]]) -> None:
        self.names = names
        self.refuses = server.refuses
        self.address_family = _family(server.address)
        super().__init__((server.address, 53), _NameRequest)


class _NameRequest(socketserver.BaseRequestHandler):
    server: NameServer

    def handle(self) -> None:
        question: bytes = self.request[0]
        said = refusal(question) if self.server.refuses else answer(question, self.server.names)
        self.request[1].sendto(said, self.client_address)


def refusal(question: bytes) -> bytes:
    """A DNS answer that says no to any question."""
    return question[:2] + struct.pack("!HHHHH", 0x8180 | _REFUSED, 1, 0, 0, 0) + question[12:]


def answer(question: bytes, names: dict[str, tuple[str, ...]]) -> bytes:
    """A DNS answer to a question for one name: its addresses of the asked kind, or that there is no such name."""
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode("ascii"))
        at += 1 + question[at]
    end = at + 5
    (kind,) = struct.unpack_from("!H", question, at + 1)
    found = names.get(".".join(labels).lower(), names.get("*"))
    family = _TYPES.get(kind)
    records = [
        b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 1, len(packed)) + packed
        for packed in (socket.inet_pton(family, a) for a in found or () if family is not None and _family(a) == family)
    ]
    flags = 0x8180 | (_NO_SUCH_NAME if found is None else 0)
    head = question[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0)
    return head + question[12:end] + b"".join(records)


class Listener(socketserver.ThreadingTCPServer):
    """A host of the lab: one thread a connection."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, host: Tls | Page | Silent | Relay | Busy) -> None:
        self.host = host
        self.context = host.certificate.context() if isinstance(host, Tls) else None
        self.address_family = _family(host.address)
        super().__init__((host.address, 443 if isinstance(host, Tls) else host.port), _Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that refuse a certificate hang up in the middle: that is what the lab is for."""


class _Connection(socketserver.BaseRequestHandler):
    server: Listener

    def handle(self) -> None:
        host = self.server.host
        line: socket.socket = self.request
        line.settimeout(10)
        if isinstance(host, Tls):
            assert self.server.context is not None
            with self.server.context.wrap_socket(line, server_side=True) as encrypted:
                encrypted.recv(1)
        elif isinstance(host, Silent):
            line.recv(65536)
            line.recv(65536)
        elif isinstance(host, Busy):
            fill(line, give=line.recv(1) == b"d")
        elif isinstance(host, Relay):
            relay(line, _request(line), host.names)
        elif _request(line):
            body = host.body.encode()
            headers = {"Content-Length": str(len(body)), "Connection": "close", **host.headers}
            head = f"HTTP/1.1 {host.status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            line.sendall(head.encode() + b"\r\n" + body)


def _request(line: socket.socket) -> bytes:
    """A request with its head; empty when the client has hung up."""
    asked = b""
    while b"\r\n\r\n" not in asked:
        piece = line.recv(4096)
        if not piece:
            return b""
        asked += piece
    return asked


def relay(line: socket.socket, asked: bytes, names: dict[str, str]) -> None:
    """What a proxy does with a request: CONNECT opens a way, everything else is passed on."""
    method, target = (*asked.split(b" ", 2)[:2], b"", b"")[:2]
    parts = urlsplit(f"//{target.decode()}" if method == b"CONNECT" else target.decode())
    with socket.create_connection((names[parts.hostname or ""], parts.port or 80), timeout=10) as beyond:
        if method == b"CONNECT":
            line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            beyond.sendall(asked)
        ways = {line: beyond, beyond: line}
        while True:
            ready, _, _ = select.select([*ways], [], [], 10)
            for source in ready:
                piece = source.recv(65536)
                if not piece:
                    return
                ways[source].sendall(piece)
            if not ready:
                return


def fill(line: socket.socket, *, give: bool) -> None:
    """Give, or take, as fast as the line lets us, until the other side hangs up."""
    line.settimeout(None)
    piece = os.urandom(65536)
    while line.send(piece) if give else line.recv(65536):
        pass


def flood(address: str, port: int) -> None:
    """Send datagrams without asking whether they arrive: first what a deep queue holds, then what keeps it full."""
    packet = os.urandom(1200)
    with socket.socket(_family(address), socket.SOCK_DGRAM) as sender:
        sender.connect((address, port))
        sent, began = 0, time.monotonic()
        while True:
            if sent > _BUSY_BYTES + (time.monotonic() - began) * _FLOOD_BYTES_S:
                time.sleep(0.005)
                continue
            with contextlib.suppress(ConnectionRefusedError):  # nobody listens there
                sender.send(packet)
            sent += len(packet)


#: What speedtest-cli reads of speedtest.net's configuration and list.
_CONFIGURATION: Final = """<?xml version="1.0"?><settings>
<client ip="192.0.2.1" lat="45.0" lon="-93.0" isp="Lab" isprating="3" rating="0" ispdlavg="0" ispulavg="0" country="US"/>
<server-config threadcount="4" ignoreids="" /><download testlength="10" threadsperurl="4"/>
<upload testlength="10" ratio="5" threads="2" maxchunkcount="50"/></settings>"""
_LIST: Final = """<?xml version="1.0"?><settings><servers>
<server url="http://{host}/speedtest/upload.php" lat="45.1" lon="-93.1" name="Lab" country="US" sponsor="Lab" id="1" host="{host}"/>
<server url="http://gone.test:8080/speedtest/upload.php" lat="45" lon="-93" name="Gone" country="US" sponsor="X" id="2" host="gone.test:8080"/>
</servers></settings>"""


class PublicServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, host: Public) -> None:
        self.nearby = host.nearby
        self.address_family = _family(host.address)
        super().__init__((host.address, host.port), _PublicRequest)
        self.socket = host.certificate.context().wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def handle_error(self, request: object, client_address: object) -> None:
        """Measurements end by hanging up."""


class _PublicRequest(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PublicServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = parse_qs(parts.query)
        if parts.path in ("/download", "/__down"):
            left = int((asked.get("size") or asked["bytes"])[0])
            self._head(left)
            while left:
                piece = os.urandom(min(left, 65536))
                self.wfile.write(piece)
                left -= len(piece)
            return
        text = {
            "/speedtest-config.php": _CONFIGURATION,
            "/speedtest-servers-static.php": _LIST.format(host=self.server.nearby),
            "/hello": "hello",
        }.get(parts.path)
        self._head(len(text or ""), 200 if text else 404)
        self.wfile.write((text or "").encode())

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(left, 65536)))
        self._head(0)

    def _head(self, length: int, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has in the standard library
        """Nobody reads it."""


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _adapter(name: str) -> int:
    """A new tunnel adapter in the present network namespace; what is written to it arrives there."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH14x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return descriptor


def _enter(namespace: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(namespace, os.O_RDONLY)
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    os.close(descriptor)


def _tunnel(client: str, name: str) -> tuple[int, int]:
    """Both ends of a tunnel, made in this thread before any other runs: entering a namespace is a thread's own."""
    far = _adapter(name)
    _enter(f"/var/run/netns/{client}")
    near = _adapter(name)
    _enter(f"/proc/{os.getpid()}/task/{_other_thread()}/ns/net")
    return near, far


def _other_thread() -> int:
    """A thread that has stayed in the namespace we came from."""
    tasks = [int(task.name) for task in Path("/proc/self/task").iterdir()]
    return next(task for task in tasks if task != threading.get_native_id())


def _carry(one: int, other: int) -> None:
    """Carry packets between both ends of a tunnel."""
    while True:
        ready, _, _ = select.select([one, other], [], [])
        for source in ready:
            with contextlib.suppress(OSError):  # an end that is not up yet takes no packets
                os.write(other if source == one else one, os.read(source, 65536))


def _server(host: Host) -> socketserver.BaseServer:
    if isinstance(host, Speed):
        return SpeedServer(host.address, 443, host.certificate.context())
    return PublicServer(host) if isinstance(host, Public) else Listener(host)


def busy(address: str, port: int, direction: str) -> None:
    """Be another program on the client's computer. Says "ready" once the line's queues are full."""
    with socket.create_connection((address, port), timeout=10) as line:
        line.sendall(direction[:1].encode())
        if direction == "flood":
            threading.Thread(target=flood, args=(address, port), daemon=True).start()
        else:
            threading.Thread(target=fill, args=(line,), kwargs={"give": direction == "up"}, daemon=True).start()
        counter = Path(f"/sys/class/net/eth0/statistics/{'rx' if direction == 'down' else 'tx'}_bytes")
        while int(counter.read_text()) < _BUSY_BYTES:
            time.sleep(0.02)
        print("ready", flush=True)
        sys.stdin.read()


def main() -> None:
    if sys.argv[1] == "busy":
        busy(sys.argv[2], int(sys.argv[3]), sys.argv[4])
        return
    world = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=World)
    staying = threading.Event()
    threading.Thread(target=staying.wait, daemon=True).start()
    if world.tunnel:
        threading.Thread(target=_carry, args=_tunnel(*world.tunnel), daemon=True).start()
    servers: list[socketserver.BaseServer] = [_server(host) for host in world.hosts]
    if world.name_server:
        servers.append(NameServer(world.name_server, world.names))
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
