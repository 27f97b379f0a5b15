"""Turns camera pictures into numbers: light, structure, movement, sharpness, a face. No picture is kept or handed on.

How the figures were chosen was measured on the made pictures of ``tests/probes/scenes.py`` (1280 x 720, 640 x 480 and
320 x 240, sensor noise of sigma 0 to 8); the tests state the margins.
"""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Iterable
from typing import Any, Final

import cv2
import cv2.data
import msgspec
import numpy as np
from numpy.typing import NDArray

from readiness.readings import FacePlace

Picture = NDArray[np.uint8]
"""Blue, green, red: (height, width, 3)."""

Luma = NDArray[np.float32]
"""0.21 R + 0.72 G + 0.07 B, 0 to 255: (height, width)."""

#: 0.21 R + 0.72 G + 0.07 B (Rec. 709, rounded), in OpenCV's order of colours.
_LUMA_OF_BGR: Final = (0.07, 0.72, 0.21)

#: Everything but sharpness is read off a picture of this width: averaging takes away most noise and most of the work.
_SMALL_PX: Final = 320

#: Fine detail is what a picture of this width still shows: a visit shows the person no larger than that.
_FINE_PX: Final = 640

#: A picture is dark below this mean luma: a room in which a face cannot be told (20 of 255, as call services count).
_DARK_LUMA: Final = 20.0

#: Structural similarity over which two pictures show the same (as call services count frozen video).
_STILL_SIMILARITY: Final = 0.985

#: Structure is counted between these two sizes (standard deviations of smoothing, in small pixels): finer is noise,
#: coarser is the lamp's falloff or the glow around a covering finger.
_STRUCTURE_PX: Final = (2.0, 8.0)

#: Less variance of the Laplacian than this in the coarse picture is no edge to compare with.
_COARSE_EDGES: Final = 0.2

#: Where coarse edges are missing: very coarse ones of this strength say that everything is out of focus, none at all
#: that there is only a wall.
_SHAPES: Final = 1.0

#: Median absolute deviation to standard deviation, for normally distributed noise.
_MAD_TO_SIGMA: Final = 1.4826

#: Sharpness and face are looked at in every so many pictures: they cost the most and change the least.
_SHARPNESS_EVERY: Final = 8
_FACE_EVERY: Final = 12

#: A face counts from an eighth of the picture's height: further away a doctor sees no expression.
_SMALLEST_FACE: Final = 1 / 8

#: The middle: a face whose centre is in the middle 60 % across and the upper 80 % down is where a doctor expects it.
_MIDDLE_ACROSS: Final = (0.2, 0.8)
_MIDDLE_DOWN: Final = (0.1, 0.8)


