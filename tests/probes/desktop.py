"""A Linux desktop in a folder: programs that answer (or do not), their desktop entries, and settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.probes import browser_linux


class Desktop:
    """Everything that the desktop's variables name lies in one folder; nothing of this machine is seen."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self.data, self.programs = folder / "home", folder / "data", folder / "bin"
        for place in (self.home, self.data, self.programs):
            place.mkdir()
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CURRENT_DESKTOP", "BROWSER", "DESKTOP_SESSION"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HOME", str(self.home))
        monkeypatch.setenv("XDG_DATA_DIRS", str(self.data))
        monkeypatch.setenv("XDG_CONFIG_DIRS", str(folder / "etc"))
        # The fake programs are shell scripts; they need sleep and cat, and no xdg-settings of this machine.
        for tool in ("sleep", "cat", "env"):
            (self.programs / tool).symlink_to(Path("/bin", tool))
        monkeypatch.setenv("PATH", str(self.programs))
        more = ("~/.local/share/flatpak/exports/share",)
        monkeypatch.setattr(browser_linux, "_MORE_DATA_FOLDERS", more)

    def program(self, name: str, script: str) -> Path:
        """A program that runs ``script``."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    def entry(self, name: str, lines: str, folder: Path | None = None) -> Path:
        """A desktop entry with these ``lines``."""
        path = (folder or self.data) / "applications" / f"{name}.desktop"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"[Desktop Entry]\nType=Application\n{lines}\n", encoding="utf-8")
        return path

    def add(self, program: str, name: str, script: str) -> None:
        """An installed browser: its program and its entry."""
        self.program(program, script)
        self.entry(program, f"Name={name}\nExec={program} %U\nCategories=Network;WebBrowser;")

    def config(self, name: str, content: str) -> None:
        """A file of the person's settings."""
        path = self.home / ".config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
