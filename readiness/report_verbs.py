"""``readiness report FILE.json``: a saved result in the terminal, in either language, or as a web page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Final

from readiness.exits import Exit
from readiness.it_report import ReportError, Sheet, load_report, sheet_of
from readiness.text import N_, os_reason, translate

_DEPTH: Final = 3


def add_verb(verbs: Any, spoken: argparse.ArgumentParser, language: str) -> None:
    """Let the terminal face know the verb; ``verbs`` is what argparse calls subparsers."""
    help_text = translate(N_("show a saved result"), language)
    report = verbs.add_parser("report", help=help_text, description=help_text, parents=[spoken])
    report.add_argument("report", metavar="RESULT.json", type=Path)
    report.add_argument(
        "--html",
        metavar=translate(N_("FILE"), language),
        type=Path,
        help=translate(N_("write it as a web page instead"), language),
    )
    report.set_defaults(do=_report)


def _report(options: argparse.Namespace) -> int:
    sheet = sheet_of(load_report(options.report), options.lang)
    if options.html is None:
        _print_sheet(sheet)
        return Exit.READY
    from readiness.it_report_html import page_html

    try:
        options.html.write_bytes(page_html(sheet))
    except OSError as error:
        raise ReportError(
            N_("{file} cannot be written ({reason}). Give a path in a folder of your own."),
            file=str(options.html),
            reason=os_reason(error),
        ) from error
    return Exit.READY


def _print_sheet(sheet: Sheet) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from readiness.terminal import console_for, icon

    console = console_for(sys.stdout)

    def indented(text: str) -> None:
        console.print(Padding(Text(text), (0, 0, 0, _DEPTH), expand=False))

    def facts(rows: tuple[tuple[str, str], ...]) -> None:
        table = Table.grid(padding=(0, 2))
        for name, value in rows:
            table.add_row(Text(name, style="dim"), Text(value))
        console.print(Padding(table, (0, 0, 0, _DEPTH), expand=False))

    console.print(Text(sheet.title))
    console.print(Text(f"{icon(sheet.verdict_status, console)}  {sheet.verdict}", style="bold"))
    facts(sheet.about)
    if sheet.line:
        console.print()
        console.print(Text(sheet.line.text, style="bold"))
        for text in (*sheet.line.figures, *filter(None, [sheet.line.cost]), *sheet.line.helps):
            indented(f"- {text}")
    for part in sheet.parts:
        console.print()
        sign = icon(part.status, console)
        console.print(Text.assemble(f"{sign}  ", (part.name, "bold"), f": {part.status_word}"))
        for text in part.said:
            indented(text)
        for number, step in enumerate(part.steps, 1):
            indented(f"{number}. {step}")
        facts(part.facts)
    console.print()
    console.print(Text(sheet.code, style="bold"))
