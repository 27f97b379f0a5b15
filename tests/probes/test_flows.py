"""Answers in pieces of every kind, and connections that are kept busy, from both their ends."""

from __future__ import annotations

import contextlib
import errno
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from readiness.probes import delivered, flows
from readiness.probes.connection_open import USER_AGENT
from readiness.probes.flows import READ, WRITE, Body, Download, Flow, Head, RoundTrips, Upload
from readiness.probes.servers import MIB, ServerOut
from tests.probes.pairs import PATIENCE_S, drive, encrypted, endpoint, eventually, tcp_pair

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nrest"


def head(fields: str = "", status: str = "200 OK") -> Head:
    made = Head("/path")
    assert made.take(f"HTTP/1.1 {status}\r\n{fields}\r\n".encode()) == b""
    return made


# Heads


@pytest.mark.parametrize("at", range(len(ANSWER) - len(b"\r\n\r\nrest") + 4))
def test_a_head_may_come_in_any_two_pieces(at: int) -> None:
    made = Head("/path")
    assert made.take(ANSWER[:at]) is None
    assert made.take(ANSWER[at:]) == b"rest"
    assert (made.status, made.length, made.headers.get_content_type()) == (200, 5, "text/plain")


def test_a_head_may_come_byte_by_byte() -> None:
    made = Head("/path")
    taken = [made.take(ANSWER[at : at + 1]) for at in range(len(ANSWER) - 4)]
    assert taken == [*[None] * (len(taken) - 1), b""]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", b""),
        (b"\x16\x03\x01\x00", b""),
        (b"\r\nHTTP/1.1 200 OK\r\n\r\n", b""),
        (b"HTTP/2 200\r\n\r\n", b""),
        (b"HTTP/1.1\r\n\r\n", b""),
        (b"HTTP/1.1 OK\r\n\r\n", b""),
        (b"HTTP/1.1 -20 OK\r\n\r\n", b""),
        (b"HTTP/1.1 2000 OK\r\n\r\n", b""),
        (b"HTTP/1.1 " + b"2" * 5000 + b" OK\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 3000),
        (b"HTTP/1.1 200 OK\r\n", b"A: " + b"b" * 20000),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101, b"\r\n"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101, b"A: b\r\n\r\n"),
    ],
)
def test_what_is_no_head(first: bytes, second: bytes) -> None:
    made = Head("/path")
    with pytest.raises(ServerOut, match="/path"):  # noqa: PT012 - which of the two tells is not what matters
        made.take(first)
        made.take(second)


@pytest.mark.parametrize(
    ("fields", "status", "length", "chunked", "closes"),
    [
        ("Content-Length: 12\r\n", "200 OK", 12, False, False),
        ("Content-Length: 0\r\nConnection: close\r\n", "200 OK", 0, False, True),
        ("Connection: keep-alive\r\n", "200 OK", None, False, False),
        ("Connection: Close\r\n", "200", None, False, True),
        ("Transfer-Encoding: Chunked\r\n", "200 OK", None, True, False),
        ("Transfer-Encoding: chunked\r\nContent-Length: 12\r\n", "200 OK", None, True, False),
        ("", "204 No Content", 0, False, False),
        ("", "304 Not Modified", 0, False, False),
    ],
)
def test_how_a_body_is_framed(fields: str, status: str, length: int | None, chunked: bool, closes: bool) -> None:
    made = head(fields, status)
    assert (made.length, made.chunked, made.closes) == (length, chunked, closes)


@pytest.mark.parametrize("said", ["-5", "5, 5", "1e9", "0x10", "²", "", "9" * 19, "9" * 5000])
def test_what_is_no_length(said: str) -> None:
    made = head(f"Content-Length: {said}\r\n")
    with pytest.raises(ServerOut, match="bytes long"):
        _ = made.length


@pytest.mark.parametrize("fields", ["", "Content-Encoding: identity\r\n"])
@pytest.mark.parametrize("status", ["200 OK", "204 No Content"])
def test_what_is_a_success(status: str, fields: str) -> None:
    head(fields, status).expect_success()


