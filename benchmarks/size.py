"""What takes the room in the frozen program, and why it stays: beside the same program untrimmed, and a bare Qt window.

    python3 dev.py build && python3 dev.py bench size

Every file is counted under the component that the build's own list puts it under (packaging/components.py), once: links
weigh nothing. The two peers are frozen into build/ first, as for ``bench freeze``. Linux only.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.freeze import BARE, FROZEN, MOST_ARCHIVE_MB, MOST_OF_UNTRIMMED, ROOT, UNTRIMMED, freeze_peers, size_mb

sys.path.insert(0, str(ROOT / "packaging"))

import components

LARGEST: Final = 40

#: Why a component stays, by its name. What is not told here stays because something that is told asks for it.
WHY: Final[Mapping[str, str]] = {
    "opencv-python-headless": "opens cameras, looks at pictures, finds a face",
    "OpenBLAS": "OpenCV and NumPy are each linked with their own; both fail to load without it",
    "Qt": "the window, its drawings, printing, X11 and Wayland",
    "ICU": "QtCore is linked with it: sorting, dates and words of all languages lie in one file",
    "FFmpeg": "OpenCV is linked with it, also for cameras alone; without it cv2 does not load",
    "AOM": "FFmpeg and libavif are linked with it",
    "libvpx": "FFmpeg is linked with it",
    "libavif": "OpenCV is linked with it",
    "numpy": "arithmetic on pictures and sound",
    "Python": "the interpreter and its library",
    "pyside6-essentials": "Qt for Python: the parts that the window uses",
    "video-visit-readiness": "the program itself: its modules lie in the executable, with those of all Python packages",
    "openssl": "connections over TLS",
    "OpenSSL": "FFmpeg in OpenCV is linked with it; connections do not use it",
    "GCC runtime libraries": "both OpenBLAS were compiled from Fortran",
    "sqlite3": "what a kiosk has to report waits in it while its broker cannot be reached",
    "dbus": "the desktop's services, a screen reader among them",
    "systemd": "libdbus is linked with it",
    **dict.fromkeys(("libgcrypt20", "libzstd", "lz4", "xz-utils", "libgpg-error"), "libsystemd is linked with it"),
    **dict.fromkeys(("libx11", "libxcb", "libxkbcommon"), "Qt on X11 and Wayland: windows and keyboards"),
    **dict.fromkeys(("freetype", "fontconfig"), "Qt finds and draws letters with it"),
    **dict.fromkeys(("libpng1.6", "brotli"), "FreeType is linked with it"),
    "expat": "fontconfig is linked with it",
    "pcre2": "GLib is linked with it",
    "libpng": "OpenCV is linked with it",
    "zlib": "Python, OpenCV and others are linked with it",
    "shiboken6": "Qt for Python stands on it",
    "msgspec": "checks profiles, settings, readings and what probes say",
    "psutil": "processor, memory, battery, adapters, programs",
    "glib2.0": "QtCore is linked with it",
    "gcc-12": "the C++ library that Qt and OpenCV are linked with",
    "Atkinson Hyperlegible Next": "the typeface, made for eyes that do not see well",
    "pynacl": "signatures of a kiosk's settings",
    "cffi": "sound and signatures are reached through it",
    "licences": "the licences' own words",
}


def main() -> int:
    """Count, print, and write the tables beside this file. Returns 1 when a limit is missed, 2 without a build."""
    archives = sorted(FROZEN.parent.glob("readiness-*-linux-*.tar.xz"))
    if not (FROZEN.is_dir() and archives):
        print("there is no build: python3 dev.py build", file=sys.stderr)
        return 2
    freeze_peers()
    text = written(archives[-1])
    print(text)
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    is_small = size_mb(FROZEN) <= MOST_OF_UNTRIMMED * size_mb(UNTRIMMED)
    return 0 if is_small and archives[-1].stat().st_size <= MOST_ARCHIVE_MB * 1e6 else 1


def by_component(folder: Path) -> dict[str, float]:
    """Megabytes of each component's files. What belongs to none (the peers have such files) is called so."""
    places = components.files_in(folder)
    owners = {file: one.name for one in components.of_folder(folder).components for file in one.files}
    sizes: dict[str, float] = {}
    for place, path in places.items():
        name = "licences" if place.startswith("licences/") else owners.get(place, "(none of ours)")
        sizes[name] = sizes.get(name, 0) + path.stat().st_size / 1e6
    return sizes


def written(archive: Path) -> str:
    """The tables, with the heaviest first."""
    ours, untrimmed = by_component(FROZEN), by_component(UNTRIMMED)
    bare = by_component(BARE)
    names = sorted(ours.keys() | untrimmed.keys(), key=lambda name: (-ours.get(name, 0), -untrimmed.get(name, 0)))
    shown = [name for name in names if max(ours.get(name, 0), untrimmed.get(name, 0)) >= 0.1]
    rest = [name for name in names if name not in shown]
    owners = {file: one.name for one in components.of_folder(FROZEN).components for file in one.files}
    share = size_mb(FROZEN) / size_mb(UNTRIMMED)
    lines = [
        "# What takes the room, and why it stays",
        "",
        f"`python3 dev.py build && python3 dev.py bench size`, {datetime.now(UTC).date().isoformat()}, {platform.machine()},",
        f"Python {platform.python_version()}. Megabytes of files, links not counted. Trimmed {share:.3f} of untrimmed (at most",
        f"{MOST_OF_UNTRIMMED:.2f} is wanted); the .tar.xz has {archive.stat().st_size / 1e6:.1f} MB (at most {MOST_ARCHIVE_MB:.0f}).",
        "",
        "| component | ours | untrimmed | bare window | why it stays |",
        "|---|---:|---:|---:|---|",
        *(row(name, (ours, untrimmed, bare), WHY.get(name, "")) for name in shown),
        row(f"{len(rest)} smaller ones", tuple(total(sizes, rest) for sizes in (ours, untrimmed, bare)), ""),
        row("all", tuple({"all": sum(sizes.values())} for sizes in (ours, untrimmed, bare)), "", key="all"),
        "",
        f"## The {LARGEST} largest files",
        "",
        "| MB | file | component |",
        "|---:|---|---|",
        *(f"| {mb:.1f} | {place} | {owners.get(place, '')} |" for place, mb in largest(FROZEN)),
        "",
    ]
    return "\n".join(lines)


def row(name: str, columns: Sequence[Mapping[str, float]], why: str, key: str | None = None) -> str:
    told = (column.get(key or name, 0) for column in columns)
    return f"| {name} | {' | '.join(f'{mb:.1f}' if mb else '–' for mb in told)} | {why} |"


def total(sizes: Mapping[str, float], names: Sequence[str]) -> dict[str, float]:
    return {f"{len(names)} smaller ones": sum(sizes.get(name, 0) for name in names)}


def largest(folder: Path) -> list[tuple[str, float]]:
    sizes = [(place, path.stat().st_size / 1e6) for place, path in components.files_in(folder).items()]
    return sorted(sizes, key=lambda one: -one[1])[:LARGEST]


if __name__ == "__main__":
    sys.exit(main())
