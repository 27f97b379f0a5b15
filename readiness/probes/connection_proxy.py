"""What stands between the browsers of this computer and the internet by its settings: a proxy, or a script that names one.

The environment counts first, as it does for most programs; where it names nothing, the desktop's settings do. A proxy
script (PAC, or WPAD where the network is asked for one) is a program for browsers. We do not run it, and say so.
"""

from __future__ import annotations

import functools
import sys
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Final

import msgspec

#: Schemes of the addresses of proxies that do not speak HTTP. We do not speak to them.
_SOCKS: Final = ("socks", "socks4", "socks4a", "socks5", "socks5h")


class Settings(msgspec.Struct, frozen=True):
    """The settings for everything that goes out of this computer."""

    proxies: Mapping[str, str] = {}
    """Addresses of proxies by scheme ("https", "http", "all"), and under "no" the hosts that need none."""
    script: str | None = None
    """Where the proxy script is; "" for one that the network is asked for. None: there is no script."""

    @property
    def socks(self) -> bool:
        """Whether web pages go through a SOCKS proxy."""
        address = self.proxies.get("https") or self.proxies.get("all") or self.proxies.get("socks") or ""
        return address.partition("://")[0].lower() in _SOCKS or (
            bool(address) and address == self.proxies.get("socks", "")
        )


def settings() -> Settings:
    """What this computer's settings say now."""
    named = urllib.request.getproxies_environment()
    return Settings(named) if any(scheme != "no" for scheme in named) else _of_the_desktop()


@functools.cache
def _of_the_desktop() -> Settings:
    """The settings that a person makes in windows. Asked once in the short life of a probe: it may take a program."""
    if sys.platform == "linux":
        from readiness.probes import connection_proxy_linux

        return connection_proxy_linux.desktop_settings()
    if sys.platform == "win32":
        from readiness.probes import connection_windows

        return Settings(urllib.request.getproxies(), connection_windows.proxy_script())
    if sys.platform == "darwin":
        from readiness.probes import connection_macos

        return connection_macos.proxy_settings()
    return Settings(urllib.request.getproxies())


def goes_past(host: str, exceptions: str) -> bool:
    """Whether a host is among the exceptions: names with a comma between, each for all that ends in it; * for all."""
    names = [name.strip().lower().lstrip(".") for name in exceptions.split(",")]
    return any(name == "*" or host.lower() == name or host.lower().endswith(f".{name}") for name in names if name)


def script_host(address: str) -> str:
    """What may be told of where a script is: its host, or the bare name of a file. "" where there is nothing to tell."""
    try:
        parts = urllib.parse.urlsplit(address)
        name = parts.hostname or ""
    except ValueError:
        return ""
    return (name or parts.path.replace("\\", "/").rpartition("/")[2])[:80]
