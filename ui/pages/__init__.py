"""One screen a file, and the list of them."""

from __future__ import annotations

from typing import Final

from ui.pages.browser import BrowserPage
from ui.pages.camera import CameraPage
from ui.pages.care import CarePage
from ui.pages.details import DetailsPage
from ui.pages.fix import FixPage
from ui.pages.help import HelpPage
from ui.pages.internet import InternetPage
from ui.pages.join import JoinPage
from ui.pages.microphone import MicrophonePage
from ui.pages.page import Page
from ui.pages.result import ResultPage
from ui.pages.speaker import SpeakerPage
from ui.pages.start import StartPage

PAGES: Final[tuple[type[Page], ...]] = (
    StartPage,
    CameraPage,
    MicrophonePage,
    SpeakerPage,
    InternetPage,
    BrowserPage,
    ResultPage,
    FixPage,
    JoinPage,
    CarePage,
    DetailsPage,
    HelpPage,
)
