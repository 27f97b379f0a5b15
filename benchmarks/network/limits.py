"""The numbers that our measurement has to reach, each met or missed by name."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from benchmarks.network import ours
from benchmarks.network.lines import LINES, Group, Line
from benchmarks.network.outcome import Outcome, Spread, errors, quantile, spread
from benchmarks.network.records import Call, Row, Run, Trial

#: Median and worst error allowed, in per cent of the truth.
DOWN: Final = Spread(1.0, 3.0)
UP: Final = Spread(2.0, 4.0)
SLOWEST: Final = Spread(4.0, 10.0)
FAR_OR_LOSSY: Final = Spread(2.0, 12.0)

#: Seconds for both directions together.
MEDIAN_S: Final = 2.5
MOST_S: Final = 6.0
MOST_SHARE: Final = 0.95

#: Megabytes on the wire, both directions together, by line.
BYTES_MB: Final = {"1.5/0.75": 0.5, "10/3": 2.5, "50/10": 10.0}

#: How far the bytes that are told may be from the interface's own count.
TOLD_PCT: Final = 5.0

#: What it may cost: processor time a direction on lines of up to `COST_MBPS`, memory beyond that of the idle process.
CPU_S: Final = 0.3
COST_MBPS: Final = 200.0
MEMORY_MB: Final = 20.0

#: Calls: points of loss, milliseconds of delay, per cent of jitter, per cent of a core, and how many packets at least.
LOSS_POINTS: Final = 0.3
DELAY_MS: Final = 2.0
JITTER_PCT: Final = 25.0
LEAST_JITTER_MS: Final = 1.0
CORE_PCT: Final = 10.0
PACKETS: Final = 1500


class Demand(msgspec.Struct, frozen=True):
    """One number to reach."""

    name: str
    wanted: str
    found: str
    met: bool | None
    """None: not measured in this run."""


def demands(run: Run) -> list[Demand]:
    """Every demand, in the order of the table; those that this run has not measured too."""
    lines = {line.id: line for line in LINES}
    rows = [(lines[row.line], row) for row in run.of(ours.NAME) if row.line in lines]
    outcomes = [outcome for _, row in rows for outcome in row.outcomes]
    return [
        _error("download error, 1.5 Mbit/s to 1 Gbit/s, round trip to 50 ms", rows, Group.CLEAN, DOWN, (0,)),
        _error("upload error, the same", rows, Group.CLEAN, UP, (1,)),
        _error("error at 0.5 Mbit/s", rows, Group.SLOWEST, SLOWEST, (0, 1)),
        _error("error at a round trip of 100 ms or 1 % loss", rows, Group.FAR_OR_LOSSY, FAR_OR_LOSSY, (0, 1)),
        _time(outcomes, run),
        *(_bytes(rows, line, most) for line, most in BYTES_MB.items()),
        _told(outcomes),
        _cpu(rows, run),
        _memory(outcomes, run),
        *_calls(run.calls),
        *(_trial(trial) for trial in run.trials),
        *_without_trials(run.trials),
        _completed(rows),
    ]


def _error(
    name: str, rows: Iterable[tuple[Line, Row]], group: Group, limit: Spread, directions: tuple[int, ...]
) -> Demand:
    wanted = f"median ≤ {limit.median:g} %, worst ≤ {limit.worst:g} %"
    found: list[tuple[float, float, str]] = []
    for line, row in rows:
        if line.group is group and row.outcomes:
            both = errors(row.outcomes, line)
            found += [(*_sizes(spread(both[direction])), line.id) for direction in directions]
    if not found:
        return Demand(name, wanted, "not measured", None)
    median, at_median = max((median, line) for median, _, line in found)
    worst, at_worst = max((worst, line) for _, worst, line in found)
    said = f"median ≤ {median:.2f} % ({at_median}), worst {worst:.2f} % ({at_worst})"
    return Demand(name, wanted, said, median <= limit.median and worst <= limit.worst)


def _sizes(signed: Spread) -> tuple[float, float]:
    return abs(signed.median), abs(signed.worst)


def _time(outcomes: Sequence[Outcome], run: Run) -> Demand:
    name = "time, down and up together, over all lines"
    wanted = f"median ≤ {MEDIAN_S:g} s, 95 % ≤ {MOST_S:g} s"
    if not outcomes:
        return Demand(name, wanted, "not measured", None)
    seconds = [outcome.seconds for outcome in outcomes]
    median, most = statistics.median(seconds), quantile(seconds, MOST_SHARE)
    start = f", {run.idle.seconds:.2f} s of it the start of the process" if run.idle else ""
    said = f"median {median:.2f} s, 95 % ≤ {most:.2f} s{start}"
    return Demand(name, wanted, said, median <= MEDIAN_S and most <= MOST_S)


def _bytes(rows: Iterable[tuple[Line, Row]], line_id: str, most: float) -> Demand:
    name, wanted = f"bytes, down and up together, at {line_id}", f"≤ {most:g} MB"
    moved = [outcome.wire_mb for line, row in rows if line.id == line_id for outcome in row.outcomes]
    if not moved:
        return Demand(name, wanted, "not measured", None)
    median = statistics.median(moved)
    return Demand(name, wanted, f"median {median:.2f} MB, worst {max(moved):.2f} MB", median <= most)


def _told(outcomes: Iterable[Outcome]) -> Demand:
    name, wanted = "bytes told, against the interface's own count", f"within {TOLD_PCT:g} %"
    off = [
        (told / wire - 1) * 100
        for outcome in outcomes
        for told, wire in (
            (outcome.told_down_bytes, outcome.wire_down_bytes),
            (outcome.told_up_bytes, outcome.wire_up_bytes),
        )
        if told is not None and wire
    ]
    if not off:
        return Demand(name, wanted, "not measured", None)
    found = spread(off)
    said = f"median {found.median:+.2f} %, worst {found.worst:+.2f} %"
    return Demand(name, wanted, said, abs(found.worst) <= TOLD_PCT)


def _cpu(rows: Iterable[tuple[Line, Row]], run: Run) -> Demand:
    name = f"processor time a direction, to {COST_MBPS:g} Mbit/s"
    wanted = f"≤ {CPU_S:g} s"
    if run.idle is None:
        return Demand(name, wanted, "not measured", None)
    start = run.idle.cpu_s
    cost = [
        (statistics.median([(outcome.cpu_s - start) / 2 for outcome in row.outcomes]), line.id)
        for line, row in rows
        if row.outcomes and max(line.down_mbps, line.up_mbps) <= COST_MBPS
    ]
    if not cost:
        return Demand(name, wanted, "not measured", None)
    most, line_id = max(cost)
    said = f"≤ {most:.2f} s ({line_id}), and {start:.2f} s once for the start"
    return Demand(name, wanted, said, most <= CPU_S)


def _memory(outcomes: Sequence[Outcome], run: Run) -> Demand:
    name, wanted = "memory beyond that of the idle process", f"≤ {MEMORY_MB:g} MB"
    if run.idle is None or not outcomes:
        return Demand(name, wanted, "not measured", None)
    most = max((outcome.peak_mib - run.idle.peak_mib) * 1.048576 for outcome in outcomes)
    return Demand(name, wanted, f"≤ {most:.1f} MB", most <= MEMORY_MB)


def _calls(calls: Sequence[Call]) -> Iterator[Demand]:
    within = (
        ("loss of packets, against the line's own counters", LOSS_POINTS, "points", _off_loss),
        ("delay of packets", DELAY_MS, "ms", _off_delay),
        ("jitter of packets", JITTER_PCT, "%", _off_jitter),
    )
    for name, limit, unit, off in within:
        found = [(value, call.name) for call in calls if (value := off(call)) is not None]
        if not found:
            yield Demand(name, f"within {limit:g} {unit}", "not measured", None)
            continue
        worst, at = max(found, key=lambda each: abs(each[0]))
        yield Demand(name, f"within {limit:g} {unit}", f"worst {worst:+.2f} {unit} ({at})", abs(worst) <= limit)
    most = max((call.cpu_pct for call in calls), default=None)
    fewest = min((call.packets for call in calls), default=None)
    yield Demand(
        "processor of the call",
        f"≤ {CORE_PCT:g} % of a core",
        "not measured" if most is None else f"≤ {most:.1f} %",
        None if most is None else most <= CORE_PCT,
    )
    yield Demand(
        "packets of a call",
        f"≥ {PACKETS}",
        "not measured" if fewest is None else f"{fewest}",
        None if fewest is None else fewest >= PACKETS,
    )


def _off_loss(call: Call) -> float:
    return call.loss_pct - call.true_loss_pct


def _off_delay(call: Call) -> float:
    return call.delay_ms - call.true_delay_ms


def _off_jitter(call: Call) -> float | None:
    """In per cent, which mean nothing on a line without jitter."""
    return (call.jitter_ms / call.true_jitter_ms - 1) * 100 if call.true_jitter_ms >= LEAST_JITTER_MS else None


def _trial(trial: Trial) -> Demand:
    count = len(trial.verdicts)
    undecided = sum("unknown" in verdict for verdict in trial.verdicts)
    said = f"{trial.wrong} of {count} wrong" + (f", {undecided} undecided" if undecided else "")
    return Demand(f"verdict at {trial.name}: {trial.expected}", f"0 of {count} wrong", said, trial.wrong == 0)


def _without_trials(trials: Sequence[Trial]) -> Iterator[Demand]:
    if not trials:
        yield Demand("verdicts", "0 of 20 wrong", "not measured", None)


def _completed(rows: Iterable[tuple[Line, Row]]) -> Demand:
    broke = [f"{line.id}: {why}" for line, row in rows for why in row.broke]
    broke += [
        f"{line.id}: {outcome.failure or 'no rate'}"
        for line, row in rows
        for outcome in row.outcomes
        if outcome.failure or outcome.down_mbps is None or outcome.up_mbps is None
    ]
    found = f"{len(broke)} did not: {broke[0]}" if broke else "all"
    return Demand("every measurement comes to a result", "all", found, not broke)
