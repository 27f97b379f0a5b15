"""Servers to measure a line against: what each kind is asked, and how one is found that answers.

A server of any kind becomes an `Endpoint`: where it is and which paths download, upload and answer at once. The engine
(``throughput.py``) knows nothing of kinds. Whatever is wrong with a server, it is the server that is out, never the line.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import itertools
import socket
import statistics
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec

from readiness.probes import connection_open, delivered
from readiness.probes.connection_open import USER_AGENT, CannotOpen, Proxy, until
from readiness.probes.delivered import Traffic
from readiness.profile import Server, ServerKind
from readiness.serve import PROGRESS, PROGRESS_FIELD

MIB: Final = 1 << 20

#: How long a server may take to be found, and to answer one request that carries nothing.
FIND_S: Final = 6.0

#: How long the list of speedtest.net and the latencies of those nearby may take together.
_LIST_S: Final = 8.0

#: How many of the nearest speedtest.net servers are compared.
_NEAREST: Final = 5

#: Where LibreSpeed's back end lies below the address that a person or a profile names, and how its files are called.
_LIBRESPEED_LAYOUTS: Final = tuple((folder, suffix) for suffix in (".php", "") for folder in ("", "backend/"))

_CLOUDFLARE_URL: Final = "https://speed.cloudflare.com"

#: The most of an answer that should be empty that is read.
_EMPTY_BYTES: Final = 65536


class ServerOut(Exception):
    """The server does not do: it cannot be reached, or does not answer as such a server does."""

    wire_down_bytes = wire_up_bytes = 0
    """What was moved over the line to find that out, as far as it is known."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One server, ready to be measured against. Paths may hold ``{bytes}`` or ``{mib}``: how much is asked for."""

    kind: ServerKind
    host: str
    port: int
    tls: bool
    download: str
    upload: str
    ping: str
    """A path whose answer carries (next to) nothing."""
    most_bytes: int = 25 * MIB
    """The most that is asked of it, or sent to it, in one request."""
    fixed_bytes: int | None = None
    """How much a download gives when its path does not say."""
    progress: str = ""
    """What to add to an upload's path so that the server tells meanwhile how much has come; empty where it cannot."""

    def download_of(self, size_bytes: int) -> tuple[str, int]:
        """The path of a download of about ``size_bytes``, and how many bytes it must give."""
        if self.fixed_bytes is not None:
            return self.download, self.fixed_bytes
        count = max(1, -(-min(size_bytes, self.most_bytes) // MIB)) if "{mib}" in self.download else None
        given = count * MIB if count else min(size_bytes, self.most_bytes)
        return self.download.format(bytes=given, mib=count), given


def _proxy(endpoint: Endpoint) -> Proxy | None:
    scheme = "https" if endpoint.tls else "http"
    return connection_open.proxy_for(endpoint.host, scheme, connection_open.system_proxies())


def is_behind_proxy(endpoint: Endpoint) -> bool:
    """Whether the other end of a connection to the server is a proxy."""
    return _proxy(endpoint) is not None


def open_line(endpoint: Endpoint, deadline: float) -> socket.socket:
    """An open connection to the server, over the system's proxy where it has one. Raises CannotOpen."""
    line = connection_open.open_tunnel(endpoint.host, endpoint.port, deadline, _proxy(endpoint))
    return connection_open.secure(line, endpoint.host, deadline) if endpoint.tls else line


class _Punctual(io.RawIOBase):
    """What comes over a connection until a deadline: a socket's own time-out begins anew with every byte that trickles."""

    def __init__(self, line: socket.socket, deadline: float) -> None:
        self._line, self._deadline = line, deadline
        self._raw = line.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        if time.monotonic() >= self._deadline:
            raise TimeoutError("it takes too long")
        self._line.settimeout(until(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def dial(endpoint: Endpoint, deadline: float) -> http.client.HTTPConnection:
    """An open connection to the server for one request after another, until a deadline. Raises CannotOpen."""

    class Answer(http.client.HTTPResponse):
        def __init__(self, line: socket.socket, debuglevel: int = 0, method: str | None = None) -> None:
            super().__init__(line, debuglevel, method)
            self.fp.close()
            self.fp = io.BufferedReader(_Punctual(line, deadline))

    line = open_line(endpoint, deadline)
    connection = http.client.HTTPConnection(endpoint.host, endpoint.port)
    connection.response_class = Answer
    connection.sock = line
    connection.auto_open = 0  # or it would call the server again by itself, past proxy and encryption
    return connection


def ask(connection: http.client.HTTPConnection, path: str) -> http.client.HTTPResponse:
    """The head of the answer to one request. Raises ServerOut unless it is a plain success, OSError when cut off.

    After ServerOut the connection can be asked again, or is closed.
    """
    try:
        connection.request("GET", path, headers={"User-Agent": USER_AGENT, "Cache-Control": "no-store"})
        response = connection.getresponse()
    except (http.client.HTTPException, ValueError) as error:
        connection.close()
        raise ServerOut(f"no HTTP: {error!r}") from error
    if response.status not in (200, 204):
        # Read what else it says, so that the connection can be asked again, or closed when that is too much.
        if _is_long(connection, response):
            connection.close()
        raise ServerOut(f"{path}: status {response.status}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        connection.close()
        raise ServerOut(f"{path}: encoded, so what arrives is not what was measured")
    return response


def _is_long(connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> bool:
    """Read an answer that should be short. Whether it is too long for one. Raises ServerOut for one that is broken."""
    try:
        body = response.read(_EMPTY_BYTES)
    except http.client.HTTPException as error:
        connection.close()
        raise ServerOut(f"no HTTP: {error!r}") from error
    if len(body) < _EMPTY_BYTES and response.length:
        connection.close()
        raise ServerOut(f"an answer that lacks {response.length} bytes")
    return len(body) >= _EMPTY_BYTES


def ping(connection: http.client.HTTPConnection, endpoint: Endpoint) -> float:
    """One round trip on an open connection, in milliseconds. Raises ServerOut, or OSError when cut off."""
    started = time.perf_counter()
    _greet(connection, endpoint)
    return (time.perf_counter() - started) * 1000


def _greet(connection: http.client.HTTPConnection, endpoint: Endpoint) -> http.client.HTTPResponse:
    """The answer that carries next to nothing. Raises ServerOut, or OSError when cut off."""
    response = ask(connection, endpoint.ping)
    if _is_long(connection, response):
        connection.close()
        raise ServerOut(f"{endpoint.ping}: an answer where none should be")
    if response.will_close:
        raise ServerOut(f"{endpoint.ping}: it closes after every answer")
    return response


def find(server: Server, count: Callable[[Traffic], None] = lambda traffic: None) -> Iterator[Endpoint]:
    """Endpoints of one entry of a profile that answer, the best first. Raises ServerOut when there is none (any more).

    ``count`` is told what each connection has carried that was opened to find them.
    """
    if server.kind is ServerKind.LIBRESPEED:
        yield _first_that_answers(librespeed(server.url or ""), count)
    elif server.kind is ServerKind.CLOUDFLARE:
        yield _first_that_answers([cloudflare(server.url or _CLOUDFLARE_URL)], count)
    else:
        yield from _nearby(speedtest_net_hosts())


def address_of(server: Server) -> str:
    """What a person would know the entry by: a host name, or the name of the service."""
    if server.url:
        return urllib.parse.urlsplit(server.url).hostname or server.url
    return "speed.cloudflare.com" if server.kind is ServerKind.CLOUDFLARE else "speedtest.net"


def librespeed(url: str) -> list[Endpoint]:
    """The ways in which a LibreSpeed back end may lie at ``url``: the folder itself or its "backend", PHP or not."""
    host, port, tls, folder = _parts(url)
    return [
        Endpoint(
            kind=ServerKind.LIBRESPEED,
            host=host,
            port=port,
            tls=tls,
            download=f"{folder}{below}garbage{suffix}?ckSize={{mib}}",
            upload=f"{folder}{below}empty{suffix}",
            ping=f"{folder}{below}empty{suffix}",
        )
        for below, suffix in _LIBRESPEED_LAYOUTS
    ]


def cloudflare(url: str) -> Endpoint:
    host, port, tls, folder = _parts(url)
    return Endpoint(
        kind=ServerKind.CLOUDFLARE,
        host=host,
        port=port,
        tls=tls,
        download=f"{folder}__down?bytes={{bytes}}",
        upload=f"{folder}__up",
        ping=f"{folder}__down?bytes=0",
        most_bytes=25_000_000,
    )


def speedtest_net(host: str, port: int) -> list[Endpoint]:
    """The ways in which a speedtest.net server may be asked: the present one, and the one of older servers.

    Older servers give a picture of noise of a known size: 4000 × 4000 points in 31,625,365 bytes.
    """
    here = {"kind": ServerKind.SPEEDTEST_NET, "host": host, "port": port, "tls": True}
    return [
        msgspec.convert({**here, **paths}, Endpoint)
        for paths in (
            {"download": "/download?size={bytes}", "upload": "/upload", "ping": "/hello", "most_bytes": 25_000_000},
            {
                "download": "/speedtest/random4000x4000.jpg",
                "fixed_bytes": 31_625_365,
                "upload": "/speedtest/upload.php",
                "ping": "/speedtest/latency.txt",
                "most_bytes": 8_000_000,
            },
        )
    ]


def speedtest_net_hosts() -> list[tuple[str, int]]:
    """Host and port of the nearest speedtest.net servers, after speedtest-cli. Raises ServerOut."""
    answers: list[list[tuple[str, int]] | Exception] = []

    def fetch() -> None:
        import speedtest
        import truststore

        truststore.inject_into_ssl()
        # Its own would tell which system, processor and Python ask.
        speedtest.build_user_agent = lambda: USER_AGENT
        try:
            # secure: the list over plain http is out of use, and would tell everybody between who is testing.
            listed = speedtest.Speedtest(secure=True, timeout=_LIST_S / 2)
            listed.get_servers()
            answers.append([host_and_port(one["host"]) for one in listed.get_closest_servers(_NEAREST)])
        except (speedtest.SpeedtestException, OSError, ValueError, KeyError, TypeError) as error:
            answers.append(error)
        finally:
            truststore.extract_from_ssl()

    fetching = threading.Thread(target=fetch, daemon=True, name="list of speedtest.net servers")
    fetching.start()
    fetching.join(_LIST_S)
    answer = answers[0] if answers else TimeoutError("no answer in time")
    if isinstance(answer, Exception):
        raise ServerOut(f"speedtest.net gave no list: {answer!r}") from answer
    return answer


def host_and_port(text: str) -> tuple[str, int]:
    """The two parts of ``host:port``; 8080 is speedtest.net's usual port."""
    host, _, port = text.rpartition(":")
    return (host, int(port)) if host else (text, 8080)


def _nearby(hosts: Sequence[tuple[str, int]]) -> Iterator[Endpoint]:
    """Endpoints of the hosts that answer, the one with the shortest round trip first."""
    answered: list[tuple[float, Endpoint]] = []

    def compare(host: str, port: int) -> None:
        for endpoint in speedtest_net(host, port):
            with contextlib.suppress(ServerOut, CannotOpen, OSError):
                answered.append((_round_trip_ms(endpoint), endpoint))
                break

    all_at_once([functools.partial(compare, host, port) for host, port in hosts], FIND_S)
    ranked = sorted(answered.copy(), key=lambda pair: pair[0])
    if not ranked:
        raise ServerOut("no speedtest.net server nearby answers")
    yield from (endpoint for _, endpoint in ranked)


def _first_that_answers(ways: Sequence[Endpoint], count: Callable[[Traffic], None]) -> Endpoint:
    """The first of several ways to ask one server that it understands. Raises ServerOut.

    One after the other on one connection: on a slow line four at once would be in each other's way.
    """
    deadline = time.monotonic() + FIND_S
    trouble: Exception = ServerOut("no answer in time")
    connection: http.client.HTTPConnection | None = None
    try:
        for way in ways:
            if connection is None or connection.sock is None:
                connection = dial(way, deadline)
            connection.sock.settimeout(until(deadline))
            try:
                response = _greet(connection, way)
            except ServerOut as error:
                trouble = error
            else:
                tells = way.kind is ServerKind.LIBRESPEED and response.headers.get(PROGRESS_FIELD[0])
                return msgspec.structs.replace(way, progress=PROGRESS if tells == PROGRESS_FIELD[1] else "")
    except (CannotOpen, OSError) as error:
        trouble = error
    finally:
        if connection is not None:
            if carried := _carried(connection):
                count(carried)
            connection.close()
    raise ServerOut(f"{ways[0].host}: {trouble}") from trouble


def _round_trip_ms(endpoint: Endpoint) -> float:
    """The shorter of two round trips on a new connection: the first may wait for the server to wake up."""
    deadline = time.monotonic() + FIND_S
    connection = dial(endpoint, deadline)
    try:
        connection.sock.settimeout(until(deadline))
        return min(ping(connection, endpoint), ping(connection, endpoint))
    finally:
        connection.close()


class IdleRoundTrips(msgspec.Struct, frozen=True):
    """What an answer takes with nothing else on the line."""

    rtt_ms: float
    """The median."""
    jitter_ms: float
    """How much one differs from the next, on average (RFC 3550, section 6.4.1; its filter needs more of them)."""
    wire_up_bytes: int = 0
    """What they took of the line themselves, headers included."""
    wire_down_bytes: int = 0


def idle_round_trips(endpoint: Endpoint, most: int = 10, most_s: float = 0.6) -> IdleRoundTrips | None:
    """Round trips with nothing else on the line; None when fewer than two came back. Raises ServerOut."""
    deadline = time.monotonic() + FIND_S
    took_ms: list[float] = []
    carried: Traffic | None = None
    try:
        connection = dial(endpoint, deadline)
        try:
            ends_at = time.monotonic() + most_s
            while len(took_ms) < most and (time.monotonic() < ends_at or len(took_ms) < 2):
                connection.sock.settimeout(until(deadline))
                took_ms.append(ping(connection, endpoint))
        finally:
            carried = _carried(connection)
            connection.close()
    except (CannotOpen, OSError) as error:
        if len(took_ms) < 2:
            raise ServerOut(f"{endpoint.host}: {error}") from error
    if len(took_ms) < 2:
        return None
    return IdleRoundTrips(
        statistics.median(took_ms),
        jitter(took_ms),
        wire_up_bytes=carried.wire_out_bytes if carried else 0,
        wire_down_bytes=carried.wire_in_bytes if carried else 0,
    )


def _carried(connection: http.client.HTTPConnection) -> Traffic | None:
    """What an open connection has carried so far, as far as the system tells."""
    return delivered.traffic(connection.sock, 0) if connection.sock else None


def jitter(took_ms: Sequence[float]) -> float:
    """How much one of two or more round trips differs from the next, on average.

    A packet that was lost and sent again after a fifth of a second makes two differences that are none of jitter: of
    eight and more, the two largest do not count.
    """
    differences = sorted(abs(after - before) for before, after in itertools.pairwise(took_ms))
    return statistics.fmean(differences[:-2] if len(differences) >= 8 else differences)


def all_at_once(jobs: Sequence[Callable[[], None]], most_s: float) -> None:
    threads = [threading.Thread(target=job, daemon=True, name="looking for a server") for job in jobs]
    for thread in threads:
        thread.start()
    ends_at = time.monotonic() + most_s
    for thread in threads:
        thread.join(until(ends_at))


def place_of(url: str) -> tuple[str, int]:
    """Host and port of a server's address. Raises ServerOut for what is no address."""
    host, port, _, _ = _parts(url)
    return host, port


def _parts(url: str) -> tuple[str, int, bool, str]:
    """Host, port, whether encrypted, and the folder with a slash at its end. Raises ServerOut for what is no address."""
    try:
        parts = urllib.parse.urlsplit(url)
        tls = parts.scheme == "https"
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("neither http nor https")
        return parts.hostname, parts.port or (443 if tls else 80), tls, parts.path.rstrip("/") + "/"
    except ValueError as error:
        raise ServerOut(f"{url!r} is no address of a server: {error}") from error
