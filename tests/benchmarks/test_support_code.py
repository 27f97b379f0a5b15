"""The simulated calls are fair: schemes take their own codes, slips are slips, and ours keeps its promises."""

from __future__ import annotations

import random

import pytest

from benchmarks import support_code as bench
from benchmarks.support_code import SCHEMES, SLIPS, SOUNDS, Scheme

OURS = SCHEMES[0]
BY_NAME = pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)


def codes(scheme: Scheme, count: int) -> list[str]:
    chance = random.Random(3)
    return [scheme.make(chance) for _ in range(count)]


@BY_NAME
def test_every_scheme_takes_its_own_codes(scheme: Scheme) -> None:
    for code in codes(scheme, 200):
        assert len(code) == sum(scheme.groups)
        assert scheme.accepts(code)
        assert "".join(bench.said(scheme, code)) == code


def test_the_schemes_are_those_of_the_literature() -> None:
    assert bench._damm("572") == "4"
    assert bench.damm_accepts("5724")
    assert bench.mod97_accepts("79444")  # ISO 7064: 794 has the check digits 44
    assert bench.base32_accepts("000000016J" + bench.BASE37[(1 * 1024 + 6 * 32 + 18) % 37])
    assert not bench.base32_accepts("00000U016J0"), "U stands for itself as a check symbol alone"


@BY_NAME
def test_single_slips_never_pass(scheme: Scheme) -> None:
    assert bench.unnoticed(scheme, "one wrong", codes(scheme, 100))[0] == 0


def test_no_slip_passes_with_ours() -> None:
    for slip in SLIPS:
        passed, tried = bench.unnoticed(OURS, slip, codes(OURS, 200))
        assert (passed, tried > 500) == (0, True), slip


def test_plain_mod_97_lets_groups_change_places() -> None:
    plain = SCHEMES[2]
    assert bench.unnoticed(plain, "groups swapped", codes(plain, 2000))[0] > 0
    assert bench.unnoticed(plain, "jump swapped", codes(plain, 200))[0] == 0


def test_noise_is_refused() -> None:
    assert bench.noise_accepted(OURS, 20_000, random.Random(4)) <= 1
    assert bench.noise_accepted(SCHEMES[1], 20_000, random.Random(4)) <= 1.2
    assert bench.noise_accepted(SCHEMES[3], 5_000, random.Random(4)) == pytest.approx(10, abs=2)


@pytest.mark.parametrize("language", SOUNDS)
def test_a_noisy_call_does_not_end_with_a_wrong_situation(language: str) -> None:
    went = bench.calls(OURS, language, 2000, random.Random(5))
    assert went.wrong <= 2
    assert went.given_up <= 2
    assert 4 < went.groups_asked < 8


def test_what_is_misheard_mostly_sounds_alike() -> None:
    chance = random.Random(6)
    got = bench.heard("5" * 20_000, bench.DIGITS, "English", chance)
    assert 400 < sum(digit != "5" for digit in got) < 800
    assert got.count("9") > 300
