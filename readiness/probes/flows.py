"""Connections that are kept busy: downloads, uploads, and the round trips beside them.

Each is moved on by one thread, a little at a time, whenever its socket is ready: no thread waits for another, and what has
arrived is known at any moment. Errors are the server's (`ServerOut`) or the connection's (OSError).
"""

from __future__ import annotations

import bisect
import contextlib
import http.client
import io
import os
import re
import selectors
import socket
import ssl
import struct
import sys
import time
from email.message import Message
from typing import Final

from readiness.probes import delivered
from readiness.probes.connection_open import USER_AGENT
from readiness.probes.delivered import Traffic
from readiness.probes.servers import Endpoint, ServerOut

READ: Final = selectors.EVENT_READ
WRITE: Final = selectors.EVENT_WRITE

#: The most that is read or written before the next connection has its turn.
_TURN_BYTES: Final = 1 << 20

#: How much is read at once, and how much is handed to the system at once.
_PIECE_BYTES: Final = 256 * 1024

#: The most that the head of an answer, or a line in a body, may take before it is nonsense.
_HEAD_BYTES: Final = 16384
_LINE_BYTES: Final = 1024

#: What the lines between chunks may take before they must be less than what the chunks carry.
_FRAMING_BYTES: Final = 65536

#: The longest number of bytes that is one.
_MOST_DIGITS: Final = 18

#: How long a chunk says it is; what a server tells of an upload: microseconds by its clock, and bytes.
_CHUNK_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,15}")
_PROGRESS_LINE: Final = re.compile(rb"([0-9]{1,18}) ([0-9]{1,18})")

#: How long an upload's body should take where only the server's answers count, and its bounds.
_BODY_S: Final = 0.25
_BODY_BYTES: Final = (32 * 1024, 8 << 20)

#: The most a TLS record holds, and how much it is on the wire with header, content type and tag (RFC 8446, section 5.2).
_RECORD_BYTES: Final = 16384
_TLS_SHARE: Final = _RECORD_BYTES / (_RECORD_BYTES + 22)

#: Random, so that nothing on the way can make it smaller, and the same for everybody, so that it names nobody.
_NOISE_BYTES: Final = 1 << 20

#: struct linger: two shorts on Windows, two ints elsewhere.
_LINGER: Final = "hh" if sys.platform == "win32" else "ii"

