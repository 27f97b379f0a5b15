"""How the terminal face looks: progress while checks run, and a calm report afterwards. Judges nothing."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Final, Self, TextIO

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from readiness.advice import words_for
from readiness.check import AnyCheck
from readiness.disclosure import who_hears
from readiness.fact_words import facts_told
from readiness.joining import CareOption, JoinCard, NextKind, NextStep, Way
from readiness.model import Finding, Reading, Report, Result, Status
from readiness.outlook import Forecast, Outlook
from readiness.profile import Profile
from readiness.questions import Answer, NoAnswer, Question
from readiness.readings import (
    DevicesReading,
)
from readiness.runner import Event, Finished, Started
from readiness.situation_words import ONE_OF_THESE, tell_caller, tell_causes
from readiness.support_code import READ_OUT, Situation, encode
from readiness.telling import (
    OUTLOOK_STATUS,
    STATUS_WORDS,
    VERDICT_STATUS,
    VERDICT_WORDS,
    ToldOutlook,
    tell,
    tell_outlook,
)
from readiness.text import N_, translate

#: Long lines are hard to read, also on a wide screen.
WIDTH: Final = 96

_STATUS_ICONS: Final = {
    Status.PASS: ("✔", "+"),
    Status.WARN: ("!", "!"),
    Status.FAIL: ("✖", "x"),
    Status.UNKNOWN: ("?", "?"),
    Status.SKIPPED: ("–", "-"),
}
_STATUS_STYLES: Final = {
    Status.PASS: "green",
    Status.WARN: "yellow",
    Status.FAIL: "red",
    Status.UNKNOWN: "magenta",
    Status.SKIPPED: "dim",
}


#: What the outlook is made of: where none of them ran, there is nothing to say of the line.
_LINE_CHECKS: Final = frozenset({"connection", "bandwidth", "call_quality"})

#: How far in the figures of the line stand, under the headline and beside its sign.
_OUTLOOK_DEPTH: Final = 3

#: Below this, sentences do not fit beside the names of the checks, and stand under them.
_BESIDE_WIDTH: Final = 64

_LEAST_WIDTH: Final = 20
_USUAL_WIDTH: Final = 80


class _Console(Console):
    """A console that lets its user know when nobody reads any more; rich would end the program itself."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, "nobody reads any more")


def console_for(stream: TextIO) -> Console:
    """A console on a stream, no wider than is good to read."""
    console = _Console(file=stream, highlight=False, soft_wrap=False)
    # Some terminals say that they are 0 columns wide, and mean that they do not know.
    console.width = min(console.width, WIDTH) if console.width >= _LEAST_WIDTH else _USUAL_WIDTH
    return console


def icon(status: Status, console: Console) -> str:
    """The sign of a status, in ASCII where the terminal cannot show more."""
    return _STATUS_ICONS[status][0 if console.encoding.startswith("utf") else 1]


def announce(console: Console, profile: Profile, language: str, kinds: Collection[type[Reading]]) -> None:
    """Say before anything is sent who will hear of a run that takes these kinds of readings."""
    console.print(translate(N_("Checking this computer. Nothing is recorded."), language))
    for sentence in who_hears(profile, language, kinds):
        console.print(sentence, style="dim")


