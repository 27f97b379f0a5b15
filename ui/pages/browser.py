"""The browser and the system: what is here, and what the provider recommends."""

from __future__ import annotations

from PySide6.QtCore import Slot

from readiness.advice import words_for
from readiness.model import Status
from readiness.telling import tell
from readiness.text import N_
from ui.pages.page import Action, Actions, Navigator, Page
from ui.visit import Visit
from ui.widgets.note import Note
from ui.widgets.step_list import StepList
from ui.widgets.wrap_label import WrapLabel

#: In the order in which a person should hear of them.
SOFTWARE = ("browser", "operating_system", "computer")


class BrowserPage(Page):
    name = "browser"
    headline = N_("Your browser and your computer")
    step = 5

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._notes: dict[str, tuple[WrapLabel, Note, StepList]] = {}
        for check in SOFTWARE:
            title, note, steps = WrapLabel(kind="title"), Note(), StepList()
            self.put(title.setText, words_for(check).name)
            self._notes[check] = title, note, steps
            for widget in (title, note, steps):
                self.body.addWidget(widget)
        self.body.addStretch(1)
        visit.found.connect(self._follow)

    def refresh(self) -> None:
        for check, (_, note, steps) in self._notes.items():
            result = self.visit.results.get(check)
            if result is None or result.leading is None:
                running = self.visit.is_running(check)
                words = N_("One moment, please.") if running else N_("This was not tested.")
                note.show_note(Status.UNKNOWN if running else Status.SKIPPED, self.visit.say(words))
                steps.show_steps(())
                continue
            told = tell(result.leading, self.visit.language, self.visit.machine.family)
            note.show_note(result.status, told.text)
            steps.show_steps(told.steps if result.status in (Status.FAIL, Status.WARN) else ())

    def ways_on(self) -> Actions:
        return Actions(primary=Action(N_("See the result"), lambda: self.navigator.go("result")))

    @Slot(str)
    def _follow(self, check_id: str) -> None:
        if check_id in self._notes and self.isVisible():
            self.refresh()
