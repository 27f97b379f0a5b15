"""A kiosk on an invented machine, with clocks that the test winds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from readiness.machine import Machine
from readiness.model import Report
from readiness.profile import Profile
from tests.ui.person import wait_until
from ui import theme
from ui.demo import scenario
from ui.kiosk.digest import state_of
from ui.kiosk.host import Host
from ui.kiosk.keeper import Fault, Keeper
from ui.kiosk.setting import Setting
from ui.kiosk.visitor_window import VisitorWindow
from ui.visit import Visit

PIN = "2468"
LOOK = theme.Look(scale_pct=200, least_target_px=88, reduced_motion=True)
PORTRAIT = (1080, 1920)


@dataclass
class Clocks:
    """What the kiosk looks at, as the test sets it."""

    at_s: float = 0.0
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 25, 12, 0))  # noqa: DTZ001 - the clock on the wall
    wait_for_pin_s: float = 0.0


@dataclass
class Kiosk:
    """A kiosk, and what happened to it."""

    host: Host
    clocks: Clocks
    told: dict[str, list[Any]]
    first: list[str] = field(default_factory=list)
    """The state of the window before the first visitor."""

    @property
    def is_as_new(self) -> bool:
        """Whether the first screen is there as it was before the first visitor; says what is different."""
        settle()
        different = set(self.first) ^ set(state_of(self.host.screen))
        assert not different
        return self.first == state_of(self.host.screen)

    @property
    def window(self) -> VisitorWindow:
        assert self.host.visitor
        return self.host.visitor

    @property
    def page(self) -> str:
        return self.window.page.name

    def pass_time(self, seconds: float) -> None:
        """Wind the clock on, a tick each second."""
        for _ in range(round(seconds)):
            self.clocks.at_s += 1
            self.host.tick()

    def touch(self, name: str) -> None:
        """Touch a button as a finger does: through the screen's window, where it really is."""
        button = self.button(name)
        place = button.mapTo(self.host.screen, button.rect().center())
        QTest.mouseClick(self.host.screen.windowHandle(), Qt.MouseButton.LeftButton, pos=place)
        settle()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.host.screen.windowHandle(), key, modifiers)
        settle()

    def tap(self, x: int, y: int, times: int = 1) -> None:
        for _ in range(times):
            QTest.mouseClick(self.host.screen.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))
        settle()

    def button(self, name: str) -> QPushButton:
        wait_until(lambda: any(b.isVisible() for b in self._named(name)), f"the button {name}")
        return next(button for button in self._named(name) if button.isVisible())

    def sees(self, name: str) -> bool:
        return any(button.isVisible() for button in self._named(name))

    def _named(self, name: str) -> list[QPushButton]:
        return self.host.screen.findChildren(QPushButton, name)

    def enter(self, language: str = "en") -> None:
        """A visitor comes, and chooses a language."""
        self.touch("start")
        self.touch(f"language_{language}")

    def goes_to(self, page: str) -> None:
        wait_until(lambda: self.page == page, f"the page {page}, still on {self.page}")

    def open_staff(self) -> None:
        self.tap(20, 20, 5)
        for digit in PIN:
            self.touch(f"key_{digit}")
        self.touch("open")


def settle() -> None:
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


@pytest.fixture
def kiosk_at(qapp: QApplication, provider: Profile) -> Iterator[Callable[..., Kiosk]]:
    """Makes kiosks, and takes them down."""
    made: list[Kiosk] = []

    def make(machine: Machine | None = None, size: tuple[int, int] = PORTRAIT, **setting: Any) -> Kiosk:
        theme.apply(qapp, LOOK)
        clocks = Clocks()
        told: dict[str, list[Any]] = {"beat": [], "broken": [], "visits": [], "report": [], "ended": []}

        def keep(report: Report) -> None:
            told["report"].append(report)

        keeper = Keeper(
            beat=told["beat"].append,
            wait_for_pin_s=lambda: clocks.wait_for_pin_s,
            is_pin=lambda pin: pin == PIN,
            tell_broken=told["broken"].append,
            tell_visit_ended=lambda: told["visits"].append(True),
            keep_self_test=keep,
            faults=lambda: (Fault("K09", "That is not the PIN.", "2026-11-24 09:30"),),
            health=lambda: {"Close": "3"},
        )
        host = Host(
            Setting(**{"has_voice": False, **setting}),
            LOOK,
            lambda: Visit(machine or scenario("good"), provider, "en"),
            keeper,
            clock=lambda: clocks.at_s,
            now=lambda: clocks.now,
        )
        kiosk = Kiosk(host, clocks, told)
        host.ended.connect(told["ended"].append)
        host.screen.resize(*size)
        host.screen.show()
        host.begin()
        host._pulse.stop()  # the test winds the clock
        host.screen.activateWindow()
        settle()
        kiosk.first = state_of(host.screen)
        made.append(kiosk)
        return kiosk

    yield make
    for kiosk in made:
        kiosk.host.close()
        kiosk.host.screen.deleteLater()
        kiosk.host.deleteLater()
        settle()
    theme.apply(qapp, theme.Look(reduced_motion=True))
