"""Every screen of the kiosk, upright and across, in both languages, as PNG files: for clinics, translators, reviewers."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtWidgets import QApplication, QPushButton

from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE
from readiness.kiosk.faults import SENTENCES
from readiness.text import LANGUAGES
from ui import theme
from ui.demo import scenario
from ui.kiosk.host import Host
from ui.kiosk.keeper import Fault, Keeper
from ui.kiosk.setting import Setting
from ui.screenshots import wait_for
from ui.visit import Visit

SIZES: Final = {"upright": (1080, 1920), "across": (1920, 1080)}

LOOK: Final = theme.Look(scale_pct=200, least_target_px=88, reduced_motion=True)

_PIN: Final = "2468"


class Shot(NamedTuple):
    """One screen in one state."""

    name: str
    scenario: str = "good"
    page: str | None = None
    """The visitor's page; None where nobody is there."""
    prepare: Callable[[Host], bool] = lambda host: True
    """Brings the screen into its state; called again until it says that it is there."""
    idle_s: float = 0.0
    """How long nobody has touched anything."""
    fault: str = ""


class _Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def _has_coach(host: Host) -> bool:
    page = host.visitor.page if host.visitor else None
    return bool(getattr(page, "told", "")) and bool(getattr(page, "is_showing", True))


def _is_broken(host: Host) -> bool:
    return host.visitor is not None and not host.visitor.visit.is_measuring and bool(host.visitor.visit.results)


def _asks(host: Host) -> bool:
    page = host.visitor.page if host.visitor else None
    if host.visitor and not host.visitor.visit.is_running("speaker") and not getattr(page, "asks", False):
        press(host, "primary")
    return bool(getattr(page, "asks", False))


def _is_asked(host: Host) -> bool:
    host.tick()
    return host.screen.above is not None


def _at_door(host: Host) -> bool:
    if not host.backstage.is_open:
        host.backstage.knock()
    return True


def _behind_door(host: Host) -> bool:
    _at_door(host)
    for digit in _PIN:
        press(host, f"key_{digit}")
    press(host, "open")
    return True


def _tested(host: Host) -> bool:
    if not host.backstage.is_open:
        _behind_door(host)
        press(host, "test")
    return host.backstage.last_report is not None


def _wiped(host: Host) -> bool:
    _behind_door(host)
    press(host, "clean")
    return True


#: Every screen, in the order in which people meet them.
SHOTS: Final = (
    Shot("attract"),
    Shot("welcome", page="welcome"),
    Shot("privacy", page="privacy"),
    Shot("camera", page="camera", prepare=_has_coach),
    Shot("camera-broken", "no_camera", page="camera", prepare=_is_broken),
    Shot("microphone", page="microphone", prepare=_has_coach),
    Shot("speaker", page="speaker"),
    Shot("speaker-count", page="speaker", prepare=_asks),
    Shot("at-home", page="at_home"),
    Shot("joining", page="joining"),
    Shot("take-away", page="take_away"),
    Shot("done", page="done"),
    Shot("help", page="help"),
    Shot("still-there", page="privacy", prepare=_is_asked, idle_s=60.0),
    Shot("resting", fault="K04"),
    Shot("staff-door", prepare=_at_door),
    Shot("staff", prepare=_tested),
    Shot("wiping", prepare=_wiped),
)


def press(host: Host, name: str) -> None:
    """Press a button that is shown."""
    next(button for button in host.screen.findChildren(QPushButton, name) if button.isVisible()).click()


@contextmanager
def opened(shot: Shot, language: str, size: tuple[int, int]) -> Iterator[Host]:
    """A kiosk in the state of a shot, on invented machines; gone afterwards."""
    profile = profiles.load(DEFAULT_PROFILE, {check.id: check.requires for check in CHECKS})
    machine = scenario(shot.scenario)
    clock = _Clock()
    keeper = Keeper(
        is_pin=lambda pin: pin == _PIN,
        faults=lambda: [Fault("K06", SENTENCES["K06"], "2026-11-24 09:30")],
    )
    host = Host(
        Setting(
            languages=(language, *(other for other in LANGUAGES if other != language)),
            printer="",
            phone="555-0100",
            volume_pct=None,
            fault=shot.fault,
        ),
        LOOK,
        lambda: Visit(machine, profile, language),
        keeper,
        clock=clock,
    )
    host.screen.resize(*size)
    host.screen.show()
    host.start_over()
    try:
        if shot.page is not None:
            host.receive()
            assert host.visitor
            if shot.page not in ("welcome", "privacy"):
                host.visitor.go("privacy")
            host.visitor.go(shot.page)
        clock.now_s = shot.idle_s
        wait_for(lambda: shot.prepare(host))
        for _ in range(3):  # layouts settle one inside the other
            wait_for(lambda: True)
        yield host
    finally:
        host.close()
        host.screen.deleteLater()
        host.deleteLater()
        wait_for(lambda: True)


def main(arguments: Sequence[str]) -> int:
    """Write all of them into the folder that is named. Returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("python -m ui.kiosk.screenshots FOLDER\n")
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    theme.apply(QApplication([]), LOOK)
    for (way, size), shot, language in itertools.product(SIZES.items(), SHOTS, LANGUAGES):
        with opened(shot, language, size) as host:
            host.screen.grab().save(str(folder / f"kiosk-{shot.name}_{language}_{way}.png"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
