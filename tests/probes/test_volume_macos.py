"""What macOS says of its volume, as recorded there by others; the asking itself is not run here."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from readiness.probes import volume_macos
from readiness.probes.sound_linux import Volume


@pytest.mark.parametrize(
    ("told", "volume"),
    [
        ("output volume:44, input volume:75, alert volume:100, output muted:false\n", Volume(44.0, False)),
        ("output volume:0, input volume:75, alert volume:100, output muted:true\n", Volume(0.0, True)),
        (
            "output volume:missing value, input volume:50, alert volume:100, output muted:missing value\n",
            Volume(None, None),
        ),
        ("", Volume(None, None)),
    ],
)
def test_the_record_is_read(told: str, volume: Volume, monkeypatch: pytest.MonkeyPatch) -> None:
    assert volume_macos.parse(told) == volume
    monkeypatch.setattr(subprocess, "run", lambda command, **how: subprocess.CompletedProcess(command, 0, told))
    assert volume_macos.read("Speakers", is_default=True) == volume


def test_another_speaker_than_the_default_is_not_known() -> None:
    assert volume_macos.read("Monitor", is_default=False) == Volume()


def test_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **how: Any) -> None:
        raise subprocess.TimeoutExpired(command, how["timeout"])

    monkeypatch.setattr(subprocess, "run", run)
    assert volume_macos.read("Speakers", is_default=True) == Volume()
