"""Canaries in every text of every reading: none of them is in a file, and what a device is stays readable."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness import privacy, runner
from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.it_report import read_report, sheet_of
from readiness.it_report_html import page_html
from readiness.joining import NextKind, NextStep
from readiness.model import Finding, Reading, Report, Status
from readiness.outlook import forecast
from readiness.privacy import names_here, without_marks, without_names, without_people
from readiness.readings import BrowserReading, CameraReading, ConnectionReading, InstalledBrowser
from readiness.report_file import readings_json, report_json

WHEN = datetime(2026, 11, 21, 10, 0, 5, tzinfo=UTC)

#: What must not be found in any file, in whatever text it stood.
CANARIES = (
    "192.168.17.23",
    "fe80::1c2d:3e4f",
    "2001:db8:77::15",
    "00:1b:44:11:3a:b7",
    "00-1B-44-11-3A-B8",
    "C02XK7QHJGH5",
    "4711081542",
    "9f86d081884c7d65",
    "zebedee@example.org",
    "Zebedee",
    "zebedees-desk",
)

#: How they get into a text, as systems and drivers really write it.
TEMPLATES = (
    "{}",
    "HD Webcam ({})",
    "HD Webcam {}",
    "{} HD Webcam",
    "usb-046d_HD_Pro_Webcam_{}-02.analog-stereo",
    "http://{}/login?user={}",
    "http://login.example.org/{}?mac={}",
    "rtsp://Zebedee:secret@{}:554/stream",
)

#: What people and their folders are called; the one who uses this computer is Zebedee.
OWNED = (
    "Zebedee's iPhone Camera",
    "Headset (Zebedee’s AirPods)",
    "Cámara de iPhone de zebedee",
    "AirPods Pro de Zebedee",
    "/home/Zebedee/bin/zoom",
    "/Users/Zebedee Q. Public/Applications/zoom.us",
    r"C:\Users\Zebedee\AppData\Roaming\Zoom\bin\Zoom.exe",
    r"\\zebedees-desk\share\Zoom.exe",
    "/home/Zebedee/",
    "~/Zebedee/zoom",
    "zebedees-desk.local",
    "http://zebedees-desk.lan/status",
    "zebedees_desk camera",
)

planted = st.one_of(
    st.sampled_from(OWNED),
    st.builds(
        lambda template, canary: template.replace("{}", canary), st.sampled_from(TEMPLATES), st.sampled_from(CANARIES)
    ),
)


@cache
def texts_in(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type, with a canary in every text and nothing left out that may be there."""
    if get_origin(kind) in {Union, UnionType}:
        return st.one_of([texts_in(choice) for choice in get_args(kind) if choice is not NoneType])
    if get_origin(kind) is tuple:
        return st.lists(texts_in(get_args(kind)[0]), min_size=1, max_size=2).map(tuple)
    if kind is str:
        return planted
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = {name: texts_in(hint) for name, hint in get_type_hints(kind).items() if name in kind.__struct_fields__}
        return st.builds(kind, **fields)
    numbers: dict[Any, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        int: st.integers(0, 4),
        float: st.sampled_from((0.5, 3.0, 40.0)),
    }
    return numbers[kind]


@pytest.fixture(autouse=True)
def _this_is_zebedees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "names_here", lambda: ("zebedees-desk", "Zebedee"))


