"""Profiles: what ships is what the providers say, and whatever is wrong in a file is told in one sentence."""

from __future__ import annotations

import datetime
import json
import math
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.model import Status
from readiness.profile import (
    MOST_BYTES,
    SHIPPED,
    CareKind,
    Limit,
    Localized,
    NoteKind,
    Profile,
    ProfileError,
    Requirement,
    Server,
    ServerKind,
    TurnServer,
    load,
    may_measure_against,
    server_at,
    shipped,
)

KINDS: Final = {check.id: check.requires for check in CHECKS}

#: The smallest profile there is. Tests add to it, or break it.
SMALLEST: Final = """
id = "clinic"
edition = "1"
name = { en = "Clinic", es = "Clínica" }

[join]
early_min = 5
when = { en = "Join 5 minutes early.", es = "Entre 5 minutos antes." }
computer = { title = { en = "Here", es = "Aquí" }, steps = [{ en = "Go.", es = "Vaya." }] }
phone = { title = { en = "Phone", es = "Teléfono" }, steps = [{ en = "Go.", es = "Vaya." }] }
"""

Save = Callable[[str], Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def saving(content: str) -> Path:
        path = tmp_path / "p.toml"
        path.write_text(content, encoding="utf-8")
        return path

    return saving


def refused(path: Path | str, **options: Any) -> ProfileError:
    """The refusal of a file. It must be one line, complete, and the same when a face fills in the template."""
    with pytest.raises(ProfileError) as caught:
        load(str(path), KINDS, **options)
    error = caught.value
    assert str(error) == error.sentence.format(**error.params)
    assert str(error).isprintable()
    assert str(error).endswith((".", "?"))
    return error


def told(path: Path | str, **options: Any) -> str:
    """The sentence of a refusal, without the folder of the file, which is a temporary one."""
    return str(refused(path, **options)).replace(str(Path(path).parent) + os.sep, "")


# --- What ships ------------------------------------------------------------------------------------------------------


def test_what_ships() -> None:
    assert {"generic", "healthdirect_au", "kaiser_permanente", "ohsu_mychart", "uva_health"} == set(shipped())
    assert shipped() == tuple(sorted(shipped()))


@pytest.mark.parametrize("profile_id", shipped())
def test_shipped_profile_is_whole(profile_id: str) -> None:
    profile = load(profile_id, KINDS)
    assert profile.id == profile_id
    assert set(profile.requirements) == set(KINDS)
    for check_id, kind in KINDS.items():
        assert isinstance(profile.requirement(check_id, kind), kind)
    assert {check for check in KINDS if profile.requirement(check, KINDS[check]).required} == set(KINDS) - {
        "computer",
        "call_quality",
    }
    assert [server.kind for server in profile.servers] == [ServerKind.SPEEDTEST_NET, ServerKind.CLOUDFLARE]
    assert profile.network.other_hosts
    assert profile.network.portal_pages
    assert profile.other_care[-1].kind is CareKind.EMERGENCY
    assert str(profile.join.early_min) in profile.join.when.en
    assert str(profile.join.early_min) in profile.join.when.es


def limits(profile: Profile) -> Iterator[Limit]:
    for section in profile.requirements.values():
        for value in section.values():
            if isinstance(value, dict) and {"fail_below", "warn_below", "fail_above", "warn_above"} & set(value):
                yield msgspec.convert(value, Limit)


@pytest.mark.parametrize("profile_id", shipped())
def test_every_number_has_a_source_that_was_read(profile_id: str) -> None:
    profile = load(profile_id, KINDS)
    assert len(list(limits(profile))) >= 20
    for limit in limits(profile):
        assert profile.sources[limit.source].date <= datetime.date(2026, 11, 21)


def texts(value: object, path: str = "") -> Iterator[tuple[str, Localized]]:
    """Every text in two languages, with its place."""
    if isinstance(value, Localized):
        yield path, value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from texts(getattr(value, field), f"{path}.{field}")
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from texts(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, f"{path}.{key}")


SPOKEN: Final = [
    pytest.param(text, id=f"{profile_id}{path}")
    for profile_id in shipped()
    for path, text in texts(load(profile_id, KINDS))
    if not path.startswith((".name", ".links"))
]


@pytest.mark.parametrize("text", SPOKEN)
def test_texts_are_short_and_in_both_languages(text: Localized) -> None:
    assert text.in_language("en") == text.en
    assert text.in_language("es") == text.es
    assert text.en != text.es
    for sentence in re.split(r"[.?!](?:\s|$)", text.en) + re.split(r"[.?!](?:\s|$)", re.sub(r"\([^)]*\)", "", text.es)):
        assert len(sentence.split()) <= 15, sentence
    # A button keeps its English name on the screen: in Spanish it stands there with the Spanish in brackets.
    assert len(re.findall("“[^”]*”", text.es)) == len(re.findall(r"“[^”]*” \([^)]+\)", text.es))
    assert not re.search(r"\b(tú|tu|tus|te|haz|abre|elige|espera|llama)\b", text.es, re.IGNORECASE), "not usted"


# --- Kaiser Permanente: what the flyers say, row by row ----------------------------------------------------------------


@pytest.fixture(scope="module")
def kaiser() -> Profile:
    return load("kaiser_permanente", KINDS)


@pytest.mark.parametrize(
    ("section", "field", "expected"),
    [
        ("bandwidth", "down_mbps", {"fail_below": 0.6, "warn_below": 1.8}),
        ("bandwidth", "up_mbps", {"fail_below": 0.6, "warn_below": 1.8}),
        ("bandwidth", "rtt_ms", {"fail_above": 300, "warn_above": 150}),
        ("bandwidth", "sound_only_mbps", {"fail_below": 0.1}),
        ("camera", "width_px", {"warn_below": 640}),
        ("camera", "height_px", {"warn_below": 480}),
        ("camera", "fps", {"fail_below": 5, "warn_below": 15}),
        ("microphone", "speech_dbfs", {"fail_below": -60, "warn_below": -45}),
        ("operating_system", "windows", {"pass_from": "11", "warn_from": "10"}),
        ("operating_system", "macos", {"pass_from": "13", "warn_from": "12"}),
        ("browser", "versions_behind_allowed", 2),
        ("browser", "recommended", {"windows": ["chrome"], "macos": ["safari", "chrome"]}),
    ],
)
def test_kaiser_demands(kaiser: Profile, section: str, field: str, expected: object) -> None:
    found = kaiser.requirements[section][field]
    if isinstance(found, dict):
        found = {key: value for key, value in found.items() if key not in {"source", "linux"}}
    assert found == expected


@pytest.mark.parametrize(
    ("link", "en", "es"),
    [
        ("sign_on", "https://kp.org", "https://kp.org/espanol"),
        ("register", "https://kp.org/registernow", "https://kp.org/registreseahora"),
        ("own_check", "https://kp.org/videovisit", "https://kp.org/videovisit"),
        ("get_care", "https://kp.org/getcare", "https://kp.org/getcare"),
    ],
)
def test_kaiser_links(kaiser: Profile, link: str, en: str, es: str) -> None:
    assert (kaiser.links[link].en, kaiser.links[link].es) == (en, es)


@pytest.mark.parametrize(
    ("phone_id", "number", "letters", "tty", "hours_en", "hours_es"),
    [
        (
            "technical_help",
            "1-844-800-0820",
            None,
            None,
            "Monday to Friday, 5 a.m. to 5 p.m.",
            "De lunes a viernes, de 5 a. m. a 5 p. m.",
        ),
        (
            "advice",
            "1-833-574-2273",
            "1-833-KP4CARE",
            "711",
            "Every day, 24 hours",
            "Todos los días, las 24 horas",
        ),
        (
            "appointments",
            "1-833-574-2273",
            "1-833-KP4CARE",
            "711",
            "Monday to Friday, 7 a.m. to 7 p.m.",
            "De lunes a viernes, de 7 a. m. a 7 p. m.",
        ),
        ("emergency", "911", None, None, "Every day, 24 hours", "Todos los días, las 24 horas"),
    ],
)
def test_kaiser_phones(
    kaiser: Profile, phone_id: str, number: str, letters: str | None, tty: str | None, hours_en: str, hours_es: str
) -> None:
    phone = kaiser.phone(phone_id)
    assert (phone.number, phone.letters, phone.tty) == (number, letters, tty)
    assert phone.hours.en.startswith(hours_en)
    assert phone.hours.es.startswith(hours_es)


def test_kaiser_weekend_areas(kaiser: Profile) -> None:
    assert kaiser.phone("appointments").weekend_areas == (
        "Coachella Valley",
        "Downey",
        "Fontana",
        "LAMC",
        "WLAMC",
        "Moreno Valley",
        "Ontario",
        "Riverside",
        "South Bay",
    )


def test_kaiser_help_phone(kaiser: Profile) -> None:
    assert kaiser.help_phone == "technical_help"
    with pytest.raises(KeyError):
        kaiser.phone("nobody")


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (
            "computer",
            [
                ("kp.org", "kp.org/espanol"),
                ("Appointment Center", "“Appointment Center” (Centro de Citas)"),
                ("“Upcoming Appointments”", "“Upcoming Appointments” (Próximas Citas)"),
                ("“Join”", "“Join” (Entrar)"),
                ("Wait", "Espere"),
            ],
        ),
        (
            "phone",
            [
                ("Kaiser Permanente app", "aplicación de Kaiser Permanente"),
                ("sign on", "inicie sesión"),
                ("“View Appointments”", "“View Appointments” (Ver Citas)"),
                (
                    "“Appointment Details”, choose “Join Appointment”",
                    "“Appointment Details” (Detalles de la Cita), elija “Join Appointment” (Entrar a la Cita)",
                ),
                ("“Join Now”", "“Join Now” (Entrar Ahora)"),
                ("Wait", "Espere"),
            ],
        ),
    ],
)
def test_kaiser_join_steps(kaiser: Profile, way: str, words: list[tuple[str, str]]) -> None:
    steps = getattr(kaiser.join, way).steps
    assert len(steps) == len(words)
    for step, (en, es) in zip(steps, words, strict=True):
        assert en in step.en
        assert es in step.es


