"""What was laid down for a computer is a default, below the command line and the person; a mistake in it is one sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from readiness import cli, policy
from readiness.exits import Exit
from readiness.policy import REGISTRY_KEY, Policy, PolicyError, ask_file, ask_registry, laid_down


def registry(values: Mapping[str, object] | Exception) -> SimpleNamespace:
    """The module winreg over one key with these values; FileNotFoundError is what the real one raises (WinError 2)."""

    @contextmanager
    def open_key(root: object, path: str) -> Iterator[str]:
        assert (root, path) == ("HKLM", REGISTRY_KEY)
        if isinstance(values, Exception):
            raise values
        yield path

    def query(key: str, name: str) -> tuple[object, int]:
        assert isinstance(values, Mapping)
        if name not in values:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return values[name], 1

    return SimpleNamespace(OpenKey=open_key, QueryValueEx=query, HKEY_LOCAL_MACHINE="HKLM")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The policy file of this computer, which is not there yet."""
    path = tmp_path / "policy.toml"
    monkeypatch.setitem(policy.FILES, "linux", path)
    return path


def test_nobody_laid_anything_down(file: Path) -> None:
    assert laid_down() == Policy()


def test_a_file_says_all_three(file: Path) -> None:
    file.write_text('profile = "generic"\nlanguage = "es"\nkiosk = "/etc/readiness/kiosk.toml"\n', encoding="utf-8")
    assert laid_down() == Policy(profile="generic", language="es", kiosk="/etc/readiness/kiosk.toml")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("language = 'fr'", 'language is "fr", but it must be one of en, es.'),
        ("profil = 'generic'", "profil is not a known name; did you mean profile?"),
        ("profile = 7", "profile is 7, but it must be a text in quotation marks."),
        ("profile = 'ours.toml'", 'profile is "ours.toml", but it must be a whole path from the root on.'),
        ("kiosk = 'kiosk.toml'", 'kiosk is "kiosk.toml", but it must be a whole path from the root on.'),
        ("profile = ", "line 1, column 11: this is not TOML; look for"),
        ("profile = '\xff'", "byte 12 is not UTF-8; save the file as UTF-8."),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(file: Path, content: str, sentence: str) -> None:
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(PolicyError) as refused:
        laid_down()
    assert str(refused.value).startswith(f"{file}: ")
    assert sentence in str(refused.value)


def test_a_whole_path_is_a_profile(file: Path) -> None:
    assert laid_down(lambda: ("here", {"profile": "/srv/our clinic.toml"})).profile == "/srv/our clinic.toml"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        ask_file(tmp_path)


def test_the_registry_says_the_same_by_the_same_names() -> None:
    # What the installer writes without the property LANGUAGE; a value of somebody else's is not ours to judge.
    told = registry({"profile": "generic", "language": "", "kiosk": "", "installed_by": "x"})
    assert ask_registry(told)[1] == {"profile": "generic", "language": "", "kiosk": ""}
    assert laid_down(lambda: ask_registry(told)) == Policy(profile="generic")
    assert laid_down(lambda: ask_registry(registry({}))) == Policy()
    assert laid_down(lambda: ask_registry(registry(FileNotFoundError(2, "not there")))) == Policy()


def test_a_registry_that_says_no_is_told() -> None:
    with pytest.raises(PolicyError, match=r"HKEY_LOCAL_MACHINE.SOFTWARE.Video Visit Readiness: this file cannot be"):
        ask_registry(registry(PermissionError(13, "Access is denied")))


def test_windows_asks_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", registry({"language": "es"}))
    assert laid_down() == Policy(language="es")


def terminal(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(words)
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)


@pytest.mark.usefixtures("quiet")
class TestTheTerminal:
    def test_speaks_its_language_and_follows_its_profile(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file.write_text('profile = "generic"\nlanguage = "es"', encoding="utf-8")
        _, shown, _ = terminal(capsys, "profile", "show")
        assert '"id": "generic"' in shown
        _, spanish, _ = terminal(capsys, "join")
        _, english, _ = terminal(capsys, "join", "--lang", "en")
        assert spanish != english
        assert spanish == terminal(capsys, "join", "--lang", "es", "--profile", "generic")[1]

    def test_is_overruled_by_what_is_typed(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file.write_text('profile = "generic"\nlanguage = "es"', encoding="utf-8")
        typed = terminal(capsys, "join", "--lang", "en", "--profile", "kaiser_permanente")[1]
        file.unlink()
        assert typed == terminal(capsys, "join")[1]

    @pytest.mark.parametrize("words", [("join",), ("--help",)])
    def test_says_what_is_wrong_with_it(self, file: Path, capsys: pytest.CaptureFixture[str], words: Any) -> None:
        file.write_text('language = "fr"', encoding="utf-8")
        status, _, complaint = terminal(capsys, *words)
        assert status == Exit.BAD_INPUT
        assert complaint == f'{file}: language is "fr", but it must be one of en, es.\n'
