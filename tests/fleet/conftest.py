"""A broker for a test, and kiosks that report to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from readiness.fleet.backoff import Backoff
from readiness.fleet.config import FleetConfig
from readiness.fleet.reporter import Reporter
from readiness.kiosk.health import Health
from readiness.kiosk.heartbeat import Activity
from readiness.kiosk.restarts import Mode
from tests.fleet.broker import Broker

Report = Callable[..., Reporter]


def health(**what: object) -> Health:
    fields: dict[str, object] = {
        "app_version": "1.0",
        "config_version": 2,
        "written_at_s": 1_800_000_000.0,
        "uptime_s": 3,
        "restarts": 0,
        "visits": 0,
        "mode": Mode.NORMAL,
        "activity": Activity.ATTRACT,
    }
    return Health(**{**fields, **what})  # type: ignore[arg-type]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder)
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def report(tmp_path: Path) -> Iterator[Report]:
    """Starts a reporter, which waits a tenth of a second between two tries."""
    reporters: list[Reporter] = []

    def started(config: FleetConfig, backoff: Backoff | None = None) -> Reporter:
        reporter = Reporter(config, tmp_path / "queue.sqlite", backoff=backoff or Backoff(lambda: -0.4))
        reporters.append(reporter)
        reporter.start()
        return reporter

    yield started
    for reporter in reporters:
        reporter.stop()
