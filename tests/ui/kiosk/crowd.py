"""Many strangers at one kiosk, one after another, each doing whatever comes to their mind: for tests and benchmarks.

    python -m tests.ui.kiosk.crowd VISITORS [SEED]

A visitor touches buttons by chance, presses keys, copies something, walks away in the middle. What they bring along (the
names of invented devices, what they type and copy) carries a canary: a word that must be found nowhere afterwards. After
each, the window's state is compared with the first one. Prints what was seen, as JSON.
"""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
import psutil
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from readiness import profile as profiles
from readiness import testing
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE
from readiness.kiosk.dumps import forbid_dumps
from readiness.readings import CameraReading, DevicesReading, MicrophoneReading, SpeakerReading
from readiness.testing import FakeMachine
from ui import demo, theme
from ui import voice as voices
from ui.kiosk.digest import state_of
from ui.kiosk.host import Host
from ui.kiosk.keeper import Keeper
from ui.kiosk.pages import load_all
from ui.kiosk.screen import Screen
from ui.kiosk.setting import Setting
from ui.shell import application
from ui.visit import Visit
from ui.voice import Speaker

CANARY: Final = "Zeisigruf"

LOOK: Final = theme.Look(scale_pct=200, least_target_px=88, reduced_motion=True)
_SIZE: Final = (1080, 1920)

#: What a visitor does at most before they leave or walk away.
_MOST_DEEDS: Final = 12

#: How long they wait for a measurement of an invented machine.
_PATIENCE_MS: Final = 300

#: How many pictures of the screen are compared, beside the state of everything in it.
_PICTURED: Final = 50

#: As small as they are compared; lines of a multiple of four bytes have nothing between them.
_SMALL: Final = (136, 240)

#: Greys (of 255) that nobody can tell apart.
_SAME_GREY: Final = 6


@dataclass
class Seen:
    """What came of it."""

    visitors: int = 0
    seconds: float = 0.0
    different: list[str] = field(default_factory=list)
    """Lines of a state that was not the first one: none, if all is well."""
    pages: dict[str, int] = field(default_factory=dict)
    """How often each page was seen."""
    core_limit: int = -1
    rss_mib: list[float] = field(default_factory=list)
    """After the first tenth, and after each following one."""
    open_files: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    children: list[int] = field(default_factory=list)
    objects: list[int] = field(default_factory=list)
    """Python's, as its garbage collector counts them."""


