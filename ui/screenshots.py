"""Every screen in both languages, all colours and two text sizes, as PNG files: for designers, translators, reviewers."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QApplication

from readiness import profile as profiles
from readiness import runner
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE
from readiness.joining import Way
from readiness.last_time import Kept, Trace
from readiness.machine import Choices
from readiness.model import Status
from readiness.text import LANGUAGES
from ui import theme
from ui.demo import line_of, scenario
from ui.visit import Visit
from ui.window import Window

#: The least screen that everything has to fit.
SIZE: Final = (1280, 720)

SCALES_PCT: Final = (100, 200)

#: How long a picture or a first finding of an invented machine may take.
_PATIENCE_MS: Final = 5000


class Shot(NamedTuple):
    """One screen in one state."""

    name: str
    scenario: str
    page: str
    what: dict[str, str] = {}
    prepare: Callable[[Window], bool] = lambda window: True
    """Brings the page into its state; called again until it says that it is there."""
    left_out: frozenset[str] = frozenset()
    """Checks that the person has skipped."""


def _has_picture(window: Window) -> bool:
    return bool(getattr(window.page, "is_showing", True)) and _has_coach(window)


def _has_coach(window: Window) -> bool:
    return bool(getattr(window.page, "told", "known"))


def _asks(window: Window) -> bool:
    page, visit = window.page, window.visit
    if not visit.is_running("speaker") and not getattr(page, "asks", False):
        button = window.findChild(QObject, "primary")
        click = getattr(button, "click", None)
        if callable(click):
            click()
    return bool(getattr(page, "asks", False))


def _by_phone(window: Window) -> bool:
    if window.visit.way is not Way.PHONE:
        window.visit.way = Way.PHONE
        window.page.retranslate()
    return True


def _has_changed(window: Window) -> bool:
    """A computer on which the camera did not work in March."""
    memory = window.visit.known.memory
    if memory.before is None:
        then = datetime(2026, 3, 5, 20, 0, tzinfo=UTC)
        checks = {"camera": Kept(Status.FAIL, "camera.covered")}
        memory.before = Trace(tested_at=then, profile=window.visit.profile.id, checks=checks)
        window.page.retranslate()
    return True


#: Every screen, in the order in which people meet them.
SHOTS: Final = (
    Shot("start", "good", "start"),
    Shot("camera", "good", "camera", prepare=_has_picture),
    Shot("camera-dark", "dark", "camera", prepare=_has_picture),
    Shot("camera-busy", "busy", "camera", prepare=_has_coach),
    Shot("microphone", "good", "microphone", prepare=_has_coach),
    Shot("speaker", "good", "speaker"),
    Shot("speaker-count", "good", "speaker", prepare=_asks),
    Shot("internet", "good", "internet"),
    Shot("internet-slow", "slow", "internet"),
    Shot("internet-offline", "offline", "internet"),
    Shot("browser", "good", "browser"),
    Shot("browser-old", "old", "browser"),
    Shot("result-ready", "good", "result"),
    Shot("result-changed", "good", "result", prepare=_has_changed),
    Shot("result-not-ready", "covered", "result"),
    Shot("result-partly", "good", "result", left_out=frozenset({"microphone"})),
    Shot("fix-camera", "covered", "fix", {"finding": "camera.covered"}),
    Shot("fix-sign-in", "sign_in", "fix", {"finding": "connection.portal"}),
    Shot("join-computer", "good", "join"),
    Shot("join-phone", "good", "join", prepare=_by_phone),
    Shot("care", "slow", "care"),
    Shot("details", "good", "details"),
    Shot("report", "covered", "report"),
    Shot("remind", "good", "remind"),
    Shot("reminded", "offline", "reminded", {"wrong": "connection,camera"}),
    Shot("help", "good", "help"),
)


def opened(app: QApplication, shot: Shot, language: str, look: theme.Look) -> Window:
    """A window in the state of a shot: its checks done on the invented machine, its page prepared."""
    profile = profiles.load(DEFAULT_PROFILE, {check.id: check.requires for check in CHECKS})
    machine = scenario(shot.scenario)
    visit = Visit(machine, profile, language)
    window = Window(visit, look)
    if shot.page not in ("start", "camera", "microphone", "speaker"):
        report = runner.run(
            CHECKS,
            machine,
            profile,
            choices=Choices(tones=3),
            skip=shot.left_out,
            ask=lambda question: _answer(question.id),
        )
        visit.results.update({result.check: result for result in report.results})
        visit.known.line = line_of(report)
    window.resize(*SIZE)
    window.go(shot.page, **shot.what)
    window.show()
    wait_for(lambda: shot.prepare(window))
    return window


def _answer(question_id: str) -> int:
    return 3 if question_id == "speaker.tones" else 1


def wait_for(is_there: Callable[[], bool]) -> None:
    """Let Qt work until something is there. Raises TimeoutError."""
    deadline = QDeadlineTimer(_PATIENCE_MS)
    while not is_there():
        if deadline.hasExpired():
            raise TimeoutError
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def looks() -> Iterator[theme.Look]:
    for tone, scale_pct in itertools.product(theme.Tone, SCALES_PCT):
        yield theme.Look(tone=tone, scale_pct=scale_pct, reduced_motion=True)


def main(arguments: Sequence[str]) -> int:
    """Write all of them into the folder that is named. Returns the exit status."""
    if len(arguments) != 1:
        print("python3 dev.py screenshots FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"{folder} cannot be made: {error.strerror}", file=sys.stderr)
        return 2
    app = QApplication([])
    for look in looks():
        theme.apply(app, look)
        for shot, language in itertools.product(SHOTS, LANGUAGES):
            window = opened(app, shot, language, look)
            window.grab().save(str(folder / f"{shot.name}_{language}_{look.tone.value}_{look.scale_pct}.png"))
            window.close()
            window.deleteLater()
    print(f"{len(SHOTS) * len(LANGUAGES) * len(theme.Tone) * len(SCALES_PCT)} pictures in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
