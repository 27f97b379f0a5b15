"""The link itself, believed only as far as packets that went through it bear it out."""

from __future__ import annotations

import itertools
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

import psutil
import pytest

from tests.lab import link as lab
from tests.lab import link_options, link_program
from tests.lab.inside import LabError
from tests.lab.link import Link

WITNESS: Final = (sys.executable, "-I", "-S", str(Path(__file__).resolve().parent / "link_witness.py"))

#: How well the system's two clocks can be held against each other, and from when on a packet is late.
_CLOCKS_NS: Final = 100_000
_ON_TIME_MS: Final = 1.0

#: How many have to be on time, on however busy a machine: else it is the line that is late.
_MOST: Final = 0.6

#: One packet of 1250 bytes takes 10 ms at 1 Mbit/s.
SIZE: Final = 1250


class Seen(NamedTuple):
    """A packet that arrived, and what the line says it did to it. Nanoseconds of one clock, those of all computers."""

    number: int
    sent_ns: int
    arrived_ns: int
    size: int
    came_ns: int
    began_ns: int
    due_ns: int

    @property
    def way_ms(self) -> float:
        """How long it was on its way by the line's word. `passed` has seen that the line keeps its word."""
        return (self.due_ns - self.came_ns) / 1e6

    @property
    def waited(self) -> bool:
        """Whether the bottleneck was busy when it came."""
        return self.began_ns > self.came_ns


