"""The hidden words for who builds the program: what the window sees of itself, and how soon it is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from readiness import __version__
from readiness.exits import Exit
from ui import __main__ as start
from ui import screenshots, self_test

PROJECT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("qapp")


def test_the_window_writes_what_it_sees_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shots = [shot for shot in screenshots.SHOTS if shot.name in ("start", "join-computer")]
    monkeypatch.setattr(self_test, "SHOTS", shots)
    monkeypatch.setattr(sys, "argv", ["readiness", "--self-test", str(tmp_path / "seen.json")])
    assert start.main() == Exit.READY
    seen = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))
    assert (seen["version"], seen["frozen"], seen["has_font"], seen["pdf"]) == (__version__, False, True, "%PDF-")
    assert seen["qt_words"] == "Cancelar"
    assert "svg" in seen["image_formats"]
    assert [(screen["name"], screen["language"]) for screen in seen["screens"]] == [
        *(("start", "en"), ("start", "es"), ("join-computer", "en"), ("join-computer", "es")),
    ]
    assert all(screen["words"] > 20 and screen["colours"] > 50 for screen in seen["screens"])
    assert seen["screens"][0]["first_words"] != seen["screens"][1]["first_words"]


def test_a_self_test_needs_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["readiness", "--self-test"])
    assert start.main() == Exit.BAD_INPUT


def test_a_window_tells_when_it_was_painted_and_closes(tmp_path: Path) -> None:
    file = tmp_path / "painted.json"
    done = subprocess.run(
        [sys.executable, "-m", "ui", "--first-window", file, "--demo", "--lang", "es"],
        cwd=PROJECT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    painted = json.loads(file.read_text(encoding="utf-8"))
    assert 0 < painted["frame_s"] <= painted["page_s"]
    assert painted["heavy"] == []


def test_without_a_file_there_is_nothing_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["readiness", "--first-window"])
    assert start.main() == Exit.BAD_INPUT
