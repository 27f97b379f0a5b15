"""The supervisor with real child processes. Where minutes matter its clock runs faster than ours."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from readiness.exits import Exit
from readiness.kiosk import supervisor as module
from readiness.kiosk.child import Child, Gone
from readiness.kiosk.config import ConfigError
from readiness.kiosk.faults import read_faults
from readiness.kiosk.health import Health, read_health
from readiness.kiosk.heartbeat import Activity
from readiness.kiosk.restarts import Mode
from readiness.kiosk.store import Loaded, Store
from readiness.kiosk.supervisor import Supervisor, command
from tests.kiosk.conftest import Write

pytestmark = pytest.mark.may_log("the window ended with status", "the window stood still")

WINDOW = Path(__file__).with_name("fake_window.py")


class Kiosk:
    """A supervisor in a thread, on a window that does what it is told."""

    def __init__(self, store: Store, own: Path, windows: Sequence[str], speed: float = 1.0) -> None:
        self.own = own
        self.notes = own.parent / "notes.jsonl"
        self.told: list[Health] = []
        self.heard = threading.Condition()
        self._windows = list(windows)
        self.supervisor = Supervisor(
            store, own, start=self._start, now_s=lambda: time.monotonic() * speed, tell=self._hear
        )
        self.status: int | None = None
        self._thread = threading.Thread(target=self._run, name="supervisor")

    def _start(self, mode: Mode, config: Path | None, fault: str | None) -> list[str]:
        """The next of the windows; the last one again and again."""
        what = self._windows.pop(0) if len(self._windows) > 1 else self._windows[0]
        if what == "missing":
            return [str(self.own / "no such program")]
        return [sys.executable, str(WINDOW), what, *command(mode, config, fault)[4:]]

    def _hear(self, health: Health) -> None:
        with self.heard:
            self.told.append(health)
            self.heard.notify_all()

    def _run(self) -> None:
        self.status = self.supervisor.run()

    def begin(self) -> None:
        self._thread.start()

    def wait_for(self, is_there: Callable[[Health], bool], seconds: float = 20) -> Health:
        with self.heard:
            assert self.heard.wait_for(lambda: any(map(is_there, self.told)), seconds), self.told[-1:]
            return next(filter(is_there, self.told))

    def end(self, status: int = 143) -> None:
        self.supervisor.stop(status)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def wait(self, seconds: float = 20) -> int | None:
        self._thread.join(seconds)
        return self.status

    @property
    def starts(self) -> list[list[str]]:
        return [json.loads(line) for line in self.notes.read_text().splitlines()]

    @property
    def faults(self) -> list[str]:
        return [fault.code for fault in reversed(read_faults(self.own / "faults.json"))]


Begin = Callable[..., Kiosk]


@pytest.fixture
def begin(store: Store, own: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Begin]:
    monkeypatch.setenv("FAKE_NOTES", str(tmp_path / "notes.jsonl"))
    kiosks: list[Kiosk] = []

    def made(*windows: str, speed: float = 1.0) -> Kiosk:
        kiosk = Kiosk(store, own, windows, speed)
        kiosks.append(kiosk)
        kiosk.begin()
        return kiosk

    yield made
    for kiosk in kiosks:
        kiosk.end()


def window_of(kiosk: Kiosk) -> psutil.Process:
    return next(child for child in psutil.Process().children() if str(WINDOW) in child.cmdline())


def test_a_window_that_works_is_left_alone_and_what_it_tells_is_kept(begin: Begin) -> None:
    kiosk = begin("good")
    health = kiosk.wait_for(lambda health: health.self_test_at_s == 5.0)
    assert (health.visits, health.restarts, health.mode) == (1, 0, Mode.NORMAL)
    assert health.faults == {"K06": 1}
    kiosk.wait_for(lambda health: health.activity is Activity.ATTRACT)
    kept = read_health(kiosk.own / "health.json")
    assert kept is not None
    assert kept.last_fault == "K06"
    kiosk.end(143)
    assert kiosk.status == 143
    assert kiosk.starts == [["--mode", "normal"]]


def test_a_morning_test_that_found_something_is_a_fault(begin: Begin) -> None:
    kiosk = begin("broken")
    kiosk.wait_for(lambda health: bool(health.self_test))
    assert kiosk.faults == ["K06", "K09"]


def test_a_killed_window_is_there_again_within_eight_seconds(begin: Begin) -> None:
    kiosk = begin("good")
    kiosk.wait_for(lambda health: health.activity is Activity.ATTRACT)
    window_of(kiosk).kill()
    begun = time.monotonic()
    kiosk.wait_for(lambda health: health.restarts == 1 and health.activity is Activity.ATTRACT, 8)
    assert time.monotonic() - begun < 8
    assert "K01" in kiosk.faults


def test_a_window_that_stands_still_is_there_again_within_twenty_seconds(begin: Begin) -> None:
    kiosk = begin("good", speed=4)
    kiosk.wait_for(lambda health: health.activity is Activity.ATTRACT)
    before = window_of(kiosk)
    before.send_signal(signal.SIGSTOP)
    begun = time.monotonic()
    kiosk.wait_for(lambda health: health.restarts == 1 and health.activity is Activity.ATTRACT)
    assert (time.monotonic() - begun) * 4 < 20
    assert not before.is_running()
    assert "K02" in kiosk.faults


def test_a_window_that_never_says_a_word_is_started_again(begin: Begin) -> None:
    kiosk = begin("silent", "good", speed=30)
    kiosk.wait_for(lambda health: health.restarts == 1 and health.activity is Activity.ATTRACT)
    assert "K02" in kiosk.faults


def test_a_window_that_breaks_again_and_again_rests_and_recovers(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readiness.kiosk.restarts.RECOVERY_S", 100.0)
    kiosk = begin(*["crash"] * 5, "good", speed=30)
    resting = kiosk.wait_for(lambda health: health.activity is Activity.RESTING)
    assert (resting.mode, resting.restarts) == (Mode.RESTING, 5)
    kiosk.wait_for(lambda health: health.uptime_s > 100 and health.activity is Activity.ATTRACT)
    assert [start[1] for start in kiosk.starts] == ["normal"] * 3 + ["safe"] * 2 + ["resting", "normal"]
    assert kiosk.starts[5] == ["--mode", "resting", "--fault", "K04"]
    crashes = [code for code in kiosk.faults if code != "K06"]
    assert crashes == ["K01", "K01", "K01", "K03", "K01", "K01", "K04"]


def test_nobody_is_sent_away_for_a_recovery(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readiness.kiosk.restarts.RECOVERY_S", 30.0)
    kiosk = begin("crash", "crash", "crash", "visit", "good", speed=30)
    safe = kiosk.wait_for(lambda health: health.activity is Activity.VISIT)
    assert safe.mode is Mode.SAFE
    late = kiosk.wait_for(lambda health: health.uptime_s > safe.uptime_s + 60)
    assert late.activity is Activity.VISIT
    assert len(kiosk.starts) == 4


@pytest.mark.may_log("could not be started")
def test_a_window_that_cannot_be_started_is_tried_again(begin: Begin) -> None:
    kiosk = begin("missing", "missing", "good", speed=10)
    health = kiosk.wait_for(lambda health: health.activity is Activity.ATTRACT)
    assert health.restarts == 2


def test_staff_wants_the_window_started_again(begin: Begin) -> None:
    kiosk = begin(str(Exit.RESTART_APP.value), "good")
    health = kiosk.wait_for(lambda health: health.activity is Activity.ATTRACT)
    assert health.restarts == 0
    assert len(kiosk.starts) == 2


def test_staff_wants_the_computer_started_again(begin: Begin) -> None:
    assert begin(str(Exit.RESTART_COMPUTER.value)).wait() == Exit.RESTART_COMPUTER


def test_staff_leaves_and_the_kiosk_comes_back(begin: Begin) -> None:
    kiosk = begin(str(Exit.STAFF_LEFT.value), "good", speed=300)
    health = kiosk.wait_for(lambda health: health.activity is Activity.ATTRACT)
    assert health.uptime_s >= 600
    assert health.restarts == 0


def test_staff_leaves_for_good_where_the_shell_starts_it_again(begin: Begin, store: Store, settings: Write) -> None:
    store.install(settings(1, "[staff]\nrearm_s = 0"))
    assert begin(str(Exit.STAFF_LEFT.value)).wait() == 0


def test_a_stubborn_window_is_killed_with_all_that_it_started(begin: Begin) -> None:
    kiosk = begin("stubborn")
    kiosk.wait_for(lambda health: health.activity is Activity.VISIT)
    started = window_of(kiosk).children()
    while not started:
        started = window_of(kiosk).children()
    begun = time.monotonic()
    kiosk.end()
    assert time.monotonic() - begun < 6
    psutil.wait_procs(started, timeout=2)
    assert not [child for child in started if child.is_running()]


def test_the_window_gets_the_settings_and_settings_that_worked_are_kept(
    begin: Begin, store: Store, own: Path, settings: Write
) -> None:
    store.install(settings(4))
    kiosk = begin("good", speed=100)
    kiosk.wait_for(lambda health: health.uptime_s > 200)
    assert kiosk.starts == [["--mode", "normal", "--config", str(own / "in-use.toml")]]
    assert store.has_good
    assert store.load_last_good().config.version == 4


@pytest.mark.may_log("kiosk.toml")
def test_broken_settings_cost_nobody_the_kiosk(begin: Begin, store: Store, settings: Write) -> None:
    store.install(settings(4))
    store.keep_good(store.load())
    store.path.write_text("torn =")
    kiosk = begin("good")
    health = kiosk.wait_for(lambda health: health.activity is Activity.ATTRACT)
    assert health.config_version == 4
    assert "K05" in kiosk.faults


def test_settings_that_break_the_window_are_left_for_those_that_worked(
    begin: Begin, store: Store, settings: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readiness.kiosk.restarts.RECOVERY_S", 20.0)
    store.install(settings(4))
    store.keep_good(store.load())
    store.install(settings(5))
    kiosk = begin("crash", "crash", "crash", "good", speed=20)
    health = kiosk.wait_for(lambda health: health.mode is Mode.SAFE and health.activity is Activity.ATTRACT)
    assert health.config_version == 4
    assert "K05" not in kiosk.faults
    kiosk.wait_for(lambda health: (health.mode, health.config_version) == (Mode.NORMAL, 4))
    assert "K05" in kiosk.faults


@pytest.mark.may_log("cannot be written", "No space")
def test_a_full_disk_stops_no_kiosk(
    begin: Begin, store: Store, settings: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.install(settings(4))

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    def not_kept(self: Store, loaded: Loaded) -> None:
        raise ConfigError("{file} cannot be written", file="last-good.toml")

    monkeypatch.setattr(module, "write_whole", full)
    monkeypatch.setattr("readiness.kiosk.health.write_whole", full)
    monkeypatch.setattr(Store, "keep_good", not_kept)
    kiosk = begin("good", speed=100)
    kiosk.wait_for(lambda health: health.uptime_s > 200)
    assert kiosk.starts == [["--mode", "normal"]]
    assert kiosk.faults.count("K13") == 2


def test_it_can_be_stopped_while_it_waits(begin: Begin) -> None:
    kiosk = begin(str(Exit.STAFF_LEFT.value))
    kiosk.wait_for(lambda health: health.activity is Activity.STAFF)
    kiosk.end(130)
    assert kiosk.status == 130


def test_it_can_be_stopped_before_a_start(store: Store, own: Path) -> None:
    supervisor = Supervisor(store, own)
    supervisor.stop(130)
    assert supervisor.run() == 130


def test_what_starts_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    assert command(Mode.SAFE, Path("a"), "K04") == [
        *(sys.executable, "-m", "ui", "--kiosk-screen", "--mode", "safe", "--config", "a", "--fault", "K04")
    ]
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", "/opt/x/readiness-window.exe")
    assert command(Mode.NORMAL, None, None)[0] == "/opt/x/readiness.exe"


def test_a_child_that_is_gone_can_still_be_ended() -> None:
    child = Child([sys.executable, "-c", "raise SystemExit(3)"])
    assert child.next_word(10) == Gone(3)
    assert child.pid > 0
    child.end()
    child = Child([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])
    assert child.next_word(10) == Gone(-9)
    child.end(at_once=True)


def test_a_child_that_cannot_be_killed_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readiness.kiosk.child.GRACE_S", 0.05)
    child = Child([sys.executable, "-c", "import signal; signal.signal(15, signal.SIG_IGN); print(); signal.pause()"])
    with monkeypatch.context() as patched:
        patched.setattr("subprocess.Popen.kill", lambda self: None)
        patched.setattr("subprocess.Popen.terminate", lambda self: None)
        child.end()
    os.kill(child.pid, signal.SIGKILL)
    assert child.next_word(10) == Gone(-9)
    child.end()


def test_windows_closes_the_pipe_waits_and_ends_the_whole_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child([sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit(4)"])
    asked: list[list[str]] = []
    with monkeypatch.context() as patched:
        patched.setattr("sys.platform", "win32")
        patched.setattr("subprocess.run", lambda argv, **how: asked.append(argv))
        child.end()
    assert child.next_word(10) == Gone(4)
    assert asked == [["taskkill", "/F", "/T", "/PID", str(child.pid)]]


def test_where_nobody_can_list_processes_the_window_is_ended_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child([sys.executable, "-c", "import signal; signal.pause()"])
    monkeypatch.setenv("PATH", "/nowhere")
    child.end(at_once=True)
    assert child.next_word(10) == Gone(-9)
