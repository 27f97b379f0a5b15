"""A fleet of kiosks on one broker: ``python3 dev.py bench fleet [--kiosks 2000] [--seconds 30]``.

Debian's Mosquitto with the settings that we ship, over TLS, and kiosks with the program's own messages, connections and
waits. They are not whole kiosks: each worker moves some hundreds in one thread, so what they cost is not what a kiosk
costs. Measured: until all are in the table; messages a second that the broker takes; its memory and that of ``readiness
fleet``, beside mosquitto_sub; and, after the broker is killed and starts again with nothing kept, until the table is whole, and how many knock in
the busiest second. Everything runs on this one computer, which broker, kiosks and table share. Prints tables and writes
them beside this file.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import platform
import resource
import selectors
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import psutil

from readiness.fleet.backoff import Backoff
from readiness.fleet.config import FleetConfig
from readiness.fleet.line import connect, make_client
from readiness.fleet.listener import Listener
from readiness.fleet.messages import SCHEMA_VERSION, EventMessage, State, encode, last_will, status_of
from readiness.kiosk.health import Health
from readiness.kiosk.heartbeat import Activity
from readiness.kiosk.restarts import Mode
from tests.fleet import broker as brokers

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = Path(__file__).with_suffix(".md")
WORKERS: Final = 4
#: How long the broker is away.
AWAY_S: Final = 5.0
#: Three times the longest wait: then something is broken.
PATIENCE_S: Final = 900.0


# --- Kiosks, some hundreds in a process ------------------------------------------------------------------------------


class Kiosk:
    """One that connects, tells how it is, and comes back when the line breaks."""

    def __init__(self, config: FleetConfig, acknowledged: Callable[[], None]) -> None:
        self._config = config
        self._backoff = Backoff()
        self._acknowledged = acknowledged
        self._number = 0
        self._begun_s = 0.0
        self.is_connected = False
        self.is_hurrying = False
        self.client = make_client(config, f"{config.group}-{config.kiosk}")
        self._topic = f"{config.group}/{config.kiosk}"
        self.client.will_set(f"{self._topic}/status", last_will(), qos=1, retain=True)
        self.client.on_connect = self._connected
        self.client.on_publish = self._published

    def __lt__(self, other: Kiosk) -> bool:
        return False

    def connect(self) -> bool:
        self._begun_s = time.monotonic()
        return connect(self.client, self._config) is None

    def lost(self) -> float:
        """How long to wait for the next try."""
        self.is_connected = False
        self._backoff.note_connection(time.monotonic() - self._begun_s)
        return self._backoff.wait_s()

    def say_more(self) -> None:
        """One event."""
        self._number += 1
        event = EventMessage(
            schema_version=SCHEMA_VERSION, queue="b", number=self._number, at_s=time.time(), fault="K01"
        )
        self.client.publish(f"{self._topic}/event", encode(event), qos=1)

    def _connected(self, client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        self.is_connected = not reason.is_failure
        health = Health(
            app_version="0.1.0",
            config_version=1,
            written_at_s=time.time(),
            uptime_s=3600,
            restarts=0,
            visits=12,
            mode=Mode.NORMAL,
            activity=Activity.ATTRACT,
            self_test={"camera": "pass", "microphone": "pass", "speaker": "pass"},
        )
        client.publish(f"{self._topic}/status", encode(status_of(health, State.HERE)), qos=1, retain=True)

    def _published(self, client: Any, data: Any, packet: int, reason: Any, properties: Any) -> None:
        self._acknowledged()
        if self.is_hurrying:
            self.say_more()


class Worker:
    """Moves its kiosks in one thread. ``hurry N`` on standard input: for N seconds each says one event after the other."""

    def __init__(self, configs: Sequence[FleetConfig]) -> None:
        self._acknowledged = 0
        self._kiosks = [Kiosk(config, self._count) for config in configs]
        self._due = [(0.0, kiosk) for kiosk in self._kiosks]
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin, selectors.EVENT_READ)

    def _count(self) -> None:
        self._acknowledged += 1

    def run(self) -> None:
        """Until standard input is closed."""
        hurry_ends_s, misc_s = 0.0, 0.0
        while True:
            now_s = time.monotonic()
            self._connect_those_due(now_s)
            for key, _ in self._selector.select(0.05):
                if key.data:
                    self._move(key.data, key.fileobj)
                elif not (line := sys.stdin.readline()):
                    return
                else:
                    hurry_ends_s = now_s + float(line)
                    self._acknowledged = 0
                    self._hurry(True)
            if hurry_ends_s and now_s > hurry_ends_s:
                hurry_ends_s = 0.0
                self._hurry(False)
                print(self._acknowledged, flush=True)
            if now_s - misc_s > 5:
                misc_s = now_s
                for kiosk in self._kiosks:
                    kiosk.client.loop_misc()

    def _hurry(self, on: bool) -> None:
        for kiosk in self._kiosks:
            kiosk.is_hurrying = on
            if on and kiosk.is_connected:
                kiosk.say_more()

    def _connect_those_due(self, now_s: float) -> None:
        """Some of them, so that those that are connected are not forgotten."""
        for _ in range(20):
            if not self._due or self._due[0][0] > now_s:
                return
            _, kiosk = heapq.heappop(self._due)
            if kiosk.connect():
                self._selector.register(kiosk.client.socket(), selectors.EVENT_READ, kiosk)  # type: ignore[arg-type]
            else:
                heapq.heappush(self._due, (time.monotonic() + kiosk.lost(), kiosk))

    def _move(self, kiosk: Kiosk, wire: Any) -> None:
        status = kiosk.client.loop_read()
        while not status and isinstance(current := kiosk.client.socket(), ssl.SSLSocket) and current.pending():
            status = kiosk.client.loop_read()
        if not status and kiosk.client.want_write():
            status = kiosk.client.loop_write()
        if status:
            self._selector.unregister(wire)
            heapq.heappush(self._due, (time.monotonic() + kiosk.lost(), kiosk))


# --- The measurement -------------------------------------------------------------------------------------------------


class Watching:
    """The table, as ``readiness fleet`` keeps it, in a thread; connects again at once."""

    def __init__(self, config: FleetConfig) -> None:
        self._is_over = False
        self._listener = Listener(config)
        self._since_s = 0.0
        self._counted_s = 0.0
        self._here = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._is_over:
            self._listener.listen(self._count)
            time.sleep(0.05)

    def _count(self) -> bool:
        """In the thread of the table, some times a second."""
        now_s = time.monotonic()
        if now_s - self._counted_s > 0.2:
            rows = self._listener.table.rows(time.time())
            self._here = sum(row.state is State.HERE and row.status.at_s >= self._since_s for row in rows)
            self._counted_s = now_s
        return not self._is_over

    def here(self, since_s: float) -> int:
        """How many have said that they are here, after a time."""
        if since_s != self._since_s:
            self._since_s, self._here = since_s, 0
        return self._here

    def stop(self) -> None:
        self._is_over = True
        self._thread.join()


def until(wanted: Callable[[], bool], what: str) -> float:
    """Look ten times a second; how long it took."""
    begun_s = time.monotonic()
    while not wanted():
        if time.monotonic() - begun_s > PATIENCE_S:
            raise SystemExit(f"{what}: not within {PATIENCE_S:.0f} seconds")
        time.sleep(0.1)
    return time.monotonic() - begun_s


@contextmanager
def workers(configs: Sequence[FleetConfig]) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that move all kiosks."""
    started = []
    for number in range(WORKERS):
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.fleet", "--worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert process.stdin
        process.stdin.write(msgspec.json.encode(configs[number::WORKERS]).decode() + "\n")
        process.stdin.flush()
        started.append(process)
    try:
        yield started
    finally:
        for process in started:
            assert process.stdin
            process.stdin.close()
            process.wait(30)
            assert process.stdout
            process.stdout.close()


