"""The first screen: what will happen, how long it takes, and where the person will join."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from readiness.disclosure import who_hears
from readiness.joining import Way
from readiness.readings import BandwidthReading, CallQualityReading
from readiness.text import N_
from ui import theme
from ui.icons import icon
from ui.pages.page import Action, Actions, Navigator, Page
from ui.visit import Visit
from ui.widgets.drawing import Drawing
from ui.widgets.flow_row import FlowRow
from ui.widgets.wrap_label import WrapLabel

_WAYS = {Way.COMPUTER: (N_("On this computer"), "laptop"), Way.PHONE: (N_("On a phone or tablet"), "phone")}


class StartPage(Page):
    name = "start"
    headline = N_("Let's get ready for your video visit")

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        saying = QVBoxLayout()
        saying.setSpacing(theme.SPACE_M)
        promise = WrapLabel()
        self.put(promise.setText, N_("This takes about 2 minutes. No picture and no sound is kept or sent."))
        saying.addWidget(promise)
        question = WrapLabel(kind="title")
        self.put(question.setText, N_("Where will you join your visit?"))
        saying.addWidget(question)
        saying.addStretch(1)
        beside = QHBoxLayout()
        beside.setSpacing(theme.SPACE_L)
        beside.addLayout(saying, 1)
        beside.addWidget(Drawing("welcome"), 0)
        self.body.addLayout(beside)
        row = FlowRow()
        self._tiles: dict[Way, QPushButton] = {}
        for way, (words, picture) in _WAYS.items():
            tile = QPushButton()
            tile.setObjectName(f"way_{way.value}")
            tile.setProperty("kind", "tile")
            tile.setProperty("icon_name", picture)
            tile.setCheckable(True)
            tile.setAutoExclusive(True)
            tile.toggled.connect(self._choose)
            self.put(tile.setText, words)
            self._tiles[way] = tile
            row.addWidget(tile)
        self.body.addLayout(row)
        self._sent = WrapLabel(kind="small")
        self.body.addWidget(self._sent)
        self.body.addStretch(1)

    def enter(self, **what: object) -> None:
        self._tiles[self.visit.way].setChecked(True)

    def refresh(self) -> None:
        look = theme.current()
        for way, tile in self._tiles.items():
            tile.setIcon(icon(_WAYS[way][1], theme.tokens(look.tone).accent, theme.px(32, look)))
            tile.setIconSize(theme.icon_size(look))
        heard_by = who_hears(self.visit.profile, self.visit.language, {BandwidthReading, CallQualityReading})
        begins = self.visit.say(N_("The internet test sends test data, and nothing about you."))
        self._sent.setText(" ".join((begins, *heard_by)))

    def ways_on(self) -> Actions:
        return Actions(primary=Action(N_("Start"), self._start), others=(Action(N_("How to join"), self._join),))

    def _choose(self) -> None:
        self.visit.way = next((way for way, tile in self._tiles.items() if tile.isChecked()), Way.COMPUTER)

    def _start(self) -> None:
        if self.visit.way is Way.PHONE:
            self.navigator.go("join")  # a phone brings along its own camera: there is nothing to test here
            return
        self.visit.start_background()
        self.navigator.go("camera")

    def _join(self) -> None:
        self.navigator.go("join")
