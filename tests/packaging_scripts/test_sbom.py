"""The list of contents fits CycloneDX's own schema, is the same for the same folder, and names each file once."""

from __future__ import annotations

import json
from pathlib import Path

import components
import pytest
import sbom
from components import Component, Contents, Text

TEXTS = (Text("a.txt", "words"),)

FOUND = [
    Component("video-visit-readiness", "1.0", "Apache-2.0", TEXTS, files=("readiness", "ui/style.qss")),
    Component(
        name="opencv-python-headless",
        version="4.12.0.88",
        licence="Apache-2.0",
        texts=TEXTS,
        source="https://example.org/opencv.git",
        purl="pkg:pypi/opencv-python-headless@4.12.0.88",
        hashes=("sha256:" + "b" * 64, "sha256:" + "a" * 64),
        files=("cv2/cv2.abi3.so",),
    ),
    Component("libtiff", "4.6.0", "libtiff", TEXTS, part_of="opencv-python-headless", note="a note"),
    Component(
        "PyInstaller bootloader",
        "6",
        "GPL-2.0-or-later WITH Bootloader-exception",
        TEXTS,
        part_of="video-visit-readiness",
    ),
    Component(
        "dbus",
        "1",
        "GPL-2+ or AFL-2.1, and Expat",
        TEXTS,
        "in words",
        "pkg:deb/debian/dbus@1",
        files=("libdbus-1.so.3",),
    ),
    Component("libx11", "2", "", TEXTS, purl="pkg:deb/debian/libx11@2", files=("libX11.so.6",)),
    Component("Font", "", "OFL-1.1", TEXTS),
]


def test_it_fits_the_schema() -> None:
    assert sbom.fault_of(sbom.written(FOUND)) == ""


def test_the_schema_is_really_asked() -> None:
    told = json.loads(sbom.written(FOUND))
    told["components"][0]["type"] = "thing"
    assert sbom.fault_of(json.dumps(told))


def test_what_it_says() -> None:
    told = json.loads(sbom.written(FOUND))
    assert told["specVersion"] == "1.6"
    assert told["metadata"]["component"]["components"][0]["name"] == "PyInstaller bootloader"
    opencv = next(one for one in told["components"] if one["name"] == "opencv-python-headless")
    assert opencv["evidence"] == {"occurrences": [{"location": "cv2/cv2.abi3.so"}]}
    assert [one["content"][0] for one in opencv["hashes"]] == ["a", "b"]
    assert opencv["components"][0]["name"] == "libtiff"
    licences = {one["name"]: one["licenses"] for one in told["components"]}
    assert licences["opencv-python-headless"] == [{"expression": "Apache-2.0"}]
    assert licences["dbus"] == [{"license": {"name": "GPL-2+ or AFL-2.1, and Expat"}}]
    assert licences["libx11"] == [{"license": {"name": "see a.txt"}}]


def test_the_same_folder_gives_the_same_list() -> None:
    assert sbom.written(FOUND) == sbom.written(list(FOUND))
    assert json.loads(sbom.written(FOUND))["serialNumber"] != json.loads(sbom.written(FOUND[:3]))["serialNumber"]


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Contents:
    contents = Contents(list(FOUND))
    monkeypatch.setattr(components, "of_folder", lambda folder: contents)
    return contents


def test_it_is_written_beside_the_folder(looked: Contents, tmp_path: Path) -> None:
    assert sbom.main([str(tmp_path / "readiness")]) == 0
    (file,) = tmp_path.glob("readiness-*.cdx.json")
    assert sbom.main([str(tmp_path / "readiness"), str(tmp_path / "other.json")]) == 0
    assert file.read_bytes() == (tmp_path / "other.json").read_bytes()


def test_nothing_is_written_of_a_folder_with_faults(
    looked: Contents, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    looked.faults.append("strange.so belongs to nothing that is known")
    assert sbom.main([str(tmp_path / "readiness")]) == 1
    assert capsys.readouterr().err == "sbom.py: strange.so belongs to nothing that is known.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_list_that_does_not_fit_is_not_written(
    looked: Contents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sbom, "fault_of", lambda text: "it does not fit")
    assert sbom.main([str(tmp_path / "readiness")]) == 1
    assert "the list does not fit its schema: it does not fit" in capsys.readouterr().err


def test_too_many_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert sbom.main(["a", "b", "c"]) == 2
