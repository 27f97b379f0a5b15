"""The probe of a call through a real TURN server (coturn), over lines and firewalls that behave as told."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
import psutil
import pytest

from readiness.checks.call_quality import CallQualityCheck, CallQualityRequirement
from readiness.model import Failure
from readiness.probes import call_quality, process
from readiness.profile import Limit, TurnServer
from readiness.readings import CallQualityReading, Transport
from tests.lab import turn as lab
from tests.lab.inside import LabError
from tests.lab.link import PROJECT, SERVER_ADDRESS, Link
from tests.lab.turn import Turn, block

TODAY = date(2026, 11, 21)
NEEDS = CallQualityRequirement(
    required=True,
    loss_pct=Limit(source="loss", fail_above=5, warn_above=2),
    delay_ms=Limit(source="delay", fail_above=150, warn_above=75),
    jitter_ms=Limit(source="jitter", fail_above=100, warn_above=40),
    rate_mbps=Limit(source="rate", warn_below=1.2),
)

#: Long enough to see, short enough to wait for.
CALL_S = 2.5

#: What is tried on a line of its own, and how many of those that wait for most of their time at once.
Try = Callable[[Link], CallQualityReading]
_AT_ONCE: Final = 5


def server_of(turn: Turn, *, password: str = lab.PASSWORD, url: str | None = None, tls_port: int = 443) -> TurnServer:
    return TurnServer(url=url or turn.url, username=lab.NAME, password=password, tls_port=tls_port)


def call(
    link: Link,
    turn: Turn,
    *servers: TurnServer,
    call_s: float = CALL_S,
    other_hosts: Sequence[str] = (),
    tell: Callable[[CallQualityReading], None] = lambda partial: None,
) -> CallQualityReading:
    """What the probe reads at the link's near end, as the product runs it."""
    task = call_quality.Task(servers=servers or (server_of(turn),), other_hosts=tuple(other_hosts), call_s=call_s)
    variables = [f"{name}={value}" for name, value in turn.environment.items()]
    command = [*link.client, "env", *variables, *process.command("call_quality")]
    return process.run_child(command, msgspec.to_builtins(task), CallQualityReading, deadline_s=30, tell=tell)


def findings(reading: CallQualityReading) -> list[str]:
    return [finding.id.partition(".")[2] for finding in CallQualityCheck().judge(reading, NEEDS, TODAY)]


def lost_pct(link: Link) -> float:
    """What the line itself has lost there and back, of all packets so far."""
    kept = 1.0
    for direction in link.counters().values():
        kept *= 1 - (direction.dropped_by_loss + direction.dropped_by_queue) / direction.received
    return 100 * (1 - kept)


@pytest.fixture
def line() -> Iterator[Link]:
    with Link(down="20M", up="5M", delay_ms=20) as link:
        yield link


# --- What the line does ------------------------------------------------------------------------------------------------


def test_a_good_line_carries_a_call(line: Link) -> None:
    told: list[CallQualityReading] = []
    with Turn(line.server, SERVER_ADDRESS) as turn:
        down, up = line.client_bytes()
        reading = call(line, turn, tell=told.append)
        after_down, after_up = line.client_bytes()
    assert findings(reading) == ["ok"]
    assert (reading.bytes_down, reading.bytes_up) == pytest.approx((after_down - down, after_up - up), rel=0.05)
    assert reading.transport is Transport.UDP
    assert (reading.rate_mbps, reading.loss_pct, reading.higher_rate_mbps) == (1.5, 0.0, None)
    assert reading.packets_counted is not None
    assert reading.packets_counted == pytest.approx(CALL_S * 156.25, abs=3)
    # 20 ms each way, and the time that a packet of 1232 bytes takes at 5 and at 20 Mbit/s.
    assert reading.delay_ms == pytest.approx(20 + (1232 * 8 / 5e3 + 1232 * 8 / 20e3) / 2, abs=2)
    assert reading.jitter_ms is not None
    assert reading.jitter_ms < 2
    assert reading.server == SERVER_ADDRESS
    assert len(told) >= 3, "somebody may be watching"


