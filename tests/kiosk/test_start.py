"""``readiness --kiosk`` as a program: what it is told, what it refuses, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from readiness import policy
from readiness.exits import Exit
from readiness.kiosk import start
from readiness.kiosk.only_one import only_one
from readiness.kiosk.start import BadArguments, config_file, ending_by, main
from readiness.kiosk.store import Store
from readiness.kiosk.supervisor import Supervisor
from tests.kiosk.conftest import Write

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def here(machine: Path, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of the machine's settings; the program takes it and ``own`` for this computer's."""
    monkeypatch.setattr("readiness.kiosk.store.machine_folder", lambda: machine)
    monkeypatch.setattr("readiness.kiosk.store.own_folder", lambda: own)
    monkeypatch.setattr(start, "own_folder", lambda: own)
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setattr(start, "forbid_dumps", lambda: None)
    monkeypatch.setitem(policy.FILES, "linux", machine / "policy.toml")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return machine


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stands for the life of the supervisor, which ends with status 20 at once."""
    stores: list[Any] = []

    def run(self: Supervisor) -> int:
        stores.append(self._store)
        return Exit.RESTART_COMPUTER

    monkeypatch.setattr(Supervisor, "run", run)
    return stores


def test_it_runs_with_the_machines_settings(here: Path, runs: list[Store], settings: Write) -> None:
    assert main([]) == 20
    assert runs[0].path == here / "kiosk.toml"


@pytest.mark.parametrize("arguments", [["--config", "FILE"], ["--config=FILE"]])
def test_it_runs_with_settings_that_lie_elsewhere(
    here: Path, runs: list[Store], settings: Write, arguments: list[str]
) -> None:
    file = settings()
    assert main([word.replace("FILE", str(file)) for word in arguments]) == 20
    assert runs[0].path == file


def test_what_is_laid_down_for_this_computer_counts(here: Path, settings: Write) -> None:
    file = settings()
    (here / "policy.toml").write_text(f'kiosk = "{file}"\n', encoding="utf-8")
    assert config_file([]) == file


@pytest.mark.parametrize("arguments", [["--config"], ["--config="], ["--config", ""], ["--conf", "a"], ["a"], ["", ""]])
def test_other_arguments_are_refused(
    here: Path, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadArguments):
        config_file(arguments)
    monkeypatch.setenv("LANGUAGE", "es")
    assert main(arguments) == 2
    assert capsys.readouterr().err == "Escriba “readiness --kiosk” o “readiness --kiosk --config ARCHIVO”.\n"


def test_whoever_sets_it_up_hears_what_is_wrong(
    here: Path, runs: list[Store], settings: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(settings(more="idle = 60"))]) == 2
    assert capsys.readouterr().err.startswith("new.toml: idle is not a known name; ")
    assert main(["--config", str(here / "none.toml")]) == 2
    assert capsys.readouterr().err == "none.toml cannot be read: it does not exist.\n"
    assert not runs


def test_settings_that_break_later_leave_no_dark_screen(
    here: Path, own: Path, runs: list[Store], settings: Write
) -> None:
    store = Store(here, own)
    store.install(settings())
    store.keep_good(store.load())
    (here / "kiosk.toml").write_text("broken", encoding="utf-8")
    assert main([]) == 20


def test_a_second_one_is_refused(here: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with only_one(own / "running.lock"):
        assert main([]) == 2
    assert capsys.readouterr().err == "The kiosk runs already on this computer.\n"


def test_signals_end_it_and_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.delattr("signal.SIGHUP")  # as on Windows
    ended: list[int] = []
    with ending_by(ended.append):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
    assert ended == [143, 130]
    assert signal.getsignal(signal.SIGTERM) is before


def test_it_is_small_and_needs_no_home(tmp_path: Path) -> None:
    """A real one, in an environment with next to nothing in it: neither Qt nor numpy is there before the window is."""
    code = (
        "import json, os, sys, readiness.kiosk.supervisor as supervisor, readiness.kiosk.start as start\n"
        "def run(self):\n"
        "    print(json.dumps(sorted(name.partition('.')[0] for name in sys.modules)))\n"
        "    return 0\n"
        "supervisor.Supervisor.run = run\n"
        "sys.exit(start.main([]))\n"
    )
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env={**kept, "XDG_STATE_HOME": str(tmp_path)},
        cwd=ROOT,
        check=True,
        text=True,
    )
    assert not {"PySide6", "shiboken6", "numpy", "cv2", "paho", "nacl", "argparse"} & set(json.loads(done.stdout))
