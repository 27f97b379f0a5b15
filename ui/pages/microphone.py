"""The microphone: a bar that moves with the voice."""

from __future__ import annotations

from readiness.model import Finding, Status
from readiness.readings import MicrophoneReading
from readiness.text import N_
from ui.pages.page import Action, Actions, Navigator
from ui.pages.trying import TryingPage
from ui.visit import Visit
from ui.widgets.level_meter import LevelMeter
from ui.widgets.wrap_label import WrapLabel


class MicrophonePage(TryingPage):
    name = check = "microphone"
    headline = N_("Say hello out loud")
    step = 2
    following = "speaker"

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        prompt = WrapLabel()
        self.put(prompt.setText, N_("Say hello out loud. The green bar should move."))
        self.body.addWidget(prompt)
        self._meter = LevelMeter()
        self.put(self._meter.setAccessibleName, N_("How loud you are"))
        self.body.addWidget(self._meter)
        self.add_common()

    def refresh(self) -> None:
        super().refresh()
        if not self.told:
            self.coach.show_note(Status.UNKNOWN, self.visit.say(N_("Your microphone is starting.")), icon="clock")

    def ways_on(self) -> Actions:
        if not self.is_trying and self.finding:
            return self.after_failure()
        stuck = Action(N_("The bar does not move"), self.visit.finish)
        skip = Action(N_("Skip"), self.skip)
        # Nothing keeps a person from going on: who was not heard is told so, and may try again.
        return Actions(
            primary=Action(N_("Go on"), self.visit.finish), others=(skip,) if self._has_voice else (stuck, skip)
        )

    def measured(self) -> None:
        reading = self.visit.known.partial.get(self.check)
        if isinstance(reading, MicrophoneReading):
            self._meter.show_level(reading.level_dbfs, reading.peak_dbfs, reading.floor_dbfs)

    def coached(self, finding: Finding) -> tuple[Status, str]:
        if finding.status is Status.PASS:
            return Status.PASS, self.visit.say(N_("We hear you well."))
        if self.is_trying and finding.id == "microphone.no_speech":
            return Status.UNKNOWN, self.visit.say(N_("We are listening. Say hello, or count to ten."))
        return super().coached(finding)

    @property
    def _has_voice(self) -> bool:
        reading = self.visit.known.partial.get(self.check)
        return isinstance(reading, MicrophoneReading) and bool(reading.speech_heard)
