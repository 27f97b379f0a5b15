"""A saved result is read back, shown in either language, refused in one sentence, and a page that stands alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from readiness import cli, runner
from readiness import profile as profiles
from readiness.advice import advice_for
from readiness.checks import CHECKS
from readiness.days import tell_day, tell_moment, tell_weekday_and_day
from readiness.it_report import ReportError, load_report, read_report, sheet_of
from readiness.it_report_html import page_html
from readiness.joining import NextKind, next_step
from readiness.machine import Choices, Machine
from readiness.model import OsFamily, Report
from readiness.outlook import Outlook, forecast
from readiness.readings import BandwidthReading, CameraReading, OperatingSystemReading
from readiness.report_file import report_json
from readiness.testing import FakeMachine

ROOT = Path(__file__).resolve().parent.parent
FIRST_VERSION = ROOT / "tests" / "files" / "report_version_1.json"
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))

NOBODY_ANSWERS = FakeMachine()
SLOW = FakeMachine(
    CameraReading(name="C270 <b>", available=("C270 <b>",), fps=30.0, frames=50, mean_luma=4.0, dark_pct=100.0),
    BandwidthReading(down_mbps=1.0, up_mbps=0.3, rtt_ms=40.0, bytes_down=2_000_000, bytes_up=10**6),
    OperatingSystemReading(family=OsFamily.LINUX, name="Debian GNU/Linux 12", version="12"),
)


def report_of(machine: Machine, language: str = "en", skip: tuple[str, ...] = ()) -> tuple[Report, bytes]:
    profile = profiles.load("kaiser_permanente", {check.id: check.requires for check in CHECKS})
    report = runner.run(CHECKS, machine, profile, choices=Choices(), skip=skip)
    following = next_step(report, lambda finding_id: advice_for(finding_id).fixable)
    return report, report_json(report, forecast(report, profile), following, language)


@pytest.mark.parametrize("machine", [NOBODY_ANSWERS, SLOW], ids=["nothing", "slow"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_saved_fits_the_schema_and_comes_back(machine: Machine, language: str) -> None:
    report, content = report_of(machine, language, skip=("microphone",))
    jsonschema.validate(json.loads(content), SCHEMA)
    saved = read_report(content, "x.json")
    assert [(r.check, r.status, r.required) for r in saved.report.results] == [
        (r.check, r.status, r.required) for r in report.results
    ]
    assert (saved.report.verdict, saved.report.family, saved.language) == (report.verdict, report.family, language)
    assert saved.code == json.loads(content)["support_code"]
    sheet = sheet_of(saved, language, UTC)
    told = json.loads(content)
    for part, check in zip(sheet.parts, told["checks"], strict=True):
        assert list(part.said) == [finding["text"] for finding in check["findings"]]
        assert list(part.steps) == (check["findings"][0]["steps"] if check["findings"] else [])
    if sheet.line:
        assert (sheet.line.text, list(sheet.line.figures)) == (told["outlook"]["text"], told["outlook"]["figures"])
    assert (sheet.line is None) is (told["outlook"]["id"] == "unknown")


def test_the_schema_refuses_what_is_no_report() -> None:
    _, content = report_of(SLOW)
    for changes in ({"kind": "readings"}, {"verdict": "fine"}, {"schema_version": 1}, {"checks": [{"id": "camera"}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**json.loads(content), **changes}, SCHEMA)


def test_a_file_of_the_first_version_is_shown_in_both_languages() -> None:
    saved = load_report(FIRST_VERSION)
    assert json.loads(FIRST_VERSION.read_text("utf-8"))["schema_version"] == 1
    assert saved.report.family is OsFamily.WINDOWS
    assert saved.following is NextKind.FIX
    assert saved.line.outlook is Outlook.GOOD
    english, spanish = sheet_of(saved, "en"), sheet_of(saved, "es")
    assert english.parts[0].said == ("Your camera shows an empty picture. There may be a cover on it.",)
    assert spanish.parts[0].said != english.parts[0].said
    assert [part.name for part in spanish.parts[:2]] == ["Cámara", "Micrófono"]


def changed(**changes: object) -> bytes:
    _, content = report_of(SLOW)
    return json.dumps({**json.loads(content), **changes}).encode()


def test_what_a_newer_program_of_the_same_schema_knows_is_named() -> None:
    check = {
        "id": "kettle",
        "required": True,
        "status": "fail",
        "findings": [{"id": "kettle.cold", "status": "fail", "params": {}}],
        "reading": {"degrees": 3},
        "colour": "red",
    }
    odd = {"id": "camera", "required": True, "status": "fail", "findings": [{"id": "camera.\x1b", "status": "fail"}]}
    sheet = sheet_of(read_report(changed(checks=[check, odd], mood="good", language="fr"), "x"), "en")
    assert (sheet.parts[0].name, sheet.parts[0].said, sheet.parts[0].facts) == ("kettle", ("Found: kettle.cold",), ())
    assert sheet.parts[1].said == ("Found: camera.\\u001b",)


def test_a_fact_that_a_newer_program_has_added_is_left_out() -> None:
    reading = {"failure": None, "fps": 30.0, "name": "C270", "smell": 3}
    check = {"id": "camera", "required": True, "status": "pass", "findings": [], "reading": reading}
    saved = read_report(changed(checks=[check]), "x").report.results[0].reading
    assert saved == CameraReading(fps=30.0, name="C270")


def test_a_finding_whose_values_are_lost_is_named() -> None:
    busy = {"id": "camera.busy", "status": "fail", "params": {}}
    check = {"id": "camera", "required": True, "status": "fail", "findings": [busy], "reading": None}
    assert sheet_of(read_report(changed(checks=[check]), "x"), "en").parts[0].said == ("Found: camera.busy",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "damaged"),
        (b"[]", "damaged"),
        (b"\xff\xfe", "damaged"),
        (b'{"schema_version": 2}', "damaged"),
        (b'{"schema_version": 1, "kind": "readings"}', "damaged"),
        (b'{"schema_version": 99, "what": "ever"}', "newer program .version 99; this one reads up to 2"),
        (b" " * ((1 << 20) + 1), "larger than 1 MB"),
        (changed()[:-200], "damaged"),
        (changed(started_at="0001-01-01T00:00:00+23:00"), "damaged"),
        (changed(outlook={"id": "good", "helps": [{"id": "prayer"}]}), "damaged"),
        (changed(outlook={"id": "good", "helps": [{}]}), "damaged"),
        (changed(checks=[{"id": "camera", "required": True, "status": "pass", "reading": {"fps": "x"}}]), "damaged"),
        (changed(checks=[{"id": "camera", "required": True, "status": "pass", "reading": [1]}]), "damaged"),
        (b"[" * 100_000, "damaged"),
    ],
)
def test_a_file_that_cannot_be_shown_is_refused_in_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(ReportError, match=says) as refused:
        load_report(path)
    assert "file.json" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="is not a file"):
        load_report(tmp_path)
    with pytest.raises(ReportError, match="does not exist"):
        load_report(tmp_path / "missing.json")


class Outline(HTMLParser):
    """The tags of a page, each seen to be closed, and the words between them."""

    VOID = frozenset({"meta"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words += data

    def count(self, tag: str, **attributes: str) -> int:
        return sum(name == tag and attributes.items() <= found.items() for name, found in self.seen)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("machine", [NOBODY_ANSWERS, SLOW], ids=["nothing", "slow"])
def test_the_page_stands_alone_and_is_for_everybody(machine: Machine, language: str) -> None:
    _, content = report_of(machine)
    page = page_html(sheet_of(read_report(content, "x"), language)).decode()
    outline = Outline(page)
    assert outline.open == []
    assert outline.count("html", lang=language) == 1
    for once in ("title", "h1", "main", "meta"):
        assert outline.count(once) >= 1
    assert outline.count("h1") == 1
    tables = outline.count("table")
    assert tables == outline.count("caption") == outline.count("thead") >= 1
    assert outline.count("th", scope="col") == 2 * tables
    assert outline.count("th", scope="row") == outline.count("td")
    for never in ("script", "link", "img", "iframe", "object", "form", "a", "b>"):
        assert outline.count(never) == 0
    assert not {name for _, found in outline.seen for name in found} & {"src", "href", "style", "onload", "onclick"}
    assert "prefers-color-scheme: dark" in page
    assert "url(" not in page
    assert "@import" not in page
    for sentence in sheet_of(read_report(content, "x"), language).left_out:
        assert sentence in outline.words
    if language == "es":
        assert "What your internet" not in outline.words


def test_what_a_file_says_is_never_taken_for_markup() -> None:
    _, content = report_of(SLOW)
    page = page_html(sheet_of(read_report(content, "x"), "en")).decode()
    assert "C270 &lt;b&gt;" in page
    assert "C270 <b>" not in page


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("text", "ground"), [("#1b1b1b", "#f2f2f2"), ("#f2f2f2", "#262626")])
def test_letters_stand_out_on_the_page_in_light_and_in_dark(text: str, ground: str) -> None:
    _, content = report_of(SLOW)
    page = page_html(sheet_of(read_report(content, "x"), "en")).decode()
    assert f"--text: {text}" in page
    assert f"--soft: {ground}" in page
    light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 7


# --- In the terminal


def test_the_terminal_shows_a_saved_result(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, content = report_of(SLOW)
    file = tmp_path / "result.json"
    file.write_bytes(content)
    assert cli.main(["report", str(file), "--lang", "en"]) == 0
    output = capsys.readouterr().out
    assert "Debian GNU/Linux 12" in output
    assert "Your internet" in output
    assert json.loads(content)["support_code"] in output
    assert cli.main(["report", str(file), "--lang", "es"]) == 0
    assert "Resultado de la prueba" in capsys.readouterr().out
    file.write_bytes(report_of(NOBODY_ANSWERS)[1])
    assert cli.main(["report", str(file), "--lang", "en"]) == 0
    assert "Your internet can" not in capsys.readouterr().out


def test_the_terminal_writes_a_page(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert cli.main(["report", str(FIRST_VERSION), "--lang", "es", "--html", str(page)]) == 0
    assert '<html lang="es">' in page.read_text("utf-8")
    assert cli.main(["report", str(FIRST_VERSION), "--lang", "en", "--html", str(tmp_path)]) == 2
    assert "cannot be written (it is a folder)" in capsys.readouterr().err


def test_a_damaged_file_ends_with_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "damaged.json"
    file.write_bytes(b'{"schema_version": 1, "app')
    assert cli.main(["report", str(file), "--lang", "en"]) == 2
    errors = capsys.readouterr().err
    assert errors.count("\n") == 1
    assert "damaged.json is not a saved result, or it is damaged." in errors


# --- Days


def test_days_and_times_are_told_as_people_say_them() -> None:
    morning, noon, night = (datetime(2026, 12, 1, hour, 5, tzinfo=UTC) for hour in (0, 12, 23))
    assert tell_day(morning, "en") == "December 1"
    assert tell_day(morning, "es") == "1 de diciembre"
    assert tell_weekday_and_day(morning, "en") == "Tuesday, December 1"
    assert tell_weekday_and_day(morning, "es") == "martes, 1 de diciembre"
    assert tell_moment(morning, "en") == "December 1, 2026, 12:05 a.m."
    assert tell_moment(noon, "en") == "December 1, 2026, 12:05 p.m."
    assert tell_moment(night, "es") == "1 de diciembre de 2026, 11:05 p. m."
