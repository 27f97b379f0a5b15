"""When is the visit? A file for the person's calendar, and, if they want it, a quiet test on the evening before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QComboBox

from readiness.days import tell_day
from readiness.model import Status
from readiness.profile import shipped
from readiness.reminder import calendar_file, evening_before
from readiness.reminder_plan import Reminders, reminders_here
from readiness.text import N_, Refusal, translate
from ui.pages.page import Action, Actions, Navigator, Page
from ui.saving import Outcome, save
from ui.visit import Visit
from ui.widgets.note import Note
from ui.widgets.when_chooser import WhenChooser
from ui.widgets.wrap_label import WrapLabel


class RemindPage(Page):
    name = "remind"
    headline = N_("When is your visit?")

    def __init__(
        self,
        visit: Visit,
        navigator: Navigator,
        reminders: Callable[[], Reminders] = reminders_here,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        """``now`` is read off this computer's clock."""
        super().__init__(visit, navigator)
        self._now = now
        self._reminders = reminders() if visit.known.may_plan else None
        self._outcome: Outcome | None = None
        intro = WrapLabel()
        self.put(intro.setText, N_("Your calendar can remind you on the evening before and just before the visit."))
        self._when = WhenChooser()
        self._when.chosen.connect(self._choose)
        self.body.addWidget(intro)
        self.body.addWidget(self._when)
        self._said = Note()
        self._said.setObjectName("outcome")
        self._offer = WrapLabel()
        self._offer.setObjectName("offer")
        self._limits = WrapLabel(kind="small")
        self.put(self._limits.setText, N_("Camera and microphone stay off then. Only you can test them."))
        for widget in (self._said, self._offer, self._limits):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    # --- Page

    def enter(self, **what: object) -> None:
        """Tomorrow at nine, until the person says otherwise; or what was planned before."""
        self._outcome = None
        planned = self._reminders.planned if self._reminders else None
        self._when.begin(self._now().date(), planned, self.visit.language)

    def refresh(self) -> None:
        language, say = self.visit.language, self.visit.say
        self._when.speak(language, say(N_("Day")), say(N_("Time")))
        evening = tell_day(evening_before(self._visit_at).date(), language)
        if self._planned:
            self._offer.setText(say(N_("This computer tests itself on {day} at 6 in the evening."), day=evening))
        else:
            sentence = N_("On {day} at 6, this computer can test itself. It speaks up only if something is wrong.")
            self._offer.setText(say(sentence, day=evening))
        can_offer = self._reminders is not None and (self._planned or self._may_plan)
        for label in (self._offer, self._limits):
            label.setVisible(can_offer)
        if self._outcome:
            self._said.show_note(self._outcome.status, self._outcome.words())
        self._said.setVisible(self._outcome is not None)

    def first_focus(self) -> QComboBox:
        return self._when.day

    def ways_on(self) -> Actions:
        to_calendar = Action(N_("Save for my calendar"), self._save)
        if self._planned:
            return Actions(primary=to_calendar, others=(Action(N_("Do not test then"), self._take_back),))
        if self._may_plan:
            return Actions(primary=to_calendar, others=(Action(N_("Test on that evening"), self._plan),))
        return Actions(primary=to_calendar)

    # --- What is chosen

    @property
    def _visit_at(self) -> datetime:
        """By this computer's clock."""
        return self._when.moment

    @property
    def _clock(self) -> datetime:
        return self._now().replace(tzinfo=None)

    @property
    def _planned(self) -> bool:
        """Whether the test is planned for the visit that is chosen."""
        return self._reminders is not None and self._reminders.planned == self._visit_at

    @property
    def _may_plan(self) -> bool:
        reminders = self._reminders
        return reminders is not None and reminders.can_plan and evening_before(self._visit_at) > self._clock

    def _choose(self) -> None:
        self._outcome = None
        self.retranslate()

    # --- What is done

    def _save(self) -> None:
        at, now = self._visit_at, self._clock
        if at <= now:
            self._tell(Status.FAIL, N_("That time is over. Choose a later one."))
            return
        name = "video-visit.ics" if self.visit.language == "en" else "consulta-por-video.ics"
        outcome = save(self, self.visit, name, lambda: calendar_file(at, now, self.visit.language))
        if outcome and outcome.status is Status.PASS:
            self._tell(Status.PASS, N_("Saved. Open the file to put it into your calendar."))
        elif outcome:
            self._show(outcome)

    def _plan(self) -> None:
        assert self._reminders, "the button is there for those who may plan"
        profile = self.visit.profile.id
        try:
            self._reminders.plan(self._visit_at, self._clock, profile if profile in shipped() else None)
        except Refusal as refusal:
            self._tell(Status.FAIL, refusal.sentence, **refusal.params)
        else:
            self._tell(Status.PASS, N_("It is planned. Leave this computer on that evening."))

    def _take_back(self) -> None:
        assert self._reminders, "the button is there for those who have planned"
        self._reminders.off()
        self._tell(Status.PASS, N_("Nothing is planned any more."))

    def _tell(self, status: Status, sentence: str, **params: str | int) -> None:
        def words() -> str:
            language = self.visit.language
            said = {
                name: translate(value, language) if isinstance(value, str) else value for name, value in params.items()
            }
            return translate(sentence, language).format_map(said)

        self._show(Outcome(status, words))

    def _show(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self.retranslate()
        self.ensureWidgetVisible(self._said)
        self.navigator.announce(self._said.text)
