"""Gives a Windows Installer package the id and the time that belong to its content. Pure: bytes in, bytes out.

wixl invents an id and takes the clock; with both put right, the same files make the same package. The place and form of
the summary are Microsoft's [MS-OLEPS]: a property set within a compound file. It is short, so it lies in one piece.
"""

from __future__ import annotations

import struct
from typing import Final

#: FMTID_SummaryInformation as it lies in the file, followed by where its section begins.
_SECTION: Final = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
#: From the beginning of the property set to that mark.
_BEFORE_MARK: Final = 28

_REVISION: Final = 9
_CREATED: Final = 12
_SAVED: Final = 13
_TEXT: Final = 30
_TIME: Final = 64

#: Windows counts from 1601 on, in steps of 100 nanoseconds.
_FROM_1601_S: Final = 11_644_473_600


def impersonal(package: bytes, code: str, time_s: int) -> bytes:
    """The package with this id (``{…}``) and made at this time. Raises ValueError when it has no such summary."""
    changed = bytearray(package)
    for identity, at in _properties(package).items():
        (kind,) = struct.unpack_from("<I", package, at)
        if identity in {_CREATED, _SAVED} and kind == _TIME:
            struct.pack_into("<Q", changed, at + 4, (time_s + _FROM_1601_S) * 10_000_000)
        elif identity == _REVISION and kind == _TEXT:
            (length,) = struct.unpack_from("<I", package, at + 4)
            if package[at + 8 : at + 9] != b"{" or length != len(code) + 1:
                raise ValueError("the summary of the package has an id of another form")
            changed[at + 8 : at + 8 + len(code)] = code.encode("ascii")
    return bytes(changed)


def _properties(package: bytes) -> dict[int, int]:
    """Where each property of the summary lies in the file."""
    mark = package.find(_SECTION)
    if mark < _BEFORE_MARK or package.find(_SECTION, mark + 1) >= 0:
        raise ValueError("the package has no summary, or two")
    (offset,) = struct.unpack_from("<I", package, mark + len(_SECTION))
    section = mark - _BEFORE_MARK + offset
    _, count = struct.unpack_from("<II", package, section)
    pairs = (struct.unpack_from("<II", package, section + 8 + 8 * number) for number in range(count))
    return {identity: section + at for identity, at in pairs}