@pytest.mark.parametrize(
    ("status", "fields", "why"),
    [
        ("100 Continue", "", "status 100"),
        ("206 Partial Content", "", "status 206"),
        ("302 Found", "Location: /\r\n", "status 302"),
        ("429 Too Many Requests", "", "status 429"),
        ("503 Service Unavailable", "", "status 503"),
        ("200 OK", "Content-Encoding: gzip\r\n", "encoded"),
    ],
)
def test_what_is_none(status: str, fields: str, why: str) -> None:
    made = head(fields, status)
    with pytest.raises(ServerOut, match=why):
        made.expect_success()


# Bodies

LONG = b"x" * 300
CHUNKS = b"5\r\nhello\r\n1;name=value\r\n!\r\n12C\r\n" + LONG + b"\r\n"
FRAMED: dict[str, tuple[str, bytes, int]] = {
    "by its length": ("Content-Length: 11\r\n", b"hello world", 11),
    "in chunks": ("Transfer-Encoding: chunked\r\n", CHUNKS + b"0\r\n\r\n", 306),
    "with fields behind": (
        "Transfer-Encoding: chunked\r\n",
        CHUNKS + b"000;last\r\nDigest: abc\r\nMore: d\r\n\r\n",
        306,
    ),
    "with bare ends of lines": ("Transfer-Encoding: chunked\r\n", b"5\nhello\n0\n\n", 5),
    "in one empty chunk": ("Transfer-Encoding: chunked\r\n", b"0\r\n\r\n", 0),
}


@pytest.mark.parametrize("kind", FRAMED)
def test_a_body_may_come_in_any_two_pieces(kind: str) -> None:
    fields, wire, payload = FRAMED[kind]
    for at in range(len(wire)):
        body = Body(head(fields))
        assert (bytes(body.take(memoryview(wire[:at]))), body.ended) == (b"", False)
        assert (bytes(body.take(memoryview(wire[at:] + b"next"))), body.ended, body.payload) == (b"next", True, payload)


@pytest.mark.parametrize("kind", FRAMED)
def test_a_body_may_come_byte_by_byte(kind: str) -> None:
    fields, wire, payload = FRAMED[kind]
    body = Body(head(fields))
    ended = []
    for at in range(len(wire)):
        body.take(memoryview(wire[at : at + 1]))
        ended.append(body.ended)
    assert ended == [*[False] * (len(wire) - 1), True]
    assert body.payload == payload


def test_a_body_may_end_with_the_connection() -> None:
    body = Body(head())
    for piece in (b"hello", b" ", b"world"):
        assert bytes(body.take(memoryview(piece))) == b""
    assert (body.payload, body.ended) == (11, False)


def test_no_body_has_ended_when_it_begins() -> None:
    body = Body(head("Content-Length: 0\r\n"))
    assert (body.ended, bytes(body.take(memoryview(b"next")))) == (True, b"next")


@pytest.mark.parametrize(
    "wire",
    [
        b"hello\r\n",
        b"-5\r\nhello",
        b"+5\r\nhello",
        b"0x5\r\nhello",
        b"1_0\r\nhello",
        b"5 5\r\nhello",
        b";\r\n",
        b"5\r\nhello\r\n?\r\n",
        b"f" * 16 + b"\r\n",
        b"f" * 2000,
        b"5;" + b"x" * 3000 + b"\r\n",
    ],
)
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_broken_chunks(wire: bytes, step: int) -> None:
    body = Body(head("Transfer-Encoding: chunked\r\n"))
    with pytest.raises(ServerOut, match="a broken chunk"):  # noqa: PT012 - where it is noticed is not what matters
        for at in range(0, len(wire), step):
            body.take(memoryview(wire[at : at + step]))


@pytest.mark.parametrize("ending", [b"", b"0\r\n" + b"Field: again\r\n" * 6000])
def test_chunks_that_carry_next_to_nothing(ending: bytes) -> None:
    body = Body(head("Transfer-Encoding: chunked\r\n"))
    with pytest.raises(ServerOut, match="chunks of next to nothing"):
        body.take(memoryview(ending or b"1\r\nx\r\n" * 20_000))


# Connections

#: What encryption says beside what it carries: tickets of its session, and what makes a record of bytes.
BESIDE_BYTES = 800


