"""Pictures that a camera might give, drawn with numpy: a person in a room, and what goes wrong with it.

All are BGR, uint8, (height, width, 3), as OpenCV gives them. Noise is drawn anew for every picture, as a sensor does.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

WIDTH_PX: Final = 1280
HEIGHT_PX: Final = 720


def room(face_at: float | None = 0.5, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> Picture:
    """A lit room with a shelf and a lamp's falloff on the wall; a person with the face at ``face_at`` of the width."""
    wide, high = 1280, 720
    across = np.linspace(0, 1, wide, dtype=np.float32)[None, :]
    down = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    wall = 175 - 55 * across - 30 * down
    picture = np.repeat(wall[:, :, None], 3, axis=2) * np.array([0.92, 0.97, 1.0], np.float32)
    picture = picture.astype(np.uint8)
    for shelf_y in (180, 360, 540):
        cv2.rectangle(picture, (40, shelf_y), (340, shelf_y + 12), (50, 80, 110), -1)
        for book in range(12):
            colour = ((book * 53) % 160 + 30, (book * 97) % 160 + 30, (book * 31) % 160 + 30)
            cv2.rectangle(
                picture, (50 + book * 24, shelf_y - 90 + (book * 17) % 40), (68 + book * 24, shelf_y), colour, -1
            )
    cv2.rectangle(picture, (960, 90), (1180, 260), (70, 70, 75), 8)
    cv2.line(picture, (960, 260), (1180, 90), (90, 110, 140), 6)
    if face_at is not None:
        person(picture, round(face_at * wide), 320)
    return resized(picture, width_px, height_px)


def person(picture: Picture, x: int, y: int, shade: float = 1.0) -> None:
    """Draw head and shoulders with the middle of the face at (x, y); ``shade`` 0 to 1 darkens them."""

    def colour(blue: int, green: int, red: int) -> tuple[float, float, float]:
        return (blue * shade, green * shade, red * shade)

    cv2.ellipse(picture, (x, y + 420), (260, 250), 0, 0, 360, colour(110, 60, 40), -1)
    cv2.rectangle(picture, (x - 50, y + 90), (x + 50, y + 200), colour(120, 150, 195), -1)
    cv2.ellipse(picture, (x, y - 30), (125, 150), 0, 0, 360, colour(30, 40, 55), -1)
    cv2.ellipse(picture, (x, y), (105, 140), 0, 0, 360, colour(140, 175, 220), -1)
    for side in (-1, 1):
        cv2.ellipse(picture, (x + side * 42, y - 22), (30, 17), 0, 0, 360, colour(105, 130, 165), -1)
        cv2.ellipse(picture, (x + side * 42, y - 20), (20, 9), 0, 0, 360, colour(225, 230, 235), -1)
        cv2.circle(picture, (x + side * 42, y - 20), 9, colour(30, 30, 40), -1)
        cv2.ellipse(picture, (x + side * 42, y - 50), (32, 7), 0, 0, 360, colour(30, 45, 60), -1)
    cv2.ellipse(picture, (x, y + 15), (13, 42), 0, 0, 360, colour(155, 190, 232), -1)
    cv2.ellipse(picture, (x, y + 48), (24, 8), 0, 0, 360, colour(105, 135, 180), -1)
    cv2.ellipse(picture, (x, y + 88), (40, 11), 0, 0, 360, colour(80, 85, 160), -1)


def at_the_window(width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> Picture:
    """A person whose back is to a bright window."""
    picture = np.full((720, 1280, 3), 235, np.uint8)
    for bar in (160, 640, 1120):
        cv2.rectangle(picture, (bar - 12, 0), (bar + 12, 720), (190, 195, 200), -1)
    cv2.rectangle(picture, (0, 600), (1280, 720), (60, 60, 60), -1)
    person(picture, 640, 320, shade=0.22)
    return resized(picture, width_px, height_px)


def noisy(picture: Picture, sigma: float, seed: int) -> Picture:
    """The picture with a sensor's noise, the same for no two seeds."""
    if not sigma:
        return picture.copy()
    high, wide = picture.shape[:2]
    down, across = np.random.default_rng(seed).integers(0, _SPARE_PX, 2)
    noise = _noise(sigma)[down : down + high, across : across + wide]
    return np.asarray(cv2.add(picture, noise, dtype=cv2.CV_8U), np.uint8)


#: Drawing noise anew for each picture takes long: it is another part of one large field each time.
_SPARE_PX: Final = 200


@cache
def _noise(sigma: float) -> NDArray[np.int16]:
    shape = (HEIGHT_PX + _SPARE_PX, WIDTH_PX + _SPARE_PX, 3)
    drawn = np.random.default_rng(1906).standard_normal(shape, np.float32)
    noise: NDArray[np.int16] = np.rint(drawn * np.float32(sigma)).astype(np.int16)
    return noise


def dimmed(picture: Picture, share: float) -> Picture:
    """The picture with ``share`` (0 to 1) of its light."""
    return (picture * np.float32(share)).astype(np.uint8)


def defocused(picture: Picture, radius_px: float) -> Picture:
    """The picture out of focus."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), radius_px), np.uint8)


def even(luma: float, falloff: float = 0.0, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> Picture:
    """What a covered lens gives: one colour, with a little more light towards one corner."""
    slope = np.linspace(0, falloff, width_px)[None, :, None] + np.zeros((height_px, 1, 3))
    return np.clip(luma + slope, 0, 255).astype(np.uint8)


def resized(picture: Picture, width_px: int, height_px: int) -> Picture:
    if picture.shape[:2] == (height_px, width_px):
        return picture
    return np.asarray(cv2.resize(picture, (width_px, height_px), interpolation=cv2.INTER_AREA), np.uint8)
