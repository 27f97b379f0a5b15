"""The terminal's contract: what goes where, in which language, with which exit status, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from readiness import __version__, cli
from readiness.advice import Advice, CheckWords
from readiness.checks import CHECKS
from readiness.model import Failure, Reading
from readiness.profile import shipped
from readiness.questions import NoAnswer, Question
from readiness.readings import (
    BandwidthReading,
    BrowserReading,
    CallQualityReading,
    CameraReading,
    ComputerReading,
    ConnectionReading,
    Counted,
    DevicesReading,
    FacePlace,
    InstalledBrowser,
    Medium,
    MicrophoneReading,
    OperatingSystemReading,
    OsFamily,
    Reached,
    SpeakerReading,
    Stop,
    Transport,
)
from readiness.terminal import ask_person, console_for
from readiness.testing import FakeMachine
from tests.test_runner import BatteryCheck

CHECK_IDS = [check.id for check in CHECKS]

CAMERA = CameraReading(
    name="Maria's iPhone Camera",
    available=("Maria's iPhone Camera", "Logitech C270"),
    width_px=1280,
    height_px=720,
    fps=30.0,
    first_frame_ms=200.0,
    frames=60,
    mean_luma=110.0,
    luma_std=50.0,
    gradient=4.0,
    dark_pct=0.0,
    centre_luma=120.0,
    border_luma=100.0,
    identical_pct=0.0,
    still_pct=5.0,
    sharpness=200.0,
    face=FacePlace.CENTRE,
    virtual=False,
)
MICROPHONE = MicrophoneReading(
    name="Built-in microphone",
    available=("Built-in microphone",),
    duration_s=2.5,
    rms_dbfs=-30.0,
    peak_dbfs=-12.0,
    floor_dbfs=-62.0,
    speech_dbfs=-27.0,
    speech_heard=True,
    clipped_runs=0,
)
SPEAKER = SpeakerReading(
    name="Built-in speaker",
    available=("Built-in speaker",),
    volume_pct=60.0,
    muted=False,
    loop_correlation=0.8,
    loop_delay_ms=40.0,
)
OPERATING_SYSTEM = OperatingSystemReading(family=OsFamily.WINDOWS, name="Windows 11", version="11.26100")
BROWSER = BrowserReading(
    family=OsFamily.WINDOWS, installed=(InstalledBrowser("chrome", "Google Chrome", "156.0.1.2", True),)
)
COMPUTER = ComputerReading(cpu_busy_pct=12.0, memory_free_mib=6000.0, on_battery=False, battery_pct=90.0)
CONNECTION = ConnectionReading(reached=Reached.PROVIDER, medium=Medium.WIRED, vpn=False, proxy=False)
BANDWIDTH = BandwidthReading(
    down_mbps=50.0,
    up_mbps=10.0,
    rtt_ms=20.0,
    loaded_rtt_ms=40.0,
    bytes_down=2_000_000,
    bytes_up=500_000,
    server="speed.example.org",
    server_kind="librespeed",
    stopped_because=Stop.STEADY,
)
GOOD: tuple[Reading, ...] = (
    CAMERA,
    MICROPHONE,
    SPEAKER,
    OPERATING_SYSTEM,
    BROWSER,
    COMPUTER,
    CONNECTION,
    BANDWIDTH,
    DevicesReading(cameras=("Logitech C270",), microphones=(), speakers=None),
)

Terminal = Callable[..., tuple[int, str, str]]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    """Runs ``readiness ARGUMENTS`` here, on a machine made of the given readings: (status, output, errors)."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)

    def run(*arguments: str, readings: tuple[Reading, ...] = GOOD) -> tuple[int, str, str]:
        monkeypatch.setattr(cli, "ThisMachine", lambda: FakeMachine(*readings))
        status = cli.main(arguments)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return status, captured.out, captured.err

    return run


def but(*changed: Reading) -> tuple[Reading, ...]:
    """The good machine with some readings changed."""
    kinds = {type(reading) for reading in changed}
    return (*(reading for reading in GOOD if type(reading) not in kinds), *changed)


