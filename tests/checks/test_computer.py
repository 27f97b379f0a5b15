"""When a computer is called busy, full, or low on power, row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from readiness.checks.computer import ComputerCheck, ComputerRequirement
from readiness.model import Failure, Finding, Status
from readiness.profile import Limit
from readiness.readings import ComputerReading

TODAY = date(2026, 11, 21)

GOOD = ComputerReading(cpu_busy_pct=12.0, memory_free_mib=4000.0, on_battery=False, battery_pct=90.0)

DEMANDS = ComputerRequirement(
    cpu_busy_pct=Limit(source="test", warn_above=80),
    memory_free_mib=Limit(source="test", warn_below=500),
    battery_pct=Limit(source="test", warn_below=20),
)

PASS, WARN, UNKNOWN = Status.PASS, Status.WARN, Status.UNKNOWN


def judge(requirement: ComputerRequirement = DEMANDS, **facts: Any) -> tuple[Finding, ...]:
    return ComputerCheck().judge(msgspec.structs.replace(GOOD, **facts), requirement, TODAY)


def names(findings: tuple[Finding, ...]) -> list[tuple[str, Status]]:
    return [(finding.id.removeprefix("computer."), finding.status) for finding in findings]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, [("ok", PASS)]),
        ({"cpu_busy_pct": 80.0}, [("ok", PASS)]),
        ({"cpu_busy_pct": 80.1}, [("busy", WARN)]),
        ({"memory_free_mib": 500.0}, [("ok", PASS)]),
        ({"memory_free_mib": 499.9}, [("low_memory", WARN)]),
        # the battery counts only while nothing else feeds the computer
        ({"battery_pct": 5.0}, [("ok", PASS)]),
        ({"on_battery": True}, [("ok", PASS)]),
        ({"on_battery": True, "battery_pct": 20.0}, [("ok", PASS)]),
        ({"on_battery": True, "battery_pct": 19.0}, [("low_battery", WARN)]),
        ({"on_battery": None, "battery_pct": None}, [("ok", PASS)]),
        ({"on_battery": None, "battery_pct": 3.0}, [("ok", PASS)]),
        ({"on_battery": False, "battery_pct": None}, [("ok", PASS)]),
        ({"video_programs": ("Zoom",)}, [("video_programs", WARN)]),
        (
            {
                "cpu_busy_pct": 99.0,
                "memory_free_mib": 10.0,
                "on_battery": True,
                "battery_pct": 1.0,
                "video_programs": ("Zoom",),
            },
            [("busy", WARN), ("low_memory", WARN), ("low_battery", WARN), ("video_programs", WARN)],
        ),
        # what is missing is said, beside what could be judged
        ({"cpu_busy_pct": None}, [("not_checked", UNKNOWN)]),
        ({"memory_free_mib": None}, [("not_checked", UNKNOWN)]),
        ({"cpu_busy_pct": None, "memory_free_mib": None}, [("not_checked", UNKNOWN)]),
        ({"on_battery": True, "battery_pct": None}, [("not_checked", UNKNOWN)]),
        ({"cpu_busy_pct": None, "memory_free_mib": 10.0}, [("not_checked", UNKNOWN), ("low_memory", WARN)]),
        ({"memory_free_mib": None, "video_programs": ("Zoom",)}, [("not_checked", UNKNOWN), ("video_programs", WARN)]),
    ],
)
def test_facts(facts: dict[str, Any], expected: list[tuple[str, Status]]) -> None:
    assert names(judge(**facts)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"cpu_busy_pct": 1.0, "memory_free_mib": 1.0, "on_battery": True, "battery_pct": 1.0}, [("ok", PASS)]),
        ({"cpu_busy_pct": None}, [("ok", PASS)]),
        ({"memory_free_mib": None}, [("ok", PASS)]),
        ({"on_battery": True, "battery_pct": None}, [("ok", PASS)]),
        ({"cpu_busy_pct": None, "memory_free_mib": None}, [("not_checked", UNKNOWN)]),
    ],
)
def test_without_demands_any_computer_will_do_but_one_that_told_nothing(
    facts: dict[str, Any], expected: list[tuple[str, Status]]
) -> None:
    assert names(judge(ComputerRequirement(), **facts)) == expected


def test_the_values_are_quoted_and_never_rounded_to_the_good_side_of_their_limit() -> None:
    findings = judge(
        cpu_busy_pct=80.2, memory_free_mib=499.9, on_battery=True, battery_pct=19.9, video_programs=("OBS", "Zoom")
    )
    assert [finding.params for finding in findings] == [
        {"cpu_busy_pct": 81},
        {"memory_free_mib": 499},
        {"battery_pct": 19},
        {"programs": ("OBS", "Zoom")},
    ]


def test_a_processor_is_never_said_to_be_busier_than_it_can_be() -> None:
    assert judge(cpu_busy_pct=100.3)[0].params == {"cpu_busy_pct": 100}


def test_a_limit_that_says_fail_is_still_a_hint() -> None:
    demands = ComputerRequirement(cpu_busy_pct=Limit(source="test", fail_above=50, warn_above=40))
    assert names(judge(demands, cpu_busy_pct=90.0)) == [("busy", WARN)]


@pytest.mark.parametrize("failure", list(Failure))
def test_facts_that_could_not_be_had_are_never_a_pass(failure: Failure) -> None:
    assert judge(failure=failure) == (Finding("computer.not_checked", UNKNOWN, {"reason": failure.value}),)
