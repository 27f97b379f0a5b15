"""``readiness licences``: the list that the build made is shown, and is missed in one sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from readiness.cli import main
from readiness.licence_verb import list_path


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a frozen program, without its list."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "readiness"))
    return tmp_path


def test_the_list_and_the_folder_of_the_texts(frozen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (frozen / "licences").mkdir()
    (frozen / "licences" / "THIRD-PARTY.txt").write_text("Qt 6.9.3\n", encoding="utf-8")
    assert main(["licences", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert said == f"Qt 6.9.3\n\nThe words of each license are in this folder: {frozen / 'licences'}\n"


def test_a_list_that_is_gone_is_missed(frozen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["licences", "--lang", "en"]) == 2
    assert (
        capsys.readouterr().err
        == f"{frozen / 'licences' / 'THIRD-PARTY.txt'} cannot be read (it does not exist). Install the program again.\n"
    )


def test_from_source_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["licences", "--lang", "en"]) == 2
    assert "Only the installed program has this list" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("program", "place"),
    [
        ("/opt/readiness/readiness", "/opt/readiness/licences/THIRD-PARTY.txt"),
        ("/A.app/Contents/MacOS/readiness", "/A.app/Contents/Resources/licences/THIRD-PARTY.txt"),
    ],
)
def test_where_it_lies(program: str, place: str) -> None:
    assert list_path(Path(program)) == Path(place)