@pytest.mark.parametrize(
    ("way", "en", "es"),
    [
        ("computer", "camera, a speaker and a microphone", "cámara, un altavoz (bocina) y un micrófono"),
        ("computer", "strong, fast internet", "Internet fuerte y rápida"),
        ("phone", "front camera", "cámara frontal"),
        ("phone", "(iOS), or an Android", "(iOS), o un teléfono o tableta Android"),
        ("phone", "strong signal (4 or more bars) or fast Wi-Fi", "señal fuerte (4 o más barras)"),
    ],
)
def test_kaiser_needs(kaiser: Profile, way: str, en: str, es: str) -> None:
    needs = getattr(kaiser.join, way).needs
    assert any(en in need.en and es in need.es for need in needs)


def test_kaiser_when_and_with_what(kaiser: Profile) -> None:
    assert kaiser.join.early_min == 5
    assert kaiser.join.computer.browser == Localized(
        en="Use Safari on a Mac, or Google Chrome on Windows.", es="Use Safari en una Mac, o Google Chrome en Windows."
    )
    assert kaiser.network.hosts == ("healthy.kaiserpermanente.org", "zoom.us")


def test_kaiser_other_care(kaiser: Profile) -> None:
    assert [(care.kind.value, care.phone, care.link) for care in kaiser.other_care] == [
        ("advice_line", "advice", None),
        ("phone_appointment", "appointments", "get_care"),
        ("in_person", "appointments", "get_care"),
        ("email", None, "sign_on"),
        ("e_visit", None, "get_care"),
        ("urgent", "advice", "get_care"),
        ("emergency", "emergency", None),
    ]


