"""The line: usually measured by the time the person comes here. What it carries, in words and a small picture."""

from __future__ import annotations

from PySide6.QtCore import Slot

from readiness.model import Status
from readiness.outlook import Outlook
from readiness.readings import ConnectionReading, Medium
from readiness.telling import OUTLOOK_STATUS, tell, tell_outlook
from readiness.text import N_
from ui.pages.page import Action, Actions, Navigator, Page
from ui.visit import Visit
from ui.widgets.line_chart import LineChart
from ui.widgets.note import Note
from ui.widgets.step_list import StepList
from ui.widgets.wifi_bars import WifiBars
from ui.widgets.wrap_label import WrapLabel

#: The checks that together say what the line carries.
LINE = ("connection", "bandwidth", "call_quality")


class InternetPage(Page):
    name = "internet"
    headline = N_("Your internet")
    step = 4

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._note = Note()
        self._note.setObjectName("outlook")
        self._chart = LineChart()
        self._bars = WifiBars()
        self._figures = WrapLabel(kind="small")
        self._helps = StepList()
        for widget in (self._note, self._helps, self._chart, self._bars, self._figures):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        visit.progressed.connect(self._follow)
        visit.found.connect(self._follow)
        visit.started.connect(self._follow)

    def refresh(self) -> None:
        say = self.visit.say
        outlook = self.visit.known.outlook()
        told = tell_outlook(outlook, self.visit.language)
        if self._is_measuring:
            self._note.show_note(
                Status.UNKNOWN, say(N_("The internet test is still running. One moment, please.")), icon="clock"
            )
            self._helps.show_steps(())
        else:
            status, text = OUTLOOK_STATUS[outlook.outlook], told.text
            connection = self.visit.results.get("connection")
            if outlook.offline and connection and connection.leading:
                status = connection.status
                text = tell(connection.leading, self.visit.language, self.visit.machine.family).text
            self._note.show_note(status, text)
            self._helps.show_steps(() if outlook.outlook is Outlook.GOOD else told.helps)
        self._figures.setText(" · ".join((*told.figures, *filter(None, (told.cost,)))))
        self._figures.setVisible(bool(told.figures))
        self._show_line()

    def ways_on(self) -> Actions:
        others = []
        if not self._is_measuring:
            others.append(Action(N_("Test again"), self._again))
        if self._fixable:
            others.insert(0, Action(N_("Fix this"), self._fix))
        return Actions(primary=Action(N_("Go on"), lambda: self.navigator.go("browser")), others=tuple(others))

    @property
    def _is_measuring(self) -> bool:
        return any(self.visit.is_running(check) for check in LINE)

    @property
    def _fixable(self) -> str | None:
        """The finding of the connection that has to be mended first, if there is one."""
        result = self.visit.results.get("connection")
        if self._is_measuring or not result or result.status is not Status.FAIL or not result.leading:
            return None
        return result.leading.id

    def _fix(self) -> None:
        if self._fixable:
            self.navigator.go("fix", finding=self._fixable)

    def _again(self) -> None:
        self.visit.test_again(LINE)
        self.retranslate()

    @Slot(str)
    def _follow(self, check_id: str) -> None:
        if check_id in LINE and self.isVisible():
            was_measuring = self._note.status is Status.UNKNOWN
            self.refresh()
            self.changed.emit()
            if was_measuring and not self._is_measuring:
                self.navigator.announce(self._note.text)

    def _show_line(self) -> None:
        say = self.visit.say
        points = self.visit.known.line
        self._chart.setVisible(len(points) > 1)
        if points:
            self._chart.show_line(points, say(N_("What came in while we tested, in Mbit/s")))
        reading = self._reading("connection")
        self._bars.setVisible(isinstance(reading, ConnectionReading) and reading.medium is not None)
        if isinstance(reading, ConnectionReading):
            self._bars.show_bars(
                reading.signal_bars, is_cable=reading.medium is Medium.WIRED, text=self._medium_words(reading)
            )

    def _medium_words(self, reading: ConnectionReading) -> str:
        say = self.visit.say
        if reading.medium is Medium.WIRED:
            return say(N_("This computer uses a cable. That is best."))
        if reading.medium is Medium.WIFI and reading.signal_bars is not None:
            return say(N_("Wi-Fi: {bars} of 4 bars"), bars=reading.signal_bars)
        if reading.medium is Medium.WIFI:
            return say(N_("Wi-Fi. We could not read how strong it is."))
        return say(N_("This computer uses a phone's line."))

    def _reading(self, check_id: str) -> object:
        result = self.visit.results.get(check_id)
        return result.reading if result else self.visit.known.partial.get(check_id)
