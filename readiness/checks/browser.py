"""Judges whether a browser is installed in which a video visit works, and whether it is a recent one.

What is recommended on which system and which versions are current is the profile's. A version is judged only by a table
of current versions, and by that table only for six months from its day; a version that is unknown, or a browser that is
not in the table, is never held against the person.

Which browser is the default counts only where it would lead the person astray, into Internet Explorer or another
browser that cannot hold a visit. Whoever has Chrome installed and Edge as default is ready: we open the visit's page in
the recommended browser, and Edge would do as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from readiness.check import Check
from readiness.model import Failure, Finding, Status
from readiness.profile import Requirement
from readiness.readings import BrowserReading, InstalledBrowser, OsFamily
from readiness.shape import Flaw, Section, shown
from readiness.text import N_

#: How long a table of current versions says anything: browsers get a new major version every four weeks, and after half
#: a year without a new table we know nothing of what is current.
TABLE_LASTS_MONTHS: Final = 6

#: Browsers that can hold a video visit in a page (they are built on the engines of Chrome, Firefox or Safari, with calls
#: switched on). Ids as in a reading; a profile may say otherwise.
SUITABLE: Final = (
    "chrome",
    "msedge",
    "firefox",
    "safari",
    "chromium",
    "ungoogled-chromium",
    "brave",
    "opera",
    "opera-gx",
    "vivaldi",
    "duckduckgo",
    "arc",
    "yandex",
    "librewolf",
    "waterfox",
    "floorp",
    "zen",
)

INTERNET_EXPLORER: Final = "msie"

#: Editions for the curious: Chrome Beta is Chrome.
_EDITION: Final = re.compile(r"-(beta|canary|dev|developer|nightly|technology-preview|test)$")

#: Names to recommend a browser by when it is not installed, so that no computer can tell us its name.
_NAMES: Final = {
    "chrome": "Google Chrome",
    "chromium": "Chromium",
    "firefox": "Firefox",
    "msedge": "Microsoft Edge",
    "safari": "Safari",
}

NO_VERSION: Final = N_('{file}: {field} is {value}, but it must begin with a number such as "156".')


class Recommended(Section, frozen=True):
    """Ids of the browsers that the provider recommends, on each system, the first choice first."""

    windows: tuple[str, ...] = ()
    macos: tuple[str, ...] = ()
    linux: tuple[str, ...] = ()

    def on(self, family: OsFamily) -> tuple[str, ...]:
        """What is recommended on ``family``; nothing where the provider says nothing."""
        return {OsFamily.WINDOWS: self.windows, OsFamily.MACOS: self.macos, OsFamily.LINUX: self.linux}.get(family, ())


class CurrentVersions(Section, frozen=True):
    """Which versions were current on one day."""

    read_on: date
    source: str
    """An id in the profile's ``[sources]``."""
    versions: dict[str, str] = {}
    """The current version by the id of its browser; only the number before the first dot counts."""

    def flaw(self) -> Flaw | None:
        for browser, version in self.versions.items():
            if _major(version) is None:
                return Flaw(f"versions.{browser}", NO_VERSION, {"value": shown(version)})
        return None

    def counts_on(self, today: date) -> bool:
        """Whether the table says anything on ``today``: from its own day on, until it is six months old."""
        months = (today.year - self.read_on.year) * 12 + today.month - self.read_on.month
        if today.day < self.read_on.day:
            months -= 1
        return 0 <= months < TABLE_LASTS_MONTHS


class BrowserRequirement(Requirement, frozen=True):
    """What a profile demands of the browser."""

    recommended: Recommended = Recommended()
    suitable: tuple[str, ...] = SUITABLE
    """Ids of browsers that work, recommended or not."""
    versions_behind_allowed: int = 2
    """How many major versions behind the current one are still good."""
    current: CurrentVersions | None = None


