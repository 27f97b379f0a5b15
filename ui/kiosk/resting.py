"""The screen of a kiosk that is out of order: whom to ask, and the code by which staff finds the reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from readiness.text import N_
from ui import theme
from ui.kiosk.pages.page import DRAWING_PX
from ui.kiosk.wording import in_all
from ui.widgets.drawing import Drawing
from ui.widgets.wrap_label import WrapLabel


class Resting(QWidget):
    """Nothing is tried, nothing can be pressed. Staff comes in as on every screen."""

    def __init__(self, languages: Sequence[str], fault: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.SPACE_XL] * 4)
        column.setSpacing(theme.SPACE_XL)
        column.addStretch(1)
        column.addWidget(_centred(in_all(languages, N_("Please ask at the front desk")), "headline"))
        drawing = Drawing("wait-and-retry", size_px=DRAWING_PX)
        column.addWidget(drawing, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(_centred(in_all(languages, N_("This screen rests. It comes back by itself.")), "body"))
        column.addWidget(_centred(fault, "small"))
        column.addStretch(1)


def _centred(text: str, kind: str) -> WrapLabel:
    label = WrapLabel(text, kind=kind)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return label
