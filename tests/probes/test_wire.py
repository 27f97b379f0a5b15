"""The child's side of the wire: it hears when that is enough, holds off its watchdog, and never outlives its parent."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import BinaryIO

import msgspec
import psutil
import pytest

from readiness.live import Picture
from readiness.probes import wire
from readiness.probes.wire import Message, PictureSize, ToParent
from readiness.readings import ComputerReading


class Task(msgspec.Struct, frozen=True):
    n: int


@pytest.fixture
def watchdog(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the watchdog was set, and to how many seconds; it never bites here."""
    bites: list[float] = []
    monkeypatch.setattr("faulthandler.dump_traceback_later", lambda seconds, **how: bites.append(seconds))
    return bites


@pytest.fixture
def pipe() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as read_end, os.fdopen(write, "wb") as write_end:
        yield read_end, write_end


def test_the_task_is_one_line_and_the_end_of_the_input_means_enough(
    watchdog: list[float], pipe: tuple[BinaryIO, BinaryIO]
) -> None:
    child_reads, parent_writes = pipe
    parent = ToParent(child_reads, io.BytesIO(), 8)
    parent_writes.write(b'{"n": 3}\n')
    parent_writes.flush()
    assert parent.task(Task) == Task(3)
    live = parent.live()
    assert not live.done()
    assert not live.done()
    parent_writes.close()
    assert live.done()
    assert live.done()


def test_what_is_said_can_be_heard(watchdog: list[float], pipe: tuple[BinaryIO, BinaryIO]) -> None:
    said = io.BytesIO()
    parent = ToParent(pipe[0], said, 8)
    parent.partial(ComputerReading(battery_pct=1))
    parent.live().show(Picture(2, 1, b"abc\ndf"))
    parent.final(ComputerReading(battery_pct=2))
    said.seek(0)
    first = msgspec.json.decode(said.readline(), type=Message)
    assert msgspec.json.decode(first.partial, type=ComputerReading) == ComputerReading(battery_pct=1)
    assert msgspec.json.decode(said.readline(), type=Message).picture == PictureSize(2, 1)
    assert said.read(PictureSize(2, 1).bytes) == b"abc\ndf"
    last = msgspec.json.decode(said.readline(), type=Message)
    assert msgspec.json.decode(last.final, type=ComputerReading) == ComputerReading(battery_pct=2)
    assert said.read() == b""


def test_the_watchdog_waits_for_who_speaks_while_a_person_watches(
    watchdog: list[float], pipe: tuple[BinaryIO, BinaryIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_SET_AGAIN_S", 0.0)
    parent = ToParent(pipe[0], io.BytesIO(), 8)
    assert len(watchdog) == 1
    assert watchdog[0] > 8
    parent.partial(ComputerReading())
    assert len(watchdog) == 1, "a probe that nobody watches has its deadline"
    parent.live().show(Picture(1, 1, b"rgb"))
    parent.partial(ComputerReading())
    assert watchdog == [watchdog[0]] * 3


CHILD = """
import os, sys, time
from readiness.probes.wire import ToParent
from readiness.readings import ComputerReading
import msgspec
class Task(msgspec.Struct): live: bool
parent = ToParent(sys.stdin.buffer, sys.stdout.buffer, 60)
parent.task(Task)
live = parent.live()
parent.partial(ComputerReading(battery_pct=os.getpid()))
LOOP
"""
UNTIL_ENOUGH = "while not live.done(): time.sleep(0.02)"
FOR_EVER = "while True: time.sleep(0.02); parent.partial(ComputerReading())"

PARENT = """
import sys, time
from readiness.live import Live
from readiness.probes import process
from readiness.readings import ComputerReading
def tell(reading):
    if reading.battery_pct: print(int(reading.battery_pct), flush=True)
live = Live(lambda picture: None, lambda: False)
process.run_child([sys.executable, "-c", sys.argv[1]], {"live": True}, ComputerReading, deadline_s=60, tell=tell, live=live)
"""


@pytest.mark.parametrize("loop", [UNTIL_ENOUGH, FOR_EVER], ids=["listens", "only speaks"])
def test_a_parents_death_ends_the_child(loop: str) -> None:
    command = [sys.executable, "-c", PARENT, CHILD.replace("LOOP", loop)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()
        parent.kill()
        parent.wait(10)
    _, alive = psutil.wait_procs([child], timeout=10)
    assert alive == []


def test_a_watched_probe_ends_in_good_order() -> None:
    """As the parent sees it: the lists of devices are told again and again, until the input ends."""
    command = [sys.executable, "-m", "readiness", "--probe", "devices"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as probe:
        assert probe.stdin
        assert probe.stdout
        probe.stdin.write(b'{"live": true}\n')
        probe.stdin.flush()
        partial = [json.loads(probe.stdout.readline()) for _ in range(5)]
        assert all(list(message) == ["partial"] for message in partial)
        probe.stdin.close()
        *_, last = [json.loads(line) for line in probe.stdout]
        assert list(last) == ["final"]
        assert probe.wait(10) == 0
