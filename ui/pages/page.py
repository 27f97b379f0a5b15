"""What every screen has in common: a headline, a body that scrolls, words that follow the language, and its actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ui import theme
from ui.visit import Visit
from ui.voice import Voice
from ui.widgets.wrap_label import WrapLabel


@dataclass(frozen=True)
class Action:
    """A button below the page."""

    words: str
    """N_-marked."""
    do: Callable[[], object]
    enabled: bool = True


@dataclass(frozen=True)
class Actions:
    """The buttons below a page: one to go on with, and few others."""

    primary: Action | None = None
    others: tuple[Action, ...] = ()


class Navigator(Protocol):
    """Where a page can send the person."""

    voice: Voice
    """Reads aloud, once the person wants that."""

    def go(self, name: str, **what: object) -> None:
        """Show the page called ``name``; ``what`` is handed to its `Page.enter`."""

    def back(self) -> None:
        """Show the page before."""

    def announce(self, text: str) -> None:
        """Tell a screen reader (and the voice, where it is on) what has changed."""


class Page(QScrollArea):
    """One screen. Subclasses build widgets once, and put words and facts into them in `refresh`."""

    name: ClassVar[str]
    """What `Navigator.go` calls it; also the name of its screenshots."""
    headline: ClassVar[str] = ""
    """N_-marked; a page whose headline depends on what was found sets it in `refresh`."""
    step: ClassVar[int] = 0
    """Its place among the steps that the person goes through, from 1; 0 for none."""

    changed = Signal()
    """The `ways_on` are others now."""

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__()
        self.visit = visit
        self.navigator = navigator
        self._bound: list[tuple[Callable[[str], object], str]] = []
        self.setObjectName(self.name)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QWidget()
        inside = _Inside(column)
        inside.setObjectName("page")
        outer = QVBoxLayout(inside)
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column.setMaximumWidth(theme.column_px())
        self._column = column
        outer.addWidget(column, 0, Qt.AlignmentFlag.AlignTop)
        outer.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        outer.setContentsMargins(theme.SPACE_L, theme.SPACE_L, theme.SPACE_L, theme.SPACE_L)
        self.body = QVBoxLayout(column)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(theme.SPACE_M)
        self.title = WrapLabel(kind="headline")
        self.body.addWidget(self.title)
        if self.headline:
            self.put(self.title.setText, self.headline)
        self.setWidget(inside)

    # --- For subclasses

    def put(self, setter: Callable[[str], object], sentence: str) -> None:
        """Keep a text in the person's language: ``self.put(label.setText, N_("…"))``."""
        self._bound.append((setter, sentence))

    def refresh(self) -> None:
        """Put everything that depends on facts into the widgets; called on entering and when the language changes."""

    def ways_on(self) -> Actions:
        """The buttons below this page, as things stand now."""
        return Actions()

    def enter(self, **what: object) -> None:
        """The person arrives, with what `Navigator.go` was given. `refresh` follows."""

    def first_focus(self) -> QWidget | None:
        """Where the keyboard is on arriving; None for the button to go on with."""
        return None

    def leave(self) -> None:
        """The person goes on or back: whatever runs for this page alone ends here."""

    # --- For the window

    def retranslate(self) -> None:
        """Put every word into the person's language."""
        for setter, sentence in self._bound:
            setter(self.visit.say(sentence))
        self.refresh()
        self.changed.emit()

    def aloud(self) -> str:
        """What to read to a person who does not see the page: everything on it but the small print."""
        labels = self._column.findChildren(WrapLabel)
        shown = [label for label in labels if label.isVisibleTo(self) and label.property("kind") != "small"]
        texts = [label.said or label.text() for label in shown]
        return "\n".join(text if text.endswith((".", "?", "!")) else f"{text}." for text in texts if text)

    def stand_off(self, edge_px: int) -> None:
        """Keep what is on the page so far from its edges."""
        if layout := self.widget().layout():
            layout.setContentsMargins(edge_px, edge_px, edge_px, edge_px)

    def rescale(self) -> None:
        """Follow a change of text size or colours."""
        self._column.setMaximumWidth(theme.column_px())


class _Inside(QWidget):
    """What scrolls: exactly as high as its column needs to be. Labels that wrap ask for more than that."""

    def __init__(self, column: QWidget) -> None:
        super().__init__()
        self._column = column

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        if layout := self.layout():
            margins += layout.contentsMargins()
        column_px = min(width - margins.left() - margins.right(), self._column.maximumWidth())
        return self._column.heightForWidth(column_px) + margins.top() + margins.bottom()
