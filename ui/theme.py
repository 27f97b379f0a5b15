"""How the window looks: one `Look` for the whole application, worn with `apply`.

A widget that paints asks `now()` for the colours and `px()` for lengths, each time it paints. Qt tells every widget
of a new look with ``QEvent.StyleChange``: who keeps something made of colours makes it anew in ``changeEvent``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from ui.focus_ring import FocusRing
from ui.system_look import system_reduced_motion, system_tone
from ui.tones import Tokens, Tone, tokens

__all__ = ["Look", "Tokens", "Tone", "apply", "current", "now", "px", "system_reduced_motion", "system_tone", "tokens"]

#: Gaps between things, in pixels; the same at every text size, so that large type has room.
SPACE_XS: Final = 4
SPACE_S: Final = 8
SPACE_M: Final = 16
SPACE_L: Final = 24
SPACE_XL: Final = 40

RADIUS_PX: Final = 12
SCALES_PCT: Final = (100, 125, 150, 200)

#: Height of the letters by what they are for, in pixels at 100 %.
TYPE_PX: Final = {"headline": 34, "title": 24, "body": 18, "small": 16, "code": 38}
_BOLD: Final = ("headline", "title", "code")

FAMILY: Final = "Atkinson Hyperlegible Next"
_HERE: Final = Path(__file__).parent
_TOKEN: Final = re.compile(r"@(\w+)")


@dataclass(frozen=True)
class Look:
    """What the person chose for the eyes."""

    tone: Tone = Tone.LIGHT
    scale_pct: int = 100
    reduced_motion: bool = False
    least_target_px: int = 48
    """How high what can be pressed is at least; a kiosk wants more."""

    def with_tone(self, tone: Tone) -> Look:
        return replace(self, tone=tone)

    def with_scale(self, scale_pct: int) -> Look:
        return replace(self, scale_pct=scale_pct)

    def with_next_tone(self) -> Look:
        """What the button for colours leads to: one after the other, and round."""
        tones = tuple(Tone)
        return self.with_tone(tones[(tones.index(self.tone) + 1) % len(tones)])

    def with_next_scale(self, scales_pct: Sequence[int] | None = None) -> Look:
        """What the button for the text size leads to; ``scales_pct``: the sizes that are offered, ours if left out."""
        offered = scales_pct or SCALES_PCT
        return self.with_scale(offered[(offered.index(self.scale_pct) + 1) % len(offered)])


def system_look(app: QApplication) -> Look:
    """The look that the system's own settings ask for."""
    return Look(tone=system_tone(app), reduced_motion=system_reduced_motion())


def apply(app: QApplication, look: Look) -> None:
    """Let the whole application wear this look, now and for widgets to come. May be called again at any time."""
    load_fonts()
    if app.property("look") is None:
        app.setStyle(QStyleFactory.create("Fusion"))
        ring = FocusRing(app)
        app.focusChanged.connect(ring.follow)
    app.setProperty("look", look)
    app.setPalette(_palette(tokens(look.tone)))
    app.setFont(font("body", look))
    app.setStyleSheet(style_sheet(look))


def current() -> Look:
    """The look that the application wears; the plain one before `apply`."""
    app = QApplication.instance()
    look = app.property("look") if app else None
    return look if isinstance(look, Look) else Look()


def now() -> Tokens:
    """The colours that the application wears."""
    return tokens(current().tone)


def px(length_px: float, look: Look | None = None) -> int:
    """A length that grows with the text, from its pixels at 100 %."""
    return round(length_px * (look or current()).scale_pct / 100)


def font(kind: str = "body", look: Look | None = None) -> QFont:
    """The font for a kind of text: headline, title, body, small or code."""
    made = QFont(FAMILY)
    made.setPixelSize(px(TYPE_PX[kind], look))
    made.setBold(kind in _BOLD)
    return made


def target_px(look: Look | None = None) -> int:
    """The least height of what can be pressed: that of the look, and room for one large line."""
    worn = look or current()
    return max(worn.least_target_px, px(TYPE_PX["body"] * 1.34, worn) + SPACE_L)


def icon_size(look: Look | None = None) -> QSize:
    """The size of an icon beside body text, with the air that `ui.icons.icon` leaves beside it."""
    return QSize(px(38, look), px(26, look))


def column_px(look: Look | None = None) -> int:
    """How wide a column of text may be: lines of about 70 letters, which eyes find back from."""
    return px(760, look)


def load_fonts() -> None:
    """Make the bundled font known to Qt; needs a QApplication, and does its work once in its life."""
    if FAMILY not in QFontDatabase.families():
        for path in sorted((_HERE / "fonts").glob("*.ttf")):
            QFontDatabase.addApplicationFont(str(path))


def style_sheet(look: Look) -> str:
    """``style.qss`` with every ``@token`` replaced."""
    values = _values(look)
    return _TOKEN.sub(lambda found: values[found[1]], _template())


@cache
def _template() -> str:
    return (_HERE / "style.qss").read_text(encoding="utf-8")


def _values(look: Look) -> dict[str, str]:
    colours = tokens(look.tone)
    target = target_px(look)
    inner = target - 2 * colours.line_px
    icons = (_HERE / "icons").as_posix()
    lengths = {
        **{f"{kind}_px": px(size, look) for kind, size in TYPE_PX.items()},
        "space_xs": SPACE_XS,
        "space_s": SPACE_S,
        "space_m": SPACE_M,
        "space_l": SPACE_L,
        "radius": RADIUS_PX,
        "line_px": colours.line_px,
        "target": target,
        "inner": inner,
        "inner_m": inner + px(8, look),
        "tile": inner + px(22, look),
        "tick": px(26, look),
        "tick_radius": px(26, look) // 2 + colours.line_px,
        "arrow": px(22, look),
        "drop": px(44, look),
    }
    return {
        "family": FAMILY,
        "icons": icons,
        "chevron": f"{icons}/style/chevron-{look.tone}.svg",
        "tick_mark": f"{icons}/style/tick-{look.tone}.svg",
        **{name: str(value) for name, value in vars(colours).items() if isinstance(value, str)},
        **{name: f"{value}px" for name, value in lengths.items()},
    }


def _palette(colours: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for place, colour in (
        (role.Window, colours.background),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.sunken),
        (role.Button, colours.surface),
        (role.ToolTipBase, colours.text),
        (role.WindowText, colours.text),
        (role.Text, colours.text),
        (role.ButtonText, colours.text),
        (role.ToolTipText, colours.background),
        (role.PlaceholderText, colours.muted),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Link, colours.accent),
        (role.LinkVisited, colours.accent),
        (role.Accent, colours.accent),
    ):
        palette.setColor(place, QColor(colour))
    for place in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, place, QColor(colours.muted))
    return palette
