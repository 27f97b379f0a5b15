"""What a listener would say of a call's sound, after ITU-T G.107: an estimate for voice, never a judgement.

Only what a network does to a call goes in: delay and loss. The codec is taken to be G.711 with packet loss concealment.
"""

from __future__ import annotations

from typing import Final

#: R of a call without any flaw of the network, and where a longer way begins to be heard (ITU-T G.107, simplified).
_BEST_R: Final = 93.2
_HEARD_FROM_MS: Final = 177.3

#: G.711 with concealment: how it sounds by itself (Ie), and how well it bears loss (Bpl). ITU-T G.113, Appendix I.
_IE: Final = 0.0
_BPL: Final = 25.1

#: Clamps of ITU-T G.107, Annex B.
_LEAST_MOS: Final = 1.0
_MOST_MOS: Final = 4.5


def estimate_mos(delay_ms: float, loss_pct: float) -> float:
    """The mean opinion score, 1 (bad) to 4.5 (best), for a delay one way and a loss in per cent."""
    return mos_of(_BEST_R - _delay_impairment(delay_ms) - _loss_impairment(loss_pct))


def mos_of(r: float) -> float:
    """The mean opinion score of a transmission rating R (ITU-T G.107, Annex B)."""
    if r <= 0:
        return _LEAST_MOS
    if r >= 100:
        return _MOST_MOS
    return min(_MOST_MOS, max(_LEAST_MOS, 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)))


def _delay_impairment(delay_ms: float) -> float:
    return 0.024 * delay_ms + 0.11 * max(0.0, delay_ms - _HEARD_FROM_MS)


def _loss_impairment(loss_pct: float) -> float:
    return _IE + (95 - _IE) * loss_pct / (loss_pct + _BPL)
