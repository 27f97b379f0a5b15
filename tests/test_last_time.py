"""What changed since last time: the pure comparison, its words, and the small file it stands on."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from readiness import cli, last_time
from readiness.last_time import Kept, Memory, Trace, change_between, forget, tell_change, trace_of, trace_path
from readiness.model import Finding, Report, Result, Status
from readiness.readings import BrowserReading, CameraReading

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)  # a Wednesday
GOOD = Kept(Status.PASS, "camera.ok", "C270")


def trace(profile: str = "p", when: datetime = NOW, **checks: Kept) -> Trace:
    return Trace(tested_at=when, profile=profile, checks=checks)


def told(before: Trace, after: Trace, language: str = "en") -> str:
    change = change_between(before, after)
    return tell_change(change, before.tested_at, after.tested_at, language, UTC) if change else ""


def test_ids_statuses_and_names_are_kept_and_no_owner() -> None:
    camera = CameraReading(name="Ana's iPhone Camera", fps=30.0)
    results = (
        Result(check="camera", required=True, findings=(Finding("camera.ok", Status.PASS),), reading=camera),
        Result(
            check="browser", required=True, findings=(Finding("browser.old", Status.WARN),), reading=BrowserReading()
        ),
        Result(check="speaker", required=True),
    )
    report = Report(
        app_version="1", profile_id="p", profile_edition="e", started_at=NOW, duration_ms=1, results=results
    )
    kept = trace_of(report, NOW)
    assert kept.checks == {
        "camera": Kept(Status.PASS, "camera.ok", "iPhone Camera"),
        "browser": Kept(Status.WARN, "browser.old", None),
        "speaker": Kept(Status.SKIPPED, None, None),
    }
    assert (kept.tested_at, kept.profile) == (NOW, "p")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (GOOD, GOOD, ""),
        (GOOD, Kept(Status.WARN, "camera.dark", "C270"), ""),
        (GOOD, Kept(Status.FAIL, "camera.covered", "C270"), "The camera worked last time. Now it does not."),
        (GOOD, Kept(Status.UNKNOWN, "camera.not_checked", "C270"), ""),
        (Kept(Status.SKIPPED), Kept(Status.FAIL, "camera.covered", "C270"), ""),
        (GOOD, Kept(Status.PASS, "camera.ok", "BRIO"), "You used another camera last time."),
        (Kept(Status.PASS, "camera.ok"), GOOD, ""),
        (Kept(Status.FAIL, "camera.covered", "C270"), GOOD, "The camera did not work last time. Now it does."),
    ],
)
def test_only_what_matters_is_told(before: Kept, after: Kept, says: str) -> None:
    assert told(trace(camera=before), trace(camera=after)) == says


def test_what_works_no_more_comes_first_and_one_thing_is_told() -> None:
    before = trace(camera=Kept(Status.FAIL), microphone=Kept(Status.PASS, None, "A"), connection=Kept(Status.PASS))
    after = trace(camera=Kept(Status.PASS), microphone=Kept(Status.PASS, None, "B"), connection=Kept(Status.FAIL))
    assert told(before, after) == "The internet worked last time. Now it does not."
    mended = trace(camera=Kept(Status.PASS), microphone=Kept(Status.PASS, None, "B"), connection=Kept(Status.PASS))
    assert told(before, mended) == "You used another microphone last time."


def test_another_provider_has_other_demands_and_a_new_check_has_no_past() -> None:
    assert told(trace("a", camera=GOOD), trace("b", camera=Kept(Status.FAIL, None, "C270"))) == ""
    assert told(trace("a", camera=Kept(Status.FAIL)), trace("b", camera=GOOD)) == ""
    assert told(trace(), trace(camera=Kept(Status.FAIL), computer=Kept(Status.FAIL))) == ""
    assert told(trace(computer=Kept(Status.PASS)), trace(computer=Kept(Status.FAIL))) == ""


@pytest.mark.parametrize(
    ("before", "english", "spanish"),
    [
        (timedelta(hours=1), "last time", "la última vez"),
        (timedelta(days=-3), "last time", "la última vez"),
        (timedelta(days=1), "yesterday", "ayer"),
        (timedelta(days=2), "on Monday", "el lunes"),
        (timedelta(days=6), "on Thursday", "el jueves"),
        (timedelta(days=7), "on November 18", "el 18 de noviembre"),
        (timedelta(days=22), "on November 3", "el 3 de noviembre"),
    ],
)
def test_the_day_is_told_as_people_say_it(before: timedelta, english: str, spanish: str) -> None:
    then, now = trace(when=NOW - before, camera=GOOD), trace(camera=Kept(Status.PASS, None, "BRIO"))
    assert told(then, now) == f"You used another camera {english}."
    assert told(then, now, "es") == f"Usó otra cámara {spanish}."


def test_the_day_is_that_of_the_persons_own_clock() -> None:
    late = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)  # still the evening of the 24th in Los Angeles
    change = change_between(trace(camera=GOOD), trace(camera=Kept(Status.FAIL)))
    assert change
    assert "yesterday" in tell_change(change, late, NOW, "en", ZoneInfo("America/Los_Angeles"))
    assert "last time" in tell_change(change, late, NOW, "en", UTC)


# --- Keeping


def test_what_was_kept_is_there_next_time(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "last.json"
    first = Memory(path)
    assert first.keeps
    assert first.before is None
    first.keep(trace(camera=GOOD))
    assert Memory(path).before == trace(camera=GOOD)
    assert list(path.parent.iterdir()) == [path]
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


def test_the_same_results_are_not_written_twice_and_nothing_measured_is_nothing_to_keep(tmp_path: Path) -> None:
    path = tmp_path / "last.json"
    memory = Memory(path)
    memory.keep(trace(camera=Kept(Status.SKIPPED)))
    assert not path.exists()
    memory.keep(trace(camera=GOOD))
    path.unlink()
    memory.keep(trace(when=NOW + timedelta(minutes=1), camera=GOOD))
    assert not path.exists()
    memory.keep(trace(camera=Kept(Status.FAIL)))
    assert path.exists()


def test_without_a_path_nothing_is_kept() -> None:
    memory = Memory(None)
    memory.keep(trace(camera=GOOD))
    memory.forget()
    assert not memory.keeps
    assert memory.before is None


def test_forgetting_lasts_until_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "last.json"
    Memory(path).keep(trace(camera=GOOD))
    memory = Memory(path)
    memory.forget()
    assert (memory.before, memory.keeps, path.exists()) == (None, False, False)
    memory.keep(trace(camera=Kept(Status.FAIL)))
    assert not path.exists()
    assert forget(path) is False


def test_a_folder_that_cannot_be_written_costs_the_memory_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file" / "last.json")
    memory.keep(trace(camera=GOOD))
    assert memory.keeps
    assert (tmp_path / "file").read_text() == ""


def test_a_write_that_is_cut_off_leaves_the_old_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "last.json"
    Memory(path).keep(trace(camera=GOOD))

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    Memory(path).keep(trace(camera=Kept(Status.FAIL)))
    assert Memory(path).before == trace(camera=GOOD)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        msgspec.json.encode(msgspec.structs.replace(trace(camera=GOOD), version=2)),
        msgspec.json.encode(trace(camera=GOOD)).replace(b"2026-11-25T20:00:00Z", b"2026-11-25T20:00:00"),
        msgspec.json.encode(trace(camera=GOOD)).replace(b"2026-11-25T20:00:00Z", b"0001-01-01T00:00:00+23:00"),
        b" " * (1 << 17),
    ],
)
def test_what_is_not_ours_is_no_memory(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "last.json"
    path.write_bytes(content)
    assert Memory(path).before is None


# --- In the terminal


def test_forget_says_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert trace_path().parent.parent == tmp_path
    Memory(trace_path()).keep(trace(camera=GOOD))
    assert cli.main(["forget", "--lang", "en"]) == 0
    assert cli.main(["forget", "--lang", "es"]) == 0
    assert capsys.readouterr().out == "The last results are removed.\nAquí no hay resultados guardados.\n"
    trace_path().mkdir()
    assert cli.main(["forget", "--lang", "en"]) == 2
    assert "cannot be removed (it is a folder). Remove it yourself." in capsys.readouterr().err


def test_the_first_page_does_not_wait_for_it() -> None:
    program = "import sys, readiness.last_time; print({'tempfile', 'socket', 'readiness.privacy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
    assert last_time.VERSION == 1
