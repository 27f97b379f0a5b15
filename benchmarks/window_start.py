"""How long until the window is there, and its first page, and what it weighs, beside an empty window of Qt's.

    python3 dev.py bench window_start

Both programs start in turns, nine times each. The time is from the start of the interpreter to a painting: that of the
frame with the name in it, and that of the first page, in which everything can be pressed. The memory is the process's
resident set then (Linux: RSS of /proc/self/status).
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
    last = False
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.property("seen"):
            self.setProperty("seen", True)
            self.tell()
        return False
    def tell(self):
        at = time.monotonic()
        with open("/proc/self/status") as status:
            rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        print(at, rss, sorted({"cv2", "numpy", "sounddevice"} & set(sys.modules)), flush=True)
        if self.last:
            QTimer.singleShot(0, QApplication.instance().quit)
"""
_EMPTY: Final = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv)
window = QWidget()
first = First()
first.last = True
window.installEventFilter(first)
window.resize(1100, 700)
window.show()
app.exec()
"""
#: As a person starts it. The first painting is the frame's, the second that of the first page.
_OURS: Final = """
import runpy, sys
from PySide6.QtWidgets import QApplication
from ui import shell
firsts = []
class Frame(shell.Shell):
    def __init__(self):
        super().__init__()
        firsts.append(First())
        self.installEventFilter(firsts[0])
    def hold(self, inside):
        super().hold(inside)
        firsts.append(First())
        firsts[1].last = True
        inside.installEventFilter(firsts[1])
shell.Shell = Frame
sys.argv = ["readiness"]
runpy.run_module("ui", run_name="__main__")
"""


def main() -> int:
    """Measure, print, and write the figures beside this file. Returns 1 when a number is missed."""
    times: dict[str, list[float]] = {"empty": [], "frame": [], "page": []}
    weights: list[float] = []
    heavy = "[]"
    for _ in range(RUNS + 1):
        times["empty"].append(_started(_EMPTY)[0][0])
        frame, page = _started(_OURS)
        times["frame"].append(frame[0])
        times["page"].append(page[0])
        weights.append(page[1])
        heavy = page[2]
    empty, frame_ms, page_ms = (statistics.median(values[1:]) for values in times.values())  # the first warms the disk
    weight, ratio = statistics.median(weights), frame_ms / empty
    rows = [
        ("the window, ms", f"≤ {MOST_MS:.0f}", f"{frame_ms:.0f}", frame_ms <= MOST_MS),
        ("the window, beside an empty one of Qt's", f"≤ {MOST_RATIO} times", f"{ratio:.2f} times", ratio <= MOST_RATIO),
        ("its first page, ms", f"≤ {MOST_MS:.0f}", f"{page_ms:.0f}", page_ms <= MOST_MS),
        ("memory of the process, MiB", f"≤ {MOST_MIB:.0f}", f"{weight:.0f}", weight <= MOST_MIB),
        ("cv2, numpy, sounddevice in it", "none", heavy, heavy == "[]"),
    ]
    text = _written(rows, empty)
    print(text)
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    return 0 if all(met for *_, met in rows) else 1


def _started(program: str) -> list[tuple[float, float, str]]:
    """One start of a program: for each painting the ms since its start, the MiB, and what it has loaded of the heavy."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [sys.executable, "-c", _TELL + program]
    began = time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    paintings = [line.split(maxsplit=2) for line in done.stdout.strip().splitlines()]
    return [((float(at) - began) * 1000, int(rss) / 1024, heavy) for at, rss, heavy in paintings]


def _written(rows: list[tuple[str, str, str, bool]], empty_ms: float) -> str:
    today = datetime.now(UTC).date().isoformat()
    lines = [
        "# How fast the window is there, and what it weighs",
        "",
        f"`python3 dev.py bench window_start`, {today}, {platform.machine()}, {os.cpu_count()} cores,",
        f"Python {platform.python_version()}, {os.environ.get('QT_QPA_PLATFORM', 'offscreen')}. Medians of {RUNS}, in turns",
        f"with an empty window of Qt's ({empty_ms:.0f} ms).",
        "",
        "| number | wanted | found | |",
        "|---|---|---|---|",
        *(f"| {name} | {want} | {found} | {'met' if met else '**missed**'} |" for name, want, found, met in rows),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
