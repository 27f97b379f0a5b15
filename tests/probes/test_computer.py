"""The computer's strength: this computer's for real, with and without something that keeps it busy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from readiness.model import Failure
from readiness.probes import computer, process
from readiness.readings import ComputerReading

BURN = "while True: pass"


def read(told: list[ComputerReading] | None = None) -> ComputerReading:
    return computer.read(computer.Task(), (told if told is not None else []).append)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computer, "WINDOW_S", 0.05)


@pytest.fixture
def quick_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computer, "_cpu_busy_pct", lambda: 10.0)


def test_this_computer_through_the_child_process() -> None:
    told: list[ComputerReading] = []
    reading = process.run_child(process.command("computer"), {}, ComputerReading, deadline_s=20, tell=told.append)
    assert reading.failure is None
    assert reading.cpu_busy_pct is not None
    assert 0 <= reading.cpu_busy_pct <= 100
    assert reading.memory_free_mib is not None
    assert 0 < reading.memory_free_mib <= psutil.virtual_memory().total / 1024**2
    # what is quick is told before the second in which the processor is watched
    assert [(partial.cpu_busy_pct, partial.memory_free_mib) for partial in told] == [(None, reading.memory_free_mib)]


@pytest.fixture
def burning() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", BURN]) as burner:
        yield burner
        burner.kill()


def test_our_own_work_is_taken_off_and_the_work_of_others_is_not(burning: subprocess.Popen[bytes]) -> None:
    """A program that burns a whole core: once counted as ours, once as somebody else's."""
    others = [member for member in computer.our_processes() if member.pid != burning.pid]
    with_it, without_it = computer.OwnTime(computer.our_processes), computer.OwnTime(lambda: others)
    before, until_s = psutil.cpu_times(), 0.5
    while with_it.spent_s < until_s:  # the burner's work, as it comes in: a busy machine only takes longer
        with_it.look()
    without_it.look()
    after = psutil.cpu_times()
    burnt_s = psutil.Process(burning.pid).cpu_times().user
    assert with_it.spent_s - without_it.spent_s == pytest.approx(burnt_s, abs=0.2)
    ours, theirs = (
        computer.busy_pct(before, after, with_it.spent_s),
        computer.busy_pct(before, after, without_it.spent_s),
    )
    assert ours is not None
    assert theirs is not None
    assert ours < theirs


def test_our_processes_are_our_starter_and_what_it_started(burning: subprocess.Popen[bytes]) -> None:
    ours = {member.pid for member in computer.our_processes()}
    assert {os.getpid(), burning.pid} <= ours
    assert 1 not in ours or psutil.Process(1).exe() == psutil.Process().exe()


def test_a_starter_that_runs_another_program_is_not_ours(tmp_path: Path) -> None:
    """A shell that starts us from a terminal: what else it runs is not our work."""
    script = "from readiness.probes import computer; print(*(p.pid for p in computer.our_processes()))"
    shell = f'echo $$; "{sys.executable}" -c "{script}"; true'
    said = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, text=True, timeout=60, check=True)
    shell_pid, ours = said.stdout.splitlines()
    assert shell_pid not in ours.split()
    assert len(ours.split()) == 1


Times = namedtuple("Times", "user system idle iowait guest guest_nice")  # noqa: PYI024 - as psutil makes them
WindowsTimes = namedtuple("WindowsTimes", "user system idle interrupt dpc")  # noqa: PYI024


@pytest.mark.parametrize(
    ("before", "after", "ours_s", "expected"),
    [
        (Times(0, 0, 0, 0, 0, 0), Times(1, 0, 1, 0, 0, 0), 0.0, 50.0),
        (Times(5, 5, 5, 5, 0, 0), Times(6, 5, 6, 5, 0, 0), 0.5, 25.0),
        (Times(0, 0, 0, 0, 0, 0), Times(1, 1, 1, 1, 0, 0), 0.0, 50.0),  # waiting for a disk is not work
        (Times(0, 0, 0, 0, 0, 0), Times(1, 0, 1, 0, 1, 0), 0.0, 50.0),  # a guest counts once
        (Times(0, 0, 0, 0, 0, 0), Times(1, 0, 1, 0, 0, 0), 1.2, 0.0),  # clocks tick in steps
        (Times(0, 0, 0, 0, 0, 0), Times(2, 0, 0, 0, 0, 0), 0.0, 100.0),
        (Times(1, 1, 1, 1, 1, 1), Times(1, 1, 1, 1, 1, 1), 0.0, None),
        (WindowsTimes(0, 0, 0, 0, 0), WindowsTimes(1, 1, 2, 0, 0), 1.0, 25.0),
    ],
)
def test_busy_pct(before: Any, after: Any, ours_s: float, expected: float | None) -> None:
    assert computer.busy_pct(before, after, ours_s) == expected


