"""The licences of everything that is in a frozen folder, put into that folder: a list to read, and every text.

    python packaging/licences.py FOLDER [OUT]

OUT is FOLDER/licences, or in an .app of macOS Contents/Resources/licences. It is made anew each time. The program
shows the list: ``readiness licences``. Exit status: 0 written, 1 something in the folder belongs to nothing that is
known, or has no licence text (a line for each; nothing is written); 2 there is no frozen program.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import components
from components import Component

LIST: Final = "THIRD-PARTY.txt"

_HEAD: Final = """\
What is inside Video Visit Readiness, and its licences
======================================================

Video Visit Readiness itself is under the Apache License 2.0. It is made with the work of many others, listed below: each
with its version, its licence, where its source is, and the files beside this one that hold the licence's words.

Qt and Qt for Python
--------------------

They are used under the GNU Lesser General Public License, version 3, and were not changed. You may replace them with
your own: they are files of their own, below the program's folder in {qt}.
Build Qt {version} yourself, or one that is compatible with it, put its libraries in the place of ours under the same names,
and start the program as before. On macOS sign the app again afterwards: codesign --force --deep --sign - APP. You may
take apart and examine this program as far as that is needed to find mistakes in such a change.
The source: https://download.qt.io/archive/qt/ and https://code.qt.io/cgit/pyside/pyside-setup.git/

Other libraries under the LGPL or the GPL
-----------------------------------------

{copyleft}

Everything
----------
"""


def main(arguments: Sequence[str]) -> int:
    """Look into the folder, write what is there. Returns the exit status."""
    if len(arguments) not in (1, 2):
        print(
            "licences.py takes the frozen folder and, if it is to be another one, the folder to write.", file=sys.stderr
        )
        return 2
    folder = Path(arguments[0])
    target = Path(arguments[1]) if len(arguments) == 2 else components.licences_folder(folder)
    try:
        found = components.of_folder(folder)
    except OSError as error:
        print(f"licences.py: {folder}: {error.strerror}.", file=sys.stderr)
        return 2
    for fault in found.faults:
        print(f"licences.py: {fault}.", file=sys.stderr)
    if found.faults:
        return 1
    write(found.components, target)
    print(f"{target}: {len(found.components)} components, {len(list(target.iterdir())) - 1} texts")
    return 0


def write(found: Sequence[Component], target: Path) -> None:
    """The list and the texts, in a folder of their own. Raises ValueError when two texts want one name."""
    texts: dict[str, str] = {}
    for one in found:
        for text in one.texts:
            if texts.setdefault(text.name, text.words) != text.words:
                raise ValueError(f"two licence texts are called {text.name}")
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    for name, words in texts.items():
        (target / name).write_text(words, encoding="utf-8", newline="\n")
    (target / LIST).write_text(listed(found), encoding="utf-8", newline="\n")


def listed(found: Sequence[Component]) -> str:
    """The list, for people to read."""
    qt = next((one for one in found if one.name == "Qt"), None)
    place = qt.files[0].rpartition("/")[0] if qt else "PySide6"
    copyleft = [one for one in found if is_copyleft(one) and one.name != "Qt"]
    head = _HEAD.format(qt=place, version=qt.version if qt else "6", copyleft="\n".join(told_of_copyleft(copyleft)))
    ordered = sorted(found, key=lambda one: (one.name.lower(), one.version))
    return head + "\n" + "\n\n".join(paragraph(one) for one in ordered) + "\n"


def is_copyleft(one: Component) -> bool:
    """Whether its source has to be at hand. Where Debian gives no short name, the texts that it refers to tell."""
    if one.licence:
        return "GPL" in one.licence and "exception" not in one.licence.lower()
    return any("GPL" in text.name for text in one.texts)


def told_of_copyleft(found: Iterable[Component]) -> Iterable[str]:
    lines = [f"- {one.name} {one.version}: {one.source}" for one in sorted(found, key=lambda one: one.name.lower())]
    return [
        "These, too, are files of their own that you may replace in the same way, and were not changed. Their source is at the",
        "places named here. Who hands this program on has to hand on their source as well, or say where it is.",
        "",
        *(lines or ["(none)"]),
    ]


def paragraph(one: Component) -> str:
    licence = one.licence or "see its text"
    lines = [f"{one.name} {one.version}".rstrip(), f"    licence: {licence}"]
    if one.part_of:
        lines.append(f"    inside:  {one.part_of}")
    if one.source:
        lines.append(f"    source:  {one.source}")
    if one.note:
        lines.append(f"    note:    {one.note}")
    lines.append(f"    texts:   {', '.join(text.name for text in one.texts)}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
