"""Numbers as sentences quote them: on the same side of every limit as the numbers themselves."""

from __future__ import annotations

import pytest

from readiness.figures import shown_mbps, shown_over


@pytest.mark.parametrize(
    ("mbps", "shown"),
    [(0.0, 0.0), (0.5999, 0.59), (0.6, 0.6), (0.35, 0.35), (1.1, 1.1), (1.7999, 1.7), (99.99, 99.9), (940.7, 940.0)],
)
def test_shown_rates_never_cross_a_limit(mbps: float, shown: float) -> None:
    assert shown_mbps(mbps) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, 0.0), (0.04, 0.1), (2.0, 2.0), (2.001, 2.1), (9.99, 10.0), (10.0, 10.0), (75.01, 76.0), (150.0, 150.0)],
)
def test_shown_numbers_of_which_less_is_better_never_cross_one_either(value: float, shown: float) -> None:
    assert shown_over(value) == shown
