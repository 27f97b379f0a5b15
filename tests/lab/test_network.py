"""Networks of the lab through the real probes, each in a child process inside the network.

What the connection check finds in each of them is in `tests.lab.test_layers`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import pytest

from readiness.checks.bandwidth import BandwidthCheck, BandwidthRequirement
from readiness.model import Failure, Reading
from readiness.probes import bandwidth, connection, process
from readiness.profile import Limit, PortalPage, Server, ServerKind
from readiness.readings import BandwidthReading, ConnectionReading, Reached, Stop
from tests.lab import network as lab
from tests.lab.inside import LabError
from tests.lab.network import Network

TODAY = date(2026, 11, 21)
RATE = Limit(source="zoom", fail_below=0.6, warn_below=1.8)
NEEDS = BandwidthRequirement(
    down_mbps=RATE, up_mbps=RATE, sound_only_mbps=Limit(source="twilio", fail_below=0.1), required=True
)
CONNECTION = connection.Task(
    hosts=lab.PROVIDER_HOSTS,
    other_hosts=(lab.OTHER_HOST,),
    portal_pages=(PortalPage(url=lab.PORTAL_PAGE, body=lab.PORTAL_BODY),),
)
BANDWIDTH = bandwidth.Task(
    servers=(Server(kind=ServerKind.LIBRESPEED, url=f"https://{lab.SPEED_HOST}"),),
    needed_down_mbps=1.8,
    needed_up_mbps=1.8,
    other_hosts=(lab.OTHER_HOST,),
)

R = TypeVar("R", bound=Reading)


def read(
    network: Network,
    probe: str,
    task: msgspec.Struct,
    kind: type[R],
    deadline_s: float,
    tell: Callable[[R], None] = lambda partial: None,
) -> R:
    """What the probe reads inside the network, as the product runs it."""
    variables = [f"{name}={value}" for name, value in network.environment.items()]
    command = [*network.prefix, "env", *variables, *process.command(probe)]
    fields: Mapping[str, object] = msgspec.to_builtins(task)
    return process.run_child(command, fields, kind, deadline_s=deadline_s, tell=tell)


def read_connection(network: Network, task: connection.Task = CONNECTION) -> ConnectionReading:
    return read(network, "connection", task, ConnectionReading, 6)


def read_bandwidth(
    network: Network,
    task: bandwidth.Task = BANDWIDTH,
    tell: Callable[[BandwidthReading], None] = lambda partial: None,
) -> BandwidthReading:
    return read(network, "bandwidth", task, BandwidthReading, 45, tell)


def findings(reading: BandwidthReading) -> list[str]:
    return [finding.id for finding in BandwidthCheck().judge(reading, NEEDS, TODAY)]


def test_a_profile_without_hosts_is_content_with_the_internet() -> None:
    elsewhere = msgspec.structs.replace(CONNECTION, hosts=())
    pages_only = msgspec.structs.replace(CONNECTION, hosts=(), other_hosts=())
    with Network("good") as network:
        assert read_connection(network, elsewhere).reached is Reached.INTERNET
        assert read_connection(network, pages_only).reached is Reached.INTERNET
        assert read_connection(network, connection.Task()).failure is Failure.NO_SERVER
    with Network("portal") as network:
        assert read_connection(network, elsewhere).reached is Reached.PORTAL


def test_where_the_sign_in_page_is() -> None:
    with Network("portal") as network:
        assert read_connection(network).portal_url == lab.SIGN_IN  # without the part that names the computer
    with Network("portal_page") as network:
        assert read_connection(network).portal_url == lab.PORTAL_PAGE


def test_a_good_line_is_measured_in_both_directions() -> None:
    with Network("good") as network:
        reading = read_bandwidth(network)
    assert findings(reading) == ["bandwidth.ok"]
    assert reading.server == lab.SPEED_HOST
    assert reading.server_kind == "librespeed"
    assert reading.bytes_down > 0
    assert reading.bytes_up > 0
    assert reading.rtt_ms is not None


def test_a_slow_line_is_slow_and_not_lost() -> None:
    told: list[BandwidthReading] = []
    with Network("slow") as network:
        assert read_connection(network).reached is Reached.PROVIDER
        reading = read_bandwidth(network, tell=told.append)
    assert findings(reading) == ["bandwidth.sound_only", "bandwidth.too_slow_up"]
    # 400 kbit/s and 3 Mbit/s with all headers: a little less of payload, and nothing that did not arrive.
    assert reading.up_mbps is not None
    assert 0.25 < reading.up_mbps < 0.4
    assert reading.down_mbps is not None
    assert 2.0 < reading.down_mbps < 3.0
    assert reading.loaded_rtt_ms is not None
    assert reading.rtt_ms is not None
    assert reading.loaded_rtt_ms > reading.rtt_ms
    assert told


#: Networks in which the line cannot be measured, and what is found instead.
NOT_MEASURED: Final = {
    "server_down": "bandwidth.server_unreachable",
    "intercepted": "bandwidth.server_unreachable",
    "none": "bandwidth.not_measured",
    "no_dns": "bandwidth.not_measured",
    "no_internet": "bandwidth.not_measured",
}


@pytest.fixture(scope="module")
def not_measured() -> dict[str, BandwidthReading]:
    """What is read in all of them, side by side: their time is waiting for answers that never come."""

    def tried(name: str) -> BandwidthReading:
        with Network(name) as network:
            return read_bandwidth(network)

    with ThreadPoolExecutor(len(NOT_MEASURED)) as pool:
        return dict(zip(NOT_MEASURED, pool.map(tried, NOT_MEASURED), strict=True))


@pytest.mark.parametrize("name", NOT_MEASURED)
def test_what_cannot_be_measured_is_nobodys_slow_line(name: str, not_measured: dict[str, BandwidthReading]) -> None:
    reading = not_measured[name]
    assert findings(reading) == [NOT_MEASURED[name]]
    assert (reading.down_mbps, reading.up_mbps) == (None, None)


def test_a_line_that_dies_in_the_middle_ends_the_measurement_in_time() -> None:
    died_at: list[float] = []

    def kill(partial: BandwidthReading) -> None:
        if not died_at:
            died_at.append(time.monotonic())
            network.cut()

    with Network("slow") as network:
        reading = read_bandwidth(network, tell=kill)
        ended_s = time.monotonic() - died_at[0]
    assert ended_s < 10
    assert reading.stopped_because is Stop.LOST, reading
    assert reading.failure is Failure.NO_CONNECTION
    assert reading.up_mbps is None
    assert "bandwidth.ok" not in findings(reading)


@pytest.mark.parametrize("kind", [ServerKind.SPEEDTEST_NET, ServerKind.CLOUDFLARE])
def test_public_services_are_measured_against(kind: ServerKind) -> None:
    with Network("good") as network:
        reading = read_bandwidth(network, bandwidth.Task(servers=(Server(kind=kind),), needed_up_mbps=1.8))
    assert reading.failure is None
    assert reading.server_kind == kind.value
    assert reading.server == {"speedtest_net": "nearby.test", "cloudflare": "speed.cloudflare.com"}[kind.value]
    assert reading.down_mbps is not None
    assert reading.up_mbps is not None


def test_the_next_server_is_asked_when_one_is_down() -> None:
    both = msgspec.structs.replace(BANDWIDTH, servers=(*BANDWIDTH.servers, Server(kind=ServerKind.CLOUDFLARE)))
    with Network("server_down") as network:
        reading = read_bandwidth(network, both)
    assert reading.failure is None
    assert reading.servers_tried == (lab.SPEED_HOST,)
    assert reading.server == "speed.cloudflare.com"


def test_networks_stand_side_by_side_and_leave_nothing() -> None:
    with Network("good") as one, Network("portal") as other:
        assert read_connection(one).reached is Reached.PROVIDER
        assert read_connection(other).reached is Reached.PORTAL
        prefixes = (one.prefix, other.prefix)
    for prefix in prefixes:
        assert not Path("/var/run/netns", prefix[-1]).exists()
        assert not Path("/etc/netns", prefix[-1]).exists()


def test_what_a_killed_lab_has_left_is_swept_away() -> None:
    script = (
        "import sys\nfrom tests.lab.network import Network\n"
        "with Network('none') as network:\n    print(network.prefix[-1], flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=lab.PROJECT
    ) as killed:
        assert killed.stdout
        left = Path("/var/run/netns", killed.stdout.readline().strip())
        assert left.exists()
        killed.send_signal(signal.SIGKILL)
    with Network("none"):
        assert not left.exists()


def test_a_network_that_does_not_exist_or_is_not_standing_is_said_in_a_sentence() -> None:
    with pytest.raises(LabError, match="There is no network called 'perfect': there are good, "):
        Network("perfect")
    with pytest.raises(LabError, match="not standing"):
        _ = Network("good").profile


def test_without_root_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LabError, match="needs root"), Network("good"):
        raise AssertionError("it must not stand")