@contextmanager
def ends(*, tls: bool = False) -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = tcp_pair()
    if tls:
        here, there = encrypted(here, there)
    with here, there:
        yield here, there


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, socket.socket]]:
    with ends(tls=request.param) as both:
        yield both


@pytest.fixture
def untold(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that tells nothing of its connections."""
    monkeypatch.setattr(delivered, "traffic", lambda line, handed_over: None)


def asked(line: socket.socket) -> str:
    """The head of a request, as the server gets it. Nothing of the body is taken."""
    came = b""
    while not came.endswith(b"\r\n\r\n"):
        piece = line.recv(1)
        assert piece
        came += piece
    return came.decode()


def is_over(flow: Flow) -> ServerOut | OSError | None:
    """What a move ends with."""
    try:
        flow.move()
    except (ServerOut, OSError) as error:
        return error
    return None


def ending(flow: Flow) -> str:
    """How a flow ends, which it must."""
    found: list[ServerOut | OSError] = []

    def look() -> bool:
        if (error := is_over(flow)) is not None:
            found.append(error)
        return bool(found)

    eventually(look)
    return repr(found[0])


def download(line: socket.socket, size: int = 1000, **fields: object) -> Download:
    return Download(line, endpoint(download="/down?bytes={bytes}", **fields), size, flows.room())


def test_a_request_names_host_and_program_and_nobody(pair: tuple[socket.socket, socket.socket]) -> None:
    here, there = pair
    flow = download(here)
    assert flow.wants == WRITE
    flow.move()
    assert flow.wants == READ
    assert asked(there) == (
        f"GET /down?bytes=1000 HTTP/1.1\r\nHost: any.test:80\r\nUser-Agent: {USER_AGENT}\r\n"
        "Cache-Control: no-store\r\nAccept-Encoding: identity\r\n\r\n"
    )


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    with ends() as (here, there):
        download(here, host="2001:db8::7", port=8989).move()
        assert "\r\nHost: [2001:db8::7]:8989\r\n" in asked(there)


FRAMES: dict[str, Callable[[bytes], bytes]] = {
    "length": lambda body: b"Content-Length: %d\r\n\r\n%b" % (len(body), body),
    "chunks": lambda body: (
        b"Transfer-Encoding: chunked\r\n\r\n"
        + b"".join(b"%x\r\n%b\r\n" % (len(body[at : at + 700]), body[at : at + 700]) for at in range(0, len(body), 700))
        + b"0\r\nTrailer: x\r\n\r\n"
    ),
}


@pytest.mark.parametrize("frame", FRAMES)
def test_where_a_body_ends_the_next_is_asked_for(frame: str, pair: tuple[socket.socket, socket.socket]) -> None:
    here, there = pair
    flow = download(here, 10_000)
    for count in (1, 2, 3):
        flow.move()
        asked(there)
        there.sendall(b"HTTP/1.1 200 OK\r\n" + FRAMES[frame](bytes(10_000)))
        drive(flow, lambda count=count: flow.wants == WRITE)  # type: ignore[misc]
        # Encrypted, frames of chunks are not told from what they hold before they are read.
        assert flow.arrived() == pytest.approx(count * 10_000, rel=0.02)
    assert flow.traffic().wire_in_bytes > 30_000


def test_what_has_come_is_known_while_it_comes(pair: tuple[socket.socket, socket.socket]) -> None:
    here, there = pair
    flow = download(here, 100_000)
    flow.move()
    asked(there)
    assert flow.arrived() == 0
    there.sendall(b"HTTP/1.1 200 OK\r\n")
    there.sendall(b"Content-Length: 100000\r\n\r\n" + bytes(500))
    drive(flow, lambda: flow.arrived() >= 500)
    there.sendall(bytes(40_000))
    drive(flow, lambda: flow.arrived() >= 40_400)
    assert flow.arrived() <= 40_500 + BESIDE_BYTES


def test_encrypted_what_has_come_is_known_before_it_can_be_read() -> None:
    """A record is read whole or not at all: on a slow line its packets count as they come."""
    with ends(tls=True) as (here, there):
        flow = download(here, 100_000)
        flow.move()
        asked(there)
        there.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + bytes(100))
        drive(flow, lambda: flow.arrived() >= 100)
        assert isinstance(there, ssl.SSLSocket)
        with socket.socket(fileno=there.detach()) as raw:  # what comes now is half a record
            raw.sendall(b"\x17\x03\x03\x20\x11" + bytes(6000))
            drive(flow, lambda: flow.arrived() > 5900)
        assert flow.arrived() < 6100 + BESIDE_BYTES


@pytest.mark.usefixtures("untold")
def test_without_the_systems_help_what_was_read_counts(pair: tuple[socket.socket, socket.socket]) -> None:
    here, there = pair
    flow = download(here, 100_000)
    flow.move()
    question = asked(there)
    there.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + bytes(500))
    drive(flow, lambda: flow.arrived() == 500)
    assert flow.traffic().wire_out_bytes == delivered.on_wire(len(question))
    assert flow.traffic().wire_in_bytes == delivered.on_wire(500 + 43)


DOWNLOADS_THAT_END: dict[str, tuple[bytes, str]] = {
    "status": (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "status 503"),
    "encoded": (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1000\r\n\r\n", "encoded"),
    "page": (b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML\r\nContent-Length: 1000\r\n\r\n", "a page"),
    "short": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "10 bytes are not what was asked for"),
    "long": (b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", "1001 bytes are not what was asked for"),
    "nothing": (b"HTTP/1.1 204 No Content\r\n\r\n", "0 bytes are not what was asked for"),
    "no http": (b"220 mail.test ESMTP\r\n", "no HTTP"),
    "no length": (b"HTTP/1.1 200 OK\r\nContent-Length: some\r\n\r\n", "'some' bytes long"),
    "early": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc", "it hung up after 3 of 1000 bytes"),
    "in the head": (b"HTTP/1.1 200 OK\r\n", "it hung up"),
    "without a word": (b"", "it hung up"),
    "at its end": (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(1000), "it hung up after 1000 of 1000 bytes"),
    "more": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + bytes(1001), "1000 bytes where 1000 were promised"),
    "closes": (
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n" + bytes(1000),
        "it closes after every answer",
    ),
    "few chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "3 bytes where 1000 were promised",
    ),
}


@pytest.mark.parametrize("way", DOWNLOADS_THAT_END)
def test_how_a_download_ends_by_the_servers_fault(way: str) -> None:
    answer, why = DOWNLOADS_THAT_END[way]
    with ends() as (here, there):
        flow = download(here)
        flow.move()
        asked(there)
        there.sendall(answer)
        there.shutdown(socket.SHUT_WR)
        assert re.search(re.escape(why), ending(flow))


def test_a_connection_that_is_reset_is_no_answer() -> None:
    with ends() as (here, there):
        flow = download(here)
        flow.move()
        asked(there)
        Flow(there, flow.endpoint).close()
        assert "ConnectionResetError" in ending(flow)


def test_closing_sends_nothing_more() -> None:
    with ends() as (here, there):
        flow = upload(here)
        eventually(lambda: flow.acknowledged() == flow.acknowledged() != 0, flow.move)
        flow.close()
        with pytest.raises(ConnectionResetError):  # noqa: PT012 - what had come before is read first
            while there.recv(1 << 20):
                pass


def test_a_closed_connection_is_closed_once_more() -> None:
    with ends() as (here, _):
        flow = download(here)
        here.close()
        flow.close()
        assert flow.traffic().wire_in_bytes == 0


# Uploads


def upload(line: socket.socket, *, by_answers: bool = False, **fields: object) -> Upload:
    return Upload(line, endpoint(**fields), flows.noise(), by_answers=by_answers)


def body_of(line: socket.socket) -> int:
    """How long the body is that a request announces."""
    found = re.search(r"\r\nContent-Length: (\d+)\r\n", asked(line))
    assert found
    return int(found[1])


def swallow(line: socket.socket, count: int) -> bytes:
    """Read exactly so much."""
    came = b""
    while len(came) < count:
        piece = line.recv(min(count - len(came), 1 << 20))
        assert piece
        came += piece
    return came


class Taker:
    """A server that reads what has come of a body, without waiting."""

    def __init__(self, line: socket.socket, count: int) -> None:
        self._line, self._left = line, count

    def has_all(self) -> bool:
        return not self._left

    def __call__(self) -> None:
        self._line.setblocking(False)
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
            self._left -= len(self._line.recv(min(self._left, 1 << 20)))
        self._line.settimeout(PATIENCE_S)


def test_an_upload_is_counted_by_what_our_system_knows_to_have_arrived(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    here, there = pair
    flow = upload(here, most_bytes=3 * MIB)
    flow.move()
    assert flow.wants == READ | WRITE
    request = asked(there)
    assert request.startswith("POST /up HTTP/1.1\r\n")
    assert "\r\nContent-Type: application/octet-stream\r\nContent-Length: 3145728\r\n" in request
    flow.move()
    arrived = flow.acknowledged()
    assert arrived is not None
    assert arrived < 3 * MIB, "what has not arrived does not count, wherever it is"
    taker = Taker(there, 3 * MIB)
    drive(flow, taker.has_all, taker)
    eventually(lambda: flow.acknowledged() == pytest.approx(3 * MIB, rel=0.001))
    assert flow.wants == READ
    there.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    drive(flow, lambda: flow.answered == 3 * MIB)
    assert body_of(there) == 3 * MIB, "the next begins"
    assert flow.traffic().wire_out_bytes > 3 * MIB


@pytest.mark.usefixtures("untold")
def test_a_system_that_tells_nothing_has_no_count(pair: tuple[socket.socket, socket.socket]) -> None:
    here, _ = pair
    flow = upload(here)
    flow.move()
    assert flow.acknowledged() is None
    assert flow.traffic().wire_out_bytes == delivered.on_wire(flow._handed_over)
    assert flow.traffic().arrived_bytes == 0


def test_noise_cannot_be_made_smaller() -> None:
    import zlib

    noise = bytes(flows.noise())
    assert len(noise) == MIB
    assert len(zlib.compress(noise)) > MIB


def test_where_only_answers_count_bodies_follow_the_rate(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = pair
    flow = upload(here, by_answers=True, progress="progress", most_bytes=300_000)
    sizes: list[int] = []
    for took_s in (0.01, 0.01, 0.5, 5.0, 0.0):
        flow.move()
        sizes.append(body_of(there))
        taker = Taker(there, sizes[-1])
        drive(flow, taker.has_all, taker)
        monkeypatch.setattr(flow, "_asked_at", time.perf_counter() - took_s)
        there.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        drive(flow, lambda: flow.answered == sum(sizes))
    # Four times the last at most; half a second is twice too long; and never more than the server takes.
    assert sizes[:2] == [32 * 1024, 128 * 1024]
    assert sizes[2] == 300_000
    assert sizes[3] == pytest.approx(262_144, rel=0.1)
    assert sizes[4] == 32 * 1024
    assert flow.last_told_s is None


ANSWERS_THAT_END: dict[str, tuple[bytes, str]] = {
    "refuses": (b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", "status 413 for an upload"),
    "moves": (b"HTTP/1.1 307 Elsewhere\r\nContent-Length: 0\r\n\r\n", "status 307 for an upload"),
    "goes on": (b"HTTP/1.1 100 Continue\r\n\r\n", "status 100 for an upload"),
    "early": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "it answered before it had everything"),
    "early and long": (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(20_000), "it answered before it had everything"),
    "nonsense": (b"thank you\r\n", "no HTTP"),
    "hangs up": (b"", "it hung up"),
}


@pytest.mark.parametrize("way", ANSWERS_THAT_END)
def test_how_an_upload_ends_by_the_servers_fault(way: str) -> None:
    answer, why = ANSWERS_THAT_END[way]
    with ends() as (here, there):
        flow = upload(here)
        flow.move()
        asked(there)
        there.sendall(answer)
        there.shutdown(socket.SHUT_WR)
        assert why in ending(flow)


def test_a_server_that_closes_after_every_upload_is_out() -> None:
    with ends() as (here, there):
        flow = upload(here, most_bytes=1000)
        flow.move()
        swallow(there, body_of(there))
        there.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        assert "it closes after every answer" in ending(flow)


def test_the_answer_may_come_in_pieces_and_chunks() -> None:
    with ends() as (here, there):
        flow = upload(here, most_bytes=1000)
        flow.move()
        swallow(there, body_of(there))
        answer = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        for at in range(len(answer)):
            there.sendall(answer[at : at + 1])
            eventually(lambda at=at: flow._taken == at + 1, flow.move)  # type: ignore[misc]
        assert flow.answered == 1000


# Uploads of which the server tells


HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


def test_progress_in_any_two_pieces(pair: tuple[socket.socket, socket.socket]) -> None:
    here, there = pair
    flow = upload(here, progress="progress", most_bytes=2000)
    flow.move()
    assert asked(there).startswith("POST /up?progress HTTP/1.1\r\n")
    assert (flow.last_told_s, flow.told_by(7.0)) == (None, 0.0)
    wire = HEAD + b"1000000 0\n2000000 400\n2500000 1000\n"
    for at in range(len(wire)):
        there.sendall(wire[at : at + 1])
        drive(flow, lambda at=at: flow._taken == at + 1)  # type: ignore[misc]
    assert flow.last_told_s == 2.5
    assert [flow.told_by(at_s) for at_s in (0.5, 1.0, 1.5, 2.0, 2.25, 2.5, 9.0)] == [0, 0, 200, 400, 700, 1000, 1000]
    assert flow.answered == 0


@pytest.mark.parametrize(
    "lines",
    [
        b"thank you\n",
        b"\n",
        b"5\n",
        b"5 -5\n",
        b"5  5\n",
        b"5.5 5\n",
        b"\xb2 5\n",
        b"5 5\r\n",
        b"1" * 19 + b" 5\n",
        b"5 99999999\n",  # more than it was sent
        b"1" * 2000,
    ],
)
def test_what_tells_no_progress(lines: bytes) -> None:
    with ends() as (here, there):
        flow = upload(here, progress="progress", most_bytes=2000)
        flow.move()
        there.sendall(HEAD + lines)
        assert "tells no progress" in ending(flow)


# Round trips


def test_round_trips_one_after_another(pair: tuple[socket.socket, socket.socket]) -> None:
    here, there = pair
    flow = RoundTrips(here, endpoint(), pause_s=0.01)
    assert (flow.wants, flow.waiting_ms, flow.took_ms) == (0, 0.0, [])
    answers = [
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    ]
    for answer in answers:
        before, came = len(flow.took_ms), flow.bytes_in
        eventually(lambda: flow.wants == READ, flow.move)
        assert asked(there).startswith("GET /ping HTTP/1.1\r\n")
        assert flow.waiting_ms > 0
        for at in range(len(answer)):
            assert len(flow.took_ms) == before
            there.sendall(answer[at : at + 1])
            drive(flow, lambda came=came + at: flow.bytes_in > came)  # type: ignore[misc]
        assert len(flow.took_ms) == before + 1
        assert (flow.wants, flow.waiting_ms) == (0, 0.0)
    assert flow.bytes_out > 100
    assert all(took_ms > 0 for took_ms in flow.took_ms)


def test_the_next_round_trip_waits_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    with ends() as (here, there):
        flow = RoundTrips(here, endpoint(), pause_s=5.0)
        flow.move()
        asked(there)
        now[0] += 0.25
        assert flow.waiting_ms == pytest.approx(250)
        there.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        drive(flow, lambda: flow.wants == 0)
        assert flow.took_ms == [pytest.approx(250)]
        now[0] += 4.9
        flow.move()
        assert flow.wants == 0
        now[0] += 0.2
        flow.move()
        assert flow.wants == READ


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "status 503"),
        (b"nonsense", "no HTTP"),
        (b"", "it hung up"),
    ],
)
def test_how_round_trips_end(answer: bytes, why: str) -> None:
    with ends() as (here, there):
        flow = RoundTrips(here, endpoint(), pause_s=0.0)
        flow.move()
        asked(there)
        there.sendall(answer)
        there.shutdown(socket.SHUT_WR)
        assert why in ending(flow)


def test_a_line_that_is_gone_is_told_as_that() -> None:
    with ends() as (here, _):
        flow = download(here)

        def fail(data: object) -> int:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")

        flow.line = type("Gone", (), {"send": staticmethod(fail)})()
        assert "unreachable" in repr(is_over(flow))
        flow.line = here
