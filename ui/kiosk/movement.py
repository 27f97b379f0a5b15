"""Whether somebody moves before the camera: two pictures are compared, and forgotten. No Qt."""

from __future__ import annotations

from typing import Final

from readiness.live import Picture

#: Pieces of a picture that are compared, in bytes: the mean of a short piece of a row has hardly any noise.
_PIECE: Final = 48
#: One in so many pieces is looked at: enough to see a hand.
_ONE_IN: Final = 8

#: How much the mean of a piece must change, of 255. Noise of a camera in the dark (sigma 8 a byte) changes it by less than 2.
_CHANGE: Final = 6.0

#: Which part of the pieces must have changed.
_SHARE: Final = 0.01


def has_moved(before: Picture, now: Picture) -> bool:
    """Whether enough of the picture is another one. Pictures of two sizes cannot be compared: nothing has moved."""
    if len(before.rgb) != len(now.rgb) or len(now.rgb) < _PIECE:
        return False
    places = range(0, len(now.rgb) - _PIECE + 1, _PIECE * _ONE_IN)
    changed = sum(
        abs(sum(before.rgb[place : place + _PIECE]) - sum(now.rgb[place : place + _PIECE])) > _CHANGE * _PIECE
        for place in places
    )
    return changed >= _SHARE * len(places)
