"""How to join and what to do next: from the profile's own words, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import pytest

from readiness.checks import CHECKS
from readiness.joining import (
    CareOption,
    NextKind,
    NextStep,
    PhoneLine,
    Way,
    join_card,
    next_step,
    other_care,
    suggested_way,
)
from readiness.model import Failure, Finding, Reading, Report, Result, Status, Verdict
from readiness.profile import CareKind, Profile, load
from readiness.readings import BrowserReading, InstalledBrowser, OsFamily

KINDS: Final = {check.id: check.requires for check in CHECKS}


@pytest.fixture(scope="module")
def kaiser() -> Profile:
    return load("kaiser_permanente", KINDS)


@pytest.fixture(scope="module")
def generic() -> Profile:
    return load("generic", KINDS)


def result(check: str, *statuses: Status, required: bool = True, reading: Reading | None = None) -> Result:
    """What a check came to: a finding of every status, named ``fail0``, ``warn1`` …; none at all was skipped."""
    findings = tuple(Finding(f"{check}.{status.value}{index}", status) for index, status in enumerate(statuses))
    return Result(check=check, required=required, findings=findings, reading=reading)


def report(*results: Result) -> Report:
    return Report(
        app_version="0",
        profile_id="p",
        profile_edition="1",
        started_at=datetime(2026, 11, 21, tzinfo=UTC),
        duration_ms=1,
        results=results,
    )


def browsers(family: OsFamily | None, *ids: str) -> Result:
    installed = tuple(InstalledBrowser(browser, browser.title(), "150.0", is_default=False) for browser in ids)
    return result("browser", Status.PASS, reading=BrowserReading(family=family, installed=installed))


# --- The card --------------------------------------------------------------------------------------------------------


def test_card_for_a_computer(kaiser: Profile) -> None:
    card = join_card(kaiser, Way.COMPUTER, "en")
    assert card.way is Way.COMPUTER
    assert (card.provider, card.title, card.when) == (
        "Kaiser Permanente",
        "On this computer",
        "Join 5 minutes before your visit.",
    )
    assert card.steps[0] == "Go to kp.org and sign on."
    assert card.steps[-1] == "Wait for your doctor to join."
    assert len(card.needs) == 2
    assert card.link == "https://kp.org"
    assert card.browser_advice == "Use Safari on a Mac, or Google Chrome on Windows."
    assert card.open_with is None
    assert card.help_phones == (
        PhoneLine("Help with video visits", "1-844-800-0820", "Monday to Friday, 5 a.m. to 5 p.m."),
    )


def test_card_in_spanish(kaiser: Profile) -> None:
    card = join_card(kaiser, Way.COMPUTER, "es")
    assert (card.title, card.when) == ("En esta computadora", "Entre a su cita 5 minutos antes.")
    assert card.steps[0] == "Vaya a kp.org/espanol e inicie sesión."
    assert card.link == "https://kp.org/espanol"
    assert card.help_phones[0].hours == "De lunes a viernes, de 5 a. m. a 5 p. m."


def test_card_for_a_phone(kaiser: Profile) -> None:
    card = join_card(kaiser, Way.PHONE, "en", report(browsers(OsFamily.WINDOWS, "chrome")))
    assert card.way is Way.PHONE
    assert card.steps[0] == "Get the Kaiser Permanente app."
    # A browser on this computer is of no use on the phone.
    assert (card.link, card.browser_advice, card.open_with) == (None, None, None)


def test_notes_do_not_repeat_when_to_join(kaiser: Profile) -> None:
    card = join_card(kaiser, Way.COMPUTER, "en")
    assert len(card.notes) == len(kaiser.notes) - 1
    assert "You may not record the visit." in card.notes
    assert not any("minutes" in note for note in card.notes)


def test_card_of_a_provider_without_a_help_line(generic: Profile) -> None:
    card = join_card(generic, Way.COMPUTER, "en")
    assert (card.link, card.help_phones, card.browser_advice) == (None, (), None)


@pytest.mark.parametrize(
    ("results", "opens"),
    [
        ([browsers(OsFamily.WINDOWS, "msedge", "chrome")], "chrome"),
        ([browsers(OsFamily.WINDOWS, "msedge")], None),
        ([browsers(OsFamily.MACOS, "chrome", "safari")], "safari"),
        ([browsers(OsFamily.MACOS, "chrome")], "chrome"),
        ([browsers(OsFamily.LINUX, "firefox", "chromium")], "chromium"),
        ([browsers(OsFamily.OTHER, "chrome")], None),
        ([browsers(OsFamily.WINDOWS)], None),
        ([browsers(None, "chrome")], None),
        ([result("browser", Status.UNKNOWN, reading=BrowserReading(failure=Failure.CRASHED))], None),
        ([result("camera", Status.PASS), browsers(OsFamily.WINDOWS, "chrome")], "chrome"),
        ([result("browser")], None),
        ([], None),
    ],
)
def test_which_browser_opens_the_page(kaiser: Profile, results: Sequence[Result], opens: str | None) -> None:
    assert join_card(kaiser, Way.COMPUTER, "en", report(*results)).open_with == opens


# --- Other ways to get care ----------------------------------------------------------------------------------------------


def test_other_care(kaiser: Profile) -> None:
    options = other_care(kaiser, "en")
    assert [option.kind for option in options] == list(CareKind)
    assert options[0] == CareOption(
        kind=CareKind.ADVICE_LINE,
        text="Call day or night for medical advice.",
        phone=PhoneLine("Medical advice", "1-833-574-2273", "Every day, 24 hours", "1-833-KP4CARE", "711"),
    )
    assert (options[3].phone, options[3].link) == (None, "https://kp.org")
    assert options[-1].phone is not None
    assert options[-1].phone.number == "911"


def test_other_care_in_spanish(kaiser: Profile) -> None:
    options = other_care(kaiser, "es")
    assert options[0].text == "Llame de día o de noche para pedir consejo médico."
    assert options[3].link == "https://kp.org/espanol"


# --- Which way -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("results", "way"),
    [
        ([], Way.COMPUTER),
        ([result("camera", Status.PASS)], Way.COMPUTER),
        ([result("camera", Status.FAIL)], Way.PHONE),
        ([result("microphone", Status.FAIL)], Way.PHONE),
        ([result("speaker", Status.FAIL)], Way.PHONE),
        ([result("operating_system", Status.FAIL)], Way.PHONE),
        ([result("browser", Status.FAIL)], Way.PHONE),
        ([result("camera", Status.FAIL, required=False)], Way.COMPUTER),
        ([result("camera", Status.UNKNOWN)], Way.COMPUTER),
        ([result("camera", Status.WARN)], Way.COMPUTER),
        ([result("camera")], Way.COMPUTER),
        # The phone hangs on the same line.
        ([result("connection", Status.FAIL), result("bandwidth", Status.FAIL)], Way.COMPUTER),
        ([result("connection", Status.FAIL), result("camera", Status.FAIL)], Way.PHONE),
        ([result("computer", Status.FAIL)], Way.COMPUTER),
    ],
)
def test_suggested_way(results: Sequence[Result], way: Way) -> None:
    assert suggested_way(report(*results)) is way


# --- What next -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("results", "cannot_be_fixed", "verdict", "kind", "finding"),
    [
        # ready
        ([result("camera", Status.PASS)], [], Verdict.READY, NextKind.JOIN, None),
        ([result("camera", Status.PASS), result("x", required=False)], [], Verdict.READY, NextKind.JOIN, None),
        # ready with limits: the heaviest limit is told
        (
            [result("camera", Status.WARN, Status.WARN), result("speaker", Status.WARN)],
            [],
            Verdict.READY_WITH_LIMITS,
            NextKind.JOIN,
            "camera.warn0",
        ),
        (
            [result("camera", Status.WARN), result("computer", Status.FAIL, required=False)],
            [],
            Verdict.READY_WITH_LIMITS,
            NextKind.JOIN,
            "computer.fail0",
        ),
        (
            [result("computer", Status.UNKNOWN, required=False), result("camera", Status.WARN)],
            [],
            Verdict.READY_WITH_LIMITS,
            NextKind.JOIN,
            "camera.warn0",
        ),
        # not ready
        (
            [result("camera", Status.FAIL), result("speaker", Status.FAIL)],
            [],
            Verdict.NOT_READY,
            NextKind.FIX,
            "camera.fail0",
        ),
        (
            [result("camera", Status.FAIL), result("speaker", Status.FAIL)],
            ["camera.fail0"],
            Verdict.NOT_READY,
            NextKind.FIX,
            "speaker.fail0",
        ),
        (
            [result("camera", Status.FAIL), result("speaker", Status.FAIL)],
            ["camera.fail0", "speaker.fail0"],
            Verdict.NOT_READY,
            NextKind.OTHER_CARE,
            "camera.fail0",
        ),
        # what is unknown comes after what fails, and alone is not worth the effort
        (
            [result("camera", Status.UNKNOWN), result("speaker", Status.FAIL)],
            [],
            Verdict.NOT_READY,
            NextKind.FIX,
            "speaker.fail0",
        ),
        (
            [result("camera", Status.UNKNOWN), result("speaker", Status.FAIL)],
            ["speaker.fail0"],
            Verdict.NOT_READY,
            NextKind.OTHER_CARE,
            "speaker.fail0",
        ),
        # partly checked
        (
            [result("camera", Status.UNKNOWN), result("speaker", Status.UNKNOWN)],
            [],
            Verdict.PARTLY_CHECKED,
            NextKind.FIX,
            "camera.unknown0",
        ),
        (
            [result("camera", Status.UNKNOWN), result("speaker", Status.UNKNOWN)],
            ["camera.unknown0"],
            Verdict.PARTLY_CHECKED,
            NextKind.FIX,
            "speaker.unknown0",
        ),
        (
            [result("camera", Status.UNKNOWN), result("speaker", Status.WARN)],
            ["camera.unknown0"],
            Verdict.PARTLY_CHECKED,
            NextKind.JOIN,
            "camera.unknown0",
        ),
        ([result("camera")], [], Verdict.PARTLY_CHECKED, NextKind.JOIN, None),
        ([], [], Verdict.PARTLY_CHECKED, NextKind.JOIN, None),
    ],
)
def test_next_step(
    results: Sequence[Result],
    cannot_be_fixed: Sequence[str],
    verdict: Verdict,
    kind: NextKind,
    finding: str | None,
) -> None:
    said = report(*results)
    assert said.verdict is verdict
    following = next_step(said, lambda finding_id: finding_id not in cannot_be_fixed)
    assert following.kind is kind
    assert (following.finding.id if following.finding else None) == finding


def test_next_step_carries_the_finding_itself() -> None:
    slow = Finding("bandwidth.slow_up", Status.WARN, {"up_mbps": 1.2})
    said = report(Result(check="bandwidth", required=True, findings=(slow,)))
    assert next_step(said, lambda _: True) == NextStep(NextKind.JOIN, slow)
