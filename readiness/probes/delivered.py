"""What the system itself knows of a TCP connection: how much has arrived at the other end, how much crossed the wire.

What a program hands to ``send`` is no measure of an upload: the system takes megabytes into its own buffers at once. Each
system counts what the other end has acknowledged; where none tells, `traffic` says None.

Read on Linux here. Windows (SIO_TCP_INFO, mstcpip.h) and macOS (TCP_CONNECTION_INFO, netinet/tcp.h) are taken from their
headers and were not run here.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from typing import Any, Final

import msgspec

#: A full packet on an Ethernet with TCP timestamps: 20 bytes of IP, 32 of TCP and 1448 of payload.
SEGMENT_BYTES: Final = 1448
HEADER_BYTES: Final = 52

#: A system's answer to a packet of a connection that it does not know any more: "reset", without any options.
RESET_BYTES: Final = 40

#: Linux, struct tcp_info (linux/tcp.h): offsets of what is read, and the length up to the last of it (Linux 4.19).
_LINUX_BYTES: Final = 208
_SND_MSS, _SACKED, _BYTES_ACKED, _BYTES_RECEIVED, _SEGS_OUT, _SEGS_IN, _BYTES_SENT = 16, 28, 120, 128, 136, 140, 200
_RCV_MSS, _DATA_SEGS_IN = 20, 152

#: The same since Linux 5.4: how many segments came out of order.
_NEWER_LINUX_BYTES: Final = 228
_RCV_OOOPACK: Final = 224

#: macOS: TCP_CONNECTION_INFO, and struct tcp_connection_info as long as it is.
_MACOS_OPTION: Final = 0x106
_MACOS_BYTES: Final = 112
_SND_SBBYTES, _TX_PACKETS, _TX_BYTES, _RX_PACKETS, _RX_BYTES = 32, 56, 64, 80, 88

#: Windows: SIO_TCP_INFO for TCP_INFO_v0, and how long that is.
_WINDOWS_CODE: Final = 0xD8000027
_WINDOWS_BYTES: Final = 88
_BYTES_IN_FLIGHT, _BYTES_OUT, _BYTES_IN, _BYTES_RETRANS = 28, 48, 56, 68


class Traffic(msgspec.Struct, frozen=True):
    """What a connection has carried so far."""

    arrived_bytes: int
    """Of what was handed over, what the other end has acknowledged, in any order."""
    came_bytes: int
    """What has come, in order."""
    wire_out_bytes: int
    """What left this computer for it, headers and repetitions included."""
    wire_in_bytes: int
    """What came in, headers included."""


def traffic(line: socket.socket, handed_over: int) -> Traffic | None:
    """What the system knows of a connection that was given ``handed_over`` bytes. None where it does not tell."""
    try:
        if sys.platform == "linux":
            return read_linux(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _NEWER_LINUX_BYTES))
        if sys.platform == "darwin":
            return read_macos(line.getsockopt(socket.IPPROTO_TCP, _MACOS_OPTION, _MACOS_BYTES), handed_over)
        if sys.platform == "win32":
            return read_windows(_ask_windows(line))
    except OSError:
        pass
    return None


def read_linux(info: bytes) -> Traffic | None:
    """From Linux' struct tcp_info: bytes that were acknowledged in order, and segments that were out of order."""
    if len(info) < _LINUX_BYTES:
        return None
    return Traffic(
        arrived_bytes=_u64(info, _BYTES_ACKED) + _u32(info, _SACKED) * _u32(info, _SND_MSS),
        came_bytes=_u64(info, _BYTES_RECEIVED),
        wire_out_bytes=_u64(info, _BYTES_SENT) + _u32(info, _SEGS_OUT) * HEADER_BYTES,
        wire_in_bytes=_u64(info, _BYTES_RECEIVED) + _ahead(info) + _u32(info, _SEGS_IN) * HEADER_BYTES,
    )


def _ahead(info: bytes) -> int:
    """What came after a gap, or twice: it is not among the bytes that came in order."""
    if len(info) < _NEWER_LINUX_BYTES:
        return 0
    segment = _u32(info, _RCV_MSS)
    uncounted = _u32(info, _DATA_SEGS_IN) * segment - _u64(info, _BYTES_RECEIVED)
    return max(0, min(uncounted, _u32(info, _RCV_OOOPACK) * segment))


def read_macos(info: bytes, handed_over: int) -> Traffic | None:
    """From macOS' struct tcp_connection_info: what is not in the send buffer any more was acknowledged."""
    if len(info) < _MACOS_BYTES:
        return None
    return Traffic(
        arrived_bytes=max(0, handed_over - _u32(info, _SND_SBBYTES)),
        came_bytes=_u64(info, _RX_BYTES),
        wire_out_bytes=_u64(info, _TX_BYTES) + _u64(info, _TX_PACKETS) * HEADER_BYTES,
        wire_in_bytes=_u64(info, _RX_BYTES) + _u64(info, _RX_PACKETS) * HEADER_BYTES,
    )


def read_windows(info: bytes) -> Traffic | None:
    """From Windows' TCP_INFO_v0: what was sent and is not under way any more, repetitions taken off."""
    if len(info) < _WINDOWS_BYTES:
        return None
    out, again, under_way = _u64(info, _BYTES_OUT), _u32(info, _BYTES_RETRANS), _u32(info, _BYTES_IN_FLIGHT)
    return Traffic(
        arrived_bytes=max(0, out - again - under_way),
        came_bytes=_u64(info, _BYTES_IN),
        wire_out_bytes=on_wire(out),
        wire_in_bytes=on_wire(_u64(info, _BYTES_IN)),
    )


def on_wire(payload: float) -> int:
    """What a bulk of payload takes on the wire, headers included."""
    return round(payload * (SEGMENT_BYTES + HEADER_BYTES) / SEGMENT_BYTES)


def _u32(data: bytes, at: int) -> int:
    return int(struct.unpack_from("=I", data, at)[0])


def _u64(data: bytes, at: int) -> int:
    return int(struct.unpack_from("=Q", data, at)[0])


def _ask_windows(line: socket.socket) -> bytes:
    """TCP_INFO_v0 of a connection, or nothing. Not run here."""
    loader: Any = getattr(ctypes, "WinDLL")  # noqa: B009 - exists on Windows only
    version, info, size = ctypes.c_ulong(0), ctypes.create_string_buffer(_WINDOWS_BYTES), ctypes.c_ulong(0)
    failed = loader("ws2_32").WSAIoctl(
        ctypes.c_size_t(line.fileno()),
        ctypes.c_ulong(_WINDOWS_CODE),
        ctypes.byref(version),
        ctypes.sizeof(version),
        info,
        ctypes.sizeof(info),
        ctypes.byref(size),
        None,
        None,
    )
    return b"" if failed else info.raw[: size.value]
