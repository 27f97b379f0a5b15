"""Everything that was found, for support and for whoever wants to know: words, numbers, how, and who heard of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import QPushButton

from readiness.checks import CHECKS
from readiness.disclosure import who_hears
from readiness.fact_words import facts_told
from readiness.model import Result, Status
from readiness.telling import tell
from readiness.text import N_
from ui.last_time_note import WhatStays
from ui.pages.check_row import CheckRow
from ui.pages.page import Action, Actions, Navigator, Page
from ui.visit import Visit
from ui.widgets.card import Card
from ui.widgets.flow_row import FlowRow
from ui.widgets.wrap_label import WrapLabel

#: How each check comes to know what it says. A check that has no line here says nothing of it.
_METHODS: Final[Mapping[str, str]] = {
    "camera": N_("We looked at some seconds of your picture. We kept none of it."),
    "microphone": N_("We measured how loud some seconds of sound were. We kept none of it."),
    "speaker": N_("We played some tones. You told us what you heard, or the microphone did."),
    "connection": N_("We called the web pages of your visit, and looked at each part of the way."),
    "bandwidth": N_("We sent and got test data for some seconds, and counted what came."),
    "call_quality": N_("We sent small packets as a video call does, and counted those that came back."),
    "browser": N_("We read which browsers are on this computer. We did not open them."),
    "operating_system": N_("We asked the system for its name and version."),
    "computer": N_("We looked for one second at how busy this computer is."),
}


class DetailsPage(Page):
    name = "details"
    headline = N_("All results")

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._cards = {check.id: _DetailCard(check.id, visit) for check in CHECKS}
        for card in self._cards.values():
            self.body.addWidget(card)
        heading = WrapLabel(kind="title")
        self.put(heading.setText, N_("What leaves this computer"))
        self._heard = WrapLabel()
        self._heard.setObjectName("disclosure")
        self.body.addWidget(heading)
        self.body.addWidget(self._heard)
        self._stays = WhatStays(visit, navigator.announce)
        self.body.addWidget(self._stays)
        support = QPushButton()
        support.setObjectName("for_support")
        support.setProperty("kind", "quiet")
        support.clicked.connect(self._open_console)
        self.put(support.setText, N_("For support agents"))
        last = FlowRow()
        last.addWidget(support)
        self.body.addLayout(last)
        self.body.addStretch(1)
        visit.found.connect(self._follow)

    def refresh(self) -> None:
        for result in self.visit.known.report().results:
            self._cards[result.check].show_result(result)
        self._heard.setText(disclosed(self.visit))
        self._stays.refresh()

    def ways_on(self) -> Actions:
        return Actions(primary=Action(N_("Save this result"), lambda: self.navigator.go("report")))

    def _open_console(self) -> None:
        from ui.agent.app import open_beside  # for the few who help others

        open_beside(self.window(), self.visit.profile, self.visit.language)

    def _follow(self) -> None:
        if self.isVisible():
            self.refresh()


def disclosed(visit: Visit) -> str:
    """What leaves this computer, and who will notice."""
    nothing = visit.say(N_("Your picture and your voice never leave this computer. Nothing about you is sent."))
    heard = who_hears(visit.profile, visit.language, {check.reads for check in CHECKS})
    return "\n".join((nothing, *(f"• {sentence}" for sentence in heard)))


class _DetailCard(Card):
    """One check with all that is known of it."""

    def __init__(self, check_id: str, visit: Visit) -> None:
        super().__init__()
        self._visit = visit
        self._row = CheckRow(check_id, visit)
        self._more = WrapLabel()
        self._facts = WrapLabel(kind="small")
        self._facts.setObjectName(f"facts_{check_id}")
        self._method = WrapLabel(kind="small")
        for widget in (self._row, self._more, self._facts, self._method):
            self.body.addWidget(widget)

    def show_result(self, result: Result) -> None:
        visit = self._visit
        self._row.show_result(result)
        more = [tell(finding, visit.language, visit.machine.family).text for finding in result.findings[1:]]
        facts = facts_told(result.reading, visit.language) if result.reading else ()
        _put(self._more, "\n".join(more))
        _put(self._facts, "\n".join(f"{name}: {value}" for name, value in facts))
        measured = result.status not in {Status.SKIPPED, Status.UNKNOWN}
        method = _METHODS.get(result.check, "")
        _put(self._method, visit.say(method) if measured and method else "")


def _put(label: WrapLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
