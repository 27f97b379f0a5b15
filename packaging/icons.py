"""Makes the icon of the program for Windows (.ico) and macOS (.icns) from one drawing, icon.svg.

    python packaging/icons.py OUT.ico|OUT.icns …

Needs PySide6, which draws; how the two kinds of files are laid out is written here.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING: Final = Path(__file__).resolve().parent / "icon.svg"

#: What Windows shows in title bars, lists, the task bar and as large icons, at 100 to 250 %.
ICO_SIZES_PX: Final = (16, 20, 24, 32, 40, 48, 64, 96, 128, 256)

#: Kinds of pictures in an .icns file, each a PNG: for plain screens, and for those with twice the dots.
ICNS_SIZES_PX: Final = {
    "ic11": 32,  # 16 points, twice the dots
    "ic12": 64,
    "ic07": 128,
    "ic13": 256,
    "ic08": 256,
    "ic14": 512,
    "ic09": 512,
    "ic10": 1024,
}


def drawn(size_px: int, drawing: Path = DRAWING) -> QImage:
    """The drawing at one size, with transparent corners. Raises ValueError when it cannot be read."""
    renderer = QSvgRenderer(drawing.read_bytes())
    if not renderer.isValid():
        raise ValueError(f"{drawing} is no drawing in SVG")
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return image


def png(image: QImage) -> bytes:
    """A picture as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # it takes a str
    return bytes(buffer.data().data())


def bitmap(image: QImage) -> bytes:
    """A picture as a Windows icon holds the smaller ones: rows from below, BGRA, then a mask of one bit a dot.

    The mask only counts for programs of the last century; it says what is transparent all the same.
    """
    size_px = image.width()
    header = struct.pack("<IiiHHIIiiII", 40, size_px, 2 * size_px, 1, 32, 0, 0, 0, 0, 0, 0)
    pixels = bytes(image.constBits())
    row_bytes = 4 * size_px
    rows = [pixels[at : at + row_bytes] for at in range(0, len(pixels), row_bytes)]
    mask = b"".join(_mask_row(row[3::4]) for row in reversed(rows))
    return header + b"".join(reversed(rows)) + mask


def _mask_row(alphas: bytes) -> bytes:
    bits = "".join("1" if alpha == 0 else "0" for alpha in alphas)
    width = -(-len(bits) // 32) * 32
    return int(bits.ljust(width, "0"), 2).to_bytes(width // 8, "big")


def ico(drawing: Path = DRAWING) -> bytes:
    """The icon for Windows."""
    pictures = []
    for size_px in ICO_SIZES_PX:
        image = drawn(size_px, drawing)
        pictures.append((size_px, png(image) if size_px == 256 else bitmap(image)))
    at = 6 + 16 * len(pictures)
    entries = b""
    for size_px, content in pictures:
        entries += struct.pack("<BBBBHHII", size_px % 256, size_px % 256, 0, 0, 1, 32, len(content), at)
        at += len(content)
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + b"".join(content for _, content in pictures)


def icns(drawing: Path = DRAWING) -> bytes:
    """The icon for macOS."""
    parts = b""
    for kind, size_px in ICNS_SIZES_PX.items():
        content = png(drawn(size_px, drawing))
        parts += kind.encode("ascii") + struct.pack(">I", 8 + len(content)) + content
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


MAKERS: Final = {".ico": ico, ".icns": icns}


def write(target: Path) -> Path:
    """Make the icon at ``target``, of the kind that its name ends with; returns it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(MAKERS[target.suffix]())
    return target


def main(arguments: Sequence[str]) -> int:
    """Make each icon that is named. Returns the exit status."""
    targets = [Path(name) for name in arguments]
    if not targets or any(target.suffix not in MAKERS for target in targets):
        print("usage: icons.py OUT.ico|OUT.icns …", file=sys.stderr)
        return 2
    for target in targets:
        print(write(target))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