class BrowserCheck(Check[BrowserReading, BrowserRequirement]):
    """Is there a browser to hold the visit in? The one that is named in the finding is the one to use.

    ``browser.ok`` says beside its name and version whether the version could be judged: ``version_judged`` is "yes" or
    "no". Only with "yes" may a sentence call the browser current.
    """

    id = "browser"
    reads = BrowserReading
    requires = BrowserRequirement

    def judge(self, reading: BrowserReading, requirement: BrowserRequirement, today: date) -> tuple[Finding, ...]:
        if reading.failure is Failure.NONE_FOUND:
            return (self.finding("none", Status.FAIL),)
        if reading.failure is not None:
            return (self.not_checked(reading.failure),)
        if reading.installed is None or reading.family is None:
            return (self.not_checked(Failure.UNSUPPORTED),)
        if not reading.installed:
            return (self.finding("none", Status.FAIL),)
        judged = _Judged(reading.installed, reading.family, requirement, today)
        if not judged.usable:
            return (self._unusable(reading.installed),)
        return tuple(self._usable(judged)) or (self._ok(judged),)

    def _unusable(self, installed: Sequence[InstalledBrowser]) -> Finding:
        """Nothing on the list will do: named is what the person most likely uses."""
        usual = min(installed, key=lambda browser: (not browser.is_default, browser.id == INTERNET_EXPLORER))
        if usual.id == INTERNET_EXPLORER:
            return self.finding("internet_explorer", Status.FAIL)
        return self.finding("unsupported", Status.FAIL, name=usual.name)

    def _usable(self, judged: _Judged) -> Iterator[Finding]:
        use = judged.to_use
        if not judged.is_recommended(use):
            # Getting the recommended one also cures the age of this one, so there is one thing to do and not two.
            first = judged.recommended[0]
            yield self.finding("not_recommended", Status.WARN, name=use.name, recommended=_NAMES.get(first, first))
        elif judged.is_outdated(use):
            yield self.finding("outdated", Status.WARN, name=use.name, version=use.version or "")
        if judged.leads_astray:
            yield self.finding("not_default", Status.WARN, name=use.name)

    def _ok(self, judged: _Judged) -> Finding:
        use = judged.to_use
        version_judged = "no" if judged.versions_behind(use) is None else "yes"
        return self.finding("ok", Status.PASS, name=use.name, version=use.version or "", version_judged=version_judged)


class _Judged:
    """The installed browsers in the light of one profile on one day."""

    def __init__(
        self, installed: Sequence[InstalledBrowser], family: OsFamily, requirement: BrowserRequirement, today: date
    ) -> None:
        self.recommended = requirement.recommended.on(family)
        self._allowed = requirement.versions_behind_allowed
        current = requirement.current
        self._current = current.versions if current is not None and current.counts_on(today) else {}
        fit = {*requirement.suitable, *self.recommended}
        self.usable = tuple(browser for browser in installed if _kind(browser) in fit)
        self.leads_astray = any(browser.is_default and browser not in self.usable for browser in installed)

    def is_recommended(self, browser: InstalledBrowser) -> bool:
        """Whether the provider recommends it; where it recommends nothing, everything usable will do."""
        return not self.recommended or _kind(browser) in self.recommended

    def versions_behind(self, browser: InstalledBrowser) -> int | None:
        """How many major versions it is behind the current one; None where that is not known."""
        current, own = _major(self._current.get(_kind(browser))), _major(browser.version)
        return None if current is None or own is None else current - own

    def is_outdated(self, browser: InstalledBrowser) -> bool:
        """Whether it is known to be older than the profile allows."""
        return (self.versions_behind(browser) or 0) > self._allowed

    @property
    def to_use(self) -> InstalledBrowser:
        """The one to hold the visit in: recommended, not outdated, the default, in the provider's order."""
        return min(self.usable, key=self._rank)

    def _rank(self, browser: InstalledBrowser) -> tuple[bool, bool, bool, int]:
        kind = _kind(browser)
        order = self.recommended.index(kind) if kind in self.recommended else len(self.recommended)
        return not self.is_recommended(browser), self.is_outdated(browser), not browser.is_default, order


def _kind(browser: InstalledBrowser) -> str:
    return _EDITION.sub("", browser.id)


def _major(version: str | None) -> int | None:
    """The number before the first dot."""
    match = re.match(r"[0-9]{1,9}(?![0-9])", version or "")
    return int(match[0]) if match else None