#: What a socket that does not block says when it would.
_NOT_NOW: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Head:
    """The head of an HTTP answer, put together from pieces."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.status = 0
        self.headers: Message = Message()
        self._raw = b""

    def take(self, piece: bytes) -> bytes | None:
        """What follows the head, once it is whole; None until then. Raises ServerOut for what is no HTTP."""
        self._raw += piece
        head, end, rest = self._raw.partition(b"\r\n\r\n")
        if not end:
            if len(self._raw) > _HEAD_BYTES or not b"HTTP/1.".startswith(self._raw[:7]):
                raise ServerOut(f"{self.path}: no HTTP: {self._raw[:40]!r}")
            return None
        line, _, fields = head.partition(b"\r\n")
        words = line.split(None, 2)
        if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not (words[1].isdigit() and len(words[1]) == 3):
            raise ServerOut(f"{self.path}: no HTTP: {line[:40]!r}")
        try:
            self.headers = http.client.parse_headers(io.BytesIO(fields + b"\r\n\r\n"))
        except http.client.HTTPException as error:
            raise ServerOut(f"{self.path}: {error!r}") from error
        self.status = int(words[1])
        return rest

    @property
    def length(self) -> int | None:
        """How long the body is; None when it comes in chunks or ends with the connection. Raises ServerOut."""
        if self.chunked:
            return None
        said = self.headers.get("Content-Length")
        if said is None:
            return 0 if self.status in (204, 304) else None
        if not (said.isascii() and said.isdigit() and len(said) <= _MOST_DIGITS):
            raise ServerOut(f"{self.path}: {said!r} bytes long")
        return int(said)

    @property
    def chunked(self) -> bool:
        return "chunked" in self.headers.get("Transfer-Encoding", "").lower()

    @property
    def closes(self) -> bool:
        return "close" in self.headers.get("Connection", "").lower()

    def expect_success(self) -> None:
        """Raises ServerOut unless the answer is a plain success."""
        if self.status not in (200, 204):
            raise ServerOut(f"{self.path}: status {self.status}")
        if self.headers.get("Content-Encoding", "identity") != "identity":
            raise ServerOut(f"{self.path}: encoded, so what arrives is not what was measured")


class Body:
    """How much of an answer's body has come, however it is framed."""

    def __init__(self, head: Head) -> None:
        self.payload = 0
        self.ended = head.length == 0
        self._path = head.path
        self._chunked = head.chunked
        self._left = 0 if head.chunked else head.length
        """Until the end of the body or of the present chunk; None when only the end of the connection ends it."""
        self._line = b""
        self._framing = 0
        """How much the lines between chunks have taken."""
        self._is_last = False
        """Whether the last chunk is over: fields may follow it, and then an empty line."""

    def take(self, piece: memoryview) -> memoryview:
        """Count a piece. Returns what follows the body. Raises ServerOut for broken chunks."""
        while piece and not self.ended:
            if self._left is None:  # ends with the connection
                self.payload += len(piece)
                return piece[:0]
            count = min(self._left, len(piece))
            self.payload += count
            self._left -= count
            piece = piece[count:]
            if self._left:
                break
            if not self._chunked:
                self.ended = True
            elif piece:
                piece = self._between_chunks(piece)
        return piece

    def _between_chunks(self, piece: memoryview) -> memoryview:
        """Read a line between chunks: how long the next one is, in hexadecimal digits, or what follows the last."""
        end = bytes(piece[:_LINE_BYTES]).find(b"\n") + 1 or min(_LINE_BYTES, len(piece))
        self._line += bytes(piece[:end])
        piece = piece[end:]
        if not self._line.endswith(b"\n"):
            if len(self._line) > _LINE_BYTES:
                raise ServerOut(f"{self._path}: a broken chunk")
            return piece
        self._framing += len(self._line)
        if self._framing > max(_FRAMING_BYTES, self.payload):
            raise ServerOut(f"{self._path}: chunks of next to nothing")
        line, self._line = self._line.strip(), b""
        if self._is_last:
            self.ended = not line
        elif line:  # an empty one ends the chunk before
            size = line.split(b";")[0].strip()
            if not _CHUNK_SIZE.fullmatch(size):
                raise ServerOut(f"{self._path}: a broken chunk: {line[:40]!r}")
            self._left = int(size, 16)
            self._is_last = self._left == 0
        return piece


