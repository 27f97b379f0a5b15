"""Keeps the kiosk's window running: starts it, listens for its beats, starts it again, gives it a rest.

A small process without a window of its own, which can stand as the shell of a kiosk's account. It ends only by staff's
wish (0), for a restart of the computer (20), or by the system's.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from readiness import __version__
from readiness.exits import Exit
from readiness.kiosk.child import Child, Gone
from readiness.kiosk.config import ConfigError
from readiness.kiosk.faults import SENTENCES, FaultLog
from readiness.kiosk.files import write_whole
from readiness.kiosk.health import Health, write_health
from readiness.kiosk.heartbeat import Activity, Message, SelfTest
from readiness.kiosk.restarts import Mode, Restarts
from readiness.kiosk.store import Loaded, Store
from readiness.model import Status

log = logging.getLogger(__name__)

#: How long a window may be silent; and how long it may take for its first word.
SILENCE_S: Final = 10.0
START_S: Final = 30.0

#: How long settings must have worked before they count as good.
GOOD_AFTER_S: Final = 60.0

#: How often the health file is written while nothing happens.
HEALTH_S: Final = 60.0

#: How long we sleep at most between two looks at the clock, and at whether somebody stops us.
_LOOK_S: Final = 0.25

#: While one of these goes on, nobody is sent away for a recovery.
_BUSY: Final = frozenset({Activity.VISIT, Activity.STAFF})


def command(mode: Mode, config: Path | None, fault: str | None) -> list[str]:
    """What starts the window: this Python, or our own executable when frozen."""
    frozen = getattr(sys, "frozen", False)
    start = [_console_program(sys.executable)] if frozen else [sys.executable, "-m", "ui"]
    told = [*(("--config", str(config)) if config else ()), *(("--fault", fault) if fault else ())]
    return [*start, "--kiosk-screen", "--mode", mode.value, *told]


def _console_program(executable: str) -> str:
    """On Windows the window program has no standard output to beat on; its sister, the console program, has."""
    path = Path(executable)
    return str(path.with_name(path.name.replace("readiness-window", "readiness")))


class Supervisor:
    """`run` until it returns the exit status; `stop` from a signal handler or another thread ends it early."""

    def __init__(
        self,
        store: Store,
        own: Path,
        *,
        start: Callable[[Mode, Path | None, str | None], Sequence[str]] = command,
        now_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        tell: Callable[[Health], str | None] = lambda health: None,
    ) -> None:
        """``own``: the folder for what must be known after a restart; ``tell``: also hears how the kiosk is.

        What it returns is the code of a fault of its own.
        """
        self._store = store
        self._own = own
        self._start = start
        self._now_s = now_s
        self._sleep = sleep
        self._wall = wall
        self._tell = tell
        self._stop_status: int | None = None
        self._begun_s = now_s()
        self._restarts = Restarts()
        self._faults = FaultLog(own / "faults.json")
        self._self_test: SelfTest | None = None
        self._visits = 0
        self._activity = Activity.STARTING
        self._loaded = Loaded(store.load_last_good().config, b"")
        self._bad = b""
        self._health_due_s = self._begun_s

    def stop(self, status: int) -> None:
        """End soon, with this exit status. Takes no lock: a signal may come while the same thread holds one."""
        self._stop_status = status

    def run(self) -> int:
        """Keep the window running. Returns the exit status."""
        while True:
            self._rest(self._restarts.pause_s(self._now_s()))
            if self._restarts.recovers_in_s(self._now_s()) == 0:
                self._restarts.recover()
            if self._stop_status is not None:
                return self._stop_status
            status = self._one_life()
            if status == Exit.STAFF_LEFT:
                if self._loaded.config.staff.rearm_s == 0:
                    return Exit.STAFF_LEFT
                self._rest(self._loaded.config.staff.rearm_s)
            elif status == Exit.RESTART_COMPUTER:
                return Exit.RESTART_COMPUTER

    # --- One window, from its start to its end

    def _one_life(self) -> int | None:
        """The exit status that staff chose; None for any other end."""
        mode = self._restarts.mode
        config = self._prepare(mode)
        self._activity = Activity.STARTING
        try:
            child = Child(self._start(mode, config, self._resting_fault(mode)))
        except OSError as error:
            log.error("the window could not be started: %s", error)
            self._crash("K01")
            return None
        at_once = False
        try:
            status = self._listen(child, mode)
            at_once = status is None and self._stop_status is None
        finally:
            child.end(at_once=at_once)
        return status

    def _listen(self, child: Child, mode: Mode) -> int | None:
        begun_s = self._now_s()
        silent_after_s = begun_s + START_S
        is_good = mode is not Mode.NORMAL
        while self._stop_status is None:
            word = child.next_word(_LOOK_S)
            now_s = self._now_s()
            if isinstance(word, Gone):
                if word.status in (Exit.STAFF_LEFT, Exit.RESTART_APP, Exit.RESTART_COMPUTER):
                    return word.status
                log.error("the window ended with status %d", word.status)
                self._crash("K01")
                return None
            if word:
                self._hear(word)
                if word.beat:
                    silent_after_s = now_s + SILENCE_S
            elif now_s >= silent_after_s:
                log.error("the window stood still")
                self._crash("K02")
                return None
            if not is_good and word and now_s >= begun_s + GOOD_AFTER_S:
                is_good = True
                self._keep_good()
            if self._restarts.recovers_in_s(now_s) == 0 and self._activity not in _BUSY:
                return Exit.RESTART_APP
            if now_s >= self._health_due_s:
                self._write_health()
        return None

    def _hear(self, message: Message) -> None:
        changed = message.beat not in (None, self._activity)
        self._activity = message.beat or self._activity
        self._visits += message.visit_ended
        if message.fault and message.fault in SENTENCES:
            self._note(message.fault)
        if message.self_test:
            self._self_test = message.self_test
            if any(status in (Status.FAIL, Status.UNKNOWN) for status in message.self_test.statuses.values()):
                self._note("K09")
            self._write_health()
        elif changed:
            self._write_health()

    # --- Settings

    def _prepare(self, mode: Mode) -> Path | None:
        """Load the settings for a start, and put them where the window reads them; None for ours."""
        self._loaded = self._load() if mode is Mode.NORMAL else self._store.load_last_good()
        if not self._loaded.content:
            return None
        path = self._own / "in-use.toml"
        try:
            write_whole(path, self._loaded.content)
        except OSError as error:
            log.error("%s cannot be written: %s", path, error)
            self._note("K13")
            return path if path.exists() else None  # those of an earlier start are better than ours
        return path

    def _load(self) -> Loaded:
        try:
            loaded = self._store.load()
        except ConfigError as wrong:
            log.error("%s", wrong)
        else:
            if not self._bad or loaded.content != self._bad:
                return loaded
        self._note("K05")
        return self._store.load_last_good()

    def _keep_good(self) -> None:
        try:
            self._store.keep_good(self._loaded)
        except (ConfigError, OSError) as error:
            log.error("%s", error)
            self._note("K13")

    # --- What went wrong

    def _crash(self, code: str) -> None:
        self._activity = Activity.STARTING
        before = self._restarts.mode
        self._restarts.note_crash(self._now_s())
        self._note(code)
        if self._restarts.mode is not before:
            self._note("K04" if self._restarts.mode is Mode.RESTING else "K03")
            if before is Mode.NORMAL and self._is_new:
                self._bad = self._loaded.content
        self._write_health()

    @property
    def _is_new(self) -> bool:
        """Whether the settings have never worked, while others have: then they are not tried again."""
        return self._store.has_good and self._store.load_last_good().content != self._loaded.content

    def _resting_fault(self, mode: Mode) -> str | None:
        return "K04" if mode is Mode.RESTING else None

    def _note(self, code: str) -> None:
        self._faults.note(code, self._wall())

    # --- What others may know

    def health(self) -> Health:
        """How the kiosk is now."""
        newest = self._faults.newest_first
        return Health(
            app_version=__version__,
            config_version=self._loaded.config.version,
            written_at_s=self._wall().timestamp(),
            uptime_s=round(self._now_s() - self._begun_s),
            restarts=self._restarts.count,
            visits=self._visits,
            mode=self._restarts.mode,
            activity=self._activity,
            self_test_at_s=self._self_test.at_s if self._self_test else None,
            self_test=dict(self._self_test.statuses) if self._self_test else {},
            faults=dict(self._faults.counts),
            last_fault=newest[0].code if newest else None,
        )

    def _write_health(self) -> None:
        self._health_due_s = self._now_s() + HEALTH_S
        health = self.health()
        if fault := self._tell(health):
            self._note(fault)
        try:
            write_health(self._own / "health.json", health)
        except OSError as error:
            log.error("the health file cannot be written: %s", error)

    def _rest(self, seconds: float) -> None:
        """Wait by our clock, or until somebody stops us."""
        ends_s = self._now_s() + seconds
        while self._stop_status is None and (left_s := ends_s - self._now_s()) > 0:
            self._sleep(min(left_s, _LOOK_S))
