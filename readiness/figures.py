"""How a measured number is rounded before a sentence quotes it. Arithmetic only."""

from __future__ import annotations

import math


def shown_mbps(mbps: float) -> float:
    """A rate as a sentence quotes it: about two significant figures, rounded down so that it never crosses a limit.

    A line of 0.599 Mbit/s that is told to be under 0.6 must not be shown as "0.6".
    """
    scale = 100 if mbps < 1 else 10 if mbps < 100 else 1
    return int(mbps * scale + 1e-9) / scale


def shown_over(value: float) -> float:
    """A number of which less is better, as a sentence quotes it: rounded up, so that it never crosses a limit.

    A line that loses 2.04 of 100 packets is told to lose too many, and must not be shown as losing 2.
    """
    return math.ceil(value * 10 - 1e-9) / 10 if value < 10 else float(math.ceil(value - 1e-9))
