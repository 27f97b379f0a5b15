"""Adapters as Linux, Windows and macOS tell of them: their answers as recorded, and what is read from them."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from readiness.probes import connection_adapters, connection_linux, connection_macos, connection_windows, programs
from readiness.probes.connection_adapters import Adapter, Kind, LocalLayers, Traffic, bars
from readiness.probes.connection_macos import WifiFacts
from readiness.probes.connection_windows import AdapterRow
from readiness.readings import Medium


@pytest.mark.parametrize(
    ("dbm", "count"),
    [
        (None, None), (-30, 4), (-55, 4), (-55.5, 3), (-56, 3), (-66, 3), (-67, 2), (-77, 2), (-78, 1), (-88, 1), (-89, 0),
    ],
)  # fmt: skip
def test_bars_by_the_table(dbm: float | None, count: int | None) -> None:
    assert bars(dbm) == count


def test_only_addresses_that_somebody_gave_count() -> None:
    given = [
        "192.0.2.5",
        "169.254.7.7",
        "127.0.0.1",
        "fe80::1%eth0",
        "2001:db8::5",
        "::1",
        "0.0.0.0",
        "00:11:22:33:44:55",
    ]
    assert tuple(connection_adapters.usable(given)) == ("192.0.2.5", "2001:db8::5")


CABLE = Adapter("eth0", True, ("192.0.2.2",))
WIFI = Adapter("wlan0", True, ("198.51.100.2",))
PULLED = Adapter("eth1", False, ())
WAITING = Adapter("eth2", True, ())
TUNNEL = Adapter("tun0", True, ("203.0.113.2",))
KINDS = {
    "eth0": Kind(Medium.WIRED, False),
    "wlan0": Kind(Medium.WIFI, False, -60.0),
    "tun0": Kind(vpn=True),
    "tun1": Kind(vpn=True),
}


@pytest.mark.parametrize(
    ("found", "sources", "expected"),
    [
        ((), (), LocalLayers(False, False, False)),
        ((PULLED,), (), LocalLayers(False, False, False)),
        ((PULLED, WAITING), (), LocalLayers(True, False, False)),
        ((CABLE,), (), LocalLayers(True, True, False)),
        ((CABLE,), ("192.0.2.2",), LocalLayers(True, True, True)),
        ((Adapter("eth1", False, ("192.0.2.9",)),), (), LocalLayers(False, False, False)),
    ],
)
def test_local_layers(
    found: tuple[Adapter, ...], sources: tuple[str, ...], expected: LocalLayers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_linux, "gateway_silent", lambda: False)
    assert connection_adapters.local_layers(found, sources) == expected


@pytest.mark.parametrize(
    ("found", "sources", "expected"),
    [
        ((CABLE, WIFI), ("192.0.2.2",), Kind(Medium.WIRED, False)),
        ((CABLE, WIFI), ("198.51.100.2",), Kind(Medium.WIFI, False, -60.0)),
        ((CABLE,), (), Kind()),
        ((CABLE, TUNNEL), ("203.0.113.2",), Kind(Medium.WIRED, True)),
        ((WIFI, TUNNEL, PULLED, WAITING), ("203.0.113.2",), Kind(Medium.WIFI, True, -60.0)),
        # Nothing tells which of the two is under the tunnel.
        ((CABLE, WIFI, TUNNEL), ("203.0.113.2",), Kind(None, True)),
        ((TUNNEL,), ("203.0.113.2",), Kind(None, True)),
        ((Adapter("mystery", True, ("192.0.2.9",)),), ("192.0.2.9",), Kind()),
    ],
)
def test_what_carries_the_line(
    found: tuple[Adapter, ...], sources: tuple[str, ...], expected: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_linux, "kind", lambda name: KINDS.get(name, Kind()))
    monkeypatch.setattr(sys, "platform", "linux")
    assert connection_adapters.describe(found, sources) == expected


def test_each_system_is_asked_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for platform, module in (("win32", connection_windows), ("darwin", connection_macos)):
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setattr(module, "kind", lambda name: Kind(Medium.WIFI, False, -50.0))
        assert connection_adapters.describe((CABLE,), CABLE.addresses) == Kind(Medium.WIFI, False, -50.0)
        for silent in (True, False):
            monkeypatch.setattr(module, "gateway_silent", lambda silent=silent: silent)
            layers = connection_adapters.local_layers((CABLE,), CABLE.addresses)
            assert (layers.gateway_silent, layers.leads_out) == (silent, not silent)
    monkeypatch.setattr(connection_windows, "metered", lambda: True)
    for platform, told in (("win32", True), ("darwin", None), ("freebsd14", None)):
        monkeypatch.setattr(sys, "platform", platform)
        assert connection_adapters.metered() is told
    assert connection_adapters.describe((CABLE,), CABLE.addresses) == Kind()
    assert not connection_adapters.local_layers((CABLE,), CABLE.addresses).gateway_silent
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(connection_linux, "metered", lambda: False)
    assert connection_adapters.metered() is False


def traffic(at_s: float, **moved_bytes: tuple[int, int]) -> Traffic:
    return Traffic(at_s, moved_bytes)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (traffic(1.0, eth0=(0, 0)), traffic(3.0, eth0=(1_000_000, 250_000)), (4.0, 1.0)),
        (traffic(1.0, eth0=(0, 0), wlan0=(5, 5)), traffic(2.0, eth0=(125, 0), wlan0=(9_000_000, 5)), (0.001, 0.0)),
        # A counter that has begun anew says nothing.
        (traffic(1.0, eth0=(9_000, 9_000)), traffic(2.0, eth0=(10, 125_000)), (0.0, 0.928)),
        (traffic(1.0, eth0=(0, 0)), traffic(1.0, eth0=(9, 9)), None),
        (traffic(1.0), traffic(2.0, eth0=(9, 9)), None),
        (traffic(1.0, eth0=(0, 0)), traffic(2.0), None),
    ],
)
def test_what_others_move(before: Traffic, after: Traffic, expected: tuple[float, float] | None) -> None:
    assert after.mbps_since(before, ("eth0",)) == expected


def test_traffic_of_two_adapters_is_added_up() -> None:
    before, after = traffic(0.0, a=(0, 0), b=(0, 0)), traffic(1.0, a=(125_000, 0), b=(125_000, 250_000))
    assert after.mbps_since(before, ("a", "b")) == (2.0, 2.0)


@pytest.mark.parametrize(
    ("found", "sources", "vpn", "names"),
    [
        ((CABLE, WIFI), CABLE.addresses, False, ("eth0",)),
        ((CABLE, WIFI), (), False, ()),
        ((CABLE, TUNNEL, PULLED, WAITING), TUNNEL.addresses, True, ("eth0",)),
        ((CABLE, WIFI, TUNNEL), TUNNEL.addresses, True, ("eth0", "wlan0")),
        ((TUNNEL,), TUNNEL.addresses, True, ("tun0",)),
        ((CABLE, TUNNEL), TUNNEL.addresses, None, ("tun0",)),
    ],
)
def test_whose_traffic_shares_the_line(
    found: tuple[Adapter, ...], sources: tuple[str, ...], vpn: bool | None, names: tuple[str, ...]
) -> None:
    assert connection_adapters.counted(found, sources, vpn=vpn) == names


def test_this_computer_counts_its_traffic() -> None:
    counted = connection_adapters.traffic()
    assert "lo" in counted.moved_bytes
    assert counted.mbps_since(counted, ("lo",)) is None


def test_the_adapters_of_this_computer_can_be_read() -> None:
    for adapter in connection_adapters.adapters():
        assert not adapter.name.startswith("lo")
    assert isinstance(connection_adapters.source_addresses(), tuple)


# --- Linux -----------------------------------------------------------------------------------------------------------

WIRELESS = """\
Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
wlp2s0: 0000   54.  -56.  -256        0      0      0      0    421        0
 wlan1: 0000   70.  200.  161.        0      0      0      0      0        0
 wlan2: 0000   30    45     0         0      0      0      0      0        0
 wlan3: 0000    0.    0.    0.        0      0      0      0      0        0
