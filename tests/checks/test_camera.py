"""The camera's judging table, row by row: which facts give which findings, in which order."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from readiness.checks.camera import (
    BACKLIT_CENTRE_LUMA,
    BLURRED_SHARPNESS,
    COVERED_GRADIENT,
    COVERED_LUMA_STD,
    FEWEST_PICTURES,
    FROZEN_IDENTICAL_PCT,
    SEE_YOURSELF,
    CameraCheck,
    CameraRequirement,
)
from readiness.model import Failure, Finding, Param, Status
from readiness.profile import Limit
from readiness.questions import Answer, NoAnswer
from readiness.readings import CameraReading, FacePlace

TODAY = date(2025, 11, 21)

GOOD = CameraReading(
    name="Lab camera",
    available=("Lab camera",),
    width_px=1280,
    height_px=720,
    fps=30.0,
    first_frame_ms=300.0,
    frames=60,
    mean_luma=120.0,
    luma_std=50.0,
    gradient=3.0,
    dark_pct=0.0,
    centre_luma=120.0,
    border_luma=120.0,
    identical_pct=0.0,
    still_pct=0.0,
    sharpness=50.0,
    face=FacePlace.CENTRE,
    virtual=False,
)

#: What the shipped profiles demand: 640 x 480, 15 pictures a second, no fewer than 5.
DEMANDS = CameraRequirement(
    required=True,
    width_px=Limit(source="test", warn_below=640),
    height_px=Limit(source="test", warn_below=480),
    fps=Limit(source="test", fail_below=5, warn_below=15),
)

COVERED: dict[str, Any] = {"luma_std": 2.0, "gradient": 0.01}

PASS, WARN, FAIL, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN


def judged(requirement: CameraRequirement = DEMANDS, **facts: Any) -> list[tuple[str, Status]]:
    findings = CameraCheck().judge(msgspec.structs.replace(GOOD, **facts), requirement, TODAY)
    return [(finding.id.removeprefix("camera."), finding.status) for finding in findings]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, [("ok", PASS)]),
        # light
        ({"dark_pct": 33.0}, [("ok", PASS)]),
        ({"dark_pct": 34.0}, [("dark", WARN)]),
        ({"dark_pct": 100.0, "sharpness": 0.0, "face": FacePlace.NONE}, [("dark", WARN)]),
        ({"dark_pct": 100.0, "centre_luma": 5.0, "border_luma": 19.0}, [("dark", WARN)]),
        ({"centre_luma": 60.0, "border_luma": 180.0}, [("backlit", WARN)]),
        ({"centre_luma": 60.0, "border_luma": 179.0}, [("ok", PASS)]),
        ({"centre_luma": BACKLIT_CENTRE_LUMA, "border_luma": 250.0}, [("ok", PASS)]),
        ({"centre_luma": 60.0, "border_luma": 220.0, "face": FacePlace.NONE}, [("backlit", WARN), ("no_face", WARN)]),
        # covered: even all over and without edges, whatever else follows from it
        (COVERED, [("covered", FAIL)]),
        (COVERED | {"dark_pct": 100.0, "mean_luma": 0.0}, [("covered", FAIL)]),
        (COVERED | {"identical_pct": 100.0, "sharpness": 0.0, "face": FacePlace.NONE}, [("covered", FAIL)]),
        (COVERED | {"fps": 2.0}, [("covered", FAIL)]),
        ({"luma_std": COVERED_LUMA_STD, "gradient": 0.0}, [("ok", PASS)]),
        ({"luma_std": 0.0, "gradient": COVERED_GRADIENT}, [("ok", PASS)]),
        # frozen: equal bit for bit; a driver that repeats three of four pictures is slow, not frozen
        ({"identical_pct": 100.0}, [("frozen", FAIL)]),
        ({"identical_pct": 100.0, "dark_pct": 100.0}, [("frozen", FAIL)]),
        ({"identical_pct": 100.0, "sharpness": 0.0, "face": FacePlace.NONE}, [("frozen", FAIL)]),
        ({"identical_pct": FROZEN_IDENTICAL_PCT}, [("slow", FAIL)]),
        ({"identical_pct": 75.0}, [("slow", WARN)]),
        ({"identical_pct": 50.0}, [("ok", PASS)]),
        ({"still_pct": 100.0}, [("ok", PASS)]),
        # rate
        ({"fps": 15.0}, [("ok", PASS)]),
        ({"fps": 14.9}, [("slow", WARN)]),
        ({"fps": 5.0}, [("slow", WARN)]),
        ({"fps": 4.9}, [("slow", FAIL)]),
        ({"fps": 1.0, "frames": 3}, [("slow", FAIL)]),
        ({"fps": 7.5, "dark_pct": 100.0}, [("dark", WARN), ("slow", WARN)]),
        # size
        ({"width_px": 640, "height_px": 480}, [("ok", PASS)]),
        ({"width_px": 639}, [("small", WARN)]),
        ({"height_px": 479}, [("small", WARN)]),
        ({"width_px": 320, "height_px": 240, "fps": 4.0}, [("slow", FAIL), ("small", WARN)]),
        # hints
        ({"sharpness": BLURRED_SHARPNESS}, [("ok", PASS)]),
        ({"sharpness": BLURRED_SHARPNESS - 0.1}, [("blurred", WARN)]),
        ({"face": FacePlace.NONE}, [("no_face", WARN)]),
        ({"face": FacePlace.EDGE}, [("no_face", WARN)]),
        ({"sharpness": 0.0, "face": FacePlace.NONE}, [("blurred", WARN), ("no_face", WARN)]),
        ({"virtual": True}, [("virtual", WARN)]),
        (COVERED | {"virtual": True}, [("covered", FAIL), ("virtual", WARN)]),
        # what the person says: a no fails unless a cause explains it, a yes takes nothing back
        ({"seen": True}, [("ok", PASS)]),
        ({"cannot_tell": True}, [("ok", PASS)]),
        ({"seen": False}, [("not_seen", FAIL)]),
        ({"seen": False, "sharpness": 0.0}, [("not_seen", FAIL), ("blurred", WARN)]),
        ({"seen": False, "virtual": True}, [("not_seen", FAIL), ("virtual", WARN)]),
        ({"seen": False, "dark_pct": 100.0}, [("dark", WARN)]),
        ({"seen": False, "centre_luma": 60.0, "border_luma": 180.0}, [("backlit", WARN)]),
        ({"seen": False, "face": FacePlace.NONE}, [("no_face", WARN)]),
        (COVERED | {"seen": False}, [("covered", FAIL)]),
        (COVERED | {"seen": True}, [("covered", FAIL)]),
        ({"seen": False, "identical_pct": 100.0}, [("frozen", FAIL)]),
        ({"seen": True, "identical_pct": 100.0}, [("frozen", FAIL)]),
        ({"seen": True, "failure": Failure.NONE_FOUND, "available": ()}, [("none", FAIL)]),
        ({"seen": True, "frames": None}, [("not_checked", UNKNOWN)]),
    ],
)
def test_pictures_are_judged(facts: dict[str, Any], expected: list[tuple[str, Status]]) -> None:
    assert judged(**facts) == expected


@pytest.mark.parametrize(
    "missing",
    [
        "frames",
        "fps",
        "mean_luma",
        "dark_pct",
        "luma_std",
        "gradient",
        "identical_pct",
        "width_px",
        "height_px",
    ],
)
def test_a_missing_decisive_fact_is_no_pass(missing: str) -> None:
    assert judged(DEMANDS, **{missing: None}) == [("not_checked", UNKNOWN)]


@pytest.mark.parametrize("missing", ["centre_luma", "border_luma", "sharpness", "face", "virtual", "still_pct"])
def test_a_missing_hint_gives_no_hint(missing: str) -> None:
    assert judged(DEMANDS, **{missing: None}) == [("ok", PASS)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # nothing yet
        ({"frames": None, "fps": None, "mean_luma": None}, [("not_checked", UNKNOWN)]),
        # the first pictures: hints may be told while the rest is not known
        ({"frames": 3, "fps": None, "dark_pct": 100.0}, [("not_checked", UNKNOWN), ("dark", WARN)]),
        ({"frames": 3, "fps": None, "face": FacePlace.NONE}, [("not_checked", UNKNOWN), ("no_face", WARN)]),
        ({"frames": 3, "fps": None} | COVERED, [("covered", FAIL)]),
        # two equal pictures are not a frozen camera yet
        ({"frames": FEWEST_PICTURES - 1, "identical_pct": 100.0, "fps": None}, [("not_checked", UNKNOWN)]),
        # one side known and small, the other not known
        ({"width_px": 320, "height_px": None}, [("not_checked", UNKNOWN)]),
    ],
)
def test_partial_readings_coach_but_never_pass(facts: dict[str, Any], expected: list[tuple[str, Status]]) -> None:
    assert judged(**facts) == expected


def test_an_empty_reading_is_not_checked() -> None:
    findings = CameraCheck().judge(CameraReading(), DEMANDS, TODAY)
    assert findings == (Finding("camera.not_checked", UNKNOWN, {"reason": "crashed"}),)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, [("ok", PASS)]),
        ({"width_px": None, "height_px": None}, [("ok", PASS)]),
        ({"width_px": 160, "height_px": 120}, [("ok", PASS)]),
        ({"fps": 5.0}, [("ok", PASS)]),
        ({"fps": 4.9}, [("slow", FAIL)]),
        ({"fps": None}, [("not_checked", UNKNOWN)]),
    ],
)
def test_a_profile_without_demands(facts: dict[str, Any], expected: list[tuple[str, Status]]) -> None:
    assert judged(CameraRequirement(), **facts) == expected


def test_a_profile_decides_what_fails() -> None:
    strict = CameraRequirement(
        width_px=Limit(source="test", fail_below=1280), fps=Limit(source="test", warn_below=25, fail_below=2)
    )
    assert judged(strict, width_px=640) == [("small", FAIL)]
    assert judged(strict, fps=3.0) == [("slow", WARN)]
    assert judged(CameraRequirement(fps=Limit(source="test", warn_below=25)), fps=3.0) == [("slow", FAIL)]


@pytest.mark.parametrize(
    ("failure", "expected", "params"),
    [
        (Failure.NONE_FOUND, ("no_such", FAIL), {"name": "Lab camera", "available": ("Lab camera",)}),
        (Failure.BLOCKED, ("blocked", FAIL), {}),
        (Failure.BUSY, ("busy", FAIL), {"programs": ("Zoom",)}),
        (Failure.NOT_ANSWERING, ("not_answering", FAIL), {"name": "Lab camera"}),
        (Failure.UNPLUGGED, ("unplugged", FAIL), {"name": "Lab camera"}),
        (Failure.CRASHED, ("not_checked", UNKNOWN), {"reason": "crashed"}),
        (Failure.CANCELLED, ("not_checked", UNKNOWN), {"reason": "cancelled"}),
        (Failure.UNSUPPORTED, ("not_checked", UNKNOWN), {"reason": "unsupported"}),
    ],
)
def test_failures_come_before_pictures(
    failure: Failure, expected: tuple[str, Status], params: dict[str, Param]
) -> None:
    reading = msgspec.structs.replace(GOOD, failure=failure, held_by=("Zoom",), dark_pct=100.0)
    (finding,) = CameraCheck().judge(reading, DEMANDS, TODAY)
    assert (finding.id, finding.status, finding.params) == (f"camera.{expected[0]}", expected[1], params)


def test_no_pictures_at_all_is_not_answering() -> None:
    assert judged(frames=0) == [("not_answering", FAIL)]


def test_a_silent_virtual_camera_is_named() -> None:
    assert judged(failure=Failure.NOT_ANSWERING, virtual=True) == [("not_answering", FAIL), ("virtual", WARN)]


@pytest.mark.parametrize(
    ("facts", "params"),
    [
        ({}, {"name": "Lab camera"}),
        ({"name": None}, {"name": ""}),
        ({"virtual": True}, {"name": "Lab camera"}),
        ({"fps": 12.34}, {"fps": 12.3}),
        ({"width_px": 320}, {"width_px": 320, "height_px": 720}),
        ({"dark_pct": 100.0}, {}),
    ],
)
def test_findings_carry_what_their_words_quote(facts: dict[str, Any], params: dict[str, Param]) -> None:
    (finding,) = CameraCheck().judge(msgspec.structs.replace(GOOD, **facts), DEMANDS, TODAY)
    assert finding.params == params


def test_a_computer_without_a_camera_has_none_whatever_was_asked_for() -> None:
    reading = CameraReading(failure=Failure.NONE_FOUND, name="C920")
    (finding,) = CameraCheck().judge(reading, CameraRequirement(), date(2026, 11, 21))
    assert (finding.id, finding.status) == ("camera.none", Status.FAIL)


def test_who_was_shown_the_pictures_is_asked_once() -> None:
    check = CameraCheck()
    assert check.question(GOOD) is None
    shown = check.shown(GOOD)
    assert shown == msgspec.structs.replace(GOOD, shown=True)
    assert check.question(shown) == SEE_YOURSELF
    assert check.question(msgspec.structs.replace(shown, failure=Failure.UNPLUGGED)) is None
    for answer in (1, 0, NoAnswer.CANNOT_TELL):
        assert check.question(check.answered(shown, SEE_YOURSELF, answer)) is None


@pytest.mark.parametrize(
    ("answer", "facts"),
    [
        (1, {"seen": True}),
        (0, {"seen": False}),
        (NoAnswer.CANNOT_TELL, {"cannot_tell": True}),
        (NoAnswer.SKIP, {}),
        (NoAnswer.TIMEOUT, {}),
    ],
)
def test_the_answer_becomes_part_of_the_reading(answer: Answer, facts: dict[str, Any]) -> None:
    assert CameraCheck().answered(GOOD, SEE_YOURSELF, answer) == msgspec.structs.replace(GOOD, **facts)
