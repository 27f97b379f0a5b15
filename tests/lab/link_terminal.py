"""The link's command line: builds a link with a server, runs one command at the client's end, prints what was counted."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

from readiness.cli import ending_on_sigterm
from tests.lab.inside import LabError
from tests.lab.link import Link
from tests.lab.link_options import Direction
from tests.lab.terminal import run_here

BAD_ARGUMENTS: Final = 2

#: What has an option of its own for both directions.
_ELSEWHERE: Final = ("rate", "delay_ms", "queue_ms")
_PAIRS: Final = ("blackouts_ms",)
_FLAGS: Final = ("reorder", "dead")


def main(argv: Sequence[str]) -> int:
    """Do what the command line says; the exit status is that of the command that ran at the client's end."""
    words = list(argv)
    at = words.index("--") if "--" in words else len(words)
    options = _parser().parse_args(words[:at])
    command = words[at + 1 :]
    if not command:
        return _complain('Nothing to run: put a command after "--"; in it {server} is the address of the server.')
    try:
        with ending_on_sigterm(), _link(options) as link:
            url = link.start_server(tls=options.tls)
            words = [word.replace("{server}", url) for word in command]
            code = run_here([*link.client, *words], {**os.environ, **link.environment})
            for name, counters in link.counters().items():
                counted = " ".join(f"{field}={getattr(counters, field)}" for field in counters.__struct_fields__)
                print(f"{name}: {counted}", file=sys.stderr)
            return code
    except LabError as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _link(options: argparse.Namespace) -> Link:
    return Link(
        down=options.down,
        up=options.up,
        delay_ms=options.delay,
        queue_ms=options.queue,
        down_options=_told(options, "down"),
        up_options=_told(options, "up"),
        congestion=options.congestion,
        server_congestion=options.server_congestion,
        mtu=options.mtu,
        seed=options.seed,
        hosts=options.host,
    )


def _told(options: argparse.Namespace, direction: str) -> dict[str, object]:
    """The options of one direction: its own before those of both."""
    both, own = options.both, getattr(options, f"{direction}_own")
    told: dict[str, object] = {**both, **own}
    return told


class _Option(argparse.Action):
    """Keeps an option of a direction under its field's name, in the dictionary of those it is for."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        whose, _, field = self.dest.partition(":")
        kept = getattr(namespace, whose)
        if field in _FLAGS:
            kept[field] = True
        elif field in _PAIRS:
            kept.setdefault(field, []).append(values)
        else:
            kept[field] = values


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="link",
        usage="link [--down RATE] [--up RATE] [OPTION …] -- COMMAND",
        description="Run a command at the client's end of a line that behaves as told. Every option of a direction is "
        "also there as --down-… and --up-…, for one direction alone.",
        epilog="Example: link --down 10M --up 3M --up-loss-pct 1 -- curl -o /dev/null {server}/garbage",
        allow_abbrev=False,
    )
    parser.add_argument("--down", metavar="RATE", default="10M", help="500k, 1.5M, 1G; 0 is not limited")
    parser.add_argument("--up", metavar="RATE", default="3M")
    parser.add_argument("--delay", metavar="MS", type=float, default=15.0, help="one way")
    parser.add_argument("--queue", metavar="MS", type=float, default=100.0, help="how long a packet may wait")
    parser.add_argument("--congestion", metavar="NAME", default="cubic", help="cubic, reno, bbr where there is one")
    parser.add_argument("--server-congestion", metavar="NAME")
    parser.add_argument("--mtu", metavar="BYTES", type=int, default=1500)
    parser.add_argument("--seed", metavar="NUMBER", type=int, help="the same packets are lost again")
    parser.add_argument("--host", metavar="NAME", action="append", default=[], help="a name of the server")
    parser.add_argument("--tls", action="store_true", help="the server speaks TLS; the command is told to trust it")
    for whose, prefix in (("both", "--"), ("down_own", "--down-"), ("up_own", "--up-")):
        parser.set_defaults(**{whose: {}})
        for field in Direction.__struct_fields__:
            if field not in _ELSEWHERE or whose != "both":
                _add(parser, prefix, whose, field)
    return parser


def _add(parser: argparse.ArgumentParser, prefix: str, whose: str, field: str) -> None:
    name = f"{prefix}{field.replace('_', '-')}"
    dest = f"{whose}:{field}"
    if field in _FLAGS:
        parser.add_argument(name, dest=dest, action=_Option, nargs=0, default=argparse.SUPPRESS)
    elif field in _PAIRS:
        parser.add_argument(name, dest=dest, action=_Option, type=_pair, metavar="AT,FOR", default=argparse.SUPPRESS)
    else:
        kind = str if field.endswith("rate") else _number
        parser.add_argument(name, dest=dest, action=_Option, type=kind, metavar="X", default=argparse.SUPPRESS)


def _number(word: str) -> float | int:
    return int(word) if word.isdecimal() else float(word)


def _pair(word: str) -> tuple[float, float]:
    at, _, duration = word.partition(",")
    return float(at), float(duration)


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return BAD_ARGUMENTS
