"""The window of one visitor, made new for each: what they chose is thrown away with it, and nothing has to be put back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot

from ui import theme
from ui.kiosk import pages
from ui.kiosk.bar import Bar
from ui.kiosk.more_below import MoreBelow
from ui.kiosk.place import Place
from ui.kiosk.presence import Presence
from ui.visit import Visit
from ui.window import Window


class VisitorWindow(Window):
    """Pages between the button that leads through long ones, and the bar."""

    noticed = Signal()
    """Somebody moves or speaks."""
    leave_wanted = Signal()

    def __init__(self, visit: Visit, look: theme.Look, place: Place) -> None:
        bar = Bar(visit, look, languages=place.languages, has_voice=place.has_voice)
        super().__init__(visit, look, header=bar, pages=partial(pages.maker, place))
        self._more = MoreBelow(visit)
        self._parts.insert(1, self._more)
        self._column.insertWidget(1, self._more)
        self._presence = Presence(visit, self)
        self._presence.noticed.connect(self.noticed)
        bar.aloud_wanted.connect(self._read_aloud)
        bar.repeat_wanted.connect(self._repeat)
        bar.rate_wanted.connect(self._change_rate)
        bar.leave_wanted.connect(self.leave_wanted)
        self.voice.turned.connect(bar.show_aloud)
        self.look_changed.connect(self._more.fit)
        visit.language_changed.connect(self._more.fit)

    @property
    def is_measuring(self) -> bool:
        """Whether something is measured that ends by itself: what waits for the visitor does not."""
        watched = self.visit.watched
        return self.visit.is_measuring and not (watched and watched.waits_for_person)

    # --- Window

    def _show(self) -> None:
        super()._show()
        self._more.follow(self.page)

    # --- Inside

    @Slot(bool)
    def _read_aloud(self, on: bool) -> None:
        self.voice.turn(on)
        if on:
            self._repeat()

    @Slot()
    def _repeat(self) -> None:
        self.voice.say(self.page.aloud())

    @Slot(int)
    def _change_rate(self, steps: int) -> None:
        self.voice.change_rate(steps)
        self._repeat()
