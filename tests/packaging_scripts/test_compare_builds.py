"""Two builds compared: planted differences are found, the explained ones are accepted, and only those."""

from __future__ import annotations

import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import archive
import compare_builds
import pytest


def program(*, stamp: int = 0, code: bytes = b"code", signature: bytes = b"") -> bytes:
    """A Windows program of 64 bits, as small as it can be."""
    head = bytearray(64)
    head[:2] = b"MZ"
    struct.pack_into("<I", head, 60, 64)
    optional = bytearray(240)
    struct.pack_into("<H", optional, 0, 0x20B)
    struct.pack_into("<I", optional, 64, stamp ^ 0x5A5A)  # a checksum
    body = bytes(head) + b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, stamp, 0, 0, 240, 0)
    if signature:
        struct.pack_into("<II", optional, 144, len(body) + 240 + len(code), len(signature))
    return body + bytes(optional) + code + signature


@pytest.fixture
def builds(tmp_path: Path) -> tuple[Path, Path]:
    """Two builds that are the same."""
    one = tmp_path / "one" / "readiness"
    (one / "_internal").mkdir(parents=True)
    (one / "readiness").write_bytes(b"\x7fELF")
    (one / "readiness").chmod(0o755)
    (one / "readiness-window").symlink_to("readiness")
    (one / "_internal" / "Íñigo.txt").write_text("words", encoding="utf-8")
    (one / "_internal" / "thing.pyd").write_bytes(program(stamp=1))
    other = tmp_path / "other" / "readiness"
    shutil.copytree(one, other, symlinks=True)
    return one, other


def change_words(folder: Path) -> None:
    (folder / "_internal" / "Íñigo.txt").write_text("other words", encoding="utf-8")


def leave_out(folder: Path) -> None:
    (folder / "_internal" / "Íñigo.txt").unlink()


def add(folder: Path) -> None:
    (folder / "_internal" / "__pycache__.pyc").touch()


def forbid_running(folder: Path) -> None:
    (folder / "readiness").chmod(0o644)


def lead_elsewhere(folder: Path) -> None:
    (folder / "readiness-window").unlink()
    (folder / "readiness-window").symlink_to("_internal")


def replace_link(folder: Path) -> None:
    (folder / "readiness-window").unlink()
    shutil.copy(folder / "readiness", folder / "readiness-window")


def change_program(folder: Path) -> None:
    (folder / "_internal" / "thing.pyd").write_bytes(program(stamp=1, code=b"evil"))


PLANTED = [
    (change_words, "_internal/Íñigo.txt differs"),
    (leave_out, "_internal/Íñigo.txt is only in the first"),
    (add, "_internal/__pycache__.pyc is only in the second"),
    (forbid_running, "readiness is a runs in the first, a file in the second"),
    (lead_elsewhere, "readiness-window differs"),
    (replace_link, "readiness-window is a link in the first, a runs in the second"),
    (change_program, "_internal/thing.pyd differs"),
]


@pytest.mark.parametrize(("plant", "sentence"), PLANTED)
def test_a_planted_difference_is_found(
    plant: Callable[[Path], None], sentence: str, builds: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = builds
    assert compare_builds.main([str(one), str(other)]) == 0
    plant(other)
    assert compare_builds.main([str(one), str(other)]) == 1
    assert f"DIFFERENT  {sentence}\n" in capsys.readouterr().out


@pytest.mark.parametrize(("plant", "sentence"), PLANTED)
def test_and_in_archives_too(
    plant: Callable[[Path], None], sentence: str, builds: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    packed = [folder.with_name("build.tar.xz") for folder in builds]
    plant(builds[1])
    for folder, target in zip(builds, packed, strict=True):
        archive.pack(folder, target, archive.EPOCH_S)
    assert compare_builds.main([str(target) for target in packed]) == 1
    assert f"DIFFERENT  {sentence}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "changed",
    [program(stamp=1_700_000_000), program(stamp=3, signature=b"signed by somebody")],
    ids=["time and checksum", "signed"],
)
def test_a_time_and_a_signature_are_explained(
    changed: bytes, builds: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = builds
    (other / "_internal" / "thing.pyd").write_bytes(changed)
    assert compare_builds.main([str(one), str(other)]) == 0
    said = capsys.readouterr().out
    assert "explained  _internal/thing.pyd differs (time stamp, checksum or signature of a Windows program)" in said
    packed = [folder.with_name("build.zip") for folder in builds]
    for folder, target in zip(builds, packed, strict=True):
        archive.pack_zip(folder, target, archive.EPOCH_S)
    assert compare_builds.main([str(target) for target in packed]) == 0


def test_the_seal_of_an_app_is_explained(builds: tuple[Path, Path]) -> None:
    (builds[1] / "_CodeSignature").mkdir()
    (builds[1] / "_CodeSignature" / "CodeResources").write_text("sealed today")
    assert compare_builds.main([str(folder) for folder in builds]) == 0


def test_a_folder_and_its_own_archive_are_the_same(builds: tuple[Path, Path], tmp_path: Path) -> None:
    target = tmp_path / "build.tar.xz"
    archive.pack(builds[0], target, archive.EPOCH_S)
    assert compare_builds.main([str(builds[0]), str(target)]) == 0


@pytest.mark.parametrize("data", [b"", b"MZ", b"MZ" + bytes(100), program()[:200]])
def test_what_is_no_whole_program_has_nothing_to_overlook(data: bytes) -> None:
    assert compare_builds.without_pe_stamps(data) == data


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "a.zip").write_bytes(b"no zip")
    (tmp_path / "a.tar.xz").write_bytes(b"no tar")
    for word in ("a.txt", "a.zip", "a.tar.xz", "nothing"):
        assert compare_builds.main([str(tmp_path), str(tmp_path / word)]) == 2
    assert compare_builds.main([str(tmp_path)]) == 2
    lines = capsys.readouterr().err.splitlines()
    endings = [
        "a.txt is neither a folder nor an archive.",
        "a.zip is no whole archive.",
        "a.tar.xz is no whole archive.",
    ]
    for line, ending in zip(lines, [*endings, "nothing is not there.", "folders or archives."], strict=True):
        assert line.endswith(ending)


def test_zips_are_the_same_whoever_packs_them(builds: tuple[Path, Path], tmp_path: Path) -> None:
    for number, folder in enumerate(builds):
        archive.pack_zip(folder, tmp_path / f"{number}.zip", 1_700_000_000)
    assert (tmp_path / "0.zip").read_bytes() == (tmp_path / "1.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "0.zip") as packed:
        assert packed.testzip() is None
        assert packed.namelist()[0] == "readiness/_internal/thing.pyd"
