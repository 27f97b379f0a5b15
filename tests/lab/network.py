"""Networks that behave as told, for programs that believe they are on the internet.

    with Network("portal") as network:
        subprocess.run([*network.prefix, *command], env={**os.environ, **network.environment})

Two network namespaces joined by a cable: the client's, and the world outside with its name server, its web pages and
its hosts, whose certificates are signed by an authority that only this lab trusts. Where packets take their time, a
third stands between them, and `link.c` carries the packets. It needs root and iproute2, some scenarios nftables, a C
compiler or a D-Bus; several networks may stand side by side. Nothing leaves the namespaces. What there is to ask for
is in `tests.lab.network_scenarios`.

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

from tests.lab import network_desktop, network_line
from tests.lab.inside import PATIENCE_S, LabError
from tests.lab.network_scenarios import HOME_ROUTER, SCENARIOS, Hotel, Proxy
from tests.lab.network_world import Busy, Certificate, Host, Names, Page, Public, Relay, Silent, Speed, Tls, World

PROJECT: Final = Path(__file__).resolve().parent.parent.parent

#: The lab's provider, by the names its profile knows.
PROVIDER_HOSTS: Final = ("visit.provider.test", "media.provider.test")
OTHER_HOST: Final = "www.elsewhere.test"
SECOND_OTHER_HOST: Final = "news.elsewhere.test"
PORTAL_PAGE: Final = "http://check.elsewhere.test/page.txt"
PORTAL_BODY: Final = "This is the page."
SPEED_HOST: Final = "speed.provider.test"
PUBLIC_HOSTS: Final = ("www.speedtest.net", "nearby.test", "speed.cloudflare.com")
SIGN_IN: Final = "http://login.hotel.test/welcome"
INTERCEPTOR: Final = "Example Shield Antivirus"
PROXY_HOST: Final = "proxy.office.test"
PROXY_PORT: Final = 3128
SCRIPT: Final = "http://wpad.office.test/proxy.pac"

#: How many names a host's certificate carries beside its own, to be as long as those of the web: about 5 kB a chain.
_OTHER_NAMES: Final = 90

#: The port of the host with which another program fills the line.
_BUSY_PORT: Final = 7070

_NETNS_FOLDER: Final = Path("/etc/netns")
_MARK: Final = "vvrlab"
_count = itertools.count()


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
        self._beside = contextlib.ExitStack()

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
        self._beside.close()
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
        """The variables that belong to it: the authority it trusts, its desktop and the settings of its proxy."""
        return {
            "SSL_CERT_FILE": str(self.folder / "authority.pem"),
            **network_desktop.environment(self.scenario, self.folder, self._proxy_address),
        }

    @property
    def _proxy_address(self) -> str:
        return f"{self.scenario.addresses.proxy}:{PROXY_PORT}"

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
        router = self._world
        if self.scenario.delay_ms or self.scenario.far_mbps:
            router = self._beside.enter_context(network_line.between(self._world, self.scenario))
        _ip("link", "add", "eth0", "netns", self._client, "type", "veth", "peer", "name", "eth0", "netns", router)
        self._address_world(router)
        self._fortify()
        world = self._world_of(folder)
        (folder / "world.json").write_bytes(msgspec.json.encode(world))
        self._write_settings(folder)
        self._start_world(folder)
        self._address_client()
        if self.scenario.metered:
            self._beside.enter_context(network_desktop.network_manager(folder))
        if self.scenario.busy:
            self._beside.enter_context(self._other_program(self.scenario.busy))

    @contextlib.contextmanager
    def _other_program(self, direction: str) -> Iterator[None]:
        """A program on the client's computer that takes what it can get of the line. Stands once it does."""
        command = [sys.executable, "-m", "tests.lab.network_world", "busy", self.scenario.addresses.other]
        with subprocess.Popen(
            [*self.prefix, *command, str(_BUSY_PORT), direction],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        ) as running:
            try:
                _await_ready(running, "other program", Path(self.folder, "world.log"))
                yield
            finally:
                running.kill()

    def _address_world(self, router: str) -> None:
        at = self.scenario.addresses
        near, single = at.bits
        _ip("-n", router, "link", "set", "eth0", "up")
        _ip("-n", router, "addr", "add", f"{at.router}/{near}", "dev", "eth0", *_at_once(at.router))
        if self.scenario.hotel is Hotel.HIJACK:
            _ip("-n", self._world, "addr", "add", f"{HOME_ROUTER}/32", "dev", "lo")
        for address in at.beyond:
            _ip("-n", self._world, "addr", "add", f"{address}/{single}", "dev", "lo", *_at_once(address))
        _ip("-n", self._world, "route", "add", "blackhole", f"{at.nowhere}/{single}")
        if self.scenario.down:
            self._limit(self._world, self.scenario.down)

    def _fortify(self) -> None:
        """The router's own rules, for packets that come from the computer."""
        rule, chains = self.scenario.firewall, ""
        if rule:
            chains = f"chain from_computer {{\ntype filter hook input priority 0\niifname eth0 {rule}\n}}"
        if self.scenario.hotel is Hotel.FIREWALL:
            chains = (
                "chain to_hotel {\ntype nat hook prerouting priority -100\n"
                f"iifname eth0 tcp dport 80 dnat ip to {self.scenario.addresses.hotel}\n}}\n"
                "chain from_computer {\ntype filter hook input priority 0\niifname eth0 tcp dport 443 drop\n}"
            )
        if chains:
            if shutil.which("nft") is None:
                raise LabError("This network needs nft: install the Debian package nftables.")
            rules = f"table inet lab {{\n{chains}\n}}\n"
            _run("ip", "netns", "exec", self._world, "nft", "-f", "-", said=rules)

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
        queue = ("tbf", "rate", rate, "burst", str(self.scenario.burst_bytes), "latency", self.scenario.queue)
        _run("tc", "-n", name, "qdisc", "add", "dev", "eth0", "root", *queue)

    def _world_of(self, folder: Path) -> World:
        """Who answers, and what, in this scenario."""
        scenario, at = self.scenario, self.scenario.addresses
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(folder / "authority.pem"))
        stranger = trustme.CA(organization_name=INTERCEPTOR)
        # As much as a host of the web shows: an authority between, and (below) the many names of a content network.
        signer = stranger if scenario.intercepted else authority.create_child_ca()
        names = {
            PROVIDER_HOSTS[0]: at.provider,
            PROVIDER_HOSTS[1]: at.media,
            OTHER_HOST: at.other,
            SECOND_OTHER_HOST: at.second_other,
            "check.elsewhere.test": at.page,
            PROXY_HOST: at.proxy,
            SPEED_HOST: at.speed,
            "login.hotel.test": at.hotel,
            **dict.fromkeys(PUBLIC_HOSTS, at.public),
        }
        true_names = dict(names)
        if not scenario.reachable:
            names = {**dict.fromkeys(names, at.nowhere), PROXY_HOST: at.proxy}
        if not scenario.provider:
            names[PROVIDER_HOSTS[0]] = at.nowhere
        if not scenario.media:
            names[PROVIDER_HOSTS[1]] = at.nowhere
        if not scenario.others:
            names.update(dict.fromkeys((OTHER_HOST, SECOND_OTHER_HOST, "check.elsewhere.test"), at.nowhere))
        if scenario.hotel and scenario.hotel is not Hotel.FIREWALL:
            names = {"*": HOME_ROUTER if scenario.hotel is Hotel.HIJACK else at.hotel}
        broken = (f"fd99::{number:x}" for number in itertools.count(1))
        return World(
            names={
                name: (address, next(broken)) if scenario.six_is_broken else (address,)
                for name, address in names.items()
            },
            name_server=Names(at.names, refuses=scenario.names_refused) if scenario.name_server else None,
            hosts=tuple(self._hosts(folder, signer, true_names)),
            tunnel=(self._client, "tun0") if scenario.tunnel else None,
        )

    def _hosts(self, folder: Path, signer: trustme.CA, true_names: Mapping[str, str]) -> Iterator[Host]:
        scenario, at = self.scenario, self.scenario.addresses
        if scenario.hotel:
            yield from self._hotel(folder, scenario.hotel)
            return
        for name, address in (
            (PROVIDER_HOSTS[0], at.provider),
            (PROVIDER_HOSTS[1], at.media),
            (OTHER_HOST, at.other),
            (SECOND_OTHER_HOST, at.second_other),
        ):
            shown_name = "elsewhere.provider.test" if scenario.other_names and name in PROVIDER_HOSTS else name
            yield Tls(address, _certificate(folder, signer, shown_name, outdated=scenario.outdated))
        yield Page(at.page, headers={"Date": _http_date()}, body=f"{PORTAL_BODY}\n")
        if scenario.speed:
            yield Speed(at.speed, _certificate(folder, signer, SPEED_HOST, outdated=scenario.outdated))
        shown = _certificate(folder, signer, *PUBLIC_HOSTS, outdated=scenario.outdated)
        for port in (443, 8080):
            yield Public(at.public, shown, "nearby.test:8080", port)
        if scenario.busy:
            yield Busy(at.other, _BUSY_PORT)
        if scenario.proxy is Proxy.LOGIN:
            wanted = {"Proxy-Authenticate": 'Basic realm="office"'}
            yield Page(at.proxy, "407 Proxy Authentication Required", wanted, port=PROXY_PORT)
        elif scenario.proxy is Proxy.REFUSES:
            yield Page(at.proxy, "403 Forbidden", {}, "<html>Not here.</html>", PROXY_PORT)
        elif scenario.proxy is Proxy.SILENT:
            yield Silent(at.proxy, PROXY_PORT)
        elif scenario.proxy is Proxy.OPEN:
            yield Relay(at.proxy, PROXY_PORT, dict(true_names))

    def _hotel(self, folder: Path, kind: Hotel) -> Iterator[Host]:
        at = self.scenario.addresses
        if kind in (Hotel.REDIRECT, Hotel.FIREWALL):
            yield Page(at.hotel, "302 Found", {"Location": f"{SIGN_IN}?computer=00-11-22"})
        elif kind is Hotel.DEMANDS:
            yield Page(at.hotel, "511 Network Authentication Required", {}, "<html>Sign in!</html>")
        else:
            yield Page(HOME_ROUTER if kind is Hotel.HIJACK else at.hotel, "200 OK", {}, "<html>Welcome!</html>")
        if kind is Hotel.FORGES:
            forger = trustme.CA(organization_name="Example Hotel")
            yield Tls(at.hotel, _certificate(folder, forger, *PROVIDER_HOSTS, OTHER_HOST, outdated=False))

    def _write_settings(self, folder: Path) -> None:
        settings = _NETNS_FOLDER / self._client
        settings.mkdir(parents=True)
        servers = [self._name_server]
        if self.scenario.first_name_server_gone:
            servers.insert(0, self.scenario.addresses.nowhere)
        (settings / "resolv.conf").write_text("".join(f"nameserver {server}\n" for server in servers))
        (settings / "hosts").write_text("127.0.0.1 localhost\n")
        network_desktop.write(self.scenario, folder, self._proxy_address, SCRIPT)
        hosts, others = (
            ", ".join(f'"{host}"' for host in names) for names in (PROVIDER_HOSTS, (OTHER_HOST, SECOND_OTHER_HOST))
        )
        (folder / "profile.toml").write_text(
            f'based_on = "generic"\nid = "lab"\nedition = "lab"\n\n'
            f"[network]\nhosts = [{hosts}]\nother_hosts = [{others}]\n\n"
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
        _await_ready(self._program, "world", folder / "world.log")


def _await_ready(program: subprocess.Popen[bytes], what: str, log: Path) -> None:
    assert program.stdout is not None
    ready, _, _ = select.select([program.stdout], [], [], PATIENCE_S)
    if not ready or program.stdout.readline() != b"ready\n":
        said = log.read_text(errors="replace").strip().splitlines()
        raise LabError(f"The network's {what} did not start: {said[-1] if said else 'it says nothing'}")


def _at_once(address: str) -> tuple[str, ...]:
    """IPv6 addresses are first checked for doubles, for a second: not in a network of two."""
    return ("nodad",) if ":" in address else ()


def _certificate(folder: Path, signer: trustme.CA, *names: str, outdated: bool) -> Certificate:
    long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    others = (f"{number:02}.edge.content.{names[0]}" for number in range(_OTHER_NAMES))
    issued = signer.issue_cert(
        *names, *others, not_before=long_ago if outdated else None, not_after=long_ago if outdated else None
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


def _run(*command: str, said: str | None = None) -> str:
    done = subprocess.run(command, input=said, capture_output=True, text=True, check=False)
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
