"""What is known of this computer so far, judged by the profile. No Qt, no words."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from readiness import __version__, runner
from readiness.advice import advice_for
from readiness.check import AnyCheck
from readiness.checks import CHECKS
from readiness.joining import NextStep, next_step
from readiness.last_time import Memory
from readiness.model import Finding, OsFamily, Reading, Report, Result
from readiness.outlook import Forecast, forecast
from readiness.profile import Profile
from readiness.readings import BandwidthReading


class Known:
    """Results, what runs have told so far, and what follows from them."""

    def __init__(self, profile: Profile, family: OsFamily) -> None:
        self._profile = profile
        self._family = family
        self._started_at = datetime.now(UTC)
        self.results: dict[str, Result] = {}
        """By check id; a check that is not in it has not come to an end yet."""
        self.partial: dict[str, Reading] = {}
        """What the checks have measured so far that go on now, by their ids."""
        self.line: tuple[tuple[float, float], ...] = ()
        """What the speed test has seen come in so far: (s since its begin, Mbit/s)."""
        self._line_begun = 0.0
        self.memory = Memory(None)
        """What is kept from one start to the next: nothing, unless the patient's window gives another one."""
        self.may_plan = False
        """Whether a test before the visit may be planned: in the patient's window alone."""

    def begin(self, check_id: str) -> None:
        """A check begins to measure: what it told before is old."""
        self.partial.pop(check_id, None)
        if check_id == "bandwidth":
            self.line, self._line_begun = (), time.monotonic()

    def hear(self, check_id: str, reading: Reading) -> None:
        """A check knows more."""
        self.partial[check_id] = reading
        if isinstance(reading, BandwidthReading) and reading.down_mbps is not None and reading.up_mbps is None:
            self.line = (*self.line, (time.monotonic() - self._line_begun, reading.down_mbps))

    def end(self, result: Result) -> None:
        """A check is over."""
        self.partial.pop(result.check, None)
        self.results[result.check] = result

    def skipped(self, check_id: str) -> Result:
        """The result of a check that the person leaves out."""
        return self._judged(check_id, None)

    def coaching(self, check_id: str) -> Finding | None:
        """What a check would find if it ended now: for help while the person tries."""
        reading = self.partial.get(check_id)
        return None if reading is None else self._judged(check_id, reading).leading

    def report(self) -> Report:
        """Everything that is known now; what was not measured counts as skipped."""
        return Report(
            app_version=__version__,
            profile_id=self._profile.id,
            profile_edition=self._profile.edition,
            started_at=self._started_at,
            duration_ms=round((datetime.now(UTC) - self._started_at).total_seconds() * 1000),
            family=self._family,
            results=tuple(self.results.get(check.id) or self.skipped(check.id) for check in CHECKS),
        )

    def next(self) -> NextStep:
        """The one thing to do next."""
        return next_step(self.report(), lambda finding_id: advice_for(finding_id).fixable)

    def outlook(self) -> Forecast:
        """What the line will carry."""
        return forecast(self.report(), self._profile)

    def _judged(self, check_id: str, reading: Reading | None) -> Result:
        return runner.judged(_BY_ID[check_id], self._profile, reading, self._started_at.date())


_BY_ID: Final[Mapping[str, AnyCheck]] = {check.id: check for check in CHECKS}
