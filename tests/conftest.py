"""What every test is held to: no surprise in the logs, no word from Qt, nothing left running.

A test fails when

* Python warns (``filterwarnings`` in pyproject.toml);
* a record of level WARNING or above is logged that the test did not announce: ``@pytest.mark.may_log("regex", …)``;
* Qt says anything (``qt_log_level_fail`` for the test itself, the hook below for its teardown); a test announces it with
  pytest-qt's ``@pytest.mark.qt_log_ignore("regex", …)``;
* a thread, a Qt timer, a Qt thread or a child process is still there when the test and its fixtures are done. A thread
  that has to stay (a driver that cannot be stopped) is announced: ``@pytest.mark.may_leave_threads("regex of its name")``.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Generator, Iterator
from typing import Any, Final

import psutil
import pytest

# Before Qt starts, and the same words on everybody's machine: a test that wants another language or screen sets it.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(_variable, None)
os.environ["LANG"] = "C.UTF-8"

#: How long something may take to end by itself after its test, before it counts as left behind.
PATIENCE_S: Final = 2.0


#: What the screen that is not there says of its size, whatever is shown on it; see qt_log_ignore in pyproject.toml.
NOTHING_SAID: Final = ("This plugin does not support propagateSizeHints()",)


def _patterns(request: pytest.FixtureRequest, marker: str) -> list[re.Pattern[str]]:
    return [re.compile(pattern) for mark in request.node.iter_markers(marker) for pattern in mark.args]


class _Collected(logging.Handler):
    """Keeps what is logged from WARNING on."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def _logs_no_surprise(request: pytest.FixtureRequest) -> Iterator[None]:
    collected = _Collected()
    logging.getLogger().addHandler(collected)
    yield
    logging.getLogger().removeHandler(collected)
    announced = _patterns(request, "may_log")
    surprises = [
        f"{record.levelname} {record.name}: {record.getMessage()}"
        for record in collected.records
        if not any(pattern.search(record.getMessage()) for pattern in announced)
    ]
    if surprises:
        pytest.fail("logged without announcing it (see may_log):\n" + "\n".join(surprises), pytrace=False)


@pytest.fixture(autouse=True)
def _leaves_nothing_behind(request: pytest.FixtureRequest, qt_starts: QtStarts | None) -> Iterator[None]:
    threads = set(threading.enumerate())
    children = set(psutil.Process().children(recursive=True))
    running = set(qt_starts.running()) if qt_starts else set()
    yield
    ends_at = time.monotonic() + PATIENCE_S
    left = [
        *_threads_left(threads, _patterns(request, "may_leave_threads"), ends_at),
        *_children_left(children, ends_at),
        *(qt_starts.left(running) if qt_starts else ()),
    ]
    if left:
        pytest.fail("left behind by this test:\n" + "\n".join(left), pytrace=False)


def _threads_left(before: set[threading.Thread], announced: list[re.Pattern[str]], ends_at: float) -> Iterator[str]:
    for thread in set(threading.enumerate()) - before:
        if any(pattern.search(thread.name) for pattern in announced):
            continue
        thread.join(max(0.0, ends_at - time.monotonic()))
        if thread.is_alive():
            frame = sys._current_frames().get(thread.ident or 0)
            where = traceback.extract_stack(frame)[-1] if frame else None
            place = f", now in {where.filename}:{where.lineno} {where.name}" if where else ""
            yield f"thread {thread.name!r}{place}"


def _children_left(before: set[psutil.Process], ends_at: float) -> Iterator[str]:
    new = set(psutil.Process().children(recursive=True)) - before
    _, alive = psutil.wait_procs(list(new), timeout=max(0.0, ends_at - time.monotonic()))
    for child in alive:
        try:
            words = " ".join(child.cmdline()) or child.name()
            yield f"process {child.pid}: {words}"
            child.kill()  # named is enough: it shall not disturb the tests that follow
        except psutil.NoSuchProcess:
            continue


class QtStarts:
    """Remembers which timers and threads of Qt were started, and from which line."""

    def __init__(self, *kinds: type[Any]) -> None:
        self._where: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        self._undo: list[Callable[[], None]] = []
        for kind in kinds:
            self._watch(kind)

    def _watch(self, kind: type[Any]) -> None:
        start = kind.start

        def remembering(started: Any, *args: Any, **kwargs: Any) -> None:
            caller = sys._getframe(1)
            self._where[started] = f"{caller.f_code.co_filename}:{caller.f_lineno}"
            start(started, *args, **kwargs)

        kind.start = remembering
        self._undo.append(lambda: setattr(kind, "start", start))

    def forget(self) -> None:
        for undo in self._undo:
            undo()

    def running(self) -> list[Any]:
        """Timers and threads that are running now; one that Qt has deleted already is not."""
        from shiboken6 import isValid

        return [
            started
            for started in list(self._where)
            if isValid(started) and (started.isRunning() if hasattr(started, "isRunning") else started.isActive())
        ]

    def left(self, before: set[Any]) -> Iterator[str]:
        for started in set(self.running()) - before:
            owner = started.parent()
            name = started.objectName() or (owner and owner.objectName()) or type(owner).__name__
            yield f"{type(started).__name__} of {name!r}, started at {self._where[started]}"


@pytest.fixture(scope="session")
def qt_starts() -> Iterator[QtStarts | None]:
    """The record of started timers and threads; None in a session without Qt."""
    if "PySide6.QtCore" not in sys.modules:
        yield None
        return
    from PySide6.QtCore import QThread, QTimer

    starts = QtStarts(QTimer, QThread)
    yield starts
    starts.forget()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, None, None]:
    """Fail what makes Qt complain while it is taken down: pytest-qt listens only until the test itself is over."""
    if "PySide6.QtCore" not in sys.modules:
        return (yield)
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    said: list[str] = []

    def listen(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if message not in NOTHING_SAID:
            said.append(message)

    previous = qInstallMessageHandler(listen)
    try:
        yield
    finally:
        qInstallMessageHandler(previous)
    if said:
        pytest.fail("Qt said during teardown:\n" + "\n".join(said), pytrace=False)
