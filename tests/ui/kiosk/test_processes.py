"""The whole kiosk as real processes: the window is killed, or stands still, and the first screen is there again."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from readiness.kiosk import supervisor
from readiness.kiosk.heartbeat import Activity
from readiness.kiosk.restarts import Mode
from readiness.kiosk.store import Store
from tests.ui.person import wait_until

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc of Linux")


class Running:
    """A supervisor and its window, in a home of their own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._health = home / "state" / "readiness" / "kiosk" / "health.json"
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(home)}
        environment |= {"XDG_STATE_HOME": str(home / "state"), "XDG_CONFIG_HOME": str(home / "config")}
        environment |= {"XDG_CACHE_HOME": str(home / "cache"), "XDG_DATA_HOME": str(home / "data")}
        self.process = subprocess.Popen([sys.executable, "-m", "ui", "--kiosk"], cwd=ROOT, env=environment)

    def health(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            read: dict[str, Any] = json.loads(self._health.read_text(encoding="utf-8"))
            return read
        return {}

    def window(self) -> psutil.Process | None:
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                if "--kiosk-screen" in child.cmdline():
                    return child
        return None

    def wait_for_first_screen(self, restarts: int, most_s: float) -> psutil.Process:
        """Until the first screen of a window stands there, after so many restarts; returns that window."""
        begun_s = time.monotonic()
        while True:
            health, window = self.health(), self.window()
            is_there = health.get("activity") == "attract" and health["restarts"] == restarts
            if is_there and window is not None and health["written_at_s"] > window.create_time():
                return window
            with contextlib.suppress(subprocess.TimeoutExpired):
                pytest.fail(f"the supervisor ended with {self.process.wait(0.05)}")
            assert time.monotonic() - begun_s < most_s, f"no first screen after {most_s} s: {health}"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    kiosk = Running(tmp_path)
    yield kiosk
    kiosk.process.terminate()
    kiosk.process.wait(10)


def test_a_window_that_is_killed_or_stands_still_is_there_again(running: Running) -> None:
    window = running.wait_for_first_screen(0, most_s=20)
    assert window.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    window.kill()
    second = running.wait_for_first_screen(1, most_s=8)
    second.send_signal(signal.SIGSTOP)
    third = running.wait_for_first_screen(2, most_s=20)
    assert len({window.pid, second.pid, third.pid}) == 3
    assert not second.is_running()


def test_the_window_ends_with_its_supervisor(running: Running) -> None:
    window = running.wait_for_first_screen(0, most_s=20)
    running.process.kill()
    running.process.wait(5)
    window.wait(5)


def test_the_supervisor_ends_its_window_in_good_order(running: Running) -> None:
    window = running.wait_for_first_screen(0, most_s=20)
    begun_s = time.monotonic()
    running.process.terminate()
    assert running.process.wait(5) == 128 + signal.SIGTERM
    assert time.monotonic() - begun_s < 3
    assert not window.is_running()


@pytest.mark.may_log("the window ended with status 1")
def test_a_crash_loop_ends_in_a_rest_and_the_rest_ends_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that runs a hundred times as fast; the window that rests, and the one after it, are the real one."""
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(supervisor, "SILENCE_S", 1e9)
    monkeypatch.setattr(supervisor, "START_S", 1e9)
    heard: list[tuple[Mode, Activity]] = []
    begun_s = time.monotonic()
    has_rested = threading.Event()

    def start(mode: Mode, config: Path | None, fault: str | None) -> Sequence[str]:
        if mode is Mode.RESTING:
            has_rested.set()
        elif not has_rested.is_set():
            return [sys.executable, "-S", "-c", "raise SystemExit(1)"]
        return supervisor.command(mode, config, fault)

    kept = supervisor.Supervisor(
        Store(tmp_path / "machine", tmp_path / "own"),
        tmp_path / "own",
        start=start,
        now_s=lambda: 100 * (time.monotonic() - begun_s),
        tell=lambda health: heard.append((health.mode, health.activity)),
    )
    running = threading.Thread(target=kept.run, name="supervisor")
    running.start()
    try:
        wait_until(lambda: (Mode.RESTING, Activity.RESTING) in heard, "the rest")
        wait_until(lambda: heard[-1] == (Mode.NORMAL, Activity.ATTRACT), "the first screen")
    finally:
        kept.stop(0)
        running.join(10)


def test_this_process_may_write_a_core_file_so_the_window_forbids_it_by_itself() -> None:
    """The test above proves something only where a core file could be written at all."""
    assert resource.getrlimit(resource.RLIMIT_CORE)[1] != 0