def test_loss_is_what_the_line_itself_has_counted(line: Link) -> None:
    """Eight seconds, as 0.3 points need many packets: beside 1250 of ours there are some thirty of the protocol's."""
    line.change(up_options={"loss_pct": 2.0}, down_options={"burst_loss_pct": 2.0, "burst_packets": 3})
    with Turn(line.server, SERVER_ADDRESS) as turn:
        reading = call(line, turn, call_s=8)
        truth = lost_pct(line)
    assert reading.loss_pct == pytest.approx(truth, abs=0.3)
    assert reading.rate_mbps == 1.5, "loss that the rate does not cause is measured at the full rate"


def test_delay_and_jitter_of_the_line_are_seen(line: Link) -> None:
    line.change(delay_ms=60, jitter_ms=30)
    with Turn(line.server, SERVER_ADDRESS) as turn:
        reading = call(line, turn, call_s=4)
    # Each way adds 0 to 30 ms, and a packet waits for the one before: 18.6 ms in the middle, 6.4 ms apart, as simulated.
    assert reading.delay_ms == pytest.approx(60 + 18.6 + 1.2, abs=2)
    assert reading.jitter_ms == pytest.approx(6.89, rel=0.25)
    assert findings(reading) == ["delay"]


def test_on_a_slow_line_a_call_goes_down_and_says_so() -> None:
    with Link(down="20M", up="0.8M", delay_ms=15, queue_ms=150) as line, Turn(line.server, SERVER_ADDRESS) as turn:
        reading = call(line, turn, call_s=3.5)
    assert findings(reading) == ["low_rate"]
    assert reading.rate_mbps is not None
    assert 0.5 < reading.rate_mbps < 0.75
    assert reading.higher_rate_mbps == 1.5
    assert reading.higher_rate_loss_pct is not None
    assert reading.higher_rate_loss_pct > 20
    assert reading.loss_pct is not None
    assert reading.loss_pct < 1


def test_a_blackout_stays_in_what_is_counted(line: Link) -> None:
    def cut(partial: CallQualityReading) -> None:
        if partial.packets_sent and not cuts:
            cuts.append(1)
            line.change(blackouts_ms=((0.0, 600.0),))

    cuts: list[int] = []
    with Turn(line.server, SERVER_ADDRESS) as turn:
        reading = call(line, turn, tell=cut, call_s=4)
    assert findings(reading) == ["too_much_loss"]
    assert reading.rate_mbps == 1.5
    assert reading.loss_pct == pytest.approx(100 * 0.6 / 4, abs=2.5)
    assert reading.longest_gap_ms == pytest.approx(600, abs=100)


# --- What lets calls through, and what does not ---------------------------------------------------------------------------


def over_tcp(line: Link) -> CallQualityReading:
    with Turn(line.server, SERVER_ADDRESS) as turn:
        block(line.client, "meta l4proto udp")
        return call(line, turn, call_s=1)


def over_tls(line: Link) -> CallQualityReading:
    with Turn(line.server, SERVER_ADDRESS, tls=True) as turn:
        block(line.client, "meta l4proto udp", "tcp dport != 443")
        return call(line, turn, call_s=1)


def over_tls_that_nobody_trusts(line: Link) -> CallQualityReading:
    with Turn(line.server, SERVER_ADDRESS, tls=True) as turn:
        block(line.client, "meta l4proto udp", "tcp dport != 443")
        command = [*line.client, *process.command("call_quality")]
        task = call_quality.Task(servers=(server_of(turn),), other_hosts=(SERVER_ADDRESS,))
        return process.run_child(command, msgspec.to_builtins(task), CallQualityReading, deadline_s=30)


def without_udp_there(line: Link) -> CallQualityReading:
    with Turn(line.server, SERVER_ADDRESS, "--no-udp") as turn:
        return call(line, turn, call_s=1)


def is_gone(line: Link, turn: Turn) -> TurnServer:
    """A server that answers nobody."""
    block(line.client, "udp dport 3999", "tcp dport { 3999, 4999 }")
    return server_of(turn, url=f"turn:{SERVER_ADDRESS}:3999", tls_port=4999)


def the_server_is_gone(line: Link) -> CallQualityReading:
    with Turn(line.server, SERVER_ADDRESS, tls=True) as turn:
        return call(line, turn, is_gone(line, turn), other_hosts=(SERVER_ADDRESS,))


def the_first_server_is_gone(line: Link) -> CallQualityReading:
    with Turn(line.server, SERVER_ADDRESS) as turn:
        return call(line, turn, is_gone(line, turn), server_of(turn), call_s=1)


