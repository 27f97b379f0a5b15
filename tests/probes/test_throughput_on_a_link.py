"""Measuring as a person does it, ``readiness check``, on lines that behave as told and misbehave in the middle."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from tests.lab.link import Link
from tests.lab.link_options import Rate

PROJECT: Final = Path(__file__).resolve().parent.parent.parent

#: What TCP carries of a rate, in packets of 1500 bytes.
CARRIED: Final = 1448 / 1500

#: What the profile of the line's check needs, Mbit/s of payload: less is slow, less is too slow.
WANTED_MBPS: Final = 1.8
LEAST_MBPS: Final = 0.6

#: What fills a line beside us, for as long as it is let: one connection, as a download of another program has it.
SENDER: Final = """
import socket, sys
listening = socket.create_server((sys.argv[1], 5000))
print("ready", flush=True)
line, _ = listening.accept()
while True:
    line.sendall(bytes(65536))
"""
TAKER: Final = """
import socket, sys
line = socket.create_connection((sys.argv[1], 5000))
while line.recv(1 << 20):
    pass
"""


class Check:
    """A ``readiness check`` of the line alone, at the client's end of a link."""

    def __init__(self, link: Link) -> None:
        url = link.start_server()
        self._link = link
        arguments = ("check", "--only", "bandwidth", "--json", "--no-input", "--profile", "generic", "--server", url)
        self.process = subprocess.Popen(
            [*link.client, sys.executable, "-m", "readiness", *arguments],
            cwd=PROJECT,
            env={**os.environ, **link.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def await_traffic(self, direction: str, more_bytes: int) -> None:
        """Wait until so much has passed."""
        assert eventually(lambda: self._link.counters()[direction].bytes > more_bytes, within_s=20)  # type: ignore[index]

    @property
    def probe(self) -> psutil.Process:
        """The process that measures."""
        return next(
            child for child in psutil.Process(self.process.pid).children(recursive=True) if "--probe" in child.cmdline()
        )

    def end(self) -> Outcome:
        said, complained = self.process.communicate(timeout=50)
        assert "Traceback" not in complained
        (check,) = (check for check in json.loads(said)["checks"] if check["id"] == "bandwidth")
        return Outcome(check)


class Outcome:
    """What the check said."""

    def __init__(self, check: dict[str, Any]) -> None:
        self.reading: dict[str, Any] = check["reading"]
        self.findings = [finding["id"].removeprefix("bandwidth.") for finding in check["findings"]]
        self.status: str = check["status"]

    def __repr__(self) -> str:
        return f"{self.status} {self.findings} {self.reading}"


def eventually(happened: Callable[[], bool], within_s: float) -> bool:
    ends_at = time.monotonic() + within_s
    while not happened() and time.monotonic() < ends_at:
        time.sleep(0.01)
    return happened()


def carried(link: Link) -> tuple[int, int]:
    """What the adapter has received and sent in all, once nothing moves any more."""
    before = None
    while before != (before := link.client_bytes()):
        time.sleep(0.3)
    return before


def checked(link: Link) -> Outcome:
    return Check(link).end()


def carrying(mbps: float) -> Rate:
    """The rate of a line on which so much payload gets through."""
    return mbps * 1e6 / CARRIED


def is_near(mbps: float, rate_mbps: float, share: float = CARRIED) -> bool:
    """Whether it is what such a line carries. A check may stop as soon as it is clear that this is enough."""
    return mbps == pytest.approx(rate_mbps * share, rel=0.04)


@contextlib.contextmanager
def somebody_else_downloading(link: Link) -> Iterator[None]:
    with contextlib.ExitStack() as running:

        def start(end: tuple[str, ...], script: str) -> subprocess.Popen[str]:
            program = subprocess.Popen(
                [*end, sys.executable, "-c", script, link.server_address],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            running.enter_context(program)
            running.callback(program.kill)
            return program

        sender = start(link.server, SENDER)
        assert sender.stdout
        assert sender.stdout.readline() == "ready\n"
        start(link.client, TAKER)
        assert eventually(lambda: link.counters()["down"].dropped_by_queue > 0, within_s=10)
        yield


def test_each_way_of_an_asymmetric_line_is_told_by_itself() -> None:
    with Link(down="20M", up="1M") as link:
        outcome = checked(link)
    assert is_near(outcome.reading["down_mbps"], 20), outcome
    assert is_near(outcome.reading["up_mbps"], 1), outcome
    assert outcome.findings == ["slow_up"]


@pytest.mark.parametrize(("rate_mbps", "mtu"), [(1.5, 1500), (10, 1280), (50, 1500)])
def test_told_bytes_are_those_of_the_adapter(rate_mbps: float, mtu: int) -> None:
    rate = rate_mbps * 1e6
    with Link(down=rate, up=rate, mtu=mtu) as link:
        outcome = checked(link)
        received, sent = carried(link)
    assert outcome.reading["bytes_down"] == pytest.approx(received, rel=0.05), outcome
    assert outcome.reading["bytes_up"] == pytest.approx(sent, rel=0.05), outcome
    for way in ("down_mbps", "up_mbps"):
        assert is_near(outcome.reading[way], rate_mbps, (mtu - 52) / mtu), outcome


#: Lines a little better or worse than what is needed, down and up, and what is found.
NEAR: Final = {
    (1.25 * WANTED_MBPS, 0.8 * WANTED_MBPS): {"slow_up"},
    (0.8 * WANTED_MBPS, 1.25 * WANTED_MBPS): {"slow_down"},
    (1.25 * LEAST_MBPS, 0.8 * LEAST_MBPS): {"slow_down", "sound_only", "too_slow_up"},
}


@pytest.fixture(scope="module")
def near() -> dict[tuple[float, float], Outcome]:
    """What is found of each, side by side: such slow lines leave a processor idle."""

    def tried(rates_mbps: tuple[float, float]) -> Outcome:
        down_mbps, up_mbps = rates_mbps
        with Link(down=carrying(down_mbps), up=carrying(up_mbps)) as link:
            return checked(link)

    with ThreadPoolExecutor(len(NEAR)) as pool:
        return dict(zip(NEAR, pool.map(tried, NEAR), strict=True))


@pytest.mark.parametrize("rates_mbps", NEAR)
def test_the_verdict_is_right_near_to_what_is_needed(
    rates_mbps: tuple[float, float], near: dict[tuple[float, float], Outcome]
) -> None:
    outcome, expected = near[rates_mbps], NEAR[rates_mbps]
    assert set(outcome.findings) - {"slow_when_busy"} == expected, outcome
    assert outcome.status == ("fail" if "sound_only" in expected else "warn")


def test_a_line_that_dies_in_the_middle_of_either_way() -> None:
    """Two lines at a time: each takes seconds to be seen to be dead, and no processor."""
    with Link(down="2M", up="2M") as one, Link(down="2M", up="2M") as other:
        checks = {"down": Check(one), "up": Check(other)}
        died_at = {}
        for way, link in (("down", one), ("up", other)):
            checks[way].await_traffic(way, 100_000)
            link.change(dead=True)
            died_at[way] = time.monotonic()
        for way, check in checks.items():
            outcome = check.end()
            assert time.monotonic() - died_at[way] < 10
            assert outcome.reading["stopped_because"] == "lost"
            assert outcome.reading["up_mbps"] is None
            assert (outcome.status, outcome.findings) == ("fail", ["broke_off"]), outcome


def test_a_line_that_is_away_for_two_seconds_is_not_taken_for_a_slow_or_a_dead_one() -> None:
    with Link(down="5M", up="5M") as link:
        check = Check(link)
        check.await_traffic("down", 200_000)
        link.change(blackouts_ms=[(0, 2000)])
        outcome = check.end()
    assert WANTED_MBPS < outcome.reading["down_mbps"] < 5 * CARRIED * 1.04, outcome
    assert is_near(outcome.reading["up_mbps"], 5), outcome
    assert outcome.status in ("pass", "warn")


def test_a_line_that_somebody_else_fills_is_shared_and_not_called_too_slow() -> None:
    with Link(down="10M", up="5M") as link, somebody_else_downloading(link):
        outcome = checked(link)
    assert WANTED_MBPS < outcome.reading["down_mbps"] < 10, outcome
    assert outcome.status in ("pass", "warn")


def test_a_computer_that_pauses_does_not_make_its_line_slow() -> None:
    with Link(down="2.5M", up="2.5M") as link:
        check = Check(link)
        check.await_traffic("down", 100_000)
        probe = check.probe
        probe.suspend()
        suspended_at = time.monotonic()
        assert not eventually(lambda: not probe.is_running(), within_s=1.5)
        paused_ms = (time.monotonic() - suspended_at) * 1000
        probe.resume()
        outcome = check.end()
    assert is_near(outcome.reading["down_mbps"], 2.5), outcome
    assert outcome.findings == ["ok"], outcome
    assert paused_ms <= outcome.reading["own_pause_ms"] < paused_ms + 1000
