"""What the agent reads of a code: every finding in both languages, and nothing claimed that the code does not tell."""

from __future__ import annotations

import re

import pytest

from readiness.joining import Way
from readiness.model import Finding, OsFamily, Status
from readiness.readings import BrowserReading, InstalledBrowser, OperatingSystemReading
from readiness.situation_words import browser_words, situation_object, system_words, tell_caller, tell_causes
from readiness.support_code import Situation, decode, encode, situation_of, tidy
from readiness.support_tables import TABLES, Age, Browser, Edition, System
from tests.test_support_code import VALUES, leading_findings, report_of, result_of


def situation(
    *,
    system: System | None = None,
    browser: Browser | None = None,
    edition: Edition | None = None,
) -> Situation:
    return Situation(
        table=1,
        causes=(),
        system=system or System(),
        browser=browser or Browser(),
        edition=edition or Edition(),
        language="en",
        way=Way.PHONE,
    )


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("check", sorted(VALUES))
def test_every_finding_has_the_agents_words(check: str, language: str) -> None:
    for finding in leading_findings(check):
        told = situation_of(report_of(result_of(check, finding)), "en", Way.COMPUTER)
        cause = next(each for each in tell_causes(told, language) if each.check == check)
        assert len(cause.agent) == len(cause.confirm) == len(cause.findings)
        assert bool(cause.agent) is (finding is not None)
        for said in (*cause.agent, *cause.confirm):
            assert said
            assert not re.search(r"[{}]", said)


def test_what_is_the_matter_comes_first() -> None:
    report = report_of(
        result_of("camera", Finding("camera.ok", Status.PASS)),
        result_of("speaker", Finding("speaker.low", Status.WARN)),
        result_of("bandwidth", Finding("bandwidth.broke_off", Status.FAIL)),
    )
    told = tell_causes(situation_of(report, "en", Way.COMPUTER), "en")
    assert [cause.check for cause in told if cause.findings] == ["bandwidth", "speaker", "camera"]
    assert told[0].status is Status.FAIL


def test_a_value_that_only_the_callers_screen_tells_is_left_open() -> None:
    told = situation_of(
        report_of(result_of("bandwidth", Finding("bandwidth.slow_up", Status.WARN))), "en", Way.COMPUTER
    )
    cause = next(cause for cause in tell_causes(told, "en") if cause.check == "bandwidth")
    assert cause.agent == ("Your internet sends … megabits each second. That is a bit slow.",)


def test_the_system_and_the_browser_are_named_in_the_agents_words() -> None:
    chrome = InstalledBrowser("chrome", "Google Chrome", "150.0", True)
    old = Finding("browser.outdated", Status.WARN, {"name": "Google Chrome", "version": "150"})
    windows = OperatingSystemReading(family=OsFamily.WINDOWS, version="10.19045")
    report = report_of(
        result_of("browser", old, BrowserReading(installed=(chrome,))),
        result_of("operating_system", Finding("operating_system.outdated", Status.WARN), windows),
    )
    said = {cause.check: cause.agent for cause in tell_causes(situation_of(report, "en", Way.COMPUTER), "en")}
    assert said["browser"] == ("Your browser, Google Chrome, needs an update. You have version ….",)
    assert said["operating_system"] == ("Your system, Windows 10, is old. It will still do for this visit.",)


@pytest.mark.parametrize(
    ("system", "told"),
    [
        (System(OsFamily.WINDOWS, "11"), "Windows 11"),
        (System(OsFamily.WINDOWS, "older"), "Windows, an old version"),
        (System(OsFamily.MACOS), "macOS, version not told"),
        (System(OsFamily.LINUX), "Linux"),
        (System(), "not known"),
    ],
)
def test_the_system_in_words(system: System, told: str) -> None:
    assert system_words(situation(system=system), "en") == told


@pytest.mark.parametrize(
    ("browser", "told"),
    [
        (Browser("chrome", Age.CURRENT), "Google Chrome, version 156 or newer"),
        (Browser("firefox", Age.RECENT), "Firefox, version 151 or 152"),
        (Browser("msedge", Age.OLD), "Microsoft Edge, older than version 154"),
        (Browser("safari"), "Safari"),
        (Browser("other"), "another browser"),
        (Browser(), "not known"),
    ],
)
def test_the_browser_in_words(browser: Browser, told: str) -> None:
    assert browser_words(situation(browser=browser), "en") == told


def test_every_browser_and_system_of_every_table_has_words() -> None:
    for table in TABLES:
        for language in ("en", "es"):
            assert all(browser_words(situation(browser=browser), language) for _, browser in table.browsers)
            assert all(system_words(situation(system=system), language) for _, system in table.systems)


@pytest.mark.parametrize(
    ("edition", "told"),
    [
        (Edition("generic", "2026-11"), "generic, 2026-11"),
        (Edition("generic"), "generic, another edition"),
        (Edition(), "a clinic's own"),
    ],
)
def test_the_callers_side_in_rows(edition: Edition, told: str) -> None:
    rows = dict(tell_caller(situation(edition=edition), "en"))
    assert rows["Profile"] == told
    assert (rows["Language"], rows["Joins"]) == ("English", "on a phone or tablet")


def test_the_object_holds_the_same() -> None:
    code = encode(report_of(result_of("camera", Finding("camera.none", Status.FAIL))), language="es", way=Way.PHONE)
    told = situation_object(tidy(code.replace("-", "")), decode(code), "en")
    assert told["support_code"] == code
    assert (told["table"], told["language"], told["way"]) == (1, "es", "phone")
    assert told["profile"] == {"id": "kaiser_permanente", "edition": "later flyer"}
    assert told["system"] == {"family": "other", "version": "", "text": "not known"}
    assert told["checks"][0]["id"] == "camera"
    assert told["checks"][0]["status"] == "fail"
    assert [finding["id"] for finding in told["checks"][0]["findings"]] == ["camera.no_such", "camera.none"]
