"""Folders of a kiosk, and settings in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from readiness.kiosk.health import Health
from readiness.kiosk.heartbeat import Activity
from readiness.kiosk.restarts import Mode
from readiness.kiosk.store import Store

Write = Callable[..., Path]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    folder = tmp_path / "machine"
    folder.mkdir()
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own"


@pytest.fixture
def store(machine: Path, own: Path) -> Store:
    return Store(machine, own)


@pytest.fixture
def settings(tmp_path: Path) -> Write:
    """Writes a file of settings, with lines of TOML more."""

    def write(version: int = 1, more: str = "", name: str = "new.toml") -> Path:
        path = tmp_path / name
        path.write_text(f"schema_version = 1\nversion = {version}\n{more}\n", encoding="utf-8")
        return path

    return write


def health(**what: object) -> Health:
    fields: dict[str, object] = {
        "app_version": "1.0",
        "config_version": 2,
        "written_at_s": 1_800_000_000.0,
        "uptime_s": 3,
        "restarts": 0,
        "visits": 0,
        "mode": Mode.NORMAL,
        "activity": Activity.ATTRACT,
    }
    return Health(**{**fields, **what})  # type: ignore[arg-type]