class Invented:
    """A process whose clock we set; None: it has just gone."""

    def __init__(self, *clock: float) -> None:
        self.clock: tuple[float, ...] | None = clock

    def cpu_times(self) -> tuple[float, ...]:
        if self.clock is None:
            raise psutil.NoSuchProcess(1)
        return self.clock


@pytest.mark.parametrize(
    ("inherits", "expected_s"),
    [
        # The parent's account got the 3 s of the child that has ended ...
        (True, 1.0 + 3.0),
        # ... or nobody's did, and what was last seen of it is kept: 2 s, of which 1 s was before.
        (False, 1.0 + 1.0),
    ],
)
def test_the_time_of_a_child_that_has_ended_is_not_lost(inherits: bool, expected_s: float) -> None:
    parent, child, late = Invented(10.0, 0.0, 0.0, 0.0), Invented(1.0, 0.0, 0.0, 0.0), Invented(0.0, 0.0, 0.0, 0.0)
    family: list[Any] = [parent, child]
    ours = computer.OwnTime(lambda: family, inherits)
    assert ours.spent_s == 0
    child.clock = (1.5, 0.5, 0.0, 0.0)
    family.append(late)
    ours.look()
    assert ours.spent_s == pytest.approx(1.0)
    child.clock = None
    parent.clock = (11.0, 0.0, 3.0 + 1.0, 0.0) if inherits else (11.0, 0.0, 0.0, 0.0)
    ours.look()
    assert ours.spent_s == pytest.approx(expected_s)


@pytest.mark.parametrize(
    ("battery", "expected"),
    [
        (None, (None, None)),
        (SimpleNamespace(percent=81.4, power_plugged=True), (False, 81.4)),
        (SimpleNamespace(percent=12, power_plugged=False), (True, 12.0)),
        (SimpleNamespace(percent=50, power_plugged=None), (None, 50.0)),
    ],
)
@pytest.mark.usefixtures("quick_cpu")
def test_battery(battery: object, expected: tuple[object, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    reading = read()
    assert (reading.on_battery, reading.battery_pct) == expected
    assert reading.failure is None


def refuses(error: Exception) -> Callable[..., Any]:
    def refused(*args: object, **kwargs: object) -> Any:
        raise error

    return refused


@pytest.mark.usefixtures("short")
def test_a_system_that_tells_nothing_gives_no_facts_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", refuses(PermissionError("/proc/meminfo")))
    monkeypatch.setattr(psutil, "cpu_times", refuses(FileNotFoundError("/proc/stat")))
    monkeypatch.setattr(psutil, "process_iter", refuses(psutil.AccessDenied()))
    monkeypatch.delattr(psutil, "sensors_battery", raising=False)
    assert read() == ComputerReading(failure=Failure.UNSUPPORTED)


@pytest.mark.parametrize("missing", ["virtual_memory", "cpu_times"])
@pytest.mark.usefixtures("short")
def test_one_missing_fact_does_not_cost_the_others(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, missing, refuses(NotImplementedError()))
    reading = read()
    assert reading.failure is None
    assert (reading.memory_free_mib is None, reading.cpu_busy_pct is None) == (
        missing == "virtual_memory",
        missing == "cpu_times",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="a program's name is its file's name there")
@pytest.mark.usefixtures("quick_cpu")
def test_a_running_video_program_is_named(tmp_path: Path) -> None:
    """A real process that runs under the name of a camera program."""
    sleep = shutil.which("sleep")
    assert sleep is not None
    program = tmp_path / "guvcview"
    shutil.copy(sleep, program)
    assert "guvcview" not in read().video_programs
    with subprocess.Popen([program, "600"]) as running:
        try:
            assert "guvcview" in read().video_programs
        finally:
            running.kill()
    assert "guvcview" not in read().video_programs
