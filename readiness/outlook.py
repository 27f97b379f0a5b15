"""What will this line carry: picture and sound, sound only, or no visit at all? One answer out of three checks.

The checks `connection`, `bandwidth` and `call_quality` each judge one side of the line by the profile. This puts their
findings together; all limits are the profile's. Pure: a report that was loaded from a file gets its answer again.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec

from readiness.checks.bandwidth import BandwidthRequirement, is_lower_bound
from readiness.checks.call_quality import CallQualityRequirement
from readiness.model import Failure, Finding, Report, Result, Status
from readiness.profile import Profile
from readiness.readings import (
    BandwidthReading,
    CallQualityReading,
    ConnectionReading,
    Counted,
    Medium,
    Stop,
    Transport,
)


class Outlook(StrEnum):
    """What the line will carry, from the best to the worst; UNKNOWN is none of these and never looks good."""

    GOOD = "good"
    """Picture and sound."""
    MAY_FREEZE = "may_freeze"
    """Picture and sound, not always in one piece."""
    SOUND_ONLY = "sound_only"
    """A voice, but no picture worth the name: offer the visit by phone."""
    NOT_ENOUGH = "not_enough"
    """Not even a voice."""
    UNKNOWN = "unknown"
    """What decides was not measured."""


class Help(StrEnum):
    """What would really help on this line, by what was measured; the easiest one first."""

    NEARER = "nearer"
    """The Wi-Fi is weak."""
    CABLE = "cable"
    """The line goes over Wi-Fi, and does not carry all that a visit needs."""
    CLOSE_PROGRAMS = "close_programs"
    """Other programs on this computer use the line now."""
    PAUSE_SENDING = "pause_sending"
    """Sending is what is slow."""
    OTHERS_PAUSE = "others_pause"
    """The line is slow, or gets slow when it is in use."""
    VPN_OFF = "vpn_off"
    """All goes through a VPN."""
    PHONE_VISIT = "phone_visit"
    """No picture will come through."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The few numbers a person may want to hear. None for what was not measured."""

    down_mbps: float | None = None
    up_mbps: float | None = None
    down_at_least: bool = False
    """The line carries this or more."""
    up_at_least: bool = False
    up_estimated: bool = False
    """Nobody counted what arrived of the upload."""
    rtt_ms: float | None = None
    loss_pct: float | None = None
    used_mb: float | None = None
    """What the speed test sent and received, in 10^6 bytes; None for nothing."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, what led to it, and what would help."""

    outlook: Outlook
    because: tuple[str, ...] = ()
    """Ids of the findings that kept it from being better, in the order of the checks."""
    helps: tuple[Help, ...] = ()
    """At most three, the easiest first."""
    late: bool = False
    """Picture and sound come through whole, but so late that people talk at the same time."""
    offline: bool = False
    """The connection itself has to be mended first; its own finding says how."""
    call_measured: bool = False
    """Whether packets like a call's were sent, too. Only they show what gets lost."""
    metered: bool = False
    """Whether the system says that this line is paid by use: then a person should hear what the test has cost."""
    figures: Figures = Figures()


#: Said in their own words beside the outlook, and no reason for a frozen picture: late answers, and a line that would
#: be late if somebody else filled it.
_HARMLESS: Final = frozenset({"bandwidth.slow_reply", "bandwidth.slow_when_busy", "call_quality.delay"})

#: Too late to talk well; the picture does not suffer from it.
_LATE: Final = "call_quality.too_much_delay"

_BROKE_OFF: Final = "bandwidth.broke_off"

#: The network itself lets calls through by a side door only: nothing at home helps against that, a VPN aside.
_DETOURS: Final = frozenset({"call_quality.udp_blocked", "call_quality.tls_only"})

#: Sending is what is slow: films that others watch are not in its way, photos that are saved somewhere are.
_SLOW_UP: Final = frozenset({"bandwidth.slow_up", "bandwidth.too_slow_up"})

_MOST_HELPS: Final = 3

#: Failures of the speed test after which its numbers are results.
_WHOLE: Final = frozenset({None, Failure.SERVER_UNREACHABLE, Failure.NO_CONNECTION})


