"""Is the line fast enough, in both directions, for picture and sound?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from readiness.check import Check
from readiness.figures import shown_mbps
from readiness.model import Failure, Finding, Param, Status
from readiness.profile import Limit, Requirement
from readiness.readings import BandwidthReading, Stop

#: Failures after which the numbers in the reading are final: the probe itself ended there. After any other failure
#: they are what a measurement cut off in the middle last told, which is no result.
_ENDED_BY_PROBE: Final = frozenset({Failure.SERVER_UNREACHABLE, Failure.NO_CONNECTION, Failure.NO_SERVER})

#: A pause of this computer from which on a low rate says nothing of the line. A rate counts after half a second at rest
#: (`readiness.probes.steadiness`), so a pause as long as that can have been all of it. A processor that other programs
#: keep busy pauses us for some hundredths of a second at a time, and that the system's buffers bridge: even the 64 KiB of
#: the smallest take 0.3 s to fill at 1.8 Mbit/s. So a slow line stays a slow line on a computer that is merely busy.
LONG_PAUSE_MS: Final = 500.0

#: From here on a rate goes up and down; a line at rest has 5 or less. Our own choice, and only ever a hint: with less, a
#: line that carries a quarter more than is needed never dips below that.
_UNSTEADY_PCT: Final = 30.0

#: The spread is how far the thirds of a measurement lie apart, so its lowest third is no further below the mean.
_LOW_SHARE: Final = 2 / 3

_DIRECTIONS: Final = ("down", "up")


class BandwidthRequirement(Requirement, frozen=True):
    """What a profile demands of the line's speed."""

    down_mbps: Limit | None = None
    up_mbps: Limit | None = None
    rtt_ms: Limit | None = None
    """Round trip on the idle line. Only ever a hint: it is the way to the measurement server, not to the visit."""
    jitter_ms: Limit | None = None
    """How unevenly those round trips come. Only ever a hint, for the same reason."""
    loaded_rtt_ms: Limit | None = None
    """Round trip on the full line. Only ever a hint: a visit alone does not fill a line that is fast enough."""
    sound_only_mbps: Limit | None = None
    """What sound alone needs, in each direction: a line under `down_mbps` or `up_mbps` may still carry a voice."""


