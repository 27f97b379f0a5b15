"""A person at the real window, inside a lab: run by `tests/ui/test_window_in_the_lab.py`, one script after its name.

    python -m tests.lab.window_person SCRIPT en|es keyboard|mouse REPORT.json PROFILE

Says on standard output, a line each, where the person is; the lab's keeper answers by what it does to the devices.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog

from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.machine import ThisMachine
from readiness.model import Status
from tests.ui.person import Person, wait_until
from ui import shell
from ui.app import open_window
from ui.preferences import Preferences
from ui.visit import Visit

#: How often the recorder looks at the event loop.
_TICK_MS: Final = 10


def starved_s() -> float:
    """How long this thread was ready to run and had to wait for a processor, in all (Linux)."""
    return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9


class Recorder:
    """Notes how late the event loop was at worst, and how many pictures a second came."""

    def __init__(self, visit: Visit) -> None:
        self.latest_ms = 0.0
        self.pictures: list[float] = []
        self._due = self._starved_s = 0.0
        self._timer = QTimer()
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        visit.pictured.connect(lambda picture: self.pictures.append(time.monotonic()))
        self.restart()

    def restart(self) -> None:
        self._due = time.monotonic() + _TICK_MS / 1000
        self._starved_s = starved_s()

    @property
    def pictures_a_second(self) -> float:
        if len(self.pictures) < 2:
            return 0.0
        return (len(self.pictures) - 1) / (self.pictures[-1] - self.pictures[0])

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        # When other programs had the processor meanwhile, that was not our doing.
        late_s = time.monotonic() - self._due - (starved_s() - self._starved_s)
        self.latest_ms = max(self.latest_ms, late_s * 1000)
        self.restart()


def say(word: str) -> None:
    print(word, flush=True)


def whole(person: Person) -> None:
    """From the start to the join card, with everything in place."""
    person.press("primary")
    wait_until(lambda: person.told == "camera.ok" and person.sees_picture(), f"a good picture ({person.told})")
    person.press("primary")
    person.goes_to("microphone")
    wait_until(lambda: person.told == "microphone.ok", "a voice")
    person.press("primary")
    person.goes_to("speaker")
    person.press("primary")
    wait_until(lambda: person.sees("tones_0"), "the question")
    person.press(f"tones_{person.window.visit.choices.tones}")
    person.goes_to("internet")
    wait_until(lambda: not person.window.visit.is_measuring, "the line")
    person.press("primary")
    person.goes_to("browser")
    person.press("primary")
    person.goes_to("result")
    person.press_called("How to join", "Join anyway")
    person.goes_to("join")


def dark(person: Person) -> None:
    """A dark picture is told, then somebody turns on a lamp: it is seen without starting again."""
    person.press("primary")
    wait_until(lambda: person.told == "camera.dark", f"a dark picture ({person.told})")
    say("dark")
    wait_until(lambda: person.told == "camera.ok", f"light ({person.told})")
    person.press("primary")
    person.goes_to("microphone")


def unplugged(person: Person) -> None:
    """The camera is pulled out while the person looks at themselves."""
    person.press("primary")
    wait_until(person.sees_picture, "a picture")
    say("watching")
    wait_until(lambda: person.window.visit.status("camera") is Status.FAIL, "the camera gone")
    person.press("primary")
    person.goes_to("fix")


def blocked(person: Person) -> None:
    """The system refuses the camera."""
    person.press("primary")
    wait_until(lambda: person.window.visit.status("camera") is Status.FAIL, "the refusal")
    person.press("primary")
    person.goes_to("fix")


def offline(person: Person) -> None:
    """There is no network at all; the person leaves out the rest."""
    person.press("primary")
    for page in ("camera", "microphone", "speaker"):
        person.goes_to(page)
        wait_until(lambda: not person.window.visit.is_running(person.page), "the end of what is missing")
        person.press_called("Skip")
    person.goes_to("internet")
    wait_until(lambda: not person.window.visit.is_measuring, "the line")
    person.press_called("Fix this")
    person.goes_to("fix")


def closing(person: Person) -> None:
    """The window is closed while the camera is on."""
    person.press("primary")
    wait_until(person.sees_picture, "a picture")
    begun = time.monotonic()
    person.window.window().close()
    say(f"closed in {time.monotonic() - begun:.2f} s")


def save(person: Person, report_file: Path) -> None:
    """Save the result as people do; the question for the file is answered at once."""
    QFileDialog.getSaveFileName = lambda *args: (str(report_file), "")  # type: ignore[method-assign]
    person.window.go("details")
    person.press_called("Save this result")
    person.goes_to("report")
    person.press_called("Save for programs")
    wait_until(report_file.exists, "the file")


SCRIPTS: Final[Mapping[str, Callable[[Person], None]]] = {
    script.__name__: script for script in (whole, dark, unplugged, blocked, offline, closing)
}


def main(script: str, language: str, by: str, report_file: Path, profile_name: str) -> int:
    shell.application()
    profile = profiles.load(profile_name, {check.id: check.requires for check in CHECKS})
    visit = Visit(ThisMachine(), profile, language)
    frame = shell.Shell()
    window = open_window(frame, visit, Preferences(language, "light", 100))
    frame.show()
    frame.activateWindow()  # there may be no window manager to do so
    wait_until(frame.isActiveWindow, "the window")
    recorder = Recorder(visit)
    try:
        person = Person(window, keyboard=by == "keyboard")
        SCRIPTS[script](person)
        recorded = {"page": window.page.name, "latest_ms": recorder.latest_ms}
        recorded |= {"pictures_a_second": recorder.pictures_a_second}
        recorded |= {"heavy": sorted({"cv2", "numpy", "sounddevice"} & set(sys.modules))}
        report_file.with_suffix(".seen").write_text(json.dumps(recorded), encoding="utf-8")
        if window.isVisible():
            save(person, report_file)
    finally:
        recorder.stop()
        frame.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]), sys.argv[5]))
