"""``readiness kiosk …``: each verb as it is typed, and each thing that a person can get wrong."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pytest

from readiness.cli import main
from readiness.kiosk.health import Health, write_health
from readiness.kiosk.heartbeat import Activity
from readiness.kiosk.pin import fits
from readiness.kiosk.restarts import Mode
from readiness.kiosk.store import Store
from tests.kiosk.conftest import Write

Say = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(machine: Path, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readiness.kiosk.store.machine_folder", lambda: machine)
    monkeypatch.setattr("readiness.kiosk.store.own_folder", lambda: own)


def kiosk(*words: object) -> int:
    return main(["kiosk", *map(str, words), "--lang", "en"])


def test_settings_are_checked_with_their_profile(settings: Write, capsys: Say) -> None:
    assert kiosk("check", settings()) == 0
    assert capsys.readouterr().out == "new.toml is in order: version 1.\n"
    assert kiosk("check", settings(more="languages = []")) == 2
    assert capsys.readouterr().err == "new.toml: languages is empty; name at least one language.\n"
    assert kiosk("check", settings(more='profile = "nobody"')) == 2
    assert "nobody" in capsys.readouterr().err


def test_settings_are_installed(settings: Write, store: Store, capsys: Say) -> None:
    assert kiosk("install", settings(3)) == 0
    assert f"Version 3 is in {store.path} now." in capsys.readouterr().out
    assert store.load().config.version == 3
    assert kiosk("install", settings(4, 'profile = "nobody"')) == 2
    assert "nobody" in capsys.readouterr().err
    assert kiosk("install", settings(2)) == 2
    assert (
        capsys.readouterr().err == "new.toml has version 2, but this kiosk has used version 3. Give it a higher one.\n"
    )


def test_from_a_new_key_to_signed_settings_in_use(tmp_path: Path, machine: Path, settings: Write, capsys: Say) -> None:
    key = tmp_path / "secret.key"
    assert kiosk("keygen", key) == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    (machine / "kiosk.pub").write_bytes((tmp_path / "kiosk.pub").read_bytes())
    file = settings()
    assert kiosk("install", file) == 2
    assert "new.toml is not signed" in capsys.readouterr().err
    assert kiosk("sign", file, "--key", key) == 0
    assert kiosk("install", file) == 0


def test_no_key_is_written_over(tmp_path: Path, capsys: Say) -> None:
    assert kiosk("keygen", tmp_path / "a.key") == 0
    assert kiosk("keygen", tmp_path / "a.key") == 2
    assert "a.key is there already." in capsys.readouterr().err
    assert kiosk("keygen", tmp_path / "b.key") == 2
    assert "kiosk.pub is there already." in capsys.readouterr().err
    assert kiosk("keygen", tmp_path / "no folder" / "a.key") == 2
    assert "cannot be written: it does not exist." in capsys.readouterr().err


def test_a_key_of_which_half_is_there_already_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "kiosk.pub").write_text("old", encoding="ascii")
    assert kiosk("keygen", tmp_path / "a.key") == 2
    assert not (tmp_path / "a.key").exists()


def test_what_cannot_be_signed_is_left_alone(
    tmp_path: Path, settings: Write, capsys: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = settings()
    before = file.read_bytes()
    assert kiosk("sign", file, "--key", tmp_path / "none") == 2
    assert "Make a key with “readiness kiosk keygen”." in capsys.readouterr().err
    (tmp_path / "a.key").write_text("no key", encoding="ascii")
    assert kiosk("sign", file, "--key", tmp_path / "a.key") == 2
    assert capsys.readouterr().err == "a.key is no key of “readiness kiosk keygen”.\n"
    kiosk("keygen", tmp_path / "b.key")

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("readiness.kiosk.files.write_whole", full)
    assert kiosk("sign", file, "--key", tmp_path / "b.key") == 2
    assert capsys.readouterr().err.endswith("cannot be written: the disk is full.\n")
    assert file.read_bytes() == before


def line_of(said: str) -> str:
    return said.removeprefix('pin = "').removesuffix('"\n')


def test_a_pin_from_a_pipe(monkeypatch: pytest.MonkeyPatch, capsys: Say) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("2468\n"))
    assert kiosk("pin") == 0
    assert fits("2468", line_of(capsys.readouterr().out))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("second", "status"), [("2468", 0), ("2469", 2)])
def test_a_pin_is_typed_twice(monkeypatch: pytest.MonkeyPatch, capsys: Say, second: str, status: int) -> None:
    typed = iter(["2468", second])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert kiosk("pin") == status
    said = capsys.readouterr()
    assert fits("2468", line_of(said.out)) if status == 0 else said.err == "The two PINs are not the same. Try again.\n"


def test_a_pin_that_is_none(monkeypatch: pytest.MonkeyPatch, capsys: Say) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("12\n"))
    assert kiosk("pin") == 2
    assert capsys.readouterr().err == "A PIN has 4 to 12 digits.\n"


def test_how_the_kiosk_is(own: Path, capsys: Say) -> None:
    assert kiosk("health") == 2
    assert "No kiosk has run on this computer yet" in capsys.readouterr().err
    health = Health(
        app_version="1.0",
        config_version=3,
        written_at_s=1.0,
        uptime_s=60,
        restarts=0,
        visits=2,
        mode=Mode.NORMAL,
        activity=Activity.ATTRACT,
    )
    write_health(own / "health.json", health)
    assert kiosk("health") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["light"], told["visits"], told["config_version"]) == ("green", 2, 3)
