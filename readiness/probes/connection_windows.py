"""What Windows tells of a network adapter, asked of iphlpapi and wlanapi. Not run here: written after the documentation.

``netsh`` would be simpler to ask, but it answers in the language of the system.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import struct
import uuid
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from readiness.probes.connection_adapters import Kind
from readiness.readings import Medium

#: Interface types (ipifcons.h).
_MEDIA: Final = {6: Medium.WIRED, 71: Medium.WIFI, 243: Medium.MOBILE, 244: Medium.MOBILE}
_PPP, _PROP_VIRTUAL, _TUNNEL = 23, 53, 131

#: VPN programs whose adapter calls itself Ethernet: parts of the driver's description, in lower case.
_VPN_WORDS: Final = (
    "tap-windows", "wintun", "wireguard", "openvpn", "anyconnect", "cisco secure client", "globalprotect", "pangp",
    "fortinet", "juniper", "pulse secure", "check point", "zscaler", "sonicwall", "f5 networks", "vpn",
)  # fmt: skip

_AF_UNSPEC, _BUFFER_OVERFLOW = 0, 111
#: GAA_FLAG_SKIP_ANYCAST, _MULTICAST and _DNS_SERVER.
_SKIP: Final = 0x2 | 0x4 | 0x8

_WLAN_CLIENT_VERSION, _CONNECTED, _CURRENT_CONNECTION = 2, 1, 7

#: WLAN_INTERFACE_INFO: a GUID of 16 bytes, 256 characters of description, a state of 4 bytes.
_INTERFACE_BYTES: Final = 16 + 512 + 4

#: In WLAN_CONNECTION_ATTRIBUTES: state and mode (4 + 4), profile name (512), then in WLAN_ASSOCIATION_ATTRIBUTES the
#: network's name (36), kind (4), station (6, padded to 8), radio kind and index (4 + 4), and then the signal quality.
_QUALITY_AT: Final = 4 + 4 + 512 + 36 + 4 + 8 + 4 + 4

_INTERNET_SETTINGS: Final = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"

#: CLSID_NetworkListManager and IID_INetworkCostManager (netlistmgr.h), as they lie in memory.
_NETWORK_LIST_MANAGER: Final = uuid.UUID("DCB00C01-570F-4A9B-8D69-199FDBA5723B").bytes_le
_NETWORK_COST_MANAGER: Final = uuid.UUID("DCB00008-570F-4A9B-8D69-199FDBA5723B").bytes_le
_CLSCTX_ALL: Final = 0x17
_COST_FIXED, _COST_VARIABLE = 0x2, 0x4

#: Where IUnknown's Release and INetworkCostManager's GetCost are in the table of its functions.
_RELEASE, _GET_COST = 2, 3
_VTABLE: Final = ctypes.POINTER(ctypes.c_void_p * 4)

#: MIB_IPFORWARDROW (ipmib.h) has 14 words, the fourth the router's address, the fifth the adapter. An address far away.
_FORWARD_ROW_WORDS, _NEXT_HOP, _IF_INDEX = 14, 3, 4
_OUT_THERE: Final = int.from_bytes(bytes((198, 41, 0, 4)), "little")

#: In MIB_IPNET_ROW2: address (28), adapter's index and LUID (4 + 8), hardware address and its length (32 + 4), state.
_NEIGHBOUR_BYTES, _STATE_AT = 88, 76
_AF_INET: Final = 2


class AdapterRow(msgspec.Struct, frozen=True):
    """What GetAdaptersAddresses says of one adapter."""

    friendly_name: str
    description: str
    if_type: int


def kind(name: str) -> Kind:
    """Medium, VPN and Wi-Fi signal of the adapter that Windows shows as ``name``. Not run here."""
    row = next((row for row in _rows() if row.friendly_name == name), None)
    if row is None:
        return Kind()
    told = kind_of(row)
    if told.medium is Medium.WIFI:
        return Kind(told.medium, told.vpn, quality_dbm(_connection_attributes(row.description)))
    return told


def kind_of(row: AdapterRow) -> Kind:
    """Medium and VPN by interface type and description."""
    words = row.description.lower()
    if row.if_type in (_PPP, _PROP_VIRTUAL, _TUNNEL) or any(word in words for word in _VPN_WORDS):
        return Kind(vpn=True)
    medium = _MEDIA.get(row.if_type)
    return Kind(medium, vpn=False if medium else None)


def quality_dbm(attributes: bytes) -> float | None:
    """The signal in dBm from the quality q in WLAN_CONNECTION_ATTRIBUTES: q / 2 - 100 (0 is -100, 100 is -50 dBm)."""
    if len(attributes) < _QUALITY_AT + 4:
        return None
    quality = struct.unpack_from("<I", attributes, _QUALITY_AT)[0]
    return quality / 2 - 100 if quality <= 100 else None


def connected_interfaces(table: bytes) -> Iterator[tuple[bytes, str]]:
    """(GUID, description) of the connected ones in a WLAN_INTERFACE_INFO_LIST: a count, an index, then the rows."""
    (count,) = struct.unpack_from("<I", table)
    for at in range(8, 8 + count * _INTERFACE_BYTES, _INTERFACE_BYTES):
        description = table[at + 16 : at + 528].decode("utf-16-le", errors="replace").partition("\0")[0]
        (state,) = struct.unpack_from("<I", table, at + 528)
        if state == _CONNECTED:
            yield table[at : at + 16], description


class _Row(ctypes.Structure):
    """The head of IP_ADAPTER_ADDRESSES (iptypes.h), as far as we read."""


_Row._fields_ = [
    ("length", ctypes.c_uint32),
    ("index", ctypes.c_uint32),
    ("next", ctypes.POINTER(_Row)),
    ("adapter_name", ctypes.c_char_p),
    ("first_unicast", ctypes.c_void_p),
    ("first_anycast", ctypes.c_void_p),
    ("first_multicast", ctypes.c_void_p),
    ("first_dns_server", ctypes.c_void_p),
    ("dns_suffix", ctypes.c_wchar_p),
    ("description", ctypes.c_wchar_p),
    ("friendly_name", ctypes.c_wchar_p),
    ("physical_address", ctypes.c_ubyte * 8),
    ("physical_address_length", ctypes.c_uint32),
    ("flags", ctypes.c_uint32),
    ("mtu", ctypes.c_uint32),
    ("if_type", ctypes.c_uint32),
]


def _rows() -> list[AdapterRow]:
    """Every adapter, by GetAdaptersAddresses. Not run here."""
    ask = _library("iphlpapi").GetAdaptersAddresses
    size = ctypes.c_uint32(16384)
    buffer = ctypes.create_string_buffer(size.value)
    while (answer := ask(_AF_UNSPEC, _SKIP, None, buffer, ctypes.byref(size))) == _BUFFER_OVERFLOW:
        buffer = ctypes.create_string_buffer(size.value)
    rows: list[AdapterRow] = []
    at = ctypes.cast(buffer, ctypes.POINTER(_Row)) if answer == 0 else None
    while at:
        row = at.contents
        rows.append(AdapterRow(row.friendly_name or "", row.description or "", row.if_type))
        at = row.next
    return rows


def _connection_attributes(description: str) -> bytes:
    """WLAN_CONNECTION_ATTRIBUTES of the adapter with that description; empty where location consent forbids. Not run here."""
    api = _library("wlanapi")
    handle, version = ctypes.c_void_p(), ctypes.c_uint32()
    if api.WlanOpenHandle(_WLAN_CLIENT_VERSION, None, ctypes.byref(version), ctypes.byref(handle)):
        return b""
    try:
        table = ctypes.c_void_p()
        if api.WlanEnumInterfaces(handle, None, ctypes.byref(table)):
            return b""
        count = ctypes.cast(table, ctypes.POINTER(ctypes.c_uint32)).contents.value
        interfaces = list(connected_interfaces(ctypes.string_at(table, 8 + count * _INTERFACE_BYTES)))
        api.WlanFreeMemory(table)
        guid = next((guid for guid, text in interfaces if text == description), None)
        if guid is None:
            return b""
        size, data = ctypes.c_uint32(), ctypes.c_void_p()
        if api.WlanQueryInterface(
            handle, guid, _CURRENT_CONNECTION, None, ctypes.byref(size), ctypes.byref(data), None
        ):
            return b""
        attributes = ctypes.string_at(data, size.value)
        api.WlanFreeMemory(data)
        return attributes
    finally:
        api.WlanCloseHandle(handle, None)


def proxy_script() -> str | None:
    """AutoConfigURL of the person's Internet settings: where the proxy script is. None without one. Not run here.

    Asking the network for a script (WPAD) is on in every Windows, and so tells nothing.
    """
    winreg: Any = importlib.import_module("winreg")  # exists on Windows only
    with contextlib.suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, _INTERNET_SETTINGS) as key:
        return str(winreg.QueryValueEx(key, "AutoConfigURL")[0]) or None
    return None


def metered() -> bool | None:
    """Whether the way to the internet is paid by use, asked of INetworkCostManager. Not run here."""
    ole = _library("ole32")
    ole.CoInitializeEx(None, 0)
    manager, cost = ctypes.c_void_p(), ctypes.c_uint32()
    wanted = (_NETWORK_LIST_MANAGER, None, _CLSCTX_ALL, _NETWORK_COST_MANAGER, ctypes.byref(manager))
    if ole.CoCreateInstance(*wanted) != 0 or not manager.value:
        return None
    table = ctypes.cast(ctypes.cast(manager, ctypes.POINTER(ctypes.c_void_p)).contents.value or 0, _VTABLE).contents
    call: Any = getattr(ctypes, "WINFUNCTYPE")  # noqa: B009 - exists on Windows only
    get_cost = call(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(table[_GET_COST])
    release = call(ctypes.c_uint32, ctypes.c_void_p)(table[_RELEASE])
    answer = get_cost(manager, ctypes.byref(cost), None)
    release(manager)
    return is_metered(cost.value) if answer == 0 else None


def is_metered(cost: int) -> bool | None:
    """What NLM_CONNECTION_COST (netlistmgr.h) says: 1 is unrestricted, 2 fixed, 4 paid by use; the rest is flags."""
    level = cost & 0xFFFF
    return bool(level & (_COST_FIXED | _COST_VARIABLE)) if level else None


def gateway_silent() -> bool:
    """Whether the router of the way out was asked for (ARP) and did not answer. IPv4 only. Not run here."""
    api = _library("iphlpapi")
    route = (ctypes.c_uint32 * _FORWARD_ROW_WORDS)()
    if api.GetBestRoute(ctypes.c_uint32(_OUT_THERE), 0, ctypes.byref(route)) or not route[_NEXT_HOP]:
        return False
    row = ctypes.create_string_buffer(neighbour_asked_for(route[_NEXT_HOP], route[_IF_INDEX]), _NEIGHBOUR_BYTES)
    return api.GetIpNetEntry2(row) == 0 and neighbour_silent(row.raw)


def neighbour_asked_for(address: int, if_index: int) -> bytes:
    """The head of a MIB_IPNET_ROW2 (netioapi.h) that names one neighbour: its SOCKADDR_INET and its adapter's index."""
    return struct.pack("<HHI20xI", _AF_INET, 0, address, if_index)


def neighbour_silent(row: bytes) -> bool:
    """Whether a MIB_IPNET_ROW2 says "unreachable" (0) or "incomplete" (1) of a neighbour."""
    return bool(struct.unpack_from("<I", row, _STATE_AT)[0] in (0, 1))


def _library(name: str) -> Any:
    loader: Any = getattr(ctypes, "WinDLL")  # noqa: B009 - exists on Windows only
    return loader(name)