# --- check ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readings", "arguments", "verdict", "status", "following"),
    [
        (GOOD, (), "ready", 0, {"kind": "join", "finding": None}),
        (
            but(replace(BANDWIDTH, up_mbps=1.0)),
            (),
            "ready_with_limits",
            0,
            {"kind": "join", "finding": "bandwidth.slow_up"},
        ),
        (
            but(replace(CAMERA, failure=Failure.NOT_ANSWERING)),
            (),
            "not_ready",
            1,
            {"kind": "fix", "finding": "camera.not_answering"},
        ),
        (
            but(replace(SPEAKER, loop_correlation=None, loop_delay_ms=None)),
            (),
            "partly_checked",
            3,
            {"kind": "fix", "finding": "speaker.not_confirmed"},
        ),
        (GOOD, ("--skip", "camera"), "partly_checked", 3, {"kind": "join", "finding": None}),
        (GOOD, ("--only", "camera, speaker"), "partly_checked", 3, {"kind": "join", "finding": None}),
        (GOOD, ("--skip", "computer"), "ready", 0, {"kind": "join", "finding": None}),
    ],
)
def test_the_verdict_the_next_step_and_the_exit_status_go_together(
    terminal: Terminal,
    readings: tuple[Reading, ...],
    arguments: tuple[str, ...],
    verdict: str,
    status: int,
    following: dict[str, str | None],
) -> None:
    got_status, output, _ = terminal("check", "--json", "--no-input", *arguments, readings=readings)
    report = json.loads(output)
    assert (got_status, report["verdict"], report["next"]) == (status, verdict, following)


