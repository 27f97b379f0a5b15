"""The join card on one sheet of paper, or as a PDF: large and plain, to lie beside the keyboard."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QLocale, QMarginsF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QDialog, QWidget

from readiness.joining import CareOption, JoinCard
from readiness.profile import CareKind
from readiness.text import N_, translate

#: Tried from the first on, until everything is on one page.
_SIZES_PT: Final = (15, 14, 13, 12, 11, 10, 9, 8)

_TITLE: Final = N_("How to join your video visit")
_PAGE: Final = N_("Web page:")
_NEEDS: Final = N_("What you need")
_NOTES: Final = N_("Good to know")

#: How tables stand on paper: names at the left edge, values beside them.
_TABLES: Final = "th { text-align: left; font-weight: normal; } th, td { padding-right: 16px; padding-bottom: 2px; }"
_REPORT_PT: Final = 11

_MARGIN_MM: Final = 18

#: Countries whose paper is Letter. Everybody else has A4.
_LETTER: Final = frozenset(
    {
        QLocale.Country.UnitedStates,
        QLocale.Country.Canada,
        QLocale.Country.Mexico,
        QLocale.Country.PuertoRico,
        QLocale.Country.Philippines,
    }
)


def card_html(card: JoinCard, care: Iterable[CareOption], language: str) -> str:
    """The card as the few kinds of HTML that a QTextDocument knows."""

    def say(sentence: str) -> str:
        return escape(translate(sentence, language))

    parts = [
        f"<p>{escape(card.provider)}</p>",
        f"<h1>{say(_TITLE)}</h1>",
        f"<h2>{escape(card.title)}</h2>",
        f"<p><b>{escape(card.when)}</b></p>",
        f"<ol>{_items(card.steps)}</ol>",
    ]
    if card.link:
        parts.append(f"<p>{say(_PAGE)} <b>{escape(card.link)}</b></p>")
    if card.browser_advice:
        parts.append(f"<p>{escape(card.browser_advice)}</p>")
    if card.needs:
        parts.append(f"<h3>{say(_NEEDS)}</h3><ul>{_items(card.needs)}</ul>")
    if card.notes:
        parts.append(f"<h3>{say(_NOTES)}</h3><ul>{_items(card.notes)}</ul>")
    parts += [
        f"<h3>{escape(phone.label)}</h3><p><b>{escape(phone.dialled)}</b><br>{escape(phone.hours)}</p>"
        for phone in card.help_phones
    ]
    parts += [f"<p>{escape(option.text)}</p>" for option in care if option.kind is CareKind.EMERGENCY]
    return "".join(parts)


def card_pdf(html: str, title: str) -> bytes:
    """The page as a PDF."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setPageLayout(_layout())
    _draw(html, writer)
    del writer  # it ends the file
    return bytes(buffer.data().data())


def pages_pdf(html: str, title: str) -> bytes:
    """Some pages with their numbers as a PDF: for a report, which is as long as it is."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setPageLayout(_layout())
    document = QTextDocument()
    font = document.defaultFont()
    font.setPointSize(_REPORT_PT)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet(_TABLES)
    document.setHtml(html)
    _blacken(document)
    document.print_(writer)
    del writer  # it ends the file
    return bytes(buffer.data().data())


def print_card(html: str, title: str, parent: QWidget) -> bool:
    """Ask for a printer, and print the page; False when the person changed their mind or the printer did not take it."""
    # Loaded only now: it takes a while, and most people never print.
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    printer.setPageLayout(_layout())
    dialog = QPrintDialog(printer, parent)
    try:
        return dialog.exec() == QDialog.DialogCode.Accepted and _draw(html, printer)
    finally:
        dialog.deleteLater()


def print_on(name: str, html: str, title: str) -> bool:
    """Print the page without asking, on the printer of that name, or on the system's own; whether it took it."""
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    known = QPrinterInfo.printerInfo(name) if name else QPrinterInfo.defaultPrinter()
    if known.isNull():
        return False
    printer = QPrinter(known, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    printer.setPageLayout(_layout())
    return _draw(html, printer)


def _layout() -> QPageLayout:
    is_letter = QLocale.system().territory() in _LETTER
    size = QPageSize(QPageSize.PageSizeId.Letter if is_letter else QPageSize.PageSizeId.A4)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    return QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter)


def _draw(html: str, device: QPagedPaintDevice) -> bool:
    """Draw the page as large as it fits; returns whether the device took it."""
    document = QTextDocument()
    document.documentLayout().setPaintDevice(device)
    document.setDocumentMargin(0)
    for size_pt in _SIZES_PT:
        font = document.defaultFont()
        font.setPointSize(size_pt)
        document.setDefaultFont(font)
        document.setHtml(html)
        _blacken(document)
        document.setPageSize(QSizeF(device.width(), device.height()))
        if document.pageCount() == 1:
            break
    painter = QPainter()
    if not painter.begin(device):
        return False
    document.drawContents(painter)
    return painter.end()


def _blacken(document: QTextDocument) -> None:
    """Black on paper, whatever the colours of the window are."""
    black = QTextCharFormat()
    black.setForeground(QColor(Qt.GlobalColor.black))
    everything = QTextCursor(document)
    everything.select(QTextCursor.SelectionType.Document)
    everything.mergeCharFormat(black)
    everything.mergeBlockCharFormat(black)


def _items(texts: Iterable[str]) -> str:
    return "".join(f"<li>{escape(text)}</li>" for text in texts)
