"""When is the visit? A file for the person's calendar, and, if they want it, a quiet test on the evening before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final

from PySide6.QtWidgets import QComboBox, QLabel

from readiness.days import tell_day, tell_time, tell_weekday_and_day
from readiness.model import Status
from readiness.profile import shipped
from readiness.reminder import calendar_file, days_ahead, evening_before
from readiness.reminder_plan import Reminders, reminders_here
from readiness.text import N_, Refusal, translate
from ui.pages.page import Action, Actions, Navigator, Page
from ui.saving import Outcome, save
from ui.visit import Visit
from ui.widgets.flow_row import FlowRow
from ui.widgets.note import Note
from ui.widgets.wrap_label import WrapLabel

_DAYS: Final = 62

#: The times of the day at which visits begin.
_TIMES: Final = tuple(time(hour, minute) for hour in range(6, 22) for minute in (0, 15, 30, 45))
_USUAL: Final = time(9, 0)


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
        self._today = date.min
        self._days, self._times = QComboBox(), QComboBox()
        intro = WrapLabel()
        self.put(intro.setText, N_("Your calendar can remind you on the evening before and just before the visit."))
        self.body.addWidget(intro)
        row = FlowRow()
        for name, box, sentence in (("day", self._days, N_("Day")), ("time", self._times, N_("Time"))):
            label = QLabel()
            label.setBuddy(box)
            box.setObjectName(name)
            box.activated.connect(self._choose)
            self.put(label.setText, sentence)
            self.put(box.setAccessibleName, sentence)
            row.addWidget(label)
            row.addWidget(box)
        self.body.addLayout(row)
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
        self._today = self._now().date()
        planned = self._reminders.planned if self._reminders else None
        chosen = planned or datetime.combine(self._today + timedelta(days=1), _USUAL)
        self._fill(min(max((chosen.date() - self._today).days, 0), _DAYS - 1), chosen.time())

    def refresh(self) -> None:
        language, at = self.visit.language, self._visit_at
        self._fill(self._days.currentIndex(), at.time())
        evening = tell_day(evening_before(at).date(), language)
        if self._planned:
            self._offer.setText(
                self.visit.say(N_("This computer tests itself on {day} at 6 in the evening."), day=evening)
            )
        else:
            sentence = N_("On {day} at 6, this computer can test itself. It speaks up only if something is wrong.")
            self._offer.setText(self.visit.say(sentence, day=evening))
        can_offer = self._reminders is not None and (self._planned or self._may_plan)
        for label in (self._offer, self._limits):
            label.setVisible(can_offer)
        if self._outcome:
            self._said.show_note(self._outcome.status, self._outcome.words())
        self._said.setVisible(self._outcome is not None)

    def first_focus(self) -> QComboBox:
        return self._days

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
        """The day and the time that are chosen, by this computer's clock."""
        day = self._today + timedelta(days=max(0, self._days.currentIndex()))
        return datetime.combine(day, _TIMES[max(0, self._times.currentIndex())])

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

    def _fill(self, day: int, at: time) -> None:
        """The choices in the person's language; what was chosen stays chosen."""
        language = self.visit.language
        for box, words in (
            (self._days, [tell_weekday_and_day(each, language) for each in days_ahead(self._today, _DAYS)]),
            (self._times, [tell_time(each, language) for each in _TIMES]),
        ):
            box.clear()
            box.addItems(words)
        self._days.setCurrentIndex(max(0, day))
        self._times.setCurrentIndex(_TIMES.index(at) if at in _TIMES else _TIMES.index(_USUAL))

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
