"""A line that behaves as told, between a client and a server that believe it is real.

    with Link(down="10M", up="3M", delay_ms=15, queue_ms=100) as link:
        url = link.start_server()
        subprocess.run([*link.client, *command, "--server", url], env={**os.environ, **link.environment})
        link.counters()["down"].dropped_by_queue

Two network namespaces, joined by `link.c`: rate, queue, delay, jitter, loss, boosts, waves, blackouts, each way by
itself (`tests.lab.link_options.Direction`). It needs root, iproute2 and a C compiler. Several links may stand side by
side. For people: ``python -m tests.lab.link --down 10M --up 3M -- COMMAND``.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import select
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, NamedTuple, Self

import msgspec

from tests.lab import link_options
from tests.lab.inside import PATIENCE_S, LabError
from tests.lab.link_ends import DEVICE, End
from tests.lab.link_options import Direction, Rate
from tests.lab.link_program import program
from tests.lab.link_server import Server

CLIENT_ADDRESS: Final = "10.77.0.1"
SERVER_ADDRESS: Final = "10.77.0.2"

_HERE: Final = Path(__file__).resolve().parent
PROJECT: Final = _HERE.parent.parent
_count = itertools.count()

#: Bounds of what goes as one packet: what every IPv4 host takes, and what `link.c` has room for.
_LEAST_MTU: Final = 576
_MOST_MTU: Final = 2048


class Counters(msgspec.Struct, frozen=True):
    """What has become of a direction's packets since the link stands, counted in the line itself: the truth."""

    received: int
    """Packets that came in at the sender's end."""
    received_bytes: int
    sent: int
    """Packets that went out at the other end."""
    bytes: int
    """Bytes of these."""
    dropped_by_queue: int
    dropped_by_loss: int
    """Random, in bursts, in a blackout or because the line is dead."""
    duplicated: int

    @property
    def underway(self) -> int:
        """Packets that wait or are on their way now."""
        return self.received + self.duplicated - self.sent - self.dropped_by_queue - self.dropped_by_loss


class Way(NamedTuple):
    """What the line meant to do to a packet. Nanoseconds of CLOCK_MONOTONIC; a busy machine may have been later."""

    came_ns: int
    began_ns: int
    """When the bottleneck began to send it: at once, or when it had waited for its turn."""
    due_ns: int
    """When it was to come out at the other end."""


