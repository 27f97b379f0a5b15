from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from readiness.kiosk.config import DEFAULT, MAX_BYTES, ConfigError, clock, parse, read
from readiness.kiosk.pin import scrypt_line

HEAD = "schema_version = 1\nversion = 3\n"


def told(text: str | bytes) -> str:
    content = text if isinstance(text, bytes) else (HEAD + text).encode()
    with pytest.raises(ConfigError) as wrong:
        parse(content, "kiosk.toml")
    return str(wrong.value)


def test_a_version_is_enough_and_everything_else_has_a_default() -> None:
    config = parse(HEAD.encode(), "kiosk.toml")
    assert config.version == 3
    assert config.session.idle_s == 60
    assert config.languages == ("en", "es")
    assert (config.printing, config.fleet, config.staff.pin) == (None, None, None)
    assert DEFAULT.version == 0


def test_a_whole_file() -> None:
    config = parse(
        (
            HEAD
            + f"""
profile = "kaiser_permanente"
languages = ["es", "en"]
voice = false
[screen]
monitor = "2"
[session]
idle_s = 120
countdown_s = 45
done_s = 20
[place]
phone = "555-0100"
front_desk = {{ en = "the desk by the door", es = "la mesa junto a la puerta" }}
[equipment]
camera = "Lobby"
volume_pct = 80
[printing]
[hours]
dim_from = "19:00"
dim_to = "06:30"
self_test_at = "06:45"
[staff]
pin = "{scrypt_line("2468")}"
rearm_s = 0
[fleet]
kiosk = "lobby-2"
host = "mqtt.example.org"
user = "lobby-2"
password_file = "/etc/readiness/mqtt"
"""
        ).encode(),
        "kiosk.toml",
    )
    assert config.place.front_desk["es"] == "la mesa junto a la puerta"
    assert config.printing is not None
    assert config.printing.printer == ""
    assert config.fleet is not None
    assert config.fleet.port == 8883
    assert clock(config.hours.dim_from) == time(19)
    assert clock(None) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[session]\nidle_s = 5", "kiosk.toml: session.idle_s is 5, but it must be between 30 and 300."),
        ("[session]\nidle_s = 301", "kiosk.toml: session.idle_s is 301, but it must be between 30 and 300."),
        ("[equipment]\nvolume_pct = 101", "kiosk.toml: equipment.volume_pct is 101, but it must be between 0 and 100."),
        ("[staff]\nrearm_s = 4000", "kiosk.toml: staff.rearm_s is 4000, but it must be between 0 and 3600."),
        ('[hours]\ndim_from = "19:00"', "kiosk.toml: hours.dim_from is set; set dim_to, too."),
        ('[hours]\ndim_to = "19:00"', "kiosk.toml: hours.dim_to is set; set dim_from, too."),
        (
            '[hours]\nself_test_at = "7 am"',
            'kiosk.toml: hours.self_test_at is "7 am", but it must be a time of day such as “07:00”.',
        ),
        ('[staff]\npin = "2468"', "kiosk.toml: staff.pin is not the line that “readiness kiosk pin” prints."),
        ("languages = []", "kiosk.toml: languages is empty; name at least one language."),
        ('languages = ["es", "es"]', "kiosk.toml: languages names es twice."),
        ('languages = ["fr"]', 'kiosk.toml: languages[0] is "fr", but it must be one of en, es.'),
        ("sesion = 1", "kiosk.toml: sesion is not a known name; did you mean session?"),
        ("version = 4", "kiosk.toml: line 3, column 12: this name was given a value before; keep one of the two."),
        (
            '[fleet]\nkiosk = "Lobby 2"\nhost = "a"',
            'kiosk.toml: fleet.kiosk is "Lobby 2", but it must be a short name of a to z, 0 to 9 and - such as lobby-2.',
        ),
        (
            '[fleet]\nkiosk = "a"\nhost = "a b"',
            'kiosk.toml: fleet.host is "a b", but it must be the name of a server such as mqtt.example.org.',
        ),
        (
            '[fleet]\nkiosk = "a"\nhost = "b"',
            "kiosk.toml: fleet has neither a certificate nor a user name; a broker must know who reports.",
        ),
        (
            '[fleet]\nkiosk = "a"\nhost = "b"\ncertificate = "c.pem"',
            "kiosk.toml: fleet.certificate is set; set key, too.",
        ),
        (
            '[fleet]\nkiosk = "a"\nhost = "b"\npassword_file = "c"',
            "kiosk.toml: fleet.password_file is set; set user, too.",
        ),
        (
            '[fleet]\nkiosk = "a"\nhost = "b"\nuser = "c"\npassword_file = "d"\nport = 70000',
            "kiosk.toml: fleet.port is 70000, but it must be between 1 and 65535.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, sentence: str) -> None:
    assert told(text) == sentence


def test_a_file_of_a_later_program_is_not_guessed_at() -> None:
    assert told(b"schema_version = 2\nnew = 1") == (
        "kiosk.toml is for a newer version of this program. Please update the program."
    )


def test_a_file_that_is_no_text() -> None:
    assert "byte 1 is not UTF-8" in told(b"\xff\xfe")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^nowhere\.toml cannot be read: it does not exist\.$"):
        read(tmp_path / "nowhere.toml")


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ConfigError, match=r"larger than 262144 bytes"):
        read(path)
