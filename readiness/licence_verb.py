"""``readiness licences``: what other people's work is in this program, and where the words of its licences lie."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from readiness.exits import Exit
from readiness.text import N_, Refusal, os_reason, translate


class NoList(Refusal):
    """The list of licences is not there, or cannot be read."""


def add_verb(verbs: Any, spoken: argparse.ArgumentParser, language: str) -> None:
    """Let the terminal face know the verb; ``verbs`` is what argparse calls subparsers."""
    help_text = translate(N_("list the work of others in this program, with its licenses"), language)
    verbs.add_parser("licences", help=help_text, description=help_text, parents=[spoken]).set_defaults(do=_licences)


def list_path(program: Path) -> Path:
    """Where the list lies, by the place of the program: beside it, and in an app of macOS among its resources."""
    folder = program.parent
    if folder.name == "MacOS":
        folder = folder.parent / "Resources"
    return folder / "licences" / "THIRD-PARTY.txt"


def _licences(options: argparse.Namespace) -> int:
    if not getattr(sys, "frozen", False):
        raise NoList(N_("Only the installed program has this list: “python3 dev.py build” makes it."))
    path = list_path(Path(sys.executable))
    try:
        words = path.read_text(encoding="utf-8")
    except OSError as error:
        raise NoList(
            N_("{file} cannot be read ({reason}). Install the program again."), file=str(path), reason=os_reason(error)
        ) from error
    sys.stdout.write(words)
    # The list is in English: it names people's own words. Where they lie is said last, and in the person's language.
    where = translate(N_("The words of each license are in this folder: {folder}"), options.lang)
    sys.stdout.write("\n" + where.format(folder=path.parent) + "\n")
    return Exit.READY
