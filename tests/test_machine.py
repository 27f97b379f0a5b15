"""Every port fits its probe, and the child's side of the wire answers as the parent expects."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
import threading

import msgspec
import pytest

from readiness.checks import CHECKS
from readiness.live import Live
from readiness.machine import NO_CHOICE, PORTS, Choices, ThisMachine
from readiness.model import Failure, Reading
from readiness.probes import call_quality
from readiness.profile import TurnServer, load
from readiness.readings import (
    BandwidthReading,
    CallQualityReading,
    ComputerReading,
    DevicesReading,
    MicrophoneReading,
    OperatingSystemReading,
    SpeakerReading,
)
from readiness.testing import LIVE_KINDS

PROFILE = load("kaiser_permanente", {check.id: check.requires for check in CHECKS})
CHOICES = Choices(camera="C270", microphone="Headset", speaker="Headset", tones=3)


@pytest.mark.parametrize("kind", list(PORTS), ids=lambda kind: PORTS[kind].probe)
@pytest.mark.parametrize("choices", [NO_CHOICE, CHOICES], ids=["no choice", "choices"])
def test_every_task_is_one_that_its_probe_understands(kind: type[Reading], choices: Choices) -> None:
    port = PORTS[kind]
    module = importlib.import_module(f"readiness.probes.{port.probe}")
    said = msgspec.json.encode(port.task(PROFILE, choices))
    task = msgspec.json.decode(said, type=module.Task)
    for name, value in msgspec.json.decode(said).items():
        kept = msgspec.json.decode(msgspec.json.encode(getattr(task, name)))
        assert kept == value, "a field that the probe does not know would be lost"


@pytest.mark.parametrize("kind", list(PORTS), ids=lambda kind: PORTS[kind].probe)
def test_a_probe_that_can_be_watched_understands_it(kind: type[Reading]) -> None:
    port = PORTS[kind]
    module = importlib.import_module(f"readiness.probes.{port.probe}")
    assert port.can_be_watched is ("live" in module.Task.__struct_fields__)
    assert port.can_be_watched is ("live" in inspect.signature(module.read).parameters)
    assert port.can_be_watched is (kind in LIVE_KINDS), "the invented machine goes on where the real one does"


def test_devices_are_told_until_the_person_is_done() -> None:
    told: list[DevicesReading] = []
    live = Live(show=lambda picture: None, done=lambda: len(told) > 4)
    reading = ThisMachine().read(DevicesReading, PROFILE, NO_CHOICE, tell=told.append, live=live)
    assert reading.failure is None
    assert len(told) > 4


def test_what_cannot_be_watched_takes_no_notice() -> None:
    live = Live(show=lambda picture: None, done=lambda: False)
    assert ThisMachine().read(OperatingSystemReading, PROFILE, NO_CHOICE, live=live).failure is None


def test_every_check_reads_something_that_the_machine_has() -> None:
    assert {check.reads for check in CHECKS} <= set(PORTS)


def test_microphone_and_speaker_share_the_air() -> None:
    machine = ThisMachine()
    assert machine.shared(MicrophoneReading) == machine.shared(SpeakerReading) != None  # noqa: E711
    assert machine.shared(ComputerReading) is None


def test_what_fills_the_line_takes_turns() -> None:
    machine = ThisMachine()
    assert machine.shared(BandwidthReading) == machine.shared(CallQualityReading) == "line"


def test_a_call_is_tried_out_at_the_servers_of_the_profile() -> None:
    servers = (TurnServer(url="turn:turn.clinic.test", username="visitor", password="secret"),)
    profile = msgspec.structs.replace(PROFILE, turn=servers)
    said = msgspec.json.encode(PORTS[CallQualityReading].task(profile, NO_CHOICE))
    task = msgspec.json.decode(said, type=call_quality.Task)
    assert (task.servers, task.other_hosts) == (servers, profile.network.other_hosts)


def test_the_machine_reads_through_a_child_process() -> None:
    told: list[OperatingSystemReading] = []
    reading = ThisMachine().read(OperatingSystemReading, PROFILE, NO_CHOICE, tell=told.append)
    assert reading.failure is None
    assert reading.family is not None


def test_a_reading_can_be_cancelled() -> None:
    stop = threading.Event()
    stop.set()
    reading = ThisMachine().read(ComputerReading, PROFILE, NO_CHOICE, cancelled=stop.is_set)
    assert reading.failure is Failure.CANCELLED


def test_a_probe_says_lines_of_json_and_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "readiness", "--probe", "operating_system"],
        input="{}",
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    assert list(messages[-1]) == ["final"]


def test_an_unknown_probe_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "readiness", "--probe", "ears"], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "there is no probe called ears\n"
