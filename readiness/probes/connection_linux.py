"""What Linux tells of a network adapter: its kind from /sys/class/net, its Wi-Fi signal, and whether the router answers."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path
from typing import Final

from readiness.probes.connection_adapters import Kind
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
    try:
        answer = subprocess.run(
            ["iw", "dev", name, "link"], capture_output=True, text=True, timeout=2, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return iw_dbm(answer.stdout)


def gateway_silent(proc_folder: Path = _PROC) -> bool:
    """Whether the router of the default route was asked for (ARP) and did not answer. IPv4 only; else False."""
    gateways = default_gateways(_text(proc_folder / "route"))
    return bool(gateways) and gateways <= unanswered(_text(proc_folder / "arp"))


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
