"""Both Windows installers, made by the real tools of a tree with the real bootloader, and read back."""

from __future__ import annotations

import lzma
import os
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

import pytest
from windows import installers, summary, wix
from windows.staged import Refused, StagedFile, guid, stage

from readiness import __version__, policy
from tests.packaging_scripts import windows_tree

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("makensis", "wixl", "msibuild", "msiinfo", "msiextract")),
    reason="needs nsis, wixl and msitools",
)

SETUP: Final = f"readiness-{__version__}-setup.exe"
PACKAGE: Final = f"readiness-{__version__}-x64.msi"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return windows_tree.make(tmp_path_factory.mktemp("staged") / "readiness")


@pytest.fixture(scope="module")
def made(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SOURCE_DATE_EPOCH", "READINESS_SIGN_PFX"):
            patch.delenv(name, raising=False)
        out = tmp_path_factory.mktemp("out")
        assert installers.main([str(tree), str(out)]) == 0
        yield out


def asked(*words: str | Path) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory() as folder:  # msiinfo writes icons to where it is
        done = subprocess.run(
            list(map(str, words)), check=True, capture_output=True, encoding="utf-8", env=environment, cwd=folder
        )
    return done.stdout


def table(package: Path, name: str) -> list[list[str]]:
    """The rows of one table of a package."""
    return [row.rstrip("\r").split("\t") for row in asked("msiinfo", "export", package, name).split("\n")[3:] if row]


class TestThePackage:
    def test_has_every_file_as_it_was(self, tree: Path, made: Path, tmp_path: Path) -> None:
        asked("msiextract", "-C", tmp_path, made / PACKAGE)
        assert windows_tree.contents(tmp_path / "Video Visit Readiness") == windows_tree.contents(tree)

    def test_replaces_its_older_self_and_refuses_to_be_older(self, made: Path) -> None:
        rows = table(made / PACKAGE, "Upgrade")
        assert {row[0] for row in rows} == {wix.UPGRADE_CODE}
        assert {row[-1] for row in rows} == {"WIX_UPGRADE_DETECTED", "WIX_DOWNGRADE_DETECTED"}
        order = {row[0]: int(row[2]) for row in table(made / PACKAGE, "InstallExecuteSequence")}
        assert order["FindRelatedProducts"] < order["RemoveExistingProducts"] < order["InstallFiles"]

    def test_writes_what_it_is_told_where_the_program_looks(self, made: Path) -> None:
        written = {(row[2], row[3]): (row[1], row[4]) for row in table(made / PACKAGE, "Registry")}
        for name in policy.Policy.__struct_fields__:
            assert written[policy.REGISTRY_KEY, name] == ("2", f"[{name.upper()}]")  # 2: HKEY_LOCAL_MACHINE
        assert {name.lower(): name for name in wix.PROPERTIES} == {
            name: name.upper() for name in policy.Policy.__struct_fields__
        }

    def test_an_upgrade_keeps_what_the_first_was_told(self, made: Path) -> None:
        order = {row[0]: (row[1], int(row[2])) for row in table(made / PACKAGE, "InstallExecuteSequence")}
        actions = {row[0]: row[2:4] for row in table(made / PACKAGE, "CustomAction")}
        looked = {row[0]: row[1:4] for row in table(made / PACKAGE, "RegLocator")}
        for name, written in wix.PROPERTIES.items():
            condition, place = order[f"keep_{name}"]
            assert condition == f"NOT {name} AND WAS_{name}"
            assert order["AppSearch"][1] < place < order["LaunchConditions"][1]
            assert actions[f"keep_{name}"] == [name, f"[WAS_{name}]"]
            assert looked[f"find_{name}"] == ["2", policy.REGISTRY_KEY, written]

    def test_its_properties_reach_the_service_that_installs(self, made: Path) -> None:
        properties = {row[0]: row[1] for row in table(made / PACKAGE, "Property")}
        assert {"PROFILE", "LANGUAGE", "KIOSK", "SHORTCUTS"} <= set(properties["SecureCustomProperties"].split(";"))
        assert properties["ALLUSERS"] == "1"
        assert properties["ProductVersion"] == __version__
        assert properties["ARPPRODUCTICON"] == table(made / PACKAGE, "Icon")[0][0] == "readiness.ico"
        assert re.search(r"[mu]", properties["REINSTALLMODE"])

    def test_the_shortcut_can_be_declined(self, made: Path) -> None:
        (shortcut,) = table(made / PACKAGE, "Shortcut")
        assert shortcut[1:5] == [
            *("ProgramMenuFolder", "Video Visit Readiness", "shortcut", "[INSTALLDIR]readiness-window.exe"),
        ]
        conditions = {row[0]: row[4] for row in table(made / PACKAGE, "Component")}
        assert {name: condition for name, condition in conditions.items() if condition} == {
            "shortcut": 'SHORTCUTS <> "0"'
        }

    def test_ids_of_files_are_those_of_their_places(self, made: Path) -> None:
        """Frozen: Windows knows by them what an upgrade may replace."""
        components = {row[0]: row[1] for row in table(made / PACKAGE, "Component")}
        files = {row[2].rpartition("|")[2]: components[row[1]] for row in table(made / PACKAGE, "File")}
        assert len(set(components.values())) == len(components)
        assert files["readiness.exe"] == guid("file readiness.exe") == "{2B0C7F04-EACA-55AF-A697-851CB6D7F365}"
        assert wix.UPGRADE_CODE == "{94DEEF9F-228A-556A-92FE-6A5D648A3A1E}"

    def test_is_for_64_bit_computers(self, made: Path) -> None:
        told = asked("msiinfo", "suminfo", made / PACKAGE)
        assert "Template: x64;1033" in told
        assert "Source: 2 (2)" in told  # compressed, with long names


def payload(setup: bytes) -> bytes:
    """What a set-up holds, decompressed: its header with all strings, then every file."""
    mark = setup.index(b"\xef\xbe\xad\xdeNullsoftInst")
    compressed = setup[mark + 24 :]
    bits, dictionary = struct.unpack_from("<BI", compressed)
    how = {"lc": bits % 9, "lp": bits // 9 % 5, "pb": bits // 45, "dict_size": dictionary}
    reader = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, **how}])
    return reader.decompress(compressed[5:])


