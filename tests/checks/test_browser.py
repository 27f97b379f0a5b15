"""Which browsers will do, on which system and for how long a table of versions counts, row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from readiness import shape
from readiness.checks.browser import BrowserCheck, BrowserRequirement, CurrentVersions, Recommended
from readiness.model import Failure, Finding, Status
from readiness.readings import BrowserReading, InstalledBrowser, OsFamily

TODAY = date(2026, 11, 21)

DEMANDS = BrowserRequirement(
    required=True,
    recommended=Recommended(windows=("chrome",), macos=("safari", "chrome"), linux=("chrome", "chromium", "firefox")),
    current=CurrentVersions(
        read_on=TODAY, source="test", versions={"chrome": "156", "msedge": "156.0.1", "firefox": "153"}
    ),
)

WINDOWS, MACOS, LINUX, OTHER = OsFamily.WINDOWS, OsFamily.MACOS, OsFamily.LINUX, OsFamily.OTHER

PASS, WARN, FAIL, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN

NAMES = {"chrome": "Google Chrome", "msedge": "Microsoft Edge", "msie": "Internet Explorer"}


def installed(*browsers: str) -> tuple[InstalledBrowser, ...]:
    """Browsers written as "id version", with a star behind the default one: ``"chrome 156.0*"``."""
    found = []
    for browser in browsers:
        id_, _, version = browser.removesuffix("*").partition(" ")
        found.append(InstalledBrowser(id_, NAMES.get(id_, id_), version or None, browser.endswith("*")))
    return tuple(found)


def judge(
    *browsers: str,
    family: OsFamily = WINDOWS,
    requirement: BrowserRequirement = DEMANDS,
    today: date = TODAY,
) -> list[tuple[str, Status]]:
    reading = BrowserReading(family=family, installed=installed(*browsers))
    findings = BrowserCheck().judge(reading, requirement, today)
    return [(finding.id.removeprefix("browser."), finding.status) for finding in findings]


@pytest.mark.parametrize(
    ("browsers", "expected"),
    [
        ((), [("none", FAIL)]),
        # within two major versions of the current one
        (("chrome 156.0.8078.73",), [("ok", PASS)]),
        (("chrome 154.0",), [("ok", PASS)]),
        (("chrome 153.9",), [("outdated", WARN)]),
        (("chrome 90",), [("outdated", WARN)]),
        (("chrome 160.1",), [("ok", PASS)]),
        # an unknown version is never held against the person
        (("chrome",), [("ok", PASS)]),
        (("chrome rubbish",), [("ok", PASS)]),
        # what else is installed, and what is the default, alarms nobody
        (("msedge 156.0*", "chrome 156.0"), [("ok", PASS)]),
        (("msedge 100.0*", "chrome 156.0"), [("ok", PASS)]),
        (("msie 11.0", "chrome 156.0*"), [("ok", PASS)]),
        (("konqueror 5.0", "chrome 156.0"), [("ok", PASS)]),
        (("chrome-beta 157.0",), [("ok", PASS)]),
        (("chrome-beta 120.0", "chrome 156.0"), [("ok", PASS)]),
        # a default that cannot hold a visit leads astray
        (("msie 11.0*", "chrome 156.0"), [("not_default", WARN)]),
        (("msie 11.0*", "chrome 100.0"), [("outdated", WARN), ("not_default", WARN)]),
        (("msie 11.0*", "msedge 156.0"), [("not_recommended", WARN), ("not_default", WARN)]),
        (("konqueror 5.0*", "chrome 156.0"), [("not_default", WARN)]),
        # works, but the provider names another
        (("msedge 156.0*",), [("not_recommended", WARN)]),
        (("msedge 100.0*", "msie 11.0"), [("not_recommended", WARN)]),
        (("brave 1.84.141", "opera 120.0"), [("not_recommended", WARN)]),
        # an old one of the recommended kind is to be renewed, whatever stands beside it
        (("chrome 100.0", "msedge 156.0*"), [("outdated", WARN)]),
        # nothing that works
        (("konqueror 5.0",), [("unsupported", FAIL)]),
        (("konqueror 5.0*", "msie 11.0"), [("unsupported", FAIL)]),
        (("msie 11.0", "konqueror 5.0"), [("unsupported", FAIL)]),
        (("msie 11.0*", "konqueror 5.0"), [("internet_explorer", FAIL)]),
        (("msie 11.0",), [("internet_explorer", FAIL)]),
        (("msie 11.0*",), [("internet_explorer", FAIL)]),
    ],
)
def test_on_windows(browsers: tuple[str, ...], expected: list[tuple[str, Status]]) -> None:
    assert judge(*browsers) == expected


@pytest.mark.parametrize(
    ("family", "browsers", "expected"),
    [
        (MACOS, ("safari 18.1*",), [("ok", PASS)]),
        (MACOS, ("chrome 156.0", "safari 18.1*"), [("ok", PASS)]),
        (MACOS, ("safari-technology-preview 26.2",), [("ok", PASS)]),
        (MACOS, ("firefox 153.0*",), [("not_recommended", WARN)]),
        (LINUX, ("chromium 90.0",), [("ok", PASS)]),  # not in the table: not judged by its age
        (LINUX, ("firefox 151.0",), [("ok", PASS)]),
        (LINUX, ("firefox 150.0",), [("outdated", WARN)]),
        (LINUX, ("falkon 23.4",), [("unsupported", FAIL)]),
        # where nothing is recommended, whatever works will do
        (OTHER, ("firefox 153.0",), [("ok", PASS)]),
        (OTHER, ("firefox 100.0",), [("outdated", WARN)]),
        (OTHER, ("falkon 23.4",), [("unsupported", FAIL)]),
    ],
)
def test_on_other_systems(family: OsFamily, browsers: tuple[str, ...], expected: list[tuple[str, Status]]) -> None:
    assert judge(*browsers, family=family) == expected


@pytest.mark.parametrize(
    ("browsers", "family", "params"),
    [
        (
            ("chrome 156.0.1", "msedge 156.0*"),
            WINDOWS,
            {"name": "Google Chrome", "version": "156.0.1", "version_judged": "yes"},
        ),
        (("chrome",), WINDOWS, {"name": "Google Chrome", "version": "", "version_judged": "no"}),
        (("safari 18.1",), MACOS, {"name": "safari", "version": "18.1", "version_judged": "no"}),
        # the default before the provider's order, what is current before both
        (
            ("chrome 156.0", "firefox 153.0*"),
            LINUX,
            {"name": "firefox", "version": "153.0", "version_judged": "yes"},
        ),
        (
            ("firefox 153.0", "chrome 156.0"),
            LINUX,
            {"name": "Google Chrome", "version": "156.0", "version_judged": "yes"},
        ),
        (
            ("chrome 100.0*", "firefox 153.0"),
            LINUX,
            {"name": "firefox", "version": "153.0", "version_judged": "yes"},
        ),
        (("chrome 100.0.4",), WINDOWS, {"name": "Google Chrome", "version": "100.0.4"}),
        (("opera 9", "msedge 156.0*"), WINDOWS, {"name": "Microsoft Edge", "recommended": "Google Chrome"}),
        (("firefox 153.0",), MACOS, {"name": "firefox", "recommended": "Safari"}),
        (("msie 11.0*", "chrome 156.0"), WINDOWS, {"name": "Google Chrome"}),
        (("msie 11.0", "konqueror 5.0"), WINDOWS, {"name": "konqueror"}),
        (("msie 11.0",), WINDOWS, {}),
        ((), WINDOWS, {}),
    ],
)
def test_the_browser_that_is_named(browsers: tuple[str, ...], family: OsFamily, params: dict[str, str]) -> None:
    reading = BrowserReading(family=family, installed=installed(*browsers))
    finding = BrowserCheck().judge(reading, DEMANDS, TODAY)[0]
    assert finding.params == params


def test_a_recommended_browser_that_we_have_no_name_for_is_called_by_its_id() -> None:
    demands = msgspec.structs.replace(DEMANDS, recommended=Recommended(windows=("vivaldi",)))
    reading = BrowserReading(family=WINDOWS, installed=installed("msedge 156.0"))
    (finding,) = BrowserCheck().judge(reading, demands, TODAY)
    assert finding.params["recommended"] == "vivaldi"


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 20), "ok"),  # a clock that is wrong, or readings older than the table
        (date(2026, 11, 21), "outdated"),
        (date(2027, 5, 20), "outdated"),
        (date(2027, 5, 21), "ok"),
        (date(2027, 11, 22), "ok"),
        (date(2036, 1, 1), "ok"),
    ],
)
def test_the_table_of_current_versions_counts_for_six_months(today: date, expected: str) -> None:
    ((name, _),) = judge("chrome 100.0", today=today)
    assert name == expected
    reading = BrowserReading(family=WINDOWS, installed=installed("chrome 156.0"))
    (ok,) = BrowserCheck().judge(reading, DEMANDS, today)
    assert (ok.id, ok.params["version_judged"]) == ("browser.ok", "yes" if expected == "outdated" else "no")


@pytest.mark.parametrize(
    ("read_on", "today", "counts"),
    [
        (date(2026, 8, 31), date(2027, 2, 28), True),
        (date(2026, 8, 31), date(2027, 3, 1), False),
        (date(2026, 2, 28), date(2026, 8, 27), True),
        (date(2026, 2, 28), date(2026, 8, 28), False),
    ],
)
def test_six_months_end_on_a_day_that_exists(read_on: date, today: date, counts: bool) -> None:
    assert CurrentVersions(read_on=read_on, source="test").counts_on(today) is counts


def test_without_a_table_no_version_is_judged() -> None:
    assert judge("chrome 4.0", requirement=msgspec.structs.replace(DEMANDS, current=None)) == [("ok", PASS)]


def test_how_far_behind_is_the_profiles_choice() -> None:
    strict = msgspec.structs.replace(DEMANDS, versions_behind_allowed=0)
    assert judge("chrome 155.0", requirement=strict) == [("outdated", WARN)]
    assert judge("chrome 156.0", requirement=strict) == [("ok", PASS)]


def test_a_profile_that_says_nothing_takes_any_browser_that_works() -> None:
    assert judge("msedge 12.0", requirement=BrowserRequirement()) == [("ok", PASS)]
    assert judge("konqueror 5.0", requirement=BrowserRequirement()) == [("unsupported", FAIL)]


def test_a_profile_says_what_works() -> None:
    demands = msgspec.structs.replace(DEMANDS, suitable=("konqueror",))
    assert judge("konqueror 5.0", requirement=demands) == [("not_recommended", WARN)]
    assert judge("msedge 156.0", requirement=demands) == [("unsupported", FAIL)]
    assert judge("chrome 156.0", requirement=demands) == [("ok", PASS)]


@pytest.mark.parametrize("failure", [failure for failure in Failure if failure is not Failure.NONE_FOUND])
def test_a_list_that_could_not_be_had_or_is_not_whole_is_never_a_pass(failure: Failure) -> None:
    reading = BrowserReading(family=WINDOWS, installed=installed("chrome 156.0"), failure=failure)
    assert BrowserCheck().judge(reading, DEMANDS, TODAY) == (
        Finding("browser.not_checked", UNKNOWN, {"reason": failure.value}),
    )


@pytest.mark.parametrize(
    "facts",
    [{}, {"family": WINDOWS}, {"installed": installed("chrome 156.0")}, {"installed": ()}],
)
def test_missing_facts_are_never_a_pass(facts: dict[str, Any]) -> None:
    (finding,) = BrowserCheck().judge(BrowserReading(**facts), DEMANDS, TODAY)
    assert (finding.id, finding.status) == ("browser.not_checked", UNKNOWN)


def test_a_machine_without_a_browser() -> None:
    reading = BrowserReading(failure=Failure.NONE_FOUND)
    assert BrowserCheck().judge(reading, DEMANDS, TODAY) == (Finding("browser.none", FAIL),)


def test_a_version_in_a_profile_must_begin_with_a_number() -> None:
    current = {"read_on": TODAY, "source": "a", "versions": {"firefox": "153.7", "chrome": "latest"}}
    with pytest.raises(shape.ShapeError) as refused:
        shape.check({"current": current}, BrowserRequirement)
    assert refused.value.params["field"] == "current.versions.chrome"
    assert refused.value.sentence.format(file="a.toml", **refused.value.params) == (
        'a.toml: current.versions.chrome is "latest", but it must begin with a number such as "156".'
    )


def test_a_sound_section_is_accepted() -> None:
    shape.check(
        {
            "required": True,
            "versions_behind_allowed": 2,
            "recommended": {"windows": ["chrome"]},
            "suitable": ["chrome", "msedge"],
            "current": {"read_on": TODAY, "source": "a", "versions": {"chrome": "156"}},
        },
        BrowserRequirement,
    )
