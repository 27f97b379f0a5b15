"""Whether somebody moves before the camera: two pictures are compared, and forgotten. No Qt."""

from __future__ import annotations

from typing import Final

from readiness.live import Picture

#: About how many bytes of a picture are looked at, spread over all of it: enough to see a hand.
_LOOKED_AT: Final = 4000

#: How much a byte must change: noise of a camera in a dark room stays below (sigma 8 of 255, three times).
_CHANGE: Final = 24

#: Which part of them must have changed.
_SHARE: Final = 0.02


def has_moved(before: Picture, now: Picture) -> bool:
    """Whether enough of the picture is another one. Pictures of two sizes cannot be compared: nothing has moved."""
    if len(before.rgb) != len(now.rgb) or not now.rgb:
        return False
    stride = max(1, len(now.rgb) // _LOOKED_AT) | 1  # odd: all three colours are looked at
    old, new = before.rgb[::stride], now.rgb[::stride]
    changed = sum(abs(one - other) > _CHANGE for one, other in zip(old, new, strict=True))
    return changed >= _SHARE * len(new)
