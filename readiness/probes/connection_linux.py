"""What Linux tells of a network adapter: its kind, its Wi-Fi signal, whether it is paid by use, and whether
the router answers.
"""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Final

from readiness.probes.connection_adapters import Kind
from readiness.probes.programs import said
from readiness.readings import Medium

_SYS: Final = Path("/sys/class/net")
_PROC: Final = Path("/proc/net")

#: From the kernel's if_arp.h: Ethernet and PPP.
_ETHERNET: Final = "1"
_PPP: Final = "512"

#: From the kernel's if_arp.h, adapters without a hardware address: tunnels of the kernel and of programs.
_TUNNELS: Final = frozenset({"65534", "768", "769", "776", "778", _PPP})

#: A mobile modem may come up as PPP or without a hardware address too; its driver says what it is.
_MOBILE_NAMES: Final = ("wwan", "wwp", "rmnet")

#: From the kernel's route.h: the route leads through a router.
_RTF_GATEWAY: Final = 0x2

#: Where NetworkManager tells whether the line is paid by use: service, object, interface, property.
_METERED: Final = (
    "org.freedesktop.NetworkManager",
    "/org/freedesktop/NetworkManager",
    "org.freedesktop.NetworkManager",
    "Metered",
)


def kind(name: str, sys_folder: Path = _SYS, proc_folder: Path = _PROC) -> Kind:
    """Medium, VPN and Wi-Fi signal of the adapter ``name``."""
    folder = sys_folder / name
    said = _text(folder / "uevent")
    type_number = _text(folder / "type")
    if "DEVTYPE=wwan" in said or name.startswith(_MOBILE_NAMES):
        return Kind(Medium.MOBILE, vpn=False)
    if "DEVTYPE=wlan" in said or (folder / "wireless").exists() or (folder / "phy80211").exists():
        dbm = wireless_dbm(_text(proc_folder / "wireless"), name)
        return Kind(Medium.WIFI, vpn=False, signal_dbm=dbm if dbm is not None else _iw_dbm(name))
    if "DEVTYPE=wireguard" in said or (folder / "tun_flags").exists() or type_number in _TUNNELS:
        return Kind(vpn=True)
    if type_number == _ETHERNET:
        return Kind(Medium.WIRED, vpn=False)
    return Kind()


def wireless_dbm(table: str, name: str) -> float | None:
    """The signal in dBm that /proc/net/wireless gives for ``name``; None when it gives none, or not in dBm.

    A line reads ``wlan0: 0000   54.  -56.  -256  …``: status, link quality, signal level, noise. Drivers that do not
    count in dBm give positive levels on a scale of their own.
    """
    row = re.search(rf"^\s*{re.escape(name)}:\s*\S+\s+\S+\s+(-?\d+)\.?\s", table, re.MULTILINE)
    level = int(row[1]) if row else 0
    # Old drivers give the byte unsigned: 200 is -56 dBm.
    level = level - 256 if 100 < level < 256 else level
    return float(level) if -120 <= level < 0 else None


def iw_dbm(answer: str) -> float | None:
    """The signal in dBm in the answer of ``iw dev NAME link``."""
    row = re.search(r"^\s*signal:\s*(-\d+)\s*dBm", answer, re.MULTILINE)
    return float(row[1]) if row else None


def _iw_dbm(name: str) -> float | None:
    return iw_dbm(said("iw", "dev", name, "link"))


def metered() -> bool | None:
    """Whether NetworkManager counts the line in use as paid by use. None where there is no NetworkManager."""
    return metered_in(said("busctl", "--system", "get-property", *_METERED))


def metered_in(answer: str) -> bool | None:
    """What busctl prints of NetworkManager's NMMetered: 1 yes, 2 no, 3 and 4 the same as a guess, 0 unknown."""
    row = re.fullmatch(r"u ([1-4])", answer.strip())
    return row[1] in "13" if row else None


def gateway_silent(proc_folder: Path = _PROC) -> bool:
    """Whether every router of the default routes was asked for (ARP, NDP) and did not answer. False if none was asked."""
    gateways = default_gateways(_text(proc_folder / "route"))
    silent = unanswered(_text(proc_folder / "arp"))
    if not gateways:
        gateways = ip_gateways(said("ip", "-6", "route", "show", "default"))
        silent = ip_unanswered(said("ip", "-6", "neigh", "show"))
    return bool(gateways) and gateways <= silent


def ip_gateways(routes: str) -> set[str]:
    """Router addresses in the answer of ``ip -6 route show default``: "default via fe80::1 dev wlan0 proto ra …"."""
    return set(re.findall(r"\bvia ([0-9a-f:]+)", routes))


def ip_unanswered(neighbours: str) -> set[str]:
    """Addresses in the answer of ``ip -6 neigh show`` whose owner did not answer."""
    return set(re.findall(r"^([0-9a-f:]+) .*\b(?:FAILED|INCOMPLETE)\b", neighbours, re.MULTILINE))


def default_gateways(table: str) -> set[str]:
    """Router addresses of the default routes in /proc/net/route, which writes them as little-endian hexadecimals."""
    rows = [row.split() for row in table.splitlines()[1:]]
    return {
        socket.inet_ntoa(bytes.fromhex(row[2])[::-1])
        for row in rows
        if len(row) > 7 and row[1] == "00000000" and row[7] == "00000000" and int(row[3], 16) & _RTF_GATEWAY
    }


def unanswered(table: str) -> set[str]:
    """Addresses in /proc/net/arp whose owner did not answer: their flags lack "complete" (0x2)."""
    rows = [row.split() for row in table.splitlines()[1:]]
    return {row[0] for row in rows if len(row) > 3 and not int(row[2], 16) & 0x2}


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
