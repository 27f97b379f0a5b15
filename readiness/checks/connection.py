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
    Reached.PORTAL: "captive_portal",
    Reached.PROXY_LOGIN: "proxy_login",
    Reached.INTERCEPTED: "tls_intercepted",
}


#: How wrong a clock must be to be what is the matter with certificates: they are made for months, and a web server's
#: own clock may be wrong by minutes.
_CLOCK_OFF_H: Final = 24.0


class ConnectionRequirement(Requirement, frozen=True):
    """What a profile demands of the connection itself; how fast it is, is for the bandwidth check."""

    signal_bars: Limit | None = None
    """Wi-Fi bars, 0 to 4, below which a hint is given. Only ever a hint: weak Wi-Fi may still be fast enough."""
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
        way = tuple(self._way(reading, reading.reached))
        if not way and reading.reached is Reached.INTERNET:
            # No host of a provider was asked: that is enough only for a profile that knows none.
            way = (
                self.not_checked(Failure.NO_SERVER) if requirement.provider else self.finding("online", Status.PASS),
            )
        return in_order((*way, *self._hints(reading, requirement))) or (self.finding("ok", Status.PASS),)

    def _way(self, reading: ConnectionReading, reached: Reached) -> Iterator[Finding]:
        if reached is Reached.PORTAL:
            yield self.finding("captive_portal", Status.FAIL, url=reading.portal_url or "")
        elif reached is Reached.INTERCEPTED:
            yield self.finding("tls_intercepted", Status.FAIL, issuer=reading.certificate_issuer or "")
        elif reached in _ENDED_AT:
            yield self.finding(_ENDED_AT[reached], Status.FAIL)
        elif reached is Reached.INTERNET and abs(reading.clock_off_h or 0.0) > _CLOCK_OFF_H:
            # Certificates look too old or too new to a wrong clock: nobody opens the encryption, and no host is down.
            yield self.finding("wrong_clock", Status.FAIL)
        elif reading.hosts_unreachable:
            # With one of the provider's hosts out and others answering, a visit may work: a limit, not a failure.
            status = Status.WARN if reached is Reached.PROVIDER else Status.FAIL
            yield self.finding("provider_unreachable", status, hosts=reading.hosts_unreachable)

    def _hints(self, reading: ConnectionReading, requirement: ConnectionRequirement) -> Iterator[Finding]:
        limit, bars = requirement.signal_bars, reading.signal_bars
        if reading.medium is Medium.WIFI and limit and bars is not None and limit.judge(bars) is not Status.PASS:
            yield self.finding("weak_wifi", Status.WARN, bars=bars)
        if reading.vpn:
            yield self.finding("vpn", Status.WARN)
