"""A saved result that a caller has sent: the talk goes by its code, the list shows the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog

from readiness.report_file import report_json
from tests.ui.agent.conftest import button_of, misfits, press, text_of
from ui.agent.console import Console
from ui.visit import Visit
from ui.widgets.wrap_label import WrapLabel

Save = Callable[..., None]


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that the agent chooses."""
    path = tmp_path / "result.json"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *asked: (str(path), ""))
    return path


@pytest.fixture
def save(chosen: Path, visit_after: Callable[..., Visit]) -> Save:
    """Saves a result of an invented computer where the agent will look."""

    def write(scenario: str, language: str = "en") -> None:
        known = visit_after(scenario, language).known
        chosen.write_bytes(report_json(known.report(), known.outlook(), known.next(), language))

    return write


def rows(console: Console) -> str:
    texts = [label.text() for label in console.talk.lookup.findChildren(WrapLabel) if label.isVisible()]
    return "\n".join(texts)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("scenario", ["covered", "slow", "good", "old"])
def test_a_result_leads_the_talk_and_shows_its_facts_in_the_agents_language(
    opened: Callable[..., Console], save: Save, scenario: str, language: str
) -> None:
    save(scenario)
    console = opened(language)
    press(console, "F10")
    assert console.call.codes
    assert button_of(console, "open_result").isChecked()
    shown = rows(console)
    assert {"en": "Saved result", "es": "Resultado guardado"}[language] in shown
    assert {"en": "Camera: ", "es": "Cámara: "}[language] in shown
    QApplication.processEvents()
    assert not misfits(console)
    press(console, "F10")
    assert not rows(console)
    press(console, "F10")
    assert rows(console) == shown


def test_facts_stand_only_where_something_is_wrong(console: Console, save: Save) -> None:
    save("slow")
    press(console, "F10")
    facts = [line for line in rows(console).splitlines() if "; " in line]
    assert len(facts) == 1
    assert "(megabits a second): 0.9" in facts[0]


def test_the_next_call_knows_nothing_of_it(console: Console, save: Save) -> None:
    save("covered")
    press(console, "F10")
    button_of(console, "new_call").click()
    assert not rows(console)
    assert console._result is None


def test_a_file_that_is_no_result_is_said_to_be_none(console: Console, chosen: Path) -> None:
    chosen.write_text("{}")
    press(console, "F10")
    assert text_of(console, "said") == (
        "result.json is not a saved result, or it is damaged. Give one that this program saved as JSON."
    )
    assert not button_of(console, "open_result").isChecked()
    QApplication.processEvents()
    assert not misfits(console)


def test_an_agent_may_change_their_mind(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *asked: ("", ""))
    press(console, "F10")
    assert not button_of(console, "open_result").isChecked()
    assert not console.call.codes
