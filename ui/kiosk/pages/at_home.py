"""Where the visitor will join, and what their own phone or computer needs for it."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtWidgets import QButtonGroup, QPushButton

from readiness.joining import Way, join_card
from readiness.text import N_
from ui import theme
from ui.icons import icon
from ui.kiosk.pages.page import KioskPage
from ui.kiosk.place import Place
from ui.pages.page import Action, Actions, Navigator
from ui.visit import Visit
from ui.widgets.flow_row import FlowRow
from ui.widgets.wrap_label import WrapLabel

_WAYS: Final = {Way.PHONE: (N_("Phone or tablet"), "phone"), Way.COMPUTER: (N_("Computer"), "laptop")}


class AtHomePage(KioskPage):
    name = "at_home"
    headline = N_("What will you use at home?")

    def __init__(self, place: Place, visit: Visit, navigator: Navigator) -> None:
        super().__init__(place, visit, navigator)
        self._tiles: dict[Way, QPushButton] = {}
        self._group = QButtonGroup(self)
        row = FlowRow(even=True)
        for way, (words, _) in _WAYS.items():
            tile = QPushButton()
            tile.setObjectName(f"way_{way.value}")
            tile.setProperty("kind", "tile")
            tile.setCheckable(True)
            tile.clicked.connect(partial(self._choose, way))
            self.put(tile.setText, words)
            self._group.addButton(tile)
            self._tiles[way] = tile
            row.addWidget(tile)
        self.body.addLayout(row)
        self.say_line(N_("What you need"), kind="title")
        self._needs = WrapLabel()
        self.body.addWidget(self._needs)
        self.body.addStretch(1)

    def refresh(self) -> None:
        self._tiles[self.visit.way].setChecked(True)
        for way, tile in self._tiles.items():
            tile.setIcon(icon(_WAYS[way][1], theme.now().accent, theme.px(32)))
            tile.setIconSize(theme.icon_size())
        card = join_card(self.visit.profile, self.visit.way, self.visit.language)
        browser = (card.browser_advice,) if card.browser_advice else ()
        self._needs.setText("\n".join(f"• {need}" for need in (*card.needs, *browser)))

    def ways_on(self) -> Actions:
        return Actions(primary=Action(N_("Go on"), lambda: self.navigator.go("joining")))

    def _choose(self, way: Way) -> None:
        self.visit.way = way
        self.retranslate()
        self.navigator.announce(self._needs.text())