def the_server_dies(line: Link) -> CallQualityReading:
    with Turn(line.server, SERVER_ADDRESS) as turn, Turn(line.server, "127.0.0.1", "--allow-loopback-peers", tls=True):

        def end(partial: CallQualityReading) -> None:
            if partial.packets_sent:
                turn.end()

        return call(line, turn, tell=end, call_s=9)


def the_line_is_dead(line: Link) -> CallQualityReading:
    with Turn(line.server, SERVER_ADDRESS) as turn:
        line.change(dead=True)
        return call(line, turn, other_hosts=(SERVER_ADDRESS,))


def the_line_dies(line: Link) -> CallQualityReading:
    died_s: list[float] = []

    def cut(partial: CallQualityReading) -> None:
        if partial.packets_sent and not died_s:
            died_s.append(time.monotonic())
            line.change(dead=True)

    with Turn(line.server, SERVER_ADDRESS) as turn:
        reading = call(line, turn, tell=cut, call_s=9, other_hosts=(SERVER_ADDRESS,))
    assert time.monotonic() - died_s[0] < 10
    return reading


@pytest.fixture(scope="module")
def tries(request: pytest.FixtureRequest) -> dict[Try, Future[CallQualityReading]]:
    """Every try that a chosen test wants, on a line of its own, some at a time: their time is waiting for no answer."""
    chosen = [item for item in request.session.items if item.path == request.path]
    parameters = [getattr(item, "callspec").params for item in chosen if hasattr(item, "callspec")]  # noqa: B009

    def tried(what: Try) -> CallQualityReading:
        with Link(down="20M", up="5M", delay_ms=20) as line:
            return what(line)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return {each["reading"]: pool.submit(tried, each["reading"]) for each in parameters if "reading" in each}


@pytest.fixture
def reading(request: pytest.FixtureRequest, tries: dict[Try, Future[CallQualityReading]]) -> CallQualityReading:
    return tries[request.param].result()


def of(what: Try) -> pytest.MarkDecorator:
    """What the probe read when it tried this."""
    return pytest.mark.parametrize("reading", [what], indirect=True, ids=lambda what: what.__name__)


@of(over_tcp)
def test_where_udp_is_blocked_tcp_is_found(reading: CallQualityReading) -> None:
    assert reading.transport is Transport.TCP
    assert findings(reading) == ["udp_blocked"]


@of(over_tls)
def test_where_only_web_pages_pass_tls_is_found(reading: CallQualityReading) -> None:
    assert reading.transport is Transport.TLS
    assert findings(reading) == ["tls_only"]


@of(over_tls_that_nobody_trusts)
def test_a_tls_server_that_nobody_trusts_is_not_used(reading: CallQualityReading) -> None:
    assert findings(reading) == ["server_unreachable"]


@of(without_udp_there)
def test_a_server_without_udp_is_used_over_tcp(reading: CallQualityReading) -> None:
    """Whether the network or the server does not speak UDP: a call would have the same trouble."""
    assert reading.transport is Transport.TCP


@of(the_server_is_gone)
def test_a_server_that_is_gone_is_our_fault_while_others_answer(reading: CallQualityReading) -> None:
    assert findings(reading) == ["server_unreachable"]
    assert reading.servers_tried == (SERVER_ADDRESS,)


@of(the_first_server_is_gone)
def test_there_is_time_for_the_second_server_of_the_profile(reading: CallQualityReading) -> None:
    assert findings(reading) == ["ok"]
    assert reading.servers_tried == (SERVER_ADDRESS,)


@of(the_server_dies)
def test_a_server_that_dies_in_the_middle_is_our_fault_while_others_answer(reading: CallQualityReading) -> None:
    assert reading.failure is Failure.SERVER_UNREACHABLE
    assert findings(reading) == ["server_unreachable"]


@of(the_line_is_dead)
def test_without_any_answer_it_is_the_connection(reading: CallQualityReading) -> None:
    assert reading.failure is Failure.NO_CONNECTION


@of(the_line_dies)
def test_a_line_that_dies_in_the_middle_ends_the_call_soon(reading: CallQualityReading) -> None:
    assert reading.failure is Failure.NO_CONNECTION
    assert findings(reading) == ["not_measured"]