class Link:
    """One link; use it in a ``with``. LabError when it cannot be made here."""

    def __init__(
        self,
        *,
        down: Rate = "10M",
        up: Rate = "3M",
        delay_ms: float = 15.0,
        queue_ms: float | None = 100.0,
        down_options: Mapping[str, object] | None = None,
        up_options: Mapping[str, object] | None = None,
        congestion: str = "cubic",
        server_congestion: str | None = None,
        mtu: int = 1500,
        seed: int | None = None,
        hosts: Sequence[str] = (),
    ) -> None:
        """Say how it behaves; ``down_options`` and ``up_options`` are fields of `Direction`.

        ``delay_ms`` is one way, ``congestion`` is that of both ends unless the server has its own, ``hosts`` are names
        under which the client finds the server. With a ``seed`` the same packets are lost again.
        """
        both: dict[str, object] = {"delay_ms": delay_ms, "queue_ms": queue_ms}
        self._directions = {
            "down": link_options.direction({**both, "rate": down, **(down_options or {})}),
            "up": link_options.direction({**both, "rate": up, **(up_options or {})}),
        }
        if not _LEAST_MTU <= mtu <= _MOST_MTU:
            raise LabError(f"A packet of {mtu} bytes is not possible here: choose from {_LEAST_MTU} to {_MOST_MTU}.")
        self._mtu = mtu
        unique = f"vvrlink-{os.getpid()}-{next(_count)}"
        self._client = End(f"{unique}c", CLIENT_ADDRESS, congestion)
        self._server = End(f"{unique}s", SERVER_ADDRESS, server_congestion or congestion)
        self._seed = random.getrandbits(63) if seed is None else seed
        self._hosts = tuple(hosts)
        self._everything = contextlib.ExitStack()
        self._asking = threading.Lock()
        self._program: subprocess.Popen[bytes] | None = None
        self._speed: Server | None = None
        self.client_address, self.server_address = CLIENT_ADDRESS, SERVER_ADDRESS
        self.folder = Path()
        """Where it keeps its things while it stands."""
        self.environment: dict[str, str] = {}
        """What a client needs to trust a server that was started with TLS."""

    @property
    def client(self) -> tuple[str, ...]:
        """Put before a command, it makes it run at the client's end."""
        return self._client.prefix

    @property
    def server(self) -> tuple[str, ...]:
        """Put before a command, it makes it run at the server's end."""
        return self._server.prefix

    def __enter__(self) -> Self:
        _demand_rights()
        made = program()
        with contextlib.ExitStack() as everything:
            self.folder = Path(tempfile.mkdtemp(prefix="readiness-link-"))
            everything.callback(shutil.rmtree, self.folder, ignore_errors=True)
            names = (self._client.name, self._server.name)
            keeper = [sys.executable, "-I", "-S", str(_HERE / "link_keeper.py"), str(self.folder), *names]
            everything.callback(_end, _start(keeper))
            self._client.make([(SERVER_ADDRESS, host) for host in self._hosts])
            self._server.make([])
            # Begun in no namespace: it must not be killed with what runs in them.
            self._program = _start([str(made), *names, DEVICE, str(self._seed)])
            everything.callback(_end, self._program)
            first = self._answer()
            if first != "ready":
                raise LabError(f"A link could not be made: {first or 'its program ended'}.")
            for end in (self._client, self._server):
                end.connect(self._mtu)
            self._speed = everything.enter_context(Server(self.server, SERVER_ADDRESS, self.folder))
            for name, told in self._directions.items():
                self._tell(f"set {name} {link_options.words(told)}")
            self._everything = everything.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take everything away, and whatever still runs at its ends. Comes back when it is gone."""
        self._everything.close()
        self._program = None

    def start_server(self, *, tls: bool = False) -> str:
        """Start ``readiness serve`` at the server's end. Its address; with TLS `environment` makes it trusted."""
        if self._speed is None:
            raise LabError("This link is not standing: use it in a with statement.")
        url = self._speed.start(tls=tls)
        self.environment.update(self._speed.environment)
        return url

    def counters(self) -> dict[Literal["down", "up"], Counters]:
        """What each direction has done with its packets so far."""
        numbers = [int(word) for word in self._ask("counters").split()]
        half = len(Counters.__struct_fields__)
        return {"down": Counters(*numbers[:half]), "up": Counters(*numbers[half:])}

    def ways(self, direction: Literal["down", "up"]) -> list[Way]:
        """Of each packet that was delivered since this was last asked, in that order; of the last 65 536 at most."""
        numbers = [int(word) for word in self._ask(f"ways {direction}").split()]
        return [Way(*numbers[at : at + 3]) for at in range(0, len(numbers), 3)]

    def client_bytes(self) -> tuple[int, int]:
        """What the client's adapter has received and sent, by the kernel's own count."""
        return self._client.bytes()

    def change(
        self,
        *,
        down: Rate = None,
        up: Rate = None,
        down_options: Mapping[str, object] | None = None,
        up_options: Mapping[str, object] | None = None,
        **both: object,
    ) -> None:
        """Change rates or other fields of `Direction` from now on, in one direction or in ``both``."""
        for name, rate, options in (("down", down, down_options), ("up", up, up_options)):
            changed: dict[str, object] = {**both, **({} if rate is None else {"rate": rate}), **(options or {})}
            if "dead_at_ms" in changed:  # they are blackouts without an end
                changed.setdefault("blackouts_ms", ())
            now = {**msgspec.structs.asdict(self._directions[name]), **changed}
            self._directions[name] = link_options.direction(now)
            fields = tuple(field for field in Direction.__struct_fields__ if field in changed)
            if fields:
                self._tell(f"set {name} {link_options.words(self._directions[name], fields)}")

    def _tell(self, command: str) -> None:
        answer = self._ask(command)
        if answer != "done":
            raise LabError(f"The link could not be changed: {answer}.")

    def _ask(self, command: str) -> str:
        """Give a command, get its answer. From any thread."""
        if self._program is None:
            raise LabError("This link is not standing: use it in a with statement.")
        assert self._program.stdin is not None
        with self._asking:
            with contextlib.suppress(BrokenPipeError):  # then there is no answer either
                self._program.stdin.write(f"{command}\n".encode())
            return self._answer()

    def _answer(self) -> str:
        assert self._program is not None
        return _line_from(self._program)


def _demand_rights() -> None:
    if os.geteuid() != 0:
        raise LabError("A link needs root, to make network namespaces.")
    if shutil.which("ip") is None:
        raise LabError("A link needs ip: install the Debian package iproute2.")
    if not Path("/dev/net/tun").exists():
        raise LabError("A link needs /dev/net/tun, which this system does not have.")


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program that ends with its standard input. Ctrl-C on a terminal is for us to answer."""
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True, cwd="/"
    )


def _line_from(running: subprocess.Popen[bytes]) -> str:
    """A line that it says; empty when it has ended or says nothing for long."""
    assert running.stdout is not None
    said = b""
    while not said.endswith(b"\n"):
        ready, _, _ = select.select([running.stdout], [], [], PATIENCE_S)
        piece = running.stdout.read(4096) if ready else b""
        if not piece:
            return ""
        said += piece
    return said.decode().strip()


def _end(running: subprocess.Popen[bytes]) -> None:
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.close()
    try:
        running.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
    running.stdout.close()


if __name__ == "__main__":
    from tests.lab.link_terminal import main

    sys.exit(main(sys.argv[1:]))