class Flow:
    """One connection to a server, and what has arrived over it."""

    def __init__(self, line: socket.socket, endpoint: Endpoint) -> None:
        line.setblocking(False)
        self.line = line
        self.endpoint = endpoint
        self.wants = WRITE
        """What the socket should be watched for."""
        self._to_send = memoryview(b"")
        self._handed_over = 0
        """Everything given to the system, heads of requests included."""
        self._taken = 0
        """Everything the system gave us."""
        self._is_encrypted = isinstance(line, ssl.SSLSocket)
        self._payload_share = _TLS_SHARE if self._is_encrypted else 1.0
        self._before = self.traffic()
        """What it had carried before, to get encrypted."""

    def move(self) -> None:
        """Do whatever can be done without waiting. Raises ServerOut or OSError."""
        raise NotImplementedError

    def close(self) -> None:
        """End it at once: what is still in the computer's own buffers is not sent any more."""
        with contextlib.suppress(OSError):
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))
        self.line.close()

    def _request(self, method: str, path: str, *fields: str) -> None:
        name = f"[{self.endpoint.host}]" if ":" in self.endpoint.host else self.endpoint.host
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {name}:{self.endpoint.port}",
            f"User-Agent: {USER_AGENT}",
            "Cache-Control: no-store",
            "Accept-Encoding: identity",
            *fields,
        ]
        self._to_send = memoryview(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def _send(self) -> bool:
        """Hand over what there is to send. Whether all of it went."""
        while self._to_send:
            count = self.line.send(self._to_send)
            self._handed_over += count
            self._to_send = self._to_send[count:]
        return True

    @property
    def handed_over(self) -> int:
        """How much the system was given to send, heads of requests included."""
        return self._handed_over

    def traffic(self) -> Traffic:
        """What it has carried so far; where the system does not tell, after what we know ourselves."""
        known = delivered.traffic(self.line, self._handed_over)
        if known is not None:
            return known
        return Traffic(0, self._taken, delivered.on_wire(self._handed_over), delivered.on_wire(self._taken))

    def _read(self, size: int = _PIECE_BYTES) -> bytes:
        """What has come. Raises ServerOut when the server has hung up, one of `_NOT_NOW` when there is nothing."""
        piece = self.line.recv(size)
        if not piece:
            raise ServerOut(f"{self.endpoint.host}: it hung up")
        self._taken += len(piece)
        return piece


class Download(Flow):
    """A body that is longer than the measurement; where it ends, the next begins."""

    def __init__(self, line: socket.socket, endpoint: Endpoint, most_bytes: int, room: memoryview) -> None:
        super().__init__(line, endpoint)
        self._bodies = 0
        """How many bytes of bodies we have seen."""
        self._room = room
        """Where all downloads put what nobody looks at."""
        self._most_bytes = most_bytes
        self._promised = 0
        self._head: Head | None = None
        self._body: Body | None = None
        self._ask()

    def _ask(self) -> None:
        path, self._promised = self.endpoint.download_of(self._most_bytes)
        self._request("GET", path)
        self._head, self._body = Head(path), None
        self.wants = WRITE

    def move(self) -> None:
        with contextlib.suppress(*_NOT_NOW):
            if self._send():
                self.wants = READ
            for _ in range(_TURN_BYTES // _PIECE_BYTES):
                if self._body is None:
                    self._begin()
                else:
                    self._go_on(self._body)

    def _begin(self) -> None:
        assert self._head
        rest = self._head.take(self._read(_HEAD_BYTES))
        if rest is None:
            return
        self._head.expect_success()
        kind = self._head.headers.get_content_type()
        if "Content-Type" in self._head.headers and kind == "text/html":
            raise ServerOut(f"{self._head.path}: a page, not what was asked for")
        if self._head.length not in (None, self._promised):
            raise ServerOut(f"{self._head.path}: {self._head.length} bytes are not what was asked for")
        self._body = Body(self._head)
        self._count(self._body, memoryview(rest))

    def _go_on(self, body: Body) -> None:
        count = self.line.recv_into(self._room)
        if not count:
            raise ServerOut(f"{self.endpoint.host}: it hung up after {body.payload} of {self._promised} bytes")
        self._taken += count
        self._count(body, self._room[:count])
        if count < len(self._room) and not isinstance(self.line, ssl.SSLSocket):
            raise BlockingIOError  # that was all there is: spare us the question

    def _count(self, body: Body, piece: memoryview) -> None:
        before = body.payload
        rest = body.take(piece)
        self._bodies += body.payload - before
        if not body.ended:
            return
        if rest or body.payload != self._promised:
            raise ServerOut(f"{self.endpoint.host}: {body.payload} bytes where {self._promised} were promised")
        assert self._head
        if self._head.closes:
            raise ServerOut(f"{self.endpoint.host}: it closes after every answer")
        self._ask()

    def arrived(self) -> int:
        """How many bytes of bodies have come so far.

        Encrypted, whole records are seen at once, on a slow line a dozen packets; the system counts what has come of them.
        """
        known = delivered.traffic(self.line, self._handed_over) if self._is_encrypted and self._body else None
        if known is None:
            return self._bodies
        came = (known.came_bytes - self._before.came_bytes) * self._payload_share - (self._taken - self._bodies)
        return max(self._bodies, int(came))


class Upload(Flow):
    """Noise for the server, and what is known of how much of it has arrived."""

    def __init__(self, line: socket.socket, endpoint: Endpoint, noise: memoryview, *, by_answers: bool) -> None:
        """``by_answers``: nobody counts what is under way, so bodies are short, and what was answered for counts."""
        super().__init__(line, endpoint)
        self._noise = noise
        self._by_answers = by_answers
        self._is_told = bool(endpoint.progress) and not by_answers
        self._heads = 0
        self.answered = 0
        """Bodies that the server has answered for."""
        self._told: list[tuple[float, int]] = []
        """What the server has told: when, by its own clock in seconds, and how much of the body had come by then."""
        self._lines = b""
        self._size = _BODY_BYTES[0] if by_answers else endpoint.most_bytes
        self._left = 0
        self._asked_at = 0.0
        self._head = Head(endpoint.upload)
        self._body: Body | None = None
        self._ask()

    def _ask(self) -> None:
        path = self.endpoint.upload
        if self._is_told:
            path = f"{path}?{self.endpoint.progress}"
        self._left = min(self._size, self.endpoint.most_bytes)
        self._request("POST", path, "Content-Type: application/octet-stream", f"Content-Length: {self._left}")
        self._heads += len(self._to_send)
        self._head, self._body = Head(self.endpoint.upload), None
        self._asked_at = time.perf_counter()
        self.wants = READ | WRITE

    def move(self) -> None:
        # Reading first: a server that does not want the body says so, and then hangs up.
        with contextlib.suppress(*_NOT_NOW):
            self._listen()
        with contextlib.suppress(*_NOT_NOW):
            if self.wants:
                self._speak()

    def _speak(self) -> None:
        before = self._handed_over
        while self._to_send and self._handed_over < before + _TURN_BYTES:
            # Encrypted, a piece is taken whole or not at all: a record at a time tells how far it has got.
            count = self.line.send(self._to_send[:_RECORD_BYTES] if self._is_encrypted else self._to_send)
            self._handed_over += count
            self._to_send = self._to_send[count:]
            if not self._to_send and self._left:
                self._to_send = self._noise[: min(self._left, len(self._noise))]
                self._left -= len(self._to_send)
        if not self._to_send:
            self.wants = READ

    def stop_sending(self) -> None:
        """Hand over nothing more of this body, and only listen to what is told of it."""
        self._left, self._to_send = 0, memoryview(b"")
        self.wants &= READ

    def _listen(self) -> None:
        while self.wants:
            piece = self._read()
            if self._head.status == 0:
                rest = self._head.take(piece)
                if rest is None:
                    continue
                if not 200 <= self._head.status < 300:
                    raise ServerOut(f"{self._head.path}: status {self._head.status} for an upload")
                piece = rest
                self._body = Body(self._head)
            if self._is_told:
                self._note(piece)
            elif self._body:
                self._body.take(memoryview(piece))
                if self._body.ended or self._body.payload >= _HEAD_BYTES:
                    self._end()

    def _note(self, piece: bytes) -> None:
        """Read the server's lines: microseconds by its clock, and bytes of the body that have come."""
        *lines, self._lines = (self._lines + piece).split(b"\n")
        for line in lines:
            told = _PROGRESS_LINE.fullmatch(line)
            if not told or int(told[2]) > self._handed_over:
                raise ServerOut(f"{self._head.path}: {line[:40]!r} tells no progress")
            self._told.append((int(told[1]) * 1e-6, int(told[2])))
            if int(told[2]) == self._size:
                self.wants = 0  # it has everything, and ends the connection now
        if len(self._lines) > _LINE_BYTES:
            raise ServerOut(f"{self._head.path}: {self._lines[:40]!r} tells no progress")

    def _end(self) -> None:
        """The server has answered for the whole body, or for what it has read of it."""
        if self._left or self._to_send:
            raise ServerOut(f"{self._head.path}: it answered before it had everything")
        if self._head.closes:
            raise ServerOut(f"{self._head.path}: it closes after every answer")
        self.answered += min(self._size, self.endpoint.most_bytes)
        if self._by_answers:
            # Not more than four times the last: one quick answer is no proof of a fast line.
            wanted = int(self._size * _BODY_S / max(time.perf_counter() - self._asked_at, 1e-3))
            self._size = max(_BODY_BYTES[0], min(wanted, self._size * 4, _BODY_BYTES[1]))
        self._ask()

    @property
    def last_told_s(self) -> float | None:
        """When the server last told, by its own clock; None while it has not."""
        return self._told[-1][0] if self._told else None

    def told_by(self, at_s: float) -> float:
        """How many bytes had come at a moment of the server's clock, taken to have come evenly between two tellings."""
        after = bisect.bisect_left(self._told, (at_s, -1))
        if after == 0:
            return 0.0
        if after == len(self._told):
            return self._told[-1][1]
        (left_s, left), (right_s, right) = self._told[after - 1], self._told[after]
        return left + (at_s - left_s) / max(right_s - left_s, 1e-9) * (right - left)

    def acknowledged(self) -> int | None:
        """How many bytes of bodies the other end's system has taken by now; None where ours does not tell."""
        known = delivered.traffic(self.line, self._handed_over)
        if known is None:
            return None
        arrived = (known.arrived_bytes - self._before.arrived_bytes) * self._payload_share
        return max(0, min(int(arrived), self._handed_over) - self._heads)


class RoundTrips(Flow):
    """Requests that are answered at once, one after another with a pause: how long an answer takes."""

    def __init__(self, line: socket.socket, endpoint: Endpoint, pause_s: float) -> None:
        super().__init__(line, endpoint)
        self.took_ms: list[float] = []
        """Of every round trip that came back."""
        self._pause_s = pause_s
        self._asked_at = 0.0
        self._next_at = 0.0
        self._head = Head(endpoint.ping)
        self._body: Body | None = None
        self.wants = 0

    def move(self) -> None:
        """Ask when it is time to, listen when an answer is under way."""
        now = time.perf_counter()
        if not self._asked_at:
            if now < self._next_at:
                return
            self._request("GET", self.endpoint.ping)
            self._head, self._body, self._asked_at = Head(self.endpoint.ping), None, now
            self.wants = READ
        with contextlib.suppress(*_NOT_NOW):
            self._send()
            while self._asked_at:
                self._hear(self._read(_HEAD_BYTES))

    @property
    def bytes_in(self) -> int:
        return self._taken

    @property
    def bytes_out(self) -> int:
        return self._handed_over

    @property
    def waiting_ms(self) -> float:
        """How long the answer that is under way has taken so far."""
        return (time.perf_counter() - self._asked_at) * 1000 if self._asked_at else 0.0

    def _hear(self, piece: bytes) -> None:
        if self._body is None:
            rest = self._head.take(piece)
            if rest is None:
                return
            self._head.expect_success()
            self._body, piece = Body(self._head), rest
        self._body.take(memoryview(piece))
        if not self._body.ended:
            return
        now = time.perf_counter()
        self.took_ms.append((now - self._asked_at) * 1000)
        self._asked_at, self._next_at, self.wants = 0.0, now + self._pause_s, 0


def noise() -> memoryview:
    """What uploads carry: it cannot be made smaller on the way, and says nothing."""
    return memoryview(os.urandom(_NOISE_BYTES))


def room() -> memoryview:
    """Where downloads may put what has come."""
    return memoryview(bytearray(_PIECE_BYTES))
