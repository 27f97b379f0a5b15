"""Does every library that the frozen Windows program asks for come with it, or with Windows 10?

    python packaging/windows/imports.py FOLDER

Reads the import tables (also those of delayed imports) of every program and library in FOLDER, as Windows' loader does,
and that each is for 64-bit processors and asks for no Windows newer than 10. Works on any system.

Exit status: 0 nothing is missing, 1 something is (a sentence for each), 2 a file cannot be read.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from check_wheels import TARGETS, read_pe

#: What every Windows 10 has, of what the pinned wheels and Python itself ask for. A name that is not here is looked up
#: by a person in Microsoft's documentation before it is added. (api-ms-win-… are other names for these.)
OF_WINDOWS: Final = frozenset(
    """
    advapi32 authz bcrypt bcryptprimitives comctl32 comdlg32 crypt32 d2d1 d3d11 d3d12 d3d9 d3dcompiler_47 dnsapi
    dwmapi dwrite dxgi gdi32 imagehlp imm32 iphlpapi kernel32 mf mfplat mfreadwrite mpr msvcrt netapi32 ole32
    oleaut32 pathcch pdh powrprof propsys psapi rpcrt4 secur32 setupapi shell32 shlwapi ucrtbase
    uiautomationcore user32 userenv uxtheme version winhttp winmm winspool.drv ws2_32 wsock32 wtsapi32
    """.split()  # noqa: SIM905 - a list that is read by people
)
_API_SET: Final = re.compile(r"^(api|ext)-ms-")

#: Of the optional header of 64-bit programs: where its list of tables begins, and which of them tell imports.
_TABLES_AT: Final = 112
_IMPORTS: Final = 1
_DELAYED: Final = 13
_PE32_PLUS: Final = 0x20B


def imports(data: bytes) -> tuple[str, ...]:
    """The names of the libraries that a 64-bit Windows program asks for, as it writes them.

    Raises ValueError for one that is cut short or no 64-bit program.
    """
    try:
        return tuple(_names(data))
    except (struct.error, IndexError):
        raise ValueError("it is cut short") from None


def _names(data: bytes) -> Iterator[str]:
    (at,) = struct.unpack_from("<I", data, 60)
    section_count, optional_size = struct.unpack_from("<6xH12xH", data, at)
    optional = at + 24
    if struct.unpack_from("<H", data, optional)[0] != _PE32_PLUS:
        raise ValueError("it is no 64-bit program")
    rows = [
        struct.unpack_from("<8x4I", data, optional + optional_size + 40 * number) for number in range(section_count)
    ]

    def offset(address: int) -> int:
        for size, start, raw_size, raw_start in rows:
            if start <= address < start + max(size, raw_size):
                return int(address - start + raw_start)
        raise ValueError(f"address {address:#x} is in none of its sections")

    (count,) = struct.unpack_from("<I", data, optional + _TABLES_AT - 4)
    for table, step, name_at in ((_IMPORTS, 20, 12), (_DELAYED, 32, 4)):
        if table >= count:
            continue
        (address,) = struct.unpack_from("<I", data, optional + _TABLES_AT + 8 * table)
        row = offset(address) if address else None
        while row is not None:
            (name,) = struct.unpack_from("<I", data, row + name_at)
            if not name:
                break
            start = offset(name)
            yield data[start : data.index(b"\0", start)].decode("ascii")
            row += step


def is_of_windows(library: str) -> bool:
    """Whether every Windows 10 has a library of this name."""
    name = library.lower().removesuffix(".dll")
    return name in OF_WINDOWS or bool(_API_SET.match(name))


def faults(folder: Path) -> Iterator[str]:
    """A sentence for each library that is nowhere, and each program that does not run on our oldest Windows."""
    oldest = next(target for target in TARGETS if target.sys_platform == "win32")
    programs = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (found := read_pe(data := path.read_bytes())):
            programs[path.relative_to(folder).as_posix()] = (found[0], data)
    if not programs:
        yield f"{folder}: there is no Windows program in it."
    there = {name.rpartition("/")[2].lower() for name in programs}
    for name, (program, data) in programs.items():
        if program.processor != oldest.processor:
            yield f"{name} is for {program.processor}, not for {oldest.processor}."
            continue
        if program.needs is None or program.needs > oldest.newest_allowed:
            yield f"{name} asks for a newer Windows than {oldest.name}."
        for library in imports(data):
            if library.lower() not in there and not is_of_windows(library):
                yield f"{name} asks for {library}, which neither comes along nor with {oldest.name}."


def main(arguments: Sequence[str]) -> int:
    """Read everything; returns the exit status."""
    if len(arguments) != 1:
        print("usage: imports.py FOLDER", file=sys.stderr)
        return 2
    try:
        found = list(faults(Path(arguments[0])))
    except (OSError, ValueError) as error:
        print(f"imports: {error}", file=sys.stderr)
        return 2
    for sentence in found:
        print(sentence, file=sys.stderr)
    if not found:
        print("Every library that is asked for is there.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
