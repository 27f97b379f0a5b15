"""From a device to a finding, with nothing invented between: lab, drivers, probes in child processes, checks, terminal."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, NamedTuple

import pytest

from tests.lab import Lab
from tests.lab.scenarios import LOUDSPEAKERS, NONE, SCENES, VOICES

DEVICES = "camera,microphone,speaker"

#: Runs at the same time: a run keeps a processor busy for most of its time.
AT_A_TIME = 2

NOT_READY = 1
PARTLY_CHECKED = 3  # what is left out with --only was not checked


class Row(NamedTuple):
    """What there is, and what readiness must find of it, first things first."""

    camera: str
    microphone: str
    speaker: str
    of_camera: str
    of_microphone: str
    of_speaker: str
    exit_status: int = NOT_READY

    @property
    def scenarios(self) -> tuple[str, str, str]:
        return self.camera, self.microphone, self.speaker

    @property
    def findings(self) -> dict[str, list[str]]:
        found = {"camera": self.of_camera, "microphone": self.of_microphone, "speaker": self.of_speaker}
        return {check: [f"{check}.{name}" for name in names.split()] for check, names in found.items()}


ROWS = [
    Row("good", "speech", "heard", "ok", "ok", "ok", PARTLY_CHECKED),
    Row("dark", "silent", "muted", "dark", "silent", "muted"),
    Row("covered", "room", "low", "covered", "no_speech", "not_confirmed low"),
    Row("backlit", "quiet", "not_heard", "backlit", "quiet", "not_confirmed"),
    Row("frozen", "faint", "hung", "frozen", "quiet", "not_answering"),
    Row("blurred", "clipped", "not_heard", "blurred", "clipping", "not_confirmed", PARTLY_CHECKED),
    Row("slow", "noisy", "heard", "slow", "no_speech noisy", "ok", PARTLY_CHECKED),
    Row("very_slow", "hung", "heard", "slow", "not_answering", "not_confirmed"),
    Row("small", "unplugged", "heard", "small", "unplugged", "not_confirmed"),
    Row("no_face", NONE, "heard", "no_face", "none", "not_confirmed"),
    Row("virtual", "speech", NONE, "virtual", "ok", "none"),
    Row("unplugged", "room", "heard", "unplugged", "no_speech", "ok"),
    Row("hung", "speech", "heard", "not_answering", "ok", "ok"),
    Row("busy", "server_hung", "heard", "busy", "not_answering", "not_answering"),
    Row("blocked", NONE, NONE, "blocked", "none", "none"),
    Row(NONE, "speech", "not_heard", "none", "ok", "not_confirmed"),
]


def test_every_scenario_has_its_row() -> None:
    assert {row.camera for row in ROWS} == {*SCENES, NONE}
    assert {row.microphone for row in ROWS} == {*VOICES, NONE}
    assert {row.speaker for row in ROWS} == {*LOUDSPEAKERS, NONE}


class Run(NamedTuple):
    """One run of readiness, as its caller sees it."""

    exit_status: int
    report: dict[str, Any]
    progress: str

    @property
    def findings(self) -> dict[str, list[str]]:
        return {
            check["id"]: [finding["id"] for finding in check["findings"]]
            for check in self.report["checks"]
            if check["id"] in DEVICES.split(",")
        }


def check(lab: Lab, *words: str) -> Run:
    done = lab.run(["check", "--json", "--no-input", "--only", DEVICES, *words])
    return Run(done.returncode, json.loads(done.stdout), done.stderr)


def run_in_lab(row: Row) -> Run:
    with Lab(camera=row.camera, microphone=row.microphone, speaker=row.speaker) as lab:
        return check(lab)


@pytest.fixture(scope="module")
def runs() -> dict[tuple[str, str, str], Run]:
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return dict(zip([row.scenarios for row in ROWS], pool.map(run_in_lab, ROWS), strict=True))


@pytest.mark.parametrize("row", ROWS, ids=["-".join(row.scenarios) for row in ROWS])
def test_each_device_is_found_to_be_what_it_is(row: Row, runs: dict[tuple[str, str, str], Run]) -> None:
    run = runs[row.scenarios]
    assert run.findings == row.findings, json.dumps(run.report["checks"])
    assert run.exit_status == row.exit_status
    assert "Traceback" not in run.progress


def test_a_busy_camera_is_told_with_the_program_that_holds_it(runs: dict[tuple[str, str, str], Run]) -> None:
    camera = runs["busy", "server_hung", "heard"].report["checks"][0]
    assert camera["findings"][0]["params"] == {"programs": ["zoom"]}


def test_a_hung_camera_costs_its_deadline_and_the_rest_still_answers(runs: dict[tuple[str, str, str], Run]) -> None:
    assert 7_000 < runs["hung", "speech", "heard"].report["duration_ms"] < 10_000


def test_saved_readings_are_judged_as_on_the_day(tmp_path: Path) -> None:
    readings = tmp_path / "readings.json"
    with Lab(camera="dark", microphone="faint", speaker="muted") as lab:
        run = check(lab, "--save-readings", str(readings))
        judged = lab.run(["judge", str(readings), "--json"])
    again = Run(judged.returncode, json.loads(judged.stdout), judged.stderr)
    assert (
        again.findings
        == run.findings
        == {
            "camera": ["camera.dark"],
            "microphone": ["microphone.quiet"],
            "speaker": ["speaker.muted"],
        }
    )
    assert again.exit_status == run.exit_status


def test_devices_are_listed_by_their_names() -> None:
    with Lab(camera="virtual", microphone="room", speaker="heard") as lab:
        listed = json.loads(lab.run(["devices", "--json"]).stdout)
    assert listed["cameras"] == ["OBS Virtual Camera"]
    assert listed["microphones"] == ["Lab microphone"]
    assert listed["speakers"] == ["Lab speaker"]


class Repeated(NamedTuple):
    """Runs one after another in one lab with everything in place."""

    whole: CompletedProcess[str]
    by_name: Run
    elsewhere: Run


@pytest.fixture(scope="module")
def repeated() -> Repeated:
    with Lab(camera="good", microphone="speech", speaker="heard", network="good") as lab:
        return Repeated(
            whole=lab.run(["check", "--json", "--no-input", "--profile", str(lab.network.profile)]),
            by_name=check(lab, "--camera", "lab", "--microphone", "LAB", "--speaker", "lab sp"),
            elsewhere=check(lab, "--camera", "C920", "--microphone", "Jabra", "--speaker", "Jabra"),
        )


def found(done: CompletedProcess[str]) -> dict[str, list[str]]:
    """The ids of all findings in the one JSON object on standard output."""
    assert "Traceback" not in done.stderr
    return {
        check["id"]: [finding["id"] for finding in check["findings"]] for check in json.loads(done.stdout)["checks"]
    }


def test_with_everything_in_place_a_whole_check_finds_it_so(repeated: Repeated) -> None:
    findings = found(repeated.whole)
    for name in ("camera", "microphone", "speaker", "connection", "bandwidth"):
        assert findings[name] == [f"{name}.ok"]
    assert findings["operating_system"] == ["operating_system.unknown"]


def test_readings_carry_the_documented_facts(repeated: Repeated) -> None:
    """In a second run: a camera can be looked through again."""
    camera, microphone, speaker = (result["reading"] for result in repeated.by_name.report["checks"][:3])
    assert (camera["width_px"], camera["height_px"]) == (1280, 720)
    assert 27 < camera["fps"] < 33
    assert 0 < camera["first_frame_ms"] < 2000
    assert microphone["speech_heard"] is True
    assert microphone["floor_dbfs"] < microphone["speech_dbfs"] < microphone["peak_dbfs"] < 0
    assert microphone["clipped_runs"] == 0
    assert (speaker["muted"], speaker["volume_pct"]) == (False, 100)
    assert speaker["loop_correlation"] > 0.15
    assert 0 < speaker["loop_delay_ms"] < 500


def test_devices_can_be_chosen_by_a_part_of_their_name(repeated: Repeated) -> None:
    assert repeated.by_name.findings == {name: [f"{name}.ok"] for name in DEVICES.split(",")}
    assert repeated.elsewhere.findings == {name: [f"{name}.no_such"] for name in DEVICES.split(",")}


def test_a_computer_with_nothing_at_all_is_told_so_layer_by_layer() -> None:
    with Lab(network="none") as lab:
        done = lab.run(["check", "--json", "--no-input", "--lang", "es", "--profile", str(lab.network.profile)])
    assert done.returncode == NOT_READY
    findings = found(done)
    assert findings["camera"] == ["camera.none"]
    assert findings["microphone"] == ["microphone.none"]
    assert findings["speaker"] == ["speaker.none"]
    assert findings["connection"] == ["connection.no_link"]
    assert findings["bandwidth"] == ["bandwidth.not_measured"]