class _Line(msgspec.Struct, frozen=True):
    """What the three checks found, side by side."""

    connection: Result | None
    bandwidth: Result | None
    call: Result | None
    needs: BandwidthRequirement
    call_needs: CallQualityRequirement

    @property
    def rates(self) -> BandwidthReading:
        """The speed test's reading; an empty one where it was cut off, where the line died under it, or left out."""
        reading = self.bandwidth and self.bandwidth.reading
        if (
            not isinstance(reading, BandwidthReading)
            or reading.failure not in _WHOLE
            or reading.stopped_because is Stop.LOST
        ):
            return BandwidthReading()
        return reading

    @property
    def packets(self) -> CallQualityReading:
        """The call's reading; an empty one where the packets say nothing."""
        reading = self.call and self.call.reading
        return reading if isinstance(reading, CallQualityReading) and self.call_measured else CallQualityReading()

    @property
    def call_measured(self) -> bool:
        return self.call is not None and self.call.status not in {Status.UNKNOWN, Status.SKIPPED}

    @property
    def offline(self) -> bool:
        return self.connection is not None and self.connection.status is Status.FAIL

    def found(self, *statuses: Status) -> Iterator[str]:
        """Ids of what was found out about the line itself with one of these statuses."""
        yield from _ids(self.bandwidth, statuses)
        yield from _ids(self.call, statuses)


def forecast(report: Report, profile: Profile) -> Forecast:
    """What the line of a report will carry, by what the profile says a visit needs.

    ==============================================================  ===========================
    the first row that holds                                        outlook
    ==============================================================  ===========================
    the line broke off in the middle of the test                    not enough
    no picture, and a direction or the loss rules out a voice, too  not enough
    the connection itself fails                                     unknown
    no picture, and both directions carry a voice                   sound only
    no picture, and one direction was not measured                  unknown
    a direction was not measured, or the profile names no need      unknown
    slow, unsteady, uneven, losing packets, a detour, very late     may freeze
    else                                                            good
    ==============================================================  ===========================

    "No picture" is what bandwidth or call_quality fail for (very late aside). A call whose packets were not measured
    does not make the outlook unknown, as few profiles have a server for it; `Forecast.call_measured` tells, so that
    no face says more than was found out.
    """
    line = _line(report, profile)
    outlook = _outlook(line)
    because = _because(line, outlook)
    connection = line.connection and line.connection.reading
    return Forecast(
        outlook=outlook,
        because=because,
        helps=tuple(_helps(line, outlook, because))[:_MOST_HELPS],
        late=outlook is Outlook.MAY_FREEZE and because == (_LATE,),
        offline=outlook is Outlook.UNKNOWN and line.offline,
        call_measured=line.call_measured,
        metered=isinstance(connection, ConnectionReading) and connection.metered is True,
        figures=_figures(line),
    )


def _line(report: Report, profile: Profile) -> _Line:
    results = {result.check: result for result in report.results}
    return _Line(
        results.get("connection"),
        results.get("bandwidth"),
        results.get("call_quality"),
        profile.requirement("bandwidth", BandwidthRequirement),
        profile.requirement("call_quality", CallQualityRequirement),
    )


def _outlook(line: _Line) -> Outlook:
    """See the table in `forecast`."""
    no_picture = [name for name in line.found(Status.FAIL) if name != _LATE]
    voice = _carries_voice(line)
    if _BROKE_OFF in no_picture or (no_picture and voice is False):
        return Outlook.NOT_ENOUGH
    if line.offline:
        return Outlook.UNKNOWN
    if no_picture:
        return Outlook.SOUND_ONLY if voice else Outlook.UNKNOWN
    known = line.bandwidth is not None and line.bandwidth.status not in {Status.UNKNOWN, Status.SKIPPED}
    if not known or line.needs.down_mbps is None or line.needs.up_mbps is None:
        return Outlook.UNKNOWN
    return Outlook.MAY_FREEZE if tuple(_limits(line)) else Outlook.GOOD


def _limits(line: _Line) -> Iterator[str]:
    """What keeps a line with a picture from being good."""
    yield from (name for name in line.found(Status.FAIL) if name == _LATE)
    yield from (name for name in line.found(Status.WARN) if name not in _HARMLESS)