def test_a_wrong_password_is_our_fault(line: Link) -> None:
    with Turn(line.server, SERVER_ADDRESS) as turn:
        started_s = time.monotonic()
        reading = call(line, turn, server_of(turn, password="wrong"))
        assert time.monotonic() - started_s < 3, "an answer is an answer: no other transport is tried"
        assert findings(reading) == ["credentials_refused"]
        assert reading.servers_tried == (SERVER_ADDRESS,)
        # The next one may do.
        reading = call(line, turn, server_of(turn, password="wrong"), server_of(turn), call_s=1)
    assert (reading.credentials_refused, reading.servers_tried) == (True, (SERVER_ADDRESS,))
    assert findings(reading) == ["ok"]


def test_a_name_that_nobody_knows_is_a_server_that_is_out(line: Link) -> None:
    with Turn(line.server, SERVER_ADDRESS) as turn:
        reading = call(line, turn, server_of(turn, url="turn:turn.nowhere.test"))
    assert findings(reading) == ["server_unreachable"]


def test_a_server_that_does_not_relay_to_itself_is_out(line: Link) -> None:
    with Turn(line.server, SERVER_ADDRESS, "--denied-peer-ip", SERVER_ADDRESS) as turn:
        reading = call(line, turn)
    assert findings(reading) == ["server_unreachable"]


def test_a_server_that_is_full_is_out(line: Link) -> None:
    with Turn(line.server, SERVER_ADDRESS, "--total-quota", "1") as turn:
        reading = call(line, turn)
    assert findings(reading) == ["server_unreachable"]


def test_nonces_that_grow_old_meanwhile_are_renewed_and_allocations_given_back(line: Link) -> None:
    with Turn(line.server, SERVER_ADDRESS, "--stale-nonce=1", "--verbose") as turn:
        reading = call(line, turn, call_s=4)
        said = turn.said
    assert findings(reading) == ["ok"]
    assert said.count("ALLOCATE processed, success") == 2
    assert said.count("error 438") >= 1
    assert said.count("refreshed, realm=<clinic.test>, username=<visitor>, lifetime=0") == 2


#: Asks a TURN server to relay to some addresses, and prints what it says to each.
REACH: Final = """
import asyncio, sys
from aioice import stun, turn

async def reach(server, name, password, address):
    protocol = turn.TurnClientUdpProtocol((server, 3478), name, password, 600, 500)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: protocol, remote_addr=(server, 3478)
    )
    await protocol.connect()
    try:
        await protocol.channel_bind(0x4000, (address, 9))
        print(address, "taken")
    except stun.TransactionFailed as refusal:
        print(address, refusal)
    await protocol.delete()

for address in sys.argv[4:]:
    asyncio.run(reach(*sys.argv[1:4], address))
"""

# --- The server that clinics are told to run --------------------------------------------------------------------------


def recommended() -> str:
    """The settings in docs/call-quality.md, for the lab's address and password."""
    text = (PROJECT / "docs" / "call-quality.md").read_text(encoding="utf-8")
    settings: str
    (settings,) = re.findall(r"```conf\n(.*?)```", text, re.DOTALL)
    return settings.replace("203.0.113.7", SERVER_ADDRESS).replace(
        "user=visit-check:CHANGE-ME", f"user={lab.NAME}:{lab.PASSWORD}"
    )


def through_the_recommended_server(line: Link, *, blocked: Sequence[str]) -> CallQualityReading:
    with Turn(line.server, SERVER_ADDRESS, tls=True, settings=recommended()) as turn:
        if blocked:
            block(line.client, *blocked)
        reading = call(line, turn, call_s=1)
        assert "CONFIG ERROR" not in turn.said
        assert "Unknown" not in turn.said
    return reading


#: What has to be blocked for each transport to be used.
BLOCKED: Final = {
    Transport.UDP: (),
    Transport.TCP: ("meta l4proto udp",),
    Transport.TLS: ("meta l4proto udp", "tcp dport 3478"),
}


@pytest.mark.parametrize(
    ("transport", "reading"),
    [
        pytest.param(transport, functools.partial(through_the_recommended_server, blocked=blocked), id=transport.value)
        for transport, blocked in BLOCKED.items()
    ],
    indirect=["reading"],
)
def test_the_server_that_clinics_are_told_to_run_does(transport: Transport, reading: CallQualityReading) -> None:
    assert reading.transport is transport
    assert reading.loss_pct == 0.0
    assert reading.rate_mbps == 1.5