def passed(
    link: Link,
    *,
    count: int,
    every_ms: float = 0.0,
    size: int = SIZE,
    down: bool = True,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[Seen]:
    """Send packets one way; what arrived, in the order of arrival, and borne out.

    A busy machine sends, carries and takes in some packets late. So each packet is held against what the line says of it:
    none may arrive before it should, and most have to arrive just then.
    """
    way: Literal["down", "up"] = "down" if down else "up"
    link.ways(way)
    sender, receiver = (link.server, link.client) if down else (link.client, link.server)
    address = link.client_address if down else link.server_address
    before = link.counters()[way].received

    def is_over() -> bool:
        counters = link.counters()[way]
        return counters.received - before >= count and counters.underway == 0

    with subprocess.Popen(
        [*receiver, *WITNESS, "receive", address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as receiving:
        assert receiving.stdout
        assert receiving.stdout.readline() == "ready\n"
        with subprocess.Popen([*sender, *WITNESS, "send", address, str(count), str(size), str(every_ms)]) as sending:
            meanwhile()
        assert sending.returncode == 0
        assert eventually(is_over)
        said, _ = receiving.communicate("enough\n", timeout=30)
    since_1970_ns = time.time_ns() - time.monotonic_ns()
    seen = [
        Seen(*packet, *(moment_ns + since_1970_ns for moment_ns in word))
        for packet, word in zip(json.loads(said), link.ways(way), strict=True)
    ]
    late_ms = [(p.arrived_ns - p.due_ns) / 1e6 for p in seen]
    assert all(p.sent_ns - _CLOCKS_NS <= p.came_ns <= p.began_ns <= p.due_ns <= p.arrived_ns + _CLOCKS_NS for p in seen)
    assert sum(late < _ON_TIME_MS for late in late_ms) >= _MOST * len(seen), late_ms
    return seen


def mbps(seen: Sequence[Seen]) -> float:
    """The rate at which those were sent that had to wait. Between others the line stood idle: the sender was late."""
    pairs = [(before, after) for before, after in itertools.pairwise(seen) if after.waited]
    assert len(pairs) > len(seen) / 2
    return sum(after.size for _, after in pairs) * 8e3 / sum(after.due_ns - before.due_ns for before, after in pairs)


def missing(seen: Sequence[Seen], count: int) -> set[int]:
    return set(range(count)) - {p.number for p in seen}


def eventually(happened: Callable[[], bool], within_s: float = 5.0) -> bool:
    ends_at = time.monotonic() + within_s
    while not happened() and time.monotonic() < ends_at:
        time.sleep(0.02)
    return happened()


# Rate, delay, queue


@pytest.mark.parametrize(("rate", "count"), [("500k", 25), ("10M", 400), ("100M", 4000)])
def test_a_full_line_carries_its_rate_each_way(rate: str, count: int) -> None:
    wanted = link_options.bits_per_second(rate) / 1e6
    with Link(down=rate, up=rate, queue_ms=None) as link:
        assert mbps(passed(link, count=count)) == pytest.approx(wanted, rel=0.01)
        assert mbps(passed(link, count=count, down=False)) == pytest.approx(wanted, rel=0.01)


def test_each_way_has_its_own_delay() -> None:
    with Link(down=None, up=None, delay_ms=5, down_options={"delay_ms": 40}) as link:
        down = passed(link, count=40, every_ms=5)
        up = passed(link, count=40, every_ms=5, down=False)
    assert statistics.median(p.way_ms for p in down) == pytest.approx(40, abs=1)
    assert statistics.median(p.way_ms for p in up) == pytest.approx(5, abs=1)


@pytest.mark.parametrize(
    ("limits", "let_in"),
    [
        ({"queue_ms": 105}, 11),  # one is being sent; the 11th would wait for 100 ms, the next for 110
        ({"queue_packets": 5}, 6),
        ({"queue_bytes": 3 * SIZE}, 4),
        ({"queue_ms": 0}, 2),  # there is always room for one
        ({"queue_ms": None}, 40),
    ],
)
def test_a_queue_takes_so_much_and_drops_the_rest(limits: dict[str, object], let_in: int) -> None:
    with Link(down="1M", down_options={"delay_ms": 5, **limits}) as link:
        seen = passed(link, count=40)
        counters = link.counters()["down"]
    # Sending all 40 takes a millisecond or two, in which one might leave the queue; more when the sender had to pause.
    paused_ms = (seen[-1].sent_ns - seen[0].sent_ns) / 1e6
    assert let_in <= len(seen) <= let_in + 1 + paused_ms / 10
    assert counters.dropped_by_queue == len(missing(seen, 40))
    assert (counters.sent, counters.dropped_by_loss, counters.underway) == (len(seen), 0, 0)
    assert seen[-1].way_ms == pytest.approx(5 + 10 * let_in, abs=11)


# Loss


def test_what_is_lost_is_counted_and_a_seed_loses_it_again() -> None:
    lost = []
    for _ in range(2):
        with Link(down=None, delay_ms=1, down_options={"loss_pct": 10}, seed=7) as link:
            seen = passed(link, count=2000, every_ms=0.05, size=100)
            counters = link.counters()["down"]
        lost.append(missing(seen, 2000))
        assert (counters.received, counters.dropped_by_loss) == (2000, len(lost[-1]))
    assert lost[0] == lost[1]
    assert len(lost[0]) == pytest.approx(200, abs=45)  # three standard deviations


def test_losses_come_in_bursts() -> None:
    count = 20000
    with Link(down=None, delay_ms=1, down_options={"burst_loss_pct": 5, "burst_packets": 4}, seed=1) as link:
        lost = missing(passed(link, count=count, every_ms=0.02, size=100), count)
        assert link.counters()["down"].dropped_by_loss == len(lost)
    bursts = sum(number - 1 not in lost for number in lost)
    assert len(lost) / count == pytest.approx(0.05, rel=0.2)
    assert len(lost) / bursts == pytest.approx(4, rel=0.2)


def test_packets_that_come_twice() -> None:
    with Link(down=None, delay_ms=1, down_options={"duplicate_pct": 25}, seed=1) as link:
        seen = passed(link, count=1000, every_ms=0.05, size=100)
        counters = link.counters()["down"]
    assert len(seen) == counters.sent == 1000 + counters.duplicated
    assert counters.duplicated == pytest.approx(250, abs=42)


# Jitter


def test_jitter_is_even_and_keeps_the_order() -> None:
    with Link(down=None, delay_ms=5, down_options={"jitter_ms": 6}, seed=3) as link:
        apart = passed(link, count=200, every_ms=6)
        crowded = passed(link, count=400, every_ms=1)
    ways_ms = [p.way_ms for p in apart]
    assert (min(ways_ms), max(ways_ms)) == pytest.approx((5, 11), abs=0.3)
    assert statistics.mean(ways_ms) == pytest.approx(8, abs=0.5)
    for seen, every_ms in ((apart, 6), (crowded, 1)):
        differences = [abs(one.way_ms - other.way_ms) for one, other in evenly_sent(seen, every_ms)]
        assert statistics.mean(differences) == pytest.approx(link_options.expected_jitter_ms(6, every_ms), rel=0.15)
    assert [p.number for p in crowded] == list(range(400))


def evenly_sent(seen: Sequence[Seen], every_ms: float) -> list[tuple[Seen, Seen]]:
    """Neighbours that came in as far apart as they were to be: not those between which the sender had to pause."""
    pairs = [
        (one, other)
        for one, other in itertools.pairwise(seen)
        if (other.came_ns - one.came_ns) / 1e6 == pytest.approx(every_ms, rel=0.3)
    ]
    assert len(pairs) > len(seen) / 2
    return pairs


@pytest.mark.parametrize(
    ("every_ms", "expected_ms"), [(20, 10 / 3), (10, 10 / 3), (6.4, 3.206), (3.2, 2.579), (1, 1.274)]
)
def test_what_jitter_comes_to_after_rfc_3550(every_ms: float, expected_ms: float) -> None:
    """By a formula, and by throwing dice: these are of 400 000 packets."""
    assert link_options.expected_jitter_ms(10, every_ms) == pytest.approx(expected_ms, abs=0.01)
    assert link_options.expected_jitter_ms(0, every_ms) == 0


def test_jitter_may_reorder() -> None:
    with Link(down=None, delay_ms=5, down_options={"jitter_ms": 6, "reorder": True}) as link:
        seen = [p.number for p in passed(link, count=400, every_ms=1)]
    assert sorted(seen) == list(range(400))
    assert seen != sorted(seen)


# Lines that change


def test_a_boost_is_over_after_its_bytes() -> None:
    boosted = 200
    options = {"boost_bytes": boosted * SIZE, "boost_rate": "50M"}
    with Link(down="10M", queue_ms=None, down_options=options) as link:
        seen = passed(link, count=600)
    assert mbps(seen[:boosted]) == pytest.approx(50, rel=0.05)  # it lasts for 40 ms
    assert mbps(seen[boosted:]) == pytest.approx(10, rel=0.01)


def test_a_square_wave() -> None:
    with Link(down="10M", down_options={"wave_ms": 200, "wave_rate": "2M", "queue_ms": None}) as link:
        arrived_ms = [p.due_ns / 1e6 for p in passed(link, count=900)]
    # The first edge down: ten packets took 10 ms, the next ten take 50 ms.
    edge_ms = next(
        now
        for before, now, after in zip(arrived_ms, arrived_ms[10:], arrived_ms[20:], strict=False)
        if now - before < 20 and after - now > 45
    )
    halves = [sum(0 <= at - edge_ms - 200 * half < 200 for at in arrived_ms) for half in range(4)]
    assert halves == pytest.approx([40, 200, 40, 200], abs=10)


def test_a_blackout_loses_everything_for_its_time() -> None:
    with Link(down=None, delay_ms=1, down_options={"blackouts_ms": [(300, 200), (700, 100)]}) as link:
        seen = passed(link, count=200, every_ms=5)
        assert link.counters()["down"].dropped_by_loss == len(missing(seen, 200))
    gaps = [(b.due_ns - a.due_ns) / 1e6 for a, b in itertools.pairwise(seen)]
    assert sorted(gaps)[-2:] == pytest.approx([105, 205], abs=15)  # from the last before it to the first after it


def test_a_line_that_dies_takes_what_was_waiting_with_it() -> None:
    with Link(down="1M", queue_ms=None, down_options={"dead_at_ms": 500}) as link:
        seen = passed(link, count=200)
        assert 10 < len(seen) < 50
        assert link.counters()["down"].dropped_by_loss == 200 - len(seen)
        assert passed(link, count=5, down=False)
        link.change(dead=True)
        assert not passed(link, count=5, down=False)
        link.change(dead=False, dead_at_ms=None)
        assert passed(link, count=5)


def test_a_running_line_changes_its_rate() -> None:
    with Link(down="10M", queue_ms=None) as link:
        before = passed(link, count=200)
        link.change(down="2M", up_options={"loss_pct": 100})
        after = passed(link, count=100)
        assert not passed(link, count=5, down=False)
    assert mbps(before) == pytest.approx(10, rel=0.01)
    assert mbps(after) == pytest.approx(2, rel=0.01)


def test_a_change_is_seen_by_what_waits_already() -> None:
    link = Link(down="1M", queue_ms=None)

    def hurry() -> None:
        assert eventually(lambda: link.counters()["down"].sent > 10)
        link.change(down="10M")

    with link:
        seen = passed(link, count=100, meanwhile=hurry)
    assert (seen[-1].due_ns - seen[0].due_ns) / 1e9 < 0.5  # a second at its first rate


# Ends and adapters


def test_both_ends_have_the_mtu_and_the_congestion_control_that_were_asked_for() -> None:
    with Link(mtu=1280, congestion="reno") as link:
        port = link.start_server().rpartition(":")[2]
        said = subprocess.run(
            [*link.client, *WITNESS, "segment", link.server_address, port], capture_output=True, text=True, check=True
        )
        assert json.loads(said.stdout) == [1280 - 52, "reno"]
        for end in (link.client, link.server):
            assert "mtu 1280" in subprocess.run([*end, "ip", "link"], capture_output=True, text=True, check=True).stdout


def test_the_server_may_have_another_congestion_control() -> None:
    with Link(server_congestion="reno") as link:
        ask = ("sysctl", "-n", "net.ipv4.tcp_congestion_control")
        ends = [
            subprocess.run([*end, *ask], capture_output=True, text=True, check=True)
            for end in (link.client, link.server)
        ]
    assert [end.stdout.strip() for end in ends] == ["cubic", "reno"]


_OWN_BYTES = 500


@pytest.mark.parametrize("tls", [False, True])
def test_the_measurement_server_is_found_trusted_and_counted(*, tls: bool) -> None:
    fetch = "import sys, urllib.request as r; print(len(r.urlopen(sys.argv[1], timeout=5).read()))"
    with Link(down="100M", hosts=("speed.example",)) as link:
        url = link.start_server(tls=tls)
        got = subprocess.run(
            [*link.client, sys.executable, "-c", fetch, f"{url}/garbage?ckSize=1"],
            env={**os.environ, **link.environment},
            capture_output=True,
            text=True,
            check=True,
        )
        look_up = [*link.client, "getent", "hosts", "speed.example"]
        assert subprocess.run(look_up, capture_output=True, text=True, check=True).stdout.startswith("10.77.0.2 ")

        def agree() -> bool:
            counters = link.counters()
            seen, counted = link.client_bytes(), (counters["down"].bytes, counters["up"].received_bytes)
            # The system's own few packets (IPv6) may leave before anybody counts them.
            return all(abs(one - other) <= _OWN_BYTES for one, other in zip(seen, counted, strict=True))

        assert eventually(agree)  # the last words of the connection are still under way
        counters = link.counters()
    assert int(got.stdout) == 1 << 20
    assert url.startswith("https://" if tls else "http://")
    assert counters["down"].bytes > 1 << 20


def test_links_stand_side_by_side() -> None:
    with Link(down="10M", queue_ms=None) as one, Link(down="2M", queue_ms=None) as other:
        assert one.client != other.client
        assert mbps(passed(one, count=100)) == pytest.approx(10, rel=0.01)
        assert mbps(passed(other, count=100)) == pytest.approx(2, rel=0.01)


# Ending


def left_of(link: Link, folder: Path) -> list[str]:
    names = (link.client[-1], link.server[-1])
    places = [folder, *(Path(where, name) for where in ("/run/netns", "/etc/netns") for name in names)]
    return [str(place) for place in places if place.exists()]


def test_nothing_stays_behind() -> None:
    with Link() as link:
        link.start_server()
        folder = link.folder
        running = subprocess.Popen([*link.client, "sleep", "60"])
        assert eventually(lambda: psutil.Process(running.pid).name() == "sleep")
        assert len(left_of(link, folder)) == 5
    assert running.wait(5) == -signal.SIGKILL
    assert left_of(link, folder) == []


def test_whatever_is_at_its_ends_goes_when_its_owner_is_killed() -> None:
    script = (
        "import subprocess, sys\nfrom tests.lab.link import Link\n"
        "with Link() as link:\n"
        "    link.start_server()\n"
        "    subprocess.Popen([*link.client, 'sleep', '60'])\n"
        "    print(link.client[-1], link.server[-1], link.folder, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=lab.PROJECT
    ) as owner:
        assert owner.stdout
        client, server, folder = owner.stdout.readline().split()
        family = psutil.Process(owner.pid).children(recursive=True)
        assert len(family) == 4  # what keeps it, what carries it, its server, and the sleeper
        owner.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive
    places = (Path("/run/netns", client), Path("/run/netns", server), Path("/etc/netns", client), Path(folder))
    assert eventually(lambda: not any(place.exists() for place in places))


# The command line


def run_lab(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.lab.link", *words],
        cwd=lab.PROJECT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_command_line_gives_through_what_the_command_says() -> None:
    script = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).status); sys.exit(7)"
    options = (
        "--down",
        "20M",
        "--delay",
        "2",
        "--up-loss-pct",
        "0",
        "--reorder",
        "--blackouts-ms",
        "9000,100",
        "--tls",
    )
    done = run_lab(*options, "--", sys.executable, "-c", script, "{server}/empty")
    assert (done.returncode, done.stdout) == (7, "200\n")
    down, up = done.stderr.splitlines()
    assert down.startswith("down: received=")
    assert up.startswith("up: received=")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--down", "10M"], 'Nothing to run: put a command after "--"; in it {server} is the address of the server.'),
        (["--down", "fast", "--", "true"], "'fast' is not a rate: write 500k, 1.5M, 1G or a number of bit/s."),
        (["--congestion", "snail", "--", "true"], "This system has no snail congestion control: it has "),
    ],
)
def test_the_command_line_says_what_cannot_be(words: list[str], sentence: str) -> None:
    done = run_lab(*words)
    assert done.returncode == 2
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1


