"""What a screen must be for everybody: found by walking over every widget that is shown and every pixel it paints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget

from ui.widgets.level_meter import LevelMeter
from ui.widgets.line_chart import LineChart
from ui.widgets.note import Note
from ui.widgets.ring import Ring
from ui.widgets.status_badge import StatusBadge
from ui.widgets.wifi_bars import WifiBars
from ui.window import Window

#: WCAG 2.2: 1.4.6 (text, enhanced) and 1.4.11 (what is no text).
TEXT_CONTRAST = 7.0
SYMBOL_CONTRAST = 3.0

#: Around how many controls of a page the ring is looked at: it is one and the same.
MOST_RINGS = 6


def shown(window: QWidget, kind: type[QWidget]) -> Iterator[QWidget]:
    """Widgets of a kind that a person can see, those aside that are parts of another control."""
    for widget in window.findChildren(kind):
        inside_box = isinstance(widget.parent(), QComboBox)
        if widget.isVisible() and widget.width() and widget.height() and not inside_box:
            yield widget


def nameless(window: QWidget) -> list[str]:
    """Controls that a screen reader could not name, or names that two controls have."""
    names: Counter[tuple[str, int]] = Counter()
    found = []
    for widget in (*shown(window, QAbstractButton), *shown(window, QComboBox)):
        interface = QAccessible.queryAccessibleInterface(widget)
        name = interface.text(QAccessible.Text.Name).strip()
        if not name:
            found.append(f"{_called(widget)} has no name")
        names[name, int(interface.role().value)] += 1
    return [*found, *(f"{times} controls are called {name!r}" for (name, _), times in names.items() if times > 1)]


def clipped(window: QWidget) -> list[str]:
    """Texts that do not fit where they stand."""
    found = []
    for label in shown(window, QLabel):
        assert isinstance(label, QLabel)
        if not label.text():
            continue
        need = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
        if need > label.height() + 1:
            found.append(f"{_called(label)} {label.text()[:40]!r} needs {need} px of height, has {label.height()}")
        if not label.wordWrap() and label.sizeHint().width() > label.width() + 1:
            found.append(
                f"{_called(label)} {label.text()[:40]!r} needs {label.sizeHint().width()} px, has {label.width()}"
            )
        if label.wordWrap() and label.minimumSizeHint().width() > label.width() + 1:
            found.append(f"{_called(label)} {label.text()[:40]!r}: a word is wider than {label.width()} px")
    return [
        *found,
        *(
            f"{_called(button)} needs {button.sizeHint()}, has {button.size()}"
            for button in shown(window, QAbstractButton)
            if button.minimumSizeHint().width() > button.width() + 1 or button.sizeHint().height() > button.height() + 1
        ),
    ]


def sideways(window: Window) -> list[str]:
    """A page that is wider than the window, or a button to go on with that is not in it."""
    found = []
    page = window.page
    inside = page.widget()
    if inside.width() > page.viewport().width() or inside.minimumSizeHint().width() > page.viewport().width():
        found.append(f"{page.name} needs {inside.minimumSizeHint().width()} px, has {page.viewport().width()}")
    for widget in shown(window, QAbstractButton):
        place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        if place.left() < 0 or place.right() > window.width():
            found.append(f"{_called(widget)} stands outside the window")
        if widget.objectName() in ("primary", "back") and not window.rect().contains(place):
            found.append(f"{_called(widget)} is not to be seen")
    return found


def pale(window: QWidget) -> list[str]:
    """Texts whose pixels do not stand out enough from those around them."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    found = []
    for widget in (*shown(window, QLabel), *shown(window, QAbstractButton)):
        assert isinstance(widget, QLabel | QAbstractButton)
        place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).intersected(_visible(window, widget))
        if not widget.text().strip() or place.width() < 8 or place.height() < 12:
            continue
        inner = place.adjusted(6, 6, -6, -6) if isinstance(widget, QAbstractButton) else place
        contrast = measured_contrast(image, inner)
        if contrast < TEXT_CONTRAST:
            found.append(f"{_called(widget)} {widget.text()[:30]!r} has a contrast of {contrast:.1f}")
    return found


def faint(window: QWidget) -> list[str]:
    """Drawn things, and rings around what has the keyboard, that hardly stand out."""
    plain = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    found = []
    for kind in (Ring, LevelMeter, LineChart, WifiBars, StatusBadge, Note):
        for widget in shown(window, kind):
            place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).intersected(_visible(window, widget))
            if place.height() > 20 and (contrast := measured_contrast(plain, place)) < SYMBOL_CONTRAST:
                found.append(f"{_called(widget)} has a contrast of {contrast:.1f}")
    focused = window.focusWidget()
    for widget in list(shown(window, QAbstractButton))[:MOST_RINGS]:
        if widget is focused or not _visible(window, widget).contains(widget.rect().translated(_place(window, widget))):
            continue
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        ringed = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        around = QRect(_place(window, widget), widget.size()).adjusted(-8, -8, 8, 8).intersected(plain.rect())
        contrast = _contrast_of_change(plain, ringed, around)
        if contrast < SYMBOL_CONTRAST:
            found.append(f"the ring around {_called(widget)} has a contrast of {contrast:.1f}")
    if focused is not None:
        focused.setFocus(Qt.FocusReason.OtherFocusReason)
    return found


def _contrast_of_change(before: QImage, after: QImage, place: QRect) -> float:
    """The contrast between what was there and what has come, by the commonest change in a place."""
    changes: Counter[tuple[int, int]] = Counter()
    for y in range(place.top(), place.bottom() + 1):
        for x in range(place.left(), place.right() + 1):
            if (old := before.pixel(x, y)) != (new := after.pixel(x, y)):
                changes[old, new] += 1
    if not changes:
        return 1.0
    old, new = changes.most_common(1)[0][0]
    return contrast_of(luminance(old), luminance(new))


def measured_contrast(image: QImage, place: QRect) -> float:
    """Contrast of the text in a place: of its commonest colour with the one that stands out most among many pixels."""
    counted: Counter[int] = Counter()
    for y in range(max(0, place.top()), min(image.height(), place.bottom() + 1)):
        for x in range(max(0, place.left()), min(image.width(), place.right() + 1)):
            counted[image.pixel(x, y)] += 1
    if not counted:
        return 21.0
    ground = luminance(counted.most_common(1)[0][0])
    # Letters have cores of their own colour, however soft their edges are: a colour of a few pixels is no accident.
    colours = [colour for colour, times in counted.items() if times >= 4]
    return max((contrast_of(luminance(colour), ground) for colour in colours), default=1.0)


def luminance(pixel: int) -> float:
    """Relative luminance (WCAG 2.2)."""
    colour = QColor(pixel)
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast_of(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _visible(window: QWidget, widget: QWidget) -> QRect:
    region = widget.visibleRegion().boundingRect()
    return region.translated(widget.mapTo(window, QPoint(0, 0)))


def _place(window: QWidget, widget: QWidget) -> QPoint:
    return widget.mapTo(window, QPoint(0, 0))


def _called(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName() or ''}".strip()
