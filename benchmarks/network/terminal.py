"""The benchmark's command line: what is measured, what is shown of it, and where it is kept."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec

from benchmarks.network import calls, limits, lines, ours, trials
from benchmarks.network.browser import InBrowser
from benchmarks.network.cost import Broke
from benchmarks.network.iperf import Iperf
from benchmarks.network.lines import Line
from benchmarks.network.ours import Ours
from benchmarks.network.outcome import Outcome, errors, spread
from benchmarks.network.records import Row, Run, Trial, this_machine
from benchmarks.network.speedtest_cli import SpeedtestCli
from benchmarks.network.stand import PROJECT, Stand, stand
from benchmarks.network.table import report
from readiness.profile import Profile, ProfileError
from tests.lab.inside import LabError

RESULTS: Final = Path(__file__).with_name("results.md")
BUILD: Final = PROJECT / "build" / "bench-network"

#: How often each verdict is sought, and each call tried out.
TRIALS: Final = 20
QUICK_TRIALS: Final = 1
CALLS: Final = 3


class Tool(Protocol):
    """Somebody who measures a line."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def measure(self, stand: Stand) -> Outcome:
        """Measure it once, both directions. Raises Broke."""


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="dev.py bench network", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a first impression within five minutes")
    parser.add_argument("--only-ours", action="store_true", help="leave the others out")
    parser.add_argument("--peers", metavar="NAME,…", help="only these others, by a part of their names")
    parser.add_argument("--links", metavar="ID,…", help=f"only these of {', '.join(line.id for line in lines.LINES)}")
    parser.add_argument("--runs", type=_count, help="measurements of each line (5)")
    parser.add_argument("--peer-runs", type=_count, help="the same for the others (as many as ours)")
    parser.add_argument("--profile", default="generic", help="whose needs the measurement may end by (generic)")
    parser.add_argument(
        "--parts",
        metavar="PART,…",
        help="only these of lines, verdicts, calls (all; with --links or --only-ours: lines)",
    )
    options = parser.parse_args(arguments)
    options.runs = options.runs or (2 if options.quick else 5)
    options.peer_runs = options.peer_runs or (1 if options.quick else options.runs)
    options.parts = tuple((options.parts or _parts(options)).split(","))
    for part in options.parts:
        if part not in PARTS:
            parser.error(f"there is no part {part}; there are: {', '.join(PARTS)}.")
    try:
        options.ours_on, options.peers_on = _lines(options)
    except LookupError as error:
        parser.error(str(error.args[0]))
    return options


def _count(word: str) -> int:
    if not word.isdigit() or int(word) == 0:
        raise argparse.ArgumentTypeError(f"{word} is not a number of runs.")
    return int(word)


def _parts(options: argparse.Namespace) -> str:
    return "lines" if options.links or options.only_ours else ",".join(PARTS)


def _lines(options: argparse.Namespace) -> tuple[list[Line], set[str]]:
    """Which lines are measured, and on which of them the others too."""
    if options.links:
        ours_on = lines.chosen(options.links.split(","))
        peers_on = {line.id for line in ours_on}
    elif options.quick:
        ours_on, peers_on = lines.chosen(lines.QUICK_OURS), set(lines.QUICK)
    else:
        ours_on, peers_on = list(lines.LINES), {line.id for line in lines.LINES if line.peers}
    return ours_on, set() if options.only_ours else peers_on


def main(arguments: Sequence[str]) -> int:
    options = options_of(arguments)
    if os.geteuid() != 0:
        say("bench network: making network namespaces needs root.")
        return 2
    try:
        needs = ours.shipped(options.profile)
    except ProfileError as error:
        say(f"bench network: {error}")
        return 2
    run = Run(machine=this_machine(), command=" ".join(["python3 dev.py bench network", *arguments]))
    begun = time.monotonic()
    try:
        for part in PARTS:
            if part in options.parts:
                for _ in MEASURED[part](options, run, needs):
                    run.seconds = time.monotonic() - begun
                    _keep_raw(run)
    except KeyboardInterrupt:
        say(f"bench network: stopped; what there was by then is in {BUILD / 'results.json'}.")
        return 130
    _keep(run, whole=_is_whole(options))
    return 0


def _is_whole(options: argparse.Namespace) -> bool:
    fewer = (options.quick, options.only_ours, options.links, options.peers, options.parts != PARTS)
    return not any(fewer)


