"""What staff does at the kiosk: the door with the PIN, the screen behind it, wiping, the self-test, the ways to end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from readiness.model import Report
from ui.kiosk.keeper import Keeper
from ui.kiosk.keypad import Keypad
from ui.kiosk.screen import Screen
from ui.kiosk.self_check import SelfCheck
from ui.kiosk.staff import Staff
from ui.kiosk.wiping import Wiping
from ui.visit import Visit

#: How long the door stays open without a touch, and the screen behind it: staff is called away.
DOOR_S: Final = 60.0
STAFF_S: Final = 600.0
WIPING_S: Final = 60.0


class Backstage(QObject):
    """Takes the screen when staff wants it, and tells when it can be given back."""

    left = Signal()
    """Staff is done, or was called away."""
    deafened = Signal(bool)
    """No touch counts from now on; or each does again."""
    volume_wanted = Signal(int)
    ended = Signal(int)

    def __init__(
        self,
        screen: Screen,
        keeper: Keeper,
        language: str,
        make_visit: Callable[[], Visit],
        clock: Callable[[], float],
    ) -> None:
        super().__init__(screen)
        self._screen = screen
        self._keeper = keeper
        self._language = language
        self._make_visit = make_visit
        self._clock = clock
        self._touched_s = 0.0
        self._wiping_until_s = 0.0
        self.last_report: Report | None = None
        """What the last self-test came to since the start."""
        self.self_check = SelfCheck(self)
        self.self_check.ended.connect(self._keep)

    @property
    def is_open(self) -> bool:
        """Whether the screen is staff's now."""
        return isinstance(self._screen.scene, Keypad | Staff | Wiping)

    def knock(self) -> None:
        """Show the door."""
        keypad = Keypad(self._keeper, self._language)
        keypad.opened.connect(self._open)
        keypad.turned_back.connect(self.left)
        self._screen.show_scene(keypad)
        keypad.take_focus()
        self.touched()

    def touched(self) -> None:
        """Somebody is here."""
        self._touched_s = self._clock()

    def tick(self) -> None:
        """Close what was left open; end the wiping. Called about once a second."""
        now_s = self._clock()
        scene = self._screen.scene
        if isinstance(scene, Wiping):
            scene.count(self._wiping_until_s - now_s)
            if now_s >= self._wiping_until_s:
                self.deafened.emit(False)
                self._open()
        elif self.is_open and not self.self_check.is_running:
            open_s = DOOR_S if isinstance(scene, Keypad) else STAFF_S
            if now_s - self._touched_s >= open_s:
                self.left.emit()

    def test(self) -> None:
        """Begin the self-test; only the clinic's own people or nobody are there."""
        self.self_check.begin(self._make_visit())
        if isinstance(self._screen.scene, Staff):
            self._screen.scene.show_testing()

    # --- Inside

    @Slot()
    def _open(self) -> None:
        staff = Staff(self._keeper, self._language, self.last_report)
        staff.test_wanted.connect(self.test)
        staff.cleaning_wanted.connect(self._wipe)
        staff.volume_wanted.connect(self.volume_wanted)
        staff.end_wanted.connect(self.ended)
        staff.closed.connect(self.left)
        self._screen.show_scene(staff)
        staff.take_focus()
        self.touched()

    @Slot()
    def _wipe(self) -> None:
        wiping = Wiping(self._language)
        self._wiping_until_s = self._clock() + WIPING_S
        wiping.count(WIPING_S)
        self._screen.show_scene(wiping)
        self.deafened.emit(True)

    @Slot(object)
    def _keep(self, report: Report) -> None:
        self.last_report = report
        self._keeper.keep_self_test(report)
        if isinstance(self._screen.scene, Staff):
            self._screen.scene.show_report(report)
