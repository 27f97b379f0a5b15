"""What lies in ``docs/fleet`` is what its programs read, and speaks of what kiosks really say.

Mosquitto itself starts with the file that we ship, in every test with a broker: see ``broker.py``.
"""

from __future__ import annotations

import json
import re
import time
import tomllib
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from readiness.fleet.line import connect, make_client
from readiness.fleet.messages import StatusMessage
from readiness.fleet.verbs import load_config
from readiness.kiosk.config import parse
from readiness.kiosk.faults import SENTENCES
from readiness.kiosk.health import Light
from tests.fleet.broker import DOCUMENTS, Broker

GUIDE: Final = (DOCUMENTS / "README.md").read_text("utf-8")

#: What Telegraf makes of a status: one number for each of these.
METRICS: Final = {
    *(f"readiness_kiosk_{field}" for field in StatusMessage.__struct_fields__),
    *(f"readiness_kiosk_faults_{code}" for code in SENTENCES),
    *("readiness_kiosk_state_number", "readiness_kiosk_light_number"),
}


def expressions(found: Any) -> list[str]:
    """Everything that Prometheus is asked for, however deep it lies."""
    if isinstance(found, dict):
        asked = [value for key, value in found.items() if key == "expr"]
        return asked + [each for value in found.values() for each in expressions(value)]
    return [each for value in found for each in expressions(value)] if isinstance(found, list) else []


def test_the_lines_for_a_kiosk_are_settings() -> None:
    lines = (DOCUMENTS / "kiosk-lines.toml").read_bytes()
    config = parse(b"schema_version = 1\nversion = 1\n" + lines, "kiosk.toml")
    assert config.fleet
    assert config.fleet.kiosk == "lobby-2"


def test_the_file_for_the_table_is_one() -> None:
    assert load_config(DOCUMENTS / "office.toml").user == "office"


def test_telegraf_reads_the_topic_that_kiosks_write_and_knows_every_word_of_it() -> None:
    telegraf = tomllib.loads((DOCUMENTS / "telegraf.conf").read_text("utf-8"))
    (source,) = telegraf["inputs"]["mqtt_consumer"]
    assert source["topics"] == ["readiness/+/status"]
    assert {"user telegraf", "topic read readiness/+/status"} <= set((DOCUMENTS / "acl").read_text().splitlines())
    state, light = telegraf["processors"]["enum"][0]["mapping"]
    assert set(state["value_mappings"]) == {"here", "stopped", "gone"}
    assert set(light["value_mappings"]) == {light.value for light in Light}


@pytest.mark.parametrize("name", ["prometheus-rules.yml", "grafana-dashboard.json"])
def test_what_prometheus_is_asked_for_is_what_kiosks_say(name: str) -> None:
    text = (DOCUMENTS / name).read_text("utf-8")
    asked = expressions(json.loads(text) if name.endswith("json") else YAML(typ="safe").load(text))
    assert len(asked) > 5
    for expression in asked:
        assert expression.count("(") == expression.count(")")
        for metric in re.findall(r"readiness_kiosk_\w+", expression):
            assert metric in METRICS, metric


def test_every_file_is_explained_and_every_link_leads_somewhere() -> None:
    for file in DOCUMENTS.iterdir():
        assert f"({file.name})" in GUIDE or file.name == "README.md", file.name
    for link in re.findall(r"\]\(([^)#:]+)\)", GUIDE):
        assert (DOCUMENTS / link).exists(), link


def test_every_word_of_a_status_is_explained() -> None:
    for field in StatusMessage.__struct_fields__:
        assert f"`{field}`" in GUIDE, field


@pytest.mark.parametrize("name", ["office", "lobby-2"])
def test_whoever_looks_writes_nothing_not_even_below_their_own_name(broker: Broker, name: str) -> None:
    config = broker.config("office")
    client = make_client(config, "office-that-writes")
    answers: list[str] = []

    def write(*_: Any) -> None:
        client.publish(f"readiness/{name}/status", b"{}", qos=1)

    client.on_connect = write
    client.on_publish = lambda client, data, packet, reason, properties: answers.append(str(reason))
    assert connect(client, config) is None
    end_s = time.monotonic() + 10
    while not answers and time.monotonic() < end_s:
        client.loop(0.1)
    client.disconnect()
    assert answers == ["Not authorized"]
