"""How long until the first window is there, and what it weighs, beside an empty window of Qt's in the same run.

    python3 dev.py bench window_start

Both programs start in turns, nine times each. The time is from the start of the interpreter to the end of the window's
first painting; the memory is the process's resident set then (Linux: RSS of /proc/self/status).
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
RUNS: Final = 9

#: What is wanted of ours.
MOST_MS: Final = 400.0
MOST_RATIO: Final = 1.5
MOST_MIB: Final = 120.0

_TELL: Final = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
class First(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.property("seen"):
            self.setProperty("seen", True)
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        at = time.monotonic()
        with open("/proc/self/status") as status:
            rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        print(at, rss, sorted({"cv2", "numpy", "sounddevice"} & set(sys.modules)), flush=True)
        app.quit()
"""
_EMPTY: Final = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv)
window = QWidget()
first = First()
window.installEventFilter(first)
window.resize(1100, 700)
window.show()
app.exec()
"""
_OURS: Final = """
from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE
from readiness.machine import ThisMachine
from ui import app as program
from ui.preferences import Preferences
from ui.visit import Visit
app = program.application()
profile = profiles.load(DEFAULT_PROFILE, {check.id: check.requires for check in CHECKS})
window = program.open_window(app, Visit(ThisMachine(), profile, "en"), Preferences("en", "light", 100))
first = First()
window.installEventFilter(first)
app.exec()
"""


def main() -> int:
    """Measure, print, and write the figures beside this file. Returns 1 when a number is missed."""
    times: dict[str, list[float]] = {"empty": [], "ours": []}
    weights: dict[str, list[float]] = {"empty": [], "ours": []}
    heavy = "[]"
    for _ in range(RUNS + 1):
        for name, program in (("empty", _EMPTY), ("ours", _OURS)):
            began, said = time.monotonic(), _started(program)
            at, rss, modules = said.split(maxsplit=2)
            times[name].append((float(at) - began) * 1000)
            weights[name].append(float(rss) / 1024)
            heavy = modules.strip() if name == "ours" else heavy
    medians = {name: statistics.median(values[1:]) for name, values in times.items()}  # the first one warms the disk
    ratio = medians["ours"] / medians["empty"]
    weight = statistics.median(weights["ours"])
    rows = [
        ("first window, ms", f"≤ {MOST_MS:.0f}", f"{medians['ours']:.0f}", medians["ours"] <= MOST_MS),
        ("beside an empty window of Qt's", f"≤ {MOST_RATIO} times", f"{ratio:.2f} times", ratio <= MOST_RATIO),
        ("memory of the window's process, MiB", f"≤ {MOST_MIB:.0f}", f"{weight:.0f}", weight <= MOST_MIB),
        ("cv2, numpy, sounddevice in it", "none", heavy, heavy == "[]"),
    ]
    text = _written(rows, medians["empty"], statistics.median(weights["empty"]))
    print(text)
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    return 0 if all(met for *_, met in rows) else 1


def _started(program: str) -> str:
    """What one start of a program says: when its window was painted, its memory, what it has loaded of the heavy."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(
        [sys.executable, "-c", _TELL + program], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip().splitlines()[-1]


def _written(rows: list[tuple[str, str, str, bool]], empty_ms: float, empty_mib: float) -> str:
    today = datetime.now(UTC).date().isoformat()
    lines = [
        "# How fast the window is there",
        "",
        f"`python3 dev.py bench window_start`, {today}, {platform.machine()}, {os.cpu_count()} cores,",
        f"Python {platform.python_version()}, {os.environ.get('QT_QPA_PLATFORM', 'offscreen')}. Medians of {RUNS}, in turns",
        f"with an empty window of Qt's ({empty_ms:.0f} ms, {empty_mib:.0f} MiB).",
        "",
        "| number | wanted | found | |",
        "|---|---|---|---|",
        *(f"| {name} | {want} | {found} | {'met' if met else '**missed**'} |" for name, want, found, met in rows),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
