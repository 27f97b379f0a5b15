"""Codes for calls: of a computer on which all is well but for what is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE
from readiness.joining import Way
from readiness.model import Finding, Status
from readiness.profile import Profile
from readiness.support_code import encode
from tests.test_support_code import VALUES, report_of, result_of


@pytest.fixture(scope="session")
def provider() -> Profile:
    return profiles.load(DEFAULT_PROFILE, {check.id: check.requires for check in CHECKS})


def code_for(*findings: Finding, language: str = "en", way: Way = Way.COMPUTER) -> str:
    """A code that tells these findings, and that all else is good."""
    named = {finding.check: finding for finding in findings}
    results = [result_of(check.id, named.get(check.id, Finding(f"{check.id}.ok", Status.PASS))) for check in CHECKS]
    return encode(report_of(*results), language=language, way=way)


def every_matter() -> list[Finding]:
    """Every finding that may be talked about, with its status in a code."""
    return [
        Finding(f"{check}.{cause}", value.status)
        for check, values in VALUES.items()
        for value in values
        if value.status in (Status.FAIL, Status.UNKNOWN, Status.WARN)
        for cause in value.causes
    ]


@pytest.fixture
def code() -> Callable[..., str]:
    return code_for
