"""Says in numbers what really passes a link: small packets with the moment of their sending in them, and what arrived.

python -I -S link_witness.py receive ADDRESS                   # until it gets a line: then what has come is told
python -I -S link_witness.py send ADDRESS COUNT BYTES EVERY_MS # BYTES with IP and UDP headers
python -I -S link_witness.py segment ADDRESS PORT              # what TCP has agreed on there

Both ends share a clock, so that each way's delay can be seen by itself. The kernel says when a packet arrived: a witness
that is late, because the computer is busy, sees the same.
"""

import contextlib
import json
import os
import select
import socket
import struct
import sys
import time

PORT = 4000

#: A packet's number, and when it was sent.
_HEAD = struct.Struct("!QQ")
_HEADERS_BYTES = 20 + 8

_BUFFER_BYTES = 64 << 20

#: From Linux' headers; Python does not name them.
_SO_RCVBUFFORCE = 33
_SO_TIMESTAMPNS = 35
_STAMP = struct.Struct("@qq")
_CONGESTION = 13


def receive(address: str) -> None:
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)
    line.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    line.bind((address, PORT))
    seen: list[tuple[int, int, int, int]] = []
    print("ready", flush=True)
    enough = False
    while not enough:
        ready, _, _ = select.select([line, sys.stdin], [], [])
        enough = sys.stdin in ready
        with contextlib.suppress(BlockingIOError):
            while True:
                data, ((_, _, stamp),), _, _ = line.recvmsg(2048, 64, socket.MSG_DONTWAIT)
                seconds, nanoseconds = _STAMP.unpack(stamp)
                number, sent = _HEAD.unpack_from(data)
                seen.append((number, sent, seconds * 1_000_000_000 + nanoseconds, len(data) + _HEADERS_BYTES))
    print(json.dumps(seen))


def send(address: str, count: int, size: int, every_ms: float) -> None:
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.connect((address, PORT))
    filling = bytes(size - _HEADERS_BYTES - _HEAD.size)
    begun = time.monotonic()
    for number in range(count):
        pause = begun + number * every_ms / 1000 - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        line.send(_HEAD.pack(number, time.time_ns()) + filling)


def segment(address: str, port: int) -> None:
    with socket.create_connection((address, port), 5) as line:
        congestion = line.getsockopt(socket.IPPROTO_TCP, _CONGESTION, 16).rstrip(b"\0").decode()
        print(json.dumps([line.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG), congestion]))


if __name__ == "__main__":
    with contextlib.suppress(PermissionError):  # not even root may, in some containers
        os.nice(-19)  # the line is to be seen, not what else the computer does
    what, where, *numbers = sys.argv[1:]
    if what == "receive":
        receive(where)
    elif what == "send":
        send(where, int(numbers[0]), int(numbers[1]), float(numbers[2]))
    else:
        segment(where, int(numbers[0]))
