"""The network adapters of this computer: which one carries the way out, what kind it is, and what is missing.

Portable facts come from psutil and from asking the system's routing without sending anything. What kind an adapter is
and how strong its Wi-Fi is, each system tells in its own way: ``connection_linux.py``, ``_windows.py``, ``_macos.py``.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from readiness.readings import Medium

#: Addresses that stand for "somewhere out there". Nothing is sent to them: connecting a UDP socket only asks the
#: system which of its own addresses it would send from. (The first is a.root-servers.net's, the second too.)
_OUT_THERE: Final = ((socket.AF_INET, "198.41.0.4"), (socket.AF_INET6, "2001:503:ba3e::2:30"))

#: Adapters that only lead to programs on this computer.
_LOCAL_ONLY: Final = (
    "lo",
    "docker",
    "br-",
    "veth",
    "virbr",
    "vmnet",
    "vboxnet",
    "vEthernet",
    "Loopback",
    "awdl",
    "llw",
)

#: Signal in dBm from which on there are 4, 3, 2, 1 bars (Android's table).
_BARS_FROM_DBM: Final = ((-55, 4), (-66, 3), (-77, 2), (-88, 1))


class Kind(msgspec.Struct, frozen=True):
    """What the system says of one adapter. None: it does not tell."""

    medium: Medium | None = None
    vpn: bool | None = None
    signal_dbm: float | None = None
    """Wi-Fi only."""


class Adapter(msgspec.Struct, frozen=True):
    name: str
    connected: bool
    addresses: tuple[str, ...] = ()
    """Those that lead somewhere: no loopback, no self-given ones."""


class LocalLayers(msgspec.Struct, frozen=True):
    """What can be known of a connection without leaving the computer."""

    connected: bool
    """Whether any adapter has a cable or a Wi-Fi."""
    address: bool
    """Whether any connected adapter was given an address."""
    route: bool
    """Whether the system knows a way out."""
    gateway_silent: bool = False
    """Whether the router that should be the way out is known not to answer."""

    @property
    def leads_out(self) -> bool:
        """Whether nothing is known to be wrong as far as the router."""
        return self.connected and self.address and self.route and not self.gateway_silent


def bars(signal_dbm: float | None) -> int | None:
    """0 to 4 bars for a signal, by Android's table (see `_BARS_FROM_DBM`)."""
    if signal_dbm is None:
        return None
    return next((count for from_dbm, count in _BARS_FROM_DBM if signal_dbm >= from_dbm), 0)


def adapters() -> tuple[Adapter, ...]:
    """All adapters that may lead out of this computer, in the system's order."""
    import psutil

    states = psutil.net_if_stats()
    return tuple(
        Adapter(name, states[name].isup, tuple(usable(one.address for one in addresses if one.family in _IP)))
        for name, addresses in psutil.net_if_addrs().items()
        if name in states and not name.startswith(_LOCAL_ONLY)
    )


_IP: Final = (socket.AF_INET, socket.AF_INET6)


def usable(addresses: Iterable[str]) -> Iterator[str]:
    """Addresses that somebody gave this computer: link-local ones (169.254…, fe80…) it gives itself."""
    for text in addresses:
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            continue
        if not (address.is_link_local or address.is_loopback or address.is_unspecified):
            yield str(address)


def source_addresses() -> tuple[str, ...]:
    """The addresses from which the system would send out into the internet; none when it knows no way."""
    return tuple(address for family, target in _OUT_THERE if (address := _source(family, target)))


def _source(family: socket.AddressFamily, target: str) -> str | None:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((target, 53))
            return str(asking.getsockname()[0]).partition("%")[0]
    except OSError:
        return None


def local_layers(found: tuple[Adapter, ...], sources: tuple[str, ...]) -> LocalLayers:
    connected = [adapter for adapter in found if adapter.connected]
    return LocalLayers(
        connected=bool(connected),
        address=any(adapter.addresses for adapter in connected),
        route=bool(sources),
        gateway_silent=_gateway_silent(),
    )


def carrier(found: tuple[Adapter, ...], sources: tuple[str, ...]) -> str | None:
    """The name of the adapter that carries the way out."""
    return next((adapter.name for adapter in found if set(adapter.addresses) & set(sources)), None)


def describe(found: tuple[Adapter, ...], sources: tuple[str, ...]) -> Kind:
    """Medium, signal and VPN of the way out. Under a VPN the medium is that of the adapter beneath it."""
    name = carrier(found, sources)
    if name is None:
        return Kind()
    kind = _kind(name)
    if not kind.vpn:
        return kind
    beneath = [adapter.name for adapter in found if adapter.connected and adapter.addresses and adapter.name != name]
    kinds = [under for under in map(_kind, beneath) if not under.vpn and under.medium]
    # With several adapters under a VPN, nothing tells which one it uses.
    under = kinds[0] if len(kinds) == 1 else Kind()
    return Kind(under.medium, True, under.signal_dbm)


def _kind(name: str) -> Kind:
    if sys.platform == "linux":
        from readiness.probes import connection_linux

        return connection_linux.kind(name)
    if sys.platform == "win32":
        from readiness.probes import connection_windows

        return connection_windows.kind(name)
    if sys.platform == "darwin":
        from readiness.probes import connection_macos

        return connection_macos.kind(name)
    return Kind()


def _gateway_silent() -> bool:
    if sys.platform == "linux":
        from readiness.probes import connection_linux

        return connection_linux.gateway_silent()
    if sys.platform == "win32":
        from readiness.probes import connection_windows

        return connection_windows.gateway_silent()
    if sys.platform == "darwin":
        from readiness.probes import connection_macos

        return connection_macos.gateway_silent()
    return False


def metered() -> bool | None:
    """Whether the system counts the way out as paid by use. None: it does not tell, as macOS does not."""
    if sys.platform == "linux":
        from readiness.probes import connection_linux

        return connection_linux.metered()
    if sys.platform == "win32":
        from readiness.probes import connection_windows

        return connection_windows.metered()
    return None


class Traffic(msgspec.Struct, frozen=True):
    """What has come and gone over each adapter so far, all programs together, and when that was read."""

    at_s: float
    moved_bytes: dict[str, tuple[int, int]]
    """Down and up, by the adapter's name."""

    def mbps_since(self, before: Traffic, names: Iterable[str]) -> tuple[float, float] | None:
        """Down and up in Mbit/s (10^6) over these adapters since ``before``; None when none of them was counted."""
        seconds = self.at_s - before.at_s
        pairs = [
            (self.moved_bytes[name], before.moved_bytes[name])
            for name in names
            if name in self.moved_bytes and name in before.moved_bytes
        ]
        if not pairs or seconds <= 0:
            return None
        down, up = (sum(max(0, now[way] - then[way]) for now, then in pairs) for way in (0, 1))
        return round(down * 8e-6 / seconds, 3), round(up * 8e-6 / seconds, 3)


def traffic() -> Traffic:
    """The counters of all adapters now."""
    import psutil

    counters = psutil.net_io_counters(pernic=True)
    return Traffic(time.monotonic(), {name: (row.bytes_recv, row.bytes_sent) for name, row in counters.items()})


def counted(found: tuple[Adapter, ...], sources: tuple[str, ...], *, vpn: bool | None) -> tuple[str, ...]:
    """The adapters whose traffic shares the line with a visit: the one that carries the way out, or those beneath a VPN.

    (What goes through a tunnel is counted once more beneath it, and what goes past it only there.)
    """
    name = carrier(found, sources)
    if name is None:
        return ()
    beneath = tuple(one.name for one in found if vpn and one.connected and one.addresses and one.name != name)
    return beneath or (name,)