"""
IW = """\
Connected to 34:2c:c4:12:34:56 (on wlp2s0)
\tSSID: Home
\tfreq: 5180
\tRX: 1234567 bytes (8910 packets)
\tsignal: -71 dBm
\trx bitrate: 433.3 MBit/s VHT-MCS 9 80MHz short GI VHT-NSS 1
"""


@pytest.mark.parametrize(
    ("name", "dbm"),
    [("wlp2s0", -56.0), ("wlan1", -56.0), ("wlan2", None), ("wlan3", None), ("wlan9", None), ("wlp2", None)],
)
def test_linux_wifi_signal(name: str, dbm: float | None) -> None:
    assert connection_linux.wireless_dbm(WIRELESS, name) == dbm


@pytest.mark.parametrize(("answer", "dbm"), [(IW, -71.0), ("Not connected.\n", None), ("", None)])
def test_linux_wifi_signal_by_iw(answer: str, dbm: float | None) -> None:
    assert connection_linux.iw_dbm(answer) == dbm


def _iw_says(answer: str) -> Callable[..., Any]:
    return lambda *arguments, **options: subprocess.CompletedProcess(arguments, 0, answer, "")


def _no_iw(*arguments: object, **options: object) -> None:
    raise FileNotFoundError("iw")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"type": "1\n", "uevent": "INTERFACE=x\n"}, Kind(Medium.WIRED, False)),
        ({"type": "1\n", "uevent": "DEVTYPE=wlan\nINTERFACE=x\n"}, Kind(Medium.WIFI, False, -71.0)),
        ({"type": "1\n", "wireless/x": ""}, Kind(Medium.WIFI, False, -71.0)),
        ({"type": "1\n", "phy80211/x": ""}, Kind(Medium.WIFI, False, -71.0)),
        ({"type": "65534\n", "uevent": "DEVTYPE=wwan\n"}, Kind(Medium.MOBILE, False)),
        ({"type": "65534\n", "tun_flags": "0x1001\n"}, Kind(vpn=True)),
        ({"type": "1\n", "tun_flags": "0x1002\n"}, Kind(vpn=True)),
        ({"type": "65534\n", "uevent": "DEVTYPE=wireguard\n"}, Kind(vpn=True)),
        ({"type": "512\n"}, Kind(vpn=True)),
        ({"type": "32\n"}, Kind()),
        ({}, Kind()),
    ],
)
def test_linux_kinds(files: dict[str, str], expected: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in files.items():
        (tmp_path / "x" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "x" / name).write_text(text)
    monkeypatch.setattr(subprocess, "run", _iw_says(IW))
    assert connection_linux.kind("x", tmp_path, tmp_path) == expected


def test_linux_wifi_without_a_signal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wlp2s0" / "phy80211").mkdir(parents=True)
    (tmp_path / "wireless").write_text(WIRELESS)
    assert connection_linux.kind("wlp2s0", tmp_path, tmp_path) == Kind(Medium.WIFI, False, -56.0)
    monkeypatch.setattr(subprocess, "run", _no_iw)
    assert connection_linux.kind("wlp2s0", tmp_path, tmp_path / "nothing") == Kind(Medium.WIFI, False, None)
    assert connection_linux.kind("wwan0", tmp_path, tmp_path) == Kind(Medium.MOBILE, False)


ROUTE = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t200\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
"""
ARP = """\
IP address       HW type     Flags       HW address            Mask     Device
192.0.2.1        0x1         {flags}         02:fc:00:00:00:05     *        eth0
192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth0
"""


