"""Where a kiosk's settings lie, how they are changed, and which ones are known to work.

Two folders. The machine's holds what only an administrator may change: ``kiosk.toml`` and, where settings must be
signed, ``kiosk.pub``, the public key; settings cannot bring a key of their own. The kiosk's own holds what the program
notes down: the settings that worked last, and the highest version that it has seen.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from readiness import shape
from readiness.kiosk import signing
from readiness.kiosk.config import DEFAULT, ConfigError, KioskConfig, parse, read
from readiness.kiosk.files import sweep, write_whole
from readiness.text import N_, os_reason

_OLDER: Final = N_("{file} has version {version}, but this kiosk has used version {newest}. Give it a higher one.")
_CHANGED: Final = N_(
    "{file} differs from the settings in use, but has the same version {version}. Give it a higher one."
)
_NOT_WRITTEN: Final = N_("{file} cannot be written: {reason}.")


@dataclass(frozen=True)
class Loaded:
    """Settings and the bytes that they were read from."""

    config: KioskConfig
    content: bytes


class Store:
    """The settings of this computer's kiosk. Everything raises `ConfigError` with a sentence for staff."""

    def __init__(self, machine: Path, own: Path, file: Path | None = None) -> None:
        """``machine``, ``own``: the two folders; ``file``: settings that lie elsewhere."""
        self.path = file or machine / "kiosk.toml"
        self._is_named = file is not None
        self._key = machine / "kiosk.pub"
        self._good = own / "last-good.toml"
        self._seen = own / "version.txt"

    @classmethod
    def of_this_computer(cls, file: Path | None = None) -> Store:
        """The folders that the system has for such things."""
        return cls(machine_folder(), own_folder(), file)

    def load(self) -> Loaded:
        """The settings as they should be used now; ours where nobody has set up any."""
        sweep(self.path)
        sweep(self._good)
        sweep(self._seen)
        if not self._is_named and not self.path.exists():
            return Loaded(DEFAULT, b"")
        loaded = self._trusted(self.path)
        if loaded.config.version < (newest := self._newest()):
            raise ConfigError(_OLDER, file=self.path.name, version=loaded.config.version, newest=newest)
        return loaded

    @property
    def has_good(self) -> bool:
        """Whether some settings have worked here."""
        return self._good.exists()

    def load_last_good(self) -> Loaded:
        """The settings that worked last; ours where there are none, or they cannot be trusted any more."""
        try:
            return self._trusted(self._good)
        except ConfigError:
            return Loaded(DEFAULT, b"")

    def keep_good(self, loaded: Loaded) -> None:
        """These settings have worked: go back to them when later ones do not, and take no older ones any more."""
        if not loaded.content:
            return
        if not self._good.exists() or self._good.read_bytes() != loaded.content:
            self._write(self._good, loaded.content)
        if loaded.config.version > self._newest():
            self._write(self._seen, f"{loaded.config.version}\n".encode())

    def install(self, source: Path) -> KioskConfig:
        """Take the settings in ``source`` in place of those in use, if they are in order; else leave all as it is."""
        loaded = self._trusted(source)
        newest = self._newest()
        if self.path.exists():
            before = self.path.read_bytes()
            # What is broken in place must be replaceable; only what can be read has a version.
            with contextlib.suppress(ConfigError):
                newest = max(newest, parse(before, self.path.name).version)
            if loaded.config.version == newest and before != loaded.content:
                raise ConfigError(_CHANGED, file=shape.plain(source.name), version=newest)
        if loaded.config.version < newest:
            raise ConfigError(_OLDER, file=shape.plain(source.name), version=loaded.config.version, newest=newest)
        self._write(self.path, loaded.content)
        return loaded.config

    def _trusted(self, path: Path) -> Loaded:
        content = read(path)
        if self._key.exists():
            key = read(self._key).decode(errors="replace")
            signing.verify(content, key, shape.plain(path.name), self._key.name)
        return Loaded(parse(content, path.name), content)

    def _newest(self) -> int:
        """The highest version that was in use here."""
        try:
            words = self._seen.read_text(encoding="ascii", errors="replace")
        except OSError:
            return 0
        return int(words) if re.fullmatch(r"[0-9]{1,10}\s*", words) else 0

    def _write(self, path: Path, content: bytes) -> None:
        try:
            write_whole(path, content)
        except OSError as error:
            raise ConfigError(_NOT_WRITTEN, file=str(path), reason=os_reason(error)) from None


def machine_folder() -> Path:
    """The folder of the machine's settings, which only an administrator can write."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Video Visit Readiness"
    if sys.platform == "darwin":
        return Path("/Library/Application Support/Video Visit Readiness")
    return Path("/etc/readiness")


def own_folder() -> Path:
    """The folder where the kiosk notes down what it must know after a restart: nothing of its visitors."""
    from platformdirs import user_state_path

    return user_state_path("readiness", appauthor=False) / "kiosk"
