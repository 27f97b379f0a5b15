"""The window of a patient at home: one page at a time between a header and a footer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractSlider, QApplication, QStackedWidget, QVBoxLayout, QWidget

from readiness.text import N_
from ui import theme
from ui.footer import Footer
from ui.header import Header, Strip
from ui.pages import page_called
from ui.pages.page import Navigator, Page
from ui.visit import Visit
from ui.voice import Voice

_MOVES: Final = {
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_Home: QAbstractSlider.SliderAction.SliderToMinimum,
    Qt.Key.Key_End: QAbstractSlider.SliderAction.SliderToMaximum,
}


class Window(QWidget):
    """Shows pages, leads from one to the next, and closes everything with it."""

    look_changed = Signal(object)
    spoken = Signal(str)
    """What was announced, or stands on a page that is shown now: the voice may read it."""

    def __init__(
        self,
        visit: Visit,
        look: theme.Look,
        *,
        header: Strip | None = None,
        pages: Callable[[str], Callable[[Visit, Navigator], Page]] = page_called,
    ) -> None:
        """``header``: another one than the patient's; ``pages``: what makes the page of a name."""
        super().__init__()
        self.visit = visit
        self.look = look
        self._pages: dict[str, Page] = {}
        self._way: list[tuple[str, dict[str, object]]] = []
        """The pages that led here, the one that is shown last."""
        self._make = pages
        self._header: Strip = header or Header(visit, look)
        self._stack = QStackedWidget()
        self._footer = Footer(visit)
        self.voice = Voice(visit, self)
        self.spoken.connect(self.voice.hear)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._parts: list[QWidget] = [self._stack, self._footer]
        """From top to bottom: the order of reading, and of the Tab key."""
        self._parts.insert(2 if self._header.is_below else 0, self._header)
        for part in self._parts:
            column.addWidget(part)
        column.setStretchFactor(self._stack, 1)
        self._header.look_wanted.connect(self.wear)
        self._header.help_wanted.connect(lambda: self.go("help"))
        self._footer.back_wanted.connect(self.back)
        visit.language_changed.connect(self._retranslate)
        self._retranslate()

    # --- Navigator

    def go(self, name: str, **what: object) -> None:
        """Show a page; where it was on the way already, that part of the way is gone."""
        if self._way and self._way[-1][0] == name and not what:
            return
        names = [step[0] for step in self._way]
        if name in names:
            del self._way[names.index(name) :]
        self._way.append((name, what))
        self._show()

    def back(self) -> None:
        if len(self._way) > 1:
            self._way.pop()
            self._show()

    def announce(self, text: str) -> None:
        self._tell_screen_reader(text)
        self.spoken.emit(text)

    def add_above(self, bar: QWidget) -> None:
        """Put something above the header that belongs to every page."""
        self._column.insertWidget(0, bar)

    # --- Looks

    def wear(self, look: theme.Look) -> None:
        """Another text size or other colours, at once."""
        self.look = look
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, look)
        self._header.show_look(look)
        for page in self._pages.values():
            page.rescale()
        self.page.retranslate()
        self.look_changed.emit(look)

    # --- Pages

    @property
    def page(self) -> Page:
        """The page that is shown."""
        page = self._stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let camera and microphone go with the window."""
        if self._way:
            self.page.leave()
        self.voice.stop()
        self.visit.close()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page up and down move the page, wherever the keyboard is: a page of text has nothing else to walk to."""
        if move := _MOVES.get(Qt.Key(event.key())):
            self.page.verticalScrollBar().triggerAction(move)
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        name, what = self._way[-1]
        if self._stack.count():
            self.page.leave()
        page = self._made(name)
        self._stack.setCurrentWidget(page)
        self._header.show_step(page.step)
        page.verticalScrollBar().setValue(0)
        page.enter(**what)
        page.retranslate()
        self._fit_title()
        _order_tabs([page if part is self._stack else part for part in self._parts])
        (page.first_focus() or self._footer.primary).setFocus(Qt.FocusReason.OtherFocusReason)
        # A screen reader goes through the page by itself; the voice has only what it is given.
        self._tell_screen_reader(page.title.text())
        self.spoken.emit(page.aloud())

    def _tell_screen_reader(self, text: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _made(self, name: str) -> Page:
        if name not in self._pages:
            page = self._make(name)(self.visit, self)
            page.changed.connect(self._fit_footer)
            self._pages[name] = page
            self._stack.addWidget(page)
        return self._pages[name]

    def _fit_footer(self) -> None:
        if self._stack.count() and self.sender() in (self.page, None):
            self._footer.show_actions_of(self.page, can_go_back=len(self._way) > 1)

    def _retranslate(self) -> None:
        self._header.refresh()
        if self._way:
            self.page.retranslate()
        self._fit_title()

    def _fit_title(self) -> None:
        name = self.visit.say(N_("Video Visit Readiness"))
        self.setWindowTitle(f"{self.page.title.text()} – {name}" if self._way else name)


def _order_tabs(parts: Iterable[QWidget]) -> None:
    """The keyboard goes as the eye, from top to bottom."""
    for one, following in pairwise([stop for part in parts for stop in _tab_stops(part)]):
        QWidget.setTabOrder(one, following)


def _tab_stops(part: QWidget) -> list[QWidget]:
    """What the Tab key stops at, in the order of making, which is that of reading."""
    return [
        child
        for child in part.findChildren(QWidget)
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.window() is part.window()  # lists of choosers aside
    ]
