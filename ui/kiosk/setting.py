"""How this kiosk is set up, as far as its window needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Final

from PySide6.QtGui import QScreen

from ui import theme
from ui.kiosk.session import Patience

#: Words that are read standing: twice the size of those at a desk, on a screen whose shorter side is this long.
_SCALE_PCT: Final = 200
_SHORT_SIDE_PX: Final = 1080
_SCALES_PCT: Final = (100, 400)

#: What can be pressed is at least so high: for fingers that shake (64 would do), and 20 mm where a screen tells its size.
_TARGET_PX: Final = 88
_TARGET_MM: Final = 20
_MM_PER_INCH: Final = 25.4

#: What a screen says of its size is believed between these densities: some say 0, and some make it up.
_DPI: Final = (40.0, 200.0)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One for the life of the program."""

    patience: Patience = field(default_factory=Patience)
    languages: tuple[str, ...] = ("en", "es")
    """The first is that of the start, and of staff."""
    has_tests: bool = True
    """Whether camera, microphone and speaker may be tried; not in safe mode."""
    has_voice: bool = True
    printer: str | None = None
    """See `Place.printer`."""
    front_desk: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    volume_pct: int | None = None
    """The volume with which each visitor begins; None leaves it as it is."""
    camera: str | None = None
    microphone: str | None = None
    speaker: str | None = None
    dim_from: time | None = None
    dim_to: time | None = None
    """Between these times of day the screen is darker."""
    self_test_at: time | None = None
    fault: str = ""
    """With a fault code the kiosk rests: nobody is received."""


def look_for(screen: QScreen, *, reduced_motion: bool = False) -> theme.Look:
    """The look with which each visitor begins, on a screen: its letters and targets are large enough to stand before."""
    size = screen.geometry().size()
    scale_pct = round(_SCALE_PCT * min(size.width(), size.height()) / _SHORT_SIDE_PX)
    low, high = _SCALES_PCT
    return theme.Look(
        scale_pct=min(max(scale_pct, low), high),
        reduced_motion=reduced_motion,
        least_target_px=target_px(screen.physicalDotsPerInch()),
    )


def target_px(dpi: float) -> int:
    """The least height of what can be pressed, on a screen of so many pixels an inch."""
    low, high = _DPI
    return max(_TARGET_PX, round(_TARGET_MM / _MM_PER_INCH * dpi)) if low <= dpi <= high else _TARGET_PX