def _peers(named: str | None) -> list[Tool]:
    peers: list[Tool] = [
        Iperf(1),
        Iperf(4),
        SpeedtestCli(),
        InBrowser("@cloudflare/speedtest", "cloudflare.html"),
        InBrowser("@m-lab/ndt7", "ndt7.html"),
    ]
    return [peer for peer in peers if named is None or any(part in peer.name for part in named.split(","))]


def _measure_lines(options: argparse.Namespace, run: Run, needs: Profile) -> Iterator[None]:
    """Everybody on every line. Comes back after each line, like the other parts after each piece of theirs."""
    own, peers = Ours(needs), _peers(options.peers) if options.peers_on else []
    for tool in (own, *peers):
        run.versions[tool.name] = tool.version
    for line in options.ours_on:
        with_peers = line.id in options.peers_on
        try:
            with stand(line, peers=with_peers) as made:
                if run.idle is None:
                    run.idle = ours.idle(made.inside, "bandwidth")
                run.rows += _rows(made, own, options.runs, peers if with_peers else (), options.peer_runs)
        except (LabError, Broke) as error:
            say(f"{line.id}: {error}")
            run.rows.append(Row(line=line.id, tool=own.name, outcomes=(), broke=(str(error),)))
        yield


def _seek_verdicts(options: argparse.Namespace, run: Run, needs: Profile) -> Iterator[None]:
    for case in trials.cases(needs):
        try:
            run.trials.append(trials.hold(case, QUICK_TRIALS if options.quick else TRIALS, needs, say))
        except (LabError, Broke) as error:
            say(f"verdict at {case.name}: {error}")
            run.trials.append(Trial(name=case.name, expected=case.expected.value, verdicts=(str(error),), wrong=1))
        yield


def _try_calls(options: argparse.Namespace, run: Run, needs: Profile) -> Iterator[None]:
    for line in calls.CALLS:
        if options.quick and line.id not in calls.QUICK:
            continue
        for _ in range(1 if options.quick else CALLS):
            try:
                call = calls.hold(line, needs)
            except (LabError, Broke) as error:
                say(f"call over {line.id}: {error}")
                run.call_broke.append(f"{line.id}: {error}")
            else:
                say(f"call over {line.id}: {call}")
                run.calls.append(call)
            yield


def _rows(made: Stand, own: Tool, runs: int, peers: Sequence[Tool], peer_runs: int) -> Iterator[Row]:
    """Everybody by turns, so that whatever changes on this machine meanwhile changes for all."""
    turns = [(own, runs), *((peer, peer_runs) for peer in peers)]
    outcomes: dict[str, list[Outcome]] = {tool.name: [] for tool, _ in turns}
    broke: dict[str, list[str]] = {tool.name: [] for tool, _ in turns}
    for turn in range(max(runs, peer_runs)):
        for tool, most in turns:
            if turn >= most:
                continue
            try:
                outcome = tool.measure(made)
            except Broke as error:
                broke[tool.name].append(str(error))
                say(f"{made.line.id}: {tool.name}: {error}")
            else:
                outcomes[tool.name].append(outcome)
                say(_told(made.line, tool, outcome))
            made.rest()
    for tool, _ in turns:
        yield Row(line=made.line.id, tool=tool.name, outcomes=tuple(outcomes[tool.name]), broke=tuple(broke[tool.name]))


def _told(line: Line, tool: Tool, outcome: Outcome) -> str:
    down, up = (spread(both).median for both in errors([outcome], line))
    cost = f"{outcome.seconds:.2f} s, {outcome.wire_mb:.2f} MB, {outcome.cpu_s:.2f} CPU s, {outcome.peak_mib:.0f} MiB"
    more = "  ".join(filter(None, (outcome.failure, outcome.remark)))
    return f"{line.id:>9}  {tool.name:<24} down {down:+7.2f} %  up {up:+7.2f} %  {cost}  {more}"


def _keep_raw(run: Run) -> None:
    """Every single value, as far as it has come: an hour's work must not be lost with its last minute."""
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / "results.json").write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=1))


def _keep(run: Run, *, whole: bool) -> None:
    """Show the results, and write them down: only a whole run replaces the page that the project shows."""
    text = report(run, limits.demands(run))
    (RESULTS if whole else BUILD / "results.md").write_text(text, encoding="utf-8")
    print(text, end="")


#: What measures each part.
MEASURED: Final[Mapping[str, Callable[[argparse.Namespace, Run, Profile], Iterator[None]]]] = {
    "lines": _measure_lines,
    "verdicts": _seek_verdicts,
    "calls": _try_calls,
}
PARTS: Final = tuple(MEASURED)
