"""What there is to ask for of networks: everything that can be the matter with one, a line each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec


class Addresses(msgspec.Struct, frozen=True):
    """Who lives where. ``nowhere`` swallows everything without a word."""

    client: str
    router: str
    silent_router: str
    names: str
    provider: str
    media: str
    other: str
    second_other: str
    page: str
    speed: str
    hotel: str
    proxy: str
    public: str
    nowhere: str
    bits: tuple[int, int]
    """Length of a network's and of a single host's prefix."""

    @property
    def beyond(self) -> tuple[str, ...]:
        """Every address beyond the router."""
        return tuple(str(getattr(self, who)) for who in _BEYOND)


_BEYOND: Final = (
    "names",
    "provider",
    "media",
    "other",
    "second_other",
    "page",
    "speed",
    "hotel",
    "proxy",
    "public",
)


def _numbered(network: str, beyond: str, nowhere: str, bits: tuple[int, int]) -> Addresses:
    near = {"client": f"{network}2", "router": f"{network}1", "silent_router": f"{network}99", "nowhere": nowhere}
    far = {who: f"{beyond}{number}" for number, who in enumerate(_BEYOND, 10)}
    return msgspec.convert({**near, **far, "bits": bits}, Addresses)


IPV4: Final = _numbered("10.77.0.", "10.78.0.", "10.99.0.1", (24, 32))
IPV6: Final = _numbered("fd77::", "fd78::", "fd99::1", (64, 128))

#: Where a router that lets nobody out without a sign-in says that every name lives: itself.
HOME_ROUTER: Final = "192.168.77.1"


class Hotel(StrEnum):
    """How a sign-in page stands before the internet."""

    REDIRECT = "redirect"
    """Every name leads to it, and every page sends there (302)."""
    PAGE = "page"
    """Every name leads to it, and every page is it (200)."""
    DEMANDS = "demands"
    """Every name leads to it, and every page answers 511: network authentication required."""
    HIJACK = "hijack"
    """Every name leads to the router's own private address."""
    FORGES = "forges"
    """Like PAGE, and it answers safe connections, too, with a certificate of its own."""
    FIREWALL = "firewall"
    """Names are true, but pages are answered by the router in everybody's place, and nothing else goes through."""


class Proxy(StrEnum):
    """What the proxy of the settings does."""

    LOGIN = "login"
    OPEN = "open"
    """Lets everything through."""
    REFUSES = "refuses"
    """Answers 403 to everything."""
    GONE = "gone"
    """Is not there."""
    SILENT = "silent"
    """Takes connections and never says a word."""


class Told(StrEnum):
    """Where a person's settings are."""

    ENVIRONMENT = "environment"
    GNOME = "gnome"
    KDE = "kde"


