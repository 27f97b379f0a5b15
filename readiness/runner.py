"""Run checks side by side on a machine and put their results into one report.

`run` is an ordinary blocking function. Checks measure in threads of their own, one after another where they share a
thing such as the air between speaker and microphone. What they have to tell and to ask is handed over in the thread
that called `run`, one thing after another, so that a face needs no locks.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from readiness import __version__
from readiness.check import AnyCheck
from readiness.live import Live, Picture
from readiness.machine import NO_CHOICE, Choices, Machine
from readiness.model import Failure, Finding, OsFamily, Reading, Report, Result
from readiness.profile import Profile
from readiness.questions import Answer, NoAnswer, Question

log = logging.getLogger(__name__)

#: How long a worker that waits for an answer takes to see that the run was stopped.
_LOOK_S: Final = 0.05

#: How long a stopped run waits for its workers: a child process is killed within a second or abandoned.
_STOP_S: Final = 3.0


class Started(msgspec.Struct, frozen=True):
    """A check begins to measure: the moment to tell the person what to do."""

    check: AnyCheck


class Progress(msgspec.Struct, frozen=True):
    """What a check knows so far. The reading is partial, and may be judged for live coaching."""

    check: AnyCheck
    reading: Reading


class Finished(msgspec.Struct, frozen=True):
    """A check is done, or was skipped."""

    check: AnyCheck
    result: Result


Event = Started | Progress | Finished


class _Asked(msgspec.Struct, frozen=True):
    """A worker waits for a person's answer."""

    question: Question
    reply: queue.SimpleQueue[Answer]


def run(
    checks: Sequence[AnyCheck],
    machine: Machine,
    profile: Profile,
    *,
    choices: Choices = NO_CHOICE,
    skip: Iterable[str] = (),
    notify: Callable[[Event], None] = lambda event: None,
    ask: Callable[[Question], Answer] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    live: Live | None = None,
) -> Report:
    """Measure and judge everything; the report holds one result for each check, in the order of ``checks``.

    ``skip`` names the checks that the person leaves out. Without ``ask`` nobody is there to answer. ``cancelled`` is
    looked at while measuring: what is not done by then is reported as not checked. An exception out of ``notify`` or
    ``ask`` (such as Ctrl-C) stops the workers and is raised again.

    With ``live`` a person watches: checks whose subject can be watched measure on until ``live.done()``. Pictures are
    the one thing that is not handed over here: ``live.show`` is called in the thread that reads them.
    """
    started_at = datetime.now(UTC)
    begun = time.monotonic()
    left_out = frozenset(skip)
    stopped = threading.Event()
    inbox: queue.SimpleQueue[Event | _Asked] = queue.SimpleQueue()

    def put_question(question: Question) -> Answer:
        reply: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        inbox.put(_Asked(question, reply))
        while not stopped.is_set():
            with contextlib.suppress(queue.Empty):
                return reply.get(timeout=_LOOK_S)
        return NoAnswer.SKIP

    def work(group: Sequence[AnyCheck]) -> None:
        for check in group:
            inbox.put(Started(check))
            check_begun = time.monotonic()
            reading = _measured(
                check,
                machine,
                profile,
                choices,
                tell=lambda partial, check=check: inbox.put(Progress(check, partial)),  # type: ignore[misc]
                ask=put_question if ask else None,
                cancelled=lambda: stopped.is_set() or cancelled(),
                live=live,
            )
            duration_ms = round((time.monotonic() - check_begun) * 1000)
            inbox.put(Finished(check, judged(check, profile, reading, started_at.date(), duration_ms)))

    results: dict[str, Result] = {}
    for check in checks:
        if check.id in left_out:
            results[check.id] = judged(check, profile, None, started_at.date())
            notify(Finished(check, results[check.id]))
    workers = [
        threading.Thread(target=work, args=(group,), name=f"check {group[0].id}", daemon=True)
        for group in _groups([check for check in checks if check.id not in left_out], machine)
    ]
    try:
        for worker in workers:
            worker.start()
        while len(results) < len(checks):
            message = _next(inbox)
            if isinstance(message, _Asked):
                assert ask
                message.reply.put(ask(message.question))
                continue
            if isinstance(message, Finished):
                results[message.check.id] = message.result
            notify(message)
    finally:
        stopped.set()
        for worker in filter(threading.Thread.is_alive, workers):  # a signal may come before all are started
            worker.join(_STOP_S)
    return Report(
        app_version=__version__,
        profile_id=profile.id,
        profile_edition=profile.edition,
        started_at=started_at,
        duration_ms=round((time.monotonic() - begun) * 1000),
        family=machine.family,
        results=tuple(results[check.id] for check in checks),
    )