class TestTheSetUp:
    def test_has_every_file_as_it_was(self, tree: Path, made: Path) -> None:
        inside = payload((made / SETUP).read_bytes())
        for place, content in windows_tree.contents(tree).items():
            assert struct.pack("<I", len(content)) + content in inside, place
            name = place.rpartition("/")[2].replace("$", "\0")
            for piece in filter(None, name.split("\0")):
                assert piece.encode("utf-16-le") in inside, place

    def test_says_what_it_does_in_both_languages(self, made: Path) -> None:
        inside = payload((made / SETUP).read_bytes())
        for sentence in ("for you only", "solo para usted"):
            assert sentence.encode("utf-16-le") in inside
        uninstaller = payload(inside)
        for sentence in ("My settings and results, too", "También mis ajustes y resultados"):
            assert sentence.encode("utf-16-le") in uninstaller

    def test_needs_no_administrator(self, made: Path) -> None:
        assert b'<requestedExecutionLevel level="asInvoker"' in (made / SETUP).read_bytes()
        assert "HKLM" not in installers.SCRIPT.read_text(encoding="utf-8")

    def test_is_a_program_with_its_version(self, made: Path) -> None:
        program = (made / SETUP).read_bytes()
        assert program[:2] == b"MZ"
        for word in ("Video Visit Readiness Setup", __version__):
            assert word.encode("utf-16-le") in program


def test_the_same_tree_gives_the_same_bytes(
    tree: Path, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another folder, under another clock for the files; both tools would write the time of day."""
    again = Path(shutil.copytree(tree, tmp_path / "another place", copy_function=shutil.copyfile))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert installers.main([str(again), str(tmp_path)]) == 0
    for name in (SETUP, PACKAGE):
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes()


def test_another_content_is_another_package(tree: Path, tmp_path: Path) -> None:
    files = stage(tree, tmp_path)
    before = installers.package_code(files, tmp_path, "text")
    (tmp_path / files[0].copy).write_bytes(b"another")
    assert installers.package_code(files, tmp_path, "text") != before
    assert installers.package_code(files, tmp_path, "other") != installers.package_code(files, tmp_path, "text")


def test_a_folder_without_the_program_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert installers.main([str(tmp_path), str(tmp_path / "out")]) == 2
    assert "readiness.exe is missing" in capsys.readouterr().err
    assert installers.main([]) == 2


def test_two_names_that_are_one_on_windows_are_refused(tree: Path, tmp_path: Path) -> None:
    twice = Path(shutil.copytree(tree, tmp_path / "twice"))
    (twice / "license").write_bytes(b"")
    with pytest.raises(Refused, match="LICENSE and license are one file on Windows"):
        stage(twice, tmp_path / "work")


def test_a_name_that_no_tool_can_write_is_refused() -> None:
    with pytest.raises(Refused, match="give the file another name"):
        wix.escaped("$(var.x).txt")


def test_a_missing_tool_is_named(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installers.main([str(tree), str(tmp_path / "out")]) == 2
    assert "makensis is missing; install nsis." in capsys.readouterr().err


def test_what_a_tool_warns_of_is_a_failure(tmp_path: Path) -> None:
    source = wix.text([StagedFile(PurePosixPath("a"), "files/f00000", 1)], "1.0")
    (tmp_path / "x.wxs").write_text(source, encoding="utf-8")
    (tmp_path / "readiness.ico").write_bytes(b"")
    with pytest.raises(installers.Failed, match=r"wixl failed .*Couldn't find file"):
        installers.run("wixl", "-o", "x.msi", "x.wxs", folder=tmp_path)


def test_a_package_without_a_summary_is_refused() -> None:
    with pytest.raises(ValueError, match="no summary"):
        summary.impersonal(b"MSCF", guid("x"), 0)
