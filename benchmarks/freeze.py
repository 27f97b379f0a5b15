"""What the frozen program weighs and how soon it is there, beside the same program untrimmed and a bare window of Qt's.

    python3 dev.py build && python3 dev.py bench freeze

Freezes two peers into build/ first: the program with everything that PyInstaller collects, and an empty window. The
time of a window is from its start to the end of its first painting. Cold: the system is told to forget the files of
the folder (posix_fadvise), but not its own libraries; warm: they have just been read. Linux only.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from tests.lab import Lab

ROOT: Final = Path(__file__).resolve().parent.parent
FROZEN: Final = ROOT / "dist" / "readiness"
UNTRIMMED: Final = ROOT / "build" / "untrimmed" / "readiness"
BARE: Final = ROOT / "build" / "bare" / "bare"

STARTS: Final = 7
CHECKS: Final = 5

#: What is wanted.
MOST_OF_UNTRIMMED: Final = 0.80
MOST_ARCHIVE_MB: Final = 100.0
MOST_COLD_S: Final = 1.0
MOST_WARM_S: Final = 0.5
MOST_SLOWER_S: Final = 1.5

#: The bare window says in the same way when it was painted.
_BARE: Final = """
import sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
import json, time
class First(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.property("seen"):
            self.setProperty("seen", True)
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        Path(sys.argv[2]).write_text(json.dumps({"page_s": time.monotonic(), "frame_s": time.monotonic()}))
        app.quit()
app = QApplication(sys.argv)
window = QWidget()
first = First()
window.installEventFilter(first)
window.resize(1100, 700)
window.show()
app.exec()
"""


class Number(NamedTuple):
    """One figure, and whether it is what is wanted."""

    name: str
    wanted: str
    found: str
    is_met: bool


def main() -> int:
    """Measure, print, and write the figures beside this file. Returns 1 when one is missed, 2 without a build."""
    archives = list(FROZEN.parent.glob("readiness-*-linux-*.tar.xz"))
    if not (FROZEN.is_dir() and archives):
        print("there is no build: python3 dev.py build", file=sys.stderr)
        return 2
    freeze_peers()
    numbers = [*sizes(archives[-1]), *windows(), *checks()]
    text = written(numbers)
    print(text)
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    return 0 if all(number.is_met for number in numbers) else 1


def freeze_peers() -> None:
    environment = {**os.environ, "PYINSTALLER_CONFIG_DIR": str(ROOT / "build" / "pyinstaller")}
    freeze = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=ERROR"]
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(_BARE, encoding="utf-8")
        for name, words in {
            "untrimmed": [str(ROOT / "packaging" / "readiness.spec")],
            "bare": ["--onedir", f"--specpath={folder}", str(bare)],
        }.items():
            places = [f"--distpath={ROOT / 'build' / name}", f"--workpath={ROOT / 'build' / f'freeze-{name}'}"]
            subprocess.run(
                [*freeze, *places, *words], cwd=ROOT, env={**environment, "READINESS_FREEZE": name}, check=True
            )


# --- Sizes ------------------------------------------------------------------------------------------------------------


def size_mb(folder: Path) -> float:
    """All its files, each once: links weigh nothing."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


def sizes(archive: Path) -> list[Number]:
    ours, untrimmed, packed = size_mb(FROZEN), size_mb(UNTRIMMED), archive.stat().st_size / 1e6
    share = ours / untrimmed
    return [
        Number(
            f"size beside untrimmed ({ours:.0f} of {untrimmed:.0f} MB)",
            f"≤ {MOST_OF_UNTRIMMED:.2f}",
            f"{share:.3f}",
            share <= MOST_OF_UNTRIMMED,
        ),
        Number(".tar.xz, MB", f"≤ {MOST_ARCHIVE_MB:.0f}", f"{packed:.1f}", packed <= MOST_ARCHIVE_MB),
    ]


# --- Times ------------------------------------------------------------------------------------------------------------


def forget(folder: Path) -> None:
    """Let the system forget what it has read of these files."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def first_window_s(program: Path, *, is_cold: bool) -> dict[str, float]:
    """Seconds from a start to the frame's and to the whole first page's painting."""
    if is_cold:
        forget(program.parent)
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "painted.json"
        environment = {**os.environ, "HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        began = time.monotonic()
        subprocess.run(
            [program, "--first-window", file], env=environment, capture_output=True, timeout=60, check=True, cwd=home
        )
        painted = json.loads(file.read_text(encoding="utf-8"))
    return {name: painted[name] - began for name in ("frame_s", "page_s")}


def windows() -> list[Number]:
    """In turns, so that a busy moment of the machine meets both."""
    numbers = []
    for kind, most_s in (("cold", MOST_COLD_S), ("warm", MOST_WARM_S)):
        ours, bare = [], []
        for _ in range(STARTS):
            ours.append(first_window_s(FROZEN / "readiness-window", is_cold=kind == "cold"))
            bare.append(first_window_s(BARE / "bare", is_cold=kind == "cold"))
        page_s, frame_s = (statistics.median(one[name] for one in ours) for name in ("page_s", "frame_s"))
        bare_s = statistics.median(one["page_s"] for one in bare)
        found = f"{page_s:.2f} (its frame after {frame_s:.2f}; bare window: {bare_s:.2f})"
        numbers.append(Number(f"first window {kind}, s", f"≤ {most_s:.1f}", found, page_s <= most_s))
    return numbers


def checks() -> list[Number]:
    """A whole check on the lab's camera, microphone and speaker, frozen and from source in turns."""
    words = ["check", "--json", "--no-input"]
    frozen: list[float] = []
    source: list[float] = []
    with Lab(camera="good", microphone="speech", speaker="heard") as lab:
        for _ in range(CHECKS):
            frozen.append(seconds(lab, [str(FROZEN / "readiness"), *words]))
            source.append(seconds(lab, [sys.executable, "-m", "readiness", *words]))
    slower = statistics.median(frozen) - statistics.median(source)
    found = f"{slower:+.2f} ({statistics.median(frozen):.2f} and {statistics.median(source):.2f})"
    return [Number("check: frozen beside source, s", f"≤ +{MOST_SLOWER_S}", found, slower <= MOST_SLOWER_S)]


def seconds(lab: Lab, command: Sequence[str]) -> float:
    began = time.monotonic()
    environment = {**lab.environment, "PYTHONPATH": str(ROOT)}
    subprocess.run([*lab.prefix, *command], env=environment, capture_output=True, timeout=120, check=False)
    return time.monotonic() - began


# --- Telling ----------------------------------------------------------------------------------------------------------


def written(numbers: Sequence[Number], today: Callable[[], datetime] = lambda: datetime.now(UTC)) -> str:
    lines = [
        "# What the frozen program weighs, and how soon it is there",
        "",
        f"`python3 dev.py build && python3 dev.py bench freeze`, {today().date().isoformat()}, {platform.machine()},",
        f"{os.cpu_count()} cores, Python {platform.python_version()}, offscreen.",
        f"Medians of {STARTS} starts and of {CHECKS} checks, in turns with what stands beside them. Cold: the files of the",
        "program are not in memory, those of the system are.",
        "",
        "| number | wanted | found | |",
        "|---|---|---|---|",
        *(f"| {n.name} | {n.wanted} | {n.found} | {'met' if n.is_met else '**missed**'} |" for n in numbers),
        "",
        "## What takes the room (MB)",
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {mb:.1f} |" for name, mb in heaviest(FROZEN)),
        "",
    ]
    return "\n".join(lines)


def heaviest(folder: Path, count: int = 14) -> list[tuple[str, float]]:
    """The heaviest files, by name."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    files.sort(key=lambda path: path.stat().st_size, reverse=True)
    return [(path.relative_to(folder).as_posix(), path.stat().st_size / 1e6) for path in files[:count]]


if __name__ == "__main__":
    sys.exit(main())
