"""The screen read aloud: on and off, again, slower, faster; and the question whether somebody is still there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from readiness.readings import OsFamily
from tests.ui.kiosk.conftest import Kiosk
from ui import voice as voices
from ui.voice import RATES_PCT, Speaker, Voice, speaker

KioskAt = Callable[..., Kiosk]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What the voice was given to say, and how fast."""
    heard: list[tuple[str, int]] = []

    def say(voice: Voice, text: str) -> None:
        heard.append((text, voice.rate_pct))

    monkeypatch.setattr(Voice, "say", say)
    return heard


def test_a_visitor_lets_the_screen_be_read(kiosk_at: KioskAt, said: list[tuple[str, int]]) -> None:
    kiosk = kiosk_at(has_voice=True)
    kiosk.enter()
    assert said == []
    assert not kiosk.sees("repeat")
    kiosk.touch("aloud")
    assert said[-1][0].startswith("Your picture stays yours.")
    kiosk.touch("slower")
    kiosk.touch("repeat")
    assert [rate for _, rate in said] == [100, 85, 85]
    for _ in RATES_PCT:
        kiosk.touch("faster")
    assert said[-1][1] == RATES_PCT[-1]
    kiosk.touch("primary")
    kiosk.goes_to("camera")
    assert any(text.startswith("Can you see yourself?") for text, _ in said)
    kiosk.touch("aloud")
    assert not kiosk.sees("repeat")
    before = len(said)
    kiosk.window.go("privacy")
    assert len(said) == before
    kiosk.touch("leave")
    kiosk.enter()
    assert len(said) == before  # the next visitor chooses anew
    assert kiosk.window.voice.rate_pct == 100


def test_without_a_voice_there_is_no_button(kiosk_at: KioskAt) -> None:
    kiosk = kiosk_at(has_voice=False)
    kiosk.enter()
    assert not kiosk.sees("aloud")


def test_the_count_down_is_spoken(kiosk_at: KioskAt, said: list[tuple[str, int]]) -> None:
    kiosk = kiosk_at(has_voice=True)
    kiosk.enter("es")
    kiosk.pass_time(85)
    assert [text.splitlines()[1] for text, _ in said] == [
        f"La pantalla empieza de nuevo en {seconds} segundos." for seconds in (30, 20, 10, 5)
    ]
    assert said[0][0].splitlines()[0] == "¿Sigue usted ahí?"


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (OsFamily.MACOS, Speaker("/usr/bin/say", ("-v", "Samantha", "-r", "188", "-f", "-"))),
        (OsFamily.LINUX, Speaker("/bin/espeak-ng", ("-v", "en-us", "-s", "188", "--stdin"))),
    ],
)
def test_how_a_voice_is_made_faster(family: OsFamily, expected: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "found", lambda name: f"/bin/{name}")
    assert speaker(family, "en", 125) == expected


def test_how_others_are_made_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "found", lambda name: "/bin/spd-say" if name == "spd-say" else None)
    made = speaker(OsFamily.LINUX, "es", 70)
    assert made
    assert made.arguments == ("--wait", "--language", "es", "--rate", "-30", "--pipe-mode")
    windows = speaker(OsFamily.WINDOWS, "en", 150)
    assert windows
    assert "$voice.Rate = 5;" in windows.arguments[-1]
