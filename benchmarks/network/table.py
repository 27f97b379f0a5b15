"""The results as a page of Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from benchmarks.network import ours
from benchmarks.network.calls import CALLS
from benchmarks.network.limits import Demand
from benchmarks.network.lines import LINES, Line
from benchmarks.network.outcome import Outcome, Spread, errors, spread, spread_of
from benchmarks.network.records import Row, Run

#: Who is compared with ours: those whose median reads no farther off than this.
ACCURATE_PCT: Final = 5.0

METHOD: Final = """\
Everybody measures the same emulated line (two network namespaces joined by `tests/lab/link.c`), by turns. Errors are
those of the rates told, against what TCP can carry at best: the line's rate × 1448/1500 (packets of 1280 bytes:
1228/1280). Each cell gives the median of the runs and, in brackets, the worst.

* **readiness** is measured as a person gets it: the probe in a child process of its own, against `readiness serve`, by
  the shipped profile's needs. Seconds and CPU seconds hold the start of that process.
* iperf3 measures each direction for its default of 10 s; what counts is what the receiving side counted.
* speedtest-cli is the package's own program; @cloudflare/speedtest and @m-lab/ndt7 are the clients from npm, run in
  Chromium without a window. Their servers are `benchmarks/network/server.py`, over plain http. A browser is taken to be
  open already: its seconds, megabytes and CPU seconds count from when the page begins to measure.
* Megabytes are the interface's own count, headers included. Peak memory is that of the process, and for Chromium of all
  its processes, pages that they share counted once.
* Line, servers and clients share one machine: on the fastest lines its cores are what limits a browser.
"""


def report(run: Run, demands: Sequence[Demand]) -> str:
    return "\n".join([_head(run), *_sections(run, demands)])


def _head(run: Run) -> str:
    machine = run.machine
    minutes = max(1, round(run.seconds / 60))
    versions = "".join(f"* {name} {version}\n" for name, version in run.versions.items())
    return f"""# The line: our measurement beside others

`{run.command}`, {machine.date}, {minutes} min, on
{machine.processor}, {machine.cores} cores, {machine.memory_gib:g} GiB, {machine.system}, Linux {machine.kernel},
Python {machine.python}.

{versions}"""


def _sections(run: Run, demands: Sequence[Demand]) -> Iterator[str]:
    yield "## Numbers to reach\n"
    yield _demands_table(demands)
    if run.rows:
        yield "## Lines\n"
        yield METHOD
        yield _lines_table(run)
        yield _notes({row.line for row in run.rows})
        beside = _beside_table(run)
        if beside:
            yield "## Beside the best of the others\n"
            yield beside
    if run.calls or run.call_broke:
        yield "## Calls\n"
        yield _calls_table(run)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _demands_table(demands: Sequence[Demand]) -> str:
    verdicts = {True: "met", False: "**missed**", None: "not measured"}
    return table(
        ("number", "wanted", "found", ""),
        [(each.name, each.wanted, "" if each.met is None else each.found, verdicts[each.met]) for each in demands],
    )


def _lines_table(run: Run) -> str:
    head = ("line", "measured by", "download error", "upload error", "s", "MB", "CPU s", "peak MiB")
    lines = {line.id: line for line in LINES}
    rows = []
    shown = ""
    for row in run.rows:
        rows.append((row.line if row.line != shown else "", *_cells(lines[row.line], row)))
        shown = row.line
    return table(head, rows)


def _cells(line: Line, row: Row) -> list[str]:
    name = f"**{row.tool}**" if row.tool == ours.NAME else row.tool
    if not row.outcomes:
        return [name, f"failed: {row.broke[0] if row.broke else 'not run'}", "", "", "", "", ""]
    if row.broke:
        name += f" ({len(row.broke)} failed)"
    down, up = (spread(each) for each in errors(row.outcomes, line))
    counts: tuple[Callable[[Outcome], float], ...] = (
        lambda outcome: outcome.seconds,
        lambda outcome: outcome.wire_mb,
        lambda outcome: outcome.cpu_s,
    )
    worst_mib = spread_of(row.outcomes, lambda outcome: outcome.peak_mib).worst
    return [
        name,
        _pct(down),
        _pct(up),
        *(_both(spread_of(row.outcomes, count)) for count in counts),
        f"{worst_mib:.0f}",
    ]


def _pct(found: Spread) -> str:
    return f"{found.median:+.1f} % ({found.worst:+.1f})"


def _both(found: Spread) -> str:
    return f"{figures(found.median)} ({figures(found.worst)})"


def figures(value: float) -> str:
    """Three significant figures, and no more than two after the point."""
    return f"{value:.0f}" if value >= 99.95 else f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def _notes(shown: set[str]) -> str:
    notes = [f"* {line.id}: {line.note}." for line in LINES if line.note and line.id in shown]
    return "\n".join(["Round trips are 30 ms and queues hold 100 ms, unless it says otherwise here.", *notes]) + "\n"


def _beside_table(run: Run) -> str:
    """Ours beside the quickest and the leanest of those who read about right."""
    rows = []
    for line in LINES:
        of_line = [row for row in run.rows if row.line == line.id and row.outcomes]
        own = next((row for row in of_line if row.tool == ours.NAME), None)
        others = [row for row in of_line if row.tool != ours.NAME and is_accurate(row, line)]
        if own and others:
            cells = [line.id]
            for value, unit in ((_seconds, "s"), (_megabytes, "MB")):
                best = min(others, key=value)
                times = value(best) / value(own)
                cells.append(f"{figures(value(own))} {unit}")
                cells.append(f"{figures(value(best))} {unit} ({best.tool}), {times:.0f} times as much")
            rows.append(cells)
    head = ("line", "ours", f"the quickest within {ACCURATE_PCT:g} %", "ours", f"the leanest within {ACCURATE_PCT:g} %")
    return table(head, rows) if rows else ""


def is_accurate(row: Row, line: Line) -> bool:
    return all(abs(statistics.median(each)) <= ACCURATE_PCT for each in errors(row.outcomes, line))


def _seconds(row: Row) -> float:
    return statistics.median(outcome.seconds for outcome in row.outcomes)


def _megabytes(row: Row) -> float:
    return statistics.median(outcome.wire_mb for outcome in row.outcomes)


def _calls_table(run: Run) -> str:
    """What was found, and in brackets what the line did."""
    lines = {line.id: line for line in CALLS}
    rows = [
        (
            f"{call.name}, {lines[call.name].down_mbps:g}/{lines[call.name].up_mbps:g}",
            f"{call.packets}",
            f"{call.loss_pct:.2f} % ({call.true_loss_pct:.2f})",
            f"{call.delay_ms:.1f} ms ({call.true_delay_ms:.1f})",
            f"{call.jitter_ms:.2f} ms ({call.true_jitter_ms:.2f})",
            f"{call.cpu_pct:.1f}",
        )
        for call in run.calls
    ]
    rows += [(f"failed: {why}", "", "", "", "", "") for why in run.call_broke]
    how = (
        "Packets of a video call (1.5 Mbit/s), through coturn at the line's other end and back. In brackets what the line\n"
        "did: losses by its own counters, delay (one way) and jitter by what it was told to do to each packet.\n"
    )
    return "\n".join([how, table(("call over", "packets", "loss", "delay", "jitter", "% of a core"), rows)])
