"""What changed since last time, in one short note on the result; and what is kept for that, with the way to be rid of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from readiness.last_time import change_between, tell_change, trace_of
from readiness.model import Report, Status
from readiness.text import N_, os_reason, translate
from ui import theme
from ui.saving import Outcome
from ui.visit import Visit
from ui.widgets.flow_row import FlowRow
from ui.widgets.note import Note
from ui.widgets.wrap_label import WrapLabel


class LastTimeNote(Note):
    """Hidden unless something that matters changed."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self.setObjectName("last_time")
        self._visit = visit

    def show_change(self, report: Report, *, is_over: bool) -> None:
        """Compare with what was kept, and keep this; ``is_over``: everything that will be measured is."""
        memory = self._visit.known.memory
        now = datetime.now(UTC)
        trace = trace_of(report, now)
        change = change_between(memory.before, trace) if memory.before and is_over else None
        self.setVisible(change is not None)
        if change and memory.before:
            said = tell_change(change, memory.before.tested_at, now, self._visit.language)
            self.show_note(change.status, said, icon="clock")
        if is_over:
            memory.keep(trace)


class WhatStays(QWidget):
    """Says what stays on this computer, and removes it."""

    def __init__(self, visit: Visit, announce: Callable[[str], object]) -> None:
        """``announce`` tells a screen reader what became of removing."""
        super().__init__()
        self._visit = visit
        self._announce = announce
        self._outcome: Outcome | None = None
        self._heading = WrapLabel(kind="title")
        self._said = WrapLabel()
        self._said.setObjectName("what_stays")
        self._remove = QPushButton()
        self._remove.setObjectName("remove_last_results")
        self._remove.clicked.connect(self._forget)
        self._note = Note()
        self._note.setObjectName("removed")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_M)
        row = FlowRow()
        row.addWidget(self._remove)
        column.addWidget(self._heading)
        column.addWidget(self._said)
        column.addLayout(row)
        column.addWidget(self._note)

    def refresh(self) -> None:
        """Put it into the person's language, as things stand now."""
        say, keeps = self._visit.say, self._visit.known.memory.keeps
        self._heading.setText(say(N_("What stays on this computer")))
        kept = (
            N_("The last results stay on this computer, to tell you what changed."),
            N_("They have no picture, no sound, no numbers and no names of people."),
        )
        nothing = (N_("Nothing is kept from this test."),)
        self._said.setText(" ".join(map(say, kept if keeps else nothing)))
        self._remove.setText(say(N_("Remove the last results")))
        self._remove.setVisible(keeps)
        if self._outcome:
            self._note.show_note(self._outcome.status, self._outcome.words())
        self._note.setVisible(self._outcome is not None)

    def _forget(self) -> None:
        say = self._visit.say
        try:
            self._visit.known.memory.forget()
        except OSError as error:
            why = os_reason(error)
            sentence = N_("We could not remove them: {why}.")
            self._outcome = Outcome(Status.FAIL, lambda: say(sentence, why=translate(why, self._visit.language)))
        else:
            self._outcome = Outcome(Status.PASS, lambda: say(N_("Done. Nothing of this test stays here.")))
        self.refresh()
        self._announce(self._note.text)
