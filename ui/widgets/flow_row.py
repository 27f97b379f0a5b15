"""A row that goes on in the next line when there is no room: at 200 % nothing is cut off."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from ui import theme


class FlowRow(QLayout):
    """A layout for buttons. With ``even`` all of them are as wide as the widest one."""

    def __init__(
        self, parent: QWidget | None = None, *, spacing_px: int = theme.SPACE_M, even: bool = False, right: bool = False
    ) -> None:
        """``right``: lines end at the right edge, as the buttons below a page do."""
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._even = even
        self._right = right
        self.setSpacing(spacing_px)
        self.setContentsMargins(0, 0, 0, 0)

    # --- QLayout

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # Qt asks beyond the end, and takes None
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        lines = list(self._lines(width - margins.left() - margins.right()))
        return self._height(lines) + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = self._sizes(QWIDGETSIZE_MAX)
        width = sum(size.width() for _, size in sizes) + self.spacing() * max(0, len(sizes) - 1)
        return self._with_margins(QSize(width, max((size.height() for _, size in sizes), default=0)))

    def minimumSize(self) -> QSize:
        """As wide as the widest thing in it."""
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        width = max((size.width() for size in sizes), default=0)
        return self._with_margins(QSize(width, max((size.height() for size in sizes), default=0)))

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        inside = rect.marginsRemoved(self.contentsMargins())
        top = inside.top()
        for line in self._lines(inside.width()):
            height = max(size.height() for _, size in line)
            used = sum(size.width() for _, size in line) + self.spacing() * (len(line) - 1)
            left = inside.left() + (inside.width() - used if self._right else 0)
            for item, size in line:
                item.setGeometry(QRect(QPoint(left, top + (height - size.height()) // 2), size))
                left += size.width() + self.spacing()
            top += height + self.spacing()

    # --- Inside

    def _lines(self, width: int) -> Iterator[list[tuple[QLayoutItem, QSize]]]:
        line: list[tuple[QLayoutItem, QSize]] = []
        used = 0
        for item, size in self._sizes(width):
            if line and used + self.spacing() + size.width() > width:
                yield line
                line, used = [], 0
            used += size.width() + (self.spacing() if line else 0)
            line.append((item, size))
        if line:
            yield line

    def _sizes(self, width: int) -> list[tuple[QLayoutItem, QSize]]:
        """Every visible thing with its size, none wider than ``width``."""
        items = [item for item in self._items if not item.isEmpty()]
        hints = [item.sizeHint().expandedTo(item.minimumSize()) for item in items]
        if self._even and hints:
            widest = max(hint.width() for hint in hints)
            hints = [QSize(widest, hint.height()) for hint in hints]
        sizes = []
        for item, hint in zip(items, hints, strict=True):
            fitting = QSize(min(hint.width(), max(1, width)), hint.height())
            if item.hasHeightForWidth():
                fitting.setHeight(item.heightForWidth(fitting.width()))
            sizes.append((item, fitting))
        return sizes

    def _height(self, lines: list[list[tuple[QLayoutItem, QSize]]]) -> int:
        heights = [max(size.height() for _, size in line) for line in lines]
        return sum(heights) + self.spacing() * max(0, len(heights) - 1)

    def _with_margins(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())


#: The widest that Qt lets a widget be (qwidget.h).
QWIDGETSIZE_MAX = 16777215
