"""The allow-list of settings pages."""

from __future__ import annotations

import pytest

from readiness.readings import OsFamily
from readiness.settings_pages import SettingsPage, is_settings_url, settings_url


@pytest.mark.parametrize("page", list(SettingsPage))
def test_windows_and_macos_have_every_page_and_nothing_but_settings(page: SettingsPage) -> None:
    windows, macos = settings_url(page, OsFamily.WINDOWS), settings_url(page.value, OsFamily.MACOS)
    assert windows is not None
    assert windows.startswith("ms-settings:")
    assert macos is not None
    assert macos.startswith("x-apple.systempreferences:com.apple.")


@pytest.mark.parametrize("page", list(SettingsPage))
@pytest.mark.parametrize("family", [OsFamily.LINUX, OsFamily.OTHER, None])
def test_other_systems_have_none(page: SettingsPage, family: OsFamily | None) -> None:
    assert settings_url(page, family) is None


@pytest.mark.parametrize("family", [*OsFamily, None])
@pytest.mark.parametrize("page", ["", "camera", "file:///etc/passwd", "ms-settings:sound"])
def test_nothing_that_is_not_on_the_list_is_ever_opened(page: str, family: OsFamily | None) -> None:
    with pytest.raises(ValueError, match="is not a valid SettingsPage"):
        settings_url(page, family)


def test_pages_are_told_apart() -> None:
    for family in (OsFamily.WINDOWS, OsFamily.MACOS):
        urls = {settings_url(page, family) for page in SettingsPage}
        assert len(urls) == len(SettingsPage)


def test_only_addresses_on_the_list_are_settings_pages() -> None:
    assert is_settings_url("ms-settings:privacy-webcam")
    assert not is_settings_url("ms-settings:privacy-webcam?x=1")
    assert not is_settings_url("ms-settings:recovery")
    assert not is_settings_url("file:///etc/passwd")
