"""From settings, supervisor and system to the window: what each of them says arrives where it is meant."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from readiness import __version__
from readiness.checks import CHECKS
from readiness.kiosk.config import DEFAULT, parse
from readiness.kiosk.faults import FaultLog
from readiness.kiosk.health import Health, write_health
from readiness.kiosk.heartbeat import Activity, Line
from readiness.kiosk.pin import PinGuard, scrypt_line
from readiness.kiosk.restarts import Mode
from readiness.machine import Choices
from readiness.model import Status
from readiness.profile import Profile
from readiness.readings import OsFamily
from readiness.runner import run
from readiness.testing import FakeMachine
from ui import theme
from ui.demo import scenario
from ui.kiosk import app as apps
from ui.kiosk import volume
from ui.kiosk.configured import keeper_of, monitor_called, setting_of
from ui.kiosk.hands import Hands
from ui.kiosk.screen import Screen
from ui.kiosk.setting import look_for, target_px
from ui.shell import application

SETTINGS = b"""
schema_version = 1
version = 3
languages = ["es", "en"]
voice = false

[session]
idle_s = 90

[place]
phone = "555-0100"
front_desk = { en = "By the door.", es = "Junto a la puerta." }

[equipment]
camera = "Lobby camera"
volume_pct = 40

[printing]
printer = "Lobby"

[hours]
dim_from = "20:00"
dim_to = "07:00"
self_test_at = "06:00"
"""


def test_settings_arrive() -> None:
    setting = setting_of(parse(SETTINGS, "kiosk.toml"), Mode.NORMAL, "")
    assert setting.patience.idle_s == 90
    assert setting.languages == ("es", "en")
    assert not setting.has_voice
    assert setting.has_tests
    assert setting.printer == "Lobby"
    assert setting.front_desk["es"] == "Junto a la puerta."
    assert (setting.camera, setting.microphone, setting.volume_pct) == ("Lobby camera", None, 40)
    assert (setting.dim_from, setting.dim_to, setting.self_test_at) == (time(20), time(7), time(6))
    assert setting.fault == ""


def test_safe_and_resting_test_nothing() -> None:
    safe = setting_of(DEFAULT, Mode.SAFE, "K03")
    assert not safe.has_tests
    assert safe.self_test_at is None
    assert safe.fault == ""
    assert safe.printer is None
    assert setting_of(DEFAULT, Mode.RESTING, "K04").fault == "K04"


def test_a_visit_has_the_clinics_devices(provider: Profile) -> None:
    setting = setting_of(parse(SETTINGS, "kiosk.toml"), Mode.NORMAL, "")
    visit = apps.visit_of(setting, FakeMachine(), provider)
    assert visit.language == "es"
    assert visit.choices == Choices(camera="Lobby camera")


def test_what_the_supervisor_hears(tmp_path: Path, provider: Profile) -> None:
    said = io.BytesIO()
    guard = PinGuard(scrypt_line("2468"), tmp_path / "pin.json", lambda: 0.0)
    keeper = keeper_of(Line(said), tmp_path, guard)
    report = run(CHECKS, scenario("no_camera"), provider)
    keeper.beat("visit")
    keeper.tell_broken("microphone")
    keeper.tell_visit_ended()
    keeper.keep_self_test(report)
    beat, fault, visit, test = (json.loads(line) for line in said.getvalue().splitlines())
    assert beat == {"beat": "visit"}
    assert fault == {"fault": "K07"}
    assert visit == {"visit_ended": True}
    assert test["self_test"]["statuses"]["camera"] == Status.FAIL
    assert keeper.wait_for_pin_s() == 0
    assert keeper.is_pin("2468")
    for _ in range(5):
        assert not keeper.is_pin("1111")
    assert json.loads(said.getvalue().splitlines()[-1]) == {"fault": "K12"}
    assert len(said.getvalue().splitlines()) == 5


def test_what_staff_reads(tmp_path: Path) -> None:
    guard = PinGuard(None, tmp_path / "pin.json", lambda: 0.0)
    keeper = keeper_of(Line(None), tmp_path, guard)
    assert keeper.faults() == ()
    assert list(keeper.health().values()) == [str(tmp_path / "health.json")]
    FaultLog(tmp_path / "faults.json").note("K06", datetime(2026, 11, 25, 8, tzinfo=UTC))
    health = Health(
        app_version=__version__,
        config_version=3,
        written_at_s=0.0,
        uptime_s=5400,
        restarts=1,
        visits=7,
        mode=Mode.NORMAL,
        activity=Activity.ATTRACT,
    )
    write_health(tmp_path / "health.json", health)
    (fault,) = keeper.faults()
    assert fault.code == "K06"
    assert fault.sentence == "The camera of this kiosk does not work."
    assert list(keeper.health().values()) == ["1.5", "1", "7", "3", str(tmp_path / "health.json")]


# --- The screen


def test_the_monitor(qapp: QApplication) -> None:
    (monitor,) = QGuiApplication.screens()
    for name in (monitor.name(), "1", "", "2"):
        assert monitor_called(name) is monitor


def test_the_window_follows_its_monitor(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    filled: list[str] = []
    screen = Screen(Hands())
    monkeypatch.setattr(screen, "fill", lambda monitor: filled.append(monitor.name()))
    apps.follow_monitor(screen, "1")
    (monitor,) = QGuiApplication.screens()
    monitor.geometryChanged.emit(monitor.geometry())
    qapp.screenAdded.emit(monitor)
    qapp.screenRemoved.emit(monitor)
    assert filled == [monitor.name()] * 3
    screen.deleteLater()


def test_letters_and_targets_for_who_stands(qapp: QApplication) -> None:
    look = look_for(QGuiApplication.primaryScreen(), reduced_motion=True)
    assert look.reduced_motion
    assert 100 <= look.scale_pct <= 400
    assert theme.target_px(look) >= 64


@pytest.mark.parametrize(("dpi", "expected"), [(0.0, 88), (82.0, 88), (141.2, 111), (3000.0, 88)])
def test_what_can_be_pressed_is_20_mm_high_where_the_screen_tells_its_size(dpi: float, expected: int) -> None:
    assert target_px(dpi) == expected


# --- The volume


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (OsFamily.MACOS, (("/usr/bin/osascript", "-e", "set volume output volume 60 without output muted"),)),
        (
            OsFamily.LINUX,
            (
                ("/usr/bin/pactl", "set-sink-mute", "@DEFAULT_SINK@", "0"),
                ("/usr/bin/pactl", "set-sink-volume", "@DEFAULT_SINK@", "60%"),
            ),
        ),
        (OsFamily.OTHER, ()),
    ],
)
def test_how_the_volume_is_set(
    family: OsFamily, expected: tuple[tuple[str, ...], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volume, "found", lambda name: f"/usr/bin/{name}")
    assert volume.commands_for(family, 60) == expected


def test_no_way_to_set_the_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volume, "found", lambda name: None)
    assert not volume.set_volume(OsFamily.LINUX, 60)
    assert not volume.set_volume(OsFamily.WINDOWS, 60)  # which this is not


# --- The program


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def ended_at_once(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop turns for a moment, and ends as staff ends it."""

    def turn() -> int:
        QTimer.singleShot(50, qapp, lambda: qapp.exit(10))
        return QApplication.exec()

    monkeypatch.setattr(qapp, "exec", turn)
    monkeypatch.setattr(apps, "forbid_dumps", lambda: None)
    monkeypatch.setattr(sys, "stdin", None)


