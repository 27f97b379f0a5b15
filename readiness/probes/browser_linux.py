"""The browsers of a Linux desktop: its desktop entries, what they answer to --version, and the one that opens links.

The package pybrowsers would do this too, but it asks the browsers one after another and waits 5 s for each, one broken
entry ends its list, and it misses Debian's Firefox. Its table of names is used.
"""

from __future__ import annotations

import configparser
import os
import re
import selectors
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import psutil

from readiness.probes.browser_list import MORE_NAMES, id_of, package, version_number
from readiness.readings import InstalledBrowser

#: How long all programs together may take to answer. Starting a browser for its version takes 0.1 to 1 s; the whole
#: probe has 6 s.
ANSWERS_S: Final = 3.5

#: No version is longer. A program that says more is not listened to.
ANSWER_BYTES: Final = 4096

#: Where Flatpak and Snap put their entries, also where the desktop's own variables do not name them.
_MORE_DATA_FOLDERS: Final = (
    "~/.local/share/flatpak/exports/share",
    "/var/lib/flatpak/exports/share",
    "/var/lib/snapd/desktop",
)

#: Programs that start browsers: their own version is not the browser's.
_STARTERS: Final = frozenset({"bash", "dash", "env", "flatpak", "kfmclient", "sh", "snap", "xdg-open"})

_HTTPS: Final = "x-scheme-handler/https"

#: It knows the ways of every desktop; where it is not installed, the files are read that it would read.
DEFAULT_QUESTION: Final = ("xdg-settings", "get", "default-web-browser")


class Entry(msgspec.Struct, frozen=True):
    """A browser's desktop entry."""

    desktop_id: str
    """The name of its file, as other settings refer to it: ``firefox-esr.desktop``."""
    name: str
    """Its name in English, which is the one that tables know."""
    program: str | None
    """What to ask for its version, None where nothing can be asked."""


def named(entry: Entry, version: str | None = None, is_default: bool = False) -> InstalledBrowser:
    """The browser of an entry."""
    return InstalledBrowser(id_of(entry.name, _known()), entry.name, version, is_default)


def _known() -> dict[str, str]:
    names: dict[str, str] = package("browsers.linux").LINUX_DESKTOP_BROWSER_NAMES
    return names | MORE_NAMES


def asked(entries: Sequence[Entry]) -> tuple[InstalledBrowser, ...]:
    """The browsers of all entries with their versions; all are asked at once, and nobody is waited for too long.

    Only known browsers are asked: what else may call itself a browser could open its window instead of answering.
    """
    programs = {entry.program for entry in entries if entry.program and entry.name in _known()}
    said = answers([*((program, "--version") for program in sorted(programs)), DEFAULT_QUESTION], ANSWERS_S)
    default = said.get(DEFAULT_QUESTION, "").strip()
    if default not in {entry.desktop_id for entry in entries}:
        default = default_entry(entry.desktop_id for entry in entries) or ""
    return tuple(
        named(entry, version_number(said.get((entry.program or "", "--version"), "")), entry.desktop_id == default)
        for entry in entries
    )


# --- desktop entries --------------------------------------------------------------------------------------------------


def entries() -> tuple[Entry, ...]:
    """All browsers that have a desktop entry whose program is there."""
    found: dict[str, Entry | None] = {}
    for folder in data_folders():
        applications = folder / "applications"
        for path in sorted(applications.rglob("*.desktop")):
            # A file of the same name in an earlier folder stands in its place, even if only to hide it.
            desktop_id = "-".join(path.relative_to(applications).parts)
            if desktop_id not in found:
                found[desktop_id] = entry_of(path, desktop_id)
    return tuple(entry for entry in found.values() if entry)


def data_folders() -> Iterator[Path]:
    """Where desktop entries may lie (XDG Base Directory Specification), the most important folder first."""
    own = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    seen = set()
    for name in (own, *shared.split(":"), *_MORE_DATA_FOLDERS):
        folder = Path(name).expanduser()
        if folder.is_absolute() and folder not in seen:
            seen.add(folder)
            yield folder


