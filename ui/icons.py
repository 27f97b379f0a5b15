"""Our own icons, in any colour and size. Qt's SVG module is loaded with the first one, not with the program."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

_FOLDER: Final = Path(__file__).parent / "icons"

#: Screens of ordinary and of double density.
_RATIOS: Final = (1.0, 2.0)

#: How many drawn icons are kept: those of a few screens in one look. All of them in every look would be some 30 MB.
_KEPT: Final = 128

#: Air on either side of an icon on a button, in parts of its size: Qt leaves too little before the words.
_AIR: Final = 0.2


def icon(name: str, colour: str | QColor, size_px: int) -> QIcon:
    """The icon called ``name`` for buttons; sharp on dense screens, too. Raises LookupError for a name there is not."""
    made = QIcon()
    for ratio in _RATIOS:
        made.addPixmap(_with_air(pixmap(name, colour, size_px, ratio)))
    return made


def pixmap(name: str, colour: str | QColor, size_px: int, ratio: float = 1.0) -> QPixmap:
    """The icon called ``name``, ``size_px`` wide and high on a screen of that density."""
    return _drawn(name, QColor(colour).name(), size_px, ratio)


def paint(painter: QPainter, name: str, colour: str | QColor, rect: QRectF) -> None:
    """Draw the icon called ``name`` into a square."""
    painter.drawPixmap(rect.topLeft(), pixmap(name, colour, round(rect.width()), painter.device().devicePixelRatioF()))


def names() -> tuple[str, ...]:
    """Every icon there is."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.svg")))


def render(drawing: str, size: QSize, ratio: float = 1.0) -> QPixmap:
    """An SVG text as a picture of that size, on a screen of that density."""
    from PySide6.QtSvg import QSvgRenderer

    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(drawing.encode()).render(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return made


def _with_air(drawn: QPixmap) -> QPixmap:
    air = round(drawn.width() * _AIR)
    made = QPixmap(drawn.width() + 2 * air, drawn.height())
    made.setDevicePixelRatio(drawn.devicePixelRatio())
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.drawPixmap(QPointF(air / drawn.devicePixelRatio(), 0), drawn)
    painter.end()
    return made


@cache
def _source(name: str) -> str:
    path = _FOLDER / f"{name}.svg"
    if not path.is_file():
        raise LookupError(f"there is no icon called {name!r}")
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=_KEPT)
def _drawn(name: str, colour: str, size_px: int, ratio: float) -> QPixmap:
    return render(_source(name).replace("currentColor", colour), QSize(size_px, size_px), ratio)
