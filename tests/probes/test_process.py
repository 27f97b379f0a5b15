"""A child process may do anything; the parent always ends up with a reading, in time, and leaves nothing behind."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import psutil
import pytest

from readiness.live import Live, Picture
from readiness.model import Failure
from readiness.probes import process
from readiness.probes.wire import MAX_BYTES
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


# While a person watches

PICTURE = """
def picture(width, height, raw):
    print(json.dumps({'picture': {'width_px': width, 'height_px': height}}), flush=True)
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()
task = json.loads(sys.stdin.readline())
"""

UNTIL_ENOUGH = "sys.stdin.read(); say(final={'battery_pct': 9})"


class Person:
    """Looks at pictures, and has seen enough when told."""

    def __init__(self) -> None:
        self.seen: list[Picture] = []
        self.enough = threading.Event()
        self.threads: set[int] = set()

    def show(self, picture: Picture) -> None:
        self.seen.append(picture)
        self.threads.add(threading.get_ident())

    @property
    def live(self) -> Live:
        return Live(self.show, self.enough.is_set)


def watch(person: Person, code: str, **options: object) -> ComputerReading:
    return run(PICTURE + code, live=person.live, **options)


def test_pictures_are_shown_and_the_child_ends_when_the_person_is_done() -> None:
    person = Person()
    code = f"picture(2, 1, b'abcdef'); say(partial={{'battery_pct': task['n']}}); picture(1, 1, b'\\n{{}}'); {UNTIL_ENOUGH}"

    def tell(reading: ComputerReading) -> None:
        assert reading == ComputerReading(battery_pct=1.0)
        threading.Timer(0.2, person.enough.set).start()

    assert watch(person, code, tell=tell) == ComputerReading(battery_pct=9.0)
    assert person.seen == [Picture(2, 1, b"abcdef"), Picture(1, 1, b"\n{}")]
    assert threading.get_ident() not in person.threads


@pytest.mark.may_log("^probe ")
@pytest.mark.parametrize(
    ("code", "shown", "complaint"),
    [
        ("picture(641, 1, bytes(3 * 641)); time.sleep(9)", 0, "said what no probe says"),
        ("picture(1, 481, bytes(3 * 481)); time.sleep(9)", 0, "said what no probe says"),
        ("picture(0, 1, b''); time.sleep(9)", 0, "said what no probe says"),
        ("picture(10**9, 10**9, b''); time.sleep(9)", 0, "said what no probe says"),
        ("picture(1, 1, b'rgbrgb'); time.sleep(9)", 1, "ended|said"),
        ("picture(1, 1, b'rgb'); print('garbage', flush=True); time.sleep(9)", 1, "said what no probe says"),
        ("picture(1, 1, b'rgb garbage\\n'); time.sleep(9)", 1, "said what no probe says"),
        ("picture(2, 2, b'rgb')", 0, "ended without a reading"),
        ("print('{\"picture\": 1}', flush=True); time.sleep(9)", 0, "said what no probe says"),
        ("print('[' * (1 << 21), flush=True); time.sleep(9)", 0, "said what no probe says"),
    ],
)
def test_a_child_that_shows_nonsense_has_crashed(
    code: str, shown: int, complaint: str, caplog: pytest.LogCaptureFixture
) -> None:
    if "rgbrgb" in code:
        code = code.replace("; time.sleep(9)", "")
    person = Person()
    assert watch(person, code).failure is Failure.CRASHED
    assert len(person.seen) == shown
    assert re.search(complaint, caplog.text)


@pytest.mark.may_log("nobody asked for")
def test_a_picture_that_nobody_asked_for_is_nonsense() -> None:
    assert run(PICTURE + "picture(1, 1, b'rgb'); time.sleep(9)").failure is Failure.CRASHED


def test_a_child_that_says_no_last_word_costs_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "FINAL_S", 0.5)
    person = Person()
    begun = time.monotonic()
    code = "say(partial={'battery_pct': 7})\nwhile True: picture(1, 1, b'rgb'); time.sleep(0.05)"
    reading = watch(person, code, tell=lambda reading: person.enough.set(), deadline_s=60.0)
    assert reading == ComputerReading(battery_pct=7.0, failure=Failure.NOT_ANSWERING)
    assert time.monotonic() - begun < 5
    assert children() == []


def test_while_a_person_watches_the_deadline_counts_from_the_last_word() -> None:
    person = Person()
    code = f"for n in range(8): say(partial={{'battery_pct': n}}); time.sleep(0.25)\n{UNTIL_ENOUGH}"
    told: list[float | None] = []

    def tell(reading: ComputerReading) -> None:
        told.append(reading.battery_pct)
        if reading.battery_pct == 7:
            person.enough.set()

    assert watch(person, code, tell=tell, deadline_s=1.2) == ComputerReading(battery_pct=9.0)
    assert told == list(range(8))


def test_a_watched_child_that_falls_silent_costs_its_deadline() -> None:
    begun = time.monotonic()
    reading = watch(Person(), "say(partial={'battery_pct': 7}); time.sleep(60)", deadline_s=0.7)
    assert reading.failure is Failure.NOT_ANSWERING
    assert time.monotonic() - begun < 3


def test_while_a_person_watches_the_limit_is_that_of_one_line() -> None:
    person = Person()
    code = f"for n in range(30): say(partial={{'battery_pct': n, 'video_programs': ['x' * 50_000]}})\n{UNTIL_ENOUGH}"

    def tell(reading: ComputerReading) -> None:
        if reading.battery_pct == 29:
            person.enough.set()

    assert MAX_BYTES < 30 * 50_000
    assert watch(person, code, tell=tell) == ComputerReading(battery_pct=9.0)


def test_a_person_who_leaves_ends_the_child_at_once() -> None:
    person = Person()
    begun = time.monotonic()
    code = "while True: picture(640, 480, bytes(640 * 480 * 3))"
    reading = watch(person, code, cancelled=lambda: len(person.seen) > 2)
    assert reading.failure is Failure.CANCELLED
    assert time.monotonic() - begun < 3
    assert children() == []
    seen = len(person.seen)
    threading.Event().wait(0.1)
    assert len(person.seen) == seen


def test_what_showing_raises_is_raised_where_the_reading_was_asked_for() -> None:
    def show(picture: Picture) -> None:
        raise RuntimeError("the window is broken")

    with pytest.raises(RuntimeError, match="the window is broken"):
        run(PICTURE + "picture(1, 1, b'rgb'); time.sleep(60)", live=Live(show, lambda: False))
    assert children() == []


def test_who_is_done_before_the_child_has_begun_has_stopped_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "FINAL_S", 0.3)
    person = Person()
    person.enough.set()
    assert watch(person, "time.sleep(60)") == ComputerReading(failure=Failure.CANCELLED)
    assert children() == []
