"""What a kiosk costs while it waits, and whether it grows: visitors one after another, as fast as they can come.

    python3 dev.py bench kiosk [--visitors N] [--idle SECONDS]

Waiting: the first screen as a process of its own, without a screen (Qt's offscreen platform): processor time of a minute.
Visitors: strangers on invented machines, each doing whatever comes to their mind (tests/ui/kiosk/crowd.py): memory, open
files, threads and children after each tenth of them. 15,000 visitors are a busy kiosk's year.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil

ROOT: Final = Path(__file__).resolve().parent.parent

#: What is wanted.
MOST_CPU_PCT: Final = 1.0
MOST_GROWTH: Final = 1.1

#: How long a start may take until waiting is waiting.
_SETTLE_S: Final = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=1000)
    parser.add_argument("--idle", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--write", action="store_true", help="write benchmarks/kiosk.md")
    options = parser.parse_args()
    idle = waiting(options.idle)
    seen = visitors(options.visitors)
    text = told(idle, options.idle, seen)
    print(text)
    if options.write:
        (ROOT / "benchmarks" / "kiosk.md").write_text(text, encoding="utf-8")
    return 0 if is_good(idle, seen) else 1


def waiting(seconds: float) -> dict[str, float]:
    """Processor time, in percent of one core, and memory of the window while nobody is there."""
    with tempfile.TemporaryDirectory() as home:
        window = subprocess.Popen(
            [sys.executable, "-m", "ui", "--kiosk-screen", "--demo"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": home, "XDG_STATE_HOME": home},
        )
        try:
            time.sleep(_SETTLE_S)
            process = psutil.Process(window.pid)
            before = process.cpu_times()
            time.sleep(seconds)
            after = process.cpu_times()
            used_s = after.user + after.system - before.user - before.system
            rss_mib = process.memory_info().rss / (1 << 20)
        finally:
            window.terminate()
            window.wait(10)
    return {"cpu_pct": 100 * used_s / seconds, "rss_mib": rss_mib}


def visitors(number: int) -> dict[str, Any]:
    """What became of so many visitors; see `tests.ui.kiosk.crowd.Seen`."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-m", "tests.ui.kiosk.crowd", str(number)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": home, "XDG_STATE_HOME": home},
            check=True,
        )
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def is_good(idle: dict[str, float], seen: dict[str, Any]) -> bool:
    rss = seen["rss_mib"]
    flat = all(max(seen[kind]) <= seen[kind][0] + 2 for kind in ("open_files", "threads", "children"))
    return idle["cpu_pct"] <= MOST_CPU_PCT and rss[-1] <= MOST_GROWTH * rss[0] and flat and not seen["different"]


def told(idle: dict[str, float], idle_s: float, seen: dict[str, Any]) -> str:
    """The page of results."""
    rss = seen["rss_mib"]
    rows = [
        ("processor while waiting, % of one core", f"{idle['cpu_pct']:.2f}", f"≤ {MOST_CPU_PCT:g}"),
        ("memory while waiting, MiB", f"{idle['rss_mib']:.0f}", ""),
        ("visitors", f"{seen['visitors']:,}", ""),
        ("states after a visitor that were not the first one", str(len(seen["different"])), "0"),
        ("seconds for each visitor", f"{seen['seconds'] / seen['visitors']:.2f}", ""),
        ("memory at the end / after the first tenth", f"{rss[-1] / rss[0]:.2f}", f"≤ {MOST_GROWTH:g}"),
    ]
    rows += [
        (f"{words} after each tenth", ", ".join(map(str, seen[kind])), "flat")
        for kind, words in (
            ("rss_mib", "memory, MiB,"),
            ("open_files", "open files"),
            ("threads", "threads"),
            ("children", "child processes"),
            ("objects", "objects of Python"),
        )
    ]
    table = "\n".join(f"| {what} | {value} | {wanted} |" for what, value, wanted in rows)
    when = f"{datetime.now(UTC):%Y-%m-%d}"
    return (
        "# The kiosk: what it costs to wait, and whether it grows\n\n"
        "`python3 dev.py bench kiosk --write`; what is measured, and how, says its docstring.\n\n"
        f"Measured on {when}: {os.cpu_count()} cores, {platform.platform()}, {idle_s:g} s of waiting.\n\n"
        f"| what | measured | wanted |\n| --- | --- | --- |\n{table}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
