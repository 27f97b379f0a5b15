"""Linux: what device nodes answer, and who holds one. The answers are laid out as the kernel lays them out."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness.model import Failure
from readiness.probes import camera_linux
from readiness.probes.camera_linux import Capability, find_cameras, holders, parse_capability
from readiness.probes.camera_list import FoundCamera


def answer(driver: str, card: str, capabilities: int, device_caps: int) -> bytes:
    """A struct v4l2_capability as VIDIOC_QUERYCAP fills it."""
    return struct.pack(
        "<16s32s32sIII12x", driver.encode(), card.encode(), b"usb-0000:00:14.0-8", 0x60100, capabilities, device_caps
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # A laptop's camera and the node beside it that only tells about its pictures.
        (
            answer("uvcvideo", "Integrated Camera: Integrated C", 0x84A00001, 0x04200001),
            Capability("uvcvideo", "Integrated Camera: Integrated C", captures=True),
        ),
        (
            answer("uvcvideo", "Integrated Camera: Integrated C", 0x84A00001, 0x04A00000),
            Capability("uvcvideo", "Integrated Camera: Integrated C", captures=False),
        ),
        # PipeWire's imitation.
        (answer("PipeWire", "LabCam", 0x84200001, 0x04200001), Capability("PipeWire", "LabCam", captures=True)),
        # A board's camera (multi planar), a decoder, and an old driver without device_caps.
        (answer("rkisp1", "rkisp1", 0x84201000, 0x04201000), Capability("rkisp1", "rkisp1", captures=True)),
        (answer("bcm2835", "decode", 0x84204000, 0x04204000), Capability("bcm2835", "decode", captures=False)),
        (answer("gspca", "Old", 0x05000001, 0), Capability("gspca", "Old", captures=True)),
        # A name that fills its field has no end mark; one that is not UTF-8 does not break anything.
        (answer("x" * 16, "y" * 32, 0x80000000, 1), Capability("x" * 16, "y" * 32, captures=True)),
        (struct.pack("<16s32s56x", b"d", b"caf\xe9"), Capability("d", "caf\ufffd", captures=False)),
    ],
)
def test_capabilities_are_read(raw: bytes, expected: Capability) -> None:
    assert len(raw) == 104
    assert parse_capability(raw) == expected


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty /dev, and a /sys that knows one name."""
    monkeypatch.setattr(camera_linux, "_NODES", tmp_path)
    names = tmp_path / "sys"
    (names / "video3").mkdir(parents=True)
    (names / "video3" / "name").write_text("Locked Camera\n", encoding="utf-8")
    monkeypatch.setattr(camera_linux, "_NAMES", names)
    return tmp_path


def test_cameras_are_found(nodes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Capability | int] = {
        "video0": Capability("uvcvideo", "First", captures=True),
        "video1": Capability("uvcvideo", "First", captures=False),
        "video2": errno.ENXIO,
        "video3": errno.EACCES,
        "video4": errno.EBUSY,
        "video10": Capability("v4l2 loopback", "", captures=True),
    }
    for name in [*answers, "video", "videotext", "audio0"]:
        (nodes / name).touch()

    def ask(node: Path) -> Capability:
        said = answers[node.name]
        if isinstance(said, int):
            raise OSError(said, os.strerror(said))
        return said

    monkeypatch.setattr(camera_linux, "ask_capability", ask)
    assert find_cameras() == [
        FoundCamera("First", ((200, 0),), str(nodes / "video0"), "uvcvideo"),
        FoundCamera("Locked Camera", ((200, 3),), str(nodes / "video3")),
        FoundCamera("video4", ((200, 4),), str(nodes / "video4")),
        FoundCamera("video10", ((200, 10),), str(nodes / "video10"), "v4l2 loopback"),
    ]
    trouble = {camera.name: camera_linux.trouble(camera) for camera in find_cameras()}
    assert trouble == {"First": None, "Locked Camera": Failure.BLOCKED, "video4": Failure.BUSY, "video10": None}
    assert all(camera_linux.is_present(camera) for camera in find_cameras())


def test_what_is_no_camera_does_not_answer(nodes: Path) -> None:
    (nodes / "video0").touch()
    camera = FoundCamera("gone", ((200, 0),), str(nodes / "video0"))
    assert find_cameras() == []
    assert not camera_linux.is_present(camera)
    assert camera_linux.trouble(camera) is None
    assert not camera_linux.is_present(FoundCamera("nowhere", ()))


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[Path]:
    """A file that another program has open."""
    held = tmp_path / "video0"
    held.touch()
    program = "import sys; file = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-I", "-c", program, str(held)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"open\n"
        yield held


def test_who_holds_a_node_is_named(holder: Path) -> None:
    (name,) = holders(holder)
    assert name.startswith("python")
    assert camera_linux.held_by(FoundCamera("held", (), str(holder))) == (name,)


def test_we_do_not_count(tmp_path: Path) -> None:
    ours = tmp_path / "video0"
    with ours.open("w"):
        assert holders(ours) == ()
    assert camera_linux.held_by(FoundCamera("nowhere", ())) == ()


def test_names_of_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "video0"
    node.touch()
    processes = tmp_path / "proc"
    for number, (short, line) in enumerate(
        [
            ("zoom", b"/opt/zoom/zoom\0"),
            ("gnome-video-eff", b"/usr/bin/gnome-video-effects\0--now\0"),
            ("a-thread-s-name", b"/usr/bin/other\0"),
            ("zoom", b"/opt/zoom/zoom\0"),
        ],
        start=4_000_000,
    ):
        folder = processes / str(number)
        (folder / "fd").mkdir(parents=True)
        (folder / "fd" / "7").symlink_to(node)
        (folder / "fd" / "8").write_text("not a link", encoding="utf-8")
        (folder / "comm").write_text(short + "\n", encoding="utf-8")
        (folder / "cmdline").write_bytes(line)
    (processes / "4000009" / "fd").mkdir(parents=True)
    (processes / "4000009" / "fd" / "7").symlink_to(node)  # ends while it is looked at: no name any more
    (processes / "4000010").mkdir()  # another user's: no look at what it has open
    (processes / "self").mkdir()
    monkeypatch.setattr(camera_linux, "_PROCESSES", processes)
    assert holders(node) == ("a-thread-s-name", "gnome-video-effects", "zoom")
