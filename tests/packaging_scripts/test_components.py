"""Whatever is in the frozen folder belongs to one component that may be passed on; what does not is told."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import check_wheels
import components
import licences
import pytest
import sbom
from components import Component, Text

PARTS = components.read_parts()
PINS = {
    pin.name: pin for pin in check_wheels.read_pins((components.ROOT / "requirements" / "run.txt").read_text("utf-8"))
}

RECORDED = Path(__file__).with_name("wheel_libraries.tsv").read_text(encoding="utf-8").splitlines()[1:]

#: What OpenCV says of itself inside its own library, cut down to what is looked for.
CV2 = b"""junk\0
    JPEG:                        build-libjpeg-turbo (ver 3.1.0-70)
    TIFF:                        build (ver 42 - 4.6.0)
    Flatbuffers:                 builtin/3rdparty (23.5.9)
\0junk"""


def put(folder: Path, place: str, data: bytes = b"data") -> None:
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    (folder / place).write_bytes(data)


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A frozen folder with something of every kind, as far as no system is needed for it."""
    folder = tmp_path / "readiness"
    for place in (
        *("readiness", "licences/THIRD-PARTY.txt", "_internal/LICENSE", "_internal/ui/style.qss"),
        *("_internal/ui/fonts/OFL.txt", "_internal/base_library.zip", "_internal/libpython3.11.so.1.0"),
        *("_internal/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so", "_internal/msgspec/_core.so"),
        *("_internal/PySide6/QtCore.abi3.so", "_internal/PySide6/Qt/lib/libicudata.so.73"),
    ):
        put(folder, place)
    put(folder, "_internal/cv2/cv2.abi3.so", CV2)
    put(folder, "_internal/PySide6/Qt/lib/libQt6Core.so.6", b"\0Qt 6.9.3 (x86_64)\0")
    put(folder, "_internal/opencv_python_headless.libs/libavutil-1a.so.57", b"\0FFmpeg version 5.1.6\0")
    (folder / "readiness-window").symlink_to("readiness")
    modules = frozenset({"readiness", "ui", "entry", "pyimod01_archive", "json", "msgspec", "numpy", "PySide6"})
    monkeypatch.setattr(components, "modules_in", lambda program: modules)
    return folder


def by_name(folder: Path) -> dict[str, Component]:
    return {one.name: one for one in components.of_folder(folder).components}


def test_everything_has_its_component(frozen: Path) -> None:
    assert components.of_folder(frozen).faults == []
    found = by_name(frozen)
    assert found["video-visit-readiness"].files == (
        "LICENSE",
        "licences/THIRD-PARTY.txt",
        "readiness",
        "ui/style.qss",
    ) or (
        set(found["video-visit-readiness"].files)
        == {"LICENSE", "licences/THIRD-PARTY.txt", "readiness", "ui/style.qss"}
    )
    assert found["Qt"].version == "6.9.3"
    assert found["Qt"].files == ("PySide6/Qt/lib/libQt6Core.so.6",)
    assert found["ICU"].files == ("PySide6/Qt/lib/libicudata.so.73",)
    assert found["pyside6-essentials"].files == ("PySide6/QtCore.abi3.so",)
    assert (found["FFmpeg"].version, found["FFmpeg"].licence) == ("5.1.6", "LGPL-2.1-or-later")
    assert found["numpy"].files == ()
    assert found["numpy"].hashes == PINS["numpy"].hashes
    assert found["Atkinson Hyperlegible Next"].files == ("ui/fonts/OFL.txt",)
    assert len(found["Python"].files) == 3


def test_what_lies_inside_a_library_is_read_out_of_it(frozen: Path) -> None:
    found = by_name(frozen)
    assert {one.name: one.version for one in found.values() if one.part_of == "opencv-python-headless"} == {
        "libjpeg-turbo": "3.1.0",
        "libtiff": "4.6.0",
        "FlatBuffers": "23.5.9",
    }


def test_each_file_stands_under_one_component(frozen: Path) -> None:
    files = [file for one in components.of_folder(frozen).components for file in one.files]
    assert sorted(files) == sorted(set(files))
    assert set(files) == set(components.files_in(frozen))


@pytest.mark.parametrize("place", ["_internal/strange.bin", "_internal/strange/strange.so", "more.exe"])
def test_a_file_of_nobodys_is_a_fault(place: str, frozen: Path) -> None:
    put(frozen, place)
    name = place.removeprefix("_internal/")
    assert components.of_folder(frozen).faults == [
        f"{name} belongs to nothing that is known: add it to packaging/bundled.toml"
    ]


def test_modules_that_do_not_belong_here_are_faults(frozen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "modules_in", lambda program: frozenset({"pytest", "no_such_module"}))
    assert components.of_folder(frozen).faults == [
        "the module no_such_module is in the program, and no package that is known has it",
        "pytest is in the program, and not pinned in requirements/run.txt",
    ]


def test_a_component_without_a_licence_is_a_fault(frozen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "texts_of", lambda name, wanted="": ())
    monkeypatch.setattr(components, "licence_of", lambda name: "")
    faults = components.of_folder(frozen).faults
    assert "msgspec 0.22.0 has no licence text: keep it in packaging/licences/" in faults
    assert "msgspec 0.22.0 does not say what its licence is" in faults