class Scenario(msgspec.Struct, frozen=True):
    """What is the matter with a network. Everything else in it works."""

    finding: str
    """What the connection check should find first."""
    addresses: Addresses = IPV4
    cable: bool = True
    address: bool = True
    route: str | None = "router"
    """The field of `Addresses` with the router of the default route; None: no such route."""
    name_server: bool = True
    names_refused: bool = False
    """The name server answers every question with a refusal."""
    first_name_server_gone: bool = False
    """Two name servers are set up, and the first does not answer."""
    reachable: bool = True
    """Whether the hosts beyond answer; otherwise everything to them is swallowed."""
    provider: bool = True
    media: bool = True
    others: bool = True
    """Whether the hosts that are not the provider's answer, and the page."""
    speed: bool = True
    hotel: Hotel | None = None
    proxy: Proxy | None = None
    told: Told = Told.ENVIRONMENT
    script: bool = False
    """The settings name a proxy script."""
    socks: bool = False
    """The settings name a SOCKS proxy."""
    intercepted: bool = False
    outdated: bool = False
    """Whether the hosts' certificates are of long ago, as for a clock that runs ahead."""
    other_names: bool = False
    """Whether the provider's hosts show trusted certificates that are somebody else's."""
    six_is_broken: bool = False
    """Every host has an IPv6 address, too, and the way there swallows everything."""
    tunnel: bool = False
    firewall: str = ""
    """A rule of nft(8) by which the router takes packets that come from the computer."""
    metered: bool = False
    """NetworkManager counts the line as paid by use."""
    busy: str | None = None
    """Another program fills the line: "down", "up" or, with datagrams that nothing slows, "flood"."""
    delay_ms: int = 0
    """How long every packet is on its way between the router and the world, in each direction."""
    far_mbps: tuple[float, float] | None = None
    """Rates of that line, down and up. What finds no room in it is lost beyond the computer, as with a modem."""
    up: str | None = None
    down: str | None = None
    """Rates of the computer's own line, as tc(8) writes them."""
    queue: str = "200ms"
    """How long a packet may wait for a limited line."""
    burst_bytes: int = 3200
    """How much a limited line takes at once when it was idle."""


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "good": Scenario("connection.ok"),
    "ipv6_only": Scenario("connection.ok", addresses=IPV6),
    "broken_ipv6": Scenario("connection.ok", six_is_broken=True),
    # Layers, from the inside out.
    "none": Scenario("connection.no_link", cable=False),
    "no_address": Scenario("connection.no_address", address=False),
    "no_gateway": Scenario("connection.no_gateway", route=None),
    "silent_gateway": Scenario("connection.no_gateway", route="silent_router"),
    "silent_gateway_ipv6": Scenario("connection.no_gateway", addresses=IPV6, route="silent_router"),
    "no_dns": Scenario("connection.no_dns", name_server=False),
    "no_dns_ipv6": Scenario("connection.no_dns", addresses=IPV6, name_server=False),
    "dns_refuses": Scenario("connection.no_dns", names_refused=True),
    "no_internet": Scenario("connection.no_internet", reachable=False),
    "internet_refuses": Scenario("connection.no_internet", firewall="meta l4proto tcp reject with tcp reset"),
    "internet_silent": Scenario("connection.no_internet", firewall="tcp flags & (syn | psh) == psh drop"),
    # Sign-in pages.
    "portal": Scenario("connection.captive_portal", hotel=Hotel.REDIRECT),
    "portal_page": Scenario("connection.captive_portal", hotel=Hotel.PAGE),
    "portal_511": Scenario("connection.captive_portal", hotel=Hotel.DEMANDS),
    "portal_hijack": Scenario("connection.captive_portal", hotel=Hotel.HIJACK),
    "portal_tls": Scenario("connection.captive_portal", hotel=Hotel.FORGES),
    "portal_firewall": Scenario("connection.captive_portal", hotel=Hotel.FIREWALL),
    # Proxies. Beside them there is no way out, if it is not said.
    "proxy": Scenario("connection.ok", reachable=False, proxy=Proxy.OPEN),
    "proxy_gnome": Scenario("connection.ok", reachable=False, proxy=Proxy.OPEN, told=Told.GNOME),
    "proxy_kde": Scenario("connection.ok", reachable=False, proxy=Proxy.OPEN, told=Told.KDE),
    "proxy_login": Scenario("connection.proxy_login", reachable=False, proxy=Proxy.LOGIN),
    "proxy_refuses": Scenario("connection.proxy_down", reachable=False, proxy=Proxy.REFUSES),
    "proxy_gone": Scenario("connection.proxy_down", proxy=Proxy.GONE),
    "proxy_silent": Scenario("connection.proxy_down", proxy=Proxy.SILENT),
    "script": Scenario("connection.proxy_script", script=True, told=Told.GNOME),
    "script_kde": Scenario("connection.proxy_script", script=True, told=Told.KDE),
    "script_only": Scenario("connection.proxy_script", reachable=False, script=True, told=Told.GNOME),
    "socks": Scenario("connection.socks_proxy", socks=True),
    "socks_only": Scenario("connection.socks_proxy", reachable=False, socks=True, told=Told.GNOME),
    # Encryption.
    "intercepted": Scenario("connection.tls_intercepted", intercepted=True),
    "wrong_clock": Scenario("connection.wrong_clock", outdated=True),
    "wrong_name": Scenario("connection.provider_unreachable", other_names=True),
    # The provider, and others.
    "provider_down": Scenario("connection.provider_unreachable", provider=False, media=False),
    "provider_part": Scenario("connection.provider_unreachable", media=False),
    "others_down": Scenario("connection.ok", others=False),
    "no_tls": Scenario("connection.provider_unreachable", firewall="tcp dport 443 drop"),
    "server_down": Scenario("connection.ok", speed=False),
    # How the line is.
    "slow": Scenario("connection.ok", up="400kbit", down="3mbit"),
    "late": Scenario("connection.slow", delay_ms=400),
    "very_late": Scenario("connection.slow", delay_ms=900),
    "too_late": Scenario("connection.slow", delay_ms=1500),
    "narrow": Scenario("connection.slow", up="14kbit", down="14kbit", queue="6000ms", burst_bytes=1600),
    "late_names": Scenario("connection.slow", first_name_server_gone=True),
    "busy_down": Scenario("connection.line_in_use", busy="down", far_mbps=(8, 2)),
    "busy_up": Scenario("connection.line_in_use", busy="up", far_mbps=(8, 2)),
    "busy_deep": Scenario("connection.slow", busy="flood", far_mbps=(8, 2), queue="1500ms"),
    "metered": Scenario("connection.metered", metered=True),
    "vpn": Scenario("connection.vpn", tunnel=True),
}
