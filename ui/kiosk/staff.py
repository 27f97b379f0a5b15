"""The screen for staff: how the kiosk is, what went wrong last, and the few things that can be done about it."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from readiness import __version__
from readiness.advice import words_for
from readiness.exits import Exit
from readiness.model import Report, Result, Status
from readiness.telling import STATUS_WORDS, fill, tell
from readiness.text import N_, translate
from ui import theme
from ui.kiosk.keeper import Keeper
from ui.kiosk.self_check import light, status_of
from ui.widgets.card import Card
from ui.widgets.flow_row import FlowRow
from ui.widgets.status_badge import StatusBadge
from ui.widgets.wrap_label import WrapLabel

#: The exit statuses by which the supervisor knows what staff wants.
_ENDS: Final = (
    ("restart_program", N_("Restart the program"), Exit.RESTART_APP),
    ("restart_computer", N_("Restart the computer"), Exit.RESTART_COMPUTER),
    ("leave_kiosk", N_("Leave the kiosk"), Exit.STAFF_LEFT),
)
_VOLUME_STEP_PCT: Final = 10

#: How many faults have room.
_FAULTS: Final = 6


class Staff(QWidget):
    """Shows what is known when it is made, and what `show_report` is given later."""

    test_wanted = Signal()
    cleaning_wanted = Signal()
    volume_wanted = Signal(int)
    """Louder or softer by so many percent."""
    end_wanted = Signal(int)
    """An exit status."""
    closed = Signal()

    def __init__(self, keeper: Keeper, language: str, report: Report | None) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._language = language
        self._checks = Card()
        self._light = StatusBadge()
        self._tested = WrapLabel()
        self._rows = QVBoxLayout()
        for text in (WrapLabel(self._say(N_("Last test of this kiosk")), kind="title"), self._light, self._tested):
            self._checks.body.addWidget(text)
        self._checks.body.addLayout(self._rows)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(*[theme.SPACE_L] * 4)
        column.setSpacing(theme.SPACE_L)
        column.addWidget(WrapLabel(self._say(N_("For staff")), kind="headline"))
        column.addWidget(self._checks)
        column.addWidget(self._card(N_("Last faults"), self._fault_lines(keeper)))
        column.addWidget(self._card(N_("About this kiosk"), self._health_lines(keeper)))
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._actions())
        self.show_report(report)

    def take_focus(self) -> None:
        if button := self.findChild(QPushButton, "close"):
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_testing(self) -> None:
        """The checks run now."""
        self._tested.setText(self._say(N_("The test runs. It takes about two minutes.")))

    def show_report(self, report: Report | None) -> None:
        """What the last self-test came to; None when there was none since the start."""
        for line in self._checks.findChildren(_Line):
            self._rows.removeWidget(line)
            line.deleteLater()
        if report is None:
            self._light.show_status(Status.SKIPPED, self._say(N_("not tested yet")))
            self._tested.setText("")
            return
        status = light(report)
        self._light.show_status(status, self._say(STATUS_WORDS[status]))
        when = f"{report.started_at.astimezone():%Y-%m-%d %H:%M}"
        self._tested.setText(fill(N_("Tested on {when}"), {"when": when}, self._language))
        for result in report.results:
            self._rows.addWidget(_Line(result, self._language))

    # --- Inside

    def _say(self, sentence: str) -> str:
        return translate(sentence, self._language)

    def _card(self, heading: str, lines: list[str]) -> Card:
        card = Card()
        card.body.addWidget(WrapLabel(self._say(heading), kind="title"))
        for line in lines:
            card.body.addWidget(WrapLabel(line))
        return card

    def _fault_lines(self, keeper: Keeper) -> list[str]:
        lines = [f"{fault.code}  {fault.when}  {self._say(fault.sentence)}" for fault in keeper.faults()[:_FAULTS]]
        return lines or [self._say(N_("There were none."))]

    def _health_lines(self, keeper: Keeper) -> list[str]:
        version = fill(N_("Version {version}"), {"version": __version__}, self._language)
        return [version, *(f"{self._say(words)}: {value}" for words, value in keeper.health().items())]

    def _actions(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("footer")
        row = FlowRow(frame, spacing_px=theme.SPACE_S)
        row.setContentsMargins(*[theme.SPACE_M] * 4)
        for button in (
            self._button("test", N_("Test now"), self.test_wanted.emit),
            self._button("softer", N_("Softer"), partial(self.volume_wanted.emit, -_VOLUME_STEP_PCT)),
            self._button("louder", N_("Louder"), partial(self.volume_wanted.emit, _VOLUME_STEP_PCT)),
            self._button("clean", N_("Clean the screen"), self.cleaning_wanted.emit),
            *(self._button(name, words, partial(self.end_wanted.emit, status)) for name, words, status in _ENDS),
            self._button("close", N_("Close"), self.closed.emit, kind="primary"),
        ):
            row.addWidget(button)
        return frame

    def _button(self, name: str, words: str, do: object, kind: str = "secondary") -> QPushButton:
        button = QPushButton(self._say(words))
        button.setObjectName(name)
        button.setProperty("kind", kind)
        button.clicked.connect(do)
        return button


class _Line(QWidget):
    """One check: its status, its name, and what was found."""

    def __init__(self, result: Result, language: str) -> None:
        super().__init__()
        status = status_of(result)
        badge = StatusBadge(status, translate(STATUS_WORDS[status], language))
        name = translate(words_for(result.check).name, language)
        text = tell(result.leading, language, None).text if result.leading else ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_M)
        row.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(WrapLabel(f"{name}. {text}".strip()), 1)
