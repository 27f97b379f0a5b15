"""Receives visitors, one after another: from the first screen to the last, and back to the first as if nobody had been."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QClipboard, QGuiApplication

from readiness.readings import OsFamily
from ui import theme
from ui.kiosk.attract import Attract
from ui.kiosk.backstage import Backstage
from ui.kiosk.hands import Hands
from ui.kiosk.hours import Daily, is_within
from ui.kiosk.keeper import Keeper
from ui.kiosk.place import Place
from ui.kiosk.resting import Resting
from ui.kiosk.screen import Screen
from ui.kiosk.session import Phase, Session
from ui.kiosk.setting import Setting
from ui.kiosk.still_there import StillThere
from ui.kiosk.visitor_window import VisitorWindow
from ui.kiosk.volume import set_volume
from ui.shell import application
from ui.visit import Visit

TICK_MS: Final = 1000

#: When the count down is spoken, in seconds before its end.
_SPOKEN_AT_S: Final = frozenset({30, 20, 10, 5})


class Host(QObject):
    """`begin` once; `ended` tells the exit status when staff wants the program to end."""

    ended = Signal(int)
    started_over = Signal()
    """The first screen stands there, and what was before it is gone."""

    def __init__(
        self,
        setting: Setting,
        look: theme.Look,
        make_visit: Callable[[], Visit],
        keeper: Keeper,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__()
        self._setting = setting
        self._look = look
        self._make_visit = make_visit
        self._keeper = keeper
        self._clock = clock
        self._now = now
        self._session = Session(setting.patience)
        self._told_broken: set[str] = set()
        self._hands = Hands(clock, self)
        self.screen = Screen(self._hands)
        self.backstage = Backstage(self.screen, keeper, setting.languages[0], make_visit, clock)
        self._self_test = Daily(setting.self_test_at if not setting.fault else None, now())
        self._pulse = QTimer(self)
        self._pulse.setInterval(TICK_MS)
        self._pulse.timeout.connect(self.tick)
        self._hands.touched.connect(self._touched)
        self._hands.staff_wanted.connect(self._admit_staff)
        self.backstage.left.connect(self.start_over)
        self.backstage.deafened.connect(self._be_deaf)
        self.backstage.ended.connect(self._end)

    # --- Life

    def begin(self) -> None:
        """Show the first screen, and look at the clock from now on."""
        self.start_over()
        self._pulse.start()
        self.tick()

    def close(self) -> None:
        """Let everything go."""
        self._pulse.stop()
        self.backstage.self_check.give_up()
        self.screen.close()
        if self.screen.scene:
            self.screen.scene.close()

    @Slot()
    def start_over(self) -> None:
        """Forget the visitor: their window, its devices and all that it held. Then the first screen, as always."""
        self._session = Session(self._setting.patience)
        first = Resting(self._setting.fault) if self._setting.fault else Attract()
        self.screen.show_scene(first)
        if theme.current() != self._look:
            theme.apply(application(), self._look)
        clipboard = QGuiApplication.clipboard()
        for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection, QClipboard.Mode.FindBuffer):
            clipboard.clear(mode)
        if isinstance(first, Attract):
            first.begun.connect(self.receive)
            first.take_focus()
        QTimer.singleShot(0, self, self.started_over.emit)  # when the old window is deleted, and the new one laid out

    # --- Visitors

    @Slot()
    def receive(self) -> None:
        """Somebody touched the first screen."""
        self.backstage.self_check.give_up()
        visit = self._make_visit()
        self._set_volume(visit.machine.family)
        window = VisitorWindow(visit, self._look, self._place())
        visit.setParent(window)
        window.leave_wanted.connect(self.start_over)
        window.noticed.connect(self._notice)
        self._session.touched(self._clock())
        self.screen.show_scene(window)
        window.go("welcome")

    @property
    def visitor(self) -> VisitorWindow | None:
        """The window of who is there now."""
        scene = self.screen.scene
        return scene if isinstance(scene, VisitorWindow) else None

    @property
    def state(self) -> str:
        """In a word, for who looks after the kiosk: nothing of what a visitor does."""
        if self.backstage.is_open:
            return "staff"
        if self._setting.fault:
            return "resting"
        if self.backstage.self_check.is_running:
            return "self_test"
        return "visit" if self.visitor else "attract"

    @Slot()
    def tick(self) -> None:
        """Look at the clocks; tell that the window lives."""
        self._keeper.beat(self.state)
        self.backstage.tick()
        if window := self.visitor:
            phase = self._session.tick(self._clock(), is_measuring=window.is_measuring)
            if phase is Phase.ASKING:
                self._ask(window)
            elif phase is Phase.OVER:
                self.start_over()
            else:
                self.screen.uncover()
        elif isinstance(scene := self.screen.scene, Attract):
            now = self._now()
            if self._self_test.is_due(now):
                self._self_test.note_done(now)
                self.backstage.test()
            scene.show_testing(self.backstage.self_check.is_running)
        self.screen.dim(self._is_dim())

    # --- Inside

    def _place(self) -> Place:
        setting = self._setting
        return Place(
            has_tests=setting.has_tests,
            has_voice=setting.has_voice,
            printer=setting.printer,
            front_desk=setting.front_desk,
            phone=setting.phone,
            leave=self.start_over,
            reach_end=self._session.reach_end,
            seconds_left=lambda: self._session.left_s(self._clock()),
            tell_broken=self._tell_broken,
        )

    def _ask(self, window: VisitorWindow) -> None:
        left_s = math.ceil(self._session.left_s(self._clock()))
        question = self.screen.above
        if not isinstance(question, StillThere):
            question = StillThere(window.visit, self.screen)
            question.time_wanted.connect(self._give_time)
            question.leave_wanted.connect(self.start_over)
            self.screen.cover(question)
        question.ask(left_s)
        if self._setting.has_voice and left_s in _SPOKEN_AT_S:
            window.voice.say(question.aloud())

    @Slot()
    def _touched(self) -> None:
        self.backstage.touched()
        # While we ask, the buttons of the question answer: a touch must not take them away under the finger.
        if self._session.phase is Phase.VISITING:
            self._session.touched(self._clock())

    @Slot()
    def _give_time(self) -> None:
        self._session.touched(self._clock())
        self.screen.uncover()
        if window := self.visitor:
            window.voice.stop()

    @Slot()
    def _notice(self) -> None:
        self._session.noticed(self._clock())

    @Slot()
    def _admit_staff(self) -> None:
        self.start_over()
        self.backstage.knock()

    @Slot(bool)
    def _be_deaf(self, is_deaf: bool) -> None:
        self._hands.is_deaf = is_deaf

    @Slot(int)
    def _end(self, status: int) -> None:
        self.close()
        self.ended.emit(status)

    def _tell_broken(self, check_id: str) -> None:
        if check_id not in self._told_broken:
            self._told_broken.add(check_id)
            self._keeper.tell_broken(check_id)

    def _set_volume(self, family: OsFamily) -> None:
        if self._setting.volume_pct is not None:
            set_volume(family, self._setting.volume_pct)

    def _is_dim(self) -> bool:
        setting = self._setting
        if setting.dim_from is None or setting.dim_to is None or self.visitor or self.backstage.is_open:
            return False
        return is_within(self._now().time(), setting.dim_from, setting.dim_to)
