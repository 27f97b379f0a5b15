"""Saving to a file of the person's choice: ask where, write, and say in one sentence how it went."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from readiness.model import Status
from readiness.text import N_, os_reason, translate
from ui.visit import Visit


class Outcome(NamedTuple):
    """How something went. The words are asked for anew whenever the language changes."""

    status: Status
    words: Callable[[], str]


def save(parent: QWidget, visit: Visit, name: str, content: Callable[[], bytes]) -> Outcome | None:
    """Write ``content`` to the file that the person chooses, called ``name`` unless they say otherwise.

    None when they changed their mind.
    """
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    suffix = Path(name).suffix
    kinds = f"{suffix[1:].upper()} (*{suffix})"
    chosen, _ = QFileDialog.getSaveFileName(parent, visit.say(N_("Where to save it?")), str(Path(folder, name)), kinds)
    if not chosen:
        return None
    path = Path(chosen) if Path(chosen).suffix else Path(chosen).with_suffix(suffix)
    try:
        path.write_bytes(content())
    except OSError as error:
        why = os_reason(error)
        sentence = N_("We could not save it: {why}. Choose a folder of your own.")
        return Outcome(Status.FAIL, lambda: visit.say(sentence, why=translate(why, visit.language)))
    return Outcome(Status.PASS, lambda: visit.say(N_("Saved as {file}."), file=path.name))
