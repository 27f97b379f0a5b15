"""Does this computer reach the provider, and if not, which layer of the connection ends it?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from readiness.check import Check
from readiness.model import Failure, Finding, Status, in_order
from readiness.profile import Limit, Requirement
from readiness.readings import ConnectionReading, Medium, Reached

#: What each layer that ended the way is called. INTERNET and PROVIDER are not here: they depend on the hosts.
_ENDED_AT: Final = {
    Reached.NOTHING: "no_link",
    Reached.LINK: "no_address",
    Reached.ADDRESS: "no_gateway",
    Reached.GATEWAY: "no_dns",
    Reached.NAMES: "no_internet",
    Reached.PROXY_DOWN: "proxy_down",
    Reached.PORTAL: "captive_portal",
    Reached.PROXY_LOGIN: "proxy_login",
    Reached.INTERCEPTED: "tls_intercepted",
}


#: How wrong a clock must be to be what is the matter with certificates: they are made for months, and a web server's
#: own clock may be wrong by minutes.
_CLOCK_OFF_H: Final = 24.0

#: Where our own way ended, and that of a browser which asks a proxy script or a SOCKS proxy need not have.
_BROWSERS_MAY_PASS: Final = frozenset({Reached.ADDRESS, Reached.GATEWAY, Reached.NAMES, Reached.PROXY_DOWN})

#: The most that the tests of a run take from a line that is paid by use, in MB: 25 each way for the speed, 6 for a call's
#: packets there and back, and what goes beside them.
MOST_TEST_MB: Final = 60


class ConnectionRequirement(Requirement, frozen=True):
    """What a profile demands of the connection itself; how fast it is, is for the bandwidth check."""

    signal_bars: Limit | None = None
    """Wi-Fi bars, 0 to 4, below which a hint is given. Only ever a hint: weak Wi-Fi may still be fast enough."""
    answer_s: Limit | None = None
    """How long the quickest host may take to show who it is, name and encryption included."""
    others_down_mbps: Limit | None = None
    """What other programs on this computer may take of the line while we are quiet."""
    others_up_mbps: Limit | None = None
    provider: bool = False
    """Whether a provider's hosts must have answered. A profile of no provider has none to ask."""


class ConnectionCheck(Check[ConnectionReading, ConnectionRequirement]):
    """From the network adapter to the provider's hosts: the first layer that does not answer is the one to fix."""

    id = "connection"
    reads = ConnectionReading
    requires = ConnectionRequirement

    def judge(self, reading: ConnectionReading, requirement: ConnectionRequirement, today: date) -> tuple[Finding, ...]:
        if reading.reached is None or reading.failure is not None:
            # How far an unfinished attempt had come says nothing about how far the connection goes.
            return (self.not_checked(reading.failure or Failure.CRASHED),)
        way = tuple(self._unlike_browsers(reading, reading.reached)) or tuple(self._way(reading, reading.reached))
        if not way and reading.reached is Reached.INTERNET:
            # No host of a provider was asked: that is enough only for a profile that knows none.
            way = (
                self.not_checked(Failure.NO_SERVER) if requirement.provider else self.finding("online", Status.PASS),
            )
        told = {finding.id for finding in way}
        hints = (hint for hint in self._hints(reading, requirement, reading.reached) if hint.id not in told)
        return in_order((*way, *hints)) or (self.finding("ok", Status.PASS),)

    def _unlike_browsers(self, reading: ConnectionReading, reached: Reached) -> Iterator[Finding]:
        """Our way ended where a browser's may go on: then how far the person's pages get was not measured."""
        ended = reached in _BROWSERS_MAY_PASS or (reached is Reached.INTERNET and bool(reading.hosts_unreachable))
        if ended and _clock_is_right(reading):
            if reading.proxy_script is not None:
                yield self.finding("proxy_script", Status.UNKNOWN, host=reading.proxy_script)
            elif reading.socks:
                yield self.finding("socks_proxy", Status.UNKNOWN)

    def _way(self, reading: ConnectionReading, reached: Reached) -> Iterator[Finding]:
        if reached is Reached.PORTAL:
            yield self.finding("captive_portal", Status.FAIL, url=reading.portal_url or "")
        elif reached is Reached.INTERCEPTED:
            yield self.finding("tls_intercepted", Status.FAIL, issuer=reading.certificate_issuer or "")
        elif reached is Reached.LATE:
            # Something answers, and nothing tells how far: no layer is to blame, and none is known to be good.
            yield self.finding("slow", Status.UNKNOWN)
        elif reached in _ENDED_AT:
            yield self.finding(_ENDED_AT[reached], Status.FAIL)
        elif reached is Reached.INTERNET and not _clock_is_right(reading):
            # Certificates look too old or too new to a wrong clock: nobody opens the encryption, and no host is down.
            yield self.finding("wrong_clock", Status.FAIL)
        elif reading.hosts_unreachable:
            # With one of the provider's hosts out and others answering, a visit may work: a limit, not a failure.
            status = Status.WARN if reached is Reached.PROVIDER else Status.FAIL
            yield self.finding("provider_unreachable", status, hosts=reading.hosts_unreachable)

    def _hints(
        self, reading: ConnectionReading, requirement: ConnectionRequirement, reached: Reached
    ) -> Iterator[Finding]:
        online = reached in (Reached.INTERNET, Reached.PROVIDER)
        down_mbps, up_mbps = reading.others_down_mbps, reading.others_up_mbps
        if _over(requirement.others_down_mbps, down_mbps) or _over(requirement.others_up_mbps, up_mbps):
            yield self.finding("line_in_use", Status.WARN, down_mbps=down_mbps or 0.0, up_mbps=up_mbps or 0.0)
        if online and _over(requirement.answer_s, reading.answer_s):
            yield self.finding("slow", Status.WARN)
        if online and reading.proxy_script:
            # A script that the network would only be asked for says nothing: most networks have none.
            yield self.finding("proxy_script", Status.WARN, host=reading.proxy_script)
        if online and reading.socks:
            yield self.finding("socks_proxy", Status.WARN)
        limit, bars = requirement.signal_bars, reading.signal_bars
        if reading.medium is Medium.WIFI and limit and bars is not None and limit.judge(bars) is not Status.PASS:
            yield self.finding("weak_wifi", Status.WARN, bars=bars)
        if reading.vpn:
            yield self.finding("vpn", Status.WARN)
        if reading.metered:
            yield self.finding("metered", Status.WARN, test_mb=MOST_TEST_MB)


def _clock_is_right(reading: ConnectionReading) -> bool:
    return abs(reading.clock_off_h or 0.0) <= _CLOCK_OFF_H


def _over(limit: Limit | None, value: float | None) -> bool:
    """Whether a number that could be had is not good. Only ever a hint, whatever the profile calls it."""
    return limit is not None and limit.judge(value) in (Status.WARN, Status.FAIL)
