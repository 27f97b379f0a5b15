"""The right finding for every network of the lab, through `readiness check` as a person runs it.

The networks are made and checked a few at a time before the first test begins: most of their time is waiting.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

import pytest

from tests.lab import network as lab
from tests.lab.network import Network
from tests.lab.network_scenarios import SCENARIOS

#: So many at a time: two cores bear it without making a network slower than it is meant to be.
_AT_ONCE: Final = 3

#: The connection check's own deadline, as its parent keeps it.
_DEADLINE_MS: Final = 6000

Check = Mapping[str, Any]

#: The first test waits for all networks.
pytestmark = pytest.mark.timeout(300)


def checked(name: str, only: str = "connection") -> Mapping[str, Check]:
    """What the checks of a run in that network say, by their ids."""
    with Network(name) as network:
        command = [sys.executable, "-m", "readiness", "check", "--only", only, "--json", "--no-input"]
        done = subprocess.run(
            [*network.prefix, *command, "--profile", str(network.profile)],
            cwd=lab.PROJECT,
            env={**os.environ, **network.environment},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout, done.stderr
    return {check["id"]: check for check in json.loads(done.stdout)["checks"]}


def found(check: Check) -> dict[str, str]:
    """The findings of a check and their statuses, the leading one first."""
    return {finding["id"]: finding["status"] for finding in check["findings"]}


@pytest.fixture(scope="module")
def connections(request: pytest.FixtureRequest) -> dict[str, Future[Mapping[str, Check]]]:
    """The connection check in every network that a chosen test wants, by the network's name."""
    wanted = dict.fromkeys(itertools.chain.from_iterable(each.values() for each in _parameters(request)))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return {name: pool.submit(checked, name) for name in wanted if name in SCENARIOS}


def _parameters(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Those of every chosen test here."""
    chosen = [item for item in request.session.items if item.path == request.path]
    return [getattr(item, "callspec").params for item in chosen if hasattr(item, "callspec")]  # noqa: B009


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_network_is_found_to_be_what_it_is(name: str, connections: dict[str, Future[Mapping[str, Check]]]) -> None:
    check = connections[name].result()["connection"]
    assert next(iter(found(check))) == SCENARIOS[name].finding, check
    assert check["duration_ms"] < _DEADLINE_MS, "the parent would have given up"
    assert (check["status"] == "pass") is SCENARIOS[name].finding.endswith(".ok"), check


#: What is read of a network beside how far it leads. "portal_url" is told by its host alone: reports go to other people.
FACTS: Final[Mapping[str, Mapping[str, object]]] = {
    "good": {
        "medium": "wired",
        "vpn": False,
        "proxy": False,
        "socks": False,
        "proxy_script": None,
        "metered": None,
        "hosts_unreachable": [],
    },
    "vpn": {"medium": "wired", "vpn": True},
    "metered": {"metered": True},
    "portal": {"portal_url": "login.hotel.test"},
    "portal_page": {"portal_url": "check.elsewhere.test"},
    "portal_firewall": {"portal_url": "login.hotel.test"},
    "portal_tls": {"certificate_issuer": None},
    "proxy": {"proxy": True, "reached": "provider"},
    "proxy_gnome": {"proxy": True, "reached": "provider"},
    "proxy_kde": {"proxy": True, "reached": "provider"},
    "script": {"proxy_script": "wpad.office.test", "reached": "provider", "proxy": False},
    "script_only": {"proxy_script": "wpad.office.test", "reached": "names"},
    "socks": {"socks": True, "proxy": False, "reached": "provider"},
    "intercepted": {"certificate_issuer": lab.INTERCEPTOR},
    "provider_part": {"hosts_unreachable": [lab.PROVIDER_HOSTS[1]], "reached": "provider"},
    "provider_down": {"hosts_unreachable": [*lab.PROVIDER_HOSTS], "reached": "internet"},
    "others_down": {"hosts_unreachable": [], "reached": "provider"},
    "very_late": {"reached": "late", "hosts_unreachable": []},
    "too_late": {"reached": "late", "hosts_unreachable": []},
}


@pytest.mark.parametrize("name", FACTS)
def test_what_else_is_read_of_a_network(name: str, connections: dict[str, Future[Mapping[str, Check]]]) -> None:
    reading = connections[name].result()["connection"]["reading"]
    assert {fact: reading[fact] for fact in FACTS[name]} == FACTS[name]


@pytest.mark.parametrize("name", ["good"])
def test_a_line_that_nobody_uses_is_watched_for_a_second_and_no_more(
    name: str, connections: dict[str, Future[Mapping[str, Check]]]
) -> None:
    check = connections[name].result()["connection"]
    assert 1000 <= check["duration_ms"] < 2500
    # What we do ourselves in that second: names, and connections without a word on them.
    assert check["reading"]["others_down_mbps"] < 0.1
    assert check["reading"]["others_up_mbps"] < 0.1
    assert check["reading"]["answer_s"] < 0.5


@pytest.mark.parametrize(
    ("name", "down_mbps", "up_mbps"), [("busy_down", 8.0, 0.2), ("busy_up", 0.1, 2.0), ("busy_deep", 0.1, 2.2)]
)
def test_what_another_program_takes_of_the_line(
    name: str, down_mbps: float, up_mbps: float, connections: dict[str, Future[Mapping[str, Check]]]
) -> None:
    check = connections[name].result()["connection"]
    assert found(check)["connection.line_in_use"] == "warn"
    assert check["reading"]["others_down_mbps"] == pytest.approx(down_mbps, rel=0.1, abs=0.15)
    assert check["reading"]["others_up_mbps"] == pytest.approx(up_mbps, rel=0.1, abs=0.15)


#: What the connection and the bandwidth check find one after the other where something stands between.
BOTH: Final = {
    "good": ("connection.ok", "bandwidth.ok"),
    "server_down": ("connection.ok", "bandwidth.server_unreachable"),
    "intercepted": ("connection.tls_intercepted", "bandwidth.server_unreachable"),
    "portal_tls": ("connection.captive_portal", "bandwidth.server_unreachable"),
    "wrong_clock": ("connection.wrong_clock", "bandwidth.server_unreachable"),
    "proxy_login": ("connection.proxy_login", "bandwidth.not_measured"),
    "proxy_gone": ("connection.proxy_down", "bandwidth.not_measured"),
    "no_dns": ("connection.no_dns", "bandwidth.not_measured"),
}


@pytest.fixture(scope="module")
def both(request: pytest.FixtureRequest) -> dict[str, Future[Mapping[str, Check]]]:
    """Both checks in every network that a chosen test wants them in."""
    wanted = [each["network"] for each in _parameters(request) if "network" in each]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return {name: pool.submit(checked, name, "connection,bandwidth") for name in wanted}


@pytest.mark.parametrize("network", BOTH)
def test_the_line_is_measured_past_nothing_that_stands_between(
    network: str, both: dict[str, Future[Mapping[str, Check]]]
) -> None:
    checks = both[network].result()
    assert tuple(next(iter(found(checks[check]))) for check in ("connection", "bandwidth")) == BOTH[network]
    measured = checks["bandwidth"]["reading"]
    assert (measured["down_mbps"] is not None) is (network == "good")
    if network != "good":
        # Nobody whose certificate is not trusted was sent a byte of the measurement.
        assert (measured["bytes_down"], measured["bytes_up"]) == (0, 0)