def judge(
    checks: Sequence[AnyCheck],
    profile: Profile,
    readings: Mapping[str, Reading],
    *,
    measured_at: datetime,
    duration_ms: int = 0,
    family: OsFamily | None = None,
) -> Report:
    """The report for readings that were measured before; a check without a reading counts as skipped."""
    return Report(
        app_version=__version__,
        profile_id=profile.id,
        profile_edition=profile.edition,
        started_at=measured_at,
        duration_ms=duration_ms,
        family=family,
        results=tuple(judged(check, profile, readings.get(check.id), measured_at.date()) for check in checks),
    )


def judged(check: AnyCheck, profile: Profile, reading: Reading | None, today: date, duration_ms: int = 0) -> Result:
    """The result of one check for one reading; None is a check that the person skipped."""
    requirement = profile.requirement(check.id, check.requires)
    findings: tuple[Finding, ...] = ()
    if reading is not None:
        try:
            findings = check.judge(reading, requirement, today)
        except Exception:
            # One wrong judge must not cost the person the other results; it never looks like a pass.
            log.exception("the check %s could not judge its reading", check.id)
            findings = (check.not_checked(Failure.CRASHED),)
    return Result(
        check=check.id,
        required=requirement.required,
        findings=findings,
        reading=reading,
        duration_ms=duration_ms,
    )


def _next(inbox: queue.SimpleQueue[Event | _Asked]) -> Event | _Asked:
    """The next message. Waits piece by piece: a wait without an end cannot be interrupted by Ctrl-C on Windows."""
    while True:
        with contextlib.suppress(queue.Empty):
            return inbox.get(timeout=_LOOK_S)


def _groups(checks: Sequence[AnyCheck], machine: Machine) -> list[list[AnyCheck]]:
    """Checks that share a thing in one group, every other one in a group of its own; the order is kept."""
    groups: dict[str, list[AnyCheck]] = {}
    for check in checks:
        groups.setdefault(machine.shared(check.reads) or f"alone: {check.id}", []).append(check)
    return list(groups.values())


def _measured(
    check: AnyCheck,
    machine: Machine,
    profile: Profile,
    choices: Choices,
    *,
    tell: Callable[[Reading], None],
    ask: Callable[[Question], Answer] | None,
    cancelled: Callable[[], bool],
    live: Live | None,
) -> Reading:
    """One check's reading, a person's answers in it."""
    was_shown = threading.Event()

    def show(picture: Picture) -> None:
        assert live
        was_shown.set()
        live.show(picture)

    watched = Live(show, live.done) if live else None
    try:
        reading: Reading = machine.read(check.reads, profile, choices, tell=tell, cancelled=cancelled, live=watched)
        if was_shown.is_set():
            reading = check.shown(reading)
        while ask and (question := check.question(reading)) is not None:
            with_answer = check.answered(reading, question, ask(question))
            if with_answer == reading:
                break  # the person did not answer: do not ask again
            reading = with_answer
    except Exception:
        log.exception("the check %s could not be measured", check.id)
        reading = check.reads(failure=Failure.CRASHED)
    return reading
