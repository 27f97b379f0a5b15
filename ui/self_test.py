"""What the window sees of itself once it is frozen: ``--self-test FILE``, a hidden word for who builds the program.

It walks over every screen on an invented machine, and writes what it saw into a file, as JSON: a windowed program has
no standard output. It does not judge: packaging/smoke_test.py does.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QFontDatabase, QImageReader
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from readiness import __version__
from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.exits import DEFAULT_PROFILE, Exit
from readiness.testing import FakeMachine
from readiness.text import LANGUAGES
from ui import shell, theme
from ui.app import QtWords
from ui.printing import card_pdf
from ui.screenshots import SHOTS, opened
from ui.visit import Visit

#: A picture this small still tells a screen from an empty one.
_SMALL_PX: Final = 160


def main(arguments: Sequence[str]) -> int:
    """Look around, and write it into the file that is named; returns the exit status."""
    if len(arguments) != 1:
        return Exit.BAD_INPUT
    with messages() as said:
        seen = {**surroundings(), "screens": list(screens()), "qt_words": qt_words()}
    text = json.dumps({**seen, "said": said}, ensure_ascii=False, indent=1)
    Path(arguments[0]).write_text(text, encoding="utf-8")
    return Exit.READY


def surroundings() -> dict[str, object]:
    """What the window stands on: fonts, pictures, printing, and the path that children find their libraries by."""
    from PySide6.QtPrintSupport import QPrinterInfo

    app = shell.application()
    theme.load_fonts()
    return {
        "version": __version__,
        "frozen": bool(getattr(sys, "frozen", False)),
        "platform": app.platformName(),
        "has_font": theme.FAMILY in QFontDatabase.families(),
        "image_formats": sorted(bytes(name.data()).decode() for name in QImageReader.supportedImageFormats()),
        "printers": len(QPrinterInfo.availablePrinterNames()),
        "pdf": card_pdf("<h1>Ñandú</h1>", "Ñandú")[:5].decode(),
        "library_path": os.environ.get("LD_LIBRARY_PATH"),
    }


def screens() -> Iterator[dict[str, object]]:
    """Every screen in both languages: how many words and colours it shows, and its first words."""
    app, look = shell.application(), theme.Look(reduced_motion=True)
    theme.apply(app, look)
    for shot, language in itertools.product(SHOTS, LANGUAGES):
        window = opened(app, shot, language, look)
        image = window.grab().toImage().scaledToWidth(_SMALL_PX, Qt.TransformationMode.FastTransformation)
        colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
        texts = [text for text in _texts(window) if text]
        yield {
            "name": shot.name,
            "language": language,
            "words": sum(len(text.split()) for text in texts),
            "first_words": texts[0] if texts else "",
            "colours": len(colours),
        }
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _texts(window: QWidget) -> Iterator[str]:
    page: QWidget = getattr(window, "page", window)
    for label in page.findChildren(QLabel):
        if label.isVisible():
            yield label.text()
    for button in page.findChildren(QAbstractButton):
        if button.isVisible():
            yield button.text()


def qt_words() -> str:
    """What Qt calls its button "Cancel" for a person who speaks Spanish."""
    profile = profiles.load(DEFAULT_PROFILE, {check.id: check.requires for check in CHECKS})
    visit = Visit(FakeMachine(), profile, "es")
    words = QtWords(shell.application(), visit)
    word = QCoreApplication.translate("QPlatformTheme", "Cancel")
    visit.speak("en")
    words.deleteLater()
    visit.close()
    return word


@contextmanager
def messages() -> Iterator[list[str]]:
    """What Qt complains of meanwhile."""
    said: list[str] = []

    def hear(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        said.append(message)

    before = qInstallMessageHandler(hear)
    try:
        yield said
    finally:
        qInstallMessageHandler(before)
