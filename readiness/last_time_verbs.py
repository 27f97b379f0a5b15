"""``readiness forget``: remove what the window keeps of the last results."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from readiness.exits import Exit
from readiness.last_time import forget, trace_path
from readiness.text import N_, Refusal, os_reason, translate


class KeptAfterAll(Refusal):
    """The last results cannot be removed."""


def add_verb(verbs: Any, spoken: argparse.ArgumentParser, language: str) -> None:
    """Let the terminal face know the verb; ``verbs`` is what argparse calls subparsers."""
    help_text = translate(N_("remove what the window keeps of the last results"), language)
    verbs.add_parser("forget", help=help_text, description=help_text, parents=[spoken]).set_defaults(do=_forget)


def _forget(options: argparse.Namespace) -> int:
    path = trace_path()
    try:
        was_there = forget(path)
    except OSError as error:
        raise KeptAfterAll(
            N_("{file} cannot be removed ({reason}). Remove it yourself."), file=str(path), reason=os_reason(error)
        ) from error
    said = N_("The last results are removed.") if was_there else N_("No results are kept here.")
    sys.stdout.write(translate(said, options.lang) + "\n")
    return Exit.READY
