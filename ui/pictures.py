"""Our own drawings for the start and for what can be mended, in the colours of a tone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QPixmap

from ui.icons import render
from ui.tones import Tokens

_FOLDER: Final = Path(__file__).parent / "pictures"
_TOKEN: Final = re.compile(r"@(\w+)")


def picture(name: str, colours: Tokens, size: QSize, ratio: float = 1.0) -> QPixmap:
    """The drawing called ``name``. Raises LookupError for a name, or a colour in it, that there is not."""
    values = {key: value for key, value in vars(colours).items() if isinstance(value, str)}
    return render(_TOKEN.sub(lambda found: values[found[1]], _source(name)), size, ratio)


def names() -> tuple[str, ...]:
    """Every drawing there is."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.svg")))


@cache
def _source(name: str) -> str:
    path = _FOLDER / f"{name}.svg"
    if not path.is_file():
        raise LookupError(f"there is no drawing called {name!r}")
    return path.read_text(encoding="utf-8")
