"""Which versions of which system will do, row by row, and what a profile may say about them."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from readiness import shape
from readiness.checks.operating_system import OperatingSystemCheck, OperatingSystemRequirement, SystemVersions
from readiness.model import Failure, Finding, Status
from readiness.readings import OperatingSystemReading, OsFamily

TODAY = date(2026, 11, 21)

DEMANDS = OperatingSystemRequirement(
    required=True,
    windows=SystemVersions(source="test", pass_from="11", warn_from="10"),
    macos=SystemVersions(source="test", pass_from="13", warn_from="12"),
)

OK = ("operating_system.ok", Status.PASS)
OUTDATED = ("operating_system.outdated", Status.WARN)
UNSUPPORTED = ("operating_system.unsupported", Status.FAIL)
UNKNOWN = ("operating_system.unknown", Status.UNKNOWN)

WINDOWS, MACOS, LINUX, OTHER = OsFamily.WINDOWS, OsFamily.MACOS, OsFamily.LINUX, OsFamily.OTHER


def judge(requirement: OperatingSystemRequirement = DEMANDS, **facts: Any) -> Finding:
    (finding,) = OperatingSystemCheck().judge(OperatingSystemReading(**facts), requirement, TODAY)
    return finding


@pytest.mark.parametrize(
    ("family", "version", "expected"),
    [
        (WINDOWS, "11.26100", OK),
        (WINDOWS, "11", OK),
        (WINDOWS, "12.30000", OK),
        (WINDOWS, "10.19045", OUTDATED),
        (WINDOWS, "10", OUTDATED),
        (WINDOWS, "8.1.9600", UNSUPPORTED),
        (WINDOWS, "7.7601", UNSUPPORTED),
        (WINDOWS, None, UNKNOWN),
        (WINDOWS, "", UNKNOWN),
        (WINDOWS, "Vista", UNKNOWN),
        (WINDOWS, "11.", UNKNOWN),
        (MACOS, "26.1", OK),
        (MACOS, "13", OK),
        (MACOS, "13.0.0", OK),
        (MACOS, "12.7.6", OUTDATED),
        (MACOS, "12", OUTDATED),
        (MACOS, "11.7.10", UNSUPPORTED),
        (MACOS, "10.16", UNSUPPORTED),
        (MACOS, None, UNKNOWN),
        (LINUX, "12", UNKNOWN),
        (LINUX, None, UNKNOWN),
        (OTHER, "14.1", UNKNOWN),
        (None, "11", UNKNOWN),
        (None, None, UNKNOWN),
    ],
)
def test_versions(family: OsFamily | None, version: str | None, expected: tuple[str, Status]) -> None:
    finding = judge(family=family, name="A system", version=version)
    assert (finding.id, finding.status) == expected
    assert finding.params == ({} if expected == UNKNOWN else {"name": "A system"})


@pytest.mark.parametrize(
    ("version", "expected"), [("10.15.7", OK), ("10.9.5", UNSUPPORTED), ("10.13", OUTDATED), ("10.13.0", OUTDATED)]
)
def test_versions_are_compared_as_numbers_and_not_as_text(version: str, expected: tuple[str, Status]) -> None:
    demands = OperatingSystemRequirement(macos=SystemVersions(source="test", pass_from="10.15.0", warn_from="10.13.0"))
    finding = judge(demands, family=MACOS, version=version)
    assert (finding.id, finding.status) == expected


def test_a_system_without_a_name_is_still_judged() -> None:
    assert judge(family=WINDOWS, version="11.26100").params == {"name": ""}


@pytest.mark.parametrize("family", [WINDOWS, MACOS, LINUX, OTHER])
def test_a_family_the_profile_is_silent_about_is_unknown(family: OsFamily) -> None:
    assert judge(OperatingSystemRequirement(), family=family, version="11").id == "operating_system.unknown"


@pytest.mark.parametrize("version", ["12", None])
def test_a_clinic_may_say_that_its_own_linux_will_do(version: str | None) -> None:
    demands = msgspec.structs.replace(DEMANDS, other="ok")
    finding = judge(demands, family=LINUX, name="Debian GNU/Linux 12", version=version)
    assert finding == Finding("operating_system.ok", Status.PASS, {"name": "Debian GNU/Linux 12"})


def test_what_a_clinic_says_of_linux_says_nothing_of_an_unknown_system() -> None:
    demands = msgspec.structs.replace(DEMANDS, other="ok")
    assert judge(demands, version="12").status is Status.UNKNOWN
    assert judge(demands, family=WINDOWS, version="8").status is Status.FAIL


@pytest.mark.parametrize("failure", list(Failure))
def test_facts_that_could_not_be_had_are_never_a_pass(failure: Failure) -> None:
    finding = judge(family=WINDOWS, version="11", failure=failure)
    assert finding == Finding("operating_system.not_checked", Status.UNKNOWN, {"reason": failure.value})


@pytest.mark.parametrize(
    ("section", "field"),
    [
        ({"source": "a", "pass_from": "eleven", "warn_from": "10"}, "pass_from"),
        ({"source": "a", "pass_from": "11", "warn_from": ""}, "warn_from"),
        ({"source": "a", "pass_from": "10.9", "warn_from": "10.15"}, "warn_from"),
    ],
)
def test_versions_that_make_no_sense_are_refused(section: dict[str, str], field: str) -> None:
    with pytest.raises(shape.ShapeError) as refused:
        shape.check({"windows": section}, OperatingSystemRequirement)
    assert refused.value.params["field"] == f"windows.{field}"
    assert refused.value.sentence.format(file="a.toml", **refused.value.params).startswith("a.toml: windows.")


def test_a_sound_section_is_accepted() -> None:
    section = {"required": True, "other": "ok", "macos": {"source": "a", "pass_from": "13", "warn_from": "13.0"}}
    shape.check(section, OperatingSystemRequirement)
