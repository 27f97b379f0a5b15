"""What a pinned wheel demands is read from the programs inside: tried on tiny programs made by hand."""

from __future__ import annotations

import struct
import sys
import zipfile
from pathlib import Path

import check_wheels
import pytest
from check_wheels import Pin, Program, Target, read_macho, read_pe, read_pins

MAC_ARM, MAC_INTEL, WINDOWS = check_wheels.TARGETS

ARM64, X86_64, I386 = 0x0100000C, 0x01000007, 7
LIBRARY, OBJECT_FILE, DEBUG_SYMBOLS = 6, 1, 10


def build_version(major: int, minor: int = 0, platform: int = 1) -> bytes:
    return struct.pack("<6I", 0x32, 24, platform, major << 16 | minor << 8, 26 << 16, 0)


def version_min(major: int, minor: int) -> bytes:
    return struct.pack("<4I", 0x24, 16, major << 16 | minor << 8, 14 << 16)


SOMETHING_ELSE = struct.pack("<4I", 0x1B, 16, 1, 2)


def macho(*commands: bytes, processor: int = ARM64, kind: int = LIBRARY) -> bytes:
    body = b"".join(commands)
    return struct.pack("<8I", 0xFEEDFACF, processor, 0, kind, len(commands), len(body), 0, 0) + body


def fat(*programs: bytes) -> bytes:
    head = struct.pack(">2I", 0xCAFEBABE, len(programs))
    at = len(head) + 20 * len(programs)
    for program in programs:
        head += struct.pack(">5I", 0, 0, at, len(program), 0)
        at += len(program)
    return head + b"".join(programs)


def fat64(program: bytes) -> bytes:
    return struct.pack(">2I", 0xCAFEBABF, 1) + struct.pack(">IIQQII", 0, 0, 40, len(program), 0, 0) + program


def pe(os_version: tuple[int, int], subsystem: tuple[int, int], processor: int = 0x8664) -> bytes:
    optional = bytearray(112)
    struct.pack_into("<H", optional, 0, 0x20B)
    struct.pack_into("<2H", optional, 40, *os_version)
    struct.pack_into("<2H", optional, 48, *subsystem)
    dos = bytearray(64)
    dos[:2] = b"MZ"
    struct.pack_into("<I", dos, 60, 64)
    return bytes(dos) + b"PE\0\0" + struct.pack("<H", processor) + bytes(18) + bytes(optional)


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (macho(build_version(12, 0)), [Program("darwin", "arm64", (12, 0))]),
        (macho(SOMETHING_ELSE, build_version(10, 15)), [Program("darwin", "arm64", (10, 15))]),
        (macho(version_min(10, 9), processor=X86_64), [Program("darwin", "x86_64", (10, 9))]),
        (macho(build_version(12), build_version(15, platform=6)), [Program("darwin", "arm64", (12, 0))]),
        (macho(SOMETHING_ELSE), [Program("darwin", "arm64", None)]),
        (macho(build_version(12), processor=99), [Program("darwin", "processor 0x63", (12, 0))]),
        (macho(build_version(26), kind=OBJECT_FILE), []),
        (macho(build_version(26), kind=DEBUG_SYMBOLS), []),
        (
            fat(macho(version_min(10, 9), processor=X86_64), macho(build_version(11))),
            [Program("darwin", "x86_64", (10, 9)), Program("darwin", "arm64", (11, 0))],
        ),
        (fat64(macho(build_version(11))), [Program("darwin", "arm64", (11, 0))]),
        (b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(60), []),  # a Java class
        (b"#!/bin/sh", []),
        (b"", []),
    ],
)
def test_mach_o(data: bytes, seen: list[Program]) -> None:
    assert list(read_macho(data)) == seen


def test_mach_o_of_the_other_byte_order_and_width() -> None:
    command = struct.pack(">6I", 0x32, 24, 1, 13 << 16, 0, 0)
    data = struct.pack(">7I", 0xFEEDFACE, I386, 0, LIBRARY, 1, len(command), 0) + command
    assert read_macho(data) == (Program("darwin", "i386", (13, 0)),)


