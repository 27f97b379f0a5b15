"""From the kiosk's settings file to what its window must know, and from its supervisor to what staff reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PySide6.QtGui import QGuiApplication, QScreen

from readiness.kiosk.config import KioskConfig, clock
from readiness.kiosk.faults import BY_CHECK, SENTENCES, read_faults
from readiness.kiosk.health import read_health
from readiness.kiosk.heartbeat import Line, SelfTest
from readiness.kiosk.pin import PinGuard
from readiness.kiosk.restarts import Mode
from readiness.model import Report
from readiness.text import N_
from ui.kiosk.keeper import Fault, Keeper
from ui.kiosk.self_check import status_of
from ui.kiosk.session import Patience
from ui.kiosk.setting import Setting

_UPTIME: Final = N_("Running for, in hours")
_RESTARTS: Final = N_("Restarts")
_VISITS: Final = N_("Visitors")
_CONFIG: Final = N_("Version of the settings")
_FILE: Final = N_("Health file")


def setting_of(config: KioskConfig, mode: Mode, fault: str) -> Setting:
    """How the window is set up; ``fault`` is why it rests."""
    patience, hours, equipment = config.session, config.hours, config.equipment
    return Setting(
        patience=Patience(idle_s=patience.idle_s, countdown_s=patience.countdown_s, done_s=patience.done_s),
        languages=config.languages,
        has_tests=mode is Mode.NORMAL,
        has_voice=config.voice,
        printer=config.printing.printer if config.printing else None,
        front_desk=dict(config.place.front_desk.items()),
        phone=config.place.phone,
        volume_pct=equipment.volume_pct,
        camera=equipment.camera,
        microphone=equipment.microphone,
        speaker=equipment.speaker,
        dim_from=clock(hours.dim_from),
        dim_to=clock(hours.dim_to),
        self_test_at=clock(hours.self_test_at) if mode is Mode.NORMAL else None,
        fault=fault if mode is Mode.RESTING else "",
    )


def keeper_of(line: Line, own: Path, guard: PinGuard) -> Keeper:
    """What the window tells the supervisor, and what it reads of the kiosk's own files."""

    def is_pin(pin: str) -> bool:
        if guard.admits(pin):
            return True
        if guard.wait_s() > 0:
            line.tell_fault("K12")
        return False

    return Keeper(
        beat=line.beat,
        wait_for_pin_s=guard.wait_s,
        is_pin=is_pin,
        tell_broken=lambda check_id: line.tell_fault(BY_CHECK[check_id]),
        tell_visit_ended=line.tell_visit_ended,
        keep_self_test=lambda report: line.tell_self_test(_self_test(report)),
        faults=lambda: tuple(_fault(fault.code, fault.at) for fault in read_faults(own / "faults.json")),
        health=lambda: _health(own / "health.json"),
    )


def monitor_called(name: str) -> QScreen:
    """The monitor of a name or a number from 1 on; the first one where there is none such."""
    monitors = QGuiApplication.screens()
    for number, monitor in enumerate(monitors, 1):
        if name in (monitor.name(), str(number)):
            return monitor
    return QGuiApplication.primaryScreen()


def _self_test(report: Report) -> SelfTest:
    statuses = {result.check: status_of(result).value for result in report.results}
    return SelfTest(at_s=datetime.now(UTC).timestamp(), statuses=statuses)


def _fault(code: str, at: datetime) -> Fault:
    return Fault(code, SENTENCES[code], f"{at.astimezone():%Y-%m-%d %H:%M}")


def _health(path: Path) -> Mapping[str, str]:
    health = read_health(path)
    if health is None:
        return {_FILE: str(path)}
    return {
        _UPTIME: f"{health.uptime_s / 3600:.1f}",
        _RESTARTS: str(health.restarts),
        _VISITS: str(health.visits),
        _CONFIG: str(health.config_version),
        _FILE: str(path),
    }
