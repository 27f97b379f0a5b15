"""Receives one visitor: their window, whether they are still there, what is broken before them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from ui import theme
from ui.kiosk.keeper import Keeper
from ui.kiosk.place import Place
from ui.kiosk.screen import Screen
from ui.kiosk.session import Phase, Session
from ui.kiosk.setting import Setting
from ui.kiosk.still_there import StillThere
from ui.kiosk.visitor_window import VisitorWindow
from ui.kiosk.volume import set_volume
from ui.visit import Visit

#: When the count down is spoken, in seconds before its end.
_SPOKEN_AT_S: Final = frozenset({30, 20, 10, 5})

#: From where staff makes it louder or softer, where the settings leave the volume alone.
_VOLUME_PCT: Final = 50


class Reception(QObject):
    """`receive` and, when it tells that the visit is `over`, `forget`."""

    over = Signal()

    def __init__(
        self,
        screen: Screen,
        setting: Setting,
        look: theme.Look,
        make_visit: Callable[[], Visit],
        keeper: Keeper,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(screen)
        self._screen = screen
        self._setting = setting
        self._look = look
        self._make_visit = make_visit
        self._keeper = keeper
        self._clock = clock
        self._session = Session(setting.patience)
        self._volume_pct = setting.volume_pct
        self._told_broken: set[str] = set()

    @property
    def window(self) -> VisitorWindow | None:
        """The window of who is there now."""
        scene = self._screen.scene
        return scene if isinstance(scene, VisitorWindow) else None

    def receive(self) -> None:
        """Open the window of a visitor."""
        visit = self._make_visit()
        if self._volume_pct is not None:
            set_volume(visit.machine.family, self._volume_pct)
        window = VisitorWindow(visit, self._look, self._place())
        visit.setParent(window)
        window.leave_wanted.connect(self.over)
        window.noticed.connect(self._notice)
        self._session.touched(self._clock())
        self._screen.show_scene(window)
        window.go("welcome")

    def forget(self) -> None:
        """Nothing is known of this visitor any more but that there was one."""
        if self.window:
            self._keeper.tell_visit_ended()
        self._session = Session(self._setting.patience)

    def touched(self) -> None:
        """A touch or a key. While we ask, the buttons of the question answer: it must not go from under the finger."""
        if self._session.phase is Phase.VISITING:
            self._session.touched(self._clock())

    @Slot(int)
    def change_volume(self, step_pct: int) -> None:
        """Let each visitor begin louder or softer, until the program is started again."""
        before_pct = _VOLUME_PCT if self._volume_pct is None else self._volume_pct
        self._volume_pct = min(max(before_pct + step_pct, 0), 100)
        set_volume(self._make_visit().machine.family, self._volume_pct)

    def tick(self) -> None:
        """Ask, or give up. Called about once a second."""
        if (window := self.window) is None:
            return
        phase = self._session.tick(self._clock(), is_measuring=window.is_measuring)
        if phase is Phase.ASKING:
            self._ask(window)
        elif phase is Phase.OVER:
            self.over.emit()
        else:
            self._screen.uncover()

    # --- Inside

    def _place(self) -> Place:
        setting, session = self._setting, self._session
        return Place(
            languages=setting.languages,
            has_tests=setting.has_tests,
            has_voice=setting.has_voice,
            printer=setting.printer,
            front_desk=setting.front_desk,
            phone=setting.phone,
            leave=self.over.emit,
            reach_end=session.reach_end,
            seconds_left=lambda: session.left_s(self._clock()),
            tell_broken=self._tell_broken,
        )

    def _ask(self, window: VisitorWindow) -> None:
        left_s = max(0, math.ceil(self._session.left_s(self._clock())))
        question = self._screen.above
        if not isinstance(question, StillThere):
            question = StillThere(window.visit, self._screen)
            question.time_wanted.connect(self._give_time)
            question.leave_wanted.connect(self.over)
            self._screen.cover(question)
        question.ask(left_s)
        if left_s in _SPOKEN_AT_S:
            window.announce(question.aloud())
            if self._setting.has_voice and not window.voice.is_on:
                window.voice.say(question.aloud())  # also to who has not asked for a voice, and looks elsewhere

    @Slot()
    def _give_time(self) -> None:
        self._session.touched(self._clock())
        self._screen.uncover()
        if self.window:
            self.window.voice.stop()

    @Slot()
    def _notice(self) -> None:
        self._session.noticed(self._clock())

    def _tell_broken(self, check_id: str) -> None:
        if check_id not in self._told_broken:
            self._told_broken.add(check_id)
            self._keeper.tell_broken(check_id)
