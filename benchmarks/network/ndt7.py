"""The server's side of Measurement Lab's ndt7, as its published specification has it: one WebSocket a direction.

Downloads: the server sends binary messages for ten seconds, their size growing from 8 KiB to 1 MiB as long as it is
under a sixteenth of what was sent. Uploads: the server takes messages of any size. Both ways it tells what its kernel
counts four times a second; what arrived of an upload only it knows.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
import time
from typing import Final, Protocol

PROTOCOL: Final = "net.measurementlab.ndt.v7"

_LASTS_S: Final = 10.0
_UPLOAD_LASTS_S: Final = 15.0
_TELL_EVERY_S: Final = 0.25
_FIRST_BYTES: Final = 1 << 13
_MOST_BYTES: Final = 1 << 20
_SCALE: Final = 16

#: WebSocket (RFC 6455): the final frame of a text, of binary data, of the connection; and its key's other half.
_TEXT: Final = 0x81
_BINARY: Final = 0x82
_CLOSE: Final = 0x88
_KEY: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_GOING: Final = struct.pack("!H", 1000)

#: Where Linux keeps the counts of a connection in its TCP_INFO: bytes acknowledged and received, 64 bits each.
_TCP_INFO_BYTES: Final = 136
_COUNTS_AT: Final = 120


class Sends(Protocol):
    """Where payload comes from."""

    def send(self, line: socket.socket, size_bytes: int) -> None: ...


def accept_key(key: str) -> str:
    """What a WebSocket server answers to a client's key."""
    return base64.b64encode(hashlib.sha1(f"{key}{_KEY}".encode()).digest()).decode()


def header(first: int, size_bytes: int) -> bytes:
    """The beginning of an unmasked frame."""
    if size_bytes < 126:
        return struct.pack("!BB", first, size_bytes)
    if size_bytes < 1 << 16:
        return struct.pack("!BBH", first, 126, size_bytes)
    return struct.pack("!BBQ", first, 127, size_bytes)


def serve_download(line: socket.socket, payload: Sends) -> None:
    """Send for ten seconds. Raises OSError when the other side goes away."""
    begun = time.monotonic()
    tell_at = begun + _TELL_EVERY_S
    total, size = 0, _FIRST_BYTES
    while (now := time.monotonic()) - begun < _LASTS_S:
        if now >= tell_at:
            _tell(line, "download", begun, total)
            tell_at = now + _TELL_EVERY_S
        line.sendall(header(_BINARY, size), socket.MSG_MORE)
        payload.send(line, size)
        total += size
        if size < _MOST_BYTES and size < total / _SCALE:
            size *= 2
    line.sendall(header(_CLOSE, len(_GOING)) + _GOING)


def serve_upload(line: socket.socket) -> None:
    """Take what comes until the other side has enough. Raises OSError when it goes away without a word."""
    begun = time.monotonic()
    tell_at = begun + _TELL_EVERY_S
    total = 0
    scratch = bytearray(_MOST_BYTES)
    while (first := _exactly(line, 2)) and first[0] != _CLOSE:
        left = _length(line, first[1])
        while left:
            # Dropped in the kernel: it never comes into our memory.
            taken = line.recv_into(scratch, min(left, len(scratch)), socket.MSG_TRUNC)
            if not taken:
                return
            left -= taken
            total += taken
            now = time.monotonic()
            if now - begun > _UPLOAD_LASTS_S:
                break
            if now >= tell_at:
                _tell(line, "upload", begun, total)
                tell_at = now + _TELL_EVERY_S
        if left:
            break
    _tell(line, "upload", begun, total)
    line.sendall(header(_CLOSE, len(_GOING)) + _GOING)


def _length(line: socket.socket, second: int) -> int:
    """How much a frame from a client carries: its head is read to the end, the mask included."""
    length = second & 0x7F
    if length == 126:
        length = struct.unpack("!H", _exactly(line, 2))[0]
    elif length == 127:
        length = struct.unpack("!Q", _exactly(line, 8))[0]
    if second & 0x80:
        _exactly(line, 4)
    return length


def _exactly(line: socket.socket, count: int) -> bytes:
    """So many bytes; raises ConnectionError when there are no more."""
    read = line.recv(count, socket.MSG_WAITALL)
    if len(read) < count:
        raise ConnectionError("the connection ended in the middle of a message")
    return read


def _tell(line: socket.socket, test: str, begun: float, total: int) -> None:
    """What was counted so far: by us, and by the kernel."""
    elapsed_us = round((time.monotonic() - begun) * 1e6)
    info = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    acked, received = struct.unpack_from("QQ", info, _COUNTS_AT)
    message = json.dumps(
        {
            "AppInfo": {"ElapsedTime": elapsed_us, "NumBytes": total},
            "Origin": "server",
            "TCPInfo": {"BytesAcked": acked, "BytesReceived": received, "ElapsedTime": elapsed_us},
            "Test": test,
        }
    ).encode()
    line.sendall(header(_TEXT, len(message)) + message)
