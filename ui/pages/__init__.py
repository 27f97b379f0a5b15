"""One screen a file, and where each of them is found: a page is loaded when somebody goes there."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ui.pages.page import Page

#: By the name that `Navigator.go` calls them.
PAGES: Final[Mapping[str, str]] = {
    "start": "StartPage",
    "camera": "CameraPage",
    "microphone": "MicrophonePage",
    "speaker": "SpeakerPage",
    "internet": "InternetPage",
    "browser": "BrowserPage",
    "result": "ResultPage",
    "fix": "FixPage",
    "join": "JoinPage",
    "care": "CarePage",
    "details": "DetailsPage",
    "report": "ReportPage",
    "remind": "RemindPage",
    "reminded": "RemindedPage",
    "help": "HelpPage",
}


def page_called(name: str) -> type[Page]:
    """The class of a page. Raises KeyError for a name that no page has."""
    page: type[Page] = getattr(import_module(f"ui.pages.{name}"), PAGES[name])
    return page
