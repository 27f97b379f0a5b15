"""The guide for IT departments names what the program really does: places, properties, ports, exit statuses."""

from __future__ import annotations

import re
import sys
from pathlib import Path, PureWindowsPath
from urllib.parse import urlsplit

import msgspec
import platformdirs.macos
import platformdirs.unix
import pytest
from windows import wix

from readiness import profile as profiles
from readiness.checks import CHECKS
from readiness.cli import main
from readiness.exits import Exit
from readiness.fleet.config import FleetConfig
from readiness.kiosk.store import own_folder
from readiness.last_time import trace_path
from readiness.policy import FILES, REGISTRY_KEY, Policy
from readiness.profile import ServerKind
from readiness.reminder_ports import NAME

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "it-guide.md").read_text(encoding="utf-8")

#: Rows of all its tables: the cells of each.
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE.splitlines() if line.startswith("|")]


def shipped() -> list[profiles.Profile]:
    return [profiles.load(name, {check.id: check.requires for check in CHECKS}) for name in profiles.shipped()]


def ports_of(host: str) -> str:
    """The last cell of the row that names a host."""
    (row,) = [row for row in ROWS if any(f"`{host}`" in cell for cell in row)]
    return row[-1]


def test_every_host_that_a_shipped_profile_names_is_named_with_its_port() -> None:
    for profile in shipped():
        for host in (*profile.network.hosts, *profile.network.other_hosts):
            assert "443" in ports_of(host)
        for page in profile.network.portal_pages:
            parts = urlsplit(page.url)
            assert str(parts.port or {"http": 80, "https": 443}[parts.scheme]) in ports_of(parts.hostname or "")
        known = {ServerKind.SPEEDTEST_NET: "www.speedtest.net", ServerKind.CLOUDFLARE: "speed.cloudflare.com"}
        for server in profile.servers:
            assert "443" in ports_of(known[server.kind])
        assert profile.turn == (), "a server for test calls would have to stand in the guide"


def test_no_host_is_named_that_nobody_calls() -> None:
    named = set(
        re.findall(r"`([a-z0-9-]+(?:\.[a-z0-9-]+)+)`", "\n".join(" ".join(row[1:]) for row in ROWS if "TCP" in row[-1]))
    )
    called = {"www.speedtest.net", "speed.cloudflare.com"}
    for profile in shipped():
        called |= {*profile.network.hosts, *profile.network.other_hosts}
        called |= {urlsplit(page.url).hostname or "" for page in profile.network.portal_pages}
    assert named == called


def test_the_ports_of_what_a_clinic_adds() -> None:
    assert FleetConfig(kiosk="a", host="b").port == 8883
    assert "by MQTT over TLS | 8883 TCP" in GUIDE
    turn = profiles.TurnServer(url="turn:a.example", username="u", password="p")
    assert f"3478 UDP and TCP, {turn.tls_port} TCP" in GUIDE


def test_the_properties_and_the_policy() -> None:
    told = {row[0].strip("`") for row in ROWS if re.fullmatch(r"`[A-Z]+`", row[0])}
    assert told == {*wix.PROPERTIES, "SHORTCUTS", "INSTALLDIR"}
    assert rf"`HKEY_LOCAL_MACHINE\{REGISTRY_KEY}`" in GUIDE
    assert wix.REGISTRY_KEY == REGISTRY_KEY
    for place in FILES.values():
        assert f"`{place.as_posix()}`" in GUIDE
    for name in Policy.__struct_fields__:
        assert re.search(rf"^    {name} = \"", GUIDE, re.MULTILINE), name


def test_the_example_of_a_policy_is_one() -> None:
    import tomllib

    text = GUIDE.partition("`/etc/readiness/policy.toml` |\n")[2].partition("\nAll three")[0]
    assert msgspec.convert(tomllib.loads(text), Policy).language == "es"


def test_the_example_of_a_profile_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = GUIDE.partition("shipped one:\n")[2].partition("\n`readiness profile validate")[0]
    file = tmp_path / "our_clinic.toml"
    file.write_text(re.sub(r"(?m)^ {4}", "", text).strip() + "\n", encoding="utf-8")
    assert main(["profile", "validate", str(file), "--lang", "en"]) == 0, capsys.readouterr().err


def test_every_exit_status_is_told() -> None:
    told = {
        int(number) for row in ROWS for number in re.findall(r"\b\d+\b", row[0]) if re.fullmatch(r"[\d, ]+", row[0])
    }
    assert told == {int(status) for status in Exit}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the places of Linux")
def test_the_places_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/ana")
    for place in (trace_path(), own_folder()):
        assert f"~/{place.relative_to('/home/ana').as_posix()}" in GUIDE
    unix = platformdirs.unix.Unix("readiness", appauthor=False)
    assert f"~/{Path(unix.user_log_dir, 'readiness.log').relative_to('/home/ana')}" in GUIDE


def test_the_places_elsewhere() -> None:
    mac = platformdirs.macos.MacOS("readiness", appauthor=False)
    for folder, file in ((mac.user_log_dir, "readiness.log"), (mac.user_data_dir, "last_results.json")):
        assert f"~/{Path(folder, file).relative_to(Path.home()).as_posix()}" in GUIDE
    for name in ("readiness.log", "last_results.json", "visit_time.txt"):
        (row,) = [row for row in ROWS if f"{name}`" in row[1]]
        assert PureWindowsPath(row[1].strip("`")).name == name
    assert GUIDE.count(NAME) == 3


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", GUIDE)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


@pytest.mark.parametrize("words", [["check"], ["licences"], ["forget"], ["remind"], ["kiosk", "install"], ["serve"]])
def test_the_commands_exist(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert f"readiness {' '.join(words)}" in GUIDE
    assert main([*words, "--help"]) == 0
    assert capsys.readouterr().out