def test_kaiser_notes(kaiser: Profile) -> None:
    assert {note.kind for note in kaiser.notes} == set(NoteKind)


@pytest.mark.parametrize(
    ("topic", "said_en", "said_es", "now_en", "now_es"),
    [
        ("browser_windows", "Internet Explorer", "Internet Explorer", "Google Chrome", "Google Chrome"),
        ("when_to_join", "15 minutes", "15 minutos", "5 minutes", "5 minutos"),
        ("phone_tab", "“Appointments”", "(Citas)", "“View Appointments”", "(Ver Citas)"),
        ("phone_button", "“Join Now”", "(Entrar Ahora)", "“Join Appointment”", "(Entrar a la Cita)"),
        ("computer_button", "“Join Appointment”", "(Entrar a la Cita)", "“Join”", "(Entrar)"),
        ("register_link", "registernow", "registreahora", "registernow", "registreseahora"),
        ("signal_phone", "full signal (4 or more bars)", "potente", "strong signal (4 or more bars)", "fuerte"),
        ("internet_computer", "cable or Wi-Fi", "cable o Wi-Fi", "strong, fast", "fuerte y rápida"),
        ("phone_browser", "browser", "navegador", "app", "aplicación"),
    ],
)
def test_kaiser_earlier_flyer(
    kaiser: Profile, topic: str, said_en: str, said_es: str, now_en: str, now_es: str
) -> None:
    (earlier,) = kaiser.earlier_editions
    assert len(earlier.differences) == 9
    (difference,) = [difference for difference in earlier.differences if difference.topic == topic]
    assert said_en in difference.said.en
    assert said_es in difference.said.es
    assert now_en in difference.now.en
    assert now_es in difference.now.es


@pytest.mark.parametrize(
    ("profile_id", "down", "up", "rtt"),
    [
        ("healthdirect_au", (0.35, None), (0.35, None), (None, 100)),
        ("ohsu_mychart", (2.0, None), (3.0, None), (300, 150)),
        ("uva_health", (0.5, 1.0), (0.5, 1.0), (300, 150)),
        ("generic", (0.6, 1.8), (0.6, 1.8), (300, 150)),
    ],
)
def test_other_providers_numbers(
    profile_id: str,
    down: tuple[float, float | None],
    up: tuple[float, float | None],
    rtt: tuple[float | None, float],
) -> None:
    demands = load(profile_id, KINDS).requirements["bandwidth"]
    found = {name: msgspec.convert(demands[name], Limit) for name in ("down_mbps", "up_mbps", "rtt_ms")}
    assert (found["down_mbps"].fail_below, found["down_mbps"].warn_below) == down
    assert (found["up_mbps"].fail_below, found["up_mbps"].warn_below) == up
    assert (found["rtt_ms"].fail_above, found["rtt_ms"].warn_above) == rtt


# --- Limits, servers and addresses -------------------------------------------------------------------------------------

RISING: Final = Limit(source="x", fail_below=0.6, warn_below=1.8)
FALLING: Final = Limit(source="x", fail_above=300, warn_above=150)


@pytest.mark.parametrize(
    ("limit", "value", "status"),
    [
        (RISING, None, Status.UNKNOWN),
        (RISING, 0.59, Status.FAIL),
        (RISING, 0.6, Status.WARN),
        (RISING, 1.79, Status.WARN),
        (RISING, 1.8, Status.PASS),
        (FALLING, None, Status.UNKNOWN),
        (FALLING, 300.1, Status.FAIL),
        (FALLING, 300, Status.WARN),
        (FALLING, 150.1, Status.WARN),
        (FALLING, 150, Status.PASS),
        (Limit(source="x", fail_below=1), 1, Status.PASS),
        (Limit(source="x", warn_above=1), 2, Status.WARN),
    ],
)
def test_limit_judges(limit: Limit, value: float | None, status: Status) -> None:
    assert limit.judge(value) is status


@pytest.mark.parametrize(
    ("limit", "good_from"),
    [(RISING, 1.8), (Limit(source="x", fail_below=0.35), 0.35), (FALLING, None)],
)
def test_from_where_on_a_limit_is_good(limit: Limit, good_from: float | None) -> None:
    assert limit.good_from == good_from


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://speed.example.org/", True),
        ("https://speed.example.org:8443/backend", True),
        ("https://127.0.0.1", True),
        ("http://127.0.0.1:8989", True),
        ("http://[::1]:8989/", True),
        ("http://192.168.1.10", True),
        ("http://10.1.2.3:80/x", True),
        ("http://169.254.3.4", True),
        ("http://[fd00::1]", True),
        ("http://frontdesk", True),
        ("http://kiosk.local/", True),
        ("http://lab.localhost", True),
        ("http://8.8.8.8", False),
        ("http://134744072", False),
        ("http://0x8080808", False),
        ("http://127.0.0.1:0", False),
        ("http://[2001:4860:4860::8888]", False),
        ("http://speed.example.org", False),
        ("ftp://127.0.0.1", False),
        ("127.0.0.1:8989", False),
        ("https://", False),
        ("https://name:word@example.org", False),
        ("https://example.org/?a=b", False),
        ("https://example.org/#a", False),
        ("https://example.org:port", False),
        ("https://[::1", False),
        ("https://exam ple.org", False),
        ("https://example.org/\n", False),
        ("", False),
    ],
)
def test_which_addresses_may_be_measured_against(url: str, fits: bool) -> None:
    assert may_measure_against(url) is fits


