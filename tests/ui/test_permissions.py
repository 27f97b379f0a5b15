"""When the system asks before camera or microphone may be used: recorded, as macOS is not at hand."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt

from ui import permissions


class Recorded:
    """An application on macOS that has not been asked yet."""

    def __init__(self, status: Qt.PermissionStatus) -> None:
        self.status = status
        self.requested: list[str] = []

    def checkPermission(self, permission: object) -> Qt.PermissionStatus:  # noqa: N802 - as Qt calls it
        return self.status

    def requestPermission(self, permission: object, context: object, callback: Any) -> None:  # noqa: N802
        self.requested.append(type(permission).__name__)
        callback(permission)


@pytest.mark.parametrize("check", ["camera", "microphone", "speaker"])
def test_other_systems_do_not_ask(check: str) -> None:
    assert not permissions.must_ask(check)


@pytest.mark.parametrize(
    ("status", "asks"),
    [
        (Qt.PermissionStatus.Undetermined, True),
        (Qt.PermissionStatus.Granted, False),
        (Qt.PermissionStatus.Denied, False),
    ],
)
def test_a_mac_asks_once(status: Qt.PermissionStatus, asks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Recorded(status)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(permissions, "QCoreApplication", SimpleNamespace(instance=lambda: app))
    assert permissions.must_ask("camera") is asks
    assert not permissions.must_ask("speaker")
    decided: list[bool] = []
    permissions.ask("microphone", QObject(), lambda: decided.append(True))
    assert decided == [True]
    assert app.requested == ["QMicrophonePermission"]
