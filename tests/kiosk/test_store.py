from __future__ import annotations

from pathlib import Path

import pytest

from readiness.kiosk import signing, store
from readiness.kiosk.config import DEFAULT, ConfigError
from readiness.kiosk.store import Store
from tests.kiosk.conftest import Write


def test_a_kiosk_that_nobody_has_set_up_works_as_it_is(store: Store) -> None:
    assert store.load().config == DEFAULT
    assert store.load_last_good().config == DEFAULT
    store.keep_good(store.load())
    assert not store.has_good


def test_settings_are_taken_and_used(store: Store, settings: Write) -> None:
    assert store.install(settings(2)).version == 2
    assert store.load().config.version == 2


def test_wrong_settings_change_nothing(store: Store, settings: Write) -> None:
    store.install(settings(2))
    with pytest.raises(ConfigError):
        store.install(settings(3, "idle = 1"))
    assert store.load().config.version == 2


def test_an_older_version_is_refused(store: Store, settings: Write) -> None:
    store.install(settings(5))
    with pytest.raises(ConfigError, match=r"^new\.toml has version 4, but this kiosk has used version 5\."):
        store.install(settings(4))


def test_the_same_version_with_other_settings_is_refused(store: Store, settings: Write) -> None:
    store.install(settings(5))
    store.install(settings(5))
    with pytest.raises(ConfigError, match="has the same version 5"):
        store.install(settings(5, "voice = false"))


def test_a_file_that_was_put_in_place_by_hand_may_not_be_older_than_one_that_worked(
    store: Store, settings: Write
) -> None:
    store.install(settings(5))
    store.keep_good(store.load())
    store.path.write_bytes(settings(4).read_bytes())
    with pytest.raises(ConfigError, match="has version 4"):
        store.load()
    assert store.load_last_good().config.version == 5


def test_broken_settings_can_be_replaced(store: Store, settings: Write) -> None:
    store.path.write_text("torn = ")
    assert store.install(settings(1)).version == 1


def test_the_settings_that_worked_are_kept_once(store: Store, own: Path, settings: Write) -> None:
    store.install(settings(5))
    store.keep_good(store.load())
    before = (own / "last-good.toml").stat().st_ino
    store.keep_good(store.load())
    assert (own / "last-good.toml").stat().st_ino == before
    assert store.has_good


def test_with_a_key_only_signed_settings_are_taken(store: Store, machine: Path, own: Path, settings: Write) -> None:
    secret, public = signing.make_key()
    (machine / "kiosk.pub").write_text(public + "\n")
    with pytest.raises(ConfigError, match="is not signed"):
        store.install(settings(2))
    path = settings(2)
    path.write_bytes(signing.sign(path.read_bytes(), secret, "secret"))
    store.install(path)
    store.keep_good(store.load())
    # What the kiosk itself has noted down is trusted no more than a file from elsewhere.
    (own / "last-good.toml").write_bytes(settings(2, "voice = false").read_bytes())
    assert store.load_last_good().config == DEFAULT


def test_a_folder_that_cannot_be_written_is_said(machine: Path, own: Path, settings: Write) -> None:
    (machine / "file").write_text("")
    store = Store(machine / "file", own)
    with pytest.raises(ConfigError, match=r"cannot be written: "):
        store.install(settings(1))


@pytest.mark.parametrize("noted", ["", "x", "99999999999999999999"])
def test_a_torn_note_of_the_version_stops_nobody(store: Store, own: Path, settings: Write, noted: str) -> None:
    own.mkdir()
    (own / "version.txt").write_text(noted)
    store.install(settings(1))
    assert store.load().config.version == 1


@pytest.mark.parametrize(
    ("system", "folder"),
    [
        ("linux", "/etc/readiness"),
        ("darwin", "/Library/Application Support/Video Visit Readiness"),
        ("win32", r"D:\Data/Video Visit Readiness"),
    ],
)
def test_the_machines_folder(monkeypatch: pytest.MonkeyPatch, system: str, folder: str) -> None:
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setenv("PROGRAMDATA", r"D:\Data")
    assert str(store.machine_folder()) == folder


def test_this_computers_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert store.own_folder() == tmp_path / "readiness" / "kiosk"
    assert Store.of_this_computer().path == store.machine_folder() / "kiosk.toml"
    assert Store.of_this_computer(tmp_path / "other.toml").path == tmp_path / "other.toml"