def test_server_that_a_person_names() -> None:
    assert server_at("http://127.0.0.1:8989") == Server(kind=ServerKind.LIBRESPEED, url="http://127.0.0.1:8989")
    with pytest.raises(ProfileError) as caught:
        server_at("http://speed.example.org")
    assert str(caught.value) == (
        '--server: url is "http://speed.example.org", but it must begin with https://, '
        "or with http:// and name a computer of your own network such as 192.168.1.10."
    )


@pytest.mark.parametrize(
    "url", ["", "http://127.0.0.1:0", "https://me:word@example.org", "https://example.org/?a", "http://["]
)
def test_what_is_more_or_less_than_a_server(url: str) -> None:
    with pytest.raises(ProfileError, match="only a host, a port and a folder"):
        server_at(url)


# --- Which file is meant, and whether it can be read -------------------------------------------------------------------

KNOWN: Final = ", ".join(shipped())


@pytest.mark.parametrize("word", ["nowhere", "", "Kaiser_Permanente", "ñ"])
def test_a_word_is_a_profile(word: str) -> None:
    assert str(refused(word)) == (f"There is no profile “{word}”; choose one of {KNOWN}, or give the path of a file.")


def test_a_shipped_id_is_never_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("generic").write_text("not a profile")
    assert load("generic", KINDS).id == "generic"
    Path("mine").write_text(SMALLEST, encoding="utf-8")
    assert load("mine", KINDS).id == "clinic"


@pytest.mark.parametrize("path", ["./nowhere", "nowhere.toml", "no/where"])
def test_a_path_is_a_file(path: str) -> None:
    assert str(refused(path)) == f"{path}: there is no such file; give the path of a profile, or one of {KNOWN}."


def test_no_path_at_all() -> None:
    assert str(refused("a\0b\n")).startswith(r"a\u0000b\u000a: there is no such file")


def test_a_folder(tmp_path: Path) -> None:
    sentence = "this is a folder or a device; give the path of a profile inside it, a file in TOML."
    assert told(tmp_path / ".") == f"{tmp_path.name}: {sentence}"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.toml"
    if not hasattr(os, "mkfifo"):
        return
    os.mkfifo(pipe)
    assert "this is a folder or a device" in told(pipe)


def test_a_file_that_may_not_be_read(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = save(SMALLEST)
    monkeypatch.setattr(Path, "open", refuse)
    assert told(path) == (
        "p.toml: this file cannot be read (Permission denied); give the path of a file that you may read."
    )


def test_a_name_that_no_system_takes(tmp_path: Path) -> None:
    message = str(refused(tmp_path / ("x" * 5000)))
    assert "cannot be read" in message
    assert len(message) < 500


def test_a_large_file_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.toml"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    monkeypatch.setattr(Path, "open", lambda *_, **__: pytest.fail("opened"))
    assert told(path) == "p.toml: this file has 262145 bytes; a profile has at most 262144."


def test_the_largest_file(save: Save) -> None:
    size = len(SMALLEST.encode())
    assert load(str(save(SMALLEST + "#" * (MOST_BYTES - size))), KINDS).id == "clinic"


def test_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(b'id = "cl\xednica"\n')
    assert told(path) == "p.toml: byte 9 is not UTF-8; save the file as UTF-8."


def test_a_mark_in_front_is_welcome(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(SMALLEST, encoding="utf-8-sig")
    assert load(str(path), KINDS).id == "clinic"


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        ('id = "a"\nedition = \n', 2, 11),
        ('id = "a', 1, 8),
        ("[join\n", 1, 6),
        ("a = 1\nb = [1, 2", 2, 10),
        ("a = 2026-02-30", 1, 5),
        ("é = 1", 1, 1),
        ("a = " + "9" * 5000, 1, 5005),
    ],
)
def test_broken_toml(save: Save, content: str, line: int, column: int) -> None:
    assert told(save(content)) == (
        f"p.toml: line {line}, column {column}: this is not TOML; "
        "look for a missing quotation mark, bracket or equals sign there or just before."
    )


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [("a = 1\na = 2\n", 2, 6), ("[join]\n[join]\n", 2, 6)],
)
def test_a_name_that_stands_there_twice(save: Save, content: str, line: int, column: int) -> None:
    assert told(save(content)) == (
        f"p.toml: line {line}, column {column}: this name was given a value before; keep one of the two."
    )


LONG_LIST: Final = "[sources]\n" + "".join(
    f"s{index} = {{ title = 'T', date = 2026-11-21 }}\n" for index in range(4000)
)


@pytest.mark.parametrize(
    "addition",
    [
        "a" * 100_000 + " = 1",
        "a" + ".a" * 150 + " = 1",
        "[requirements.camera" + ".a" * 140 + "]",
        "help_phone = '" + "x" * 100_000 + "'",
        LONG_LIST + "[q]",
        LONG_LIST + "[requirements.bandwidth]\ndown_mbps = { fail_below = 1, source = 'zoom' }",
    ],
    ids=["key", "dots", "deep section", "text", "unknown among many", "named among many"],
)
def test_a_sentence_stays_a_sentence(save: Save, addition: str) -> None:
    assert len(told(save(_with(addition)))) < 700


def test_a_name_of_a_hundred_thousand_parts_is_not_even_parsed(save: Save) -> None:
    assert told(save("\n\na" + ".a" * 100_000 + " = 1")) == (
        "p.toml: line 3 has 100000 dots, but at most 150 are allowed; break it up."
    )


@pytest.mark.parametrize("content", ["a = " + "[" * 20000, "a = " + "{a = " * 20000])
def test_lists_without_end(save: Save, content: str) -> None:
    assert told(save(content)) == ("p.toml: tables or lists lie too deep in one another; six levels are always enough.")


# --- What is wrong with the data: one sentence each --------------------------------------------------------------------

