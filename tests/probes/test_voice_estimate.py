"""The estimate of a call's sound follows ITU-T G.107."""

from __future__ import annotations

import pytest

from readiness.probes.voice_estimate import estimate_mos, mos_of


@pytest.mark.parametrize(
    ("r", "mos"), [(93.2, 4.4093), (80.0, 4.024), (70.0, 3.597), (0.0, 1.0), (-9.0, 1.0), (100.0, 4.5)]
)
def test_annex_b_turns_a_rating_into_an_opinion(r: float, mos: float) -> None:
    assert mos_of(r) == pytest.approx(mos, abs=5e-4)


@pytest.mark.parametrize("r", [2.0, 5.0, 6.5])
def test_an_opinion_is_never_worse_than_bad(r: float) -> None:
    """Just above 0 the polynomial itself is below 1."""
    assert mos_of(r) == 1.0


@pytest.mark.parametrize(
    ("delay_ms", "loss_pct", "mos"),
    [(150.0, 0.0, 4.3291), (150.0, 3.0, 4.0033), (300.0, 0.0, 3.7121), (150.0, 10.0, 3.2303)],
)
def test_delay_and_loss_cost_what_the_model_says(delay_ms: float, loss_pct: float, mos: float) -> None:
    assert estimate_mos(delay_ms, loss_pct) == pytest.approx(mos, abs=5e-4)


def test_more_of_either_is_never_better() -> None:
    by_delay = [estimate_mos(float(delay_ms), 1.0) for delay_ms in range(0, 2000, 50)]
    by_loss = [estimate_mos(50.0, float(loss_pct)) for loss_pct in range(101)]
    assert by_delay == sorted(by_delay, reverse=True)
    assert by_loss == sorted(by_loss, reverse=True)
    assert min(*by_delay, *by_loss) >= 1.0
    assert max(*by_delay, *by_loss) <= 4.5
