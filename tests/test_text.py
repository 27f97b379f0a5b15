"""Words are found in the language asked for, and values are put in as a person would say them."""

from __future__ import annotations

import pytest

from readiness.model import Finding, Param, Status
from readiness.readings import OsFamily
from readiness.telling import fill, listed, shown, tell
from readiness.text import LANGUAGES, N_, translate


def test_the_mark_changes_nothing() -> None:
    assert N_("Camera") == "Camera"


def test_english_is_what_was_written_and_spanish_comes_from_the_catalogue() -> None:
    assert LANGUAGES == ("en", "es")
    assert translate("Camera", "en") == "Camera"
    assert translate("Camera", "es") == "Cámara"
    assert translate("", "es") == ""
    assert translate("no such sentence", "es") == "no such sentence"


def test_a_language_without_a_catalogue_is_an_error_not_a_guess() -> None:
    with pytest.raises(FileNotFoundError):
        translate("Camera", "xx")


@pytest.mark.parametrize(
    ("name", "value", "language", "said"),
    [
        ("fps", 8.25, "en", "8.2"),
        ("down_mbps", 0.46, "en", "0.46"),
        ("down_mbps", 123.4, "en", "123"),
        ("bars", 2, "en", "2"),
        ("programs", ("Zoom", "Teams", "Skype"), "en", "Zoom, Teams and Skype"),
        ("programs", ("Zoom", "Teams"), "es", "Zoom y Teams"),
        ("programs", ("Zoom",), "es", "Zoom"),
        ("programs", (), "en", "the other video program"),
        ("name", "", "en", "unknown"),
        ("reason", "cancelled", "en", "You stopped the test before this part."),
    ],
)
def test_values_are_said_as_a_person_would(name: str, value: Param, language: str, said: str) -> None:
    assert shown(name, value, language) == said


def test_no_names_are_no_words() -> None:
    assert listed((), "en") == ""


def test_values_fill_the_translated_sentence() -> None:
    assert fill("{name} works", {"name": "C270"}, "en") == "C270 works"


def test_a_finding_is_told_whole_in_both_languages() -> None:
    finding = Finding("camera.blocked", Status.FAIL)
    english = tell(finding, "en", OsFamily.WINDOWS)
    spanish = tell(finding, "es", OsFamily.WINDOWS)
    for told in (english, spanish):
        assert told.text
        assert 1 <= len(told.steps) <= 3
        assert told.agent
        assert told.confirm
        assert told.settings_url == "ms-settings:privacy-webcam"
    assert english.text != spanish.text
    assert tell(finding, "en").settings_url is None