class Analysis:
    """Takes the pictures of one camera, all of one size, and knows at any time what they have in common.

    The oldest may be forgotten, so that it follows what changes before the camera.
    """

    def __init__(self) -> None:
        self._seen: deque[_Seen] = deque()
        self._fresh = 0
        """Pictures ever that were not equal to the one before."""
        self._last: Picture = np.zeros((1, 1, 3), np.uint8)
        self._last_light: _Light | None = None
        """None before the first picture."""
        self._last_tiny: Luma = np.zeros((1, 1), np.float32)
        self._last_small: Luma = np.zeros((1, 1), np.float32)
        self._face_finder = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_alt2.xml")

    @property
    def pictures(self) -> int:
        return len(self._seen)

    def add(self, picture: Picture) -> None:
        """Look at one more picture."""
        if self._last_light and np.array_equal(self._last, picture):
            self._seen.append(_Seen(self._last_light, is_equal=True))
            return
        small = small_luma(picture, _SMALL_PX)
        # A quarter of the size: noise alone must not look like movement.
        tiny = np.asarray(cv2.resize(small, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.float32)
        seen = _Seen(_light(mean_luma(picture), small), small=small)
        if self._last_light:
            seen.is_equal = False
            seen.is_still = similarity(self._last_tiny, tiny) > _STILL_SIMILARITY
            if self._fresh % _SHARPNESS_EVERY == 1:
                seen.sharpness = sharpness(self._last, picture)
        if self._fresh % _FACE_EVERY == 0:
            seen.face = self._find_face(small)
        self._seen.append(seen)
        self._last, self._last_light, self._last_tiny, self._last_small = picture, seen.light, tiny, small
        self._fresh += 1

    def forget_oldest(self) -> None:
        """Take the picture that was added first out of the facts; one is there at least."""
        self._seen.popleft()

    def facts(self) -> dict[str, Any]:
        """The fields of `CameraReading` that pictures tell, as far as they are known now."""
        if not self._seen:
            return {"frames": 0}
        height_px, width_px = self._last.shape[:2]
        lights = [seen.light for seen in self._seen]
        lumas = [light.mean for light in lights]
        return {
            "frames": self.pictures,
            "width_px": width_px,
            "height_px": height_px,
            "mean_luma": statistics.fmean(lumas),
            "luma_std": statistics.median(light.std for light in lights),
            "dark_pct": 100 * sum(luma < _DARK_LUMA for luma in lumas) / len(lumas),
            "centre_luma": statistics.fmean(light.centre for light in lights),
            "border_luma": statistics.fmean(light.border for light in lights),
            "gradient": structure(self._mean_picture()),
            "identical_pct": _share_pct(seen.is_equal for seen in self._seen),
            "still_pct": _share_pct(seen.is_still for seen in self._seen),
            # The sharpest moment: a person who moves, or a lens that still looks for its focus, is no blurred camera.
            "sharpness": max((seen.sharpness for seen in self._seen if seen.sharpness is not None), default=None),
            "face": self._face(),
        }

    def _mean_picture(self) -> Luma:
        """The mean over all different pictures."""
        different = [seen.small for seen in self._seen if seen.small is not None] or [self._last_small]
        total = np.zeros_like(different[0])
        for small in different:
            total += small
        return total / np.float32(len(different))

    def _find_face(self, small: Luma) -> FacePlace:
        high, wide = small.shape
        grey = cv2.equalizeHist(np.clip(small, 0, 255).astype(np.uint8))
        smallest = round(high * _SMALLEST_FACE)
        faces = self._face_finder.detectMultiScale(grey, 1.1, 4, minSize=(smallest, smallest))
        places = {_place((x + w / 2) / wide, (y + h / 2) / high) for x, y, w, h in faces}
        return next((place for place in (FacePlace.CENTRE, FacePlace.EDGE) if place in places), FacePlace.NONE)

    def _face(self) -> FacePlace | None:
        """Where a face was seen most often; a face that was missed once (a blink, a turn of the head) still counts."""
        looks = [seen.face for seen in self._seen if seen.face is not None]
        places = [place for place in looks if place is not FacePlace.NONE]
        if len(places) * 3 >= len(looks) > 0:
            return statistics.mode(places)
        return FacePlace.NONE if looks else None


class _Light(msgspec.Struct, frozen=True):
    """How light one picture is, in luma."""

    mean: float
    std: float
    centre: float
    border: float


class _Seen(msgspec.Struct):
    """What is kept of one picture: numbers, and a small one that is gone with it. None where it was not looked for."""

    light: _Light
    small: Luma | None = None
    """None for a picture that is equal to the one before."""
    is_equal: bool | None = None
    is_still: bool | None = None
    sharpness: float | None = None
    face: FacePlace | None = None


def _light(mean: float, small: Luma) -> _Light:
    high, wide = small.shape
    sides = (small[: high * 2 // 3, : wide // 5], small[: high * 2 // 3, wide * 4 // 5 :])
    return _Light(
        mean=mean,
        std=float(small.std()),
        centre=float(small[high * 3 // 10 : high * 7 // 10, wide * 11 // 25 : wide * 14 // 25].mean()),
        border=float(np.mean([side.mean() for side in sides])),
    )


def _share_pct(answers: Iterable[bool | None]) -> float | None:
    """Of those that were given, how many are yes; None where none was given."""
    given = [answer for answer in answers if answer is not None]
    return 100 * sum(given) / len(given) if given else None


def mean_luma(picture: Picture) -> float:
    """0.21 R + 0.72 G + 0.07 B over all pixels, 0 to 255."""
    return float(np.dot(cv2.mean(picture)[:3], _LUMA_OF_BGR))


def small_luma(picture: Picture, width_px: int) -> Luma:
    """The picture's luma at ``width_px`` (or its own width, if that is less), by averaging: noise goes, shapes stay."""
    high, wide = picture.shape[:2]
    if wide > width_px:
        size = (width_px, max(1, round(high * width_px / wide)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.transform(picture.astype(np.float32), np.array([_LUMA_OF_BGR], np.float32)), np.float32)


def structure(mean_picture: Luma) -> float:
    """Mean absolute difference of neighbouring pixels that shapes cause, in luma.

    ``mean_picture`` is the mean over all pictures, in which noise has averaged out. What is finer than two pixels and
    coarser than eight is taken away first: the rest of the noise, and light that falls off gently.
    """
    finer, coarser = (cv2.GaussianBlur(mean_picture, (0, 0), sigma) for sigma in _STRUCTURE_PX)
    band = finer - coarser
    return float(np.abs(np.diff(band, axis=0)).mean() + np.abs(np.diff(band, axis=1)).mean()) / 2


def similarity(one: Luma, other: Luma) -> float:
    """Mean structural similarity, -1 to 1 (1 for equal pictures).

    Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural similarity",
    IEEE Transactions on Image Processing 13 (2004), with their window (sigma 1.5) and constants (0.01 and 0.03).
    """

    def smooth(values: Luma) -> Luma:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), np.float32)

    mean_one, mean_other = smooth(one), smooth(other)
    variance_one = smooth(one * one) - mean_one**2
    variance_other = smooth(other * other) - mean_other**2
    covariance = smooth(one * other) - mean_one * mean_other
    light, contrast = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    top = (2 * mean_one * mean_other + light) * (2 * covariance + contrast)
    bottom = (mean_one**2 + mean_other**2 + light) * (variance_one + variance_other + contrast)
    return float((top / bottom).mean())


def sharpness(before: Picture, picture: Picture) -> float | None:
    """Variance of the Laplacian in the fine picture, in per cent of that in one of half the size; None for a bare wall.

    The variance alone depends on what is in the picture and on its contrast; its loss from one size to the next does
    not. Sharp edges keep 50 and more; measured on the made room, 1280 pixels wide and out of focus by a Gaussian of
    sigma 2 px: 28; 3 px: 19; 4 px: 14; 5 px: 12; 8 px: 9, all within 1 for noise of sigma 0 to 8.

    Noise of sigma s adds 20 s^2 to the variance. It is measured by what differs between two pictures in a row (the
    median, so that movement in less than half of the picture does not count) and taken off.
    """
    fine_px = min(_FINE_PX, picture.shape[1])
    fine, coarse, very_coarse = (_edge_strength(before, picture, fine_px // part) for part in (1, 2, 8))
    if coarse >= _COARSE_EDGES:
        return 100 * fine / coarse
    return 0.0 if very_coarse >= _SHAPES else None


def _edge_strength(before: Picture, picture: Picture, width_px: int) -> float:
    """Variance of the Laplacian at that width, without what noise adds to it."""
    earlier, later = (
        np.asarray(cv2.Laplacian(cv2.GaussianBlur(small_luma(p, width_px), (0, 0), 1), cv2.CV_32F), np.float32)
        for p in (before, picture)
    )
    noise_sigma = _MAD_TO_SIGMA * float(np.median(np.abs(later - earlier)[::2, ::2]))
    return max(0.0, float(later.var()) - noise_sigma**2 / 2)


def _place(across: float, down: float) -> FacePlace:
    """Where a face with its centre at these shares of width and height is."""
    in_middle = _MIDDLE_ACROSS[0] <= across <= _MIDDLE_ACROSS[1] and _MIDDLE_DOWN[0] <= down <= _MIDDLE_DOWN[1]
    return FacePlace.CENTRE if in_middle else FacePlace.EDGE
