"""A line with everybody's servers at its other end."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.network.cost import Broke
from benchmarks.network.lines import Line
from tests.lab.link import Link

PROJECT: Final = Path(__file__).resolve().parents[2]

#: Where `dev.py` puts the clients from npm.
PACKAGES: Final = PROJECT / "build" / "bench-network" / "node_modules"

#: Where speedtest-cli asks for its settings and servers: on the stand, this is the line's other end.
SPEEDTEST_HOST: Final = "www.speedtest.net"

#: How long a server may take to be ready.
_PATIENCE_S: Final = 10.0

#: The line is at rest when nothing has moved for so long; what a test has left in its buffers is waited for so long.
_REST_S: Final = 0.3
_LEFTOVERS_S: Final = 60.0


class Program:
    """A server that runs at the line's other end until it is ended."""

    def __init__(self, command: Sequence[str], ready: bytes) -> None:
        """Start it, and wait until it says ``ready``. Raises Broke."""
        self._process = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True, name=f"lines of {command[0]}")
        self._reader.start()
        try:
            self._await(ready, command)
        except BaseException:
            self.close()
            raise

    def _await(self, ready: bytes, command: Sequence[str]) -> None:
        ends_at = time.monotonic() + _PATIENCE_S
        said = [b"nothing"]
        while ready not in said[-1]:
            try:
                said.append(self.lines.get(timeout=max(0.0, ends_at - time.monotonic())))
            except queue.Empty:
                said.append(b"")
            if not said[-1]:
                raise Broke(f"{' '.join(command)} is not ready; it said: {said[-2].decode(errors='replace').strip()}")

    def _read(self) -> None:
        """Every line; an empty one at the end."""
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.put(line)
        self.lines.put(b"")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout
        self._process.stdout.close()


class Stand:
    """One line, ready to be measured by anybody. Made by `stand`."""

    def __init__(self, line: Line, link: Link, url: str) -> None:
        self.line = line
        self.link = link
        self.url = url
        """Of ``readiness serve``."""
        self.server: Program | None = None
        """The others' server (``server.py``)."""

    @property
    def inside(self) -> list[str]:
        """Goes before a command that is to run on this side of the line."""
        return list(self.link.client)

    @property
    def host(self) -> str:
        return self.link.server_address

    def moved(self) -> tuple[int, int]:
        """Bytes that the client's side has received and sent so far, headers included."""
        return self.link.client_bytes()

    def rest(self) -> None:
        """Wait until nothing moves any more: what is left of one measurement must not disturb the next."""
        ends_at = time.monotonic() + _LEFTOVERS_S
        before, quiet_since = self.moved(), time.monotonic()
        while time.monotonic() - quiet_since < _REST_S:
            if time.monotonic() > ends_at:
                raise Broke("something goes on moving on the line after a measurement has ended")
            time.sleep(0.05)
            now = self.moved()
            if now != before:
                before, quiet_since = now, time.monotonic()

    def event(self, name: str, deadline_s: float) -> dict[str, Any]:
        """The next word from a page, with its values. Raises Broke when it does not come, or is another one."""
        assert self.server
        try:
            said = self.server.lines.get(timeout=deadline_s)
        except queue.Empty:
            raise Broke(f"the page did not say {name!r} within {deadline_s:.0f} s") from None
        try:
            values = msgspec.json.decode(said, type=dict[str, Any])
        except msgspec.MsgspecError:
            values = {}
        if values.get("event") != name:
            raise Broke(f"the page should have said {name!r}, but said: {said.decode(errors='replace').strip()[:300]}")
        return values

    def forget_events(self) -> None:
        assert self.server
        with contextlib.suppress(queue.Empty):
            while True:
                self.server.lines.get_nowait()


@contextlib.contextmanager
def stand(line: Line, *, peers: bool) -> Iterator[Stand]:
    """A line with ``readiness serve`` and, for ``peers``, everybody else's servers. Raises LabError or Broke."""
    with contextlib.ExitStack() as stack:
        link = stack.enter_context(_link(line))
        made = Stand(line, link, link.start_server())
        if peers:
            iperf = Program([*link.server, "iperf3", "--server", "--forceflush"], b"listening")
            stack.callback(iperf.close)
            server = [sys.executable, "-m", "benchmarks.network.server", made.host, "80", str(PACKAGES)]
            made.server = Program([*link.server, *server], b"ready")
            stack.callback(made.server.close)
        yield made


def _link(line: Line) -> Link:
    return Link(
        down=line.down_mbps * 1e6,
        up=line.up_mbps * 1e6,
        delay_ms=line.delay_ms,
        queue_ms=line.queue_ms,
        mtu=line.mtu,
        server_congestion=line.server_congestion,
        down_options={**line.both, **line.down},
        up_options={**line.both, **line.up},
        hosts=(SPEEDTEST_HOST,),
    )
