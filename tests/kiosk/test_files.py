from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from readiness.kiosk.files import sweep, write_whole

#: Forks a writer a thousand times, kills it at some moment, and looks at what it has left.
POWER_CUTS = """
import os, random, signal, sys, time
from pathlib import Path

os.fsync = lambda handle: None  # a killed process loses nothing that the system has; waiting for the disk only costs time
from readiness.kiosk.files import sweep, write_whole

path = Path(sys.argv[1])
contents = [bytes([65 + n]) * 20_000 for n in range(2)]
write_whole(path, contents[0])
torn = changed = 0
before = contents[0]
for _ in range(1000):
    writer = os.fork()
    if writer == 0:
        n = 0
        while True:
            n += 1
            write_whole(path, contents[n % 2])
    time.sleep(random.uniform(0.0005, 0.003))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    now = path.read_bytes()
    torn += now not in contents
    changed += now != before
    before = now
left = len(list(path.parent.iterdir()))
sweep(path)
print(torn, changed, left, len(list(path.parent.iterdir())))
"""


def test_a_thousand_cuts_leave_the_old_content_or_the_new(tmp_path: Path) -> None:
    """A killed writer is not a power cut, but stops at any instruction; what the disk does is the next test's."""
    folder = tmp_path / "cuts"
    done = subprocess.run(
        [sys.executable, "-c", POWER_CUTS, str(folder / "kiosk.toml")], capture_output=True, text=True, check=True
    )
    torn, changed, left, after = map(int, done.stdout.split())
    assert torn == 0
    assert changed > 50, "the writers were killed before they had written anything"
    assert left > 1, "no writer was killed in the middle"
    assert after == 1


def test_bytes_are_on_the_disk_before_the_name_points_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync, replace = os.fsync, Path.replace

    def syncing(handle: int) -> None:
        steps.append("sync folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "sync file")
        sync(handle)

    def replacing(self: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(Path, "replace", replacing)
    write_whole(tmp_path / "new" / "a.toml", b"x")
    assert steps == ["sync file", "rename", "sync folder"]


def test_a_full_disk_leaves_the_old_content_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.toml"
    write_whole(path, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_windows_has_no_call_for_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    monkeypatch.setattr("readiness.kiosk.files.HAS_FOLDER_SYNC", False)
    write_whole(tmp_path / "a", b"x")
    assert len(synced) == 1


def test_what_cannot_be_swept_stays(tmp_path: Path) -> None:
    (tmp_path / ".a.x.new").mkdir()
    sweep(tmp_path / "a")
    assert (tmp_path / ".a.x.new").is_dir()
