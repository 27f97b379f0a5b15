"""What the app says of itself, and what in it has to be signed in which order: real wheels where they are at hand."""

from __future__ import annotations

import plistlib
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import check_wheels
import components
import pytest
import smoke_test
from macos import bundle, macho
from macos.macho import Kind

from readiness import __version__
from tests.packaging_scripts import mac_tree
from tests.readability import flesch_kincaid_grade, inflesz, sentences, words

ROOT: Final = Path(__file__).resolve().parents[2]


class TestInfo:
    def test_is_a_property_list_with_all_that_macos_asks_for(self) -> None:
        read = plistlib.loads(plistlib.dumps(dict(bundle.info(__version__))))
        assert read["LSMinimumSystemVersion"] == "13.0"
        assert read["CFBundleLocalizations"] == ["en", "es"]
        assert read["CFBundleShortVersionString"] == bundle.numbers(__version__)
        assert read["NSCameraUsageDescription"]
        assert read["NSMicrophoneUsageDescription"]
        assert "LSBackgroundOnly" not in read

    def test_asks_for_no_older_system_than_the_wheels_are_chosen_for(self) -> None:
        oldest = tuple(int(number) for number in bundle.OLDEST_SYSTEM.split("."))
        assert {target.newest_allowed for target in check_wheels.TARGETS if target.sys_platform == "darwin"} == {oldest}

    def test_gives_the_reasons_in_both_languages(self) -> None:
        english, spanish = (bundle.words(language) for language in bundle.LANGUAGES)
        assert english.keys() == spanish.keys() == {"NSCameraUsageDescription", "NSMicrophoneUsageDescription"}
        assert not set(english.values()) & set(spanish.values())
        for said in english.values():
            assert flesch_kincaid_grade(said) <= 5
            assert max(len(words(sentence)) for sentence in sentences(said)) <= 15
        for said in spanish.values():
            assert inflesz(said) >= 70
            assert max(len(words(sentence)) for sentence in sentences(said)) <= 15

    @pytest.mark.parametrize(("version", "numbers"), [("1.2.3", "1.2.3"), ("0.4", "0.4"), ("1.2.0rc1", "1.2.0")])
    def test_compares_versions_by_their_numbers(self, version: str, numbers: str) -> None:
        assert bundle.numbers(version) == numbers

    @pytest.mark.parametrize("version", ["1", "1.2.3.4", "one", ""])
    def test_refuses_what_macos_cannot_compare(self, version: str) -> None:
        with pytest.raises(ValueError, match="is no version"):
            bundle.numbers(version)


@mac_tree.needs_scripts
class TestPrograms:
    def test_are_found_by_what_they_are(self, tmp_path: Path) -> None:
        app = mac_tree.make(tmp_path)
        found = {path.relative_to(app / "Contents").as_posix() for path, _ in macho.programs(app)}
        assert found == {"MacOS/readiness", *mac_tree.LIBRARIES}

    def test_are_signed_from_the_inside_to_the_outside(self, tmp_path: Path) -> None:
        app = mac_tree.make(tmp_path)
        order = [path.relative_to(app).as_posix() for path in macho.in_signing_order(app)]
        assert order == [
            "Contents/Frameworks/Python.framework/Versions/3.11/Resources/helper",
            "Contents/Frameworks/cv2/__dot__dylibs/libx265.215.dylib",
            "Contents/Frameworks/a name/without ending",
            "Contents/Frameworks/cv2/cv2.abi3.so",
            "Contents/Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A",
            "Contents/Frameworks/Python.framework/Versions/3.11",
            ".",
        ]

    def test_of_the_other_order_of_bytes_are_read(self, tmp_path: Path) -> None:
        file = tmp_path / "old"
        file.write_bytes(mac_tree.thin(Kind.LIBRARY, order=">"))
        assert macho.kind(file) is Kind.LIBRARY


def test_pyinstaller_puts_everything_where_it_is_looked_for() -> None:
    """Its own decisions, without the making, which needs macOS."""
    told = [
        ("readiness", "readiness", "EXECUTABLE"),
        *(
            (f"{language}.lproj/InfoPlist.strings", str(bundle.strings_file(language)), "DATA")
            for language in ("en", "es")
        ),
        ("ui/style.qss", "style.qss", "DATA"),
        ("cv2/.dylibs/l.dylib", "l.dylib", "BINARY"),
    ]
    bundling = pytest.importorskip("PyInstaller.building.osx").BUNDLE
    app = bundling.__new__(bundling)
    placed = {place for place, _, kind in app._process_bundle_toc(told) if kind != "SYMLINK"}
    assert placed == {
        bundle.EXECUTABLE.as_posix(),
        "Contents/Resources/en.lproj/InfoPlist.strings",
        "Contents/Resources/es.lproj/InfoPlist.strings",
        "Contents/Resources/ui/style.qss",
        "Contents/Frameworks/cv2/__dot__dylibs/l.dylib",
    }
    for place in placed - {bundle.EXECUTABLE.as_posix(), "Contents/Frameworks/cv2/__dot__dylibs/l.dylib"}:
        assert components.kind_of(place.removeprefix("Contents/Resources/")) == "ours"


