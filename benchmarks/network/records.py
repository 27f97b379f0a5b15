"""What a whole run of the benchmark has found, and on which machine."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks.network.ours import Idle
from benchmarks.network.outcome import Outcome


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One tool on one line."""

    line: str
    tool: str
    outcomes: tuple[Outcome, ...]
    broke: tuple[str, ...] = ()
    """Why runs came to nothing, one sentence each."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """Many measurements of lines that must all get the same verdict."""

    name: str
    expected: str
    verdicts: tuple[str, ...]
    """What was said of both directions, in each measurement."""
    wrong: int


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One tried-out call beside what the line really did with its packets."""

    name: str
    packets: int
    loss_pct: float
    true_loss_pct: float
    delay_ms: float
    true_delay_ms: float
    jitter_ms: float
    true_jitter_ms: float
    cpu_pct: float
    """Of one core, while the packets were on their way."""


class Machine(msgspec.Struct, frozen=True):
    """What the figures depend on."""

    date: str
    processor: str
    cores: int
    memory_gib: float
    system: str
    kernel: str
    python: str


class Run(msgspec.Struct, kw_only=True):
    """Everything, as it is written to ``build/``."""

    machine: Machine
    command: str
    versions: dict[str, str] = {}
    idle: Idle | None = None
    rows: list[Row] = []
    trials: list[Trial] = []
    calls: list[Call] = []
    call_broke: list[str] = []
    seconds: float = 0.0

    def of(self, tool: str) -> list[Row]:
        return [row for row in self.rows if row.tool == tool]


def this_machine() -> Machine:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return Machine(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        processor=processor_in(Path("/proc/cpuinfo").read_text(encoding="utf-8")),
        cores=os.cpu_count() or 1,
        memory_gib=round(memory, 1),
        system=platform.freedesktop_os_release().get("PRETTY_NAME", "Linux"),
        kernel=platform.release(),
        python=platform.python_version(),
    )


def processor_in(cpuinfo: str) -> str:
    """The model of the first processor in a ``/proc/cpuinfo``."""
    found = re.search(r"(?m)^model name\s*:\s*(.+)$", cpuinfo)
    return found[1].strip() if found else platform.machine()


def version_of(command: list[str]) -> str:
    """The first number with a dot in what a program says of its version; "unknown" if it says none."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    found = re.search(r"\d+(?:\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "unknown"
