"""The report as one web page that needs nothing else: no script, no picture, no address to load from.

The same body becomes the PDF: so it keeps to the kinds of HTML that Qt's text documents know.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from readiness.it_report import Part, Sheet
from readiness.model import Status
from readiness.text import N_, translate

#: Dark letters on light paper, or the other way round, as the reader's system wants it. Contrast is 7:1 and more.
_STYLE: Final = """
:root { color-scheme: light dark; --text: #1b1b1b; --ground: #ffffff; --line: #6b6b6b; --soft: #f2f2f2; }
@media (prefers-color-scheme: dark) {
  :root { --text: #f2f2f2; --ground: #161616; --line: #9a9a9a; --soft: #262626; }
}
body { max-width: 46rem; margin: 0 auto; padding: 1.5rem; font: 1.125rem/1.5 system-ui, sans-serif;
  color: var(--text); background: var(--ground); overflow-wrap: anywhere; }
h1, h2 { line-height: 1.25; }
h2 { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .375rem .75rem; border: 1px solid var(--line); }
th { background: var(--soft); font-weight: normal; width: 55%; }
thead th { font-weight: bold; }
caption { text-align: left; font-weight: bold; padding: .5rem 0; }
@media print { body { max-width: none; } table, h2 { break-inside: avoid; } }
"""

#: Beside the word: a status is never told by its colour.
_SIGNS: Final = {
    Status.PASS: "✔",
    Status.WARN: "!",
    Status.FAIL: "✖",
    Status.UNKNOWN: "?",
    Status.SKIPPED: "–",
}


def page_html(sheet: Sheet) -> bytes:
    """The whole file."""
    return (
        f'<!DOCTYPE html>\n<html lang="{sheet.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(sheet.title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body_html(sheet)}\n</main>\n</body>\n</html>\n"
    ).encode()


def body_html(sheet: Sheet) -> str:
    """What stands between the tags of the body."""

    def say(sentence: str) -> str:
        return escape(translate(sentence, sheet.language))

    verdict = f"{_SIGNS[sheet.verdict_status]} {escape(sheet.verdict)}"
    parts = [
        f"<h1>{escape(sheet.title)}</h1>",
        f"<p><b>{verdict}</b></p>",
        f"<p>{escape(sheet.code)}</p>",
        _table(say(N_("About this test")), (say(N_("What")), say(N_("Value"))), sheet.about),
    ]
    if sheet.line:
        heading = say(N_("What your internet can carry"))
        parts.append(f"<h2>{heading}</h2><p>{escape(sheet.line.text)}</p>")
        parts.append(_list("ul", (*sheet.line.figures, *filter(None, [sheet.line.cost]), *sheet.line.helps)))
    heads = (say(N_("What")), say(N_("Value")))
    parts += [_part(part, say(N_("What was measured")), heads) for part in sheet.parts]
    parts.append(f"<h2>{escape(sheet.left_out_words)}</h2>{_list('ul', sheet.left_out)}")
    return "\n".join(filter(None, parts))


def _part(part: Part, caption: str, heads: tuple[str, str]) -> str:
    status = f"{_SIGNS[part.status]} {escape(part.status_word)}"
    said = "".join(f"<p>{escape(text)}</p>" for text in part.said)
    facts = _table(f"{escape(part.name)}: {caption}", heads, part.facts) if part.facts else ""
    return f"<h2>{escape(part.name)}: {status}</h2>{said}{_list('ol', part.steps)}{facts}"


def _table(caption: str, heads: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    """A table of names and values; ``caption`` and ``heads`` are HTML already."""
    head = "".join(f'<th scope="col">{words}</th>' for words in heads)
    body = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _list(kind: str, items: Iterable[str]) -> str:
    rows = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<{kind}>{rows}</{kind}>" if rows else ""
