"""Every widget on one picture, to look at: ``python -m ui.gallery FILE.png LIGHT|DARK|CONTRAST 100|200``."""

from __future__ import annotations

import math
import sys

from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from readiness.model import Status
from ui import icons, theme
from ui.widgets.card import Card
from ui.widgets.drawing import Drawing
from ui.widgets.flow_row import FlowRow
from ui.widgets.level_meter import LevelMeter
from ui.widgets.line_chart import LineChart
from ui.widgets.note import Note
from ui.widgets.picture_view import PictureView
from ui.widgets.qr_view import QrView
from ui.widgets.ring import Ring
from ui.widgets.status_badge import StatusBadge
from ui.widgets.step_list import StepList
from ui.widgets.wifi_bars import WifiBars
from ui.widgets.wrap_label import WrapLabel

#: Sample sentences; nobody but us sees them, so they are not translated.
_NOTES = {
    Status.PASS: "Your picture looks good. Your doctor can see you well.",
    Status.WARN: "There is a bright light behind you. It makes your face look dark.",
    Status.FAIL: "We did not find a camera on this computer.",
    Status.UNKNOWN: "We could not check your internet. You can still join your visit.",
    Status.SKIPPED: "This was not tested.",
}
_WORDS = {
    Status.PASS: "Works",
    Status.WARN: "Will do",
    Status.FAIL: "Fix this",
    Status.UNKNOWN: "Not known",
    Status.SKIPPED: "Left out",
}
_STEPS = (
    "Turn on a lamp in front of you.",
    "By day, sit so that you face the window. You can also close the curtains that are behind you.",
    "Wipe the camera with a soft, dry cloth.",
)


def gallery() -> QWidget:
    """A window with every widget in it."""
    window = QWidget()
    window.setObjectName("page")
    columns = QHBoxLayout(window)
    columns.setContentsMargins(theme.SPACE_XL, theme.SPACE_XL, theme.SPACE_XL, theme.SPACE_XL)
    columns.setSpacing(theme.SPACE_XL)
    for fill in (_words, _meters):
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_M)
        fill(column)
        column.addStretch(1)
        columns.addLayout(column, 1)
    return window


def _words(column: QVBoxLayout) -> None:
    column.addWidget(WrapLabel("Can you see yourself?", kind="headline"))
    column.addWidget(WrapLabel("¿Dónde va a entrar a su consulta?", kind="title"))
    column.addWidget(WrapLabel("This takes about 2 minutes. No picture and no sound is kept or sent."))
    column.addWidget(WrapLabel("The internet test sends test data, and nothing about you.", kind="small"))
    column.addLayout(_buttons())
    column.addLayout(_tiles())
    column.addLayout(_fields())
    for status, text in _NOTES.items():
        column.addWidget(Note(status, text))
    badges = FlowRow(spacing_px=theme.SPACE_S)
    for status, word in _WORDS.items():
        badges.addWidget(StatusBadge(status, word))
    column.addLayout(badges)
    card = Card()
    card.body.addWidget(WrapLabel("Let's fix the light", kind="title"))
    card.body.addWidget(Drawing("lamp-in-front"))
    card.body.addWidget(StepList(_STEPS))
    column.addWidget(card)


def _buttons() -> QLayout:
    row = FlowRow()
    for words, kind in (("Yes, I see myself", "primary"), ("Try again", "secondary"), ("Back", "quiet")):
        for is_enabled in (True, False):
            button = QPushButton(words)
            button.setProperty("kind", kind)
            button.setEnabled(is_enabled)
            row.addWidget(button)
    return row


def _tiles() -> QLayout:
    row = FlowRow(even=True)
    for place, (words, name) in enumerate((("On this computer", "laptop"), ("On a phone or tablet", "phone"))):
        tile = QPushButton(icons.icon(name, theme.now().accent, theme.px(32)), words)
        tile.setIconSize(theme.icon_size())
        tile.setProperty("kind", "tile")
        tile.setCheckable(True)
        tile.setAutoExclusive(True)
        tile.setChecked(not place)
        row.addWidget(tile)
    return row


def _fields() -> QLayout:
    row = FlowRow()
    chooser = QComboBox()
    chooser.addItems(["Integrated Webcam", "Logitech C270"])
    is_checked = QCheckBox("Read it to me")
    is_checked.setChecked(True)
    is_one = QRadioButton("One")
    is_one.setChecked(True)
    for widget in (chooser, QLineEdit("4821 7730"), is_checked, QCheckBox("Not now"), is_one, QRadioButton("Two")):
        row.addWidget(widget)
    return row


def _meters(column: QVBoxLayout) -> None:
    column.addWidget(Drawing("welcome"))
    view = PictureView()
    view.show_picture(_portrait())
    view.show_guide(has_guide=True)
    column.addWidget(view)
    off = PictureView()
    off.show_off("Your camera is starting.")
    column.addWidget(off)
    for level_dbfs, peak_dbfs in ((-50.0, -31.0), (-21.0, -14.0), (-1.0, -1.0)):
        meter = LevelMeter()
        meter.show_level(level_dbfs, peak_dbfs, -54.0)
        column.addWidget(meter)
    chart = LineChart()
    chart.show_line(
        [(t / 4, 6 + 2.4 * math.sin(t / 3) + t / 12) for t in range(40)], "Speed while we tested, in Mbit/s"
    )
    column.addWidget(chart)
    for bars, is_cable, text in (
        (3, False, "Wi-Fi: 3 of 4 bars"),
        (None, True, "This computer uses a cable. That is best."),
    ):
        wifi = WifiBars()
        wifi.show_bars(bars, is_cable=is_cable, text=text)
        column.addWidget(wifi)
    row = FlowRow()
    ring = Ring()
    ring.show_steps((Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN, None), "4 of 5")
    row.addWidget(ring)
    row.addWidget(QrView("https://mydoctor.kaiserpermanente.org/video-visits"))
    column.addLayout(row)
    shown = FlowRow(spacing_px=theme.SPACE_S)
    for name in icons.names():
        button = QPushButton(icons.icon(name, theme.now().text, theme.px(26)), "")
        button.setIconSize(theme.icon_size())
        button.setProperty("kind", "quiet")
        shown.addWidget(button)
    column.addLayout(shown)


def _portrait() -> QImage:
    """A stand-in for a picture of the camera: a face left of the middle."""
    image = QImage(640, 360, QImage.Format.Format_RGB888)
    painter = QPainter(image)
    sky = QLinearGradient(0, 0, 640, 360)
    sky.setColorAt(0, QColor("#c9d6cf"))
    sky.setColorAt(1, QColor("#8fa79d"))
    painter.fillRect(image.rect(), sky)
    painter.setBrush(QColor("#4a5d7a"))
    painter.drawEllipse(190, 260, 260, 240)
    painter.setBrush(QColor("#dcae90"))
    painter.drawEllipse(255, 90, 130, 170)
    painter.end()
    return image


def main(arguments: list[str]) -> int:
    """Draw the gallery into a file."""
    path, tone, scale = arguments
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme.apply(app, theme.Look(tone=theme.Tone[tone], scale_pct=int(scale)))
    window = gallery()
    width = 1320 if int(scale) < 150 else 2200
    window.resize(width, max(window.minimumSizeHint().height(), window.heightForWidth(width)))
    window.grab().save(path)
    window.deleteLater()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