@mac_tree.needs_scripts
def test_the_freeze_asks_for_an_app_that_has_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What readiness.spec says to PyInstaller on macOS, which is not there to do it."""
    for module in ("PyInstaller.depend.bindepend", "PyInstaller.utils.hooks"):
        pytest.importorskip(module)  # before this system calls itself another one
    if not (ROOT / "i18n" / "locale" / "es" / "LC_MESSAGES" / "readiness.mo").exists():
        pytest.skip("the Spanish words are not compiled")
    asked: dict[str, dict[str, Any]] = {}

    def step(name: str) -> Callable[..., Any]:
        def note(*_: object, **words: Any) -> SimpleNamespace:
            asked[name] = words
            return SimpleNamespace(name=str(tmp_path), pure=(), scripts=(), binaries=[], datas=[])

        return note

    spec = ROOT / "packaging" / "readiness.spec"
    given = {name: step(name) for name in ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")}
    places = {"SPECPATH": str(spec.parent), "workpath": str(tmp_path)}
    monkeypatch.setattr("sys.path", list(sys.path))
    monkeypatch.setattr("sys.platform", "darwin")
    exec(compile(spec.read_text(encoding="utf-8"), spec, "exec"), {**given, **places})
    assert asked["BUNDLE"]["name"] == "Video Visit Readiness.app"
    assert asked["BUNDLE"]["bundle_identifier"] == bundle.ID
    assert asked["BUNDLE"]["info_plist"] == bundle.info(__version__)
    assert Path(asked["BUNDLE"]["icon"]).read_bytes()[:4] == b"icns"
    assert asked["EXE"]["console"] is False  # with one, macOS would show no window
    for language in bundle.LANGUAGES:
        assert (str(bundle.strings_file(language)), f"{language}.lproj") in asked["Analysis"]["datas"]


@mac_tree.needs_scripts
class TestTheSmokeTest:
    def test_starts_the_one_program_of_an_app_as_both(self, tmp_path: Path) -> None:
        app = mac_tree.make(tmp_path)
        program = smoke_test.Program(app, tmp_path)
        assert program.terminal == program.window == str(app / bundle.EXECUTABLE)

    def test_finds_what_the_program_reads_beside_its_modules(self, tmp_path: Path) -> None:
        app = mac_tree.make(tmp_path)
        (tmp_path / "ui").mkdir()
        (tmp_path / "ui" / "style.qss").write_bytes(b"QLabel {}")
        (tmp_path / "ui" / "new.svg").touch()
        assert smoke_test.different_files(tmp_path, smoke_test.data_in(app)) == ["ui/new.svg"]

    def test_copies_an_app_under_its_own_name(self, tmp_path: Path) -> None:
        """Without its ending it would be none."""
        app = mac_tree.make(tmp_path)
        there = smoke_test.copied(app, tmp_path / "Íñigo" / app.name)
        assert (there / bundle.EXECUTABLE).is_file()
        assert (there / "Contents/Resources/cv2").is_symlink()


@pytest.mark.parametrize(
    ("package", "file", "kind"),
    [
        ("msgspec", "msgspec/_core.cpython-311-darwin.so", Kind.PLUGIN),
        ("sounddevice", "_sounddevice_data/portaudio-binaries/libportaudio.dylib", Kind.LIBRARY),
        ("pyside6-essentials", "PySide6/Qt/lib/QtDBus.framework/Versions/A/QtDBus", Kind.LIBRARY),
        ("pyside6-essentials", "PySide6/Qt/plugins/platforms/libqcocoa.dylib", Kind.PLUGIN),
    ],
)
def test_files_of_the_pinned_wheels_are_known(package: str, file: str, kind: Kind, tmp_path: Path) -> None:
    target = check_wheels.TARGETS[0]
    pins = check_wheels.read_pins((ROOT / "requirements" / "run.txt").read_text(encoding="utf-8"))
    pin = next(pin for pin in pins if pin.name == package and pin.sys_platform in (None, target.sys_platform))
    place = ROOT / "build" / "wheels" / target.platform / f"{pin.name}-{pin.version}-3.11"
    wheel = next(place.glob("*.whl"), None)
    if not wheel:
        pytest.skip("python3 dev.py wheels fetches the wheels for macOS")
    with zipfile.ZipFile(wheel) as archive:
        content = Path(archive.extract(file, tmp_path))
    assert macho.kind(content) is kind
