"""The two ends of a link: network namespaces, each with its adapter, its address and its congestion control."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from tests.lab.inside import LabError

DEVICE: Final = "line0"

#: So many packets may wait for `link.c` to take them; it takes them at once.
_ADAPTER_PACKETS: Final = 10_000

#: IPv6 would send packets of its own on the line; without it, there is nothing but what programs send.
_QUIET: Final = f"net/ipv6/conf/{DEVICE}/disable_ipv6"

_CONGESTION: Final = Path("/proc/sys/net/ipv4")


class End(msgspec.Struct, frozen=True):
    """One end."""

    name: str
    """Of its namespace."""
    address: str
    congestion: str

    @property
    def prefix(self) -> tuple[str, ...]:
        """Put before a command, it makes it run here."""
        return ("ip", "netns", "exec", self.name)

    def make(self, hosts: Sequence[tuple[str, str]]) -> None:
        """Make the namespace, with (address, name) of the ``hosts`` it knows. Nobody answers for other names."""
        _provide(self.congestion)
        _run("ip", "netns", "add", self.name)
        settings = Path("/etc/netns", self.name)
        settings.mkdir(parents=True)
        (settings / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        known = (("127.0.0.1", "localhost"), ("::1", "localhost"), *hosts)
        (settings / "hosts").write_text("".join(f"{address} {name}\n" for address, name in known))
        # Without metrics of earlier connections each one begins as the first does.
        self._set(f"net.ipv4.tcp_congestion_control={self.congestion}", "net.ipv4.tcp_no_metrics_save=1")

    def connect(self, mtu: int) -> None:
        """Bring its adapter up, once that is there."""
        if Path("/proc/sys", _QUIET).parent.parent.exists():
            self._set(f"{_QUIET.replace('/', '.')}=1")
        _run("ip", "-n", self.name, "addr", "add", f"{self.address}/24", "dev", DEVICE)
        up = ("mtu", str(mtu), "txqueuelen", str(_ADAPTER_PACKETS), "up")
        _run("ip", "-n", self.name, "link", "set", DEVICE, *up)
        _run("ip", "-n", self.name, "link", "set", "lo", "up")

    def bytes(self) -> tuple[int, int]:
        """What its adapter has received and sent, by the kernel's own count."""
        seen = json.loads(_run("ip", "-n", self.name, "-s", "-j", "link", "show", "dev", DEVICE))
        stats = seen[0]["stats64"]
        return stats["rx"]["bytes"], stats["tx"]["bytes"]

    def _set(self, *wishes: str) -> None:
        _run(*self.prefix, "sysctl", "-qw", *wishes)


def _provide(congestion: str) -> None:
    """Make sure that namespaces may use it: what is loaded beside the default must be allowed to them first."""
    if congestion not in _known("available") and shutil.which("modprobe"):
        subprocess.run(["modprobe", f"tcp_{congestion}"], capture_output=True, check=False)
    available, allowed = _known("available"), _known("allowed")
    if congestion not in available:
        raise LabError(f"This system has no {congestion} congestion control: it has {', '.join(available)}.")
    if congestion not in allowed:
        (_CONGESTION / "tcp_allowed_congestion_control").write_text(" ".join([*allowed, congestion]))


def _known(which: str) -> list[str]:
    return (_CONGESTION / f"tcp_{which}_congestion_control").read_text().split()


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"A link could not be made: {' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