def entry_of(path: Path, desktop_id: str) -> Entry | None:
    """The browser that a desktop entry is about; None for any other program, and for one that is not there."""
    fields = _group(path, "Desktop Entry")
    name = fields.get("Name", "")
    is_browser = "WebBrowser" in fields.get("Categories", "").split(";") or fields.get("GenericName") == "Web Browser"
    if not name or not is_browser or "true" in (fields.get("Hidden"), fields.get("Terminal")):
        return None
    flatpak = fields.get("X-Flatpak")
    if flatpak:
        starter = path.parents[2] / "bin" / flatpak
        return Entry(desktop_id, name, str(starter)) if starter.exists() else None
    tried = fields.get("TryExec")
    program = _program(fields.get("Exec", ""))
    if program is None or (tried and not shutil.which(tried)):
        return None
    return Entry(desktop_id, name, None if Path(program).name in _STARTERS else program)


def _group(path: Path, group: str) -> Mapping[str, str]:
    """The keys of one group of a desktop file; none for a file that cannot be read or understood."""
    parser = configparser.RawConfigParser(
        delimiters="=", comment_prefixes="#", strict=False, allow_no_value=True, default_section=""
    )
    # A method that is replaced, because keys are told apart by upper and lower case.
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
        return {key: value or "" for key, value in parser.items(group)}
    except (OSError, UnicodeDecodeError, configparser.Error):
        return {}


def _program(command: str) -> str | None:
    """The program that an entry's Exec line starts, None if it is not there."""
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    while words and (Path(words[0]).name == "env" or re.match(r"\w+=", words[0])):
        words.pop(0)
    return shutil.which(words[0]) if words else None


# --- the browser that opens links -------------------------------------------------------------------------------------


def default_entry(installed: Iterable[str]) -> str | None:
    """The entry that opens https links, out of ``installed`` (MIME Applications specification)."""
    candidates = frozenset(installed)
    for path in mimeapps_files():
        for desktop_id in _group(path, "Default Applications").get(_HTTPS, "").split(";"):
            if desktop_id in candidates:
                return desktop_id
    return None


def mimeapps_files() -> Iterator[Path]:
    """The files that may name default programs, the person's own first."""
    desktops = [name.lower() for name in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":") if name]
    names = [*(f"{name}-mimeapps.list" for name in desktops), "mimeapps.list"]
    own = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    shared = os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    for folder in (own, *shared.split(":")):
        yield from (Path(folder).expanduser() / name for name in names)
    for data in data_folders():
        yield from (data / "applications" / name for name in names)


# --- asking programs --------------------------------------------------------------------------------------------------


def answers(commands: Iterable[Sequence[str]], wait_s: float) -> dict[tuple[str, ...], str]:
    """What each command says on standard output, all run side by side, none longer than ``wait_s`` seconds.

    A command that cannot be started is missing; one that did not end by itself is ended, and what it said counts.
    """
    ends_at = time.monotonic() + wait_s
    said: dict[tuple[str, ...], bytes] = {}
    running: list[subprocess.Popen[bytes]] = []
    with selectors.DefaultSelector() as selector:
        try:
            for command in commands:
                try:
                    process = subprocess.Popen(
                        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
                    )
                except OSError:
                    continue
                running.append(process)
                said[tuple(command)] = b""
                selector.register(process.stdout, selectors.EVENT_READ, tuple(command))  # type: ignore[arg-type]
            while selector.get_map() and (left_s := ends_at - time.monotonic()) > 0:
                for key, _ in selector.select(left_s):
                    chunk = os.read(key.fd, ANSWER_BYTES)
                    said[key.data] += chunk
                    if not chunk or len(said[key.data]) >= ANSWER_BYTES:
                        selector.unregister(key.fileobj)
        finally:
            for process in running:
                _end(process)
    return {command: answer.decode(errors="replace") for command, answer in said.items()}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and whatever it has started: a browser is often started by a script."""
    try:
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    except psutil.NoSuchProcess:
        family = []
    if process.poll() is None:
        for member in family:
            try:
                member.kill()
            except psutil.NoSuchProcess:
                continue
    process.wait()
    if process.stdout:
        process.stdout.close()
