"""A broker for a test, and kiosks that report to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from readiness.fleet.backoff import Backoff
from readiness.fleet.config import FleetConfig
from readiness.fleet.reporter import Reporter
from tests.fleet.broker import Broker

Report = Callable[..., Reporter]


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
