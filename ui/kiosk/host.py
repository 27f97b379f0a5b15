"""Keeps the kiosk going: the first screen, a visitor, the first screen as if nobody had been, and staff in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QClipboard, QGuiApplication

from readiness.exits import Exit
from ui import theme
from ui.kiosk.attract import Attract
from ui.kiosk.backstage import Backstage
from ui.kiosk.hands import Hands
from ui.kiosk.hours import Daily, is_within
from ui.kiosk.keeper import Keeper
from ui.kiosk.reception import Reception
from ui.kiosk.resting import Resting
from ui.kiosk.screen import Screen
from ui.kiosk.setting import Setting
from ui.kiosk.visitor_window import VisitorWindow
from ui.shell import application
from ui.visit import Visit

TICK_MS: Final = 1000

_CLIPBOARDS: Final = (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection, QClipboard.Mode.FindBuffer)


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
        """``now``: the clock on the wall."""
        super().__init__()
        self._setting = setting
        self._look = look
        self._keeper = keeper
        self._now = now
        self._hands = Hands(clock, self)
        self.screen = Screen(self._hands)
        self.reception = Reception(self.screen, setting, look, make_visit, keeper, clock)
        self.backstage = Backstage(self.screen, keeper, setting.languages[0], make_visit, clock)
        self._self_test = Daily(setting.self_test_at, now())
        self._pulse = QTimer(self)
        self._pulse.setInterval(TICK_MS)
        self._pulse.timeout.connect(self.tick)
        self._hands.touched.connect(self._touched)
        self._hands.staff_wanted.connect(self._admit_staff)
        self.reception.over.connect(self.start_over)
        self.backstage.left.connect(self.start_over)
        self.backstage.deafened.connect(self._be_deaf)
        self.backstage.volume_wanted.connect(self.reception.change_volume)
        self.backstage.ended.connect(self._end_with)

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
        if self.screen.scene:
            self.screen.scene.close()
        self.screen.close()

    @Slot()
    def end(self) -> None:
        """The supervisor is gone: nobody looks after this window any more."""
        self._end_with(Exit.STAFF_LEFT)

    @Slot()
    def start_over(self) -> None:
        """Forget the visitor: their window, its devices and all that it held. Then the first screen, as always."""
        self.reception.forget()
        first = _first_screen(self._setting)
        self.screen.show_scene(first)
        if theme.current() != self._look:
            theme.apply(application(), self._look)
        for clipboard in _CLIPBOARDS:
            QGuiApplication.clipboard().clear(clipboard)
        if isinstance(first, Attract):
            first.begun.connect(self.receive)
            first.take_focus()
        QTimer.singleShot(0, self, self.started_over.emit)  # when the old window is deleted, and the new one laid out

    @Slot()
    def receive(self) -> None:
        """Somebody touched the first screen."""
        self.backstage.self_check.give_up()
        self.reception.receive()

    @property
    def visitor(self) -> VisitorWindow | None:
        """The window of who is there now."""
        return self.reception.window

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
        self.reception.tick()
        if isinstance(scene := self.screen.scene, Attract):
            now = self._now()
            if self._self_test.is_due(now):
                self._self_test.note_done(now)
                self.backstage.test()
            scene.show_testing(self.backstage.self_check.is_running)
        self.screen.dim(self._is_dim())

    # --- Inside

    @Slot()
    def _touched(self) -> None:
        self.backstage.touched()
        self.reception.touched()

    @Slot()
    def _admit_staff(self) -> None:
        self.start_over()
        self.backstage.knock()

    @Slot(bool)
    def _be_deaf(self, is_deaf: bool) -> None:
        self._hands.is_deaf = is_deaf

    @Slot(int)
    def _end_with(self, status: int) -> None:
        self.close()
        self.ended.emit(status)

    def _is_dim(self) -> bool:
        setting = self._setting
        if setting.dim_from is None or setting.dim_to is None or self.visitor or self.backstage.is_open:
            return False
        return is_within(self._now().time(), setting.dim_from, setting.dim_to)


def _first_screen(setting: Setting) -> Attract | Resting:
    return Resting(setting.languages, setting.fault) if setting.fault else Attract(setting.languages)
