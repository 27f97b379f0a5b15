"""What goes into a saved result: read from the very bytes that will be saved, and shown before they are."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from readiness.it_report import Part, SavedReport, Sheet, read_report, sheet_of
from readiness.report_file import report_json
from readiness.text import N_
from ui.pages.page import Action, Actions, Navigator, Page
from ui.saving import Outcome, save
from ui.visit import Visit
from ui.widgets.card import Card
from ui.widgets.flow_row import FlowRow
from ui.widgets.note import Note
from ui.widgets.wrap_label import WrapLabel


class ReportPage(Page):
    name = "report"
    headline = N_("What goes into the file")

    def __init__(self, visit: Visit, navigator: Navigator) -> None:
        super().__init__(visit, navigator)
        self._outcome: Outcome | None = None
        self._content = b""
        self._saved: SavedReport | None = None
        intro = WrapLabel()
        self.put(intro.setText, N_("You can give this file to a person who helps you. Nothing else is in it."))
        self._said = Note()
        self._said.setObjectName("outcome")
        self._left_out_words = WrapLabel(kind="title")
        self._left_out = WrapLabel()
        self._left_out.setObjectName("left_out")
        self._head = _Block()
        self._line = _Block()
        for widget in (intro, self._said, self._left_out_words, self._left_out, self._head, self._line):
            self.body.addWidget(widget)
        self._parts: list[_Block] = []
        self._toggle = QPushButton()
        self._toggle.setObjectName("file_itself")
        self._toggle.setCheckable(True)
        self._toggle.toggled.connect(self.refresh)
        row = FlowRow()
        row.addWidget(self._toggle)
        more = WrapLabel()
        self.put(more.setText, N_("The file for programs has more numbers. You can look at it here."))
        self._itself = WrapLabel(kind="small")
        self._itself.setObjectName("content")
        self._end = self.body.count()
        self.body.addWidget(more)
        self.body.addLayout(row)
        self.body.addWidget(self._itself)
        self.body.addStretch(1)

    # --- Page

    def enter(self, **what: object) -> None:
        """What is known now is what will be saved, also when a test ends while the person reads."""
        self._outcome = None
        self._toggle.setChecked(False)
        self._saved = None

    def refresh(self) -> None:
        saved = self._kept()
        sheet = sheet_of(saved, self.visit.language)
        self._left_out_words.setText(sheet.left_out_words)
        self._left_out.setText("\n".join(f"• {sentence}" for sentence in sheet.left_out))
        self._head.show_lines(sheet.verdict, (), (*_pairs(sheet.about), sheet.code))
        self._show_line(sheet)
        for _ in range(len(self._parts), len(sheet.parts)):
            block = _Block()
            self.body.insertWidget(self._end + len(self._parts), block)
            self._parts.append(block)
        for block, part in zip(self._parts, sheet.parts, strict=True):
            block.show_lines(f"{part.name}: {part.status_word}", _said(part), _pairs(part.facts))
        is_open = self._toggle.isChecked()
        self._toggle.setText(self.visit.say(N_("Hide the file") if is_open else N_("Show the file itself")))
        self._itself.setText(self._content.decode() if is_open else "")
        self._itself.setVisible(is_open)
        if self._outcome:
            self._said.show_note(self._outcome.status, self._outcome.words())
        self._said.setVisible(self._outcome is not None)

    def ways_on(self) -> Actions:
        return Actions(
            primary=Action(N_("Save as PDF"), lambda: self._save("pdf", self._pdf)),
            others=(
                Action(N_("Save as web page"), lambda: self._save("html", self._page)),
                Action(N_("Save for programs"), lambda: self._save("json", lambda: self._content)),
            ),
        )

    # --- Inside

    def _kept(self) -> SavedReport:
        """The file's content, made once for each language: its texts are in the language of the person."""
        if self._saved is None or self._saved.language != self.visit.language:
            known = self.visit.known
            self._content = report_json(
                known.report(), known.outlook(), known.next(), self.visit.language, self.visit.way
            )
            self._saved = read_report(self._content, "")
        return self._saved

    def _show_line(self, sheet: Sheet) -> None:
        self._line.setVisible(sheet.line is not None)
        if line := sheet.line:
            more = (*line.figures, *filter(None, [line.cost]), *line.helps)
            self._line.show_lines(line.text, (), more)

    def _page(self) -> bytes:
        from readiness.it_report_html import page_html

        return page_html(sheet_of(self._kept(), self.visit.language))

    def _pdf(self) -> bytes:
        from readiness.it_report_html import body_html
        from ui import printing

        sheet = sheet_of(self._kept(), self.visit.language)
        return printing.pages_pdf(body_html(sheet), sheet.title)

    def _save(self, suffix: str, content: Callable[[], bytes]) -> None:
        name = "video-visit-result" if self.visit.language == "en" else "resultado-consulta-por-video"
        outcome = save(self, self.visit, f"{name}.{suffix}", content)
        if outcome:
            self._outcome = outcome
            self.retranslate()
            self.ensureWidgetVisible(self._said)
            self.navigator.announce(self._said.text)


class _Block(Card):
    """A headline, sentences, and figures in small print."""

    def __init__(self) -> None:
        super().__init__()
        self._title = WrapLabel(kind="title")
        self._said = WrapLabel()
        self._facts = WrapLabel(kind="small")
        for label in (self._title, self._said, self._facts):
            self.body.addWidget(label)

    def show_lines(self, title: str, said: tuple[str, ...], facts: tuple[str, ...]) -> None:
        """Other words; what is empty takes no room."""
        self._title.setText(title)
        for label, lines in ((self._said, said), (self._facts, facts)):
            label.setText("\n".join(lines))
            label.setVisible(bool(lines))


def _said(part: Part) -> tuple[str, ...]:
    return (*part.said, *(f"{number}. {step}" for number, step in enumerate(part.steps, 1)))


def _pairs(facts: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(f"{name}: {value}" for name, value in facts)
