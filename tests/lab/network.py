"""Networks that behave as told, for programs that believe they are on the internet.

    with Network("portal") as network:
        subprocess.run([*network.prefix, *command], env={**os.environ, **network.environment})

Two network namespaces joined by a cable: the client's, and the world outside with its name server, its web pages and
its hosts, whose certificates are signed by an authority that only this lab trusts. It needs root and iproute2; several
networks may stand side by side. Nothing leaves the two namespaces.

A weak Wi-Fi cannot be made here: that needs a radio. Its parts are tested on what Linux, Windows and macOS recorded.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec
import trustme

from tests.lab.inside import PATIENCE_S, LabError
from tests.lab.network_world import Certificate, Host, Page, Public, Speed, Tls, World

PROJECT: Final = Path(__file__).resolve().parent.parent.parent

#: The lab's provider, by the names its profile knows.
PROVIDER_HOSTS: Final = ("visit.provider.test", "media.provider.test")
OTHER_HOST: Final = "www.elsewhere.test"
PORTAL_PAGE: Final = "http://check.elsewhere.test/page.txt"
PORTAL_BODY: Final = "This is the page."
SPEED_HOST: Final = "speed.provider.test"
PUBLIC_HOSTS: Final = ("www.speedtest.net", "nearby.test", "speed.cloudflare.com")
SIGN_IN: Final = "http://login.hotel.test/welcome"
INTERCEPTOR: Final = "Example Shield Antivirus"

_NETNS_FOLDER: Final = Path("/etc/netns")
_MARK: Final = "vvrlab"
_count = itertools.count()


class Addresses(msgspec.Struct, frozen=True):
    """Who lives where. ``nowhere`` swallows everything without a word."""

    client: str
    router: str
    silent_router: str
    names: str
    provider: str
    media: str
    other: str
    page: str
    speed: str
    hotel: str
    proxy: str
    public: str
    nowhere: str
    bits: tuple[int, int]
    """Length of a network's and of a single host's prefix."""

    @property
    def beyond(self) -> tuple[str, ...]:
        """Every address beyond the router."""
        return tuple(str(getattr(self, who)) for who in _BEYOND)


_BEYOND: Final = ("names", "provider", "media", "other", "page", "speed", "hotel", "proxy", "public")


def _numbered(network: str, beyond: str, nowhere: str, bits: tuple[int, int]) -> Addresses:
    near = {"client": f"{network}2", "router": f"{network}1", "silent_router": f"{network}99", "nowhere": nowhere}
    far = {who: f"{beyond}{number}" for number, who in enumerate(_BEYOND, 10)}
    return msgspec.convert({**near, **far, "bits": bits}, Addresses)


IPV4: Final = _numbered("10.77.0.", "10.78.0.", "10.99.0.1", (24, 32))
IPV6: Final = _numbered("fd77::", "fd78::", "fd99::1", (64, 128))


class Scenario(msgspec.Struct, frozen=True):
    """What is the matter with a network. Everything else in it works."""

    finding: str
    """What the connection check should find first."""
    addresses: Addresses = IPV4
    cable: bool = True
    address: bool = True
    route: str | None = "router"
    """The field of `Addresses` with the router of the default route; None: no such route."""
    name_server: bool = True
    reachable: bool = True
    """Whether the hosts beyond answer; otherwise everything to them is swallowed."""
    provider: bool = True
    media: bool = True
    speed: bool = True
    hotel: str | None = None
    """A sign-in page answers for everything: "redirect" sends there, "page" is there."""
    proxy_login: bool = False
    intercepted: bool = False
    outdated: bool = False
    """Whether the hosts' certificates are of long ago, as for a clock that runs ahead."""
    tunnel: bool = False
    up: str | None = None
    down: str | None = None
    """Rates of the line as tc(8) writes them."""


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "good": Scenario("connection.ok"),
    "ipv6_only": Scenario("connection.ok", addresses=IPV6),
    "none": Scenario("connection.no_link", cable=False),
    "no_address": Scenario("connection.no_address", address=False),
    "no_gateway": Scenario("connection.no_gateway", route=None),
    "silent_gateway": Scenario("connection.no_gateway", route="silent_router"),
    "no_dns": Scenario("connection.no_dns", name_server=False),
    "no_internet": Scenario("connection.no_internet", reachable=False),
    "portal": Scenario("connection.captive_portal", hotel="redirect"),
    "portal_page": Scenario("connection.captive_portal", hotel="page"),
    "proxy_login": Scenario("connection.proxy_login", reachable=False, proxy_login=True),
    "intercepted": Scenario("connection.tls_intercepted", intercepted=True),
    "wrong_clock": Scenario("connection.wrong_clock", outdated=True),
    "provider_down": Scenario("connection.provider_unreachable", provider=False, media=False),
    "provider_part": Scenario("connection.provider_unreachable", media=False),
    "server_down": Scenario("connection.ok", speed=False),
    "slow": Scenario("connection.ok", up="400kbit", down="3mbit"),
    "vpn": Scenario("connection.vpn", tunnel=True),
}