class Crowd:
    """A kiosk on invented machines, and its visitors."""

    def __init__(self, seed: int = 1) -> None:
        self._luck = random.Random(seed)
        self._now_s = 0.0
        app = application()
        theme.apply(app, LOOK)
        load_all()
        voices.speaker = _silent_speaker  # a real one would speak for hours
        vars(testing)["_PICTURE_S"] = 0.01  # an invented camera that is quick, and quick to end
        profile = profiles.load(DEFAULT_PROFILE, {check.id: check.requires for check in CHECKS})
        self.host = Host(
            Setting(printer=None, volume_pct=None),
            LOOK,
            lambda: Visit(self._machine(), profile, "en"),
            Keeper(),
            clock=lambda: self._now_s,
            now=lambda: datetime(2026, 11, 25, 12, 0),  # noqa: DTZ001 - the clock on the wall
        )
        self.screen: Screen = self.host.screen
        self.screen.resize(*_SIZE)
        self.screen.show()
        self.screen.activateWindow()
        self.host.begin()
        settle()

    def come(self, visitors: int) -> Seen:
        """Let so many come and go."""
        seen = Seen(core_limit=resource.getrlimit(resource.RLIMIT_CORE)[0])
        begun_s = time.monotonic()
        first, picture = state_of(self.screen), self._picture()
        for number in range(1, visitors + 1):
            self._visit(seen)
            if (state := state_of(self.screen)) != first:
                seen.different += sorted(set(first) ^ set(state))[:5] or ["another order"]
            if number % max(1, visitors // _PICTURED) == 0 and _differ(self._picture(), picture):
                seen.different.append("the picture")
            if number % max(1, visitors // 10) == 0:
                _measure(seen)
        seen.visitors, seen.seconds = visitors, round(time.monotonic() - begun_s, 1)
        return seen

    def close(self) -> None:
        self.host.close()
        settle()

    def _picture(self) -> bytes:
        """The screen, small and grey: Qt draws the edges of letters now in this way, now in that."""
        whole = self.screen.grab().toImage()
        small = whole.scaled(*_SMALL, mode=Qt.TransformationMode.SmoothTransformation)
        grey = small.convertToFormat(QImage.Format.Format_Grayscale8)
        return bytes(grey.constBits())

    # --- One of them

    def _visit(self, seen: Seen) -> None:
        self._press_button("start")
        for _ in range(self._luck.randint(1, _MOST_DEEDS)):
            if self.host.visitor is None:
                break
            name = self.host.visitor.page.name
            seen.pages[name] = seen.pages.get(name, 0) + 1
            self._luck.choice(
                [self._go_on] * 6 + [self._touch_anything] * 4 + [self._type, self._copy, self._wait, self._tab]
            )()
        if self.host.visitor is not None and self._luck.random() < 0.3:
            self._press_button("leave")
        while self.host.visitor is not None:  # walked away
            self._now_s += 31
            self.host.tick()
        QTest.mouseMove(
            self.screen.windowHandle(), QPoint(5, 5)
        )  # a finger does not stay over a button, as a mouse does
        settle()

    def _touch_anything(self) -> None:
        buttons = [b for b in self.screen.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()]
        if buttons:
            self._touch(self._luck.choice(buttons))

    def _go_on(self) -> None:
        """As the page wants it, and wait a moment for what it leads to."""
        page = self.host.visitor.page if self.host.visitor else None
        if page and page.name == "welcome":
            self._press_button(self._luck.choice(["language_en", "language_es"]))
        elif getattr(page, "asks", False):
            self._press_button(f"tones_{self._luck.randint(0, 4)}")
        else:
            self._press_button("primary")
        deadline = QDeadlineTimer(_PATIENCE_MS)
        while (window := self.host.visitor) and window.is_measuring and not deadline.hasExpired():
            QTest.qWait(2)

    def _press_button(self, name: str) -> None:
        for button in self.screen.findChildren(QAbstractButton, name):
            if button.isVisible():
                self._touch(button)
                return

    def _touch(self, button: QAbstractButton) -> None:
        place: QPoint = button.mapTo(self.screen, button.rect().center())
        QTest.mouseClick(self.screen.windowHandle(), Qt.MouseButton.LeftButton, pos=place)
        settle()

    def _type(self) -> None:
        for letter in CANARY:
            QTest.keyClick(self.screen.windowHandle(), Qt.Key(ord(letter.upper())))
        settle()

    def _tab(self) -> None:
        for _ in range(self._luck.randint(1, 5)):
            QTest.keyClick(self.screen.windowHandle(), Qt.Key.Key_Tab)
        QTest.keyClick(self.screen.windowHandle(), Qt.Key.Key_Space)
        settle()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{CANARY} {self._luck.random()}")

    def _wait(self) -> None:
        """For what is measured, or long enough to be asked."""
        if self._luck.random() < 0.5:
            QTest.qWait(self._luck.randint(5, 30))
        else:
            self._now_s += 61
            self.host.tick()
            settle()

    def _machine(self) -> FakeMachine:
        """An invented machine whose devices carry the canary in their names."""
        scenario = self._luck.choice(tuple(demo.SCENARIOS))
        machine = demo.scenario(scenario)
        for kind, field_names in (
            (CameraReading, ("name", "available", "held_by")),
            (MicrophoneReading, ("name", "available")),
            (SpeakerReading, ("name", "available")),
            (DevicesReading, ("cameras", "microphones", "speakers")),
        ):
            given = machine._readings[kind]
            given[:] = [_marked(reading, field_names) for reading in given]
        return machine


def _differ(one: bytes, other: bytes) -> bool:
    return len(one) != len(other) or any(abs(a - b) > _SAME_GREY for a, b in zip(one, other, strict=True))


def _marked(reading: Any, names: tuple[str, ...]) -> Any:
    values = {name: getattr(reading, name) for name in names}
    return msgspec.structs.replace(
        reading,
        **{
            name: f"{CANARY} {value}" if isinstance(value, str) else (CANARY,)
            for name, value in values.items()
            if value
        },
    )


def _silent_speaker(family: object, language: str, rate_pct: int = 100) -> Speaker:
    return Speaker("/bin/cat", ("-",))


def _measure(seen: Seen) -> None:
    gc.collect()
    process = psutil.Process()
    seen.rss_mib.append(round(process.memory_info().rss / (1 << 20), 1))
    seen.open_files.append(process.num_fds())
    seen.threads.append(threading.active_count())
    seen.children.append(len(process.children(recursive=True)))
    seen.objects.append(len(gc.get_objects()))


def settle() -> None:
    """Let Qt do what waits, deleting included."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def main() -> int:
    """As a process of its own, so that all it leaves behind can be looked through."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    forbid_dumps()
    crowd = Crowd(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    seen = crowd.come(int(sys.argv[1]))
    crowd.close()
    sys.stdout.write(json.dumps(asdict(seen)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
