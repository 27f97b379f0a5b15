"""The state of the kiosk's window in one short text: two visitors begin in the same state when these are equal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from PySide6.QtCore import QLocale
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from ui import theme


def digest(window: QWidget) -> str:
    """A hash of `state_of`."""
    return hashlib.sha256("\n".join(state_of(window)).encode()).hexdigest()


def state_of(window: QWidget) -> list[str]:
    """All that a visitor could have changed, a line each: looks, words, what is chosen, scrolled, focused, copied."""
    focused = QApplication.focusWidget()
    look = theme.current()
    return [
        f"look {look.tone} {look.scale_pct} {look.least_target_px} {look.reduced_motion}",
        f"locale {QLocale().name()}",
        f"focus {_called(focused) if focused else None}",
        *_clipboards(),
        *sorted(f"top {_called(top)}" for top in QApplication.topLevelWidgets() if top.isVisible()),
        *(line for widget in (window, *window.findChildren(QWidget)) for line in _lines(widget)),
    ]


def _clipboards() -> Iterator[str]:
    clipboard = QGuiApplication.clipboard()
    for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection, QClipboard.Mode.FindBuffer):
        yield f"clipboard {mode.name} {clipboard.text(mode)!r} {not clipboard.pixmap(mode).isNull()}"


def _lines(widget: QWidget) -> Iterator[str]:
    rect = widget.geometry()
    yield " ".join(
        (
            _called(widget),
            f"{rect.x()},{rect.y()},{rect.width()},{rect.height()}",
            f"hidden {widget.isHidden()} enabled {widget.isEnabled()}",
            repr(widget.accessibleName()),
            repr(widget.accessibleDescription()),
            widget.palette().window().color().name(),
        )
    )
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        yield f"  text {widget.text()!r}"
    if isinstance(widget, QAbstractButton):
        yield f"  checked {widget.isChecked()} down {widget.isDown()}"
    if isinstance(widget, QComboBox):
        yield f"  chosen {widget.currentText()!r} of {widget.count()}"
    if isinstance(widget, QLineEdit):
        yield f"  undo {widget.isUndoAvailable()} {widget.isRedoAvailable()}"
    if isinstance(widget, QAbstractSlider):
        yield f"  at {widget.value()} of {widget.maximum()}"
    if isinstance(widget, QAbstractScrollArea):
        yield f"  scrolled {widget.verticalScrollBar().value()} {widget.horizontalScrollBar().value()}"


def _called(widget: QWidget) -> str:
    return f"{type(widget).__name__}#{widget.objectName()}"
