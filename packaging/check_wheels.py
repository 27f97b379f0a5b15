"""Do the pinned packages run on the oldest systems we promise: Windows 10, and macOS 13 on both processors?

    python packaging/check_wheels.py [--requirements FILE] [--cache FOLDER] [--python 3.11]

Asks pip for the wheels that such a machine would be given, and reads from the programs inside what they demand: the
load commands LC_BUILD_VERSION and LC_VERSION_MIN_MACOSX of Mach-O files, the optional header of PE files. The wheels'
own tags are not believed: a wheel may be called macosx_12_0 and carry modules that ask for macOS 15.

Asking on behalf of macOS 13.0 matters: on macOS 14 pip prefers numpy's macosx_14_0 wheels, which a freeze would then
carry to patients with macOS 13. An app is therefore to be frozen from wheels chosen with the same ``--platform``.

Exit status: 0 every pin holds, 1 some do not (a sentence for each), 2 it could not be found out.
Standard library only, but needs pip in the Python it runs with.
"""

from __future__ import annotations

import argparse
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent

Version = tuple[int, int]


@dataclass(frozen=True)
class Target:
    """An oldest system that we promise to run on."""

    platform: str
    """As pip calls it."""
    sys_platform: str
    """As markers in requirement files call it."""
    processor: str
    newest_allowed: Version
    """What a program may ask for at most."""
    name: str


TARGETS: Final = (
    Target("macosx_13_0_arm64", "darwin", "arm64", (13, 0), "macOS 13.0 on Apple silicon"),
    Target("macosx_13_0_x86_64", "darwin", "x86_64", (13, 0), "macOS 13.0 on Intel"),
    Target("win_amd64", "win32", "x86_64", (10, 0), "Windows 10"),
)


@dataclass(frozen=True)
class Program:
    """One processor's program in one file, and the oldest system it starts on."""

    system: str
    """darwin or win32, as in `Target.sys_platform`."""
    processor: str
    needs: Version | None
    """None when it does not say."""


# --- Mach-O -----------------------------------------------------------------------------------------------------------
# Numbers from Apple's <mach-o/loader.h>, <mach-o/fat.h> and <mach/machine.h>.

_FAT_MAGIC: Final = {b"\xca\xfe\xba\xbe": ">IIIII", b"\xca\xfe\xba\xbf": ">IIQQII"}
_THIN_MAGIC: Final = {
    b"\xfe\xed\xfa\xce": (">", 28),
    b"\xce\xfa\xed\xfe": ("<", 28),
    b"\xfe\xed\xfa\xcf": (">", 32),
    b"\xcf\xfa\xed\xfe": ("<", 32),
}
_LC_VERSION_MIN_MACOSX: Final = 0x24
_LC_BUILD_VERSION: Final = 0x32
_PLATFORM_MACOS: Final = 1
#: What macOS loads and runs: executables, libraries, bundles. Object files and debug symbols demand nothing.
_LOADED_KINDS: Final = (0x2, 0x6, 0x8)
_MACHO_PROCESSORS: Final = {7: "i386", 0x01000007: "x86_64", 0x0100000C: "arm64"}
#: Java classes begin like fat files, with a version number (45 or more) where the count of programs would be.
_MOST_SLICES: Final = 16


def read_macho(data: bytes) -> tuple[Program, ...]:
    """The programs in a Mach-O file, one for each processor of a fat one; none for any other file.

    Raises ValueError for a file that begins like a Mach-O file and then breaks off.
    """
    try:
        return tuple(_macho(data))
    except struct.error:
        raise ValueError("it is cut short") from None