def test_the_json_object_has_the_documented_shape(terminal: Terminal) -> None:
    _, output, errors = terminal("check", "--json", "--no-input")
    report = json.loads(output)
    assert list(report) == [
        "schema_version",
        "kind",
        "app_version",
        "language",
        "family",
        "profile",
        "started_at",
        "duration_ms",
        "verdict",
        "support_code",
        "checks",
        "outlook",
        "next",
    ]
    assert report["schema_version"] == 2
    assert report["app_version"] == __version__
    assert report["profile"] == {"id": "kaiser_permanente", "edition": "later flyer"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", report["started_at"])
    assert [check["id"] for check in report["checks"]] == CHECK_IDS
    for check in report["checks"]:
        assert list(check) == ["id", "required", "status", "duration_ms", "reading", "findings"]
        for finding in check["findings"]:
            assert list(finding) == ["id", "status", "params", "text", "steps", "settings_url"]
            assert finding["text"]
    camera = report["checks"][0]
    assert camera["reading"]["width_px"] == 1280
    assert camera["reading"]["failure"] is None
    assert "speedtest.net" in errors


def test_json_never_names_the_owner_of_a_device(terminal: Terminal) -> None:
    _, output, _ = terminal("check", "--json", "--no-input")
    assert "Maria" not in output
    assert json.loads(output)["checks"][0]["reading"]["name"] == "iPhone Camera"
    _, output, _ = terminal("check", "--no-input")
    assert "Maria's iPhone Camera" in " ".join(output.split()), "on the screen the person must know the device again"


def test_the_report_ends_with_the_code_to_read_out(terminal: Terminal) -> None:
    covered = but(replace(CAMERA, mean_luma=2.0, luma_std=1.0, gradient=0.01, dark_pct=100.0, face=FacePlace.NONE))
    _, output, _ = terminal("check", "--no-input", readings=covered)
    last = output.strip().splitlines()[-1]
    found = re.fullmatch(r"If you call for help, read out this code: (\d{4}-\d{4}-\d{4}-\d{4})", last)
    assert found
    _, output, _ = terminal("check", "--no-input", "--json", readings=covered)
    assert json.loads(output)["support_code"] == found[1]
    _, output, _ = terminal("check", "--no-input", "--lang", "es", readings=covered)
    assert re.search(r"\d{4}-\d{4}-\d{4}-\d{4}$", output.strip())
    assert found[1] not in output, "the language is in the code"

    status, output, errors = terminal("code", "decode", *found[1].split("-"), "--lang", "en")
    assert (status, errors) == (0, "")
    assert output.splitlines()[0] == found[1]
    assert "There may be a cover on your camera." in " ".join(output.split())
    assert "Google Chrome" in output
    status, output, _ = terminal("code", "decode", found[1].replace("-", ""), "--json")
    told = json.loads(output)
    assert (status, told["support_code"], told["language"], told["way"]) == (0, found[1], "en", "phone")
    assert told["checks"][0]["findings"][0]["id"] == "camera.covered"


def test_causes_that_a_code_does_not_tell_apart_are_said_to_be_one_of_some(terminal: Terminal) -> None:
    _, output, _ = terminal("check", "--json", "--no-input", readings=but(CameraReading(failure=Failure.NONE_FOUND)))
    _, output, _ = terminal("code", "decode", json.loads(output)["support_code"])
    assert "One of these:" in output
    _, output, _ = terminal("code", "decode", terminal_code(terminal, "--skip", "camera"))
    assert "Camera: left out" in output


def terminal_code(terminal: Terminal, *arguments: str) -> str:
    _, output, _ = terminal("check", "--json", "--no-input", *arguments)
    return str(json.loads(output)["support_code"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1234", "This code has 4 digits, but a code has 16. Please read it again, four at a time."),
        ("1234-5678-12-3456", "Group 3 of the code must be four digits. Please read that group again."),
        (
            "2980-8539-3538-6418",
            "These digits do not fit together, so one was not heard right. Please read all four groups again.",
        ),
    ],
)
@pytest.mark.parametrize("also", [[], ["--json"]])
def test_a_code_that_fails_gets_one_sentence_and_its_status(
    terminal: Terminal, typed: str, said: str, also: list[str]
) -> None:
    assert terminal("code", "decode", typed, *also) == (2, "", f"{said}\n")


def test_a_skipped_check_has_no_reading_and_no_finding(terminal: Terminal) -> None:
    _, output, _ = terminal("check", "--json", "--no-input", "--skip", "camera")
    camera = json.loads(output)["checks"][0]
    assert (camera["status"], camera["reading"], camera["findings"]) == ("skipped", None, [])


def test_the_report_tells_the_verdict_first_and_then_how_to_join(terminal: Terminal) -> None:
    status, output, errors = terminal("check", "--no-input")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    assert status == 0
    assert "ready for your video visit" in lines[0]
    assert lines[1].split()[1] == "Camera"
    assert "1-844-800-0820" in output
    assert "kp.org" in output
    assert "Camera: good" in errors


def test_a_report_with_a_fault_tells_the_one_next_step(terminal: Terminal) -> None:
    readings = but(replace(CAMERA, mean_luma=2.0, luma_std=1.0, gradient=0.01, dark_pct=100.0, face=FacePlace.NONE))
    status, output, _ = terminal("check", "--no-input", readings=readings)
    assert status == 1
    assert "not ready" in output
    assert output.index("Do this next") < output.index("kp.org")


def test_what_cannot_be_fixed_today_leads_to_other_ways_to_get_care(terminal: Terminal) -> None:
    readings = but(replace(OPERATING_SYSTEM, name="Windows 7", version="7.7601"))
    status, output, _ = terminal("check", "--no-input", readings=readings)
    assert status == 1
    assert "911" in output
    _, output, _ = terminal("check", "--no-input", "--json", readings=readings)
    assert json.loads(output)["next"] == {"kind": "other_care", "finding": "operating_system.unsupported"}


def test_details_show_what_was_measured(terminal: Terminal) -> None:
    _, plain, _ = terminal("check", "--no-input")
    _, detailed, _ = terminal("check", "--no-input", "--details")
    assert "1280" not in plain
    assert "1280" in detailed


def test_who_hears_of_the_check_is_told_before_and_only_when_it_is_so(terminal: Terminal) -> None:
    _, _, errors = terminal("check", "--no-input")
    assert "speedtest.net" in errors
    assert "zoom.us" in errors
    _, _, errors = terminal("check", "--no-input", "--skip", "bandwidth,connection")
    assert "speedtest.net" not in errors
    assert "zoom.us" not in errors
    _, _, errors = terminal("check", "--no-input", "--server", "http://127.0.0.1:8989")
    assert "speedtest.net" not in errors
    _, _, errors = terminal("check", "--no-input", "--server", "https://speed.third-party.example/")
    assert "speed.third-party.example" in errors
    _, _, errors = terminal("check", "--no-input", "--only", "bandwidth")
    assert "zoom.us" not in errors
    assert "www.debian.org" in errors, "asked whether the line or the server is down"


# --- the line ---------------------------------------------------------------------------------------------------------

CALL = CallQualityReading(
    transport=Transport.UDP,
    rate_mbps=1.5,
    packets_sent=1400,
    packets_counted=1400,
    loss_pct=0.1,
    delay_ms=20.0,
    jitter_ms=3.0,
)


def after_the_table(output: str) -> list[str]:
    """What stands between the table of checks and the way to join, line by line: it begins with a sign at the margin."""
    lines = [line for line in output.partition("How to join")[0].splitlines() if line.strip()]
    signs = [number for number, line in enumerate(lines) if line[0] in "✔!✖?"]
    return [line.strip() for line in lines[signs[1] :]]


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        (
            but(CALL),
            [
                "✔  Your internet can carry a good picture and good sound.",
                "Gets 50, sends 10 Mbit/s · answers after 20 ms · loses 0.1 % · used 2.5 MB",
            ],
        ),
        (
            GOOD,
            [
                "✔  Your internet is fast enough for good picture and sound.",
                "Gets 50, sends 10 Mbit/s · answers after 20 ms · used 2.5 MB",
            ],
        ),
        (
            but(
                replace(BANDWIDTH, up_mbps=0.97),
                replace(CONNECTION, medium=Medium.WIFI, signal_bars=4, metered=True),
            ),
            [
                "!  Your internet will do. The picture may stop at times.",
                "Gets 50, sends 0.97 Mbit/s · answers after 20 ms",
                "You may pay for data here. The speed test used 2.5 MB.",
                "- If you can, plug in a network cord.",
                "- Pause all that sends or saves photos and files.",
            ],
        ),
        # What is the matter is said once, and what helps is the next step.
        (
            but(replace(BANDWIDTH, up_mbps=0.34, up_counted_by=Counted.ESTIMATE)),
            [
                "✖  Your internet can carry sound, but no good picture.",
                "Gets 50, sends about 0.34 Mbit/s · answers after 20 ms · used 2.5 MB",
                "Do this next",
                "1. Pause all that sends or saves photos and files.",
                "2. You can also ask for a visit by phone.",
                "Other ways to get care",
            ],
        ),
        (
            but(replace(BANDWIDTH, up_mbps=None, failure=Failure.NO_CONNECTION, stopped_because=Stop.LOST)),
            [
                "✖  Your internet stopped in the middle of our test. A visit would have stopped,",
                "too.",
                "Do this next",
                "1. Wait one minute, and try again.",
            ],
        ),
        # Of a line that nobody knows, the finding says why.
        (
            but(replace(BANDWIDTH, up_mbps=0.34, own_pause_ms=4000.0)),
            [
                "?  We do not know yet what your internet can carry.",
                "Gets at least 50, sends at least 0.34 Mbit/s · answers after 20 ms",
                "used 2.5 MB",
                "Do this next",
                "This computer was too busy for our test. We do not know yet how fast your",
                "internet is.",
                "1. Close programs that you do not need now.",
            ],
        ),
        # Another thing is to be done first: what helps on the line stays under the line.
        (
            but(replace(CAMERA, failure=Failure.NOT_ANSWERING), replace(BANDWIDTH, down_mbps=1.0)),
            [
                "!  Your internet will do. The picture may stop at times.",
                "Gets 1, sends 10 Mbit/s · answers after 20 ms · used 2.5 MB",
                "- Ask others at home to pause videos and games.",
                "Do this next",
            ],
        ),
    ],
)
def test_the_line_is_told_in_one_sentence_with_its_figures(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, readings: tuple[Reading, ...], said: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, output, _ = terminal("check", "--no-input", readings=readings)
    assert after_the_table(output)[: len(said)] == said


def test_a_run_that_leaves_the_line_out_says_nothing_of_it(terminal: Terminal) -> None:
    _, output, _ = terminal("check", "--no-input", "--skip", "connection,bandwidth,call_quality")
    assert "Your internet" not in output.partition("How to join")[0]


def test_a_number_is_never_parted_from_its_unit(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ("Gets 50, sends 10 Mbit/s", "answers after 20 ms", "loses 0.1 %", "used 2.5 MB")
    for columns in (40, 50, 60, 70, 80, 96):
        monkeypatch.setenv("COLUMNS", str(columns))
        _, output, _ = terminal("check", "--no-input", readings=but(CALL))
        rows = output.splitlines()
        assert all(any(piece in row for row in rows) for piece in whole), columns
        assert all(len(row.rstrip()) <= columns for row in rows if "Mbit/s" in row)


def test_saved_readings_give_the_same_outlook_and_another_profile_its_own(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "readings.json"
    readings = but(replace(BANDWIDTH, down_mbps=5.0, up_mbps=2.5), CALL)
    _, fresh, _ = terminal("check", "--json", "--no-input", "--save-readings", str(file), readings=readings)
    _, again, _ = terminal("judge", str(file), "--json")
    assert json.loads(again)["outlook"] == json.loads(fresh)["outlook"]
    assert json.loads(fresh)["outlook"]["id"] == "good"
    _, other, _ = terminal("judge", str(file), "--json", "--profile", "ohsu_mychart")
    assert json.loads(other)["outlook"]["id"] == "sound_only"


def test_who_hears_of_a_test_call_is_told_before(terminal: Terminal, tmp_path: Path) -> None:
    servers = "".join(
        f'[[turn]]\nurl = "turn:{host}"\nusername = "test"\npassword = "test"\n'
        for host in ("turn.example.org", "turn.example.org:5349", "turn2.example.org", "192.168.1.7")
    )
    mine = file_with(tmp_path, "mine.toml", f'based_on = "generic"\nid = "mine"\nedition = "1"\n{servers}')
    _, _, errors = terminal("check", "--no-input", "--profile", mine)
    assert "turn.example.org and turn2.example.org may see" in " ".join(errors.split())
    assert "192.168.1.7" not in errors
    _, _, errors = terminal("check", "--no-input", "--profile", mine, "--skip", "call_quality")
    assert "turn.example.org" not in errors
    _, _, errors = terminal("check", "--no-input", "--profile", mine, "--only", "call_quality")
    assert "www.debian.org" in errors, "asked whether the line or the server is down"
    assert "speedtest.net" not in errors


# --- languages --------------------------------------------------------------------------------------------------------


def test_spanish_prints_no_english_sentence_of_ours(terminal: Terminal) -> None:
    from babel.messages.pofile import read_po

    with (Path(__file__).parent.parent / "i18n" / "es.po").open("rb") as file:
        english = [
            str(message.id)
            for message in read_po(file)
            if " " in str(message.id) and message.string != message.id and "{" not in str(message.id)
        ]
    assert len(english) > 200
    bad = but(
        replace(CAMERA, failure=Failure.BUSY, held_by=("Zoom", "Skype")),
        replace(MICROPHONE, speech_heard=False, speech_dbfs=None),
        replace(SPEAKER, loop_correlation=None, loop_delay_ms=None, volume_pct=5.0),
        BandwidthReading(failure=Failure.SERVER_UNREACHABLE),
        BrowserReading(failure=Failure.CRASHED),
        OperatingSystemReading(family=OsFamily.LINUX, name="Debian GNU/Linux 12", version="12"),
    )
    said = ""
    for arguments in (
        ("check", "--no-input", "--details"),
        ("join", "--on", "phone"),
        ("join",),
        ("devices",),
        ("check", "--help"),
        ("--help",),
        ("check", "--profile", "nobody"),
        ("check", "--nonsense"),
        ("check", "--only", "nonsense"),
    ):
        for readings in (GOOD, bad):
            _, output, errors = terminal(*arguments, "--lang", "es", readings=readings)
            said += output + errors
    folded = " ".join(said.split())
    assert [sentence for sentence in english if re.search(rf"(?<!\w){re.escape(sentence)}(?!\w)", folded)] == []
    assert "Cámara" in folded


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANGUAGE": "es:en", "LANG": "en_US.UTF-8"}, "es"),
        ({"LANGUAGE": "fr:es", "LANG": "fr_FR.UTF-8"}, "es"),
        ({"LANGUAGE": "fr:en:es"}, "en"),
        ({"LC_ALL": "C", "LANG": "es_US.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_first_language_follows_the_system(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], language: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert cli.system_language() == language


# --- judge ------------------------------------------------------------------------------------------------------------


def test_saved_readings_give_the_same_findings_without_the_machine(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "readings.json"
    readings = but(replace(CAMERA, fps=8.0), replace(BANDWIDTH, down_mbps=0.3))
    _, fresh, _ = terminal("check", "--json", "--no-input", "--save-readings", str(file), readings=readings)
    status, again, errors = terminal("judge", str(file), "--json", readings=())
    assert status == 1
    assert errors == ""
    assert json.loads(again)["checks"][0]["findings"] == json.loads(fresh)["checks"][0]["findings"]
    assert [check["findings"] for check in json.loads(again)["checks"]] == [
        check["findings"] for check in json.loads(fresh)["checks"]
    ]
    assert "Maria" not in file.read_text()


def test_saved_readings_can_be_judged_by_another_profile(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "readings.json"
    readings = but(replace(BANDWIDTH, down_mbps=5.0, up_mbps=2.5))
    terminal("check", "--json", "--no-input", "--save-readings", str(file), readings=readings)
    status, _, _ = terminal("judge", str(file), "--json")
    assert status == 0
    _, output, _ = terminal("judge", str(file), "--json", "--profile", "ohsu_mychart")
    report = json.loads(output)
    assert report["profile"]["id"] == "ohsu_mychart"
    findings = {finding["id"] for check in report["checks"] for finding in check["findings"]}
    assert findings & {"bandwidth.slow_up", "bandwidth.too_slow_up", "bandwidth.sound_only"}


# --- other verbs ------------------------------------------------------------------------------------------------------


def test_devices_are_listed(terminal: Terminal) -> None:
    status, output, _ = terminal("devices")
    assert status == 0
    assert "Logitech C270" in output
    assert "None found." in output
    assert "could not" in output
    _, output, _ = terminal("devices", "--json")
    assert json.loads(output) == {
        "failure": None,
        "cameras": ["Logitech C270"],
        "microphones": [],
        "speakers": None,
    }


@pytest.mark.parametrize(("way", "says"), [("computer", "Join"), ("phone", "Join Now")])
def test_join_shows_the_steps(terminal: Terminal, way: str, says: str) -> None:
    status, output, _ = terminal("join", "--on", way)
    assert status == 0
    assert says in output
    assert "1-844-800-0820" in output


def test_profiles_are_listed_shown_and_validated(terminal: Terminal, tmp_path: Path) -> None:
    status, output, _ = terminal("profile", "list")
    assert status == 0
    assert [line.split()[0] for line in output.splitlines()] == list(shipped())
    status, output, _ = terminal("profile", "show", "generic")
    assert status == 0
    assert json.loads(output)["id"] == "generic"
    file = tmp_path / "mine.toml"
    file.write_text('based_on = "kaiser_permanente"\nid = "mine"\nedition = "1"\n')
    status, output, _ = terminal("profile", "validate", str(file))
    assert status == 0
    assert "mine" in output


def test_the_version_is_told(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal("--version") == (0, f"readiness {__version__}\n", "")


# --- a new check ------------------------------------------------------------------------------------------------------


def test_a_new_check_is_its_own_file_its_words_and_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ModuleType("readiness.advice.battery")
    words.WORDS = CheckWords(  # type: ignore[attr-defined]
        name="Battery",
        prompt="Looking at the battery.",
        findings={"empty": Advice(text="The battery is nearly empty.", agent="Empty.", confirm="Is it empty?")},
    )
    monkeypatch.setitem(sys.modules, "readiness.advice.battery", words)
    monkeypatch.setattr(cli, "CHECKS", (*CHECKS, BatteryCheck()))
    readings = but(replace(COMPUTER, battery_pct=5.0))
    _, output, errors = terminal("check", "--no-input", readings=readings)
    assert "The battery is nearly empty." in output
    assert "Battery: fix this" in errors
    status, output, _ = terminal("check", "--no-input", "--json", "--only", "battery", readings=readings)
    assert status == 3, "nothing that the visit requires was checked"
    assert [finding["id"] for finding in json.loads(output)["checks"][-1]["findings"]] == ["battery.empty"]


# --- bad input --------------------------------------------------------------------------------------------------------


def file_with(folder: Path, name: str, content: str) -> str:
    path = folder / name
    path.write_text(content)
    return str(path)


READINGS = '{"schema_version": 1, "kind": "readings", "app_version": "0", "profile": "generic",'
WHEN = '"started_at": "2026-11-21T10:00:00Z", "duration_ms": 1, "family": null,'


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "VERB"),
        (["dance"], "dance"),
        (["check", "--profile", "nobody"], "kaiser_permanente"),
        (["check", "--profile", "{broken}"], "broken.toml"),
        (["check", "--profile", "{wrong}"], "early_min"),
        (["check", "--profile", "{folder}"], "TOML"),
        (["check", "--only", "camera,ears"], "ears"),
        (["check", "--skip", ","], "camera"),
        (["check", "--lang", "fr"], "fr"),
        (["check", "--server", "ftp://x"], "ftp://x"),
        (["check", "--server", ""], "--server"),
        (["check", "--save-readings", "/nonexistent/folder/file.json"], "/nonexistent/folder/file.json"),
        (["judge", "{folder}/missing.json"], "missing.json"),
        (["judge", "{folder}"], "--save-readings"),
        (["judge", "{nonsense}"], "nonsense.json"),
        (["judge", "{future}"], "99"),
        (["judge", "{stranger}"], "ears"),
        (["judge", "{mistyped}"], "camera"),
        (["judge", "{impossible}"], "readings.bandwidth.up_mbps"),
        (["judge", "{huge}"], "huge.json"),
        (["profile", "validate", "{broken}"], "broken.toml"),
        (["profile", "show", "nobody"], "nobody"),
        (["serve", "--port", "99999"], "99999"),
        (["serve", "--port", "many"], "many"),
        (["serve", "--host", "not an address"], "not an address"),
        (["join", "--on", "horse"], "horse"),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_bad_input_gets_one_clear_sentence(
    terminal: Terminal, tmp_path: Path, arguments: list[str], says: str, language: str
) -> None:
    files = {
        "folder": str(tmp_path),
        "broken": file_with(tmp_path, "broken.toml", "id = = 3"),
        "wrong": file_with(
            tmp_path, "wrong.toml", 'based_on = "generic"\nid = "wrong"\nedition = "1"\n[join]\nearly_min = "five"'
        ),
        "nonsense": file_with(tmp_path, "nonsense.json", "no json"),
        "future": file_with(tmp_path, "future.json", '{"schema_version": 99}'),
        "stranger": file_with(tmp_path, "stranger.json", READINGS + WHEN + '"readings": {"ears": {}}}'),
        "mistyped": file_with(
            tmp_path, "mistyped.json", READINGS + WHEN + '"readings": {"camera": {"width_px": "wide"}}}'
        ),
        "impossible": file_with(
            tmp_path, "impossible.json", READINGS + WHEN + '"readings": {"bandwidth": {"up_mbps": -1.5}}}'
        ),
        "huge": file_with(tmp_path, "huge.json", " " * ((1 << 20) + 1)),
    }
    filled = [argument.format(**files) for argument in arguments]
    spoken = filled if "--lang" in filled or not filled else [*filled, "--lang", language]
    status, output, errors = terminal(*spoken)
    assert status == 2
    assert output == ""
    assert says in errors
    assert len(errors.splitlines()) == 1


@pytest.mark.may_log("the terminal face broke")
def test_a_fault_of_ours_is_one_line_with_the_place_of_the_log(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("readiness.runner.run", broken)
    status, output, errors = terminal("check", "--no-input", "--json")
    assert status == 70
    assert output == ""
    last = errors.splitlines()[-1]
    log_file = tmp_path / "state" / "readiness" / "log" / "readiness.log"
    assert str(log_file) in last
    assert "a fault of ours" in log_file.read_text()


def test_ctrl_c_is_one_word(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("readiness.runner.run", interrupted)
    status, _, errors = terminal("check", "--no-input")
    assert status == 130
    assert errors.splitlines()[-1] == "Stopped."


def test_words_that_were_never_built_are_asked_for(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("readiness.text.LOCALE_FOLDER", tmp_path)
    status, output, errors = terminal("profile", "list", "--lang", "es")
    assert (status, output) == (2, "")
    assert "dev.py run" in errors
    status, _, _ = terminal("profile", "list", "--lang", "en")
    assert status == 0


# --- questions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (["3\n"], 3),
        (["0\n"], 0),
        (["nine\n", "9\n", "4\n"], 4),
        (["?\n"], NoAnswer.CANNOT_TELL),
        (["\n"], NoAnswer.SKIP),
        ([""], NoAnswer.TIMEOUT),
    ],
)
def test_a_question_is_asked_until_it_is_answered(
    typed: list[str], answer: object, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = iter(typed)
    question = Question("speaker.tones", (0, 1, 2, 3, 4))
    assert ask_person(question, "es", console_for(sys.stderr), lambda: next(lines)) == answer
    assert "tonos" in capsys.readouterr().err


# --- the real process -------------------------------------------------------------------------------------------------


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "readiness", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
        check=False,
    )


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """A line of shell in which ``readiness`` can be typed."""
    setup = f'set -o pipefail; readiness() {{ {sys.executable} -m readiness "$@"; }}; '
    return subprocess.run(["bash", "-c", setup + line], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("readiness profile show | true", 141),
        ("readiness join | true", 141),
        ("readiness profile show > /dev/full", 141),
        ("readiness join > /dev/full", 141),
        ("readiness dance 2> /dev/full", 2),
        ("readiness profile show 2>&- > /dev/null", 0),
        ("readiness profile list >&-", 0),
        ("readiness check --only operating_system < /dev/null 2> /dev/full > /dev/null", 3),
    ],
)
def test_streams_that_break_cost_nothing_but_themselves(line: str, status: int) -> None:
    done = shell(line)
    assert done.returncode == status
    assert "Traceback" not in done.stderr


def test_closed_errors_do_not_spill_into_the_output() -> None:
    done = shell("readiness check --only operating_system --json --no-input 2>&-")
    assert json.loads(done.stdout)["verdict"] == "partly_checked"


@pytest.mark.parametrize("columns", ["0", "20", "40", "63", "64", "200"])
def test_every_word_is_there_at_every_width(columns: str) -> None:
    done = process("check", "--only", "operating_system", "--no-input", COLUMNS=columns)
    folded = " ".join(done.stdout.split())
    for words in ("System", "not checked", "We do not know this kind of system."):
        assert words in folded


def test_what_a_device_calls_itself_cannot_steer_the_terminal(terminal: Terminal) -> None:
    readings = but(replace(CAMERA, name="Evil\x1b[2J\x07Cam", available=("Evil\x1b[2J\x07Cam",)))
    _, output, _ = terminal("check", "--no-input", "--details", readings=readings)
    assert "\x1b" not in output
    assert "\x07" not in output


def test_what_is_stopped_leaves_no_empty_file(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("readiness.runner.run", interrupted)
    file = tmp_path / "readings.json"
    status, _, _ = terminal("check", "--no-input", "--save-readings", str(file))
    assert status == 130
    assert not file.exists()


@pytest.mark.parametrize(("asked", "status"), [(SystemExit(143), 143), (KeyboardInterrupt(), 130)])
def test_a_signal_that_python_stumbles_over_is_no_fault(
    asked: BaseException, status: int, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbling(*arguments: object, **options: object) -> None:
        try:
            raise asked
        finally:
            raise RuntimeError("release unlocked lock")

    monkeypatch.setattr("readiness.runner.run", stumbling)
    assert terminal("check", "--no-input")[0] == status


@pytest.fixture
def _of_a_terminal() -> Iterator[None]:
    """Programs that are started heed the end of a terminal, whatever the tests themselves were started with."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("_of_a_terminal")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_from_outside_ends_it_and_its_children(name: str) -> None:
    number = signal.Signals[name]
    started = subprocess.Popen(
        [sys.executable, "-m", "readiness", "check", "--only", "computer", "--no-input"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stderr
    assert started.stderr.readline(), "it has begun"
    started.send_signal(number)
    errors = started.communicate(timeout=20)[1]
    assert started.returncode == 128 + number
    assert "Traceback" not in errors


def test_a_run_that_is_to_outlive_its_terminal_does() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with cli.ending_on_sigterm():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_terminal_that_knows_only_ascii_is_no_fault() -> None:
    done = process("join", "--lang", "es", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "status"), [(["--version"], 0), (["check", "--only", "ears"], 2), (["--probe", "ears"], 2)]
)
def test_the_process_ends_with_the_documented_status(arguments: list[str], status: int) -> None:
    done = process(*arguments)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
