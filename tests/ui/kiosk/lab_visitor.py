"""A visitor at a kiosk inside a lab, with its real camera, microphone and speaker: run by `test_in_the_lab.py`."""

from __future__ import annotations

import json
import sys
import time

import psutil
from PySide6.QtWidgets import QPushButton

from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE
from readiness.machine import ThisMachine
from tests.ui.person import wait_until
from ui import theme
from ui.kiosk.host import Host
from ui.kiosk.keeper import Keeper
from ui.kiosk.screenshots import LOOK
from ui.kiosk.setting import Setting
from ui.kiosk.visitor_window import VisitorWindow
from ui.shell import application
from ui.visit import Visit


class Visitor:
    """Somebody who presses what stands there."""

    def __init__(self) -> None:
        theme.apply(application(), LOOK)
        profile = profiles.load(DEFAULT_PROFILE, {check.id: check.requires for check in CHECKS})
        self.host = Host(Setting(), LOOK, lambda: Visit(ThisMachine(), profile, "en"), Keeper())
        self.host.screen.resize(1080, 1920)
        self.host.screen.show()
        self.host.begin()
        self.noticed = 0

    @property
    def window(self) -> VisitorWindow:
        assert self.host.visitor
        return self.host.visitor

    def come(self) -> None:
        self.press("start")
        self.window.noticed.connect(self._count)
        self.press("language_en")
        self.press("primary")

    def press(self, name: str) -> None:
        def shown() -> list[QPushButton]:
            return [button for button in self.host.screen.findChildren(QPushButton, name) if button.isVisible()]

        wait_until(lambda: bool(shown()), name)
        shown()[0].click()

    def is_noticed_on(self, page: str) -> int:
        """How often somebody is noticed on a page until it was three times."""
        wait_until(lambda: self.window.page.name == page, page)
        self.noticed = 0
        wait_until(lambda: self.noticed >= 3, f"somebody before the {page}")
        return self.noticed

    def _count(self) -> None:
        self.noticed += 1


def main() -> int:
    visitor = Visitor()
    visitor.come()
    noticed = {"camera": visitor.is_noticed_on("camera")}
    visitor.press("primary")
    noticed["microphone"] = visitor.is_noticed_on("microphone")
    visitor.press("primary")
    wait_until(lambda: visitor.window.page.name == "speaker", "the speaker")
    visitor.press("primary")
    wait_until(lambda: bool(getattr(visitor.window.page, "asks", False)), "the question")
    visitor.press(f"tones_{visitor.window.visit.choices.tones}")
    wait_until(lambda: visitor.window.page.name == "at_home", "what is needed at home")
    statuses = {check: result.status.value for check, result in visitor.window.visit.results.items()}
    visitor.window.go("camera")
    wait_until(lambda: bool(getattr(visitor.window.page, "is_showing", False)), "the picture")
    begun_s = time.monotonic()
    visitor.press("leave")
    free_s = time.monotonic() - begun_s
    children = len(psutil.Process().children(recursive=True))
    visitor.host.close()
    sys.stdout.write(json.dumps({"noticed": noticed, "statuses": statuses, "free_s": free_s, "children": children}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
