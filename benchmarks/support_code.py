"""How well a code survives a phone call, beside three others: ``python3 dev.py bench support_code``.

First every slip that is likely (one wrong digit, two digits or two groups that changed places), exhaustively over random
codes; then noise of any kind; then whole calls in which digits are misheard and asked for again. Prints tables and writes
them beside this file.

Which symbols sound alike is our own choice, after rhymes and first sounds ("five" and "nine", "seis" and "tres"); that
radio operators say "fife" and "niner" shows where it hurts. No recorded calls stand behind it.
"""

from __future__ import annotations

import itertools
import platform
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from readiness.support_code import VERSIONS, CodeError, decode, framed, most, unframed
from readiness.support_tables import TABLES

CODES: Final = 10_000
NOISES: Final = 1_000_000
CALLS: Final = 100_000
#: How many of the symbols are misheard, and how many of these as one that sounds alike.
MISHEARD: Final = 0.03
ALIKE: Final = 0.8
#: How often a code is asked for before the agent goes on without it.
MOST_ROUNDS: Final = 6

DIGITS: Final = "0123456789"
#: Crockford's Base32 leaves out I, L, O and U; the check symbol has five more.
BASE32: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE37: Final = BASE32 + "*~$=U"

#: Groups of what sounds alike.
SOUNDS: Final = {
    "English": ("59", "19", "23", "68", "04", "67", "BCDEGPTVZ3", "AHJK8", "MN", "FSX", "QU2", "I5Y9", "R1"),
    "Spanish": ("36", "67", "23", "04", "81", "12", "BCDEGPTV3", "FSX", "MN", "AHK", "QU1", "JX", "YW", "RZ"),
}


class Scheme(NamedTuple):
    """One way to guard a code."""

    name: str
    alphabet: str
    groups: tuple[int, ...]
    """How many symbols are said together."""
    make: Callable[[random.Random], str]
    accepts: Callable[[str], bool]


# --- The schemes -----------------------------------------------------------------------------------------------------


