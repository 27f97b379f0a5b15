"""A line between a network's router and the world outside on which every packet takes its time."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from typing import Final

from tests.lab import link_options
from tests.lab.inside import LabError
from tests.lab.link_program import program
from tests.lab.network_scenarios import Scenario

_DEVICE: Final = "line0"
_NEAR, _FAR = "10.76.0.1", "10.76.0.2"


@contextlib.contextmanager
def between(world: str, scenario: Scenario) -> Iterator[str]:
    """A namespace with a router in it, joined to the namespace ``world`` by such a line. Gives its name."""
    router = world[:-1] + "r"
    _run("ip", "netns", "add", router)
    try:
        with _carrier(router, world, scenario):
            for name, address in ((router, _NEAR), (world, _FAR)):
                _run("ip", "-n", name, "addr", "add", f"{address}/30", "dev", _DEVICE)
                _run("ip", "-n", name, "link", "set", _DEVICE, "up")
            _run("ip", "netns", "exec", router, "sysctl", "-qw", "net.ipv4.ip_forward=1")
            _run("ip", "-n", router, "route", "add", "default", "via", _FAR)
            home = scenario.addresses.client.rpartition(".")[0] + ".0/24"
            _run("ip", "-n", world, "route", "add", home, "via", _NEAR)
            yield router
    finally:
        _run("ip", "netns", "del", router)


@contextlib.contextmanager
def _carrier(one: str, other: str, scenario: Scenario) -> Iterator[None]:
    """`link.c` between two namespaces, ``one`` at the client's side."""
    rates = zip(("down", "up"), scenario.far_mbps or (None, None), strict=True)
    both: dict[str, object] = {"delay_ms": scenario.delay_ms, "queue_ms": float(scenario.queue.removesuffix("ms"))}
    ways = {name: link_options.direction({**both, "rate": rate and rate * 1e6}) for name, rate in rates}
    with subprocess.Popen(
        [program(), one, other, _DEVICE, "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        start_new_session=True,
        cwd="/",
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        said = running.stdout.readline().strip()
        for name, way in ways.items():
            running.stdin.write(f"set {name} {link_options.words(way)}\n")
            said += f" {running.stdout.readline().strip()}"
        if said != "ready done done":
            running.kill()
            raise LabError(f"A line could not be made between two networks: {said}.")
        try:
            yield
        finally:
            running.stdin.close()
            running.wait()


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"A network could not be made: {' '.join(command)}: {done.stderr.strip()}")