def _macho(data: bytes) -> Iterator[Program]:
    slices = _FAT_MAGIC.get(data[:4])
    if slices:
        (count,) = struct.unpack_from(">I", data, 4)
        if count > _MOST_SLICES:
            return
        for index in range(count):
            _, _, offset, size, *_ = struct.unpack_from(slices, data, 8 + index * struct.calcsize(slices))
            yield from _macho(data[offset : offset + size])
        return
    if data[:4] not in _THIN_MAGIC:
        return
    order, at = _THIN_MAGIC[data[:4]]
    processor, _, kind, commands = struct.unpack_from(f"{order}4I", data, 4)
    if kind not in _LOADED_KINDS:
        return
    needs: Version | None = None
    for _ in range(commands):
        command, size = struct.unpack_from(f"{order}2I", data, at)
        if command == _LC_VERSION_MIN_MACOSX:
            needs = _macho_version(*struct.unpack_from(f"{order}I", data, at + 8))
        elif command == _LC_BUILD_VERSION:
            platform, minimum = struct.unpack_from(f"{order}2I", data, at + 8)
            if platform == _PLATFORM_MACOS:  # a library may carry a second one, for Mac Catalyst
                needs = _macho_version(minimum)
        if size < 8:
            raise ValueError("a load command has no length")
        at += size
    yield Program("darwin", _MACHO_PROCESSORS.get(processor, f"processor {processor:#x}"), needs)


def _macho_version(packed: int) -> Version:
    return packed >> 16, packed >> 8 & 0xFF


# --- PE ---------------------------------------------------------------------------------------------------------------
# Numbers from Microsoft's "PE Format".

_PE_PROCESSORS: Final = {0x14C: "i386", 0x8664: "x86_64", 0xAA64: "arm64"}


def read_pe(data: bytes) -> tuple[Program, ...]:
    """The program in a Windows file; none for any other file. Raises ValueError for one that is cut short."""
    if data[:2] != b"MZ" or len(data) < 64:
        return ()
    try:
        (at,) = struct.unpack_from("<I", data, 60)
        if data[at : at + 4] != b"PE\0\0":
            return ()
        (processor,) = struct.unpack_from("<H", data, at + 4)
        optional = at + 24
        os_version = struct.unpack_from("<2H", data, optional + 40)
        subsystem_version = struct.unpack_from("<2H", data, optional + 48)
    except struct.error:
        raise ValueError("it is cut short") from None
    name = _PE_PROCESSORS.get(processor, f"processor {processor:#x}")
    return (Program("win32", name, max(os_version, subsystem_version)),)


# --- Wheels -----------------------------------------------------------------------------------------------------------


def programs_in(wheel: Path) -> Iterator[tuple[str, Program]]:
    """Every program in a wheel, with its place in it. Raises ValueError when one cannot be read."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            with archive.open(member) as file:
                start = file.read(4)
                if start not in _FAT_MAGIC and start not in _THIN_MAGIC and start[:2] != b"MZ":
                    continue
                data = start + file.read()
            try:
                for program in read_macho(data) or read_pe(data):
                    yield member.filename, program
            except ValueError as error:
                raise ValueError(f"{member.filename} in {wheel.name} cannot be read: {error}") from error


def judge(wheel: Path, target: Target) -> tuple[str | None, str]:
    """What speaks against a wheel on ``target`` (or None), and what was seen in it."""
    matching = [(place, program) for place, program in programs_in(wheel) if program.system == target.sys_platform]
    if not matching:
        return None, "no programs inside"
    places = {place for place, program in matching if program.processor == target.processor}
    mine = [(place, program.needs) for place, program in matching if program.processor == target.processor]
    if not mine:
        others = ", ".join(sorted({program.processor for _, program in matching}))
        return f"its programs are for {others} only", ""
    silent = [place for place, needs in mine if needs is None]
    if silent:
        return f"{_first(silent)} does not say what it needs", ""
    too_new = [(needs, place) for place, needs in mine if needs and needs > target.newest_allowed]
    if too_new:
        newest = max(needs for needs, _ in too_new)
        return f"{_first([place for needs, place in too_new if needs == newest])} asks for {_dotted(newest)}", ""
    newest = max(needs for _, needs in mine if needs)
    return None, f"needs {_dotted(newest)} at most, {len(places)} programs read"


def _first(places: list[str]) -> str:
    return places[0] + (f" (and {len(places) - 1} more)" if len(places) > 1 else "")


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))


# --- Pins -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pin:
    """One entry of a requirements file made by ``dev.py lock``."""

    name: str
    version: str
    sys_platform: str | None
    """The only system it is for, if it is for one only."""
    hashes: tuple[str, ...]

    def line(self) -> str:
        """The pin without its marker: pip would compare that with the system it runs on, not with the target."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash={each}" for each in self.hashes)])


