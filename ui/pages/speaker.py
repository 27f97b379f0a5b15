"""The speaker: some tones, and how many of them were heard. Captions say when sound is playing."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from readiness.advice import words_for
from readiness.model import Status
from readiness.questions import Answer, NoAnswer, Question
from readiness.text import N_
from ui.pages.page import Action, Actions, Navigator
from ui.pages.trying import TryingPage
from ui.visit import Visit
from ui.widgets.flow_row import FlowRow
from ui.widgets.wrap_label import WrapLabel


class SpeakerPage(TryingPage):
    name = check = "speaker"
    headline = N_("How many tones do you hear?")
    step = 3
    following = "internet"

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._question: Question | None = None
        self._listens_alone = False
        """The person cannot hear: the microphone listens in their place."""
        self._prompt = WrapLabel()
        self.body.addWidget(self._prompt)
        self._choices = QWidget()
        row = FlowRow(self._choices)
        for number in range(5):
            button = QPushButton(str(number))
            button.setObjectName(f"tones_{number}")
            button.setProperty("kind", "tile")
            button.clicked.connect(self._count)
            row.addWidget(button)
        self.body.addWidget(self._choices)
        self.add_common()
        visit.asked.connect(self._ask)

    @property
    def asks(self) -> bool:
        """Whether the person is asked how many tones there were."""
        return self._question is not None

    def begin(self) -> None:
        """Nothing is played before the person says so."""
        self._question = None
        self._listens_alone = False
        self.visit.stop_watching()
        self.visit.results.pop(self.check, None)

    def refresh(self) -> None:
        super().refresh()
        self._choices.setVisible(self._question is not None)
        if self._question:
            self._prompt.setText(self.visit.say(words_for(self.check).questions["tones"].text))
        else:
            self._prompt.setText(self.visit.say(N_("We play two whistles, then some tones. Count the tones.")))
        for number in range(5):
            button = self._choices.findChild(QPushButton, f"tones_{number}")
            if isinstance(button, QPushButton):
                button.setAccessibleName(self.visit.say(N_("{number} tones"), number=number))
        if self._question:
            self.coach.show_note(Status.SKIPPED, self.visit.say(N_("The sound is over.")), icon="speaker")
        elif self.is_trying:
            self.coach.show_note(Status.UNKNOWN, self.visit.say(N_("Sound is playing now.")), icon="volume")
        elif not self.finding:
            self.coach.show_note(Status.SKIPPED, self.visit.say(N_("Press Play when you are ready.")), icon="play")

    def ways_on(self) -> Actions:
        skip = Action(N_("Skip"), self.skip)
        if self._question:
            again = Action(N_("Play again"), self._play)
            return Actions(others=(Action(N_("I can't hear"), self._cannot_hear), again, skip))
        if self.is_trying:
            return Actions(primary=Action(N_("Play again"), self._play), others=(skip,))
        if self.finding:
            return self.after_failure()
        return Actions(primary=Action(N_("Play"), self._play), others=(Action(N_("I can't hear"), self._listen), skip))

    def first_focus(self) -> QWidget | None:
        return self._choices.findChild(QPushButton, "tones_0") if self._question else None

    def _play(self) -> None:
        self._question = None
        self.visit.play()
        self._tell_state(N_("Sound is playing now."))

    def _listen(self) -> None:
        """For who cannot hear: the microphone hears whether sound comes out, and captions say what goes on."""
        self._listens_alone = True
        self._play()

    def _tell_state(self, sentence: str) -> None:
        self.refresh()
        self.changed.emit()
        self.navigator.announce(self.visit.say(sentence))

    @Slot(object)
    def _ask(self, question: Question) -> None:
        if question.check != self.check or not self._is_shown:
            return
        if self._listens_alone:
            self._say(NoAnswer.CANNOT_TELL)
        else:
            self._question = question
            self._tell_state(words_for(self.check).questions["tones"].text)
            if first := self.first_focus():
                first.setFocus()

    @Slot()
    def _count(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self._say(int(button.text()))

    def _cannot_hear(self) -> None:
        self._say(NoAnswer.CANNOT_TELL)

    def _say(self, answer: Answer) -> None:
        self._question = None
        self.visit.finish(answer)