# What cannot be


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"down_options": {"los_pct": 1}}, "A link has no los_pct; it has rate, "),
        ({"down_options": {"delay_ms": "long"}}, "A link cannot be so: Expected `float`, got `str`"),
        ({"up_options": {"loss_pct": 101}}, "from 0 to 100 per cent"),
        ({"up_options": {"burst_packets": 0.5}}, "at least one packet"),
        ({"delay_ms": -1}, "not negative"),
        ({"mtu": 100}, "choose from 576 to 2048"),
    ],
)
def test_what_no_line_can_be_is_said_in_a_sentence(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        Link(**options)  # type: ignore[arg-type]


def test_a_link_that_does_not_stand_cannot_be_asked() -> None:
    link = Link()
    with pytest.raises(LabError, match="not standing"):
        link.counters()
    with pytest.raises(LabError, match="not standing"):
        link.start_server()


def test_without_root_or_a_compiler_the_reason_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as context:
        context.setattr(os, "geteuid", lambda: 1000)
        with pytest.raises(LabError, match="needs root"), Link():
            raise AssertionError("it must not stand")
    with monkeypatch.context() as context:
        context.setenv("PATH", str(tmp_path))
        with pytest.raises(LabError, match="install the Debian packages gcc and libc6-dev"):
            link_program.program(tmp_path)


def test_the_program_is_made_once_for_each_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "link.c"
    monkeypatch.setattr(link_program, "SOURCE", source)
    source.write_text("int main(void) { return 0; }\n")
    made = link_program.program(tmp_path)
    assert link_program.program(tmp_path) == made
    source.write_text("int main(void) { return broken; }\n")
    with pytest.raises(LabError, match=r"could not be compiled: .*broken"):
        link_program.program(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([made, source])
