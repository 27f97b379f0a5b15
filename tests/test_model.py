"""The verdict's table, row by row, and the order in which findings are told."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import msgspec
import pytest

from readiness.model import Finding, Report, Result, Status, Verdict, heaviest, in_order, judge_verdict

PASS, WARN, FAIL, UNKNOWN, SKIPPED = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN, Status.SKIPPED


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([], Verdict.PARTLY_CHECKED),
        ([(True, PASS)], Verdict.READY),
        ([(True, WARN)], Verdict.READY_WITH_LIMITS),
        ([(True, FAIL)], Verdict.NOT_READY),
        ([(True, UNKNOWN)], Verdict.PARTLY_CHECKED),
        ([(True, SKIPPED)], Verdict.PARTLY_CHECKED),
        ([(True, PASS), (False, WARN)], Verdict.READY_WITH_LIMITS),
        ([(True, PASS), (False, FAIL)], Verdict.READY_WITH_LIMITS),
        ([(True, PASS), (False, UNKNOWN)], Verdict.READY),
        ([(True, PASS), (False, SKIPPED)], Verdict.READY),
        ([(True, FAIL), (True, UNKNOWN)], Verdict.NOT_READY),
        ([(True, FAIL), (True, SKIPPED), (False, WARN)], Verdict.NOT_READY),
        ([(True, UNKNOWN), (True, WARN)], Verdict.PARTLY_CHECKED),
        ([(True, SKIPPED), (False, FAIL)], Verdict.PARTLY_CHECKED),
        ([(False, PASS), (False, WARN)], Verdict.PARTLY_CHECKED),
    ],
)
def test_the_verdict_follows_the_table(results: list[tuple[bool, Status]], verdict: Verdict) -> None:
    assert judge_verdict(results) is verdict


@pytest.mark.parametrize("statuses", list(product(Status, repeat=3)))
def test_ready_needs_every_required_thing_to_be_measured_and_good(statuses: tuple[Status, ...]) -> None:
    verdict = judge_verdict([(True, status) for status in statuses])
    assert (verdict is Verdict.READY) == (set(statuses) == {PASS})
    assert (verdict is Verdict.NOT_READY) == (FAIL in statuses)


def test_statuses_are_summed_up_by_the_heaviest() -> None:
    assert heaviest([PASS, WARN, SKIPPED]) is SKIPPED
    assert heaviest([PASS, UNKNOWN, FAIL]) is FAIL
    assert heaviest([]) is SKIPPED


def test_findings_are_told_from_the_heaviest_and_equal_ones_in_the_order_found() -> None:
    findings = [Finding("a.ok", PASS), Finding("a.one", WARN), Finding("a.two", WARN), Finding("a.bad", FAIL)]
    assert [finding.id for finding in in_order(findings)] == ["a.bad", "a.one", "a.two", "a.ok"]


def test_a_finding_names_its_check() -> None:
    assert Finding("camera.covered", FAIL).check == "camera"


def test_a_check_that_was_skipped_has_no_leading_finding() -> None:
    skipped = Result(check="camera", required=True)
    assert skipped.status is SKIPPED
    assert skipped.leading is None


def test_what_is_to_fix_is_required_and_failures_come_first() -> None:
    def result(check: str, status: Status, required: bool = True) -> Result:
        return Result(check=check, required=required, findings=(Finding(f"{check}.x", status),))

    report = Report(
        app_version="1",
        profile_id="p",
        profile_edition="e",
        started_at=datetime(2026, 11, 21, tzinfo=UTC),
        duration_ms=1,
        results=(
            result("unknown", UNKNOWN),
            result("optional", FAIL, required=False),
            result("limited", WARN),
            result("broken", FAIL),
            Result(check="skipped", required=True),
        ),
    )
    assert [finding.id for finding in report.to_fix] == ["broken.x", "unknown.x"]
    assert report.verdict is Verdict.NOT_READY
    assert report.results[3].leading == Finding("broken.x", FAIL)


def test_the_model_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Finding("a.b", PASS).status = FAIL  # type: ignore[misc]
    assert msgspec.structs.replace(Finding("a.b", PASS), status=FAIL).status is FAIL
