"""How busy is the computer, without us? How much memory and power has it left, and what may hold its camera?

Other probes measure at the same moment, and starting them costs a small computer all it has. So the processor time of our
own processes is taken off: it is gone when the visit begins.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

import msgspec
import psutil

from readiness.model import Failure
from readiness.probes.video_programs import names_of
from readiness.readings import ComputerReading

log = logging.getLogger(__name__)

T = TypeVar("T")

#: About a second is what task managers show; shorter ones show single clicks.
WINDOW_S: Final = 1.0

#: How often our own processes are looked for meanwhile, so that one that ends is not forgotten.
LOOK_S: Final = 0.2

_MIB: Final = 1024 * 1024

#: Linux adds the time of a child that has ended to its parent's account; elsewhere it is lost with the child.
_INHERITS_TIME: Final = sys.platform == "linux"


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to choose."""


def read(task: Task, tell: Callable[[ComputerReading], None]) -> ComputerReading:
    """All facts, told before the second in which the processor is watched, but for that one.

    A fact that this system does not tell is None; the reading itself fails only if nothing at all could be had.
    """
    on_battery, battery_pct = _had(_battery) or (None, None)
    reading = ComputerReading(
        memory_free_mib=_had(_memory_free_mib),
        on_battery=on_battery,
        battery_pct=battery_pct,
        video_programs=_had(_video_programs) or (),
    )
    tell(reading)
    cpu_busy_pct = _had(_cpu_busy_pct)
    failure = Failure.UNSUPPORTED if cpu_busy_pct is None and reading.memory_free_mib is None else None
    return msgspec.structs.replace(reading, cpu_busy_pct=cpu_busy_pct, failure=failure)


def _had(fact: Callable[[], T]) -> T | None:
    """A fact, or None where the system does not tell it: locked-down systems and small containers hide much."""
    try:
        return fact()
    except (psutil.Error, OSError, NotImplementedError, AttributeError, RuntimeError, ValueError) as error:
        log.info("%s could not be had: %s", fact.__name__.strip("_"), error)
        return None


def _memory_free_mib() -> float:
    available: int = psutil.virtual_memory().available
    return round(available / _MIB, 1)


def _battery() -> tuple[bool | None, float | None]:
    """Whether the computer runs on its battery, and how full that is; None for both where there is none."""
    battery = psutil.sensors_battery()
    if battery is None:
        return None, None
    return None if battery.power_plugged is None else not battery.power_plugged, round(battery.percent, 1)


def _video_programs() -> tuple[str, ...]:
    running = [
        process.info["name"] or ""
        for process in psutil.process_iter(["name", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
    ]
    return names_of(running, sys.platform)


# --- the processor ----------------------------------------------------------------------------------------------------


def _cpu_busy_pct() -> float | None:
    """Share of the processor's time, over all cores, that others than we used."""
    ours = OwnTime(our_processes)
    before = psutil.cpu_times()
    ends_at = time.monotonic() + WINDOW_S
    while (left_s := ends_at - time.monotonic()) > 0:
        time.sleep(min(LOOK_S, left_s))
        ours.look()
    return busy_pct(before, psutil.cpu_times(), ours.spent_s)


def busy_pct(before: Any, after: Any, ours_s: float) -> float | None:
    """What `psutil.cpu_times` says at two moments, less our own seconds; None if no time has passed.

    Waiting for a disk is not work. A guest's time is contained in that of its host (Linux).
    """
    spent: dict[str, float] = {field: getattr(after, field) - getattr(before, field) for field in after._fields}
    all_s = sum(spent.values()) - spent.get("guest", 0.0) - spent.get("guest_nice", 0.0)
    idle_s = spent["idle"] + spent.get("iowait", 0.0)
    if all_s <= 0:
        return None
    return round(min(100.0, max(0.0, 100 * (all_s - idle_s - ours_s) / all_s)), 1)


class OwnTime:
    """The processor time that our processes use from now on."""

    def __init__(self, family: Callable[[], Iterable[psutil.Process]], inherits: bool = _INHERITS_TIME) -> None:
        self._family = family
        self._inherits = inherits
        self._used_s = self._look_around()
        self._before_s = sum(self._used_s.values())
        self._ended_s = 0.0

    @property
    def spent_s(self) -> float:
        """As far as it was seen in the last look."""
        return sum(self._used_s.values()) + self._ended_s - self._before_s

    def look(self) -> None:
        """Take the clocks' readings."""
        now_s = self._look_around()
        if not self._inherits:
            self._ended_s += sum(used for process, used in self._used_s.items() if process not in now_s)
        self._used_s = now_s

    def _look_around(self) -> dict[psutil.Process, float]:
        used_s = {}
        for process in self._family():
            try:
                used_s[process] = sum(process.cpu_times()[:4])  # user and system, its own and its ended children's
            except psutil.Error:
                continue
        return used_s


def our_processes() -> list[psutil.Process]:
    """The program that started us, and everything that it has started.

    It is ours if it runs in the same executable as we do (the same Python, or the frozen program). On Windows a virtual
    environment's Python is a small program that starts the real one, so both count.
    """
    me = psutil.Process()
    ours = {sys.executable, getattr(sys, "_base_executable", sys.executable), me.exe()}
    top = me
    for parent in me.parents():
        try:
            if parent.exe() not in ours:
                break
        except psutil.Error:
            break
        top = parent
    return [top, *top.children(recursive=True)]
