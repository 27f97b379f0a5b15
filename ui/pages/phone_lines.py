"""A telephone number as it is read out and dialled: large, with its hours."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from readiness.joining import PhoneLine
from ui import theme
from ui.visit import Visit
from ui.widgets.wrap_label import WrapLabel


class PhoneLines(QWidget):
    """One number to call."""

    def __init__(self) -> None:
        super().__init__()
        self._label = WrapLabel(kind="small")
        self._number = WrapLabel(kind="title")
        self._number.setObjectName("number")
        self._hours = WrapLabel(kind="small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        for label in (self._label, self._number, self._hours):
            column.addWidget(label)

    def show_phone(self, phone: PhoneLine | None) -> None:
        """Show a number; None for none."""
        self.setVisible(phone is not None)
        if phone:
            self._label.setText(phone.label)
            self._number.setText(phone.dialled)
            self._hours.setText(phone.hours)


def help_phone(visit: Visit) -> PhoneLine | None:
    """Whom to call for help with the visit."""
    from readiness.joining import join_card

    return next(iter(join_card(visit.profile, visit.way, visit.language).help_phones), None)
