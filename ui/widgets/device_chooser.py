"""Which camera, microphone or speaker: a list where there are several, and an offer when one was plugged in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget

from ui.widgets.flow_row import FlowRow


class DeviceChooser(QWidget):
    """Tell with `show_names` and `offer`; the words are the caller's."""

    chosen = Signal(str)
    """The name of what the person wants."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered = ""
        self._label = QLabel()
        self._list = QComboBox()
        self._list.setObjectName("chooser")
        self._label.setBuddy(self._list)
        self._list.activated.connect(lambda place: self.chosen.emit(self._list.itemText(place)))
        self._use_it = QPushButton()
        self._use_it.setObjectName("use_it")
        self._use_it.setProperty("kind", "secondary")
        self._use_it.clicked.connect(lambda: self.chosen.emit(self._offered))
        row = FlowRow(self)
        for widget in (self._label, self._list, self._use_it):
            row.addWidget(widget)
        self.withdraw()

    def set_question(self, text: str) -> None:
        """What to ask, such as: Which camera?"""
        self._label.setText(text)
        self._list.setAccessibleName(text)

    def show_names(self, names: Sequence[str], chosen: str | None) -> None:
        """What there is to choose from; nothing is shown where there is no choice."""
        self._list.clear()
        self._list.addItems(list(names))
        if chosen in names:
            self._list.setCurrentText(chosen or "")
        for widget in (self._label, self._list):
            widget.setVisible(len(names) > 1)

    @property
    def offered(self) -> str:
        """The name of what was plugged in and is offered; empty when nothing is."""
        return self._offered

    def offer(self, name: str, words: str) -> None:
        """Offer what was just plugged in; ``words`` stand on the button."""
        self._offered = name
        self._use_it.setText(words)
        self._use_it.show()

    def withdraw(self) -> None:
        """Offer nothing any more."""
        self._offered = ""
        self._use_it.hide()