LIMIT: Final = "[sources]\nzoom = { title = 'Zoom', date = 2026-11-21 }\n[requirements.bandwidth]\ndown_mbps = "
PHONE: Final = "label = { en = 'Help', es = 'Ayuda' }, hours = { en = 'Always', es = 'Siempre' }"
CARE: Final = "kind = 'email', text = { en = 'Write.', es = 'Escriba.' }"
SIGNED: Final = "[sources]\nx = { title = 'X', date = 2026-11-21 }\n[requirements.microphone]\nspeech_dbfs = "
TURN: Final = "[[turn]]\nurl = '{url}'\nusername = 'a'\n"
LANGUAGES: Final = "every text is needed in English (en) and Spanish (es)."
DIRECTIONS: Final = (
    "must say either fail_below and warn_below (more is better) or fail_above and warn_above (less is better)."
)


@pytest.mark.parametrize(
    ("addition", "sentence"),
    [
        # names
        ("nmae = 1", "nmae is not a known name; did you mean name?"),
        ("[network]\nhost = []", "network.host is not a known name; did you mean hosts?"),
        ("[requirements.bandwith]\n", "requirements.bandwith is not a known name; did you mean bandwidth?"),
        (
            "[requirements.zzz]\n",
            "requirements.zzz is not a known name; here you can use " + ", ".join(sorted(KINDS)) + ".",
        ),
        ("[network]\nxyz = 1", "network.xyz is not a known name; here you can use hosts, other_hosts, portal_pages."),
        ("[requirements.camera]\n'a b' = 1", 'requirements.camera."a b" is not a known name; here you can use fps, '),
        # types
        ("help_phone = 1", "help_phone is 1, but it must be a text in quotation marks."),
        ("help_phone = true", "help_phone is true, but it must be a text in quotation marks."),
        ("requirements = 5", "requirements is 5, but it must be a table of its own."),
        ("[requirements]\ncamera = 'yes'", 'requirements.camera is "yes", but it must be a table of its own.'),
        (
            "[requirements.camera]\nrequired = 'yes'",
            'requirements.camera.required is "yes", but it must be true or false.',
        ),
        ("links = []", "links is [], but it must be a table of its own."),
        ("phones = { a = 1 }", "phones is {…}, but it must be a list in square brackets."),
        ("phones = 1979-05-27", "phones is 1979-05-27, but it must be a list in square brackets."),
        ("[[servers]]\nkind = 'fast'", 'servers[0].kind is "fast", but it must be one of cloudflare, librespeed, sp'),
        (
            "[sources]\nx = { title = 'X', date = '2026-11-21' }",
            'sources.x.date is "2026-11-21", but it must be a date such as 2026-11-21, without quotation marks.',
        ),
        (
            "[sources]\nx = { title = 'X', date = 2026-11-21T10:00:00 }",
            "sources.x.date is 2026-11-21 10:00:00, but it must be a date such as",
        ),
        # missing
        ("[[phones]]\n", 'phones[0].id is missing; add id = "…".'),
        ("[sources]\nx = { title = 'X' }", "sources.x.date is missing; add date = 2026-11-21."),
        ("[links]\na = { en = 'https://a.org' }", f"links.a.es is missing; {LANGUAGES}"),
        (
            f"[[other_care]]\n{CARE}\n".replace(", text = { en = 'Write.', es = 'Escriba.' }", "\ntext.es = 'A.'"),
            f"other_care[0].text.en is missing; {LANGUAGES}",
        ),
        # texts
        (
            f"phones = [{{ id = 'a', number = '911', {PHONE} }}, {{ id = 'b', number = '12', {PHONE} }}]",
            'phones[1].number is "12", but it must be a phone number in digits such as 1-844-800-0820.',
        ),
        (
            f"phones = [{{ id = 'a', number = '1-833-KP4CARE', {PHONE} }}]",
            'phones[0].number is "1-833-KP4CARE", but it must be a phone number',
        ),
        (
            f"phones = [{{ id = 'a', number = '911', tty = 'x', {PHONE} }}]",
            'phones[0].tty is "x", but it must be a phone number',
        ),
        (
            f"phones = [{{ id = 'Á', number = '911', {PHONE} }}]",
            'phones[0].id is "Á", but it must be a short name of a to z, 0 to 9 and _ such as my_clinic.',
        ),
        ("[sources]\nx = { title = ' ', date = 2026-11-21 }", 'sources.x.title is " ", but it must say something.'),
        (
            "[links]\na = { en = 'http://a.org', es = 'https://a.org' }",
            'links.a.en is "http://a.org", but it must be a link that begins with https://.',
        ),
        (
            "[links]\na = { en = 'https://a.org', es = 'https://x@a.org' }",
            'links.a.es is "https://x@a.org", but it must be a link that begins with https://.',
        ),
        (
            "[[network.portal_pages]]\nurl = 'https://a.org/'\nbody = ''",
            'network.portal_pages[0].url is "https://a.org/", but it must be an address that begins with http://, ',
        ),
        (
            "[network]\nhosts = ['a.org', 'https://b.org']",
            'network.hosts[1] is "https://b.org", but it must be the name of a host such as www.example.org.',
        ),
        # numbers
        (LIMIT + "{ fail_below = '1', source = 'zoom' }", 'down_mbps.fail_below is "1", but it must be a number.'),
        (LIMIT + "{ fail_below = true, source = 'zoom' }", "down_mbps.fail_below is true, but it must be a number."),
        (
            LIMIT + "{ fail_below = nan, source = 'zoom' }",
            "fail_below is nan, but it must be between 0 and 1000000000.",
        ),
        (
            LIMIT + "{ fail_below = inf, source = 'zoom' }",
            "fail_below is inf, but it must be between 0 and 1000000000.",
        ),
        (LIMIT + "{ fail_below = -1, source = 'zoom' }", "fail_below is -1, but it must be between 0 and 1000000000."),
        (
            LIMIT + "{ fail_below = 1" + "0" * 400 + ", source = 'zoom' }",
            "fail_below is > 1000000000, but it must be between 0 and 1000000000.",
        ),
        (
            LIMIT + "{ fail_below = -1" + "0" * 400 + ", source = 'zoom' }",
            "fail_below is < -1000000000, but it must be between 0 and 1000000000.",
        ),
        (SIGNED + "{ fail_below = -inf, source = 'x' }", "speech_dbfs.fail_below is -inf, but it must be between -1"),
        # limits
        (LIMIT + "{ source = 'zoom' }", f"requirements.bandwidth.down_mbps {DIRECTIONS}"),
        (
            LIMIT + "{ fail_below = 1, warn_above = 2, source = 'zoom' }",
            f"requirements.bandwidth.down_mbps {DIRECTIONS}",
        ),
        (
            LIMIT + "{ fail_below = 1, warn_below = 0.5, source = 'zoom' }",
            "requirements.bandwidth.down_mbps.warn_below is 0.5, but it must be at least fail_below, 1.0.",
        ),
        (
            LIMIT + "{ fail_above = 1, warn_above = 2.5, source = 'zoom' }",
            "requirements.bandwidth.down_mbps.warn_above is 2.5, but it must be at most fail_above, 1.0.",
        ),
        # ids that are named
        (LIMIT + "{ fail_below = 1, source = 'zom' }", 'down_mbps.source names "zom", but [sources] has only zoom.'),
        (LIMIT + "{ fail_below = 1 }", 'requirements.bandwidth.down_mbps.source is missing; add source = "…".'),
        (
            "help_phone = 'x'",
            'help_phone names "x", but there is no [[phones]]; add it.',
        ),
        (f"other_care = [{{ {CARE}, phone = 'x' }}]", 'other_care[0].phone names "x", but there is no [[phones]]'),
        (
            f"other_care = [{{ {CARE}, link = 'x' }}]\n[links]\na = {{ en = 'https://a.org', es = 'https://a.org' }}",
            'other_care[0].link names "x", but [links] has only a.',
        ),
        (
            "notes = [{ kind = 'doctor_late', text = { en = 'A.', es = 'B.' }, link = 'x' }]",
            'notes[0].link names "x", but there is no [links]; add it.',
        ),
        (
            f"phones = [{{ id = 'a', number = '911', {PHONE} }}, {{ id = 'a', number = '912', {PHONE} }}]",
            'phones[1].id is "a", which another one has already; every id must be different.',
        ),
        # servers
        ("[[servers]]\nkind = 'librespeed'", 'servers[0].url is missing; add url = "https://…", the folder that holds'),
        (
            "[[servers]]\nkind = 'librespeed'\nurl = 'http://speed.example.org'",
            'servers[0].url is "http://speed.example.org", but it must begin with https://, or with http:// and name',
        ),
        (
            "[[servers]]\nkind = 'speedtest_net'\nurl = 'https://a.org'",
            'servers[0].url is "https://a.org", but speedtest_net finds its servers by itself, so leave url out.',
        ),
        # TURN servers
        ("turn = 5", "turn is 5, but it must be a list in square brackets."),
        ("[[turn]]\nusername = 'a'\npassword = 'b'", 'turn[0].url is missing; add url = "…".'),
        ("[[turn]]\nurl = 'turn:a.org'\npassword = 'b'", 'turn[0].username is missing; add username = "…".'),
        ("[[turn]]\nurl = 'turn:a.org'\nusername = 'a'", 'turn[0].password is missing; add password = "…".'),
        (TURN.format(url="turn:a.org") + "password = ' '", 'turn[0].password is " ", but it must say something.'),
        *(
            (TURN.format(url=url) + "password = 'b'", f'turn[0].url is "{url}", but it must be the address of a TURN')
            for url in (
                *("", "a.org", "turns:a.org", "https://a.org", "turn://a.org", "turn:", "turn:a b", "turn:u@a.org"),
                *("turn:a.org:0", "turn:a.org:65536", "turn:a.org:x", "turn:a.org?transport=tcp", "turn:a.org/x"),
                *("turn:[::g]", "turn:[1.2.3.4]", "turn:::1", "turn:a..org", "turn:[::1"),
            )
        ),
        (
            TURN.format(url="turn:a.org") + "password = 'b'\ntls_port = 0",
            "turn[0].tls_port is 0, but it must be between 1 and 65535.",
        ),
        (
            TURN.format(url="turn:a.org") + "password = 'b'\ntls_port = 65536",
            "turn[0].tls_port is 65536, but it must be between 1 and 65535.",
        ),
        # nothing a terminal would take for a command
        ("help_phone = '''\n\u200f'''", 'help_phone names "\\u200f", but there is no [[phones]]; add it.'),
        ('"\\u001b[2J" = 1', '"\\u001b[2J" is not a known name; here you can use'),
    ],
)
def test_what_is_wrong(save: Save, addition: str, sentence: str) -> None:
    message = told(save(_with(addition)))
    assert message.startswith("p.toml: ")
    assert sentence in message