class Network:
    """One network; use it in a ``with``. LabError when it cannot be made here."""

    scenarios: tuple[str, ...] = tuple(SCENARIOS)

    def __init__(self, name: str) -> None:
        if name not in SCENARIOS:
            raise LabError(f"There is no network called {name!r}: there are {', '.join(SCENARIOS)}.")
        self.scenario = SCENARIOS[name]
        unique = f"{_MARK}-{os.getpid()}-{next(_count)}"
        self._client, self._world = f"{unique}c", f"{unique}w"
        self._folder: Path | None = None
        self._program: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if shutil.which("ip") is None or shutil.which("tc") is None:
            raise LabError("A network needs ip and tc: install the Debian package iproute2.")
        if os.geteuid() != 0:
            raise LabError("A network needs root, to make network namespaces.")
        _sweep()
        self._folder = Path(tempfile.mkdtemp(prefix="readiness-network-"))
        try:
            self._build(self._folder)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take everything away: processes, namespaces, cables, files."""
        if self._program is not None:
            self.end_world()
        for name in (self._client, self._world):
            _remove(name)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def prefix(self) -> tuple[str, ...]:
        """Put before a command, together with `environment` it makes the command see this network and no other."""
        return ("ip", "netns", "exec", self._client)

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that belong to it: the authority it trusts and, where there is one, its proxy."""
        variables = {"SSL_CERT_FILE": str(self.folder / "authority.pem")}
        if self.scenario.proxy_login:
            variables["https_proxy"] = variables["http_proxy"] = f"http://{self.scenario.addresses.proxy}:3128"
        return variables

    @property
    def profile(self) -> Path:
        """A profile whose provider, pages and measurement server are this network's."""
        return self.folder / "profile.toml"

    @property
    def folder(self) -> Path:
        if self._folder is None:
            raise LabError("This network is not standing: use it in a with statement.")
        return self._folder

    def end_world(self) -> None:
        """The world outside stops answering: every host, every page, every server is gone from now on."""
        assert self._program is not None
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        with contextlib.suppress(OSError):
            self._program.stdin.close()
        self._program.kill()
        self._program.wait()
        self._program.stdout.close()
        self._program = None

    def cut(self) -> None:
        """Everything between the computer and its router is lost from now on, in silence: a line that dies.

        Both sides go on sending, to a neighbour that is not there.
        """
        at = self.scenario.addresses
        for name, neighbour in ((self._client, at.router), (self._world, at.client)):
            wrong = ("lladdr", "02:00:00:00:00:99", "nud", "permanent")
            _ip("-n", name, "neigh", "replace", neighbour, *wrong, "dev", "eth0")

    def _build(self, folder: Path) -> None:
        for name in (self._client, self._world):
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("link", "add", "eth0", "netns", self._client, "type", "veth", "peer", "name", "eth0", "netns", self._world)
        self._address_world()
        world = self._world_of(folder)
        (folder / "world.json").write_bytes(msgspec.json.encode(world))
        self._write_settings(folder)
        self._start_world(folder)
        self._address_client()

    def _address_world(self) -> None:
        at = self.scenario.addresses
        near, single = at.bits
        _ip("-n", self._world, "link", "set", "eth0", "up")
        _ip("-n", self._world, "addr", "add", f"{at.router}/{near}", "dev", "eth0", *_at_once(at.router))
        for address in at.beyond:
            _ip("-n", self._world, "addr", "add", f"{address}/{single}", "dev", "lo", *_at_once(address))
        _ip("-n", self._world, "route", "add", "blackhole", f"{at.nowhere}/{single}")
        if self.scenario.down:
            self._limit(self._world, self.scenario.down)

    def _address_client(self) -> None:
        at, scenario = self.scenario.addresses, self.scenario
        if not scenario.cable:
            return
        _ip("-n", self._client, "link", "set", "eth0", "up")
        self._await_link()
        if not scenario.address:
            return
        _ip("-n", self._client, "addr", "add", f"{at.client}/{at.bits[0]}", "dev", "eth0", *_at_once(at.client))
        if scenario.tunnel:
            for name, address in ((self._client, "10.79.0.2"), (self._world, "10.79.0.1")):
                _ip("-n", name, "addr", "add", f"{address}/30", "dev", "tun0")
                _ip("-n", name, "link", "set", "tun0", "up")
            _ip("-n", self._client, "route", "add", "default", "dev", "tun0")
        elif scenario.route:
            _ip("-n", self._client, "route", "add", "default", "via", str(getattr(at, scenario.route)))
        if scenario.up:
            self._limit(self._client, scenario.up)

    def _await_link(self) -> None:
        """The kernel takes a moment to notice that both ends are up."""
        ends_at = time.monotonic() + PATIENCE_S
        while "state UP" not in _run("ip", "-n", self._client, "link", "show", "eth0"):
            if time.monotonic() > ends_at:
                raise LabError("The network's cable did not come up.")
            time.sleep(0.01)

    def _limit(self, name: str, rate: str) -> None:
        """A line of that rate with a queue as home routers have it."""
        # Packets as they would be on a cable: the kernel passes on bundles of up to 64 KiB otherwise, and no line does.
        _ip("-n", name, "link", "set", "eth0", "gso_max_segs", "1")
        queue = ("tbf", "rate", rate, "burst", "3200", "latency", "200ms")
        _run("tc", "-n", name, "qdisc", "add", "dev", "eth0", "root", *queue)

    def _world_of(self, folder: Path) -> World:
        """Who answers, and what, in this scenario."""
        scenario, at = self.scenario, self.scenario.addresses
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(folder / "authority.pem"))
        stranger = trustme.CA(organization_name=INTERCEPTOR)
        signer = stranger if scenario.intercepted else authority
        names = {
            PROVIDER_HOSTS[0]: at.provider,
            PROVIDER_HOSTS[1]: at.media,
            OTHER_HOST: at.other,
            "check.elsewhere.test": at.page,
            SPEED_HOST: at.speed,
            "login.hotel.test": at.hotel,
            **dict.fromkeys(PUBLIC_HOSTS, at.public),
        }
        if not scenario.reachable:
            names = dict.fromkeys(names, at.nowhere)
        if not scenario.provider:
            names[PROVIDER_HOSTS[0]] = at.nowhere
        if not scenario.media:
            names[PROVIDER_HOSTS[1]] = at.nowhere
        if scenario.hotel:
            names = {"*": at.hotel}
        return World(
            names={name: (address,) for name, address in names.items()},
            name_server=at.names if scenario.name_server else None,
            hosts=tuple(self._hosts(folder, signer)),
            tunnel=(self._client, "tun0") if scenario.tunnel else None,
        )

    def _hosts(self, folder: Path, signer: trustme.CA) -> Iterator[Host]:
        scenario, at = self.scenario, self.scenario.addresses
        if scenario.hotel:
            moved = {"Location": f"{SIGN_IN}?computer=00-11-22"} if scenario.hotel == "redirect" else {}
            yield Page(at.hotel, "302 Found" if moved else "200 OK", moved, "" if moved else "<html>Welcome!</html>")
            return
        for name, address in zip((*PROVIDER_HOSTS, OTHER_HOST), (at.provider, at.media, at.other), strict=True):
            yield Tls(address, _certificate(folder, signer, name, outdated=scenario.outdated))
        yield Page(at.page, headers={"Date": _http_date()}, body=f"{PORTAL_BODY}\n")
        if scenario.speed:
            yield Speed(at.speed, _certificate(folder, signer, SPEED_HOST, outdated=scenario.outdated))
        shown = _certificate(folder, signer, *PUBLIC_HOSTS, outdated=scenario.outdated)
        for port in (443, 8080):
            yield Public(at.public, shown, "nearby.test:8080", port)
        if scenario.proxy_login:
            wanted = {"Proxy-Authenticate": 'Basic realm="office"'}
            yield Page(at.proxy, "407 Proxy Authentication Required", wanted, port=3128)

    def _write_settings(self, folder: Path) -> None:
        settings = _NETNS_FOLDER / self._client
        settings.mkdir(parents=True)
        (settings / "resolv.conf").write_text(f"nameserver {self._name_server}\n")
        (settings / "hosts").write_text("127.0.0.1 localhost\n")
        quoted = ", ".join(f'"{host}"' for host in PROVIDER_HOSTS)
        (folder / "profile.toml").write_text(
            f'based_on = "generic"\nid = "lab"\nedition = "lab"\n\n'
            f'[network]\nhosts = [{quoted}]\nother_hosts = ["{OTHER_HOST}"]\n\n'
            f'[[network.portal_pages]]\nurl = "{PORTAL_PAGE}"\nbody = "{PORTAL_BODY}"\n\n'
            f'[[servers]]\nkind = "librespeed"\nurl = "https://{SPEED_HOST}/"\n'
        )

    @property
    def _name_server(self) -> str:
        at = self.scenario.addresses
        return at.names if self.scenario.name_server else at.nowhere

    def _start_world(self, folder: Path) -> None:
        with (folder / "world.log").open("wb") as log:
            self._program = subprocess.Popen(
                [
                    *("ip", "netns", "exec", self._world),
                    *(sys.executable, "-m", "tests.lab.network_world", str(folder / "world.json")),
                ],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert self._program.stdout is not None
        ready, _, _ = select.select([self._program.stdout], [], [], PATIENCE_S)
        if not ready or self._program.stdout.readline() != b"ready\n":
            said = (folder / "world.log").read_text(errors="replace").strip().splitlines()
            raise LabError(f"The network's world did not start: {said[-1] if said else 'it says nothing'}")


def _at_once(address: str) -> tuple[str, ...]:
    """IPv6 addresses are first checked for doubles, for a second: not in a network of two."""
    return ("nodad",) if ":" in address else ()


def _certificate(folder: Path, signer: trustme.CA, *names: str, outdated: bool) -> Certificate:
    long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    issued = signer.issue_cert(
        *names, not_before=long_ago if outdated else None, not_after=long_ago if outdated else None
    )
    chain, key = folder / f"{names[0]}.pem", folder / f"{names[0]}.key"
    chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    return Certificate(str(chain), str(key))


def _http_date() -> str:
    """The time by which the certificates of long ago were good: the world outside lives then."""
    return "Wed, 01 Jan 2020 00:00:00 GMT"


def _ip(*words: str) -> None:
    _run("ip", *words)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"A network could not be made: {' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def _remove(name: str) -> None:
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    shutil.rmtree(_NETNS_FOLDER / name, ignore_errors=True)


def _sweep() -> None:
    """Remove what labs have left behind whose process was killed before it could."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False).stdout.split()
    for name in listed:
        mark, _, rest = name.partition("-")
        owner = rest.partition("-")[0]
        if mark == _MARK and owner.isdigit() and not Path(f"/proc/{owner}").exists():
            _remove(name)
