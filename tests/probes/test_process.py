"""A child process may do anything; the parent always ends up with a reading, in time, and leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable

import psutil
import pytest

from readiness.model import Failure
from readiness.probes import process
from readiness.readings import ComputerReading

SAY = "import json,sys,time,os\ndef say(**m): print(json.dumps(m), flush=True)\n"


def run(code: str, **options: object) -> ComputerReading:
    arguments: dict[str, object] = {"deadline_s": 10.0, **options}
    return process.run_child([sys.executable, "-c", SAY + code], {"n": 1}, ComputerReading, **arguments)  # type: ignore[arg-type]


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]


def test_the_final_reading_comes_back_and_partial_ones_on_the_way() -> None:
    told: list[ComputerReading] = []
    code = "say(partial={'cpu_busy_pct': 1.5}); say(final={'cpu_busy_pct': 2.5, 'memory_free_mib': 100.0})"
    assert run(code, tell=told.append) == ComputerReading(cpu_busy_pct=2.5, memory_free_mib=100.0)
    assert told == [ComputerReading(cpu_busy_pct=1.5)]


def test_the_child_gets_its_task_on_standard_input() -> None:
    assert run("t=json.load(sys.stdin); say(final={'battery_pct': t['n']})") == ComputerReading(battery_pct=1.0)


@pytest.mark.parametrize(
    "code",
    [
        "time.sleep(60)",
        "say(partial={'battery_pct': 7}); time.sleep(60)",
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); say(partial={'battery_pct': 7}); time.sleep(60)",
        "import subprocess; subprocess.Popen(['sleep', '60']); say(partial={'battery_pct': 7}); time.sleep(60)",
        "say(partial={'battery_pct': 7}); os.kill(os.getpid(), 19); time.sleep(60)",
    ],
    ids=["silent", "partial", "ignores the signal", "has a child", "stopped"],
)
def test_a_child_that_hangs_costs_its_deadline_and_what_it_told_is_kept(code: str) -> None:
    begun = time.monotonic()
    reading = run(code, deadline_s=0.7)
    assert reading.failure is Failure.NOT_ANSWERING
    assert reading.battery_pct in (None, 7.0)
    assert time.monotonic() - begun < 2.5
    assert children() == []


@pytest.mark.may_log("^probe ")
@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("sys.exit(3)", "no complaint"),
        ("raise ValueError('the driver is broken')", "the driver is broken"),
        ("os.abort()", "no complaint"),
        ("print('hello')", "said what no probe says"),
        ("say(final={'unknown_fact': 1})", "said what no probe says"),
        ("say(final={'cpu_busy_pct': 'much'})", "said what no probe says"),
        ("say(other={})", "said what no probe says"),
        ("say()", "said what no probe says"),
        ("print('[' * (1 << 21), flush=True)", "said what no probe says"),
    ],
)
def test_a_child_that_breaks_is_told_as_crashed_with_its_last_words_in_the_log(
    code: str, complaint: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert run(code).failure is Failure.CRASHED
    assert complaint in caplog.text


@pytest.mark.may_log("ended without a reading")
def test_a_child_that_talks_without_end_is_cut_off() -> None:
    assert run("while True: say(partial={'battery_pct': 7})").failure is Failure.CRASHED


@pytest.mark.may_log("could not be started")
def test_a_child_that_cannot_be_started_is_told_as_crashed(caplog: pytest.LogCaptureFixture) -> None:
    reading = process.run_child(["/nonexistent/program"], {}, ComputerReading, deadline_s=5)
    assert reading == ComputerReading(failure=Failure.CRASHED)
    assert "could not be started" in caplog.text


def test_a_cancelled_child_is_ended_within_a_moment() -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    begun = time.monotonic()
    code = "say(partial={'battery_pct': 7}); time.sleep(60)"
    assert run(code, cancelled=stop.is_set).failure is Failure.CANCELLED
    assert time.monotonic() - begun < 2.0
    assert children() == []


def test_what_a_driver_prints_does_not_reach_the_readings() -> None:
    code = "print('x' * 10_000_000, file=sys.stderr); say(final={'battery_pct': 3})"
    assert run(code).battery_pct == 3.0


@pytest.mark.may_log("left behind")
def test_a_child_that_cannot_be_killed_is_abandoned(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    held: list[subprocess.Popen[bytes]] = []
    kill = process._kill_with_descendants
    monkeypatch.setattr(process, "_kill_with_descendants", held.append)
    monkeypatch.setattr(process, "GRACE_S", 0.1)
    assert run("time.sleep(60)", deadline_s=0.3).failure is Failure.NOT_ANSWERING
    assert "left behind" in caplog.text
    kill(held[0])
    held[0].wait(5)
    _until(lambda: not [t for t in threading.enumerate() if "of probe" in t.name])
    for stream in (held[0].stdout, held[0].stderr):
        assert stream
        stream.close()


def _until(condition: Callable[[], bool], deadline_s: float = 5.0) -> None:
    ends_at = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < ends_at
        threading.Event().wait(0.01)


def test_a_frozen_program_starts_itself_as_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    assert process.command("camera") == [sys.executable, "-m", "readiness", "--probe", "camera"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert process.command("camera") == [sys.executable, "--probe", "camera"]
