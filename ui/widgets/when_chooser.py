"""A day and a time out of two lists: nothing to type, nothing that cannot be."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from readiness.days import tell_time, tell_weekday_and_day
from readiness.reminder import days_ahead
from ui.widgets.flow_row import FlowRow

_DAYS: Final = 62

#: The times of the day at which visits begin.
_TIMES: Final = tuple(time(hour, minute) for hour in range(6, 22) for minute in (0, 15, 30, 45))
_USUAL: Final = time(9, 0)


class WhenChooser(QWidget):
    """Tell with `begin` and `speak`; `chosen` has changed the `moment`."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = date.min
        self.day, self.time = QComboBox(), QComboBox()
        self._labels = {self.day: QLabel(), self.time: QLabel()}
        row = FlowRow(self)
        for box, name in ((self.day, "day"), (self.time, "time")):
            box.setObjectName(name)
            box.activated.connect(lambda place: self.chosen.emit())
            self._labels[box].setBuddy(box)
            row.addWidget(self._labels[box])
            row.addWidget(box)

    @property
    def moment(self) -> datetime:
        """The day and the time that are chosen, by the clock on the wall."""
        day = self._today + timedelta(days=max(0, self.day.currentIndex()))
        return datetime.combine(day, _TIMES[max(0, self.time.currentIndex())])

    def begin(self, today: date, moment: datetime | None, language: str) -> None:
        """Offer the days from ``today`` on, and choose ``moment``, or tomorrow at nine for None."""
        self._today = today
        moment = moment or datetime.combine(today + timedelta(days=1), _USUAL)
        self._fill(min(max((moment.date() - today).days, 0), _DAYS - 1), moment.time(), language)

    def speak(self, language: str, day: str, at: str) -> None:
        """Another language: ``day`` and ``at`` are the words beside the lists. What was chosen stays chosen."""
        self._fill(self.day.currentIndex(), self.moment.time(), language)
        for box, words in ((self.day, day), (self.time, at)):
            self._labels[box].setText(words)
            box.setAccessibleName(words)

    def _fill(self, day: int, at: time, language: str) -> None:
        for box, words in (
            (self.day, [tell_weekday_and_day(each, language) for each in days_ahead(self._today, _DAYS)]),
            (self.time, [tell_time(each, language) for each in _TIMES]),
        ):
            box.clear()
            box.addItems(words)
        self.day.setCurrentIndex(day)
        self.time.setCurrentIndex(_TIMES.index(at) if at in _TIMES else _TIMES.index(_USUAL))