def _with(addition: str) -> str:
    """The smallest profile with something more: keys of the top in front of it, tables behind it."""
    top, bracket, tables = addition.partition("\n[") if not addition.startswith("[") else ("", "", addition)
    return f"{top}\n{SMALLEST}\n{bracket.strip()}{tables}\n"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('id = "clinic"', "", 'id is missing; add id = "p".'),
        (
            'id = "clinic"',
            'id = ""',
            'id is "", but it must be a short name of a to z, 0 to 9 and _ such as my_clinic.',
        ),
        ('edition = "1"', "", 'edition is missing; add edition = "…".'),
        ('edition = "1"', 'edition = ""', 'edition is "", but it must say something.'),
        (', es = "Clínica"', "", f"name.es is missing; {LANGUAGES}"),
        (
            ', es = "Clínica"',
            ', es = "Clínica", fr = "Clinique"',
            "name.fr is not a known name; here you can use en, es.",
        ),
        ("early_min = 5", "", "join.early_min is missing; add early_min = 1."),
        ("early_min = 5", "early_min = 5.5", "join.early_min is 5.5, but it must be a whole number."),
        ("early_min = 5", "early_min = true", "join.early_min is true, but it must be a whole number."),
        ("early_min = 5", "early_min = -5", "join.early_min is -5, but it must be between 0 and 1000000000."),
        ("computer =", "laptop =", "join.laptop is not a known name; here you can use"),
        (
            'steps = [{ en = "Go.", es = "Vaya." }] }\nphone',
            "steps = [] }\nphone",
            "steps is empty; it needs at least one",
        ),
        (
            'steps = [{ en = "Go.", es = "Vaya." }] }\nphone',
            "}\nphone",
            "join.computer.steps is missing; add steps = […].",
        ),
        (
            'steps = [{ en = "Go.", es = "Vaya." }] }\nphone',
            'steps = ["Go."] }\nphone',
            'steps[0] is "Go.", but it must be a',
        ),
        ('es = "Vaya." }] }\nphone', 'es = "Vaya." }], link = "x" }\nphone', 'join.computer.link names "x", but there'),
        ('"Here", es = "Aquí"', '"Here", es = 1', "join.computer.title.es is 1, but it must be a text in quotation"),
    ],
)
def test_what_is_wrong_with_the_rest(save: Save, before: str, after: str, sentence: str) -> None:
    assert before in SMALLEST
    message = told(save(SMALLEST.replace(before, after, 1).replace(", }", "}")))
    assert message.startswith("p.toml: ")
    assert sentence in message