def prepared(folder: Path, count: int) -> tuple[brokers.Broker, list[FleetConfig]]:
    """A broker that knows so many kiosks, and what each needs."""
    names = [f"kiosk-{number}" for number in range(count)]
    brokers.USERS.update(dict.fromkeys(names, "word"))
    broker = brokers.Broker(folder)
    conf = folder / "mosquitto.conf"
    conf.write_text(conf.read_text().replace("log_type all", "log_type notice\nlog_type information"))
    word = folder / "word"
    word.write_text("word\n")
    return broker, [broker.config(name, password_file=str(word)) for name in names]


def memory_mb(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1e6


def table_once(office: FleetConfig, folder: Path) -> tuple[float, float, int]:
    """``readiness fleet --json``: seconds, peak megabytes, kiosks."""
    file = folder / "office.toml"
    fields = ("kiosk", "host", "port", "ca_file", "user", "password_file")
    file.write_text("".join(f"{field} = {json.dumps(getattr(office, field))}\n" for field in fields))
    begun_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "readiness", "fleet", "--config", str(file), "--json"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
    )
    # Of all children that have ended, the largest; until now this is the only one of ours that could be.
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    return time.monotonic() - begun_s, peak_mb, len(json.loads(done.stdout)["kiosks"])


def peer_once(office: FleetConfig, count: int) -> tuple[float, float] | None:
    """`mosquitto_sub`, which only prints what it hears, until it has so many: seconds, peak megabytes; None without it (Debian: mosquitto-clients)."""
    if not shutil.which("mosquitto_sub"):
        return None
    words = [
        "mosquitto_sub",
        "-V",
        "mqttv5",
        "-h",
        office.host,
        "-p",
        str(office.port),
        "--cafile",
        str(office.ca_file),
    ]
    words += ["-u", str(office.user), "-P", brokers.USERS["office"], "-q", "1"]
    words += ["-t", f"{office.group}/+/status", "-C", str(count)]
    begun_s = time.monotonic()
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("mosquitto_sub failed")
    return time.monotonic() - begun_s, usage.ru_maxrss / 1e3


