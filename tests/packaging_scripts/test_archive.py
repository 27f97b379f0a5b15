"""The archive for Linux: the same bytes for the same files, whoever packs them and when."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import archive
import pytest


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    folder = tmp_path / "dist" / "readiness"
    (folder / "_internal" / "ui").mkdir(parents=True)
    (folder / "readiness").write_text("program")
    (folder / "readiness").chmod(0o711)
    (folder / "readiness-window").symlink_to("readiness")
    (folder / "_internal" / "ui" / "Íñigo.txt").write_text("x")
    return folder


def test_two_archives_of_the_same_files_are_the_same(frozen: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one.tar.xz", tmp_path / "other.tar.xz"
    archive.pack(frozen, one, 1_700_000_000)
    os.utime(frozen / "readiness", (1, 1))
    archive.pack(frozen, other, 1_700_000_000)
    assert one.read_bytes() == other.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dist", "one.tar.xz", "other.tar.xz"]


def test_what_is_packed_belongs_to_nobody_and_can_be_run_by_all(frozen: Path, tmp_path: Path) -> None:
    archive.pack(frozen, tmp_path / "a.tar.xz", 1_700_000_000)
    with tarfile.open(tmp_path / "a.tar.xz") as packed:
        entries = {entry.name: entry for entry in packed}
    assert list(entries) == [
        *("readiness", "readiness/_internal", "readiness/_internal/ui", "readiness/_internal/ui/Íñigo.txt"),
        *("readiness/readiness", "readiness/readiness-window"),
    ]
    assert {(entry.uid, entry.gid, entry.uname, entry.mtime) for entry in entries.values()} == {
        (0, 0, "root", 1_700_000_000)
    }
    assert entries["readiness/readiness"].mode == 0o755
    assert entries["readiness/_internal/ui/Íñigo.txt"].mode == 0o644
    assert entries["readiness/readiness-window"].linkname == "readiness"


def test_the_version_is_read_from_the_source() -> None:
    assert archive.version_in('"""Text."""\n\n__version__ = "1.2.3"\n') == "1.2.3"
    with pytest.raises(LookupError):
        archive.version_in("version = 1")
