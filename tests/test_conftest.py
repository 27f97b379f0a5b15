"""The guards of conftest.py do catch what they are there for: a small suite of misbehaving tests is run with them."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent

SETTINGS = """
[tool.pytest]
filterwarnings = ["error"]
qt_api = "pyside6"
qt_log_level_fail = "INFO"
markers = ["may_log(pattern)", "may_leave_threads(pattern)"]
"""

MISBEHAVING = """
import logging
import subprocess
import sys
import threading
import warnings

import pytest
from PySide6.QtCore import QObject, QThread, QTimer, qWarning

done = threading.Event()
kept = []


def test_quiet():
    logging.getLogger("x").info("all is well")


def test_warns():
    warnings.warn("this goes away", DeprecationWarning)


def test_logs():
    logging.getLogger("x.y").warning("the camera coughed")


@pytest.mark.may_log("coughed")
def test_logs_as_announced():
    logging.getLogger("x").warning("the camera coughed")


@pytest.mark.may_log("coughed")
def test_logs_more_than_announced():
    logging.getLogger("x").error("the camera fell")


def test_leaves_thread():
    threading.Thread(target=done.wait, name="wanderer", daemon=True).start()


@pytest.mark.may_leave_threads("^wanderer")
def test_leaves_thread_as_announced():
    threading.Thread(target=done.wait, name="wanderer 2", daemon=True).start()


def test_thread_that_is_about_to_end():
    threading.Timer(0.1, list).start()


def test_leaves_process():
    kept.append(subprocess.Popen([sys.executable, "-c", "input()", "lost child"], stdin=subprocess.PIPE))


def test_lost_process_was_ended():
    assert kept[0].wait(5) != 0
    kept[0].stdin.close()


def test_process_that_ends():
    subprocess.run([sys.executable, "-c", ""], check=True)


def test_qt_speaks():
    qWarning("Qt is not amused")


@pytest.mark.qt_log_ignore("not amused")
def test_qt_speaks_as_announced():
    qWarning("Qt is not amused")


@pytest.fixture
def grumbling():
    yield
    qWarning("gone too early")


def test_qt_speaks_at_the_end(grumbling):
    pass


def test_leaves_timer(qapp):
    owner = QObject(qapp)
    owner.setObjectName("clock")
    timer = QTimer(owner)
    kept.append(timer)
    timer.start(60_000)


def test_stops_timer(qapp):
    timer = QTimer()
    timer.start(60_000)
    timer.stop()


def test_leaves_qt_thread(qapp):
    thread = QThread()
    thread.setObjectName("worker")
    kept.append(thread)
    thread.start()


def test_what_was_left_before_is_not_blamed_on_the_next(qapp):
    kept[-1].quit()
    assert kept[-1].wait(5000)
    done.set()
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What became of each misbehaving test: what was said against it, or nothing."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "pyproject.toml").write_text(SETTINGS)
    (folder / "conftest.py").write_text((PROJECT / "tests" / "conftest.py").read_text())
    (folder / "test_misbehaving.py").write_text(MISBEHAVING)
    command = [sys.executable, "-m", "pytest", "--junit-xml=outcomes.xml", "-p", "no:cacheprovider"]
    subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    said: dict[str, str] = {}
    for case in ET.parse(folder / "outcomes.xml").iter("testcase"):
        against = "".join(f"{part.get('message')} {part.text}" for part in case if part.tag in ("failure", "error"))
        said[case.get("name", "")] = said.get(case.get("name", ""), "") + against
    return said


@pytest.mark.parametrize(
    "name",
    [
        "test_quiet",
        "test_logs_as_announced",
        "test_leaves_thread_as_announced",
        "test_thread_that_is_about_to_end",
        "test_lost_process_was_ended",
        "test_process_that_ends",
        "test_qt_speaks_as_announced",
        "test_stops_timer",
        "test_what_was_left_before_is_not_blamed_on_the_next",
    ],
)
def test_good_manners_pass(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[name] == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("test_warns", ["DeprecationWarning: this goes away"]),
        ("test_logs", ["logged without announcing it", "WARNING x.y: the camera coughed"]),
        ("test_logs_more_than_announced", ["ERROR x: the camera fell"]),
        ("test_leaves_thread", ["left behind", "thread 'wanderer', now in", "threading.py"]),
        ("test_leaves_process", ["left behind", "process ", "-c input() lost child"]),
        ("test_qt_speaks", ["Qt is not amused"]),
        ("test_qt_speaks_at_the_end", ["Qt said during teardown", "gone too early"]),
        ("test_leaves_timer", ["left behind", "QTimer of 'clock', started at", "test_misbehaving.py:"]),
        ("test_leaves_qt_thread", ["left behind", "QThread of 'worker', started at"]),
    ],
)
def test_bad_manners_fail_and_are_named(outcomes: dict[str, str], name: str, said: list[str]) -> None:
    for words in said:
        assert words in outcomes[name]
