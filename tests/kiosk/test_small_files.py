"""Faults, health, beats, dumps and the lock."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from readiness.kiosk import dumps
from readiness.kiosk.dumps import _forbid_on_windows, forbid_dumps
from readiness.kiosk.faults import BY_CHECK, MOST, SENTENCES, FaultLog, read_faults
from readiness.kiosk.health import Light, read_health, write_health
from readiness.kiosk.heartbeat import Activity, Line, Message, SelfTest, end_with
from readiness.kiosk.only_one import only_one
from readiness.kiosk.restarts import Mode
from tests.kiosk.conftest import health

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_faults_are_kept_newest_first_and_counted(tmp_path: Path) -> None:
    log = FaultLog(tmp_path / "faults.json")
    for code in ("K01", "K02", "K01"):
        log.note(code, NOON)
    assert [fault.code for fault in read_faults(tmp_path / "faults.json")] == ["K01", "K02", "K01"]
    assert log.counts == {"K01": 2, "K02": 1}
    assert FaultLog(tmp_path / "faults.json").newest_first == log.newest_first


def test_only_the_last_faults_are_kept(tmp_path: Path) -> None:
    log = FaultLog(tmp_path / "faults.json")
    for _ in range(MOST + 3):
        log.note("K01", NOON)
    assert len(log.newest_first) == MOST
    assert log.counts["K01"] == MOST + 3


def test_a_fault_that_does_not_exist_is_our_mistake(tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        FaultLog(tmp_path / "faults.json").note("K99", NOON)


def test_a_full_disk_loses_no_fault_of_this_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = FaultLog(tmp_path / "file" / "faults.json")
    log.note("K01", NOON)
    assert log.newest_first[0].code == "K01"


@pytest.mark.parametrize("content", [b"", b"[{]", b'[{"code":"K99","at":"2026-12-01T12:00:00Z"}]'])
def test_what_cannot_be_read_is_no_fault(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "faults.json").write_bytes(content)
    assert read_faults(tmp_path / "faults.json") == ()


def test_codes_are_what_they_were() -> None:
    """Staff reads them out, and fleets count them: a number once given keeps its meaning."""
    assert list(SENTENCES) == [f"K{number:02}" for number in range(1, 16)]
    assert set(BY_CHECK.values()) == {"K06", "K07", "K08"}


@pytest.mark.parametrize(
    ("what", "light"),
    [
        ({}, Light.GREEN),
        ({"mode": Mode.SAFE}, Light.YELLOW),
        ({"mode": Mode.RESTING}, Light.RED),
        ({"self_test": {"camera": "pass", "bandwidth": "fail"}}, Light.GREEN),
        ({"self_test": {"camera": "fail"}}, Light.YELLOW),
        ({"self_test": {"microphone": "unknown"}}, Light.YELLOW),
    ],
)
def test_the_light(what: dict[str, object], light: Light) -> None:
    assert health(**what).light is light


def test_the_health_file_comes_back_as_it_was(tmp_path: Path) -> None:
    told = health(faults={"K01": 2}, last_fault="K01")
    write_health(tmp_path / "health.json", told)
    assert read_health(tmp_path / "health.json") == told
    (tmp_path / "health.json").write_bytes(b"{")
    assert read_health(tmp_path / "health.json") is None
    assert read_health(tmp_path / "nothing.json") is None


def test_what_the_window_says_are_lines_of_json() -> None:
    stream = io.BytesIO()
    line = Line(stream)
    line.beat("visit")
    line.tell_fault("K06")
    line.tell_self_test(SelfTest(at_s=1.0, statuses={"camera": "pass"}))
    line.tell_visit_ended()
    said = [msgspec.json.decode(text, type=Message) for text in stream.getvalue().splitlines()]
    assert said == [
        Message(beat=Activity.VISIT),
        Message(fault="K06"),
        Message(self_test=SelfTest(at_s=1.0, statuses={"camera": "pass"})),
        Message(visit_ended=True),
    ]


def test_without_a_supervisor_words_lead_nowhere() -> None:
    Line(None).beat("visit")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb", buffering=0) as stream:
        line = Line(stream)
        line.beat("visit")
        assert line._stream is None, "a line that is broken once is not tried again"
        line.beat("visit")


def test_the_window_ends_with_its_supervisor() -> None:
    reader, writer = os.pipe()
    ended = threading.Event()
    with os.fdopen(reader, "rb") as parent:
        thread = end_with(parent, ended.set)
        os.write(writer, b"x")
        assert not ended.is_set()
        os.close(writer)
        thread.join(5)
    assert ended.is_set()


def test_no_core_file_is_written() -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    code = "from readiness.kiosk.dumps import forbid_dumps; import resource; forbid_dumps(); "
    asked = "print(resource.getrlimit(resource.RLIMIT_CORE), open('/proc/self/coredump_filter').read().strip())"
    done = subprocess.run([sys.executable, "-c", code + asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(0, 0) 00000000"
    assert resource.getrlimit(resource.RLIMIT_CORE) == before


def test_no_dump_here_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[object] = []
    monkeypatch.setattr(resource, "setrlimit", lambda *what: limits.append(what))
    monkeypatch.setattr(dumps, "_FILTER", tmp_path / "filter")
    forbid_dumps()
    assert limits == [(resource.RLIMIT_CORE, (0, 0))]
    assert (tmp_path / "filter").read_text() == "0"


def test_windows_is_asked_for_no_dialog_and_no_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[int] = []

    class Kernel32:
        SetErrorMode = staticmethod(modes.append)

    _forbid_on_windows(Kernel32)
    monkeypatch.setattr("ctypes.windll", type("Windll", (), {"kernel32": Kernel32}), raising=False)
    monkeypatch.setattr("sys.platform", "win32")
    forbid_dumps()
    assert modes == [0x8003, 0x8003]


def test_two_kiosks_do_not_run_at_once(tmp_path: Path) -> None:
    lock = tmp_path / "own" / "running.lock"
    with only_one(lock) as first, only_one(lock) as second:
        assert (first, second) == (True, False)
    with only_one(lock) as third:
        assert third


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with only_one(tmp_path / "file" / "running.lock") as first:
        assert first


def test_windows_has_a_lock_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked: list[int] = []
    fake = type("msvcrt", (), {"LK_NBLCK": 2, "locking": staticmethod(lambda handle, mode, count: locked.append(mode))})
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    monkeypatch.setattr("sys.platform", "win32")
    with only_one(tmp_path / "running.lock") as first:
        assert first
    assert locked == [2]
