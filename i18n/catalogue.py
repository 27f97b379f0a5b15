"""Reads translations (.po) and compiles them to what gettext loads (.mo), with the standard library alone.

The set-up runs before any package is installed, and a freeze should not carry Babel: so this small part of gettext's
tools is here. Extracting and updating, which only developers do, is Babel's work (``python3 dev.py i18n``).
"""

from __future__ import annotations

import ast
import os
import struct
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Entry:
    """One sentence of a .po file."""

    context: str | None = None
    sentence: str = ""
    plural: str | None = None
    translations: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False
    """Guessed from a similar sentence: not to be shown to anybody before a person has looked at it."""

    @property
    def key(self) -> str:
        """What gettext looks it up by."""
        sentence = self.sentence if self.plural is None else f"{self.sentence}\0{self.plural}"
        return sentence if self.context is None else f"{self.context}\x04{sentence}"

    @property
    def translated(self) -> bool:
        return bool(self.translations) and all(self.translations.values())


def read(text: str) -> list[Entry]:
    """The entries of a .po file, the header (an empty sentence) among them; what is marked obsolete is left out.

    Raises ValueError with the line number for a line that does not belong into such a file.
    """
    entries: list[Entry] = []
    fuzzy = False
    part = ""
    for number, line in enumerate((raw.strip() for raw in text.splitlines()), 1):
        if line.startswith("#,"):
            fuzzy = fuzzy or "fuzzy" in line
        elif line.startswith("#~"):
            fuzzy = False
        if not line or line.startswith("#"):
            part = ""
            continue
        keyword, quote, rest = line.partition('"')
        keyword = keyword.strip()
        try:
            if not quote:
                raise ValueError
            value = str(ast.literal_eval(quote + rest))
        except (ValueError, SyntaxError):
            raise ValueError(f"line {number} is not part of a translation: {line[:60]}") from None
        begins = keyword == "msgctxt" or (keyword == "msgid" and part != "msgctxt")
        if begins:
            entries.append(Entry(fuzzy=fuzzy))
            fuzzy = False
        if not entries or not (part or keyword):
            raise ValueError(f"line {number} stands outside of a translation: {line[:60]}")
        part = keyword or part
        _add(entries[-1], part, value, number)
    return entries


def _add(entry: Entry, part: str, value: str, number: int) -> None:
    if part == "msgctxt":
        entry.context = (entry.context or "") + value
    elif part == "msgid":
        entry.sentence += value
    elif part == "msgid_plural":
        entry.plural = (entry.plural or "") + value
    elif part == "msgstr" or (part.startswith("msgstr[") and part[7:-1].isdigit()):
        index = 0 if part == "msgstr" else int(part[7:-1])
        entry.translations[index] = entry.translations.get(index, "") + value
    else:
        raise ValueError(f"line {number} begins with an unknown word: {part[:60]}")


def compiled(entries: list[Entry]) -> bytes:
    """The .mo file for some entries; guessed and missing translations are left out, so that English is shown."""
    texts = {
        entry.key.encode(): "\0".join(entry.translations[index] for index in sorted(entry.translations)).encode()
        for entry in entries
        if entry.translated and (not entry.fuzzy or not entry.sentence)  # the header says how to read the rest
    }
    keys = sorted(texts)
    # The format is gettext's: a header of seven numbers, two tables of (length, offset), then the strings.
    at = 28 + 16 * len(keys)
    tables: list[bytes] = []
    strings: list[bytes] = []
    for column in (keys, [texts[key] for key in keys]):
        for string in column:
            tables.append(struct.pack("<II", len(string), at))
            strings.append(string + b"\0")
            at += len(string) + 1
    header = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 0)
    return b"".join((header, *tables, *strings))


def compile_file(source: Path, target: Path) -> bool:
    """Compile ``source`` (.po) to ``target`` (.mo) unless that is done already. Returns whether it was needed.

    Raises ValueError for a file that is no .po file. ``target`` gets the time of ``source``, by which it is known to
    belong to it, and appears all at once: another process never sees half of it.
    """
    changed = source.stat().st_mtime_ns
    if target.exists() and target.stat().st_mtime_ns == changed:
        return False
    try:
        content = compiled(read(source.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from error
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(f".{os.getpid()}")
    half.write_bytes(content)
    os.utime(half, ns=(changed, changed))
    half.replace(target)
    return True
