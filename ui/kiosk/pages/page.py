"""What the kiosk's own pages have in common: they know their place."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize

from ui.kiosk.place import Place
from ui.pages.page import Navigator, Page
from ui.visit import Visit
from ui.widgets.wrap_label import WrapLabel

#: Drawings for who stands before the screen.
DRAWING_PX: Final = QSize(640, 400)


class KioskPage(Page):
    """A page for a visitor."""

    def __init__(self, place: Place, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self.place = place

    def say_line(self, sentence: str, kind: str = "body") -> None:
        """A text of its own, below what is there."""
        label = WrapLabel(kind=kind)
        self.put(label.setText, sentence)
        self.body.addWidget(label)
