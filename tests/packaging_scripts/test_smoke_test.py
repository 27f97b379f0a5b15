"""The judging part of the smoke test: it must notice what a broken freeze says and writes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import smoke_test
from smoke_test import Program, Said

from readiness import __version__
from readiness.checks import CHECKS
from readiness.readings import ComputerReading

GOOD: dict[str, Any] = {
    "version": __version__,
    "frozen": True,
    "has_font": True,
    "pdf": "%PDF-",
    "qt_words": "Cancelar",
    "library_path": None,
    "image_formats": ["png", "svg"],
    "said": ["This plugin does not support propagateSizeHints()"],
    "screens": [
        {"name": "start", "language": "en", "words": 70, "colours": 200, "first_words": "Let's get ready"},
        {"name": "start", "language": "es", "words": 80, "colours": 200, "first_words": "Vamos a preparar"},
    ],
}


def changed_screen(**what: Any) -> dict[str, Any]:
    first, second = GOOD["screens"]
    return {**GOOD, "screens": [first, {**second, **what}]}


def test_a_window_that_sees_all_its_screens_has_no_faults() -> None:
    assert list(smoke_test.faults_of_self_test(GOOD, ["start"])) == []


@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        ({**GOOD, "frozen": False}, "frozen is False, not True"),
        ({**GOOD, "has_font": False}, "has_font is False, not True"),
        ({**GOOD, "qt_words": "Cancel"}, "qt_words is 'Cancel', not 'Cancelar'"),
        ({**GOOD, "library_path": "/ours"}, "library_path is '/ours', not None"),
        ({**GOOD, "image_formats": ["png"]}, "Qt cannot read SVG"),
        ({**GOOD, "said": ["QPainter::begin: failed"]}, "Qt said 'QPainter::begin: failed'"),
        ({**GOOD, "screens": GOOD["screens"][:1]}, "the screen start was not shown in every language"),
        (changed_screen(first_words="Let's get ready"), "the screen start says the same in every language"),
        (changed_screen(words=0), "the screen start (es) shows 0 words in 200 colours"),
        (changed_screen(colours=1), "the screen start (es) shows 80 words in 1 colours"),
    ],
)
def test_what_the_window_lacks_is_a_fault(seen: dict[str, Any], fault: str) -> None:
    assert list(smoke_test.faults_of_self_test(seen, ["start"])) == [fault]


def report(verdict: str = "not_ready", **failures: str) -> str:
    checks = [{"id": check.id, "reading": {"failure": failures.get(check.id)}} for check in CHECKS]
    return json.dumps({"verdict": verdict, "checks": checks})


def test_a_whole_check_has_no_faults() -> None:
    assert list(smoke_test.faults_of_check(report(), 1)) == []


@pytest.mark.parametrize(
    ("text", "status", "fault"),
    [
        ("Loading…", 0, "standard output is not JSON"),
        (report("ready"), 1, "the verdict is ready, but the exit status 1"),
        (report(camera="crashed"), 1, "the probe of camera crashed"),
        (json.dumps({"verdict": "ready", "checks": []}), 0, "the check camera is missing"),
    ],
)
def test_a_broken_check_is_a_fault(text: str, status: int, fault: str) -> None:
    assert any(found.startswith(fault) for found in smoke_test.faults_of_check(text, status))


@pytest.mark.parametrize(
    ("lines", "has_faults", "failure"),
    [
        ('{"partial":{}}\n{"final":{"failure":"none_found"}}\n', False, "none_found"),
        ('{"final":{"failure":null}}\n', False, None),
        ('{"partial":{"failure":null}}\n', True, "crashed"),
        ('{"final":{"failure":"no such failure"}}\n', True, "no such failure"),
        ("", True, "crashed"),
        ("ImportError", True, "crashed"),
    ],
)
def test_a_probe_ends_with_a_reading(lines: str, has_faults: bool, failure: str | None) -> None:
    assert bool(list(smoke_test.faults_of_lines(lines, ComputerReading))) == has_faults
    assert smoke_test.failure_told(lines) == failure


@pytest.mark.parametrize(
    ("line", "is_stray"),
    [
        ("Traceback (most recent call last):", True),
        ("ModuleNotFoundError: No module named 'sounddevice'", True),
        ("ALSA lib conf.c:4005:(snd_config_update_r) Cannot access file", True),
        ("[PYI-31554:ERROR] Failed to execute script 'entry'", True),
        ("[ WARN:0@0.021] global cap_v4l.cpp:914 open VIDEOIO", True),
        ("x.so.1: cannot open shared object file: No such file or directory", True),
        ("This plugin does not support propagateSizeHints()", False),
        ("Checking this computer. Nothing is recorded.", False),
        ("Internet speed: not checked", False),
    ],
)
def test_lines_that_are_not_for_a_person(line: str, is_stray: bool) -> None:
    assert bool(smoke_test.stray_lines(line)) == is_stray
    assert bool(list(Said(0, "", line).faults(0))) == is_stray


def test_another_end_and_unasked_words_are_faults() -> None:
    assert list(Said(1, "", "no").faults(0)) == ["it ended with 1, saying 'no'"]
    assert list(Said(0, "", "hello\n").faults(0, is_quiet=True)) == ["it said 'hello'"]
    assert list(Said(0, "", "hello\n").faults(0)) == []


def test_files_that_differ_from_their_source_are_named(tmp_path: Path) -> None:
    for place, text in {"source/ui": "a", "source/i18n/locale": "b", "frozen/ui": "a"}.items():
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "x.svg").write_text(text)
    (tmp_path / "source" / "ui" / "window.py").write_text("code")
    found = smoke_test.different_files(tmp_path / "source", tmp_path / "frozen")
    assert found == ["i18n/locale/x.svg"]


def test_what_was_written_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    before = smoke_test.snapshot(tmp_path)
    assert list(smoke_test.written_beside(before, smoke_test.snapshot(tmp_path))) == []
    (tmp_path / "b").write_text("2")
    assert list(smoke_test.written_beside(before, smoke_test.snapshot(tmp_path))) == ["b was written, or is gone"]
    ours = [".config/readiness/window.ini", ".cache/fontconfig/x", ".local/state/readiness/log/readiness.log"]
    assert smoke_test.not_their_own([*ours, "readiness.log", "tmp/x"]) == ["readiness.log", "tmp/x"]


def test_the_program_is_started_in_an_environment_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/here")
    monkeypatch.setenv("DISPLAY", ":7")
    program = Program(tmp_path, tmp_path / "Íñigo")
    program.home.mkdir()
    show = "import os, json; print(json.dumps([os.environ.get(n) for n in ('HOME', 'PYTHONPATH', 'DISPLAY')]))"
    said = program.run(sys.executable, "-c", show)
    assert json.loads(said.out) == [str(program.home), None, None]
    homeless = Program(tmp_path, program.home, without_home=True)
    assert json.loads(homeless.run(sys.executable, "-c", show).out) == [None, None, None]


def test_copies_take_no_room_and_keep_links(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "program").write_text("x")
    (tmp_path / "a" / "window").symlink_to("program")
    copy = smoke_test.copied(tmp_path / "a", tmp_path / "Íñigo Muñoz 日本" / "a")
    assert (copy / "program").samefile(tmp_path / "a" / "program")
    assert (copy / "window").is_symlink()
