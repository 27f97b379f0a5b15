"""Settings of proxies as desktops keep them: recorded answers, and what is read from them."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness.probes import (
    connection_macos,
    connection_open,
    connection_proxy,
    connection_proxy_linux,
    connection_windows,
)
from readiness.probes.connection_proxy import Settings, script_host


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "XDG_CURRENT_DESKTOP"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    connection_proxy._of_the_desktop.cache_clear()
    yield
    connection_proxy._of_the_desktop.cache_clear()


# --- GNOME -----------------------------------------------------------------------------------------------------------

GNOME = """\
org.gnome.system.proxy autoconfig-url '{script}'
org.gnome.system.proxy ignore-hosts {past}
org.gnome.system.proxy mode '{mode}'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.ftp host ''
org.gnome.system.proxy.ftp port 0
org.gnome.system.proxy.http authentication-password 'secret'
org.gnome.system.proxy.http authentication-user 'person'
org.gnome.system.proxy.http enabled false
org.gnome.system.proxy.http host 'proxy.office.test'
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.http use-authentication {login}
org.gnome.system.proxy.https host 'safe.office.test'
org.gnome.system.proxy.https port 8443
org.gnome.system.proxy.socks host ''
org.gnome.system.proxy.socks port 0
"""


def gnome(mode: str, script: str = "", past: str = "@as []", login: str = "false") -> Settings:
    return connection_proxy_linux.of_gnome(GNOME.format(mode=mode, script=script, past=past, login=login))


BY_HAND = {"http": "http://proxy.office.test:8080", "https": "http://safe.office.test:8443"}


def test_gnome() -> None:
    assert gnome("none") == Settings()
    assert gnome("auto", "http://wpad.office.test/proxy.pac") == Settings(script="http://wpad.office.test/proxy.pac")
    assert gnome("auto") == Settings(script="")
    assert gnome("manual") == Settings(BY_HAND)
    past = gnome("manual", past="['localhost', '127.0.0.0/8', '*.office.test']")
    assert past == Settings({**BY_HAND, "no": "localhost,127.0.0.0/8,.office.test"})
    assert connection_open.proxy_for("desk.office.test", "https", past.proxies) is None
    assert connection_open.proxy_for("visit.test", "https", past.proxies) is not None
    with_login = gnome("manual", login="true").proxies
    assert with_login["http"] == "http://person:secret@proxy.office.test:8080"


def test_gnome_with_a_socks_proxy_alone() -> None:
    settings = connection_proxy_linux.of_gnome(
        "org.gnome.system.proxy mode 'manual'\n"
        "org.gnome.system.proxy.socks host '127.0.0.1'\n"
        "org.gnome.system.proxy.socks port 1080\n"
    )
    assert settings == Settings({"socks": "socks://127.0.0.1:1080"})
    assert settings.socks
    assert connection_open.proxy_for("visit.test", "https", settings.proxies) is None


@pytest.mark.parametrize("noise", ["", "No such schema “org.gnome.system.proxy”", "a b\nc\n\n", "x mode <odd>"])
def test_what_gnome_does_not_tell_is_no_proxy(noise: str) -> None:
    assert connection_proxy_linux.of_gnome(noise) == Settings()


# --- KDE -------------------------------------------------------------------------------------------------------------

KDE = """\
PersistentProxyConnection=false
[Proxy Settings]
AuthMode=0
NoProxyFor=localhost, .office.test
Proxy Config Script=http://wpad.office.test/proxy.pac
ProxyType{mark}={kind}
ReversedException={reversed}
ftpProxy=
httpProxy=http://proxy.office.test 8080
httpsProxy=safe.office.test:8443
socksProxy={socks}
"""


def kde(kind: int, mark: str = "", *, only: bool = False, socks: str = "") -> Settings:
    text = KDE.format(kind=kind, mark=mark, reversed="true" if only else "false", socks=socks)
    return connection_proxy_linux.of_kde(text)


def test_kde() -> None:
    assert kde(0) == Settings()
    assert kde(1) == Settings({**BY_HAND, "no": "localhost,,.office.test"})
    assert kde(2) == Settings(script="http://wpad.office.test/proxy.pac")
    assert kde(2, "[$i]") == Settings(script="http://wpad.office.test/proxy.pac")
    assert kde(3) == Settings(script="")
    assert kde(4) == Settings()
    assert kde(1, socks="127.0.0.1 1080").proxies["socks"] == "socks://127.0.0.1:1080"
    for host, through in (("visit.test", True), ("desk.office.test", False)):
        assert bool(connection_open.proxy_for(host, "https", kde(1).proxies)) is through
    only_some = kde(1, only=True)
    assert connection_open.proxy_for("visit.test", "https", only_some.proxies) is None


@pytest.mark.parametrize("noise", ["", "[Proxy Settings", "[Other]\nProxyType=1\n", "\0", "no equals sign"])
def test_what_kde_does_not_tell_is_no_proxy(noise: str) -> None:
    assert connection_proxy_linux.of_kde(noise) == Settings()


# --- Which desktop, and the environment first -------------------------------------------------------------------------


def test_each_desktop_is_asked_in_its_own_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        connection_proxy_linux, "_gsettings", lambda: GNOME.format(mode="auto", script="", past="[]", login="false")
    )
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "kioslaverc").write_text(KDE.format(kind=2, mark="", reversed="false", socks=""))
    for desktop, script in (
        ("", None),
        ("XFCE", None),
        ("ubuntu:GNOME", ""),
        ("X-Cinnamon", ""),
        ("KDE", "http://wpad.office.test/proxy.pac"),
    ):
        monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
        assert connection_proxy_linux.desktop_settings().script == script
    (tmp_path / "kioslaverc").unlink()
    assert connection_proxy_linux.desktop_settings() == Settings()
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config" / "kioslaverc").write_text("[Proxy Settings]\nProxyType=3\n")
    assert connection_proxy_linux.desktop_settings() == Settings(script="")


def test_a_system_without_gsettings_or_with_one_that_hangs_has_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (FileNotFoundError("gsettings"), subprocess.TimeoutExpired("gsettings", 1)):

        def refused(*arguments: object, error: Exception = error, **options: object) -> None:
            raise error

        monkeypatch.setattr(subprocess, "run", refused)
        assert connection_proxy_linux.of_gnome(connection_proxy_linux._gsettings()) == Settings()


def test_the_environment_counts_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_proxy_linux, "desktop_settings", lambda: Settings(script="http://wpad.test/"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert connection_proxy.settings().script == "http://wpad.test/"
    monkeypatch.setenv("no_proxy", "localhost")  # names no proxy
    assert connection_proxy.settings().script == "http://wpad.test/"
    monkeypatch.setenv("https_proxy", "http://proxy.test:3128")
    assert connection_proxy.settings() == Settings({"https": "http://proxy.test:3128", "no": "localhost"})
    assert connection_open.system_proxies()["https"] == "http://proxy.test:3128"


def test_every_system_is_asked_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"https": "http://proxy.test:1"}
    monkeypatch.setattr(urllib.request, "getproxies", lambda: named)
    monkeypatch.setattr(connection_windows, "proxy_script", lambda: "http://wpad.test/")
    monkeypatch.setattr(connection_macos, "said", lambda *command: SCUTIL)
    for platform, expected in (
        ("win32", Settings(named, "http://wpad.test/")),
        ("darwin", Settings(named, "http://wpad.office.test/proxy.pac")),
        ("freebsd14", Settings(named)),
    ):
        connection_proxy._of_the_desktop.cache_clear()
        monkeypatch.setattr(sys, "platform", platform)
        assert connection_proxy.settings() == expected


# --- macOS -----------------------------------------------------------------------------------------------------------

SCUTIL = """\
<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
  }
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 3128
  HTTPProxy : proxy.office.test
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://wpad.office.test/proxy.pac
  ProxyAutoDiscoveryEnable : 0
  SOCKSEnable : 0
}
"""


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (SCUTIL, Settings({}, "http://wpad.office.test/proxy.pac")),
        (SCUTIL.replace("ConfigEnable : 1", "ConfigEnable : 0"), Settings()),
        ("<dictionary> {\n  ProxyAutoDiscoveryEnable : 1\n}\n", Settings(script="")),
        (
            "<dictionary> {\n  SOCKSEnable : 1\n  SOCKSPort : 9050\n  SOCKSProxy : 127.0.0.1\n}\n",
            Settings({"socks": "socks://127.0.0.1:9050"}),
        ),
        ("<dictionary> {\n  SOCKSEnable : 1\n}\n", Settings()),
        ("<dictionary> {\n}\n", Settings()),
        ("", Settings()),
    ],
)
def test_macos(told: str, expected: Settings) -> None:
    assert connection_macos.proxies_in(told, {}) == expected


# --- What is told ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://wpad.office.test:8080/proxy.pac?user=me", "wpad.office.test"),
        ("file:///C:/Users/person/proxy.pac", "proxy.pac"),
        (r"file://C:\Users\person\proxy.pac", "c"),
        ("", ""),
        ("http://[broken", ""),
        ("http://" + "a" * 200 + "/", "a" * 80),
    ],
)
def test_where_a_script_is_without_what_may_name_a_person(address: str, host: str) -> None:
    assert script_host(address) == host


@pytest.mark.parametrize(
    ("proxies", "socks"),
    [
        ({}, False),
        ({"https": "http://a.test:1", "socks": "socks://b.test:1"}, False),
        ({"https": "socks4://a.test:1"}, True),  # as Windows' settings are read
        ({"all": "socks5h://a.test:1"}, True),
        ({"socks": "a.test:1"}, True),
        ({"http": "http://a.test:1"}, False),
    ],
)
def test_socks(proxies: dict[str, str], socks: bool) -> None:
    assert Settings(proxies).socks is socks
