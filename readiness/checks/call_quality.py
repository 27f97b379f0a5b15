"""Would a call get through this line in one piece: what is lost, how late it comes, how evenly, and over what?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from readiness.check import Check
from readiness.figures import shown_over
from readiness.model import Failure, Finding, Param, Status, in_order
from readiness.profile import Limit, Requirement
from readiness.readings import CallQualityReading, Transport

#: Failures that the probe itself ended with. After any other the facts are those of a measurement cut off in the middle.
_ENDED_BY_PROBE: Final = frozenset({Failure.SERVER_UNREACHABLE, Failure.NO_CONNECTION, Failure.NO_SERVER})

#: From here on a pause of our own is no longer noise: half a second is what a call's own buffers just bridge. Packets
#: that a shorter one has disturbed are left out one by one.
_PAUSE_MS: Final = 500.0

#: What is left after that must still be most of it.
_LEAST_COUNTED: Final = 0.8

#: What a transport that is not UDP means, by RFC 8835, section 3.4: calls fall back to it, and suffer from it.
_DETOURS: Final = {Transport.TCP: "udp_blocked", Transport.TLS: "tls_only"}


class CallQualityRequirement(Requirement, frozen=True):
    """What a profile demands of packets on their way, there and back.

    Leave ``required`` out in a profile without a ``[[turn]]`` server: nothing can be measured then, and what is required
    and not measured makes every verdict "partly checked".
    """

    loss_pct: Limit | None = None
    """Of 100 packets, those that did not come back."""
    delay_ms: Limit | None = None
    """One way: half of the time there and back."""
    jitter_ms: Limit | None = None
    rate_mbps: Limit | None = None
    """What the packets could carry. Only ever a hint: rates are for the bandwidth check to measure."""


class CallQualityCheck(Check[CallQualityReading, CallQualityRequirement]):
    """Loss, delay and jitter of a call's packets. The plain limits decide; the estimate of the sound is only told."""

    id = "call_quality"
    reads = CallQualityReading
    requires = CallQualityRequirement

    def judge(
        self, reading: CallQualityReading, requirement: CallQualityRequirement, today: date
    ) -> tuple[Finding, ...]:
        if reading.failure is not None:
            return (self._not_measured(reading, reading.failure),)
        if _disturbed(reading):
            # What a computer that stood still did to its own packets must never be blamed on the line.
            return in_order((*self._way(reading), self.finding("disturbed", Status.UNKNOWN)))
        facts = (reading.transport, reading.loss_pct, reading.delay_ms, reading.jitter_ms, reading.rate_mbps)
        if None in facts or not reading.packets_counted:
            return (self.not_checked(Failure.CRASHED),)  # a fact is missing without a reason: a fault of the probe
        findings = (*self._way(reading), *self._packets(reading, requirement))
        return self.found(findings) if findings else (self.finding("ok", Status.PASS, **_facts(reading)),)

    def _not_measured(self, reading: CallQualityReading, failure: Failure) -> Finding:
        if failure not in _ENDED_BY_PROBE:
            return self.not_checked(failure)
        if failure is not Failure.SERVER_UNREACHABLE:
            return self.finding("not_measured", Status.UNKNOWN, reason=failure.value)
        name = "credentials_refused" if reading.credentials_refused else "server_unreachable"
        return self.finding(name, Status.UNKNOWN)

    def _way(self, reading: CallQualityReading) -> Iterator[Finding]:
        detour = reading.transport and _DETOURS.get(reading.transport)
        if detour == "tls_only":
            yield self.finding("tls_only", Status.WARN)
        elif detour:
            yield self.finding("udp_blocked", Status.WARN)

    def _packets(self, reading: CallQualityReading, requirement: CallQualityRequirement) -> Iterator[Finding]:
        rate_mbps = reading.rate_mbps
        for fact, limit, names in (
            ("loss_pct", requirement.loss_pct, ("loss", "too_much_loss")),
            ("delay_ms", requirement.delay_ms, ("delay", "too_much_delay")),
            ("jitter_ms", requirement.jitter_ms, ("jitter", "too_much_jitter")),
        ):
            value = getattr(reading, fact)
            status = limit.judge(value) if limit else Status.PASS
            if status is Status.WARN:
                yield self.finding(names[0], status, **{fact: shown_over(value)})
            elif status is Status.FAIL:
                yield self.finding(names[1], status, **{fact: shown_over(value)})
        if rate_mbps is not None and requirement.rate_mbps and requirement.rate_mbps.judge(rate_mbps) != Status.PASS:
            yield self.finding("low_rate", Status.WARN, rate_mbps=rate_mbps)


def _disturbed(reading: CallQualityReading) -> bool:
    """Whether this computer itself was in the way so much that nothing can be said of the line."""
    if reading.own_pause_ms is not None and reading.own_pause_ms > _PAUSE_MS:
        return True
    sent, counted = reading.packets_sent, reading.packets_counted
    return sent is not None and counted is not None and counted < _LEAST_COUNTED * sent


def _facts(reading: CallQualityReading) -> dict[str, Param]:
    facts = {name: getattr(reading, name) for name in ("loss_pct", "delay_ms", "jitter_ms")}
    shown: dict[str, Param] = {name: shown_over(value) for name, value in facts.items()}
    return shown if reading.mos is None else {"mos": reading.mos, **shown}