def test_a_missing_table_is_shown_as_one(save: Save) -> None:
    without = SMALLEST.partition("[join]")[0]
    assert told(save(without)) == "p.toml: join is missing; add [join]."


@pytest.mark.parametrize(
    ("name", "id_suggested"),
    [("Clínica 7.toml", "cl_nica"), ("7.toml", "my_clinic"), ("st-marys-2.toml", "st_marys")],
)
def test_an_id_is_suggested_by_the_file(tmp_path: Path, name: str, id_suggested: str) -> None:
    path = tmp_path / name
    path.write_text("")
    assert told(path) == f'{name}: id is missing; add id = "{id_suggested}".'


def test_numbers_below_zero_are_for_decibels(save: Save) -> None:
    path = save(SMALLEST + SIGNED + "{ fail_below = -60, warn_below = -45, source = 'x' }")
    assert load(str(path), KINDS).requirements["microphone"]["speech_dbfs"] == {
        "fail_below": -60,
        "warn_below": -45,
        "source": "x",
    }


def test_what_a_profile_leaves_out(save: Save) -> None:
    profile = load(str(save(SMALLEST)), KINDS)
    assert profile.requirements == {}
    assert profile.requirement("camera", Requirement) == Requirement()
    assert profile.help_phone is None


def test_a_demand_that_a_check_makes_of_itself(save: Save) -> None:
    """A wrong value deep inside a check's own table is told like any other."""
    path = save(
        SMALLEST
        + "[sources]\nx = { title = 'X', date = 2026-11-21 }\n"
        + "[requirements.operating_system]\nwindows = { pass_from = 'ten', warn_from = '7', source = 'x' }"
    )
    assert "requirements.operating_system.windows.pass_from" in told(path)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("turn:turn.example.org", "turn.example.org", 3478),
        ("turn:turn.example.org:5349", "turn.example.org", 5349),
        ("turn:192.168.1.10:3478", "192.168.1.10", 3478),
        ("turn:[2001:db8::1]:3479", "2001:db8::1", 3479),
        ("turn:[2001:db8::1]", "2001:db8::1", 3478),
        ("turn:clinic", "clinic", 3478),
    ],
)
def test_turn_servers(save: Save, url: str, host: str, port: int) -> None:
    profile = load(str(save(_with(TURN.format(url=url) + "password = 'b'"))), KINDS)
    assert profile.turn == (TurnServer(url=url, username="a", password="b"),)
    assert (profile.turn[0].host, profile.turn[0].port, profile.turn[0].tls_port) == (host, port, 443)


def test_a_turn_server_made_up_in_code_must_have_an_address_too() -> None:
    with pytest.raises(ValueError, match=r"'a\.org' is no address of a TURN server"):
        _ = TurnServer(url="a.org", username="a", password="b").host


# --- One profile on top of another -------------------------------------------------------------------------------------


def test_a_profile_says_only_what_differs(save: Save) -> None:
    path = save(
        """
        based_on = "kaiser_permanente"
        id = "kp_fontana"

        [[servers]]
        kind = "librespeed"
        url = "http://192.168.1.10:8989"

        [sources.clinic]
        title = "Measured in the clinic"
        date = 2026-10-01

        [requirements.bandwidth]
        down_mbps = { fail_below = 1.0, source = "clinic" }

        [join.computer.title]
        en = "On the clinic's computer"
        """
    )
    base, profile = load("kaiser_permanente", KINDS), load(str(path), KINDS)
    assert profile.id == "kp_fontana"
    assert (profile.edition, profile.phones, profile.join.phone) == (base.edition, base.phones, base.join.phone)
    # a list is replaced whole
    assert profile.servers == (Server(kind=ServerKind.LIBRESPEED, url="http://192.168.1.10:8989"),)
    # tables merge, however deep
    assert profile.join.computer.title == Localized(en="On the clinic's computer", es="En esta computadora")
    assert set(profile.sources) == {*base.sources, "clinic"}
    bandwidth, before = profile.requirements["bandwidth"], base.requirements["bandwidth"]
    assert bandwidth["up_mbps"] == before["up_mbps"]
    # a number never keeps the source of another number
    assert bandwidth["down_mbps"] == {"fail_below": 1.0, "source": "clinic"}
    # and nothing of this leaks into the base
    assert load("kaiser_permanente", KINDS) == base


