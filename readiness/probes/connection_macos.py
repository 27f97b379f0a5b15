"""What macOS tells of a network adapter: the Wi-Fi one from CoreWLAN, the rest by its name. Not run here.

CoreWLAN is asked through the Objective-C runtime: ``system_profiler`` scans for seconds, and ``airport`` is gone since
macOS 14.4.
"""

from __future__ import annotations

import ctypes
from typing import Any

import msgspec

from readiness.probes.connection_adapters import Kind
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