def test_a_package_that_was_updated_has_to_be_looked_up_again() -> None:
    pins = {**PINS, "numpy": replace(PINS["numpy"], version="2.9")}
    assert list(components.outdated(PARTS, PINS)) == []
    assert list(components.outdated(PARTS, pins)) == [
        "bundled.toml tells what numpy 2.2.6 brings along, but 2.9 is pinned: look again"
    ]


@pytest.mark.parametrize("line", RECORDED)
def test_every_library_of_the_wheels_for_other_systems_is_known(line: str) -> None:
    name, place = line.split("\t")
    matching = [part for part in PARTS if part.files and re.search(part.files, place)]
    assert len(matching) == 1
    assert matching[0].of in (name, "python")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.name} {part.files or part.inside}")
def test_every_part_has_a_licence_that_spdx_knows_and_its_text(part: components.Part) -> None:
    from license_expression import get_spdx_licensing  # type: ignore[import-untyped]

    texts = components.part_texts(part)
    assert len(texts) >= len(part.texts)
    assert all(len(text.words) > 200 for text in texts)
    unknown = get_spdx_licensing().validate(re.sub(r"LicenseRef-[\w-]+", "MIT", part.licence)).errors
    assert unknown == []
    assert part.source.startswith("https://")
    assert bool(part.files) != bool(part.inside and part.sign)


def test_what_is_kept_for_packages_without_a_text_is_there() -> None:
    for names in components.KEPT.values():
        assert all(components.text(name).words for name in names)


def test_an_app_of_macos_is_read_by_the_same_places(tmp_path: Path) -> None:
    app = tmp_path / "A.app"
    for place in (
        *("Contents/MacOS/readiness", "Contents/Info.plist", "Contents/_CodeSignature/CodeResources"),
        *("Contents/Frameworks/cv2/__dot__dylibs/libx265.215.dylib", "Contents/Resources/ui/style.qss"),
    ):
        put(app, place)
    assert set(components.files_in(app)) == {
        *("readiness", "Info.plist", "_CodeSignature/CodeResources"),
        *("cv2/.dylibs/libx265.215.dylib", "ui/style.qss"),
    }
    assert components.executable(app) == app / "Contents" / "MacOS" / "readiness"
    assert components.licences_folder(app) == app / "Contents" / "Resources" / "licences"
    assert components.kind_of("_CodeSignature/CodeResources") == "ours"


def test_modules_are_read_out_of_a_program(tmp_path: Path) -> None:
    from PyInstaller.archive.writers import CArchiveWriter, ZlibArchiveWriter  # type: ignore[import-untyped]

    source = tmp_path / "thing.py"
    source.write_text("x = 1")
    code = compile("x = 1", "thing.py", "exec")
    pyz = tmp_path / "PYZ.pyz"
    ZlibArchiveWriter(str(pyz), [("thing.part", str(source), "PYMODULE")], {"thing.part": code})
    program = tmp_path / "program"
    CArchiveWriter(str(program), [("PYZ.pyz", str(pyz), False, "z")], "libpython3.so")
    assert components.modules_in(program) == {"thing"}


needs_debian = pytest.mark.skipif(not shutil.which("dpkg-query"), reason="there is no dpkg here")


@needs_debian
def test_a_library_of_the_system_is_debians(frozen: Path) -> None:
    put(frozen, "_internal/libz.so.1")
    put(frozen, "_internal/libnobody.so.9")
    contents = components.of_folder(frozen)
    zlib = next(one for one in contents.components if one.name == "zlib")
    assert zlib.purl.startswith("pkg:deb/debian/zlib@")
    assert zlib.licence == "Zlib"
    assert zlib.texts[0].name == "debian-zlib.txt"
    assert contents.faults == ["libnobody.so.9 belongs to nothing that is known: add it to packaging/bundled.toml"]


def test_debians_short_name_is_that_of_all_files() -> None:
    words = "Format: x\n\nFiles: *\nCopyright: somebody\nLicense: LGPL-2.1+\n more\n\nFiles: debian/*\nLicense: GPL-3\n"
    assert components.debian_licence(words) == "LGPL-2.1+"
    assert components.debian_licence("This package was debianized by somebody.") == ""


@pytest.mark.parametrize(
    ("pattern", "data", "name", "version"),
    [
        ("", b"", "x", ""),
        (r"v(\d)", b"\0v7\0", "x", "7"),
        (r"lib\.(\d)|other(\d)", b"", "lib.4.so", "4"),
        (r"-r(\d)-\w+\.(\d)", b"", "lib-r0-ab.3.so", "0.3"),
        (r"v(\d)", b"nothing", "x", ""),
    ],
)
def test_versions_are_read_from_the_file_else_from_its_name(
    pattern: str, data: bytes, name: str, version: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    assert components.version_in(pattern, [tmp_path / name]) == version


def test_a_text_is_never_empty() -> None:
    blank = Component("blank", licence="MIT", texts=(Text("a.txt", " \n"),))
    assert list(components.faults_of([blank])) == ["blank  has no licence text: keep it in packaging/licences/"]


def test_python_has_its_text_here() -> None:
    assert (
        "PSF" in components.python_text()[0].words or "Python Software Foundation" in components.python_text()[0].words
    )
    assert components.python(()).version == "{}.{}.{}".format(*sys.version_info[:3])


def test_a_folder_without_a_program_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for main in (sbom.main, licences.main):
        assert main([str(tmp_path)]) == 2
        assert main([str(tmp_path / "nothing")]) == 2
    assert capsys.readouterr().err.splitlines()[0] == f"sbom.py: {tmp_path}: there is no program in it."
