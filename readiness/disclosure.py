"""Who hears of a check: said before anything is sent, by every face."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from readiness.model import Reading
from readiness.profile import Profile, Server, ServerKind, is_near
from readiness.readings import BandwidthReading, CallQualityReading, ConnectionReading
from readiness.telling import listed
from readiness.text import N_, translate

_WHO_HEARS: Final = {
    ServerKind.SPEEDTEST_NET: N_("speedtest.net and some servers near you"),
    ServerKind.CLOUDFLARE: N_("Cloudflare's speed test"),
}


def who_hears(profile: Profile, language: str, kinds: Collection[type[Reading]]) -> tuple[str, ...]:
    """One sentence for each party that will notice a run that takes these kinds of readings."""
    said: list[str] = []
    network = profile.network
    called: tuple[str, ...] = ()
    if ConnectionReading in kinds:
        called = (*network.hosts, *(urlsplit(page.url).hostname or "" for page in network.portal_pages))
    if {ConnectionReading, BandwidthReading, CallQualityReading} & set(kinds):
        called = tuple(dict.fromkeys((*called, *network.other_hosts)))
    if called:
        sentence = N_("To test the connection, this computer calls {hosts}.")
        said.append(translate(sentence, language).format(hosts=listed(called, language)))
    servers = tuple(dict.fromkeys(filter(None, (_stranger(server, language) for server in profile.servers))))
    if BandwidthReading in kinds and servers:
        sentence = N_("To test its speed, {servers} may see your internet address.")
        said.append(translate(sentence, language).format(servers=listed(servers, language)))
    callers = tuple(dict.fromkeys(server.host for server in profile.turn if not is_near(server.host)))
    if CallQualityReading in kinds and callers:
        sentence = N_("To try out a call, {servers} may see your internet address.")
        said.append(translate(sentence, language).format(servers=listed(callers, language)))
    return tuple(said)


def _stranger(server: Server, language: str) -> str | None:
    """Who measures with us; None for a server inside one's own network, which is no news to anybody."""
    if server.url is None:
        return translate(_WHO_HEARS[server.kind], language)
    host = urlsplit(server.url).hostname or ""
    return None if is_near(host) else host
