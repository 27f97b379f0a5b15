"""Touches and keys before any button gets them, on a screen with a real touch panel's events."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QKeyEvent, QMouseEvent, QPointingDevice, QTouchEvent

from tests.ui.kiosk.conftest import Kiosk
from ui.kiosk.hands import Hands


@pytest.fixture
def hands() -> Hands:
    return Hands(lambda: 0.0)


def touch(x: float, y: float) -> QTouchEvent:
    point = QEventPoint(1, QEventPoint.State.Pressed, QPointF(x, y), QPointF(x, y))
    return QTouchEvent(
        QEvent.Type.TouchBegin, QPointingDevice.primaryPointingDevice(), Qt.KeyboardModifier.NoModifier, [point]
    )


def mouse(x: float, y: float, source: Qt.MouseEventSource) -> QMouseEvent:
    return QMouseEvent(
        QEvent.Type.MouseButtonPress,
        QPointF(x, y),
        QPointF(x, y),
        QPointF(x, y),
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        source,
    )


def test_a_finger_opens_the_door_and_is_counted_once(hands: Hands) -> None:
    opened: list[bool] = []
    hands.staff_wanted.connect(lambda: opened.append(True))
    for _ in range(5):
        hands.eventFilter(hands, touch(10, 10))
        hands.eventFilter(hands, mouse(10, 10, Qt.MouseEventSource.MouseEventSynthesizedByQt))
    assert opened == [True]


def test_every_touch_is_presence_but_a_mouse_that_shakes_is_none(hands: Hands) -> None:
    touched: list[bool] = []
    hands.touched.connect(lambda: touched.append(True))
    assert not hands.eventFilter(hands, touch(500, 500))
    hands.eventFilter(hands, QEvent(QEvent.Type.MouseMove))
    hands.eventFilter(hands, QEvent(QEvent.Type.Paint))
    assert touched == [True]


def test_a_key_that_is_held_down_presses_once(hands: Hands) -> None:
    def press(key: Qt.Key, *, again: bool) -> bool:
        return hands.eventFilter(hands, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", again))

    assert not press(Qt.Key.Key_Space, again=False)
    assert press(Qt.Key.Key_Space, again=True)
    assert not press(Qt.Key.Key_Tab, again=True)


def test_while_the_screen_is_wiped_nothing_is_heard(hands: Hands) -> None:
    hands.is_deaf = True
    touched: list[bool] = []
    hands.touched.connect(lambda: touched.append(True))
    assert hands.eventFilter(hands, touch(500, 500))
    assert not hands.eventFilter(hands, QEvent(QEvent.Type.Paint))
    assert touched == []


def test_languages_colors_and_size_in_a_round(kiosk_at: Callable[..., Kiosk]) -> None:
    kiosk = kiosk_at()
    kiosk.enter()
    for expected in ("es", "en"):
        kiosk.touch("language")
        assert kiosk.window.visit.language == expected
    looks = []
    for name, times in (("text_size", 4), ("colors", 3)):
        for _ in range(times):
            kiosk.touch(name)
            looks.append((kiosk.window.look.scale_pct, kiosk.window.look.tone.value))
    assert looks == [
        *[(250, "light"), (300, "light"), (400, "light"), (200, "light")],
        *[(200, "dark"), (200, "contrast"), (200, "light")],
    ]
