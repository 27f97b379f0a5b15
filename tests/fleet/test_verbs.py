"""``readiness fleet`` in the terminal, against a real broker."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from readiness.cli import main
from readiness.exits import Exit
from readiness.fleet.attached import attached
from readiness.fleet.line import Trouble
from readiness.fleet.listener import Listener
from readiness.fleet.messages import State, encode, last_will, status_of
from readiness.kiosk.restarts import Mode
from tests.fleet.broker import Broker
from tests.kiosk.conftest import health

NOW_S = 1_800_000_000.0


@pytest.fixture(autouse=True)
def _speaks_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[Broker], str]:
    def write(broker: Broker, password: str | None = None) -> str:
        config = broker.config("office", password)
        path = tmp_path / "office.toml"
        fields = ("kiosk", "host", "ca_file", "user", "password_file")
        lines = [f'{field} = "{getattr(config, field)}"' for field in fields]
        path.write_text("\n".join([*lines, f"port = {config.port}"]))
        return str(path)

    return write


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener that has heard a fleet, and a clock that stands still."""

    def listen(self: Listener, go_on: Callable[[], bool]) -> Trouble | None:
        for kiosk, what, state in (
            ("lobby", {"visits": 12}, State.HERE),
            ("er", {"mode": Mode.RESTING, "last_fault": "K04", "restarts": 5, "written_at_s": NOW_S - 90}, State.HERE),
            ("lab", {"written_at_s": NOW_S - 7300}, State.STOPPED),
            ("old", {"written_at_s": NOW_S - 200_000}, State.HERE),
        ):
            self.table.hear(f"readiness/{kiosk}/status", encode(status_of(health(**what), state)))
        self.table.hear("readiness/lost/status", last_will())
        if "is_whole" in go_on.__code__.co_names:  # what is shown once ends by itself
            return None
        assert go_on()
        assert go_on()
        raise KeyboardInterrupt

    monkeypatch.setattr(Listener, "listen", listen)
    monkeypatch.setattr("time.time", lambda: NOW_S)


def test_a_whole_fleet_as_it_is_kept_by_the_broker(
    broker: Broker, file: Callable[[Broker], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kiosk = attached(broker.config("lobby-1"), tmp_path)
    kiosk.tell(health(visits=12, self_test={"camera": "pass"}))
    broker.wait_for("Received PUBLISH")
    assert main(["fleet", "--config", file(broker), "--json"]) == 0
    kiosk.stop()
    told = json.loads(capsys.readouterr().out)
    assert told["kiosks"][0]["kiosk"] == "lobby-1"
    assert told["kiosks"][0]["status"]["visits"] == 12


def test_a_fleet_without_kiosks_says_so(
    broker: Broker, file: Callable[[Broker], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fleet", "--config", file(broker), "--once"]) == 0
    assert "No kiosk has reported yet" in capsys.readouterr().out


def test_a_broker_that_refuses_is_told_in_one_sentence(
    broker: Broker, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fleet", "--config", file(broker, "wrong"), "--once"]) == Exit.BAD_INPUT
    assert capsys.readouterr().err == (
        "localhost does not let us in. Is the user name, the password or the certificate right?\n"
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "2 out of order",
                "er",
                "1 min ago",
                "K04",
                "off, 2 h ago",
                "2 d ago",
                "gone",
                "now",
                "12",
            ],
        ),
        ("es", ["no funciona", "Última señal", "apagado, hace 2 h", "perdido"]),
    ],
)
def test_the_table(
    broker: Broker,
    file: Callable[[Broker], str],
    full: None,
    capsys: pytest.CaptureFixture[str],
    language: str,
    words: list[str],
) -> None:
    assert main(["fleet", "--config", file(broker), "--once", "--lang", language]) == 0
    out = capsys.readouterr().out
    assert [word for word in words if word not in out] == []
    order = [line.split() for line in out.splitlines() if "ago" in line or "hace" in line]
    assert order


def test_it_is_drawn_again_until_somebody_stops_it(
    broker: Broker,
    file: Callable[[Broker], str],
    full: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    assert main(["fleet", "--config", file(broker)]) == 0
    assert "out of order" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("kiosk = 'a'", 'office.toml: host is missing; add host = "…".\n'),
        ("kiosk =", "office.toml: line 1, column 8: this is not TOML;"),
    ],
)
def test_a_wrong_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str) -> None:
    (tmp_path / "office.toml").write_text(text)
    assert main(["fleet", "--config", str(tmp_path / "office.toml")]) == Exit.BAD_INPUT
    assert capsys.readouterr().err.startswith(sentence)
