"""The spoken code: every report comes back, every likely slip is noticed, and old codes stay readable."""

from __future__ import annotations

import ast
import itertools
import math
import random
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness import profile as profiles
from readiness import support_code
from readiness.advice import words_for
from readiness.checks import CHECKS
from readiness.joining import Way
from readiness.model import Finding, OsFamily, Reading, Report, Result, Status
from readiness.readings import BrowserReading, InstalledBrowser, OperatingSystemReading
from readiness.support_code import CodeError, decode, encode, situation_of
from readiness.support_tables import TABLES, Age, Browser, Edition, System
from readiness.text import LANGUAGES

HERE = Path(__file__).parent
PROJECT = HERE.parent
RECORDED = HERE / "recorded_codes.toml"

NEWEST = TABLES[-1]

#: The finding ids with their statuses, as the newest table has them.
VALUES = {
    **dict(NEWEST.checks),
    "operating_system": tuple(dict.fromkeys(value for value, _ in NEWEST.systems)),
    "browser": tuple(dict.fromkeys(value for value, _ in NEWEST.browsers)),
}


def leading_findings(check: str) -> list[Finding | None]:
    """Every finding that a check can lead with, and None for a check that was left out."""
    return [
        None,
        *(Finding(f"{check}.{cause}", value.status) for value in VALUES[check] for cause in value.causes),
    ]


def report_of(
    *results: Result, profile: str = "kaiser_permanente", edition: str = "later flyer", **more: Any
) -> Report:
    return Report(
        app_version="1",
        profile_id=profile,
        profile_edition=edition,
        started_at=datetime(2026, 11, 24, tzinfo=UTC),
        duration_ms=1,
        results=results,
        **more,
    )


