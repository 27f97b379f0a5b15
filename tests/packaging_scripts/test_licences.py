"""The licences that are shipped: a list for people, every text once, and what has to be said of Qt and other libraries."""

from __future__ import annotations

from pathlib import Path

import components
import licences
import pytest
from components import Component, Contents, Text

LGPL, OWN = Text("LGPL-3.txt", "the lesser one"), Text("own.txt", "ours")

FOUND = [
    Component("video-visit-readiness", "1.0", "Apache-2.0", (OWN,), files=("readiness",)),
    Component(
        "Qt", "6.9.3", "LGPL-3.0-only", (LGPL,), "https://download.qt.io", files=("PySide6/Qt/lib/libQt6Core.so.6",)
    ),
    Component(
        "x265", "4.1", "GPL-2.0-or-later", (Text("x265.txt", "x265"), LGPL), "https://x265.example", note="a note"
    ),
    Component("gcrypt", "1.10", "", (Text("g.txt", "g"), LGPL), "Debian's", "pkg:deb/debian/gcrypt@1.10"),
    Component("libxcb", "1.15", "", (Text("xcb.txt", "x"),), "Debian's", "pkg:deb/debian/libxcb@1.15"),
    Component("bootloader", "6", "GPL-2.0-or-later WITH Bootloader-exception", (Text("b.txt", "b"),), part_of="ours"),
]


def test_the_list() -> None:
    said = licences.listed(FOUND)
    assert "below the program's folder in PySide6/Qt/lib." in said
    assert "Build Qt 6.9.3 yourself" in said
    assert "- x265 4.1: https://x265.example" in said
    assert "- gcrypt 1.10: Debian's" in said
    for name in ("libxcb", "bootloader", "Qt "):
        assert f"- {name}" not in said
    assert said.endswith(
        "x265 4.1\n    licence: GPL-2.0-or-later\n    source:  https://x265.example\n    note:    a note\n"
        "    texts:   x265.txt, LGPL-3.txt\n"
    )
    assert "    inside:  ours\n" in said
    assert "    licence: see its text\n" in said
    assert all(len(line) <= 125 for line in said.splitlines())


def test_without_qt_nothing_breaks() -> None:
    assert "(none)" in licences.listed(FOUND[:1])


def test_every_text_is_shipped_and_old_ones_go(tmp_path: Path) -> None:
    target = tmp_path / "licences"
    target.mkdir()
    (target / "old.txt").touch()
    licences.write(FOUND, target)
    assert {path.name for path in target.iterdir()} == {
        *("THIRD-PARTY.txt", "own.txt", "LGPL-3.txt", "x265.txt", "g.txt", "xcb.txt", "b.txt")
    }
    assert (target / "LGPL-3.txt").read_text(encoding="utf-8") == "the lesser one"


def test_two_texts_of_one_name_are_noticed(tmp_path: Path) -> None:
    other = Component("other", "1", "MIT", (Text("own.txt", "another"),))
    with pytest.raises(ValueError, match=r"two licence texts are called own\.txt"):
        licences.write([*FOUND, other], tmp_path / "licences")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Contents:
    contents = Contents(list(FOUND))
    monkeypatch.setattr(components, "of_folder", lambda folder: contents)
    return contents


def test_they_go_into_the_folder_or_elsewhere(looked: Contents, tmp_path: Path) -> None:
    assert licences.main([str(tmp_path)]) == 0
    assert licences.main([str(tmp_path), str(tmp_path / "other")]) == 0
    assert (tmp_path / "licences" / "THIRD-PARTY.txt").read_bytes() == (
        tmp_path / "other" / "THIRD-PARTY.txt"
    ).read_bytes()


def test_a_component_without_a_text_stops_it(
    looked: Contents, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    looked.faults.append("thing 1 has no licence text: keep it in packaging/licences/")
    assert licences.main([str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("licences.py: thing 1 has no licence text")
    assert list(tmp_path.iterdir()) == []
    assert licences.main([]) == 2
