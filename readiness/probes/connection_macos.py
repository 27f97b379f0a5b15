"""What macOS tells of a network adapter: the Wi-Fi one from CoreWLAN, the rest by its name. Not run here.

CoreWLAN is asked through the Objective-C runtime: ``system_profiler`` scans for seconds, and ``airport`` is gone since
macOS 14.4.
"""

from __future__ import annotations

import ctypes
import re
import urllib.request
from typing import Any

import msgspec

from readiness.probes.connection_adapters import Kind
from readiness.probes.connection_proxy import Settings
from readiness.probes.programs import said
from readiness.readings import Medium

#: Names that macOS gives to adapters: tunnels of VPN programs and of its own, mobile modems, and everything wired.
_TUNNELS = ("utun", "ipsec", "ppp", "tun", "tap", "gif", "stf")
_MOBILE = ("pdp_ip", "wwan")
_WIRED = ("en", "bridge", "bond", "vlan")


class WifiFacts(msgspec.Struct, frozen=True):
    name: str | None
    rssi_dbm: int
    """0 where CoreWLAN does not know."""


def kind(name: str) -> Kind:
    """Medium, VPN and Wi-Fi signal of the adapter ``name``. Not run here."""
    return kind_of(name, _wifi())


def kind_of(name: str, wifi: WifiFacts) -> Kind:
    """Medium, VPN and signal by the adapter's name and by what CoreWLAN says of the Wi-Fi adapter."""
    if name == wifi.name:
        return Kind(Medium.WIFI, vpn=False, signal_dbm=float(wifi.rssi_dbm) if wifi.rssi_dbm < 0 else None)
    if name.startswith(_TUNNELS):
        return Kind(vpn=True)
    if name.startswith(_MOBILE):
        return Kind(Medium.MOBILE, vpn=False)
    if name.startswith(_WIRED):
        # Without CoreWLAN's answer an "en" adapter may as well be the Wi-Fi one.
        return Kind(Medium.WIRED if wifi.name else None, vpn=False)
    return Kind()


def proxy_settings() -> Settings:
    """What the system settings say of proxies. Not run here."""
    return proxies_in(said("scutil", "--proxy"), urllib.request.getproxies())


def proxies_in(dictionary: str, named: dict[str, str]) -> Settings:
    """What ``scutil --proxy`` prints, a key and its value a line, beside the proxies that Python found itself."""
    said = dict(re.findall(r"^  (\w+) : (.+)$", dictionary, re.MULTILINE))
    if said.get("SOCKSEnable") == "1" and said.get("SOCKSProxy"):
        named = {**named, "socks": f"socks://{said['SOCKSProxy']}:{said.get('SOCKSPort', '1080')}"}
    script = said.get("ProxyAutoConfigURLString", "") if said.get("ProxyAutoConfigEnable") == "1" else None
    if script is None and said.get("ProxyAutoDiscoveryEnable") == "1":
        script = ""
    return Settings(named, script)


def gateway_silent() -> bool:
    """Whether the router of the way out was asked for (ARP) and did not answer. IPv4 only. Not run here."""
    found = re.search(r"^\s*gateway: ([\d.]+)$", said("route", "-n", "get", "default"), re.MULTILINE)
    return found is not None and unanswered(said("arp", "-n", found[1]))


def unanswered(row: str) -> bool:
    """Whether ``arp -n`` says that nobody answered: ``? (192.0.2.1) at (incomplete) on en0``."""
    return "(incomplete)" in row


def _wifi() -> WifiFacts:
    """Name and signal of the Wi-Fi adapter: ``[[CWWiFiClient sharedWiFiClient] interface]``. Not run here."""
    try:
        ctypes.CDLL("/System/Library/Frameworks/CoreWLAN.framework/CoreWLAN")
        runtime = ctypes.CDLL("/usr/lib/libobjc.dylib")
    except OSError:
        return WifiFacts(None, 0)
    runtime.objc_getClass.restype = ctypes.c_void_p
    runtime.sel_registerName.restype = ctypes.c_void_p

    def send(receiver: Any, message: str, result: Any = ctypes.c_void_p) -> Any:
        call = ctypes.CFUNCTYPE(result, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", runtime))
        return call(receiver, runtime.sel_registerName(message.encode()))

    client = send(runtime.objc_getClass(b"CWWiFiClient"), "sharedWiFiClient")
    interface = send(client, "interface")
    name = send(interface, "interfaceName")
    if not name:
        return WifiFacts(None, 0)
    text: bytes = send(name, "UTF8String", ctypes.c_char_p)
    return WifiFacts(text.decode(), send(interface, "rssiValue", ctypes.c_long))
