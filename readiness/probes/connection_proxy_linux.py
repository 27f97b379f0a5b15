"""The proxy settings of Linux desktops, where browsers look for them: GNOME's in dconf, KDE's in a file.

The same desktops as in Chromium: all others have no settings of their own, and only the environment counts there.
"""

from __future__ import annotations

import ast
import configparser
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from readiness.probes.connection_proxy import Settings

#: Names in XDG_CURRENT_DESKTOP of desktops that keep their settings where GNOME does.
_LIKE_GNOME: Final = frozenset({"GNOME", "CINNAMON", "X-CINNAMON", "UNITY", "PANTHEON", "DEEPIN", "UKUI", "BUDGIE"})

_SCHEMA: Final = "org.gnome.system.proxy"

#: How long dconf may take to answer. It takes ten milliseconds.
_PATIENCE_S: Final = 1.0

#: KDE's ProxyType: 1 by hand, 2 a script, 3 a script that the network is asked for; 0 is none and 4 the environment.
_BY_HAND, _SCRIPT, _ASK_NETWORK = "1", "2", "3"


def desktop_settings() -> Settings:
    """The settings of the desktop that runs; none where none runs or it has none."""
    desktops = set(os.environ.get("XDG_CURRENT_DESKTOP", "").upper().split(":"))
    if "KDE" in desktops:
        folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return of_kde(_text(Path(folder, "kioslaverc")))
    return of_gnome(_gsettings()) if desktops & _LIKE_GNOME else Settings()


def of_gnome(listing: str) -> Settings:
    """The settings in what ``gsettings list-recursively org.gnome.system.proxy`` prints: schema, key and value a line."""
    said: dict[str, object] = {}
    for line in listing.splitlines():
        schema, key, value = (*line.split(maxsplit=2), "", "", "")[:3]
        said[f"{schema.removeprefix(_SCHEMA)} {key}".strip()] = _value(value)
    if said.get("mode") == "auto":
        return Settings(script=str(said.get("autoconfig-url") or ""))
    if said.get("mode") != "manual":
        return Settings()
    named = {scheme: _address(said, scheme) for scheme in ("http", "https", "socks")}
    hosts = said.get("ignore-hosts")
    named["no"] = ",".join(str(host).removeprefix("*") for host in hosts) if isinstance(hosts, list) else ""
    return Settings({scheme: address for scheme, address in named.items() if address})


def _address(said: Mapping[str, object], scheme: str) -> str:
    host, port = said.get(f".{scheme} host"), said.get(f".{scheme} port")
    if not host or not port:
        return ""
    login = ""
    if scheme == "http" and said.get(".http use-authentication") is True:
        login = f"{said.get('.http authentication-user', '')}:{said.get('.http authentication-password', '')}@"
    return f"{'socks' if scheme == 'socks' else 'http'}://{login}{host}:{port}"


def _value(text: str) -> object:
    """A value as GLib prints it: quoted words, numbers, lists of words, true and false. None for anything else."""
    words = {"true": True, "false": False, "@as []": []}
    if text in words:
        return words[text]
    try:
        value: object = ast.literal_eval(text.removeprefix("uint32 "))
    except (ValueError, SyntaxError):
        return None
    return value


def of_kde(text: str) -> Settings:
    """The settings in KDE's file ``kioslaverc``."""
    file = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",), comment_prefixes=("#",))
    try:
        file.read_string(f"[top]\n{text}")  # the file may begin with keys of no group
    except configparser.Error:
        return Settings()
    # A key may carry a mark such as [$i]: it may not be changed by the person.
    rows = file["Proxy Settings"].items() if file.has_section("Proxy Settings") else ()
    said = {re.sub(r"\[\$\w+\]$", "", key): value.strip() for key, value in rows}
    kind = said.get("proxytype", "0")
    if kind == _ASK_NETWORK:
        return Settings(script="")
    if kind == _SCRIPT:
        return Settings(script=said.get("proxy config script", ""))
    if kind != _BY_HAND:
        return Settings()
    named = {scheme: _kde_address(said.get(f"{scheme}proxy", ""), scheme) for scheme in ("http", "https", "socks")}
    # With "reversed", the list names the only hosts that take the proxy: nothing we ask is among them for sure.
    named["no"] = "*" if said.get("reversedexception") == "true" else said.get("noproxyfor", "").replace(" ", ",")
    return Settings({scheme: address for scheme, address in named.items() if address})


def _kde_address(text: str, scheme: str) -> str:
    """KDE writes ``http://proxy.example 8080``, with a blank before the port; older ones a colon."""
    address = ":".join(text.split())
    if not address or "://" in address:
        return address
    return f"{'socks' if scheme == 'socks' else 'http'}://{address}"


def _gsettings() -> str:
    try:
        answer = subprocess.run(
            ["gsettings", "list-recursively", _SCHEMA],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
