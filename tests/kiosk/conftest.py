"""Folders of a kiosk, and settings in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

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
