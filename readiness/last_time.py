"""What changed since last time, on this computer: a small file of results, one sentence out of it, and the way to forget.

The file holds ids of findings, statuses, and the names of camera, microphone and speaker as reports keep them. No
numbers, no addresses, no names of people. A kiosk, a demonstration and the terminal keep nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

import msgspec

from readiness.days import tell_day
from readiness.model import Report, Status
from readiness.text import N_, translate

VERSION: Final = 1

#: A file of ours has one kilobyte or two; more is not ours.
_MAX_BYTES: Final = 1 << 16

#: From this age on, a day is told by its date: before, its weekday is enough.
_WEEK: Final = timedelta(days=7)

#: What can be something else than last time, by the checks that know its name.
_NAMED: Final = ("camera", "microphone", "speaker")


class Kept(msgspec.Struct, frozen=True):
    """What one check came to."""

    status: Status
    finding: str | None = None
    """The id of the leading finding."""
    name: str | None = None
    """What was tested, as a report calls it."""


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of one test."""

    version: int = VERSION
    tested_at: datetime
    profile: str
    checks: Mapping[str, Kept]


def trace_of(report: Report, now: datetime) -> Trace:
    """What is to be kept of a report; ``now`` in UTC."""
    from readiness.privacy import without_people  # only now: the first page does not need it

    checks = {}
    for result in report.results:
        reading = result.reading and without_people(result.reading)
        name = getattr(reading, "name", None) if result.check in _NAMED else None
        checks[result.check] = Kept(result.status, result.leading.id if result.leading else None, name)
    return Trace(tested_at=now, profile=report.profile_id, checks=checks)


# --- What changed

#: Worth a word when it went from good to bad: what a person may have changed, or what needs mending now.
_WORSE: Final = {
    "camera": N_("The camera worked {when}. Now it does not."),
    "microphone": N_("The microphone worked {when}. Now it does not."),
    "speaker": N_("The speaker worked {when}. Now it does not."),
    "connection": N_("The internet worked {when}. Now it does not."),
    "bandwidth": N_("The internet was fast enough {when}. Now it is too slow."),
    "call_quality": N_("A test call worked {when}. Now it does not."),
    "browser": N_("The browser was fine {when}. Now it is not."),
    "operating_system": N_("The system was fine {when}. Now it is too old."),
}
_BETTER: Final = {
    "camera": N_("The camera did not work {when}. Now it does."),
    "microphone": N_("The microphone did not work {when}. Now it does."),
    "speaker": N_("The speaker did not work {when}. Now it does."),
    "connection": N_("The internet did not work {when}. Now it does."),
    "bandwidth": N_("The internet was too slow {when}. Now it is fast enough."),
    "call_quality": N_("A test call did not work {when}. Now it does."),
    "browser": N_("The browser was not fine {when}. Now it is."),
    "operating_system": N_("The system was too old {when}. Now it is fine."),
}
_OTHER: Final = {
    "camera": N_("You used another camera {when}."),
    "microphone": N_("You used another microphone {when}."),
    "speaker": N_("You used another speaker {when}."),
}

_ON_WEEKDAY: Final = (
    N_("on Monday"),
    N_("on Tuesday"),
    N_("on Wednesday"),
    N_("on Thursday"),
    N_("on Friday"),
    N_("on Saturday"),
    N_("on Sunday"),
)

_GOOD: Final = frozenset({Status.PASS, Status.WARN})


class Change(msgspec.Struct, frozen=True):
    """The one change to tell."""

    sentence: str
    """N_-marked, with ``{when}`` in it."""
    status: Status
    """How it is to be shown: FAIL for the worse, PASS for the better, SKIPPED for something else than before."""


def change_between(before: Trace, after: Trace) -> Change | None:
    """What changed most: first what works no more, then what is another one, then what works again; else None.

    Only what was measured both times counts, and only by the demands of the same provider.
    """
    both = [(check, before.checks[check], now) for check, now in after.checks.items() if check in before.checks]
    same_demands = before.profile == after.profile
    for check, then, now in both:
        if same_demands and check in _WORSE and then.status in _GOOD and now.status is Status.FAIL:
            return Change(_WORSE[check], Status.FAIL)
    for check, then, now in both:
        if check in _OTHER and then.name and now.name and then.name != now.name:
            return Change(_OTHER[check], Status.SKIPPED)
    for check, then, now in both:
        if same_demands and check in _BETTER and then.status is Status.FAIL and now.status in _GOOD:
            return Change(_BETTER[check], Status.PASS)
    return None


def tell_change(change: Change, tested_at: datetime, now: datetime, language: str, zone: tzinfo | None = None) -> str:
    """The change as one or two short sentences. ``zone``: whose calendar counts; None for this computer's."""
    return translate(change.sentence, language).format(when=_when(tested_at, now, language, zone))


def _when(tested_at: datetime, now: datetime, language: str, zone: tzinfo | None) -> str:
    then, today = tested_at.astimezone(zone).date(), now.astimezone(zone).date()
    if then >= today:  # today, or by a clock that was ahead
        return translate(N_("last time"), language)
    if then == today - timedelta(days=1):
        return translate(N_("yesterday"), language)
    if today - then < _WEEK:
        return translate(_ON_WEEKDAY[then.weekday()], language)
    return translate(N_("on {day}"), language).format(day=tell_day(then, language))


# --- Keeping


def trace_path() -> Path:
    """Where the last results lie: the folder in which this system keeps a person's data."""
    from platformdirs import user_data_path

    return user_data_path("readiness", appauthor=False) / "last_results.json"


def forget(path: Path) -> bool:
    """Remove the last results; whether there were any. Raises OSError where they cannot be removed."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


class Memory:
    """The last results of this computer, read once; those of now are kept in their place. Without a path: nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.before: Trace | None = _read(path) if path else None
        """What was kept when the program started; None for nothing."""
        self._kept: Trace | None = None

    @property
    def keeps(self) -> bool:
        """Whether anything is kept from now on."""
        return self._path is not None

    def keep(self, trace: Trace) -> None:
        """Keep these results, unless they are the ones that are kept already. A full disk costs the memory alone."""
        same = self._kept is not None and self._kept.checks == trace.checks
        if self._path is None or same or not any(kept.status is not Status.SKIPPED for kept in trace.checks.values()):
            return
        self._kept = trace
        with contextlib.suppress(OSError):
            _write(self._path, msgspec.json.encode(trace))

    def forget(self) -> None:
        """Remove what is kept, and keep nothing more until the program starts again. Raises OSError."""
        if self._path:
            forget(self._path)
        self._path = self.before = None


def _read(path: Path) -> Trace | None:
    """What lies there; None for nothing, and for what is not ours: it is written anew after the next test."""
    try:
        with path.open("rb") as file:
            trace = msgspec.json.decode(file.read(_MAX_BYTES), type=Trace)
        trace.tested_at.astimezone(UTC)
    except (OSError, msgspec.MsgspecError, OverflowError):
        return None
    return trace if trace.version == VERSION and trace.tested_at.tzinfo else None


def _write(path: Path, content: bytes) -> None:
    """All or nothing: a new file takes the place of the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path) as fresh:
        fresh.write_bytes(content)
        fresh.replace(path)


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file of its own in the same folder, readable by this person alone, gone afterwards if it is still there."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
