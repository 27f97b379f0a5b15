from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.model import OsFamily
from readiness.testing import FakeMachine
from ui import voice
from ui.visit import Visit
from ui.voice import Speaker, Voice

#: Writes down what it was to say and in which voice, or speaks for ever when told "long".
RECORDER = """#!/bin/sh
text=$(cat)
echo "$* $text" >> "$0.said"
if [ "$text" = long ]; then exec sleep 1000; fi
"""


@pytest.fixture
def visit(qapp: object) -> Iterator[Visit]:
    visit = Visit(
        FakeMachine(family=OsFamily.LINUX),
        profiles.load("kaiser_permanente", {check.id: check.requires for check in CHECKS}),
        "en",
    )
    yield visit
    visit.close()


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what was said is written down."""
    path = tmp_path / "espeak-ng"
    path.write_text(RECORDER)
    path.chmod(0o755)
    monkeypatch.setattr(voice, "found", lambda *names: str(path) if names == ("espeak-ng",) else None)
    return tmp_path / "espeak-ng.said"


def test_it_speaks_only_while_it_is_on(visit: Visit, said: Path, qtbot: QtBot) -> None:
    reader = Voice(visit)
    reader.hear("silent")
    assert not reader.is_speaking
    reader.turn(True)
    reader.hear("aloud")
    qtbot.waitUntil(lambda: not reader.is_speaking)
    assert said.read_text() == "-v en-us -s 150 --stdin aloud\n"


def test_it_speaks_the_language_of_the_person(visit: Visit, said: Path, qtbot: QtBot) -> None:
    visit.speak("es")
    reader = Voice(visit)
    reader.say("Cámara")
    qtbot.waitUntil(lambda: not reader.is_speaking)
    assert said.read_text() == "-v es-419 -s 150 --stdin Cámara\n"


def test_a_new_text_ends_the_one_before(visit: Visit, said: Path, qtbot: QtBot) -> None:
    reader = Voice(visit)
    failures: list[bool] = []
    reader.failed.connect(lambda: failures.append(True))
    reader.say("long")
    qtbot.waitUntil(said.exists)
    reader.say("short")
    qtbot.waitUntil(lambda: not reader.is_speaking)
    assert said.read_text().endswith("short\n")
    assert failures == []


def test_turning_it_off_ends_the_text(visit: Visit, said: Path, qtbot: QtBot) -> None:
    reader = Voice(visit)
    reader.turn(True)
    reader.hear("long")
    qtbot.waitUntil(said.exists)
    reader.turn(False)
    assert not reader.is_speaking


def test_a_system_without_a_voice_is_said_so(visit: Visit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "found", lambda *names: None)
    reader = Voice(visit)
    assert not reader.is_there
    with qtbot.waitSignal(reader.failed):
        reader.say("hello")


def test_a_voice_that_breaks_is_said_so(
    visit: Visit, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "speaker", lambda *_: Speaker(str(tmp_path / "gone"), ()))
    reader = Voice(visit)
    with qtbot.waitSignal(reader.failed):
        reader.say("hello")
    assert not reader.is_speaking


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng")
@pytest.mark.parametrize(("language", "text"), [("en", "Your camera works."), ("es", "Su cámara funciona.")])
def test_a_real_voice_speaks(
    language: str, text: str, visit: Visit, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.speak(language)
    real = voice.speaker(OsFamily.LINUX, language)
    assert real is not None
    file = tmp_path / "said.wav"
    monkeypatch.setattr(voice, "speaker", lambda *_: Speaker(real.path, (*real.arguments, "-w", str(file))))
    reader = Voice(visit)
    reader.say(text)
    qtbot.waitUntil(lambda: not reader.is_speaking, timeout=20_000)
    assert file.stat().st_size > 20_000  # half a second of sound at the least


def test_the_command_lines_of_other_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    assert voice.speaker(OsFamily.MACOS, "es") == Speaker("/usr/bin/say", ("-v", "Paulina", "-f", "-"))
    windows = voice.speaker(OsFamily.WINDOWS, "es")
    assert windows is not None
    assert windows.arguments[:3] == ("-NoProfile", "-NonInteractive", "-Command")
    assert "GetCultureInfo('es-MX')" in windows.arguments[3]
    monkeypatch.setattr(voice, "found", lambda *names: "/usr/bin/spd-say" if names == ("spd-say",) else None)
    assert voice.speaker(OsFamily.LINUX, "es") == Speaker(
        "/usr/bin/spd-say", ("--wait", "--language", "es", "--pipe-mode"), ("--cancel",)
    )
    assert voice.speaker(OsFamily.OTHER, "en") is None
