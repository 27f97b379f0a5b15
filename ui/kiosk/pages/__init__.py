"""The screens of a visitor at the kiosk, one a file, in the order in which they are met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ui.kiosk.place import Place
    from ui.pages.page import Navigator, Page
    from ui.visit import Visit

#: By the name that `Navigator.go` calls them: module and class.
PAGES: Final[Mapping[str, tuple[str, str]]] = {
    "welcome": ("welcome", "WelcomePage"),
    "privacy": ("privacy", "PrivacyPage"),
    "camera": ("trying", "CameraHere"),
    "microphone": ("trying", "MicrophoneHere"),
    "speaker": ("trying", "SpeakerHere"),
    "at_home": ("at_home", "AtHomePage"),
    "joining": ("joining", "JoiningPage"),
    "take_away": ("take_away", "TakeAwayPage"),
    "done": ("done", "DonePage"),
    "help": ("help", "HelpPage"),
}


def load_all() -> None:
    """Load every page, at the start: then no visitor waits for one."""
    for module, _ in PAGES.values():
        import_module(f"{__name__}.{module}")
    import_module("segno")  # for the square that a phone reads


def maker(place: Place, name: str) -> Callable[[Visit, Navigator], Page]:
    """What makes the page of a name, at a place. Raises KeyError for a name that no page has."""
    from ui.kiosk.place import EDGE_PX

    module, kind = PAGES[name]
    make = getattr(import_module(f"{__name__}.{module}"), kind)

    def made(visit: Visit, navigator: Navigator) -> Page:
        page: Page = make(place, visit, navigator)
        page.stand_off(EDGE_PX)
        return page

    return made
