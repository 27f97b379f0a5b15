"""Lists that an agent looks up in a call: other ways to get care, what the older flyer says, a saved result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from readiness.agent.flyer import every_difference
from readiness.it_report import SavedReport
from readiness.joining import CareOption, other_care
from readiness.profile import Profile
from readiness.text import LANGUAGES, N_
from ui import theme
from ui.agent.saved_result import rows_of
from ui.agent.words import Words
from ui.header import LANGUAGE_NAMES
from ui.widgets.card import Card
from ui.widgets.wrap_label import WrapLabel

Pair = tuple[str, str]


class PairList(Card):
    """A headline, and rows of two texts side by side below their names."""

    def __init__(self, name: str, *, second_is_wide: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.title = WrapLabel(kind="title")
        self._rows: list[tuple[WrapLabel, WrapLabel]] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.SPACE_L)
        self._grid.setVerticalSpacing(theme.SPACE_XS)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 3 if second_is_wide else 1)
        self.body.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        self.body.setSpacing(theme.SPACE_S)
        self.body.addWidget(self.title)
        self.body.addLayout(self._grid)
        self.body.addStretch(1)

    def show_pairs(self, title: str, names: Pair, pairs: Iterable[Pair]) -> None:
        self.title.setText(title)
        rows = [names, *pairs]
        while len(self._rows) < len(rows):
            row = (WrapLabel(kind="small"), WrapLabel(kind="small"))
            for place, label in enumerate(row):
                self._grid.addWidget(label, len(self._rows), place, Qt.AlignmentFlag.AlignTop)
            self._rows.append(row)
        nothing = [("", "")] * (len(self._rows) - len(rows))
        for labels, texts in zip(self._rows, [*rows, *nothing], strict=True):
            for label, text in zip(labels, texts, strict=True):
                label.setText(text)
                label.setVisible(bool(text))


class Lookup(QWidget):
    """The three lists; one of them is shown, or none."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._care = PairList("care")
        self._flyer = PairList("flyer")
        self._result = PairList("result", second_is_wide=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for each in (self._care, self._flyer, self._result):
            column.addWidget(each)

    def show_list(self, name: str, profile: Profile, language: str, result: SavedReport | None) -> None:
        """``care``, ``flyer``, ``result``, or nothing; the flyer in the caller's ``language``."""
        say = self._words.say
        self._care.setVisible(name == "care")
        self._flyer.setVisible(name == "flyer")
        self._result.setVisible(name == "result")
        self.setVisible(bool(name))
        care = [_both(pair) for pair in zip(*(other_care(profile, each) for each in LANGUAGES), strict=True)]
        names = (LANGUAGE_NAMES[LANGUAGES[0]], LANGUAGE_NAMES[LANGUAGES[1]])
        self._care.show_pairs(say(N_("Other ways to get care")), names, care)
        differences = every_difference(profile)
        said = [(each.said.in_language(language), each.now.in_language(language)) for each in differences]
        heads = (say(N_("The older flyer says")), say(N_("Now")))
        self._flyer.show_pairs(say(N_("The older flyer")), heads, said)
        rows = rows_of(result, self._words.language) if result else []
        self._result.show_pairs(say(N_("Saved result")), (say(N_("Tested")), say(N_("Found"))), rows)


def _both(options: Sequence[CareOption]) -> Pair:
    first, second = (_told(option) for option in options)
    return first, second


def _told(option: CareOption) -> str:
    where = option.phone.dialled if option.phone else (option.link or "").removeprefix("https://")
    return f"{option.text} {where}".strip()
