"""A saved result that a caller or a colleague has sent: opened, and laid out in rows for the console."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from readiness.it_report import SavedReport, load_report, sheet_of
from readiness.model import Status
from readiness.text import N_
from ui.agent.words import Words

#: Checks whose facts say nothing that an agent could use now.
_QUIET: Final = frozenset({Status.PASS, Status.SKIPPED})

#: The first ones are those that a check is about; all of them would have to be scrolled.
MOST_FACTS: Final = 4

Pair = tuple[str, str]


def ask_for_result(parent: QWidget, words: Words) -> SavedReport | None:
    """The result in the file that the agent chooses; None when they changed their mind.

    Raises a Refusal with one sentence for a file that is none.
    """
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    title = words.say(N_("Open a saved result"))
    chosen, _ = QFileDialog.getOpenFileName(parent, title, folder, "JSON (*.json)")
    return load_report(Path(chosen)) if chosen else None


def rows_of(saved: SavedReport, language: str) -> list[Pair]:
    """What was tested and how it went, and what was found, in the agent's language; facts only where they help."""
    sheet = sheet_of(saved, language)
    when, moment = sheet.about[0]
    rows = [(when, f"{moment}. {sheet.verdict}")]
    for part in sheet.parts:
        facts = [] if part.status in _QUIET else [f"{name}: {value}" for name, value in part.facts[:MOST_FACTS]]
        rows.append((f"{part.name}: {part.status_word}", " ".join([*part.said[:1], "; ".join(facts)]).strip()))
    return rows
