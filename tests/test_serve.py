"""The embedded measurement server, asked by real clients over the loopback."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
import trustme

from readiness import serve
from readiness.serve import MIB, ServeError, SpeedServer
from tests.probes.pairs import eventually, serving


@pytest.fixture
def server() -> Iterator[SpeedServer]:
    with serving() as started:
        yield started


@contextlib.contextmanager
def client(server: SpeedServer) -> Iterator[http.client.HTTPConnection]:
    with contextlib.closing(
        http.client.HTTPConnection(server.server_name, server.server_port, timeout=10)
    ) as connection:
        yield connection


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    connection.request(method, path, body)
    response = connection.getresponse()
    return response, response.read()


FOLDERS = ("/", "/backend/", "/speedtest/backend/")


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("suffix", ["", ".php"])
def test_everything_is_where_libre_speed_looks_for_it(server: SpeedServer, folder: str, suffix: str) -> None:
    with client(server) as connection:
        response, body = ask(connection, "GET", f"{folder}garbage{suffix}?cors=true&r=0.1&ckSize=2")
        assert (response.status, len(body)) == (200, 2 * MIB)
        response, body = ask(connection, "GET", f"{folder}empty{suffix}?r=0.1")
        assert (response.status, body) == (200, b"")
        response, body = ask(connection, "POST", f"{folder}empty{suffix}", os.urandom(3 * MIB))
        assert (response.status, body) == (200, b"")
        response, body = ask(connection, "GET", f"{folder}getIP{suffix}?isp=true")
        assert json.loads(body) == {"processedString": "127.0.0.1", "rawIspInfo": ""}
        assert response.getheader("Access-Control-Allow-Origin") == "*"


def test_garbage_is_random_and_as_long_as_asked_for(server: SpeedServer) -> None:
    import zlib

    with client(server) as connection:
        response, body = ask(connection, "GET", "/garbage")
        assert len(body) == 4 * MIB
        assert len(zlib.compress(body[: MIB // 2])) > MIB // 2
        assert response.getheader("Content-Encoding") is None
        response, body = ask(connection, "HEAD", "/garbage?ckSize=5000")
        assert response.getheader("Content-Length") == str(1024 * MIB)  # no more than that, whatever is asked for


@pytest.mark.parametrize("size", ["0", "-1", "many", "1.5", "", "99999999999", "²"])
def test_nonsense_sizes_are_refused(server: SpeedServer, size: str) -> None:
    with client(server) as connection:
        from urllib.parse import quote

        response, _ = ask(connection, "GET", f"/garbage?ckSize={quote(size)}&r=1")
        assert response.status == (200 if size == "" else 400)  # an empty value is no value
        assert ask(connection, "GET", "/empty")[0].status == 200


def test_a_page_of_another_origin_may_measure(server: SpeedServer) -> None:
    with client(server) as connection:
        response, body = ask(connection, "OPTIONS", "/empty.php")
        assert (response.status, body) == (204, b"")
        assert response.getheader("Access-Control-Allow-Methods") == "GET, POST, HEAD, OPTIONS"
        assert response.getheader("Access-Control-Allow-Headers") == "Content-Encoding, Content-Type"


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET /etc/passwd HTTP/1.1\r\n\r\n", 404),
        ("GET /garbage.php/more HTTP/1.1\r\n\r\n", 404),
        ("HEAD /nothing HTTP/1.1\r\n\r\n", 404),
        ("POST /garbage HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 404),
        ("DELETE /empty HTTP/1.1\r\n\r\n", 501),
        ("POST /empty HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        ("GET /empty HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        ("POST /empty HTTP/1.1\r\nContent-Length: -5\r\n\r\n", 400),
        ("POST /empty HTTP/1.1\r\nContent-Length: 10e9\r\n\r\n", 400),
        ("POST /empty HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        (f"GET /{'a' * 70000} HTTP/1.1\r\n\r\n", 414),
        ("GET /empty HTTP/1.1\r\n" + "A: b\r\n" * 200 + "\r\n", 431),
        ("nonsense\r\n\r\n", 400),
    ],
)
def test_absurd_requests_get_a_clear_status(server: SpeedServer, request_text: str, status: int) -> None:
    with socket.create_connection((server.server_name, server.server_port), timeout=10) as line:
        line.sendall(request_text.encode())
        assert f" {status} ".encode() in line.recv(4096).split(b"\r\n")[0] + b" "


def test_an_upload_that_ends_too_soon_ends_the_connection(server: SpeedServer) -> None:
    with socket.create_connection((server.server_name, server.server_port), timeout=10) as line:
        line.sendall(b"POST /empty HTTP/1.1\r\nContent-Length: 1000\r\n\r\nabc")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100) == b""


def test_too_many_at_once_are_told_so() -> None:
    with serving(most=1) as server, client(server) as first, client(server) as second:
        assert ask(first, "GET", "/empty")[0].status == 200
        assert ask(second, "GET", "/empty")[0].status == 503


def test_many_are_served_at_once(server: SpeedServer) -> None:
    counts: list[int] = []

    def fetch() -> None:
        with client(server) as connection:
            counts.append(len(ask(connection, "GET", "/garbage?ckSize=1")[1]))

    threads = [threading.Thread(target=fetch) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [MIB] * 40


def test_a_gigabit_goes_through(server: SpeedServer) -> None:
    with client(server) as connection:
        started = time.perf_counter()
        received = sum(len(ask(connection, "GET", "/garbage?ckSize=64")[1]) for _ in range(4))
        down_mbps = received * 8e-6 / (time.perf_counter() - started)
        noise = bytes(64 * MIB)
        started = time.perf_counter()
        for _ in range(4):
            ask(connection, "POST", "/empty", noise)
        up_mbps = 4 * len(noise) * 8e-6 / (time.perf_counter() - started)
    assert down_mbps > 1000
    assert up_mbps > 1000


def test_it_listens_on_ipv6_too() -> None:
    with serving("::1") as server, client(server) as connection:
        assert server.url == f"http://[::1]:{server.server_port}"
        assert json.loads(ask(connection, "GET", "/getIP")[1])["processedString"] == "::1"


def test_why_it_cannot_serve_is_one_sentence(server: SpeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ServeError, match=f"Another program uses port {server.server_port} already"):
        serve.serve("127.0.0.1", server.server_port, print)
    with pytest.raises(ServeError, match="70000 is not a port"):
        serve.serve("127.0.0.1", 70000, print)
    with pytest.raises(ServeError, match=r"not-a-host\.invalid is not an address of this computer") as caught:
        serve.serve("not-a-host.invalid", 8989, print)
    assert caught.value.params == {"host": "not-a-host.invalid"}
    assert caught.value.sentence.format(**caught.value.params) == str(caught.value)

    def refuse(self: SpeedServer) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(SpeedServer, "server_bind", refuse)
    with pytest.raises(ServeError, match="does not let you use port 80"):
        serve.serve("127.0.0.1", 80, print)


def test_ctrl_c_ends_it_cleanly() -> None:
    script = "from readiness.serve import serve; serve('127.0.0.1', 0, lambda url: print(url, flush=True))"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=10)
    assert (process.returncode, complaints) == (0, "")


# Uploads of which it tells


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/garbage?ckSize=1"),
        ("HEAD", "/garbage?ckSize=1"),
        ("GET", "/empty.php"),
        ("POST", "/empty"),
        ("POST", "/empty?progress"),
        ("GET", "/getIP"),
        ("OPTIONS", "/empty"),
        ("GET", "/nothing"),
        ("GET", "/garbage?ckSize=many"),
    ],
)
def test_every_answer_says_that_uploads_are_told_of(server: SpeedServer, method: str, path: str) -> None:
    with client(server) as connection:
        response, _ = ask(connection, method, path)
    assert response.getheader("Upload-Progress") == "lines"


class Telling:
    """An upload that is told of, by its own end."""

    def __init__(self, line: socket.socket, length: int, *, folder: str = "/", body: bytes = b"") -> None:
        self._line = line
        line.settimeout(10)
        line.sendall(
            f"POST {folder}empty.php?r=1&progress HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode() + body
        )
        self._said = b""
        while b"\r\n\r\n" not in self._said:
            self._hear()
        self.head, _, self._said = self._said.partition(b"\r\n\r\n")

    def _hear(self) -> bool:
        piece = self._line.recv(4096)
        self._said += piece
        return bool(piece)

    def told(self) -> list[tuple[int, int]]:
        """Moments in microseconds, and bytes, of all whole lines so far."""
        lines = self._said.split(b"\n")[:-1]
        return [(int(at), int(count)) for at, count in (line.split(b" ") for line in lines)]

    def until(self, count: int) -> list[tuple[int, int]]:
        """What was told until so much had come."""
        while count not in [came for _, came in self.told()]:
            assert self._hear(), "it ended"
        return self.told()

    def until_the_end(self) -> list[tuple[int, int]]:
        while self._hear():
            pass
        assert self._said.endswith(b"\n")
        return self.told()


@pytest.fixture(params=["plain", "tls"])
def line(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    """A connection to a server, with and without encryption."""
    authority = trustme.CA()
    there = here = None
    if request.param == "tls":
        there, here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
        authority.issue_cert("127.0.0.1").configure_cert(there)
        authority.configure_trust(here)
    with serving(context=there) as server, socket.create_connection((server.server_name, server.server_port)) as bare:
        assert server.url.startswith("https://" if there else "http://")
        if here is None:
            yield bare
        else:
            with here.wrap_socket(bare, server_hostname="127.0.0.1") as wrapped:
                yield wrapped


def test_what_is_told_is_what_was_sent(line: socket.socket) -> None:
    telling = Telling(line, 3 * MIB, folder="/speed/backend/", body=b"first")
    assert telling.head.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nConnection: close" in telling.head
    assert telling.until(5)
    line.sendall(bytes(999_995))
    telling.until(1_000_000)
    line.sendall(bytes(3 * MIB - 1_000_000))
    told = telling.until_the_end()
    assert told == sorted(told), "neither the clock nor the count goes back"
    assert told[-1][1] == 3 * MIB


def test_it_tells_though_nothing_comes(line: socket.socket) -> None:
    telling = Telling(line, 1000, body=b"abc")
    telling.until(3)
    while [count for _, count in telling.told()].count(3) < 4:
        telling._hear()
    moments = [at_us for at_us, count in telling.told() if count == 3]
    assert all(later - at > 15_000 for at, later in itertools.pairwise(moments)), "not more often than 20 ms"
    line.sendall(bytes(997))
    assert telling.until_the_end()[-1][1] == 1000


def test_an_upload_of_nothing_is_over_at_once(line: socket.socket) -> None:
    assert [count for _, count in Telling(line, 0).until_the_end()] == [0]


def test_an_upload_that_is_told_of_and_ends_too_soon(server: SpeedServer) -> None:
    with socket.create_connection((server.server_name, server.server_port)) as line:
        telling = Telling(line, 1000, body=b"abc")
        telling.until(3)
        line.shutdown(socket.SHUT_WR)
        assert telling.until_the_end()[-1][1] == 3


def test_an_upload_that_is_told_of_and_breaks_off_ends_quietly(server: SpeedServer) -> None:
    before = threading.active_count()
    with socket.create_connection((server.server_name, server.server_port)) as line:
        Telling(line, 1000, body=b"abc").until(3)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    eventually(lambda: threading.active_count() <= before)


def test_an_upload_on_which_nothing_moves_any_more_is_ended(
    server: SpeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "_IDLE_S", 0.2)
    with socket.create_connection((server.server_name, server.server_port)) as line:
        told = Telling(line, 1000, body=b"abc").until_the_end()
    assert told[-1][1] == 3
    assert 0.2 <= (told[-1][0] - told[0][0]) * 1e-6 < 2.0


def test_who_does_not_listen_is_told_no_more(server: SpeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server does not wait for room to tell: it would keep a thread for as long as somebody likes."""
    monkeypatch.setattr(serve, "_TELL_S", 0.0)
    monkeypatch.setattr(serve, "_SILENCE_S", 0.002)
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)  # the least there is, for its connections too
    before = threading.active_count()
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        line.connect((server.server_name, server.server_port))
        line.sendall(b"POST /empty?progress HTTP/1.1\r\nContent-Length: 100000000\r\n\r\n")
        eventually(lambda: threading.active_count() > before)
        line.setblocking(False)

        def send() -> None:
            with contextlib.suppress(OSError):
                line.send(bytes(100))

        eventually(lambda: threading.active_count() <= before, send)


@pytest.mark.parametrize(
    ("field", "status"),
    [("Transfer-Encoding: chunked", 411), ("Content-Length: -5", 400), ("Content-Length: ten", 400)],
)
def test_absurd_uploads_are_told_nothing(server: SpeedServer, field: str, status: int) -> None:
    with socket.create_connection((server.server_name, server.server_port), timeout=10) as line:
        line.sendall(f"POST /empty?progress HTTP/1.1\r\n{field}\r\n\r\n".encode())
        assert f" {status} ".encode() in line.recv(4096).split(b"\r\n")[0] + b" "


def test_who_speaks_no_tls_is_not_kept() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with (
        serving(context=context) as server,
        socket.create_connection((server.server_name, server.server_port), timeout=10) as line,
    ):
        line.sendall(b"GET /empty HTTP/1.1\r\n\r\n")
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := line.recv(4096):
                answer += piece
        assert b"HTTP" not in answer
