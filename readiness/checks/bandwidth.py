"""Is the line fast enough, in both directions, for picture and sound?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from readiness.check import Check
from readiness.model import Failure, Finding, Param, Status
from readiness.profile import Limit, Requirement
from readiness.readings import BandwidthReading

#: Failures after which the numbers in the reading are final: the probe itself ended there. After any other failure
#: they are what a measurement cut off in the middle last told, which is no result.
_ENDED_BY_PROBE: Final = frozenset({Failure.SERVER_UNREACHABLE, Failure.NO_CONNECTION, Failure.NO_SERVER})


class BandwidthRequirement(Requirement, frozen=True):
    """What a profile demands of the line's speed."""

    down_mbps: Limit | None = None
    up_mbps: Limit | None = None
    rtt_ms: Limit | None = None
    """Round trip on the idle line. Only ever a hint: it is the way to the measurement server, not to the visit."""
    sound_only_mbps: Limit | None = None
    """What sound alone needs, in each direction: a line under `down_mbps` or `up_mbps` may still carry a voice."""


class BandwidthCheck(Check[BandwidthReading, BandwidthRequirement]):
    """The measured rates against what the provider asks for. A direction that was not measured is never good."""

    id = "bandwidth"
    reads = BandwidthReading
    requires = BandwidthRequirement

    def judge(self, reading: BandwidthReading, requirement: BandwidthRequirement, today: date) -> tuple[Finding, ...]:
        failure = reading.failure
        if failure is not None and failure not in _ENDED_BY_PROBE:
            return (self.not_checked(failure),)
        findings = (
            *self._sound_only(reading, requirement),
            *self._rate("down", reading.down_mbps, requirement.down_mbps),
            *self._rate("up", reading.up_mbps, requirement.up_mbps),
            *self._missing(reading),
            *self._reply(reading, requirement),
        )
        if not findings:
            return (self.finding("ok", Status.PASS, **_rates(reading)),)
        return self.found(findings)

    def _sound_only(self, reading: BandwidthReading, requirement: BandwidthRequirement) -> Iterator[Finding]:
        """The consequence comes before its cause: what the person can still do leads, the slow direction follows."""
        down_mbps, up_mbps, limit = reading.down_mbps, reading.up_mbps, requirement.sound_only_mbps
        if down_mbps is None or up_mbps is None or limit is None:
            return
        too_slow = Status.FAIL in (_judged(requirement.down_mbps, down_mbps), _judged(requirement.up_mbps, up_mbps))
        if too_slow and Status.FAIL not in (limit.judge(down_mbps), limit.judge(up_mbps)):
            yield self.finding("sound_only", Status.FAIL, **_rates(reading))

    def _rate(self, direction: str, mbps: float | None, limit: Limit | None) -> Iterator[Finding]:
        if mbps is None:
            return
        status = _judged(limit, mbps)
        name = {Status.FAIL: f"too_slow_{direction}", Status.WARN: f"slow_{direction}"}.get(status)
        if name:
            yield self.finding(name, status, **{f"{direction}_mbps": shown_mbps(mbps)})

    def _missing(self, reading: BandwidthReading) -> Iterator[Finding]:
        if reading.down_mbps is not None and reading.up_mbps is not None:
            return
        if reading.failure is Failure.SERVER_UNREACHABLE:
            yield self.finding("server_unreachable", Status.UNKNOWN)
        else:
            # Neither a number nor a reason is a fault of the probe.
            yield self.finding("not_measured", Status.UNKNOWN, reason=(reading.failure or Failure.CRASHED).value)

    def _reply(self, reading: BandwidthReading, requirement: BandwidthRequirement) -> Iterator[Finding]:
        if reading.rtt_ms is not None and _judged(requirement.rtt_ms, reading.rtt_ms) is not Status.PASS:
            yield self.finding("slow_reply", Status.WARN, rtt_ms=round(reading.rtt_ms))


def shown_mbps(mbps: float) -> float:
    """A rate as a sentence quotes it: about two significant figures, rounded down so that it never crosses a limit.

    A line of 0.599 Mbit/s that is told to be under 0.6 must not be shown as "0.6".
    """
    scale = 100 if mbps < 1 else 10 if mbps < 100 else 1
    return int(mbps * scale + 1e-9) / scale


def _rates(reading: BandwidthReading) -> dict[str, Param]:
    rates = {"down_mbps": reading.down_mbps, "up_mbps": reading.up_mbps}
    return {name: shown_mbps(mbps) for name, mbps in rates.items() if mbps is not None}


def _judged(limit: Limit | None, value: float | None) -> Status:
    """PASS where the profile sets no limit; UNKNOWN for a number that could not be had."""
    return limit.judge(value) if limit else Status.PASS