class RunningChecks:
    """What a person sees while checks run: a live table on a terminal, plain lines elsewhere. Asks questions too."""

    def __init__(self, console: Console, checks: Sequence[AnyCheck], language: str, *, somebody: bool) -> None:
        """``somebody``: a person is there, who must be told what to do."""
        self._console = console
        self._somebody = somebody
        self._is_live = console.is_terminal and not console.is_dumb_terminal
        self._checks = checks
        self._language = language
        self._states: dict[str, Started | Finished] = {}
        self._live = Live(console=console, get_renderable=self._table, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        if self._is_live:
            self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._live.stop()

    def notify(self, event: Event) -> None:
        """Show what happened."""
        if event.check not in self._checks:
            return
        if isinstance(event, Started | Finished):
            self._states[event.check.id] = event
        if self._is_live:
            return
        words = words_for(event.check.id)
        said = ""
        if isinstance(event, Started) and self._somebody:
            said = words.prompt
        elif isinstance(event, Finished):
            said = STATUS_WORDS[event.result.status]
        if said:
            self._console.print(f"{translate(words.name, self._language)}: {translate(said, self._language)}")

    def ask(self, question: Question) -> Answer:
        """A person's answer, from the keyboard."""
        self._live.stop()
        try:
            return ask_person(question, self._language, self._console, sys.stdin.readline)
        finally:
            if self._is_live:
                self._live.start()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for check in self._checks:
            words = words_for(check.id)
            state = self._states.get(check.id)
            sign: RenderableType = " "
            doing = ""
            if isinstance(state, Started):
                sign, doing = Spinner("dots"), translate(words.prompt, self._language)
            elif isinstance(state, Finished):
                status = state.result.status
                sign = Text(icon(status, self._console), style=_STATUS_STYLES[status])
                doing = translate(STATUS_WORDS[status], self._language)
            table.add_row(sign, translate(words.name, self._language), Text(doing, style="dim"))
        return table


def ask_person(question: Question, language: str, console: Console, read_line: Callable[[], str]) -> Answer:
    """Ask until one of the choices, or the way out, was typed. The end of the input counts as no answer."""
    words = words_for(question.check).questions[question.id.partition(".")[2]]
    choices = {str(choice): choice for choice in question.choices}
    while True:
        console.print(translate(words.text, language), style="bold")
        console.print(
            translate(N_("Type {choices}. Type ? if you cannot tell, or press Enter to go on."), language).format(
                choices=", ".join(choices)
            )
        )
        line = read_line()
        typed = line.strip()
        if typed in choices:
            return choices[typed]
        if typed == "?":
            return NoAnswer.CANNOT_TELL
        if not typed:
            return NoAnswer.SKIP if line else NoAnswer.TIMEOUT


def print_report(
    console: Console,
    report: Report,
    line: Forecast,
    following: NextStep,
    card: JoinCard,
    care: Sequence[CareOption],
    language: str,
    *,
    details: bool,
) -> None:
    """The verdict, one line a check, what the line will carry, the one next step, and how to join."""
    _print_verdict(console, report, language)
    console.print()
    console.print(_results_table(console, report, language))
    to_fix = following.finding if following.kind is not NextKind.JOIN else None
    # What is the matter with the line, and what helps, is said once: under it, or as the next step.
    next_is_line = to_fix is not None and line.outlook is not Outlook.UNKNOWN and to_fix.id in line.because
    if any(result.check in _LINE_CHECKS and result.findings for result in report.results):
        console.print()
        _print_outlook(console, line, language, helps=not next_is_line)
    if to_fix is not None:
        console.print()
        _print_fix(console, to_fix, report, language, tell_outlook(line, language) if next_is_line else None)
    if following.kind is NextKind.OTHER_CARE:
        console.print()
        print_care(console, care, language)
    console.print()
    # What this computer has was just checked; what a phone needs is news.
    print_join_card(console, card, language, needs=card.way is Way.PHONE)
    if details:
        console.print()
        _print_details(console, report, language)
    console.print()
    code = encode(report, language=language, way=card.way)
    console.print(Text(f"{translate(READ_OUT, language)} {code}", style="bold"))


def print_situation(console: Console, code: str, situation: Situation, language: str) -> None:
    """What a spoken code tells: the caller's side, then what is the matter, with the agent's words."""
    _print_heading(console, code)
    table = Table.grid(padding=(0, 2))
    for name, value in tell_caller(situation, language):
        table.add_row(Text(name, style="dim"), Text(value))
    _print_indented(console, table)
    console.print()
    for told in tell_causes(situation, language):
        style = _STATUS_STYLES[told.status]
        name, status = translate(words_for(told.check).name, language), translate(STATUS_WORDS[told.status], language)
        sign = icon(told.status, console)
        console.print(Text.assemble((f"{sign}  ", style), (name, "bold"), ": ", (status, style)))
        if told.status is Status.PASS:
            continue
        if len(told.agent) > 1:
            _print_indented(console, Text(translate(ONE_OF_THESE, language)), depth=3)
        for agent, confirm in zip(told.agent, told.confirm, strict=True):
            _print_indented(console, Text.assemble(agent, " ", (confirm, "italic")), depth=3)


def print_devices(console: Console, reading: DevicesReading, language: str) -> None:
    """What could be chosen, by name."""
    for heading, names in (
        (N_("Cameras"), reading.cameras),
        (N_("Microphones"), reading.microphones),
        (N_("Speakers"), reading.speakers),
    ):
        _print_heading(console, translate(heading, language))
        missing = N_("The list could not be had.") if names is None else N_("None found.")
        for name in names or (translate(missing, language),):
            _print_indented(console, Text(name))


def _print_verdict(console: Console, report: Report, language: str) -> None:
    status = VERDICT_STATUS[report.verdict]
    heading = f"{icon(status, console)}  {translate(VERDICT_WORDS[report.verdict], language)}"
    console.print()
    console.print(Text(heading, style=f"bold {_STATUS_STYLES[status]}"))


def _results_table(console: Console, report: Report, language: str) -> Padding:
    beside = console.width >= _BESIDE_WIDTH
    table = Table.grid(padding=(0, 2))
    for _ in range(3 if beside else 1):
        table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for result in report.results:
        style = _STATUS_STYLES[result.status]
        name = translate(words_for(result.check).name, language)
        said = tell(result.leading, language, report.family).text if result.leading else ""
        sign = Text(icon(result.status, console), style=style)
        status = Text(translate(STATUS_WORDS[result.status], language), style=style)
        if beside:
            table.add_row(sign, Text(name, style="bold"), status, Text(said))
        else:
            table.add_row(sign, Text.assemble((name, "bold"), ": ", status, f"\n{said}"))
    return Padding(table, (0, 0, 0, 2), expand=False)


def _print_outlook(console: Console, line: Forecast, language: str, *, helps: bool) -> None:
    """What the line will carry, in one sentence, and its figures; ``helps``: also what would help."""
    told = tell_outlook(line, language)
    status = OUTLOOK_STATUS[line.outlook]
    table = Table.grid(padding=(0, 2))
    sign = Text(icon(status, console), style=_STATUS_STYLES[status])
    table.add_row(sign, Text(told.text, style="bold"))
    between = " · " if console.encoding.startswith("utf") else " - "
    for row in _rows(told.figures, between, console.width - _OUTLOOK_DEPTH):
        table.add_row("", Text(row, style="dim"))
    if told.cost:
        table.add_row("", Text(told.cost))
    for help_ in told.helps if helps else ():
        table.add_row("", Text(f"- {help_}"))
    console.print(table)


def _rows(pieces: Sequence[str], between: str, width: int) -> list[str]:
    """Pieces side by side in as few rows as they fit into: a number is never parted from its unit."""
    rows: list[str] = []
    for piece in pieces:
        if rows and cell_len(rows[-1] + between + piece) <= width:
            rows[-1] += between + piece
        else:
            rows.append(piece)
    return rows


def _print_fix(console: Console, finding: Finding, report: Report, language: str, line: ToldOutlook | None) -> None:
    """``line``: given where the headline of the line has just said what is the matter; then only what helps follows."""
    told = tell(finding, language, report.family)
    _print_heading(console, translate(N_("Do this next"), language))
    if line is None:
        _print_indented(console, Text(told.text))
    _print_numbered(console, (line and line.helps) or told.steps)
    if told.settings_url:
        _print_indented(console, Text(told.settings_url, style="dim"))


def print_join_card(console: Console, card: JoinCard, language: str, *, needs: bool = True) -> None:
    """How to join, for the way that was chosen; ``needs``: also what to have at hand for it."""
    _print_heading(console, translate(N_("How to join: {way}"), language).format(way=card.title))
    _print_indented(console, Text(card.when))
    if needs:
        for need in card.needs:
            _print_indented(console, Text(f"- {need}"))
    _print_numbered(console, card.steps)
    if card.link:
        _print_indented(console, Text(card.link, style="underline"))
    if card.browser_advice:
        _print_indented(console, Text(card.browser_advice))
    for note in card.notes:
        _print_indented(console, Text(note, style="dim"))
    for phone in card.help_phones:
        _print_indented(console, Text.assemble((f"{phone.label}: ", "bold"), f"{phone.dialled}. {phone.hours}"))


def print_care(console: Console, care: Sequence[CareOption], language: str) -> None:
    """The other ways to get care today."""
    _print_heading(console, translate(N_("Other ways to get care"), language))
    for option in care:
        where = [option.phone.dialled] if option.phone else []
        if option.link:
            where.append(option.link)
        _print_indented(console, Text.assemble(f"- {option.text} ", (", ".join(where), "bold")))


def _print_details(console: Console, report: Report, language: str) -> None:
    _print_heading(console, translate(N_("Details"), language))
    for result in report.results:
        if result.reading is None:
            continue
        _print_indented(console, Text(translate(words_for(result.check).name, language), style="bold"))
        for finding in result.findings[1:]:
            _print_indented(console, Text(tell(finding, language).text), depth=4)
        _print_indented(console, _facts_table(result, language), depth=4)


def _facts_table(result: Result, language: str) -> Table:
    """What was measured, for support and for whoever wants to know."""
    table = Table.grid(padding=(0, 2))
    for fact, value in facts_told(result.reading, language) if result.reading else ():
        table.add_row(Text(fact, style="dim"), value)
    return table


def _print_heading(console: Console, heading: str) -> None:
    console.print(Text(heading, style="bold"))


def _print_numbered(console: Console, steps: Sequence[str]) -> None:
    table = Table.grid(padding=(0, 1))
    for number, step in enumerate(steps, 1):
        table.add_row(f"{number}.", Text(step))
    _print_indented(console, table)


def _print_indented(console: Console, thing: RenderableType, depth: int = 2) -> None:
    console.print(Padding(thing, (0, 0, 0, depth), expand=False))
