"""iperf3, one and four flows, each direction by itself for its default of 10 s. What counts is what was received."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from benchmarks.network.cost import Broke, Ran, run
from benchmarks.network.outcome import Outcome
from benchmarks.network.records import version_of
from benchmarks.network.stand import Stand

_DEADLINE_S: Final = 40.0


class Iperf:
    """Among the tools of the table."""

    def __init__(self, flows: int) -> None:
        self._flows = flows
        self.name = f"iperf3, {flows} flow{'s' if flows > 1 else ''}"

    @property
    def version(self) -> str:
        return version_of(["iperf3", "--version"])

    def measure(self, stand: Stand) -> Outcome:
        before = stand.moved()
        command = [*stand.inside, "iperf3", "--client", stand.host, "--json", "--parallel", str(self._flows)]
        down = run([*command, "--reverse"], deadline_s=_DEADLINE_S)
        stand.rest()
        up = run(command, deadline_s=_DEADLINE_S)
        after = stand.moved()
        return Outcome(
            down_mbps=received_mbps(down),
            up_mbps=received_mbps(up),
            seconds=down.seconds + up.seconds,
            cpu_s=down.cpu_s + up.cpu_s,
            peak_mib=max(down.peak_mib, up.peak_mib),
            wire_down_bytes=after[0] - before[0],
            wire_up_bytes=after[1] - before[1],
        )


def received_mbps(ran: Ran) -> float:
    """What the receiving side counted, in Mbit/s. Raises Broke when iperf3 tells an error instead."""
    try:
        said: dict[str, Any] = msgspec.json.decode(ran.output)
        if "error" in said:
            raise Broke(f"iperf3: {said['error']}")
        return float(said["end"]["sum_received"]["bits_per_second"]) / 1e6
    except (msgspec.MsgspecError, KeyError, TypeError) as error:
        raise Broke(f"iperf3 said what it never says: {error!r}") from None
