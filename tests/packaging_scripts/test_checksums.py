"""SHA256SUMS: what it says is what `sha256sum` says, and whatever does not fit is told."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import checksums
import pytest


@pytest.fixture
def handed_over(tmp_path: Path) -> Path:
    (tmp_path / "readiness").mkdir()
    (tmp_path / "readiness" / "inside").write_text("packed, and not handed over by itself")
    (tmp_path / "a b.tar.xz").write_bytes(b"one")
    (tmp_path / "setup.exe").write_bytes(b"two")
    assert checksums.main([str(tmp_path)]) == 0
    return tmp_path


def test_other_peoples_tool_agrees(handed_over: Path) -> None:
    tool = shutil.which("sha256sum")
    if not tool:
        pytest.skip("there is no sha256sum here")
    subprocess.run([tool, "--check", "--strict", "--status", "SHA256SUMS"], cwd=handed_over, check=True)
    assert checksums.main(["--check", str(handed_over)]) == 0


def test_every_fault_is_told(handed_over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (handed_over / "a b.tar.xz").write_bytes(b"other")
    (handed_over / "setup.exe").unlink()
    (handed_over / "new.msi").touch()
    sums = handed_over / "SHA256SUMS"
    sums.write_text(sums.read_text() + "nonsense\n")
    assert checksums.main(["--check", str(handed_over)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "checksums.py: SHA256SUMS has a line that is none: 'nonsense'.",
        "checksums.py: a b.tar.xz is not the file that was summed up.",
        "checksums.py: setup.exe is not there.",
        "checksums.py: new.msi is not told in SHA256SUMS.",
    ]


@pytest.mark.parametrize("words", [[], ["a", "b"], ["no such folder"], ["--check"]])
def test_what_cannot_be_looked_at(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert checksums.main(words) == 2
    assert capsys.readouterr().err == "checksums.py takes one folder, and --check before it.\n"


def test_a_folder_without_sums(tmp_path: Path) -> None:
    assert checksums.main(["--check", str(tmp_path)]) == 2