@pytest.mark.usefixtures("ended_at_once")
def test_it_beats_until_it_is_ended(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(said))
    settings = state / "kiosk.toml"
    settings.write_bytes(SETTINGS)
    assert apps.main(["--demo", "--config", str(settings), "--mode", "resting", "--fault", "K04"]) == 10
    assert b'{"beat":"resting"}' in said.getvalue()
    theme.apply(application(), theme.Look(reduced_motion=True))


@pytest.mark.usefixtures("ended_at_once")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--mode", "odd"], "invalid choice"),
        (["--demo", "odd"], "There is no scenario odd."),
        (["--config", "/nowhere/kiosk.toml"], "kiosk.toml cannot be read"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], state: Path
) -> None:
    assert apps.main(arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.usefixtures("ended_at_once")
def test_no_screen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(apps, "has_screen", lambda: False)
    assert apps.main([]) == 2
    assert "There is no screen here" in capsys.readouterr().err


def test_it_takes_the_real_machine_unless_told_otherwise() -> None:
    assert type(apps._machine(None)).__name__ == "ThisMachine"


# --- Faults of ours


@pytest.mark.may_log("Maria")
def test_what_is_written_of_a_fault_has_no_words(capsys: pytest.CaptureFixture[str]) -> None:
    with apps.terse_faults():
        try:
            raise ValueError("Maria's camera")
        except ValueError:
            logging.getLogger("ui.somewhere").exception("of Maria")
        logging.getLogger("ui.somewhere").error("Maria again")
    said = capsys.readouterr().err
    assert "Maria" not in said
    assert "ERROR ui.somewhere" in said
    assert "ValueError" in said


def test_a_fault_ends_the_window(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr("ui.kiosk.app.os._exit", ended.append)
    try:
        raise LookupError("Maria")
    except LookupError as error:
        give_up: Callable[..., object] = apps.give_up
        give_up(LookupError, error, error.__traceback__)
        give_up(LookupError, error, None)
    assert ended == [70, 70]
    said = capsys.readouterr().err
    assert "ERROR LookupError test_configured.py:" in said
    assert "Maria" not in said


def test_without_standard_error_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    apps.say("nothing")


def test_settings_keep_their_meaning() -> None:
    """A setting that the window has a default for, and the file, too, has the same one in both."""
    ours, theirs = setting_of(DEFAULT, Mode.NORMAL, ""), DEFAULT.session
    assert (ours.patience.idle_s, ours.patience.countdown_s, ours.patience.done_s) == (
        theirs.idle_s,
        theirs.countdown_s,
        theirs.done_s,
    )
    assert msgspec.structs.asdict(DEFAULT)["version"] == 0
