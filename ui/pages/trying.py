"""What camera, microphone and speaker have in common: a chooser, coaching that does not flicker, ways on."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Slot

from readiness.model import Finding, Status
from readiness.telling import tell
from readiness.text import N_
from ui import permissions
from ui.pages.device_choice import DeviceChoice
from ui.pages.page import Action, Actions, Navigator, Page
from ui.visit import Visit
from ui.widgets.note import Note

_WILL_ASK = {
    "camera": N_("Your computer will ask to use the camera. Press Allow."),
    "microphone": N_("Your computer will ask to use the microphone. Press Allow."),
}

#: How often in a row the same must be found before a person is told: coaching shall not flicker.
_SURE = 2


class TryingPage(Page):
    """A screen on which a person tries one thing. Subclasses draw the thing and ask about it."""

    check: ClassVar[str]
    """The id of the check."""
    following: str
    """The page after this one, unless the person came here from somewhere else."""

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._is_shown = False
        self._then = self.following
        self._seen: tuple[str, int] = ("", 0)
        self.told = ""
        """The id of the finding that is shown; empty before the first."""
        self.coach = Note()
        self.coach.setObjectName("coach")
        self._choice = DeviceChoice(visit, self.check)
        self._choice.changed.connect(self.restart)
        self._choice.offering.connect(navigator.announce)
        visit.progressed.connect(self._coach)
        visit.found.connect(self._find)

    def add_common(self) -> None:
        """Put the coaching and the chooser below what the subclass has drawn."""
        self.body.addWidget(self.coach)
        self.body.addWidget(self._choice)
        self.body.addStretch(1)

    # --- For subclasses

    def begin(self) -> None:
        """Start to measure."""
        self.visit.watch(self.check)

    def is_done(self) -> None:
        """The check has a result."""
        finding = self.finding
        if finding is None or finding.status in (Status.PASS, Status.WARN):
            self.navigator.go(self._then)
        elif not self._choice.take_offer():
            self.changed.emit()
            self.refresh()

    @property
    def finding(self) -> Finding | None:
        """What the check found, once it is over."""
        result = self.visit.results.get(self.check)
        return result.leading if result else None

    @property
    def is_trying(self) -> bool:
        return self.visit.is_running(self.check)

    def coached(self, finding: Finding) -> tuple[Status, str]:
        """What to show of a finding while the person tries: status and words."""
        told = tell(finding, self.visit.language, self.visit.machine.family)
        first = told.steps[0] if told.steps and finding.status is not Status.PASS else ""
        return finding.status, f"{told.text} {first}".strip()

    def skip(self) -> None:
        """The person leaves this out."""
        self.visit.leave_out(self.check)
        self.navigator.go(self._then)

    def after_failure(self) -> Actions:
        """The buttons once something was found that has to be mended first."""
        return Actions(
            primary=Action(N_("Fix this"), self._fix),
            others=(Action(N_("Try again"), self.restart), Action(N_("Skip"), self.go_on)),
        )

    def go_on(self) -> None:
        """Leave what was found as it is, and go on."""
        self.navigator.go(self._then)

    def restart(self) -> None:
        """Try again from the beginning."""
        self._seen, self.told = ("", 0), ""
        self.begin()
        self.refresh()
        self.changed.emit()

    # --- Page

    def enter(self, **what: object) -> None:
        """``following``: the page to go on to, where it is not the next step."""
        self._is_shown = True
        self._then = str(what.get("following", self.following))
        self.visit.watch_devices()
        self._choice.list_devices()
        self._choice.withdraw()
        if permissions.must_ask(self.check):
            self.told = ""
            self.coach.show_note(Status.UNKNOWN, self.visit.say(_WILL_ASK[self.check]))
            permissions.ask(self.check, self, self._decided)
        else:
            self.restart()

    def _decided(self) -> None:
        """The person has answered the system: what it now allows, the test shows."""
        if self._is_shown:
            self.restart()

    def leave(self) -> None:
        self._is_shown = False
        self.visit.stop_watching()

    def refresh(self) -> None:
        self._choice.retranslate()
        finding = self.finding if not self.is_trying else self.visit.known.coaching(self.check)
        if finding:
            self._tell(finding)

    # --- Inside

    def _fix(self) -> None:
        if self.finding:
            self.navigator.go("fix", finding=self.finding.id)

    @Slot(str)
    def _coach(self, check_id: str) -> None:
        if check_id != self.check or not self._is_shown:
            return
        finding = self.visit.known.coaching(self.check)
        if finding is None:
            return
        times = self._seen[1] + 1 if self._seen[0] == finding.id else 1
        self._seen = finding.id, times
        self.measured()
        if finding.id != self.told and (times >= _SURE or not self.told):
            self._tell(finding)
            self.navigator.announce(self.coach.text)
            self.changed.emit()

    def measured(self) -> None:
        """A partial reading has come: subclasses draw it."""

    def _tell(self, finding: Finding) -> None:
        self.told = finding.id
        self.coach.show_note(*self.coached(finding))

    @Slot(str)
    def _find(self, check_id: str) -> None:
        if check_id == self.check and self._is_shown:
            self.is_done()
