"""What one measurement came to, and what several of them amount to."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence

import msgspec

from benchmarks.network.lines import Line


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement of one line, down and up."""

    down_mbps: float | None
    up_mbps: float | None
    seconds: float
    """Both directions. With the start of the program; a browser is taken to be open already."""
    cpu_s: float
    peak_mib: float
    wire_down_bytes: int
    """What came over the line, by its interface's own count."""
    wire_up_bytes: int
    told_down_bytes: int | None = None
    """What the tool said that it had moved."""
    told_up_bytes: int | None = None
    failure: str = ""
    remark: str = ""
    """What else the tool says of its measurement."""

    @property
    def wire_mb(self) -> float:
        return (self.wire_down_bytes + self.wire_up_bytes) / 1e6


class Spread(msgspec.Struct, frozen=True):
    """Some values in two: the one in the middle, and the worst."""

    median: float
    worst: float


def error_pct(measured_mbps: float | None, true_mbps: float) -> float:
    """How far a reading is from the truth; one that is missing is off by everything."""
    return (measured_mbps / true_mbps - 1) * 100 if measured_mbps is not None else -100.0


def errors(outcomes: Sequence[Outcome], line: Line) -> tuple[list[float], list[float]]:
    """Errors in per cent, down and up, with their signs."""
    return (
        [error_pct(outcome.down_mbps, line.best_down_mbps) for outcome in outcomes],
        [error_pct(outcome.up_mbps, line.best_up_mbps) for outcome in outcomes],
    )


def spread(values: Sequence[float]) -> Spread:
    """The median, and the value that is farthest from zero, both with their signs."""
    return Spread(statistics.median(values), max(values, key=abs))


def spread_of(outcomes: Iterable[Outcome], value: Callable[[Outcome], float]) -> Spread:
    return spread([value(outcome) for outcome in outcomes])


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
