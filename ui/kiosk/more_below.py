"""Leads through a page that is higher than the screen: with a button, since two keys or one finger must be enough."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QAbstractSlider, QFrame, QHBoxLayout, QPushButton

from readiness.text import N_
from ui import theme
from ui.icons import icon
from ui.pages.page import Page
from ui.visit import Visit


class MoreBelow(QFrame):
    """Between the page and its buttons; gone where everything is on the screen."""

    moved = Signal()
    """The page shows another part."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self._visit = visit
        self._page: Page | None = None
        self._button = QPushButton()
        self._button.setObjectName("more_below")
        self._button.clicked.connect(self._move)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_L, theme.SPACE_S, theme.SPACE_L, theme.SPACE_S)
        row.addWidget(self._button)
        self.hide()

    def follow(self, page: Page) -> None:
        """Lead through this page from now on."""
        if self._page is not page:
            if self._page:
                self._page.verticalScrollBar().rangeChanged.disconnect(self.fit)
                self._page.verticalScrollBar().valueChanged.disconnect(self.fit)
                self._page.removeEventFilter(self)
            self._page = page
            page.verticalScrollBar().rangeChanged.connect(self.fit)
            page.verticalScrollBar().valueChanged.connect(self.fit)
            page.installEventFilter(self)
        self.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.fit()
        return False

    def fit(self) -> None:
        """Be there when the page is higher than the room that it has, this button's own included."""
        page = self._page
        if page is None or (inside := page.widget()) is None:
            return
        room_px = page.viewport().height() + (0 if self.isHidden() else self.height())
        self.setVisible(inside.heightForWidth(page.viewport().width()) > room_px)
        is_at_end = self._is_at_end
        self._button.setText(self._visit.say(N_("Back to the top") if is_at_end else N_("Show more")))
        self._button.setIcon(icon("up" if is_at_end else "down", theme.now().accent, theme.px(24)))
        self._button.setIconSize(theme.icon_size())

    @property
    def _is_at_end(self) -> bool:
        bar = self._page.verticalScrollBar() if self._page else None
        return bar is not None and bar.maximum() > 0 and bar.value() >= bar.maximum()

    def _move(self) -> None:
        if self._page:
            action = QAbstractSlider.SliderAction
            to_top = self._is_at_end
            self._page.verticalScrollBar().triggerAction(action.SliderToMinimum if to_top else action.SliderPageStepAdd)
            self.moved.emit()