def test_that_server_relays_to_nobody_but_itself(line: Link) -> None:
    asked = (SERVER_ADDRESS, line.client_address, "127.0.0.1", "192.168.1.1", "198.51.100.1")
    with Turn(line.server, SERVER_ADDRESS, settings=recommended()):
        said = subprocess.run(
            [*line.client, sys.executable, "-c", REACH, SERVER_ADDRESS, lab.NAME, lab.PASSWORD, *asked],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    answers = dict(row.split(maxsplit=1) for row in said.stdout.splitlines())
    assert answers.pop(SERVER_ADDRESS) == "taken"
    assert set(answers) == set(asked[1:])
    assert all("403 - Forbidden" in answer for answer in answers.values()), answers


# --- This computer itself --------------------------------------------------------------------------------------------------


def probe_in(line: Link) -> psutil.Process:
    """The probe that runs at the link's near end now."""
    (found,) = [
        child
        for child in psutil.Process().children(recursive=True)
        if child.cmdline()[-2:] == ["--probe", "call_quality"] and line.client[-1] not in child.cmdline()
    ]
    return found


def test_a_computer_that_stood_still_says_nothing_of_the_line(line: Link) -> None:
    going_on: list[threading.Timer] = []

    def stop(partial: CallQualityReading) -> None:
        if partial.packets_sent and not going_on:
            probe = probe_in(line)
            probe.send_signal(signal.SIGSTOP)
            going_on.append(threading.Timer(1.5, probe.send_signal, [signal.SIGCONT]))
            going_on[0].start()

    with Turn(line.server, SERVER_ADDRESS) as turn:
        before = line.counters()["up"]
        reading = call(line, turn, tell=stop, call_s=3)
        after = line.counters()["up"]
    going_on[0].join()
    assert findings(reading) == ["disturbed"]
    assert reading.own_pause_ms == pytest.approx(1500, abs=250)
    assert reading.loss_pct == 0.0, "what the pause did to packets is left out of everything"
    assert reading.jitter_ms is not None
    assert reading.jitter_ms < 3
    assert reading.packets_counted is not None
    assert reading.packets_counted >= round(3 * 156.25), "what was spoilt was made up for"
    assert after.received - before.received < 3 * 156.25 + 60, "what was late was left out, not sent in a burst"


# --- The whole program ------------------------------------------------------------------------------------------------------


def test_the_program_tries_out_a_call_after_it_has_measured_the_speed(line: Link, tmp_path: Path) -> None:
    with Turn(line.server, SERVER_ADDRESS) as turn:
        profile = tmp_path / "clinic.toml"
        profile.write_text(
            'based_on = "generic"\nid = "lab"\nedition = "lab"\n\n'
            f'[[servers]]\nkind = "librespeed"\nurl = "{line.start_server()}"\n\n'
            f'[[turn]]\nurl = "{turn.url}"\nusername = "{lab.NAME}"\npassword = "{lab.PASSWORD}"\n\n'
            "[requirements.call_quality]\nrequired = true\n"
        )
        said = subprocess.run(
            [
                *(*line.client, sys.executable, "-m", "readiness", "check", "--json", "--lang", "en", "--no-input"),
                *("--only", "bandwidth,call_quality", "--profile", str(profile)),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
        )
    report = json.loads(said.stdout)
    checks = {check["id"]: check for check in report["checks"]}
    assert checks["call_quality"]["findings"][0]["id"] == "call_quality.ok"
    assert checks["bandwidth"]["status"] == "pass"
    assert checks["call_quality"]["required"]
    reading = checks["call_quality"]["reading"]
    assert reading["packets_counted"] >= 1500
    assert (reading["transport"], reading["loss_pct"]) == ("udp", 0.0)
    # One after the other: side by side each would have disturbed the other.
    assert report["duration_ms"] >= checks["bandwidth"]["duration_ms"] + checks["call_quality"]["duration_ms"] - 50


def test_a_lab_says_what_it_lacks(line: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        Turn(line.server, SERVER_ADDRESS),
        pytest.raises(LabError, match="did not start"),
        Turn(("false",), "10.0.0.1"),
    ):
        pass
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(LabError, match="install the Debian package coturn"), Turn(line.server, SERVER_ADDRESS):
        pass
    with pytest.raises(LabError, match="install the Debian package nftables"):
        block(line.client, "meta l4proto udp")
