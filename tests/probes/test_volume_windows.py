"""Which of Windows' speakers is asked for its volume, on objects shaped like pycaw's; the asking is not run here."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from readiness.probes import volume_windows
from readiness.probes.sound_linux import Volume


class COMError(Exception):
    pass


def speaker(name: str, scalar: float, mute: int) -> Any:
    endpoint = SimpleNamespace(GetMasterVolumeLevelScalar=lambda: scalar, GetMute=lambda: mute)
    return SimpleNamespace(FriendlyName=name, EndpointVolume=endpoint)


BUILT_IN = speaker("Speakers (Realtek(R) Audio)", 0.3400000035762787, 0)
HEADSET = speaker("Headphones (WH-1000XM4)", 1.0, 1)


@pytest.fixture(autouse=True)
def _pycaw(monkeypatch: pytest.MonkeyPatch) -> None:
    utilities = SimpleNamespace(GetSpeakers=lambda: BUILT_IN, GetAllDevices=lambda: [None, BUILT_IN, HEADSET])
    monkeypatch.setitem(sys.modules, "comtypes", SimpleNamespace(COMError=COMError))
    monkeypatch.setitem(sys.modules, "pycaw", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "pycaw.pycaw", SimpleNamespace(AudioUtilities=utilities))


def test_the_default_is_asked_whatever_its_name() -> None:
    assert volume_windows.read("anything", is_default=True) == Volume(34.0, False)


def test_another_is_found_by_its_name() -> None:
    assert volume_windows.read("Headphones (WH-1000XM4)", is_default=False) == Volume(100.0, True)
    assert volume_windows.read("Headphones", is_default=False) == Volume()


def test_a_speaker_that_is_gone_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Any:
        raise COMError(-2147023728, "Element not found.", ())

    monkeypatch.setattr(sys.modules["pycaw.pycaw"].AudioUtilities, "GetSpeakers", gone)
    assert volume_windows.read("anything", is_default=True) == Volume()
