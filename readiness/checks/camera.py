"""Judges whether a camera shows the person: there, free, live, lit, sharp and large enough.

Thresholds are constants here, with their sources, except what a visit demands of size and rate: that is the profile's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import msgspec

from readiness.check import Check
from readiness.model import Failure, Finding, Status, heaviest, in_order
from readiness.profile import Limit, Requirement
from readiness.questions import Answer, NoAnswer, Question
from readiness.readings import CameraReading, FacePlace

#: Fewer pictures than this tell nothing about a stream: at 30 pictures a second they pass in a sixth of a second.
FEWEST_PICTURES: Final = 5

#: "More than a third of the pictures": the share that call services use before they speak of a dark picture.
MOST_DARK_PCT: Final = 100 / 3

#: A covered lens is even all over, at any brightness (a finger glows red, tape is grey): luma varies by less than 8 of
#: 255 inside the picture ...
COVERED_LUMA_STD: Final = 8.0

#: ... and shows no shapes. Measured on made pictures with sensor noise of sigma 0 to 8, about 50 pictures each: covered
#: up to 0.036; a furnished room with a tenth of its light (mean luma 12) 0.105 and more, a bare one 0.05 and more. A
#: room with a twentieth (mean luma 6) is black to the eye, too, and may count as either.
COVERED_GRADIENT: Final = 0.04

#: Light from behind: the middle, where the face is, is nearly black ...
BACKLIT_CENTRE_LUMA: Final = 65.0

#: ... and the surroundings are at least this many times as bright. Measured on made pictures: a person before a window
#: 52 and 4.4 times; dark skin (a third of the light comes back) well lit before a white wall 71 and 3.1 times, which
#: is no light from behind and must not be called that.
BACKLIT_RATIO: Final = 3.0

#: Pictures equal bit for bit to the one before. A live sensor has noise, so equal pictures come from the driver's
#: memory. Drivers also repeat pictures when low light slows the sensor to a quarter of the rate (75 %): that is slow,
#: not frozen.
FROZEN_IDENTICAL_PCT: Final = 90.0

#: No profile may call this a video: under 5 pictures a second lips and hands no longer move.
UNUSABLE_FPS: Final = 5.0

#: Sharpness under which a picture is called blurred: detail is lost by a blur of about 4 pixels in 1280. Measured on
#: made pictures with noise of sigma 0 to 5: in focus 50 and more; out of focus by 3 pixels 19, 4 pixels 14, 5 pixels 12.
BLURRED_SHARPNESS: Final = 16.0

#: Asked of a person who was shown the pictures: 1 is yes, 0 is no.
SEE_YOURSELF: Final = Question("camera.see_yourself", (1, 0))


class CameraRequirement(Requirement, frozen=True):
    """What a visit demands of a camera. None: the profile makes no demand."""

    width_px: Limit | None = None
    height_px: Limit | None = None
    fps: Limit | None = None


class CameraCheck(Check[CameraReading, CameraRequirement]):
    """Is there a camera, does it give live pictures, and can a doctor see the person in them?

    One cause gives one finding: a covered lens is not also dark, a frozen picture not also blurred. Facts that are
    missing give ``not_checked`` beside whatever could be judged; only a full set of good facts is ``ok``.

    A person who was shown the pictures is asked whether they see themselves. A "no" that no cause explains is
    ``not_seen``; a "yes" takes nothing back of what was measured.
    """

    id = "camera"
    reads = CameraReading
    requires = CameraRequirement

    def judge(self, reading: CameraReading, requirement: CameraRequirement, today: date) -> tuple[Finding, ...]:
        findings = self._failed(reading) or self._pictures(reading, requirement)
        if reading.virtual:
            findings = [*findings, self.finding("virtual", Status.WARN, name=_name(reading))]
        return in_order(findings) or (self.finding("ok", Status.PASS, name=_name(reading)),)

    def shown(self, reading: CameraReading) -> CameraReading:
        return msgspec.structs.replace(reading, shown=True)

    def question(self, reading: CameraReading) -> Question | None:
        """Whether they see themselves, once pictures were shown and as long as nobody has said."""
        answered = reading.seen is not None or reading.cannot_tell
        return SEE_YOURSELF if reading.shown and reading.failure is None and not answered else None

    def answered(self, reading: CameraReading, question: Question, answer: Answer) -> CameraReading:
        match answer:
            case NoAnswer.CANNOT_TELL:
                return msgspec.structs.replace(reading, cannot_tell=True)
            case NoAnswer():
                return reading
            case yes:
                return msgspec.structs.replace(reading, seen=bool(yes))

    def _failed(self, reading: CameraReading) -> list[Finding]:
        """What the failure means, or that no picture came at all; nothing when there are pictures to judge."""
        match reading.failure:
            case Failure.NONE_FOUND if reading.available:
                return [self.finding("no_such", Status.FAIL, name=_name(reading), available=reading.available)]
            case Failure.NONE_FOUND:
                return [self.finding("none", Status.FAIL)]
            case Failure.BLOCKED:
                return [self.finding("blocked", Status.FAIL)]
            case Failure.BUSY:
                return [self.finding("busy", Status.FAIL, programs=reading.held_by)]
            case Failure.UNPLUGGED:
                return [self.finding("unplugged", Status.FAIL, name=_name(reading))]
            case Failure.NOT_ANSWERING:
                return [self.finding("not_answering", Status.FAIL, name=_name(reading))]
            case None:
                return [self.finding("not_answering", Status.FAIL, name=_name(reading))] if reading.frames == 0 else []
            case other:
                return [self.not_checked(other)]

    def _pictures(self, reading: CameraReading, requirement: CameraRequirement) -> list[Finding]:
        findings = [*self._light(reading), *self._rate(reading, requirement), *self._size(reading, requirement)]
        if _incomplete(reading, requirement) and all(finding.status is not Status.FAIL for finding in findings):
            # Ended, or told in the middle, without what decides: hints may stand beside it, but this is no pass.
            findings.append(self.not_checked(Failure.CRASHED))
        return findings

    def _light(self, reading: CameraReading) -> Iterator[Finding]:
        """What the pictures show: the first cause that explains a bad picture, then hints that it does not explain."""
        if _covered(reading):
            yield self.finding("covered", Status.FAIL)
        elif _frozen(reading):
            yield self.finding("frozen", Status.FAIL)
        elif reading.dark_pct is not None and reading.dark_pct > MOST_DARK_PCT:
            yield self.finding("dark", Status.WARN)
        else:
            off_sight = reading.face in (FacePlace.EDGE, FacePlace.NONE)
            if reading.seen is False and not _backlit(reading) and not off_sight:
                yield self.finding("not_seen", Status.FAIL)
            if _backlit(reading):
                yield self.finding("backlit", Status.WARN)
            if reading.sharpness is not None and reading.sharpness < BLURRED_SHARPNESS:
                yield self.finding("blurred", Status.WARN)
            if off_sight:
                yield self.finding("no_face", Status.WARN)

    def _rate(self, reading: CameraReading, requirement: CameraRequirement) -> Iterator[Finding]:
        if reading.fps is None or _covered(reading) or _frozen(reading):
            return
        # Repeated pictures are no motion: the rate that a doctor sees is that of new ones.
        fps = reading.fps * (1 - (reading.identical_pct or 0) / 100)
        limit = requirement.fps
        status = limit.judge(fps) if limit else Status.PASS
        if fps < UNUSABLE_FPS and (limit is None or limit.fail_below is None):
            status = Status.FAIL
        if status is not Status.PASS:
            yield self.finding("slow", status, fps=round(fps, 1))

    def _size(self, reading: CameraReading, requirement: CameraRequirement) -> Iterator[Finding]:
        status = _size_status(reading, requirement)
        if status in (Status.WARN, Status.FAIL):
            yield self.finding("small", status, width_px=reading.width_px or 0, height_px=reading.height_px or 0)


def _name(reading: CameraReading) -> str:
    return reading.name or ""


def _incomplete(reading: CameraReading, requirement: CameraRequirement) -> bool:
    """Whether a fact is missing that every camera must have shown before it may be called good."""
    decisive: list[float | None] = [
        reading.fps,
        reading.mean_luma,
        reading.dark_pct,
        reading.luma_std,
        reading.gradient,
        reading.identical_pct,
    ]
    return (
        (reading.frames or 0) < FEWEST_PICTURES
        or None in decisive
        or _size_status(reading, requirement) is Status.UNKNOWN
    )


def _size_status(reading: CameraReading, requirement: CameraRequirement) -> Status:
    sides = ((requirement.width_px, reading.width_px), (requirement.height_px, reading.height_px))
    return heaviest([Status.PASS, *(limit.judge(side) for limit, side in sides if limit)])


def _covered(reading: CameraReading) -> bool:
    if reading.luma_std is None or reading.gradient is None:
        return False
    return reading.luma_std < COVERED_LUMA_STD and reading.gradient < COVERED_GRADIENT


def _frozen(reading: CameraReading) -> bool:
    if reading.identical_pct is None or (reading.frames or 0) < FEWEST_PICTURES:
        return False
    return reading.identical_pct > FROZEN_IDENTICAL_PCT


def _backlit(reading: CameraReading) -> bool:
    if reading.centre_luma is None or reading.border_luma is None:
        return False
    return reading.centre_luma < BACKLIT_CENTRE_LUMA and reading.border_luma >= reading.centre_luma * BACKLIT_RATIO