@pytest.mark.parametrize(
    ("route", "arp", "silent"),
    [
        (ROUTE, ARP.format(flags="0x0"), True),
        (ROUTE, ARP.format(flags="0x2"), False),
        (ROUTE, ARP.format(flags="0x6"), False),
        (ROUTE, "", False),  # never asked: not known
        ("", ARP.format(flags="0x0"), False),
    ],
)
def test_linux_router_that_does_not_answer(
    route: str, arp: str, silent: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_linux, "said", lambda *command: "")  # no IPv6
    (tmp_path / "route").write_text(route)
    (tmp_path / "arp").write_text(arp)
    assert connection_linux.gateway_silent(tmp_path) is silent
    assert connection_linux.default_gateways(ROUTE) == {"192.0.2.1"}


NEIGHBOURS = """\
fe80::1 dev wlan0 lladdr 02:fc:00:00:00:05 router {state}
2001:db8::7 dev wlan0 FAILED
"""
SIX = "default via fe80::1 dev wlan0 proto ra metric 600 pref medium\n"


@pytest.mark.parametrize(
    ("routes", "neighbours", "silent"),
    [
        (SIX, NEIGHBOURS.format(state="REACHABLE"), False),
        (SIX, "fe80::1 dev wlan0 router FAILED\n", True),
        (SIX, "fe80::1 dev wlan0 INCOMPLETE\n", True),
        (SIX + SIX.replace("fe80::1", "fe80::2"), "fe80::1 dev wlan0 FAILED\n", False),  # the other may be there
        (SIX, "", False),
        ("", NEIGHBOURS.format(state="FAILED"), False),
    ],
)
def test_linux_router_of_ipv6_that_does_not_answer(
    routes: str, neighbours: str, silent: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"route": routes, "neigh": neighbours}
    monkeypatch.setattr(connection_linux, "said", lambda *command: answers[command[2]])
    assert connection_linux.gateway_silent(tmp_path) is silent


