"""The language: two buttons of one size, each in its own words; who cannot read the other one must find it."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from readiness.text import N_, translate
from ui import theme
from ui.header import LANGUAGE_NAMES
from ui.icons import icon
from ui.kiosk.pages.page import KioskPage
from ui.kiosk.place import Place
from ui.pages.page import Navigator
from ui.visit import Visit
from ui.widgets.wrap_label import WrapLabel

_CHOOSE = N_("Choose your language")
_BELOW = N_("The buttons below make words larger, change colors, or read aloud.")

#: Twice as high as other buttons: here most people begin.
_TILE_PX: Final = 200


class WelcomePage(KioskPage):
    name = "welcome"

    def __init__(self, place: Place, visit: Visit, navigator: Navigator) -> None:
        super().__init__(place, visit, navigator)
        self.title.setText("\n".join(translate(_CHOOSE, language) for language in place.languages))
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_L)
        self._tiles: list[QPushButton] = []
        for language in place.languages:
            tile = QPushButton(LANGUAGE_NAMES[language])
            # The bar below has a button of the same word: this one says more to who cannot see it.
            tile.setAccessibleName(f"{translate(_CHOOSE, language)}: {LANGUAGE_NAMES[language]}")
            tile.setObjectName(f"language_{language}")
            tile.setProperty("kind", "tile")
            tile.setMinimumHeight(_TILE_PX)
            tile.clicked.connect(partial(self._choose, language))
            self._tiles.append(tile)
            row.addWidget(tile, 1)
        self.body.addLayout(row)
        for language in place.languages:
            self.body.addWidget(WrapLabel(translate(_BELOW, language)))
        self.body.addStretch(1)

    def refresh(self) -> None:
        for tile in self._tiles:
            tile.setIcon(icon("language", theme.now().accent, theme.px(32)))
            tile.setIconSize(theme.icon_size())

    def first_focus(self) -> QWidget:
        return self._tiles[self.place.languages.index(self.visit.language)]

    def _choose(self, language: str) -> None:
        self.visit.speak(language)
        self.navigator.go("privacy")
