"""What systems tell of a connection: structs as their headers lay them out, and a real one of this system."""

from __future__ import annotations

import contextlib
import ctypes
import socket
import struct
import types
from collections.abc import Iterator

import pytest

from readiness.probes import delivered
from readiness.probes.delivered import Traffic, on_wire, read_linux, read_macos, read_windows, traffic
from tests.probes.pairs import eventually, tcp_pair

#: linux/tcp.h, struct tcp_info, field by field.
LINUX = (
    "state:B ca_state:B retransmits:B probes:B backoff:B options:B wscale:B limited:B rto:I ato:I snd_mss:I rcv_mss:I "
    "unacked:I sacked:I lost:I retrans:I fackets:I last_data_sent:I last_ack_sent:I last_data_recv:I last_ack_recv:I "
    "pmtu:I rcv_ssthresh:I rtt:I rttvar:I snd_ssthresh:I snd_cwnd:I advmss:I reordering:I rcv_rtt:I rcv_space:I "
    "total_retrans:I pacing_rate:Q max_pacing_rate:Q bytes_acked:Q bytes_received:Q segs_out:I segs_in:I "
    "notsent_bytes:I min_rtt:I data_segs_in:I data_segs_out:I delivery_rate:Q busy_time:Q rwnd_limited:Q "
    "sndbuf_limited:Q delivered:I delivered_ce:I bytes_sent:Q bytes_retrans:Q dsack_dups:I reord_seen:I "
    "rcv_ooopack:I snd_wnd:I"
)

#: netinet/tcp.h of macOS, struct tcp_connection_info.
MACOS = (
    "state:B snd_wscale:B rcv_wscale:B pad:B options:I flags:I rto:I maxseg:I snd_ssthresh:I snd_cwnd:I snd_wnd:I "
    "snd_sbbytes:I rcv_wnd:I rttcur:I srtt:I rttvar:I tfo:I txpackets:Q txbytes:Q txretransmitbytes:Q rxpackets:Q "
    "rxbytes:Q rxoutoforderbytes:Q txretransmitpackets:Q"
)

#: mstcpip.h of Windows, TCP_INFO_v0.
WINDOWS = (
    "State:I Mss:I ConnectionTimeMs:Q TimestampsEnabled:B RttUs:I MinRttUs:I BytesInFlight:I Cwnd:I SndWnd:I RcvWnd:I "
    "RcvBuf:I BytesOut:Q BytesIn:Q BytesReordered:I BytesRetrans:I FastRetrans:I DupAcksIn:I TimeoutEpisodes:I SynRetrans:B"
)


def record(layout: str, **values: int) -> bytes:
    """A struct with these values, and with noise in all other fields, aligned as a compiler aligns it."""
    fields = dict(field.split(":") for field in layout.split())
    assert values.keys() <= fields.keys()
    noise = {"B": 0xA5, "I": 0xA5A5A5A5, "Q": 0xA5A5A5A5A5A5A5A5}
    packed = [values.get(name, noise[size]) for name, size in fields.items()]
    return struct.pack("@" + "".join(fields.values()) + "0Q", *packed)


def test_linux() -> None:
    info = record(
        LINUX,
        snd_mss=1400,
        sacked=3,
        bytes_acked=5 << 32,
        bytes_received=700,
        segs_out=10,
        segs_in=4,
        bytes_sent=9000,
        rcv_ooopack=0,
    )
    assert read_linux(info) == Traffic(
        arrived_bytes=(5 << 32) + 3 * 1400, came_bytes=700, wire_out_bytes=9000 + 10 * 52, wire_in_bytes=700 + 4 * 52
    )
    assert read_linux(info[:208]) == read_linux(info), "as Linux 4.19 gives it"
    assert read_linux(info[:200]) is None, "older ones do not tell what they sent"


@pytest.mark.parametrize(
    ("data_segments", "out_of_order", "more"),
    [
        (10, 0, 0),  # not all of them were full
        (10, 3, 3 * 1000),  # three wait for one that is missing
        (9, 3, 2 * 1000),  # as many as that cannot have come
        (6, 3, 0),
    ],
)
def test_what_linux_holds_back_behind_a_gap_came_too(data_segments: int, out_of_order: int, more: int) -> None:
    info = record(
        LINUX,
        bytes_received=7000,
        segs_in=12,
        rcv_mss=1000,
        data_segs_in=data_segments,
        rcv_ooopack=out_of_order,
        bytes_sent=0,
        segs_out=0,
    )
    found = read_linux(info)
    assert found
    assert (found.came_bytes, found.wire_in_bytes) == (7000, 7000 + more + 12 * 52)


def test_macos() -> None:
    info = record(MACOS, snd_sbbytes=300, txpackets=10, txbytes=9000, rxpackets=4, rxbytes=700)
    assert len(info) == 112
    assert read_macos(info, 1000) == Traffic(
        arrived_bytes=700, came_bytes=700, wire_out_bytes=9000 + 10 * 52, wire_in_bytes=700 + 4 * 52
    )
    after_the_end = read_macos(info, 200)
    assert after_the_end
    assert after_the_end.arrived_bytes == 0, "the end of a connection counts as a byte under way"
    assert read_macos(info[:104], 1000) is None