@pytest.mark.parametrize(
    ("answer", "metered"),
    [("u 1\n", True), ("u 2\n", False), ("u 3\n", True), ("u 4\n", False), ("u 0\n", None), ("", None), ("s 1", None)],
)
def test_linux_lines_that_are_paid_by_use(answer: str, metered: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", _iw_says(answer))
    assert connection_linux.metered() is metered


# --- Windows ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("if_type", "description", "expected"),
    [
        (6, "Intel(R) Ethernet Connection (7) I219-V", Kind(Medium.WIRED, False)),
        (71, "Intel(R) Wi-Fi 6 AX201 160MHz", Kind(Medium.WIFI, False)),
        (243, "Sierra Wireless EM7455", Kind(Medium.MOBILE, False)),
        (53, "Wintun Userspace Tunnel", Kind(vpn=True)),
        (53, "WireGuard Tunnel", Kind(vpn=True)),
        (6, "TAP-Windows Adapter V9", Kind(vpn=True)),
        (6, "Cisco AnyConnect Secure Mobility Client Virtual Miniport Adapter for Windows x64", Kind(vpn=True)),
        (23, "WAN Miniport (IKEv2)", Kind(vpn=True)),
        (1, "Something else", Kind()),
    ],
)
def test_windows_kinds(if_type: int, description: str, expected: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    row = AdapterRow("Ethernet 2", description, if_type)
    assert connection_windows.kind_of(row) == expected
    monkeypatch.setattr(connection_windows, "_rows", lambda: [AdapterRow("other", "x", 1), row])
    monkeypatch.setattr(connection_windows, "_connection_attributes", lambda description: b"")
    assert connection_windows.kind("Ethernet 2") == expected
    assert connection_windows.kind("gone") == Kind()


def attributes(quality: int) -> bytes:
    """WLAN_CONNECTION_ATTRIBUTES as wlanapi.h lays it out, for a network called Home."""
    name = "Home".encode("utf-16-le").ljust(512, b"\0")
    association = struct.pack("<I32sI6sxxIIIII", 4, b"Home", 1, b"\1\2\3\4\5\6", 8, 0, quality, 433300, 433300)
    return struct.pack("<II", 1, 0) + name + association + struct.pack("<IIII", 1, 0, 3, 4)


@pytest.mark.parametrize(("quality", "dbm"), [(100, -50.0), (80, -60.0), (0, -100.0), (101, None), (4294967295, None)])
def test_windows_signal(quality: int, dbm: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert connection_windows.quality_dbm(attributes(quality)) == dbm
    monkeypatch.setattr(connection_windows, "_rows", lambda: [AdapterRow("WLAN", "AX201", 71)])
    monkeypatch.setattr(connection_windows, "_connection_attributes", lambda description: attributes(quality))
    assert connection_windows.kind("WLAN") == Kind(Medium.WIFI, False, dbm)


def test_windows_without_consent_tells_no_signal() -> None:
    assert connection_windows.quality_dbm(b"") is None
    assert connection_windows.quality_dbm(attributes(80)[:570]) is None


def test_windows_connected_wifi_interfaces() -> None:
    rows = [
        (b"A" * 16, "Intel(R) Wi-Fi 6", 1),
        (b"B" * 16, "USB Wi-Fi", 4),
    ]
    table = struct.pack("<II", len(rows), 0) + b"".join(
        guid + text.encode("utf-16-le").ljust(512, b"\0") + struct.pack("<I", state) for guid, text, state in rows
    )
    assert list(connection_windows.connected_interfaces(table)) == [(b"A" * 16, "Intel(R) Wi-Fi 6")]


@pytest.mark.parametrize(
    ("cost", "metered"),
    [(0, None), (1, False), (2, True), (4, True), (0x10002, True), (0x40001, False), (0x20000, None)],
)
def test_windows_lines_that_are_paid_by_use(cost: int, metered: bool | None) -> None:
    assert connection_windows.is_metered(cost) is metered


@pytest.mark.parametrize(("state", "silent"), [(0, True), (1, True), (2, False), (4, False), (5, False), (6, False)])
def test_windows_router_that_does_not_answer(state: int, silent: bool) -> None:
    asked = connection_windows.neighbour_asked_for(int.from_bytes(bytes((192, 0, 2, 1)), "little"), 7)
    # MIB_IPNET_ROW2: SOCKADDR_INET (28 bytes), the adapter's index, its LUID, the hardware address, its length, the state.
    row = struct.pack("<HH4s20xIQ32sIIIIx", 2, 0, bytes((192, 0, 2, 1)), 7, 0, b"", 0, state, 0, 0)
    assert row[: len(asked)] == asked
    assert connection_windows.neighbour_silent(row) is silent


# --- macOS -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wifi", "expected"),
    [
        ("en0", WifiFacts("en0", -61), Kind(Medium.WIFI, False, -61.0)),
        ("en0", WifiFacts("en0", 0), Kind(Medium.WIFI, False, None)),
        ("en7", WifiFacts("en0", -61), Kind(Medium.WIRED, False)),
        ("en0", WifiFacts(None, 0), Kind(None, False)),
        ("utun4", WifiFacts("en0", -61), Kind(vpn=True)),
        ("ppp0", WifiFacts("en0", -61), Kind(vpn=True)),
        ("pdp_ip0", WifiFacts("en0", -61), Kind(Medium.MOBILE, False)),
        ("xyz0", WifiFacts("en0", -61), Kind()),
    ],
)
def test_macos_kinds(name: str, wifi: WifiFacts, expected: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    assert connection_macos.kind_of(name, wifi) == expected
    monkeypatch.setattr(connection_macos, "_wifi", lambda: wifi)
    assert connection_macos.kind(name) == expected


ROUTE_TO_DEFAULT = """\
   route to: default
destination: default
       mask: default
    gateway: 192.0.2.1
  interface: en0
      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>
"""


@pytest.mark.parametrize(
    ("route", "row", "silent"),
    [
        (ROUTE_TO_DEFAULT, "? (192.0.2.1) at (incomplete) on en0 ifscope [ethernet]\n", True),
        (ROUTE_TO_DEFAULT, "? (192.0.2.1) at 2:fc:0:0:0:5 on en0 ifscope [ethernet]\n", False),
        (ROUTE_TO_DEFAULT, "192.0.2.1 (192.0.2.1) -- no entry\n", False),
        ("route: writing to routing socket: not in table\n", "? (192.0.2.1) at (incomplete) on en0\n", False),
    ],
)
def test_macos_router_that_does_not_answer(route: str, row: str, silent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {("route", "-n", "get", "default"): route, ("arp", "-n", "192.0.2.1"): row}
    monkeypatch.setattr(connection_macos, "said", lambda *command: answers[command])
    assert connection_macos.gateway_silent() is silent


def test_macos_programs_that_are_missing_say_nothing() -> None:
    assert programs.said("scutil-that-is-not-here", "--proxy") == ""


def test_without_core_wlan_nothing_is_claimed() -> None:
    assert connection_macos._wifi() == WifiFacts(None, 0)  # there is none on this system