@pytest.mark.parametrize(
    "data",
    [
        macho(build_version(12))[:40],
        macho(build_version(12))[:20],
        macho(struct.pack("<2I", 0x1B, 0), build_version(12)),
        fat(macho(build_version(12)))[:12],
    ],
)
def test_a_broken_mach_o_is_never_good(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut short|no length"):
        read_macho(data)


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (pe((6, 0), (6, 2)), [Program("win32", "x86_64", (6, 2))]),
        (pe((10, 0), (6, 0)), [Program("win32", "x86_64", (10, 0))]),
        (pe((6, 0), (6, 0), 0xAA64), [Program("win32", "arm64", (6, 0))]),
        (pe((6, 0), (6, 0), 0x14C), [Program("win32", "i386", (6, 0))]),
        (pe((6, 0), (6, 0), 1), [Program("win32", "processor 0x1", (6, 0))]),
        (b"MZ" + bytes(100), []),  # a program for DOS
        (b"MZ", []),
        (b"text", []),
    ],
)
def test_pe(data: bytes, seen: list[Program]) -> None:
    assert list(read_pe(data)) == seen


def test_a_broken_pe_is_never_good() -> None:
    with pytest.raises(ValueError, match="cut short"):
        read_pe(pe((6, 0), (6, 0))[:90])


def wheel(folder: Path, **members: bytes) -> Path:
    file = folder / "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file


@pytest.mark.parametrize(
    ("target", "members", "against", "seen"),
    [
        (MAC_ARM, {"a.py": b"pass"}, None, "no programs inside"),
        (MAC_ARM, {"a.so": macho(build_version(13))}, None, "needs 13.0 at most, 1 programs read"),
        (
            MAC_ARM,
            {"a.so": macho(build_version(11)), "b": macho(build_version(12))},
            None,
            "needs 12.0 at most, 2 programs",
        ),
        (MAC_ARM, {"a.so": macho(build_version(13, 1))}, "a.so asks for 13.1", ""),
        (
            MAC_ARM,
            {"a": macho(build_version(15)), "b": macho(build_version(14)), "c": macho(build_version(15))},
            "a (and 1 more) asks for 15.0",
            "",
        ),
        (MAC_ARM, {"a": macho(build_version(11), processor=X86_64)}, "its programs are for x86_64 only", ""),
        (MAC_ARM, {"a": macho(SOMETHING_ELSE)}, "a does not say what it needs", ""),
        # Too new for the other processor only: not this one's business.
        (
            MAC_INTEL,
            {"a": fat(macho(build_version(15)), macho(build_version(12), processor=X86_64))},
            None,
            "needs 12.0",
        ),
        (
            MAC_INTEL,
            {"a": fat(macho(build_version(12)), macho(build_version(15), processor=X86_64))},
            "asks for 15.0",
            "",
        ),
        (WINDOWS, {"a.dll": pe((6, 0), (10, 0))}, None, "needs 10.0 at most"),
        (WINDOWS, {"a.dll": pe((6, 0), (6, 0)), "b.dll": pe((6, 0), (10, 1))}, "b.dll asks for 10.1", ""),
        (WINDOWS, {"a.dll": pe((6, 0), (6, 0), 0x14C)}, "its programs are for i386 only", ""),
    ],
)
def test_judging_a_wheel(
    tmp_path: Path, target: Target, members: dict[str, bytes], against: str | None, seen: str
) -> None:
    reason, said = check_wheels.judge(wheel(tmp_path, **members), target)
    assert said.startswith(seen)
    assert reason is None if against is None else against in str(reason)


def test_a_wheel_with_a_broken_program_names_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a\.so in thing-1\.0-py3-none-any\.whl cannot be read: it is cut short"):
        check_wheels.judge(wheel(tmp_path, **{"a.so": macho(build_version(12))[:40]}), MAC_ARM)


PINS = """\
# made by a tool
six==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via something
win-thing==2.0.1 ; sys_platform == 'win32' \\
    --hash=sha256:cc
"""


def test_pins_are_read_with_their_system_and_hashes() -> None:
    first, second = read_pins(PINS)
    assert first == Pin("six", "1.0", None, ("sha256:aa", "sha256:bb"))
    assert second == Pin("win-thing", "2.0.1", "win32", ("sha256:cc",))
    assert second.line() == "win-thing==2.0.1 --hash=sha256:cc"


