"""The import tables of real Windows programs, and what is said of a library that is nowhere."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from windows import imports

from tests.packaging_scripts import windows_tree


@pytest.fixture(scope="module")
def bootloader() -> bytes:
    return windows_tree.bootloader()["run"]


def test_the_bootloader_asks_for_windows_only(bootloader: bytes) -> None:
    asked = {name.lower() for name in imports.imports(bootloader)}
    assert {"kernel32.dll", "advapi32.dll"} <= asked
    assert all(imports.is_of_windows(name) for name in asked)


def test_a_library_that_is_nowhere_is_named(
    bootloader: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.exe").write_bytes(bootloader.replace(b"ADVAPI32.dll", b"ABSENT32.dll"))
    assert imports.main([str(tmp_path)]) == 1
    assert "a.exe asks for ABSENT32.dll, which neither comes along" in capsys.readouterr().err
    (tmp_path / "_internal").mkdir()
    (tmp_path / "_internal" / "absent32.DLL").write_bytes(bootloader)
    assert imports.main([str(tmp_path)]) == 0


def test_another_processor_and_a_newer_windows_are_named(bootloader: bytes, tmp_path: Path) -> None:
    (at,) = struct.unpack_from("<I", bootloader, 60)
    arm, newer = bytearray(bootloader), bytearray(bootloader)
    struct.pack_into("<H", arm, at + 4, 0xAA64)
    struct.pack_into("<H", newer, at + 24 + 48, 11)
    (tmp_path / "arm.dll").write_bytes(arm)
    (tmp_path / "newer.dll").write_bytes(newer)
    assert list(imports.faults(tmp_path)) == [
        "arm.dll is for arm64, not for x86_64.",
        "newer.dll asks for a newer Windows than Windows 10.",
    ]


def test_delayed_imports_count(bootloader: bytes) -> None:
    """No bootloader has any: its own table is declared to be one, whose rows have names elsewhere."""
    (at,) = struct.unpack_from("<I", bootloader, 60)
    tables = at + 24 + 112
    address, size = struct.unpack_from("<II", bootloader, tables + 8)
    changed = bytearray(bootloader)
    struct.pack_into("<IIII", changed, tables + 8, 0, 0, 0, 0)
    assert imports.imports(bytes(changed)) == ()
    first = imports.imports(bootloader)[0]
    # One row of a delayed table (name second) in the room of the plain one (name fourth), and an end.
    name_at = struct.unpack_from(
        "<I", bootloader, bootloader.index(struct.pack("<I", address)) and _row(bootloader) + 12
    )
    row = _row(bootloader)
    changed[row : row + 64] = bytes(64)
    struct.pack_into("<II", changed, row, 1, name_at[0])
    struct.pack_into("<II", changed, tables + 13 * 8, address, size)
    assert imports.imports(bytes(changed)) == (first,)


def _row(program: bytes) -> int:
    """Where the first row of the import table lies in the file."""
    (at,) = struct.unpack_from("<I", program, 60)
    (address,) = struct.unpack_from("<I", program, at + 24 + 112 + 8)
    count, optional = struct.unpack_from("<6xH12xH", program, at)
    for number in range(count):
        size, start, _, raw = struct.unpack_from("<8x4I", program, at + 24 + optional + 40 * number)
        if start <= address < start + size:
            return int(address - start + raw)
    raise AssertionError


@pytest.mark.parametrize("length", [100, 700])
def test_what_is_cut_short_is_told(
    bootloader: bytes, tmp_path: Path, length: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.exe").write_bytes(bootloader[:length])
    assert imports.main([str(tmp_path)]) in {1, 2}
    assert capsys.readouterr().err


def test_what_is_no_64_bit_program_is_told(bootloader: bytes) -> None:
    (at,) = struct.unpack_from("<I", bootloader, 60)
    changed = bytearray(bootloader)
    struct.pack_into("<H", changed, at + 24, 0x10B)
    with pytest.raises(ValueError, match="no 64-bit"):
        imports.imports(bytes(changed))


def test_an_empty_folder_is_no_program(tmp_path: Path) -> None:
    assert imports.main([str(tmp_path)]) == 1
    assert imports.main([]) == 2
