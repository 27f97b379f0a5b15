"""The embedded measurement server, asked by real clients over the loopback."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from readiness import serve
from readiness.serve import MIB, ServeError, SpeedServer


@pytest.fixture
def server() -> Iterator[SpeedServer]:
    with running("127.0.0.1") as started:
        yield started


@contextlib.contextmanager
def running(host: str, most_clients: int = 100) -> Iterator[SpeedServer]:
    with SpeedServer(host, 0, most_clients=most_clients) as started:
        thread = threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield started
        started.shutdown()
        thread.join()


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
    with running("127.0.0.1", most_clients=1) as server, client(server) as first, client(server) as second:
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
    with running("::1") as server, client(server) as connection:
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
