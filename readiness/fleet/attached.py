"""Whom a kiosk's supervisor tells how it is: the clinic's broker, where the settings name one, else nobody."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final, Protocol

from readiness.fleet.config import FleetConfig
from readiness.kiosk.health import Health

log = logging.getLogger(__name__)

#: The fault for settings of the line that cannot be used.
UNUSABLE: Final = "K15"


class Fleet(Protocol):
    """What the supervisor needs."""

    def tell(self, health: Health) -> str | None:
        """How the kiosk is now; gives the code of a fault that is new. Never waits."""
        ...

    def stop(self) -> None:
        """Say goodbye."""
        ...


class Nobody:
    """Is told nothing; says once why."""

    def __init__(self, fault: str | None = None) -> None:
        self._fault = fault

    def tell(self, health: Health) -> str | None:
        fault, self._fault = self._fault, None
        return fault

    def stop(self) -> None:
        return


def attached(config: FleetConfig | None, own: Path) -> Fleet:
    """The reporter, already started. ``own``: the folder where events wait."""
    if config is None:
        return Nobody()
    # Only here: paho and SQLite are not for kiosks that report to nobody.
    from readiness.fleet.line import LineError
    from readiness.fleet.reporter import Reporter

    try:
        reporter = Reporter(config, own / "fleet.sqlite")
    except LineError as wrong:
        log.error("%s", wrong)
        return Nobody(UNUSABLE)
    reporter.start()
    return reporter
