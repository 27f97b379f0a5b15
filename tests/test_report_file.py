"""Files hold what was measured, and nothing that tells whose computer it was."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from readiness import runner
from readiness.checks import CHECKS
from readiness.joining import NextKind, NextStep
from readiness.model import Finding, Report, Result, Status
from readiness.outlook import Figures, Forecast, Help, Outlook
from readiness.privacy import site_of, without_owner, without_people
from readiness.readings import (
    BandwidthReading,
    CallQualityReading,
    CameraReading,
    ConnectionReading,
    OperatingSystemReading,
    OsFamily,
    Reached,
)
from readiness.report_file import (
    ReadingsError,
    load_readings,
    readings_json,
    report_object,
)
from tests.test_runner import profile

NO_LINE = Forecast(outlook=Outlook.UNKNOWN)
WHEN = datetime(2026, 11, 21, 10, 0, 5, tzinfo=UTC)


def report(*results: Result) -> Report:
    return Report(
        app_version="1", profile_id="p", profile_edition="e", started_at=WHEN, duration_ms=1500, results=results
    )


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Maria's iPhone Camera", "iPhone Camera"),
        ("María’s AirPods Pro", "AirPods Pro"),
        ("James' MacBook Microphone", "MacBook Microphone"),
        ("Cámara de iPhone de María", "Cámara de iPhone"),
        ("AirPods Pro de José Luis", "AirPods Pro"),
        ("Micrófono de iPhone", "Micrófono de iPhone"),
        ("HD Webcam C270", "HD Webcam C270"),
        ("Headset (Maria's AirPods)", "Headset (AirPods)"),
        ("Auriculares (AirPods de María José)", "Auriculares (AirPods)"),
        ("Bose QC35 de Ana", "Bose QC35"),
        ("Micrófono de MacBook Air", "Micrófono de MacBook Air"),
        ("Cámara de FaceTime HD", "Cámara de FaceTime HD"),
        ("FaceTime HD Camera", "FaceTime HD Camera"),
        ("Monitor of Built-in Audio", "Monitor of Built-in Audio"),
        ("", ""),
    ],
)
def test_a_devices_owner_is_left_out(name: str, written: str) -> None:
    assert without_owner(name) == written


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("http://login.hotel.example/start?mac=00:11:22:33:44:55&ip=10.0.0.7", "login.hotel.example"),
        ("http://10.0.0.1/login", ""),
        ("http://[fe80::1]/login", ""),
        ("http://[", ""),
        ("login.hotel.example", "login.hotel.example"),
        ("10.0.0.1", ""),
        ("", ""),
    ],
)
def test_of_a_sign_in_page_only_the_site_is_kept(url: str, site: str) -> None:
    assert site_of(url) == site


def test_readings_lose_people_and_addresses_and_nothing_else() -> None:
    camera = CameraReading(name="Ann's iPad Camera", available=("Ann's iPad Camera", "C270"), fps=30.0)
    assert without_people(camera) == CameraReading(name="iPad Camera", available=("iPad Camera", "C270"), fps=30.0)
    portal = ConnectionReading(reached=Reached.PORTAL, portal_url="http://192.168.1.1/?ip=192.168.1.20")
    assert without_people(portal) == ConnectionReading(reached=Reached.PORTAL, portal_url="")
    plain = OperatingSystemReading(family=OsFamily.MACOS, name="macOS 15.1", version="15.1")
    assert without_people(plain) == plain


def test_a_server_in_ones_own_network_is_not_named_by_its_address() -> None:
    line = BandwidthReading(down_mbps=5.0, server="192.168.1.10", servers_tried=("10.0.0.9", "speed.example.org"))
    written = without_people(line)
    assert isinstance(written, BandwidthReading)
    assert (written.server, written.servers_tried) == ("", ("", "speed.example.org"))


def test_a_report_becomes_one_object_with_words_in_the_language_asked_for() -> None:
    busy = Finding("camera.busy", Status.FAIL, {"programs": ("Zoom", "Teams")})
    windows = OperatingSystemReading(family=OsFamily.WINDOWS, name="Windows 11", version="11.26100")
    whole = report(
        Result(check="camera", required=True, findings=(busy,), reading=CameraReading(), duration_ms=3),
        Result(check="operating_system", required=True, reading=windows),
        Result(check="microphone", required=True),
    )
    english = report_object(whole, NO_LINE, NextStep(NextKind.FIX, busy), "en")
    spanish = report_object(whole, NO_LINE, NextStep(NextKind.FIX, busy), "es")
    assert english["started_at"] == "2026-11-21T10:00:05Z"
    assert english["next"] == {"kind": "fix", "finding": "camera.busy"}
    assert english["verdict"] == "not_ready"
    text = english["checks"][0]["findings"][0]["text"]
    assert "Zoom and Teams" in text + " ".join(english["checks"][0]["findings"][0]["steps"])
    assert spanish["checks"][0]["findings"][0]["text"] != text
    assert "Zoom y Teams" in json.dumps(spanish)
    assert english["checks"][2] == {
        "id": "microphone",
        "required": True,
        "status": "skipped",
        "duration_ms": 0,
        "reading": None,
        "findings": [],
    }
    assert report_object(report(), NO_LINE, NextStep(NextKind.JOIN), "en")["next"] == {"kind": "join", "finding": None}


def test_the_outlook_of_the_line_is_written_with_its_words_and_figures() -> None:
    line = Forecast(
        outlook=Outlook.SOUND_ONLY,
        because=("bandwidth.sound_only",),
        helps=(Help.CABLE, Help.PHONE_VISIT),
        call_measured=True,
        metered=True,
        figures=Figures(down_mbps=9.63, up_mbps=0.34, rtt_ms=31.0, used_mb=1.1),
    )
    english = report_object(report(), line, NextStep(NextKind.JOIN), "en")["outlook"]
    assert english == {
        "id": "sound_only",
        "text": "Your internet can carry sound, but no good picture.",
        "figures": ["Gets 9.6, sends 0.34 Mbit/s", "answers after 31 ms"],
        "cost": "You may pay for data here. The speed test used 1.1 MB.",
        "because": ["bandwidth.sound_only"],
        "helps": [
            {"id": "cable", "text": "If you can, plug in a network cord."},
            {"id": "phone_visit", "text": "You can also ask for a visit by phone."},
        ],
        "call_measured": True,
        "late": False,
        "offline": False,
        "metered": True,
        "numbers": {
            "down_mbps": 9.63,
            "up_mbps": 0.34,
            "down_at_least": False,
            "up_at_least": False,
            "up_estimated": False,
            "rtt_ms": 31.0,
            "loss_pct": None,
            "used_mb": 1.1,
        },
    }
    spanish = report_object(report(), line, NextStep(NextKind.JOIN), "es")["outlook"]
    assert (spanish["id"], spanish["because"]) == (english["id"], english["because"])
    assert spanish["text"] != english["text"]
    nothing = report_object(report(), NO_LINE, NextStep(NextKind.JOIN), "en")["outlook"]
    assert (nothing["id"], nothing["figures"], nothing["helps"], nothing["cost"]) == ("unknown", [], [], "")


def test_the_settings_page_is_the_one_of_the_system_at_hand() -> None:
    blocked = Result(check="camera", required=True, findings=(Finding("camera.blocked", Status.FAIL),))
    on_mac = replace(report(blocked), family=OsFamily.MACOS)
    url = report_object(on_mac, NO_LINE, NextStep(NextKind.JOIN), "en")["checks"][0]["findings"][0]["settings_url"]
    assert url.startswith("x-apple.systempreferences:")
    nowhere = report_object(report(blocked), NO_LINE, NextStep(NextKind.JOIN), "en")
    assert nowhere["checks"][0]["findings"][0]["settings_url"] is None


def test_saved_readings_come_back_as_they_were(tmp_path: Path) -> None:
    camera = CameraReading(name="C270", width_px=1280, height_px=720, fps=29.7, frames=60, mean_luma=101.5)
    saved = report(
        Result(check="camera", required=True, reading=camera), Result(check="microphone", required=True, reading=None)
    )
    path = tmp_path / "readings.json"
    path.write_bytes(readings_json(replace(saved, family=OsFamily.MACOS)))
    loaded = load_readings(path, CHECKS)
    assert loaded.readings == {"camera": camera}
    assert (loaded.profile_id, loaded.measured_at, loaded.duration_ms, loaded.family) == (
        "p",
        WHEN,
        1500,
        OsFamily.MACOS,
    )
    again = runner.judge(CHECKS, profile(), loaded.readings, measured_at=loaded.measured_at)
    assert again.results[1].status is Status.SKIPPED


def line_file(folder: Path, check: str, numbers: str) -> Path:
    """A readings file with some numbers of the line in it."""
    path = folder / "line.json"
    path.write_bytes(whole("2026-11-21T10:00:00Z", f'{{"{check}": {numbers}}}'))
    return path


@pytest.mark.parametrize(
    ("check", "numbers", "place", "says"),
    [
        ("bandwidth", '{"down_mbps": -3}', "down_mbps", "is -3.0, but it must be between 0 and 1000000"),
        ("bandwidth", '{"up_mbps": 1e300}', "up_mbps", "between 0 and 1000000"),
        ("bandwidth", '{"up_spread_pct": 1001}', "up_spread_pct", "between 0 and 1000"),
        ("bandwidth", '{"down_spread_pct": -0.1}', "down_spread_pct", "between 0 and 1000"),
        ("bandwidth", '{"rtt_ms": -1}', "rtt_ms", "between 0 and"),
        ("bandwidth", '{"jitter_ms": 1e10}', "jitter_ms", "between 0 and"),
        ("bandwidth", '{"own_pause_ms": -0.001}', "own_pause_ms", "between 0 and"),
        ("bandwidth", '{"bytes_down": -1}', "bytes_down", "is -1, but"),
        ("bandwidth", '{"bytes_up": 1000000000001}', "bytes_up", "between 0 and 1000000000000"),
        ("call_quality", '{"loss_pct": 100.1}', "loss_pct", "is 100.1, but it must be between 0 and 100"),
        ("call_quality", '{"loss_pct": -5}', "loss_pct", "between 0 and 100"),
        ("call_quality", '{"mos": 9}', "mos", "between 1 and 5"),
        ("call_quality", '{"duration_s": -1}', "duration_s", "between 0 and"),
        ("call_quality", '{"packets_sent": -1}', "packets_sent", "between 0 and"),
        ("connection", '{"signal_bars": 5}', "signal_bars", "between 0 and 4"),
        ("connection", '{"others_up_mbps": -1}', "others_up_mbps", "between 0 and"),
        ("connection", '{"clock_off_h": 1e9}', "clock_off_h", "between -1000000 and"),
    ],
)
def test_numbers_of_the_line_that_nobody_can_have_measured_are_refused(
    tmp_path: Path, check: str, numbers: str, place: str, says: str
) -> None:
    with pytest.raises(ReadingsError, match=re.escape(says)) as refused:
        load_readings(line_file(tmp_path, check, numbers), CHECKS)
    assert f"readings.{check}.{place} is " in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "null1", "true"])
def test_what_is_no_number_is_refused(tmp_path: Path, number: str) -> None:
    with pytest.raises(ReadingsError):
        load_readings(line_file(tmp_path, "bandwidth", f'{{"down_mbps": {number}}}'), CHECKS)


@pytest.mark.parametrize(
    "reading",
    [
        BandwidthReading(),
        BandwidthReading(down_mbps=0.0, up_mbps=9_000.0, down_spread_pct=300.0, own_pause_ms=3e7, up_at_least=True),
        CallQualityReading(loss_pct=100.0, mos=4.5, packets_sent=0, delay_ms=0.0),
        CallQualityReading(loss_pct=0.0, mos=1.0),
        ConnectionReading(signal_bars=0, clock_off_h=-9_000.0, metered=True),
    ],
)
def test_numbers_at_the_edge_of_what_can_be_measured_are_taken(
    tmp_path: Path, reading: BandwidthReading | CallQualityReading | ConnectionReading
) -> None:
    check = next(check.id for check in CHECKS if isinstance(reading, check.reads))
    path = tmp_path / "readings.json"
    path.write_bytes(readings_json(report(Result(check=check, required=True, reading=reading))))
    assert load_readings(path, CHECKS).readings == {check: reading}


def test_numbers_of_other_checks_keep_their_own_ranges(tmp_path: Path) -> None:
    path = line_file(tmp_path, "microphone", '{"peak_dbfs": -95.5}')
    assert load_readings(path, CHECKS).readings["microphone"].failure is None


def whole(started_at: str, readings: str, kind: str = "readings") -> bytes:
    """The content of a readings file."""
    head = f'{{"schema_version": 1, "kind": "{kind}", "app_version": "0", "profile": "generic", "family": null,'
    return f'{head} "started_at": "{started_at}", "duration_ms": 1, "readings": {readings}}}'.encode()


def test_what_is_no_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ReadingsError, match="is not a file"):
            load_readings(path, CHECKS)
    with pytest.raises(ReadingsError, match="does not exist"):
        load_readings(tmp_path / "missing.json", CHECKS)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a readings file"),
        (b"[]", "not a readings file"),
        (b"\xff\xfe", "not a readings file"),
        (b'{"schema_version": 2}', "schema version 2"),
        (b'{"schema_version": "1"}', "not a readings file"),
        (b'{"schema_version": 1}', "not a readings file"),
        (whole("0001-01-01T00:00:00+23:00", "{}"), "not a readings file"),
        (whole("2026-11-21T10:00:00Z", "{}", kind="report"), "look at kind"),
        (whole("2026-11-21T10:00:00Z", '{"camera": {"fps": "quick"}}'), "readings.camera.fps"),
        (whole("2026-11-21T10:00:00Z", '{"ears": {}}'), "unknown check"),
        (b" " * ((1 << 20) + 1), "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_readings_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(ReadingsError, match=says) as refused:
        load_readings(path, CHECKS)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