def _carries_voice(line: _Line) -> bool | None:
    """Whether sound alone would come through; None when a direction that decides was not measured."""
    limit, loss = line.needs.sound_only_mbps, line.call_needs.loss_pct
    loss_pct = line.packets.loss_pct
    # For a voice, less is asked for than what the limit still lets pass: see `Limit.judge`.
    if limit is None or (loss and loss.fail_above is not None and (loss_pct or 0.0) >= loss.fail_above):
        return False
    rates = line.rates
    known = [limit.judge(mbps) for mbps in (rates.down_mbps, rates.up_mbps)]
    proven = [status for status, way in zip(known, ("down", "up"), strict=True) if not is_lower_bound(rates, way)]
    if Status.FAIL in proven:
        return False
    return None if {Status.UNKNOWN, Status.FAIL} & set(known) else True


def _because(line: _Line, outlook: Outlook) -> tuple[str, ...]:
    match outlook:
        case Outlook.GOOD:
            return ()
        case Outlook.MAY_FREEZE:
            return tuple(_limits(line))
        case Outlook.UNKNOWN if line.offline:
            return tuple(_ids(line.connection, (Status.FAIL,)))
        case Outlook.UNKNOWN:
            return (*_ids(line.bandwidth, (Status.UNKNOWN,)), *line.found(Status.FAIL))
        case _:
            return tuple(line.found(Status.FAIL))


def _helps(line: _Line, outlook: Outlook, because: tuple[str, ...]) -> Iterator[Help]:
    """What would help, the easiest first. Nothing for a line of which nothing is known: that is for its findings."""
    if outlook is Outlook.UNKNOWN:
        return
    hints = {finding.id for result in (line.connection, line.bandwidth) for finding in _findings(result)}
    if outlook is Outlook.GOOD:
        if "bandwidth.slow_when_busy" in hints:
            yield Help.OTHERS_PAUSE
        return
    if _BROKE_OFF in because:
        return  # what is slow can be helped; what is gone must come back, and its finding says how
    phone = outlook in {Outlook.SOUND_ONLY, Outlook.NOT_ENOUGH}
    yield from tuple(_mends(line, hints, because))[: _MOST_HELPS - phone]
    if phone:
        yield Help.PHONE_VISIT


def _mends(line: _Line, hints: set[str], because: tuple[str, ...]) -> Iterator[Help]:
    reading = line.connection and line.connection.reading
    causes = set(because) - {"bandwidth.sound_only"}
    if causes - _DETOURS:
        if "connection.weak_wifi" in hints:
            yield Help.NEARER
        if "connection.line_in_use" in hints:
            yield Help.CLOSE_PROGRAMS
        if isinstance(reading, ConnectionReading) and reading.medium is Medium.WIFI:
            yield Help.CABLE
    if "connection.vpn" in hints:
        yield Help.VPN_OFF
    if causes & _SLOW_UP:
        yield Help.PAUSE_SENDING
    if causes - _DETOURS - _SLOW_UP:
        yield Help.OTHERS_PAUSE


def _figures(line: _Line) -> Figures:
    rates = line.rates
    readings = (result.reading for result in (line.bandwidth, line.call) if result)
    measured = (reading for reading in readings if isinstance(reading, BandwidthReading | CallQualityReading))
    used = sum(reading.bytes_down + reading.bytes_up for reading in measured)
    return Figures(
        down_mbps=rates.down_mbps,
        up_mbps=rates.up_mbps,
        down_at_least=rates.down_mbps is not None and is_lower_bound(rates, "down"),
        up_at_least=rates.up_mbps is not None and is_lower_bound(rates, "up"),
        up_estimated=rates.up_mbps is not None and rates.up_counted_by is Counted.ESTIMATE,
        rtt_ms=rates.rtt_ms,
        # Over anything but UDP, packets are sent again until they arrive, and that none is lost says nothing.
        loss_pct=line.packets.loss_pct if line.packets.transport is Transport.UDP else None,
        used_mb=used / 1e6 if used else None,
    )


def _ids(result: Result | None, statuses: tuple[Status, ...]) -> Iterator[str]:
    yield from (finding.id for finding in _findings(result) if finding.status in statuses)


def _findings(result: Result | None) -> tuple[Finding, ...]:
    return result.findings if result else ()