def read_pins(text: str) -> tuple[Pin, ...]:
    """The pins of a requirements file. Raises ValueError for a line that is not a pin with hashes."""
    pins = []
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*$", "", text)).splitlines()
    for line in filter(str.strip, lines):
        pin = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)\s*(?:;(.*?))?((?:\s+--hash=\S+)+)\s*$", line)
        if not pin:
            raise ValueError(f"this is not an exact version with hashes: {line.strip()[:60]}")
        name, version, marker, hashes = pin.groups()
        system = re.search(r"sys_platform == ['\"](\w+)['\"]", marker or "")
        pins.append(Pin(name, version, system[1] if system else None, tuple(re.findall(r"--hash=(\S+)", hashes))))
    return tuple(pins)


class NotFoundOut(Exception):
    """The question could not be answered: no network, no pip."""


def fetch(pin: Pin, target: Target, python: str, cache: Path) -> Path | None:
    """The wheel that pip would give ``target``, from ``cache`` or the package index; None when there is none."""
    folder = cache / target.platform / f"{pin.name}-{pin.version}-{python}"
    found = sorted(folder.glob("*.whl"))
    if found:
        return found[0]
    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / "pin.txt"
    listed.write_text(pin.line() + "\n", encoding="utf-8")
    words = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    words += ["--only-binary", ":all:", "--platform", target.platform, "--python-version", python]
    words += ["--require-hashes", "--dest", str(folder), "--requirement", str(listed)]
    pip = subprocess.run(words, capture_output=True, text=True, check=False)
    found = sorted(folder.glob("*.whl"))
    if pip.returncode == 0 and found:
        return found[0]
    if "No matching distribution found" in pip.stderr and not re.search(r"Retrying|Could not fetch", pip.stderr):
        return None
    last = next((line for line in reversed(pip.stderr.splitlines()) if line.startswith("ERROR")), "pip said nothing")
    raise NotFoundOut(f"{pin.name} {pin.version} could not be fetched for {target.name}: {last}")


def check(pins: Sequence[Pin], python: str, cache: Path) -> list[str]:
    """Read every pin's wheel for every target and print a line for each; returns a sentence for each that fails."""
    against = []
    for target in TARGETS:
        print(target.name)
        for pin in pins:
            if pin.sys_platform not in (None, target.sys_platform):
                continue
            wheel = fetch(pin, target, python, cache)
            if wheel is None:
                reason: str | None = f"there is no wheel for Python {python}"
                seen = ""
            else:
                reason, seen = judge(wheel, target)
            print(f"  {'FAIL' if reason else 'ok  '} {pin.name} {pin.version}: {reason or seen}")
            if reason:
                against.append(f"{pin.name} {pin.version} does not run on {target.name}: {reason}.")
    return against


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check that the pinned wheels run on the oldest promised systems.")
    parser.add_argument("--requirements", type=Path, default=PROJECT / "requirements" / "run.txt", metavar="FILE")
    parser.add_argument("--cache", type=Path, default=PROJECT / "build" / "wheels", metavar="FOLDER")
    parser.add_argument("--python", default="3.11", metavar="VERSION", help="the Python that would be frozen")
    options = parser.parse_args(arguments)
    try:
        pins = read_pins(options.requirements.read_text(encoding="utf-8"))
        against = check(pins, options.python, options.cache)
    except (OSError, ValueError, NotFoundOut, zipfile.BadZipFile) as error:
        print(f"check_wheels: {error}", file=sys.stderr)
        return 2
    for sentence in against:
        print(sentence, file=sys.stderr)
    if not against:
        print("Every pin holds.")
    return 1 if against else 0


if __name__ == "__main__":
    sys.exit(main())