def result_of(check: str, finding: Finding | None, reading: Reading | None = None) -> Result:
    return Result(check=check, required=True, findings=(finding,) if finding else (), reading=reading)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Any report that the checks can come to."""
    results = []
    browser = InstalledBrowser(
        draw(st.sampled_from(["chrome", "chrome-beta", "msedge", "firefox", "chromium", "safari", "brave", "msie"])),
        "The browser",
        draw(st.sampled_from([None, "156.0.1", "157", "154", "153", "151", "90.2", "what", "9" * 12])),
        is_default=True,
    )
    system = OperatingSystemReading(
        family=draw(st.sampled_from([None, *OsFamily])),
        version=draw(st.sampled_from([None, "10.19045", "11.26100", "7", "8.1", "13.1", "26", "27.0", "15", "sid"])),
    )
    for check in (check.id for check in CHECKS):
        finding = draw(st.sampled_from(leading_findings(check)))
        reading: Reading | None = None
        if finding and check == "browser":
            named = draw(st.sampled_from([browser.name, "Another one"]))
            finding = msgspec.structs.replace(finding, params={"name": named})
            reading = draw(st.sampled_from([None, BrowserReading(installed=(browser,)), BrowserReading()]))
        elif finding and check == "operating_system":
            reading = draw(st.sampled_from([None, system]))
        if draw(st.integers(0, 9)):  # a check that did not run is not always in the report
            results.append(result_of(check, finding, reading))
    profile, edition = draw(st.sampled_from([*((e.profile, e.edition) for e in NEWEST.editions), ("our_clinic", "7")]))
    return report_of(*results, profile=profile, edition=edition, family=draw(st.sampled_from([None, *OsFamily])))


def random_codes(count: int, seed: int) -> list[str]:
    """Codes of random situations."""
    chance = random.Random(seed)
    numbers = (chance.randrange(support_code.most(NEWEST) // support_code.VERSIONS) for _ in range(count))
    return [support_code.framed(number * support_code.VERSIONS + NEWEST.version - 1) for number in numbers]


def is_accepted(code: str) -> bool:
    try:
        decode(code)
    except CodeError:
        return False
    return True


# --- There and back


@settings(max_examples=500, deadline=None)
@given(reports(), st.sampled_from(["en", "es"]), st.sampled_from(Way))
def test_what_is_read_is_what_was_said(report: Report, language: str, way: Way) -> None:
    code = encode(report, language=language, way=way)
    assert len(code.split("-")) == 4
    assert code.replace("-", "").isdecimal()
    assert len(code) == 19
    assert int(code.replace("-", "")) % 97 == 1
    told = decode(code)
    assert told == situation_of(report, language, way)
    assert (told.language, told.way) == (language, way)
    assert {cause.check for cause in told.causes} == {check.id for check in CHECKS}
    for result in report.results:
        cause = next(cause for cause in told.causes if cause.check == result.check)
        assert cause.status is result.status
        assert (result.leading.id in cause.findings) if result.leading else not cause.findings


@pytest.mark.parametrize("check", [check.id for check in CHECKS])
def test_every_finding_comes_back(check: str) -> None:
    for finding in leading_findings(check):
        told = decode(encode(report_of(result_of(check, finding)), language="es", way=Way.PHONE))
        cause = next(cause for cause in told.causes if cause.check == check)
        assert cause.status is (finding.status if finding else Status.SKIPPED)
        assert (finding.id in cause.findings) if finding else cause.findings == ()


def test_a_code_may_be_typed_as_it_is_heard() -> None:
    code = encode(report_of(), language="en", way=Way.COMPUTER)
    plain = code.replace("-", "")
    for typed in (plain, code.replace("-", " "), f"  {code} ", code.replace("-", " – "), ". ".join(code.split("-"))):
        assert decode(typed) == decode(code)


def test_causes_that_share_a_value_are_all_named() -> None:
    for name in ("none", "no_such"):
        told = decode(
            encode(report_of(result_of("camera", Finding(f"camera.{name}", Status.FAIL))), language="en", way=Way.PHONE)
        )
        assert told.causes[0].findings == ("camera.no_such", "camera.none")


def system_told(
    family: OsFamily | None, version: str | None, *, finding: str = "ok", own: OsFamily | None = None
) -> System:
    reading = OperatingSystemReading(family=family, version=version)
    status = {"ok": Status.PASS, "not_checked": Status.UNKNOWN}[finding]
    result = result_of("operating_system", Finding(f"operating_system.{finding}", status), reading)
    return decode(encode(report_of(result, family=own), language="en", way=Way.COMPUTER)).system


@pytest.mark.parametrize(
    ("family", "version", "told"),
    [
        (OsFamily.WINDOWS, "10.19045", "10"),
        (OsFamily.WINDOWS, "11.26100", "11"),
        (OsFamily.WINDOWS, "8.1", "older"),
        (OsFamily.WINDOWS, "12.1", ""),
        (OsFamily.WINDOWS, None, ""),
        (OsFamily.MACOS, "15.1", "15"),
        (OsFamily.MACOS, "26.0", "26"),
        (OsFamily.MACOS, "10.15", "older"),
        (OsFamily.MACOS, "27", ""),
        (OsFamily.LINUX, "12", ""),
        (OsFamily.OTHER, "3", ""),
    ],
)
def test_the_system_is_told(family: OsFamily, version: str | None, told: str) -> None:
    assert system_told(family, version) == System(family, told)
    assert system_told(family, version, finding="not_checked") == System(family), "what was not checked has no version"


def test_a_family_that_the_reading_lacks_is_the_reports() -> None:
    assert system_told(None, "11.1", own=OsFamily.WINDOWS) == System(OsFamily.WINDOWS, "11")
    assert system_told(None, "11.1") == System()


@pytest.mark.parametrize(
    ("id_", "version", "told"),
    [
        ("chrome", "156.0.8078.79", Browser("chrome", Age.CURRENT)),
        ("chrome-beta", "157.0", Browser("chrome", Age.CURRENT)),
        ("msedge", "154", Browser("msedge", Age.RECENT)),
        ("firefox", "150.1", Browser("firefox", Age.OLD)),
        ("chromium", None, Browser("chromium", Age.UNKNOWN)),
        ("safari", "26.1", Browser("safari", Age.UNKNOWN)),
        ("vivaldi", "7.1", Browser("other", Age.UNKNOWN)),
    ],
)
def test_the_browser_is_told(id_: str, version: str | None, told: Browser) -> None:
    installed = (InstalledBrowser("msie", "Internet Explorer", "11", True), InstalledBrowser(id_, "It", version, False))
    result = result_of(
        "browser", Finding("browser.ok", Status.PASS, {"name": "It"}), BrowserReading(installed=installed)
    )
    assert decode(encode(report_of(result), language="en", way=Way.COMPUTER)).browser == told


def test_the_edition_is_told_as_far_as_it_is_known() -> None:
    told = [
        decode(encode(report_of(profile=profile, edition=edition), language="en", way=Way.PHONE)).edition
        for profile, edition in (
            ("kaiser_permanente", "later flyer"),
            ("kaiser_permanente", "next flyer"),
            ("our_clinic", "2026"),
        )
    ]
    assert told == [Edition("kaiser_permanente", "later flyer"), Edition("kaiser_permanente"), Edition()]


def test_a_finding_that_no_table_knows_is_our_fault() -> None:
    with pytest.raises(LookupError, match=r"camera\.on_fire"):
        encode(report_of(result_of("camera", Finding("camera.on_fire", Status.FAIL))), language="en", way=Way.PHONE)


# --- The tables


def test_the_newest_table_knows_every_finding() -> None:
    known = {f"{check}.{cause}" for check, values in VALUES.items() for value in values for cause in value.causes}
    said = {f"{check.id}.{name}" for check in CHECKS for name in words_for(check.id).findings}
    assert said == known, "finding ids are frozen: add a new version of the table for a new one"


def written_findings() -> Iterator[tuple[str, Status]]:
    """Finding ids and statuses that stand in the sources of the checks, both as plain words."""
    for check in CHECKS:
        source = (PROJECT / "readiness" / "checks" / f"{check.id}.py").read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="finding"),
                    args=[ast.Constant(value=str(name)), ast.Attribute(value=ast.Name(id="Status"), attr=status), *_],
                ):
                    yield f"{check.id}.{name}", Status[status]


def test_the_newest_table_knows_every_status_that_a_finding_is_given() -> None:
    written = set(written_findings())
    assert len(written) > 60
    values = {
        (f"{check}.{cause}", value.status) for check in VALUES for value in VALUES[check] for cause in value.causes
    }
    # Never the first to be told: a microphone that hears a noisy room has not heard a voice.
    assert written <= values


def test_the_newest_table_knows_every_shipped_profile_and_its_edition() -> None:
    requirements: dict[str, Any] = {check.id: check.requires for check in CHECKS}
    shipped = [profiles.load(profile_id, requirements) for profile_id in profiles.shipped()]
    assert {Edition(profile.id, profile.edition) for profile in shipped} <= set(NEWEST.editions)


def test_the_newest_table_knows_every_language_and_way() -> None:
    assert set(LANGUAGES) <= set(NEWEST.languages)
    assert set(Way) <= set(NEWEST.ways)
    assert decode(encode(report_of(), language="xx", way=Way.PHONE)).language == "en"


def test_every_table_fits_into_sixteen_digits() -> None:
    assert [table.version for table in TABLES] == list(range(1, len(TABLES) + 1))
    assert len(TABLES) <= support_code.VERSIONS
    for table in TABLES:
        assert support_code.most(table) <= support_code.SPACE < 10**14
        for choices in support_code._fields(table):
            assert len(set(choices)) == len(choices)
    assert math.gcd(support_code._STIR, support_code.SPACE) == 1


def recorded() -> list[dict[str, Any]]:
    return list(tomllib.loads(RECORDED.read_text(encoding="utf-8"))["codes"])


@pytest.mark.parametrize("record", recorded(), ids=lambda record: str(record["code"]))
def test_a_code_of_an_older_program_stays_readable(record: dict[str, Any]) -> None:
    told = msgspec.json.decode(msgspec.json.encode(decode(record["code"])))
    assert told == record["situation"]


def test_there_are_recorded_codes_of_every_version() -> None:
    assert {record["situation"]["table"] for record in recorded()} == {table.version for table in TABLES}


# --- What is refused


def complaint(code: str) -> str:
    with pytest.raises(CodeError) as refused:
        decode(code)
    return str(refused.value)


GOOD = encode(report_of(), language="en", way=Way.COMPUTER)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (GOOD[:-1], "Group 4 of the code must be four digits. Please read that group again."),
        ("1234-567-8901-2345", "Group 2 of the code must be four digits. Please read that group again."),
        (
            GOOD.replace("-", "")[:-1],
            "This code has 15 digits, but a code has 16. Please read it again, four at a time.",
        ),
        ("", "This code has 0 digits, but a code has 16. Please read it again, four at a time."),
        ("1234 5678 9012", "This code has 12 digits, but a code has 16. Please read it again, four at a time."),
        ("1234-5678-9O12-3456", "Group 3 of the code must be four digits. Please read that group again."),
        ("12345678901234x6", "Group 4 of the code must be four digits. Please read that group again."),
        ("1234567890123456xyz", "Group 4 of the code must be four digits. Please read that group again."),
        ("1234-5678-٣٣٣٣-3456", "Group 3 of the code must be four digits. Please read that group again."),
        ("9995-0000-0000-0000", "Group 1 of the code cannot be right. Please read that group again."),
        (
            "0000-0000-0000-0000",
            "These digits do not fit together, so one was not heard right. Please read all four groups again.",
        ),
        (
            # Passes the division, but two groups leave the same rest.
            "0000-0097-0000-0001",
            "These digits do not fit together, so one was not heard right. Please read all four groups again.",
        ),
    ],
)
def test_what_is_no_code_gets_one_clear_sentence(code: str, said: str) -> None:
    assert complaint(code) == said


def test_a_newer_version_is_told_so() -> None:
    assert complaint(support_code.framed(len(TABLES))).startswith(
        "This code was made by a newer version of this program"
    )


def test_a_situation_that_cannot_be_is_refused() -> None:
    beyond = support_code.most(NEWEST) + NEWEST.version - 1
    assert beyond < support_code.SPACE
    assert complaint(support_code.framed(beyond)).startswith("These digits do not fit together")


def test_the_frame_is_a_numbering_without_gaps() -> None:
    chance = random.Random(5)
    ends = [0, 1, support_code.SPACE - 1]
    for number in [*ends, *(chance.randrange(support_code.SPACE) for _ in range(2000))]:
        groups = [int(group) for group in support_code._groups_of(number).split("-")]
        assert support_code._number_of(groups) == number
        assert len({group % 97 for group in groups}) == 4


def slips(code: str) -> Iterator[str]:
    """Every single wrong digit, every two digits that changed places, and every two groups that did."""
    digits = code.replace("-", "")
    for place, right in enumerate(digits):
        for wrong in "0123456789":
            if wrong != right:
                yield digits[:place] + wrong + digits[place + 1 :]
    for first, second in itertools.combinations(range(16), 2):
        if digits[first] != digits[second]:
            swapped = list(digits)
            swapped[first], swapped[second] = digits[second], digits[first]
            yield "".join(swapped)
    for first, second in itertools.combinations(range(4), 2):
        groups = code.split("-")
        groups[first], groups[second] = groups[second], groups[first]
        yield "".join(groups)


def test_every_slip_is_noticed() -> None:
    accepted = [(code, slip) for code in random_codes(2000, seed=7) for slip in slips(code) if is_accepted(slip)]
    assert accepted == []


def test_hardly_any_other_corruption_is_accepted() -> None:
    chance = random.Random(11)
    accepted = sum(is_accepted(f"{chance.randrange(10**16):016}") for _ in range(20_000))
    assert accepted <= 200