def measure(count: int, seconds: float, folder: Path) -> list[tuple[str, str]]:
    """Rows of the table of results."""
    broker, configs = prepared(folder, count)
    office = broker.config("office")
    broker.start()
    rows: list[tuple[str, str]] = []
    begun_s = time.time()
    watching = Watching(office)
    try:
        with workers(configs) as processes:
            took_s = until(lambda: watching.here(begun_s) >= count, "all kiosks in the table")
            rows.append((f"{count} kiosks start at once: all in the table after", f"{took_s:.1f} s"))
            rows.append(("memory of the broker then", f"{memory_mb(broker_process()):.0f} MB"))
            table_s, table_mb, shown = table_once(office, folder)
            rows.append((f"`readiness fleet --json` shows {shown} kiosks in", f"{table_s:.1f} s"))
            rows.append(("its memory at most", f"{table_mb:.0f} MB"))
            if peer := peer_once(office, count):
                rows.append(("mosquitto_sub, which keeps nothing, has heard them all in", f"{peer[0]:.2f} s"))
                rows.append(("its memory at most", f"{peer[1]:.0f} MB"))
                rows.append(("`readiness fleet --json` takes", f"{table_s / peer[0]:.1f} times as long"))
            rows.append(
                (
                    f"events a second that the broker took and acknowledged, for {seconds:.0f} s",
                    f"{hurry(processes, seconds):,.0f}",
                )
            )
            rows.append(("memory of the broker then", f"{memory_mb(broker_process()):.0f} MB"))
            broker.kill()
            (folder / "mosquitto.db").unlink(missing_ok=True)
            time.sleep(AWAY_S)
            begun_s = time.time()
            broker.start()
            took_s = until(lambda: watching.here(begun_s) >= count, "the table after a restart")
            rows.append(
                (f"broker killed, {AWAY_S:.0f} s away, nothing kept: the table is whole after", f"{took_s:.1f} s")
            )
            knocks = Counter(line.split(":")[0] for line in broker.lines if "New client connected" in line)
            rows.append(("kiosks that came in the busiest second", f"{max(knocks.values())}"))
    finally:
        watching.stop()
        broker.kill()
    return rows


def broker_process() -> psutil.Process:
    return next(child for child in psutil.Process().children() if child.name() == "mosquitto")


def hurry(processes: Sequence[subprocess.Popen[str]], seconds: float) -> float:
    """Events a second, while each kiosk says the next one as soon as the broker has the last."""
    for process in processes:
        assert process.stdin
        process.stdin.write(f"{seconds}\n")
        process.stdin.flush()
    taken = 0
    for process in processes:
        assert process.stdout
        taken += int(process.stdout.readline())
    return taken / seconds


def report(rows: Sequence[tuple[str, str]], said: str) -> str:
    """The page of results; ``said``: the arguments."""
    lines = [
        "# A fleet on one broker",
        "",
        f"`python3 dev.py bench fleet{said}`, {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {mosquitto_version()}.",
        f"Broker, kiosks and table share {os.cpu_count()} processors.",
        "",
        "| | |",
        "|---|---|",
        *(f"| {what} | {value} |" for what, value in rows),
        "",
        "A real kiosk speaks once a minute and when something changes: 2,000 of them are about 33 messages a second. After a break",
        "each waits by chance, from half a second to at most five minutes, longer with each try that fails.",
        "",
    ]
    return "\n".join(lines)


def mosquitto_version() -> str:
    help_text = subprocess.run(["mosquitto", "-h"], capture_output=True, text=True, check=False).stdout
    return help_text.splitlines()[0].replace(" version", "").capitalize()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench fleet")
    parser.add_argument("--kiosks", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # inherited by the broker
    if options.worker:
        Worker(msgspec.json.decode(sys.stdin.readline(), type=list[FleetConfig])).run()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        said = "".join(f" {word}" for word in arguments)
        page = report(measure(options.kiosks, options.seconds, Path(folder)), said)
    print(page)
    RESULTS.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
