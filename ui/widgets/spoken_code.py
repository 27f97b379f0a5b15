"""A code that is read out on the phone: large groups of digits, which stay whole when they go on in the next line."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import theme
from ui.widgets.flow_row import FlowRow
from ui.widgets.wrap_label import WrapLabel

_GROUPS = 4


class SpokenCode(QWidget):
    """Show with `show_code`; screen readers and voices say digit after digit, not "four thousand and …"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code = ""
        self._groups = [WrapLabel(kind="code") for _ in range(_GROUPS)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        row = FlowRow(spacing_px=theme.SPACE_XL)
        for label in self._groups:
            label.setObjectName("group")
            label.setWordWrap(False)
            row.addWidget(label)
        column.addLayout(row)

    def show_code(self, code: str) -> None:
        """Another code, such as "1234-5678-9012-3456"; none is shown as nothing."""
        self.code = code
        groups = code.split("-") if code else [""] * _GROUPS
        for label, group in zip(self._groups, groups, strict=True):
            label.setText(group)
            label.said = " ".join(group)
            label.setAccessibleName(label.said)
        self.setAccessibleName(", ".join(" ".join(group) for group in groups if group))