@pytest.mark.parametrize("line", ["six>=1.0", "six==1.0", "six", "-r other.txt"])
def test_what_is_no_pin_with_hashes_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not an exact version with hashes"):
        read_pins(line)


def test_the_projects_own_pins_can_be_read() -> None:
    pins = {pin.name: pin for pin in read_pins((check_wheels.PROJECT / "requirements/run.txt").read_text())}
    assert pins["pyside6-essentials"].version == "6.9.3"
    assert pins["opencv-python-headless"].version == "4.12.0.88"
    assert pins["pycaw"].sys_platform == "win32"
    assert all(pin.hashes for pin in pins.values())


def fill_cache(cache: Path, target: Target, pin: str, **members: bytes) -> None:
    folder = cache / target.platform / f"{pin}-3.11"
    folder.mkdir(parents=True)
    wheel(folder, **members)


@pytest.fixture
def pinned(tmp_path: Path) -> list[str]:
    """Arguments for a run on one pin, ``six`` 1.0."""
    (tmp_path / "pins.txt").write_text("six==1.0 --hash=sha256:aa\n")
    return ["--requirements", str(tmp_path / "pins.txt"), "--cache", str(tmp_path / "cache")]


def test_pins_that_hold(pinned: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for target in check_wheels.TARGETS:
        fill_cache(tmp_path / "cache", target, "six-1.0", code=b"pass")
    assert check_wheels.main(pinned) == 0
    said = capsys.readouterr()
    assert said.out.count("ok   six 1.0: no programs inside") == 3
    assert said.out.endswith("Every pin holds.\n")
    assert said.err == ""


def test_one_pin_that_breaks_fails_with_a_sentence(
    pinned: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill_cache(tmp_path / "cache", MAC_ARM, "six-1.0", lib=macho(build_version(15)))
    fill_cache(tmp_path / "cache", MAC_INTEL, "six-1.0", lib=macho(version_min(10, 9), processor=X86_64))
    fill_cache(tmp_path / "cache", WINDOWS, "six-1.0", lib=pe((6, 0), (6, 0)))
    assert check_wheels.main(pinned) == 1
    said = capsys.readouterr()
    assert said.err == "six 1.0 does not run on macOS 13.0 on Apple silicon: lib asks for 15.0.\n"
    assert "Every pin holds" not in said.out


def test_no_file_of_pins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_wheels.main(["--requirements", str(tmp_path / "none.txt")]) == 2
    assert "none.txt" in capsys.readouterr().err


def test_a_pin_for_one_system_is_not_asked_for_on_another(
    pinned: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pins.txt").write_text("six==1.0 ; sys_platform == 'win32' --hash=sha256:aa\n")
    fill_cache(tmp_path / "cache", WINDOWS, "six-1.0", code=b"pass")
    assert check_wheels.main(pinned) == 0
    assert capsys.readouterr().out.count("six 1.0") == 1


def pip_that(folder: Path, says: str) -> str:
    """A Python whose pip ends with an error and the given complaint."""
    fake = folder / "python"
    fake.write_text(f"#!/bin/sh\nprintf '%s\\n' '{says}' >&2\nexit 1\n")
    fake.chmod(0o755)
    return str(fake)


NO_WHEEL = "ERROR: No matching distribution found for six==1.0"


def test_a_pin_without_a_wheel_for_a_system_breaks(
    pinned: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "executable", pip_that(tmp_path, NO_WHEEL))
    assert check_wheels.main(pinned) == 1
    assert "six 1.0 does not run on Windows 10: there is no wheel for Python 3.11." in capsys.readouterr().err


def test_without_a_network_nothing_is_found_out(
    pinned: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    complaint = f"WARNING: Retrying after connection broken\n{NO_WHEEL}"
    monkeypatch.setattr(sys, "executable", pip_that(tmp_path, complaint))
    assert check_wheels.main(pinned) == 2
    said = capsys.readouterr().err
    assert "six 1.0 could not be fetched for macOS 13.0 on Apple silicon" in said