def test_windows() -> None:
    info = record(WINDOWS, BytesInFlight=500, BytesOut=10_000, BytesIn=1448, BytesRetrans=1500)
    assert len(info) == 88
    assert read_windows(info) == Traffic(
        arrived_bytes=8000, came_bytes=1448, wire_out_bytes=on_wire(10_000), wire_in_bytes=1500
    )
    only_repeated = read_windows(record(WINDOWS, BytesInFlight=500, BytesOut=400, BytesIn=0, BytesRetrans=0))
    assert only_repeated
    assert only_repeated.arrived_bytes == 0
    assert read_windows(info[:80]) is None
    assert read_windows(b"") is None


@pytest.mark.parametrize(("payload", "expected"), [(0, 0), (1448, 1500), (1448_000, 1500_000), (724, 750)])
def test_what_payload_takes_on_the_wire(payload: int, expected: int) -> None:
    assert on_wire(payload) == expected


class Told:
    """A connection of another system: what it says to a question with that option."""

    def __init__(self, answers: dict[tuple[int, int], bytes]) -> None:
        self._answers = answers

    def fileno(self) -> int:
        return 7

    def getsockopt(self, level: int, option: int, size: int) -> bytes:
        if (option, size) not in self._answers:
            raise OSError(42, "Protocol not available")
        return self._answers[option, size]


def on(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivered, "sys", types.SimpleNamespace(platform=platform))


def test_macos_is_asked_for_its_struct(monkeypatch: pytest.MonkeyPatch) -> None:
    on("darwin", monkeypatch)
    info = record(MACOS, snd_sbbytes=300, txpackets=10, txbytes=9000, rxpackets=4, rxbytes=700)
    assert traffic(Told({(0x106, 112): info}), 1000) == read_macos(info, 1000)  # type: ignore[arg-type]
    assert traffic(Told({}), 1000) is None  # type: ignore[arg-type]


class WindowsSockets:
    """Stands in for ws2_32."""

    def __init__(self, info: bytes, failed: int) -> None:
        self.info, self.failed = info, failed

    def WSAIoctl(  # noqa: N802 - its name
        self, line: ctypes.c_size_t, code: ctypes.c_ulong, given: object, given_size: int, *rest: object
    ) -> int:
        room, room_size, size, overlapped, done = rest
        asked = (line.value, code.value, given_size, room_size, overlapped, done)
        assert asked == (7, 0xD8000027, ctypes.sizeof(ctypes.c_ulong), 88, None, None)
        assert isinstance(room, ctypes.Array)
        ctypes.memmove(room, self.info, len(self.info))
        size._obj.value = len(self.info)  # type: ignore[attr-defined]
        return self.failed


@pytest.mark.parametrize("failed", [0, -1])
def test_windows_is_asked_for_its_struct(failed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    on("win32", monkeypatch)
    info = record(WINDOWS, BytesInFlight=500, BytesOut=10_000, BytesIn=1448, BytesRetrans=1500)
    sockets = WindowsSockets(info, failed)
    monkeypatch.setattr(ctypes, "WinDLL", {"ws2_32": sockets}.__getitem__, raising=False)
    assert traffic(Told({}), 0) == (None if failed else read_windows(info))  # type: ignore[arg-type]


def test_other_systems_tell_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    on("sunos5", monkeypatch)
    assert traffic(Told({}), 1000) is None  # type: ignore[arg-type]


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = tcp_pair()
    with here, there:
        yield here, there


def known(line: socket.socket, handed_over: int) -> Traffic:
    """What a system says that does tell: Linux, Windows and macOS do."""
    found = traffic(line, handed_over)
    assert found
    return found


def fill(line: socket.socket) -> int:
    """Hand over as much as the system takes. How much that was."""
    line.setblocking(False)
    sent = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            sent += line.send(bytes(1 << 20))
    return sent


def test_what_is_acknowledged_is_what_the_other_end_has(pair: tuple[socket.socket, socket.socket]) -> None:
    here, there = pair
    before = known(here, 0).arrived_bytes
    sent = fill(here)
    assert 0 < known(here, sent).arrived_bytes - before < sent, "much of it waits in this end's own memory"
    read = 0
    while read < sent:
        read += len(there.recv(1 << 20))
    eventually(lambda: known(here, sent).arrived_bytes - before == sent == read)
    assert known(there, 0).came_bytes == sent
    assert known(here, sent).wire_out_bytes >= sent + 52
    assert known(there, 0).wire_in_bytes >= sent + 52


def test_what_is_no_tcp_or_closed_tells_nothing() -> None:
    here, there = socket.socketpair()
    with here, there:
        assert traffic(here, 0) is None
    assert traffic(here, 0) is None