def test_a_number_needs_a_source_of_its_own(save: Save) -> None:
    path = save('based_on = "generic"\nid = "a"\n[requirements.bandwidth.down_mbps]\nfail_below = 1')
    assert told(path) == 'p.toml: requirements.bandwidth.down_mbps.source is missing; add source = "…".'


def test_a_value_may_replace_a_table(save: Save) -> None:
    assert told(save('based_on = "generic"\nid = "a"\njoin = 5')) == (
        "p.toml: join is 5, but it must be a table of its own."
    )


@pytest.mark.parametrize(("base", "value"), [('"nowhere"', '"nowhere"'), ("7", "7"), ('"../generic"', '"../generic"')])
def test_a_base_that_is_not_there(save: Save, base: str, value: str) -> None:
    assert told(save(f'id = "a"\nbased_on = {base}')) == f"p.toml: based_on is {value}, but it must be one of {KNOWN}."


def test_a_base_needs_an_id_on_top(save: Save) -> None:
    assert told(save('based_on = "generic"')) == 'p.toml: id is missing; add id = "p".'


@pytest.mark.parametrize("chain", [["a"], ["b", "a"], ["b", "c", "a"], ["b", "c", "b"]])
def test_a_circle_of_bases(tmp_path: Path, chain: list[str]) -> None:
    for name, base in zip(["a", *chain], chain, strict=False):
        (tmp_path / f"{name}.toml").write_text(f'id = "{name}"\nbased_on = "{base}"')
    assert told("a", folder=tmp_path) == (
        f'a.toml: based_on is "{chain[-1]}", which leads back to this profile; name another one.'
    )


# --- Whatever is in a file: a profile or a sentence --------------------------------------------------------------------


def as_toml(value: object) -> str:
    """A value in TOML, all on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(str(key))} = {as_toml(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(as_toml, value)) + "]"
        case bool() | str():
            return json.dumps(value).replace("\\ud", "\\u0d").replace("\x7f", "\\u007f")
        case float() if not math.isfinite(value):
            return {math.inf: "inf", -math.inf: "-inf"}.get(value, "nan")
        case datetime.date():
            return value.isoformat()
        case _:
            return str(value)


def raw(profile_id: str) -> dict[str, Any]:
    return tomllib.loads((SHIPPED / f"{profile_id}.toml").read_text(encoding="utf-8"))


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a profile's data."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def names(value: object) -> Iterator[str]:
    yield from (str(place[-1]) for place in places(value))


BASES: Final = {profile_id: raw(profile_id) for profile_id in shipped()}
PLACES: Final = [(profile_id, place) for profile_id, data in BASES.items() for place in places(data)]
WORDS: Final = sorted({name for data in BASES.values() for name in names(data)} | {"based_on", "url", "fail_above"})

scalars = (
    st.none().map(lambda _: "generic")
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.dates()
    | st.datetimes()
    | st.sampled_from(["https://a.org", "http://10.0.0.1", "kaiser_permanente", "1-844-800-0820", "zoom_speed"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=8), inner),
    max_leaves=12,
)


def profile_or_sentence(path: Path) -> None:
    refusal: ProfileError | None = None
    try:
        profile = load(str(path), KINDS)
    except ProfileError as error:
        refusal = error
    else:
        assert isinstance(profile, Profile)
        for check_id, kind in KINDS.items():
            profile.requirement(check_id, kind)
    if refusal:
        assert str(refusal) == refusal.sentence.format(**refusal.params)
        assert str(refusal).isprintable()
        assert len(str(refusal)) < 1000
        assert path.name in str(refusal)


fuzzing = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzzing
@given(content=st.binary(max_size=300))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(content)
    profile_or_sentence(path)


@fuzzing
@given(data=st.data())
def test_a_profile_with_bytes_changed(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray((SHIPPED / "kaiser_permanente.toml").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "p.toml"
    path.write_bytes(content)
    profile_or_sentence(path)


@fuzzing
@given(content=st.dictionaries(st.sampled_from([*Profile.__struct_fields__, "based_on"]) | st.text(max_size=8), values))
def test_any_data(tmp_path: Path, content: dict[str, object]) -> None:
    path = tmp_path / "p.toml"
    path.write_text("".join(f"{json.dumps(key)} = {as_toml(item)}\n" for key, item in content.items()), "utf-8")
    profile_or_sentence(path)


@fuzzing
@given(chosen=st.sampled_from(PLACES), value=values, remove=st.booleans())
def test_a_profile_with_one_thing_changed(
    tmp_path: Path, chosen: tuple[str, tuple[str | int, ...]], value: object, remove: bool
) -> None:
    profile_id, place = chosen
    changed: Any = raw(profile_id)
    inside = changed
    for key in place[:-1]:
        inside = inside[key]
    if remove:
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    path = tmp_path / "p.toml"
    path.write_text("".join(f"{json.dumps(key)} = {as_toml(item)}\n" for key, item in changed.items()), "utf-8")
    profile_or_sentence(path)


def test_the_sentences_are_marked_for_translation() -> None:
    """Every template can be filled in from the parameters that its error carries: none asks for another name."""
    known = {
        *("file", "field", "value", "known", "nearest", "example", "problem", "size", "most", "least", "position"),
        *("line", "column", "table", "kind", "fail", "count"),
    }
    templates: Mapping[str, object] = vars(profiles)
    sentences = [value for value in templates.values() if isinstance(value, str) and "{file}" in value]
    assert len(sentences) >= 18
    for sentence in sentences:
        assert set(re.findall(r"{(\w+)}", sentence)) <= known, sentence
