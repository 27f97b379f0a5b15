"""What stands before the lab's cameras: pictures made of one portrait and plain drawing, noisy as every sensor is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.lab.scenarios import Scene

Picture = NDArray[Any]
"""Blue, green, red as 32-bit floats, 0 to 255: (height, width, 3)."""

_WIDTH_PX: Final = 1280
_HEIGHT_PX: Final = 720

#: How far the picture sways while a person sits before the camera, and how much of it is spare for that.
_SWAY_PX: Final = 4
_MARGIN_PX: Final = 6

#: Different pictures in a loop: at 30 a second the person sways once in half a second.
_LOOP: Final = 16

_PERSON: Final = Path(__file__).with_name("pictures") / "person.jpg"


def frames(scene: Scene) -> bytes:
    """The loop of pictures that the scene shows, as raw YUY2 frames one after another."""
    wide, high = scene.width_px + 2 * _MARGIN_PX, scene.height_px + 2 * _MARGIN_PX
    still = _yuy2(_to_size(_PICTURES[scene.picture](), wide, high))
    random = np.random.default_rng(1993)
    # A larger field of noise, seen at a different place each time, costs much less than fresh noise for each picture.
    spare = 256
    noise = random.normal(0.5, scene.noise * 219 / 255, (scene.height_px + spare, scene.width_px + spare))
    grain = noise.astype(np.float32)
    loop = []
    for index in range(_LOOP):
        turn = 2 * np.pi * index / _LOOP
        x = _MARGIN_PX + 2 * round(_SWAY_PX / 2 * np.sin(turn))  # two pixels share a colour
        y = _MARGIN_PX + round(_SWAY_PX / 3 * np.sin(2 * turn))
        frame = still[y : y + scene.height_px, x : x + scene.width_px].copy()
        row, column = random.integers(0, spare, 2)
        seen = grain[row : row + scene.height_px, column : column + scene.width_px]
        frame[:, :, 0] = cv2.add(np.ascontiguousarray(frame[:, :, 0]), seen, dtype=cv2.CV_8U)
        loop.append(frame.tobytes())
    return b"".join(loop)


def person() -> Picture:
    """A person sitting before the camera, well lit."""
    portrait = np.asarray(cv2.imread(str(_PERSON)), np.float32)
    scale = _HEIGHT_PX / portrait.shape[0]
    large = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    large += 1.5 * (large - cv2.GaussianBlur(large, (0, 0), 2.5))  # as crisp as a camera of that size would see it
    beside = _WIDTH_PX - large.shape[1]
    wide = cv2.copyMakeBorder(large, 0, 0, beside // 2, beside - beside // 2, cv2.BORDER_REFLECT)
    return np.asarray(np.clip(wide, 0, 255))


def blurred() -> Picture:
    return np.asarray(cv2.GaussianBlur(person(), (0, 0), 14))


def dark_room() -> Picture:
    """So little light that a face can just be guessed; shapes are there all the same."""
    return np.asarray(50.0 * (person() / 255) ** 3)


def cover() -> Picture:
    """Tape over the lens: a little light comes through it, evenly."""
    return np.full((_HEIGHT_PX, _WIDTH_PX, 3), 6.0, np.float32)


def backlit() -> Picture:
    """The person in their own shadow, the window behind them overexposed."""
    lit = person()
    mask = np.zeros((_HEIGHT_PX, _WIDTH_PX), np.float32)
    cv2.ellipse(mask, (640, 270), (150, 190), 0, 0, 360, 1.0, -1)
    cv2.ellipse(mask, (600, 720), (420, 330), 0, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 12)[:, :, None]
    window = np.clip(lit * 0.3 + 190, 0, 255)
    return np.asarray(lit * 0.22 * mask + window * (1 - mask))


def empty_room() -> Picture:
    """A wall, a shelf with books, a chair: edges and colours, but nobody."""
    room = np.full((_HEIGHT_PX, _WIDTH_PX, 3), (150, 165, 170), np.float32)
    room *= np.linspace(1.1, 0.8, _WIDTH_PX, dtype=np.float32)[None, :, None]
    random = np.random.default_rng(7)
    for shelf in (210, 380):
        left = 120
        while left < 640:
            thick, tall = int(random.integers(14, 40)), int(random.integers(80, 140))
            colour = tuple(float(value) for value in random.integers(30, 200, 3))
            cv2.rectangle(room, (left, shelf - tall), (left + thick - 3, shelf), colour, -1)
            left += thick
        cv2.rectangle(room, (110, shelf), (660, shelf + 14), (60, 80, 110), -1)
    cv2.rectangle(room, (820, 430), (1100, 470), (50, 60, 90), -1)
    cv2.rectangle(room, (820, 200), (850, 720), (50, 60, 90), -1)
    cv2.rectangle(room, (1070, 470), (1100, 720), (50, 60, 90), -1)
    cv2.rectangle(room, (0, 640), (_WIDTH_PX, _HEIGHT_PX), (70, 90, 110), -1)
    return room


_PICTURES: Final[Mapping[str, Callable[[], Picture]]] = {
    painting.__name__: painting for painting in (person, blurred, dark_room, cover, backlit, empty_room)
}


def _to_size(picture: Picture, wide: int, high: int) -> Picture:
    """The middle of the picture with the wanted proportions, at the wanted size."""
    has_high, has_wide = picture.shape[:2]
    scale = max(wide / has_wide, high / has_high)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(picture, (round(has_wide * scale), round(has_high * scale)), interpolation=method)
    top, left = (scaled.shape[0] - high) // 2, (scaled.shape[1] - wide) // 2
    return np.asarray(np.clip(scaled[top : top + high, left : left + wide], 0, 255))


def _yuy2(picture: Picture) -> NDArray[np.uint8]:
    """A frame as webcams send it: brightness for each pixel, colour for each pair (ITU-R BT.601, 16 to 235)."""
    blue, green, red = (picture[:, :, channel] for channel in range(3))
    frame = np.empty((*blue.shape, 2), np.uint8)
    frame[:, :, 0] = 16.5 + 0.0979 * blue + 0.5041 * green + 0.2568 * red
    blue, green, red = (channel[:, ::2] for channel in (blue, green, red))
    frame[:, ::2, 1] = 128.5 + 0.4392 * blue - 0.2910 * green - 0.1482 * red
    frame[:, 1::2, 1] = 128.5 - 0.0714 * blue - 0.3678 * green + 0.4392 * red
    return frame