class BandwidthCheck(Check[BandwidthReading, BandwidthRequirement]):
    """The measured rates against what the provider asks for.

    A direction that was not measured is never good, and a rate that is only a lower bound is never too slow: the bytes
    were used up before the rate had come to rest, or this computer stopped the measurement for too long.
    """

    id = "bandwidth"
    reads = BandwidthReading
    requires = BandwidthRequirement

    def judge(self, reading: BandwidthReading, requirement: BandwidthRequirement, today: date) -> tuple[Finding, ...]:
        failure = reading.failure
        if failure is not None and failure not in _ENDED_BY_PROBE:
            return (self.not_checked(failure),)
        if reading.stopped_because is Stop.LOST:
            # Whatever the line carried before: it carries nothing now, and what it carried at last it died under.
            return (self._lost(reading),)
        findings = (
            *self._sound_only(reading, requirement),
            *self._rates(reading, requirement),
            *self._missing(reading),
            *self._unsteady(reading, requirement),
            *self._reply(reading, requirement),
        )
        if not findings:
            return (self.finding("ok", Status.PASS, **_quoted(reading)),)
        return self.found(findings)

    def _lost(self, reading: BandwidthReading) -> Finding:
        """A computer that was asleep loses its connections: that is no fault of the line."""
        if is_disturbed(reading):
            return self.finding("disturbed", Status.UNKNOWN)
        return self.finding("broke_off", Status.FAIL)

    def _sound_only(self, reading: BandwidthReading, requirement: BandwidthRequirement) -> Iterator[Finding]:
        """The consequence comes before its cause: what the person can still do leads, the slow direction follows."""
        limit = requirement.sound_only_mbps
        known = (reading.down_mbps, reading.up_mbps)
        if limit is None or None in known or Status.FAIL in map(limit.judge, known):
            return
        too_slow = [
            direction
            for direction in _DIRECTIONS
            if judged(_limit(requirement, direction), _mbps(reading, direction)) is Status.FAIL
            and not is_lower_bound(reading, direction)
        ]
        if too_slow:
            yield self.finding("sound_only", Status.FAIL, **_quoted(reading))

    def _rates(self, reading: BandwidthReading, requirement: BandwidthRequirement) -> Iterator[Finding]:
        unproven: list[Status] = []
        for direction in _DIRECTIONS:
            mbps = _mbps(reading, direction)
            status = Status.PASS if mbps is None else judged(_limit(requirement, direction), mbps)
            if mbps is None or status is Status.PASS:
                continue
            if is_lower_bound(reading, direction):
                unproven.append(status)
            else:
                name = "too_slow" if status is Status.FAIL else "slow"
                yield self.finding(f"{name}_{direction}", status, **{f"{direction}_mbps": shown_mbps(mbps)})
        if unproven:
            # The least that a visit needs was seen, or not even that: then nobody knows whether it will do.
            status = Status.UNKNOWN if Status.FAIL in unproven else Status.WARN
            yield self.finding("disturbed" if is_disturbed(reading) else "unfinished", status)

    def _missing(self, reading: BandwidthReading) -> Iterator[Finding]:
        if reading.down_mbps is not None and reading.up_mbps is not None:
            return
        if reading.failure is Failure.SERVER_UNREACHABLE:
            yield self.finding("server_unreachable", Status.UNKNOWN)
        else:
            # Neither a number nor a reason is a fault of the probe.
            yield self.finding("not_measured", Status.UNKNOWN, reason=(reading.failure or Failure.CRASHED).value)

    def _unsteady(self, reading: BandwidthReading, requirement: BandwidthRequirement) -> Iterator[Finding]:
        """A rate that is good on the whole, and dips below that."""
        lows = [low for direction in _DIRECTIONS if (low := dip_mbps(reading, requirement, direction)) is not None]
        if lows and not is_disturbed(reading):
            yield self.finding("unsteady", Status.WARN, low_mbps=shown_mbps(min(lows)))

    def _reply(self, reading: BandwidthReading, requirement: BandwidthRequirement) -> Iterator[Finding]:
        idle_ms, loaded_ms, jitter_ms = reading.rtt_ms, reading.loaded_rtt_ms, reading.jitter_ms
        if idle_ms is not None and judged(requirement.rtt_ms, idle_ms) is not Status.PASS:
            yield self.finding("slow_reply", Status.WARN, rtt_ms=round(idle_ms))
        if is_disturbed(reading):
            return  # answers that nobody was awake to take are no later for the line's sake
        if jitter_ms is not None and judged(requirement.jitter_ms, jitter_ms) is not Status.PASS:
            yield self.finding("jitter", Status.WARN, jitter_ms=round(jitter_ms))
        full = requirement.loaded_rtt_ms
        # Answers that are late on the idle line, too, are late for another reason.
        if loaded_ms is not None and judged(full, loaded_ms) is not Status.PASS is judged(full, idle_ms or 0.0):
            yield self.finding("slow_when_busy", Status.WARN, loaded_rtt_ms=round(loaded_ms))


def is_disturbed(reading: BandwidthReading) -> bool:
    """Whether this computer did not let the measurement run for so long that low rates say nothing of the line."""
    return reading.own_pause_ms is not None and reading.own_pause_ms > LONG_PAUSE_MS


def is_lower_bound(reading: BandwidthReading, direction: str) -> bool:
    """Whether the rate of a direction, "down" or "up", is only the least that the line carries."""
    at_least = reading.down_at_least if direction == "down" else reading.up_at_least
    return at_least or is_disturbed(reading)


def dip_mbps(reading: BandwidthReading, requirement: BandwidthRequirement, direction: str) -> float | None:
    """How low a direction that is good on the whole went while it was measured; None where that was good, too."""
    mbps, limit = _mbps(reading, direction), _limit(requirement, direction)
    spread_pct = reading.down_spread_pct if direction == "down" else reading.up_spread_pct
    if mbps is None or spread_pct is None or spread_pct < _UNSTEADY_PCT or judged(limit, mbps) is not Status.PASS:
        return None
    if is_lower_bound(reading, direction):
        return (
            None  # over in an instant, or held up by something else than the line: its ups and downs are not the line's
        )
    low_mbps = max(0.0, mbps * (1 - spread_pct * _LOW_SHARE / 100))
    return None if judged(limit, low_mbps) is Status.PASS else low_mbps


def judged(limit: Limit | None, value: float | None) -> Status:
    """PASS where the profile sets no limit; UNKNOWN for a number that could not be had."""
    return limit.judge(value) if limit else Status.PASS


def _mbps(reading: BandwidthReading, direction: str) -> float | None:
    return reading.down_mbps if direction == "down" else reading.up_mbps


def _limit(requirement: BandwidthRequirement, direction: str) -> Limit | None:
    return requirement.down_mbps if direction == "down" else requirement.up_mbps


def _quoted(reading: BandwidthReading) -> dict[str, Param]:
    return {
        f"{direction}_mbps": shown_mbps(mbps)
        for direction in _DIRECTIONS
        if (mbps := _mbps(reading, direction)) is not None
    }
