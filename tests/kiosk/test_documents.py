"""What ``docs/kiosk.md`` says and the files beside it: they fit the program, and each is what its system reads."""

from __future__ import annotations

import plistlib
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from readiness.exits import Exit
from readiness.kiosk.config import DEFAULT, Place, parse
from readiness.kiosk.faults import SENTENCES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "kiosk.md"
FILES = DOCUMENT.with_suffix("")

SHELL = "{http://schemas.microsoft.com/ShellLauncher/2018/Configuration}"
ASSIGNED = "{http://schemas.microsoft.com/AssignedAccess/2017/config}"
GUID = r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}"


def test_the_example_of_settings_says_the_defaults() -> None:
    example = parse((FILES / "kiosk.toml").read_bytes(), "kiosk.toml")
    assert set(example.place.front_desk) == {"en", "es"}
    assert msgspec.structs.replace(example, place=Place(), version=0) == DEFAULT


def test_settings_that_are_commented_out_are_good_ones() -> None:
    text = (FILES / "kiosk.toml").read_text(encoding="utf-8")
    text = re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE).replace("scrypt$…", "scrypt$16384$8$1$AAAA$AAAA")
    config = parse(text.encode(), "kiosk.toml")
    assert config.printing
    assert config.staff.pin
    assert config.hours.dim_from == "19:00"
    assert config.equipment.camera


def test_every_fault_stands_in_the_document() -> None:
    rows = dict(re.findall(r"^\| (K\d\d) \| (.+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == SENTENCES


def test_every_file_is_named_in_the_document_and_is_there() -> None:
    named = re.findall(r"\]\(kiosk/([^)]+)\)", DOCUMENT.read_text(encoding="utf-8"))
    assert sorted(set(named)) == sorted(path.name for path in FILES.iterdir())


def test_shell_launcher_knows_the_exit_statuses() -> None:
    root = ElementTree.parse(FILES / "shell-launcher.xml").getroot()
    actions = {
        int(action.attrib["ReturnCode"]): action.attrib["Action"] for action in root.iter(f"{SHELL}ReturnCodeAction")
    }
    assert actions == {
        Exit.STAFF_LEFT: "DoNothing",
        Exit.RESTART_APP: "RestartShell",
        Exit.RESTART_COMPUTER: "RestartDevice",
    }
    shell = root.find(f"{SHELL}Profiles/{SHELL}Profile/{SHELL}Shell")
    assert shell is not None
    assert shell.attrib["Shell"].endswith('readiness-window.exe" --kiosk')
    profiles = [profile.attrib["Id"] for profile in root.iter(f"{SHELL}Profile")]
    assert len(set(profiles)) == 1
    assert re.fullmatch(GUID, profiles[0])


def test_assigned_access_allows_both_programs() -> None:
    root = ElementTree.parse(FILES / "assigned-access.xml").getroot()
    programs = [app.attrib["DesktopAppPath"].rpartition("\\")[2] for app in root.iter(f"{ASSIGNED}App")]
    assert programs == ["readiness-window.exe", "readiness.exe"]
    ids = [found.attrib["Id"] for tag in ("Profile", "DefaultProfile") for found in root.iter(f"{ASSIGNED}{tag}")]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert re.fullmatch(GUID, ids[0])


def test_the_files_for_macos_are_property_lists() -> None:
    agent = plistlib.loads((FILES / "org.videovisitreadiness.kiosk.plist").read_bytes())
    assert agent["ProgramArguments"][1:] == ["--kiosk"]
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    profile = plistlib.loads((FILES / "macos-kiosk.mobileconfig").read_bytes())
    payloads = [profile, *profile["PayloadContent"]]
    assert len({payload["PayloadUUID"] for payload in payloads}) == len(payloads)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    """The programs that a unit starts must be there for it to say so; /bin/true stands for them."""
    for unit in FILES.glob("*.service"):
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.glob("*.service"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_the_unit_for_linux_knows_the_exit_statuses() -> None:
    unit = (FILES / "readiness-kiosk.service").read_text(encoding="utf-8")
    assert f'"$EXIT_STATUS" = {Exit.RESTART_COMPUTER.value} ]; then systemctl --no-block reboot' in unit
    assert f"SuccessExitStatus={Exit.RESTART_COMPUTER.value} 143" in unit
