"""speedtest-cli, the package's own program with its defaults, except that its server is at the line's other end.

Over plain http, as it is unless asked otherwise. Its settings and its list of servers come from there, too.
"""

from __future__ import annotations

import importlib.metadata
import sys
from typing import Any, Final

import msgspec

from benchmarks.network.cost import Broke, run
from benchmarks.network.outcome import Outcome
from benchmarks.network.stand import Stand

_DEADLINE_S: Final = 120.0


class SpeedtestCli:
    """Among the tools of the table."""

    name: Final = "speedtest-cli"

    @property
    def version(self) -> str:
        return importlib.metadata.version("speedtest-cli")

    def measure(self, stand: Stand) -> Outcome:
        before = stand.moved()
        ran = run([*stand.inside, sys.executable, "-m", "speedtest", "--json"], deadline_s=_DEADLINE_S)
        after = stand.moved()
        down_mbps, up_mbps = rates_mbps(ran.output)
        return Outcome(
            down_mbps=down_mbps,
            up_mbps=up_mbps,
            seconds=ran.seconds,
            cpu_s=ran.cpu_s,
            peak_mib=ran.peak_mib,
            wire_down_bytes=after[0] - before[0],
            wire_up_bytes=after[1] - before[1],
        )


def rates_mbps(output: bytes) -> tuple[float, float]:
    """Down and up as it prints them, in Mbit/s. Raises Broke."""
    try:
        said: dict[str, Any] = msgspec.json.decode(output)
        return float(said["download"]) / 1e6, float(said["upload"]) / 1e6
    except (msgspec.MsgspecError, KeyError, TypeError) as error:
        raise Broke(f"speedtest-cli said what it never says: {error!r}") from None
