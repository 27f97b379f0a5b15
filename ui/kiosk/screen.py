"""The whole screen, on one monitor: it shows one scene at a time, lets nothing come before it, and dims."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QAbstractButton, QApplication, QLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from ui.kiosk.hands import Hands

#: How dark it is out of hours, of 255.
_DARKNESS: Final = 200


class Screen(QWidget):
    """Give it a scene with `show_scene`; the one before is closed and forgotten."""

    def __init__(self, hands: Hands) -> None:
        super().__init__()
        self.setObjectName("kiosk")
        self.setWindowFlags(
            Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        )
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # no page makes the screen larger
        self.scene: QWidget | None = None
        self.above: QWidget | None = None
        """What lies over the scene."""
        self._focus_below: QWidget | None = None
        self._shade = _Shade(self)
        self._shade.hide()
        self.winId()  # from here on there is a QWindow
        self.windowHandle().installEventFilter(hands)

    def fill(self, monitor: QScreen) -> None:
        """Be on all of a monitor."""
        self.setGeometry(monitor.geometry())
        self.showFullScreen()
        self.activateWindow()  # where no window manager gives the keyboard to anybody

    def show_scene(self, scene: QWidget) -> None:
        """Show this from now on."""
        self.uncover()
        before, self.scene = self.scene, scene
        if before:
            before.close()
            self._column.removeWidget(before)
            before.hide()
            before.deleteLater()
        self._column.addWidget(scene)
        scene.show()
        self._shade.raise_()

    def cover(self, above: QWidget) -> None:
        """Lay something over the scene, which cannot be reached meanwhile."""
        self._focus_below = QApplication.focusWidget()
        if self.scene:
            self.scene.setEnabled(False)
        self.above = above

    def uncover(self) -> None:
        """Take away what lies over the scene, and give the keyboard back."""
        above, self.above = self.above, None
        if above is None:
            return
        above.hide()
        above.deleteLater()
        if self.scene:
            self.scene.setEnabled(True)
        if self._focus_below and isValid(self._focus_below):
            self._focus_below.setFocus(Qt.FocusReason.PopupFocusReason)
        self._focus_below = None

    def dim(self, is_dim: bool) -> None:
        """Be darker, or as bright as always."""
        self._shade.setVisible(is_dim)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses whatever button has the keyboard, as Space does everywhere."""
        focused = self.focusWidget()
        if Qt.Key(event.key()) in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for over in (self._shade, self.above):
            if over:
                over.setGeometry(self.rect())


class _Shade(QWidget):
    """Lies over everything, and takes no touch."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("shade")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(0, 0, 0, _DARKNESS))