@pytest.mark.usefixtures("_this_is_zebedees")
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.id))
def test_no_canary_comes_through(check: Any) -> None:
    profile = profiles.load("kaiser_permanente", {each.id: each.requires for each in CHECKS})

    @settings(max_examples=60, deadline=None, database=None)
    @given(reading=texts_in(check.reads), works=st.booleans())
    def plant(reading: Reading, works: bool) -> None:
        reading = msgspec.structs.replace(reading, failure=None) if works else reading
        result = runner.judged(check, profile, reading, WHEN.date())
        extra = Finding(result.findings[0].id, Status.FAIL, {**result.findings[0].params})
        report = Report(
            app_version="1",
            profile_id="p",
            profile_edition="e",
            started_at=WHEN,
            duration_ms=1,
            results=(msgspec.structs.replace(result, findings=(*result.findings, extra)),),
        )
        saved = report_json(report, forecast(report, profile), NextStep(NextKind.JOIN), "en")
        for content in (saved, readings_json(report), page_html(sheet_of(read_report(saved, "x"), "es"))):
            text = content.decode().lower()
            assert [canary for canary in CANARIES if canary.lower() in text] == []
            assert "zebedees" not in text
            assert "secret" not in text

    plant()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Logitech BRIO 4K Stream Edition", "Logitech BRIO 4K Stream Edition"),
        ("HD Pro Webcam C920 (046d:082d)", "HD Pro Webcam C920 (046d:082d)"),
        ("USB2.0 HD UVC WebCam", "USB2.0 HD UVC WebCam"),
        ("alsa_input.pci-0000_00_1f.3.analog-stereo", "alsa_input.pci-0000_00_1f.3.analog-stereo"),
        ("152.0.7444.60", "152.0.7444.60"),
        ("10.19045", "10.19045"),
        ("Debian GNU/Linux 12 (bookworm)", "Debian GNU/Linux 12 (bookworm)"),
        ("Let's Encrypt R11", "Let's Encrypt R11"),
        ("10.0.0.4", "10.0.0"),
        ("999.1.1.1", "999.1.1.1"),
        ("Webcam 192.168.1.5 front", "Webcam 192.168.1 front"),
        ("a::b::c", "a::b::c"),
        ("C920 SN C02XK7QHJGH5", "C920 SN"),
        (r"C:\Program Files\Zoom\bin\Zoom.exe", "Zoom.exe"),
        ("/opt/zoom/zoom", "zoom"),
        ("/zoom", "/zoom"),
        ("", ""),
    ],
)
def test_what_a_thing_is_stays_readable(text: str, left: str) -> None:
    assert without_marks(text) == left


def test_a_name_is_a_word_of_its_own_however_it_is_joined() -> None:
    assert without_names("Ana's Anamorphic lens, ana-PC", ["Ana"]) == "'s Anamorphic lens, -PC"
    assert without_names("Marias MacBook Pro", ["Marias-MacBook-Pro"]) == ""


def test_who_signed_is_no_owner_and_a_browser_is_looked_into() -> None:
    line = ConnectionReading(
        certificate_issuer="Let's Encrypt", hosts_unreachable=("kp.org", "printer", "nas.local", "http://[")
    )
    kept = without_people(line)
    assert (kept.certificate_issuer, kept.hosts_unreachable) == ("Let's Encrypt", ("kp.org", "", "", ""))
    browser = InstalledBrowser("chrome", "/home/Zebedee/chrome", "152.0.7444.60", is_default=True)
    kept_browsers = without_people(BrowserReading(installed=(browser,))).installed
    assert kept_browsers == (InstalledBrowser("chrome", "chrome", "152.0.7444.60", is_default=True),)


def test_a_kind_of_value_that_nobody_has_thought_of_is_not_let_through() -> None:
    assert privacy._clean("x", {"a": "Zebedee camera"}) == {"a": "camera"}
    with pytest.raises(TypeError, match="nobody has thought of how a bytes is made private"):
        privacy._clean("x", b"")


@pytest.mark.parametrize("has_name", [True, False])
def test_the_names_of_this_computer_and_its_user_are_known(has_name: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def user() -> str:
        if not has_name:
            raise OSError
        return "zebedee"

    monkeypatch.setattr("getpass.getuser", user)
    monkeypatch.setattr("socket.gethostname", lambda: "Zebedees-Desk.example" if has_name else "root")
    names_here.cache_clear()
    found = names_here()
    names_here.cache_clear()
    assert found == (("Zebedees-Desk.example", "Zebedees-Desk", "zebedee") if has_name else ())


def test_nothing_is_changed_that_tells_nothing() -> None:
    camera = CameraReading(name="C270", available=("C270",), fps=30.0, virtual=False)
    assert without_people(camera) == camera
    assert json.loads(msgspec.json.encode(without_people(camera)))["name"] == "C270"