def ours(chance: random.Random) -> str:
    """The code of a random situation."""
    number = chance.randrange(most(TABLES[-1]) // VERSIONS)
    return framed(number * VERSIONS + len(TABLES) - 1).replace("-", "")


def ours_accepts(code: str) -> bool:
    try:
        decode(code)
    except CodeError:
        return False
    return True


def ours_framed(code: str) -> bool:
    """As if every payload had a meaning: the check digits and the rule about groups alone."""
    try:
        unframed(code)
    except CodeError:
        return False
    return True


def mod97(chance: random.Random) -> str:
    """Fourteen digits, and two of ISO 7064 MOD 97-10 behind them."""
    payload = chance.randrange(10**14)
    return f"{payload:014}{98 - payload * 100 % 97:02}"


def mod97_accepts(code: str) -> bool:
    return int(code) % 97 == 1


#: The quasigroup of order 10 of H. Michael Damm's thesis.
_DAMM: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def _damm(digits: str) -> str:
    state = "0"
    for digit in digits:
        state = _DAMM[int(state)][int(digit)]
    return state


def damm(chance: random.Random) -> str:
    """Fifteen digits and a check digit."""
    payload = f"{chance.randrange(10**15):015}"
    return payload + _damm(payload)


def damm_accepts(code: str) -> bool:
    return _damm(code) == "0"


def base32(chance: random.Random) -> str:
    """Ten symbols of Crockford's Base32, 50 bits, and his check symbol: the rest of the division by 37."""
    payload = chance.randrange(32**10)
    return "".join(BASE32[payload >> shift & 31] for shift in range(45, -5, -5)) + BASE37[payload % 37]


def base32_accepts(code: str) -> bool:
    payload = 0
    for symbol in code[:-1]:
        place = BASE32.find(symbol)
        if place < 0:
            return False
        payload = payload * 32 + place
    return BASE37[payload % 37] == code[-1]


SCHEMES: Final = (
    Scheme("**readiness**", DIGITS, (4, 4, 4, 4), ours, ours_accepts),
    Scheme("the same, were every payload in use", DIGITS, (4, 4, 4, 4), ours, ours_framed),
    Scheme("plain mod 97", DIGITS, (4, 4, 4, 4), mod97, mod97_accepts),
    Scheme("Damm", DIGITS, (4, 4, 4, 4), damm, damm_accepts),
    Scheme("Crockford Base32, mod 37", BASE37, (4, 4, 3), base32, base32_accepts),
)


# --- Slips -----------------------------------------------------------------------------------------------------------


def wrong_symbols(scheme: Scheme, code: str) -> Iterator[str]:
    for place, right in enumerate(code):
        for wrong in scheme.alphabet:
            if wrong != right:
                yield code[:place] + wrong + code[place + 1 :]


def swaps(code: str, distances: Sequence[int]) -> Iterator[str]:
    """Two symbols that changed places, so far apart."""
    for first, second in itertools.combinations(range(len(code)), 2):
        if second - first in distances and code[first] != code[second]:
            swapped = list(code)
            swapped[first], swapped[second] = code[second], code[first]
            yield "".join(swapped)


def group_swaps(scheme: Scheme, code: str) -> Iterator[str]:
    groups = said(scheme, code)
    for first, second in itertools.combinations(range(len(groups)), 2):
        if len(groups[first]) == len(groups[second]) and groups[first] != groups[second]:
            swapped = list(groups)
            swapped[first], swapped[second] = groups[second], groups[first]
            yield "".join(swapped)


def said(scheme: Scheme, code: str) -> list[str]:
    """The groups that a code is said in."""
    ends = list(itertools.accumulate(scheme.groups))
    return [code[end - size : end] for end, size in zip(ends, scheme.groups, strict=True)]


SLIPS: Final[dict[str, Callable[[Scheme, str], Iterator[str]]]] = {
    "one wrong": wrong_symbols,
    "neighbours swapped": lambda scheme, code: swaps(code, (1,)),
    "jump swapped": lambda scheme, code: swaps(code, (2,)),
    "any two swapped": lambda scheme, code: swaps(code, range(3, 16)),
    "groups swapped": group_swaps,
}


def unnoticed(scheme: Scheme, slip: str, codes: Sequence[str]) -> tuple[int, int]:
    """How many slips of a kind pass, of how many."""
    passed = tried = 0
    for code in codes:
        for wrong in SLIPS[slip](scheme, code):
            tried += 1
            passed += scheme.accepts(wrong)
    return passed, tried


def noise_accepted(scheme: Scheme, count: int, chance: random.Random) -> float:
    """The share of random texts of the right length that pass, in per cent."""
    length = sum(scheme.groups)
    texts = ("".join(chance.choices(scheme.alphabet, k=length)) for _ in range(count))
    return 100 * sum(map(scheme.accepts, texts)) / count


# --- Calls -----------------------------------------------------------------------------------------------------------


class Calls(NamedTuple):
    """How some calls went."""

    wrong: int
    """The agent was shown a situation that is not the caller's."""
    given_up: int
    groups_asked: float
    """How many groups were said in a call, on average."""


def heard(text: str, alphabet: str, language: str, chance: random.Random) -> str:
    """What the agent hears of it."""
    symbols = []
    for symbol in text:
        if chance.random() < MISHEARD:
            alike = [other for group in SOUNDS[language] if symbol in group for other in group]
            choices = [other for other in alike if other != symbol and other in alphabet]
            if not choices or chance.random() >= ALIKE:
                choices = [other for other in alphabet if other != symbol]
            symbols.append(chance.choice(choices))
        else:
            symbols.append(symbol)
    return "".join(symbols)


def call(scheme: Scheme, code: str, language: str, chance: random.Random) -> tuple[str, int]:
    """What the agent has in the end ("" for nothing), and how many groups were said.

    A code that fails is asked for again, group by group. What was heard twice alike counts; else the newest.
    """
    groups = said(scheme, code)
    history: list[list[str]] = [[] for _ in groups]
    for round_ in range(1, MOST_ROUNDS + 1):
        taken = []
        for group, before in zip(groups, history, strict=True):
            before.append(heard(group, scheme.alphabet, language, chance))
            taken.append(max(reversed(before), key=before.count))
        typed = "".join(taken)
        if scheme.accepts(typed):
            return typed, round_ * len(groups)
    return "", MOST_ROUNDS * len(groups)


def calls(scheme: Scheme, language: str, count: int, chance: random.Random) -> Calls:
    wrong = given_up = asked = 0
    for _ in range(count):
        code = scheme.make(chance)
        typed, groups = call(scheme, code, language, chance)
        asked += groups
        wrong += typed not in ("", code)
        given_up += not typed
    return Calls(wrong, given_up, asked / count)


# --- Tables ----------------------------------------------------------------------------------------------------------


def table() -> Iterator[str]:
    yield f"Slips that pass, of all slips of that kind over {CODES:,} random codes; noise: of {NOISES:,} random texts."
    yield ""
    yield f"| code | symbols | {' | '.join(SLIPS)} | noise |"
    yield "|---" * (len(SLIPS) + 3) + "|"
    for scheme in SCHEMES:
        chance = random.Random(1)
        codes = [scheme.make(chance) for _ in range(CODES)]
        cells = []
        for slip in SLIPS:
            passed, tried = unnoticed(scheme, slip, codes)
            cells.append("0" if not passed else f"{passed:,} ({100 * passed / tried:.2g} %)")
        noise = noise_accepted(scheme, NOISES, chance)
        yield f"| {scheme.name} | {sum(scheme.groups)} | {' | '.join(cells)} | {noise:.2g} % |"
    yield ""
    yield (
        f"Calls: {100 * MISHEARD:.0f} % of the symbols are misheard, {100 * ALIKE:.0f} % of these as one that sounds alike. A code"
        " that fails is read out again."
    )
    yield f"{CALLS:,} calls in each language."
    yield ""
    yield "| code | language | wrong situation | given up | groups said in a call |"
    yield "|---|---|---|---|---|"
    for scheme in SCHEMES:
        for language in SOUNDS:
            went = calls(scheme, language, CALLS, random.Random(2))
            share = f"{went.wrong} ({100 * went.wrong / CALLS:.3f} %)"
            yield f"| {scheme.name} | {language} | {share} | {went.given_up} | {went.groups_asked:.2f} |"


def main() -> int:
    head = [
        "# How well the spoken code survives a call",
        "",
        f"`python3 dev.py bench support_code`, {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}.",
        "",
    ]
    lines = []
    for line in table():
        print(line, flush=True)
        lines.append(line)
    foot = [
        "",
        "The two rows of ours differ in what a payload can mean: today only the first of eight versions of the table has a",
        "meaning, and a code that would name another is refused as newer. The second row is what is left when all of them",
        "are used up: then calls in Spanish end wrong as often as the 0.1 % that we set as the limit, so versions are spent",
        "with care. Plain mod 97 lets two groups that leave the same rest change places; ours has no code with such groups.",
        "Damm's one digit finds single slips and neighbours, and one corruption in ten passes. Base32 is shorter, and is given",
        "the same share of misheard symbols here, though its letters rhyme.",
        "",
    ]
    Path(__file__).with_suffix(".md").write_text("\n".join([*head, *lines, *foot]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
