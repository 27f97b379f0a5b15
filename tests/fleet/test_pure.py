"""Messages, queue, waits and the table: what needs no broker."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from readiness.fleet.attached import attached
from readiness.fleet.backoff import Backoff
from readiness.fleet.config import FleetConfig
from readiness.fleet.event_queue import EventQueue
from readiness.fleet.messages import (
    MAX_BYTES,
    EventMessage,
    State,
    StatusMessage,
    decode_event,
    decode_status,
    encode,
    last_will,
    status_of,
)
from readiness.fleet.table import SILENT_S, Table
from readiness.kiosk.health import Light
from readiness.kiosk.restarts import Mode
from readiness.shape import OUT_OF_RANGE, UNKNOWN_NEAR, ShapeError, check
from tests.kiosk.conftest import health

NOW_S = 1_800_000_000.0


# --- Messages


def test_a_status_comes_back_as_it_was() -> None:
    told = status_of(health(faults={"K01": 2}, last_fault="K01"), State.HERE, dropped=3)
    assert decode_status(encode(told)) == told
    assert decode_status(last_will()) == StatusMessage(schema_version=1, state=State.GONE)


def test_a_status_says_nothing_but_counts_codes_and_times() -> None:
    """Whoever adds a field has to think of privacy here."""
    assert set(msgspec.structs.asdict(status_of(health(), State.HERE))) == {
        *("schema_version", "state", "light", "app_version", "config_version", "at_s", "uptime_s", "restarts"),
        *("visits", "mode", "self_test", "faults", "last_fault", "dropped"),
    }


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"[]",
        b'{"schema_version":1,"state":"elsewhere"}',
        b'{"schema_version":1,"state":"here","app_version":"\\u001b[31m"}',
        b'{"schema_version":1,"state":"here","last_fault":"<b>"}',
        b'{"schema_version":1,"state":"here","faults":{"a b":1}}',
        b'{"schema_version":1,"state":"here","self_test":{"camera":"seen by Ann"}}',
        b'{"schema_version":1,"state":"gone"}' + b" " * MAX_BYTES,
    ],
)
def test_what_no_kiosk_says_is_not_shown(payload: bytes) -> None:
    assert decode_status(payload) is None


def test_a_later_program_may_say_more() -> None:
    status = decode_status(b'{"schema_version":2,"state":"here","light":"green","mood":"good"}')
    assert status
    assert status.schema_version == 2


def test_events_come_back_as_they_were() -> None:
    event = EventMessage(schema_version=1, queue="a", number=3, at_s=1.0, fault="K01")
    assert decode_event(encode(event)) == event
    for payload in (
        b"{",
        encode(event) + b" " * MAX_BYTES,
        encode(msgspec.structs.replace(event, fault="x")),
        encode(msgspec.structs.replace(event, queue="of Ann")),
    ):
        assert decode_event(payload) is None


# --- Queue


def test_events_wait_in_order_and_leave_when_they_are_done(tmp_path: Path) -> None:
    queue = EventQueue(tmp_path / "queue.sqlite", 10)
    for fault in ("K01", "K02", "K03"):
        queue.put(fault, NOW_S)
    first = queue.first(2)
    assert [event.fault for event in first] == ["K01", "K02"]
    queue.done(first[0].number)
    assert queue.waiting == 2
    name = queue.id
    queue.close()
    again = EventQueue(tmp_path / "queue.sqlite", 10)
    assert [event.fault for event in again.first(10)] == ["K02", "K03"]
    assert again.id == name
    again.close()


def test_the_oldest_are_dropped_and_counted_and_no_number_is_used_again(tmp_path: Path) -> None:
    queue = EventQueue(tmp_path / "queue.sqlite", 10)
    for _ in range(25):
        queue.put("K01", NOW_S)
    assert (queue.waiting, queue.dropped) == (10, 15)
    assert [event.number for event in queue.first(100)] == list(range(16, 26))
    for event in queue.first(100):
        queue.done(event.number)
    queue.put("K01", NOW_S)
    assert queue.first(1)[0].number == 26
    queue.close()


def test_an_hour_without_a_broker_costs_nothing_but_what_is_over_the_limit(tmp_path: Path) -> None:
    queue = EventQueue(tmp_path / "queue.sqlite", 1000)
    for minute in range(60):
        for second in range(20):
            queue.put("K02", NOW_S + minute * 60 + second)
    assert (queue.waiting, queue.dropped) == (1000, 200)
    assert (tmp_path / "queue.sqlite").stat().st_size < 200_000
    queue.close()


@pytest.mark.parametrize("content", [b"no data base at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_torn_queue_is_begun_anew_under_another_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "queue.sqlite").write_bytes(content)
    queue = EventQueue(tmp_path / "queue.sqlite", 10)
    queue.put("K01", NOW_S)
    assert queue.waiting == 1
    queue.close()


def test_where_nothing_can_be_written_events_wait_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    queue = EventQueue(tmp_path / "file" / "queue.sqlite", 10)
    queue.put("K01", NOW_S)
    assert queue.waiting == 1
    queue.close()


def test_a_disk_that_fails_later_is_counted_and_never_raised(tmp_path: Path) -> None:
    queue = EventQueue(tmp_path / "queue.sqlite", 10)
    with sqlite3.connect(tmp_path / "queue.sqlite") as other:
        other.execute("DROP TABLE events")
    queue.put("K01", NOW_S)
    assert queue.dropped == 1
    assert queue.first(10) == []
    with other:
        other.execute("DROP TABLE facts")
    other.close()
    assert queue.dropped == 1
    queue.close()


def test_what_the_broker_has_is_not_sent_again_although_the_disk_does_not_forget_it(tmp_path: Path) -> None:
    queue = EventQueue(tmp_path / "queue.sqlite", 10)
    queue.put("K01", NOW_S)
    queue.put("K02", NOW_S)
    with sqlite3.connect(tmp_path / "queue.sqlite") as other:
        other.execute("CREATE TRIGGER full BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'full'); END")
    other.close()
    queue.done(1)
    assert [event.number for event in queue.first(1)] == [2]
    queue.close()


def test_what_was_put_is_there_after_the_program_was_killed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from readiness.fleet.event_queue import EventQueue\n"
        "queue = EventQueue(Path(sys.argv[1]), 100000); number = 0\n"
        "while True: queue.put('K01', 1.0); number += 1; print(number, flush=True)\n"
    )
    for attempt in range(5):
        file = tmp_path / f"queue {attempt}.sqlite"
        with subprocess.Popen([sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            said = random.randint(1, 60)
            for _ in range(said):
                process.stdout.readline()
            process.kill()
        queue = EventQueue(file, 100000)
        numbers = [event.number for event in queue.first(100000)]
        queue.close()
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= said


# --- Waits


def test_waits_double_to_five_minutes_and_begin_again_after_a_good_line() -> None:
    backoff = Backoff(lambda: 1.0)
    waits = [backoff.wait_s() for _ in range(12)]
    assert waits[:4] == [1.5, 2.5, 4.5, 8.5]
    assert waits[-1] == 300.5
    backoff.note_connection(3.0)
    assert backoff.wait_s() == 300.5
    backoff.note_connection(60.0)
    assert backoff.wait_s() == 1.5


def test_two_thousand_kiosks_do_not_come_back_at_once() -> None:
    """The broker was away for half an hour: in the busiest second fewer than a fiftieth of them knock."""
    seconds = [0] * 400
    for number in range(2000):
        backoff = Backoff(random.Random(number).random)
        at_s = 0.0
        while at_s < 1800:
            at_s += backoff.wait_s()
        seconds[int(at_s - 1800)] += 1
    assert max(seconds) < 2000 / 50


# --- Table


def hear(table: Table, kiosk: str, state: State = State.HERE, **what: object) -> None:
    assert table.hear(f"readiness/{kiosk}/status", encode(status_of(health(written_at_s=NOW_S, **what), state)))


def test_those_that_need_somebody_come_first() -> None:
    table = Table("readiness")
    hear(table, "a-good")
    hear(table, "b-resting", mode=Mode.RESTING)
    hear(table, "c-safe", mode=Mode.SAFE)
    hear(table, "d-off", State.STOPPED)
    hear(table, "e-gone")
    assert table.hear("readiness/e-gone/status", last_will())
    assert [(row.kiosk, row.light) for row in table.rows(NOW_S + 60)] == [
        ("b-resting", Light.RED),
        ("e-gone", Light.RED),
        ("c-safe", Light.YELLOW),
        ("d-off", Light.YELLOW),
        ("a-good", Light.GREEN),
    ]
    assert len(table) == 5


def test_who_is_gone_is_shown_with_its_last_words() -> None:
    table = Table("readiness")
    hear(table, "a", visits=7)
    table.hear("readiness/a/status", last_will())
    row = table.rows(NOW_S + 120)[0]
    assert (row.status.visits, row.heard_s_ago, row.state) == (7, 120, State.GONE)


def test_of_who_was_gone_before_we_looked_nobody_knows_since_when() -> None:
    table = Table("readiness")
    table.hear("readiness/a/status", last_will())
    assert table.rows(NOW_S)[0].heard_s_ago is None


def test_who_is_here_and_silent_stands_still() -> None:
    table = Table("readiness")
    hear(table, "a")
    assert not table.rows(NOW_S + SILENT_S)[0].is_silent
    row = table.rows(NOW_S + SILENT_S + 1)[0]
    assert (row.is_silent, row.light) == (True, Light.YELLOW)


def test_what_is_said_while_we_look_counts_by_our_own_clock() -> None:
    table = Table("readiness")
    an_hour_late = encode(status_of(health(written_at_s=NOW_S - 3600), State.HERE))
    table.hear("readiness/a/status", an_hour_late)
    assert table.rows(NOW_S)[0].is_silent
    table.hear("readiness/a/status", an_hour_late, NOW_S - 2)
    row = table.rows(NOW_S)[0]
    assert (row.is_silent, row.heard_s_ago) == (False, 2)


def test_a_status_without_a_light_is_never_green() -> None:
    table = Table("readiness")
    table.hear("readiness/a/status", b'{"schema_version":2,"state":"here"}')
    row = table.rows(NOW_S)[0]
    assert (row.light, row.is_newer) == (Light.YELLOW, True)


def test_an_empty_message_takes_a_kiosk_off_the_table() -> None:
    table = Table("readiness")
    hear(table, "a")
    assert table.hear("readiness/a/status", b"")
    assert not table.hear("readiness/a/status", b"")
    assert not table.rows(NOW_S)


@pytest.mark.parametrize(
    "topic", ["other/a/status", "readiness/a/event", "readiness/A B/status", "readiness/a/b/status"]
)
def test_other_topics_are_counted_and_not_shown(topic: str) -> None:
    table = Table("readiness")
    assert not table.hear(topic, last_will())
    assert not table.hear("readiness/a/status", b"{")
    assert table.refused == 2


# --- Settings


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ({}, "{file}: {field} has neither a certificate nor a user name; a broker must know who reports."),
        ({"user": "a"}, "{file}: {field} is set; set {other}, too."),
        ({"user": "a", "password_file": "b", "certificate": "c"}, "{file}: {field} is set; set {other}, too."),
        (
            {"user": "a", "password_file": "b", "kiosk": "Ann's"},
            "{file}: {field} is {value}, but it must be a short name",
        ),
        (
            {"user": "a", "password_file": "b", "host": "tls://a"},
            "{file}: {field} is {value}, but it must be the name of",
        ),
        ({"user": "a", "password_file": "b", "port": 0}, OUT_OF_RANGE),
        ({"user": "a", "password_file": "b", "most_waiting": 5}, OUT_OF_RANGE),
        ({"user": "a", "password_file": "b", "password": "c"}, UNKNOWN_NEAR),
    ],
)
def test_wrong_settings_are_refused(lines: dict[str, object], sentence: str) -> None:
    with pytest.raises(ShapeError) as wrong:
        check({"kiosk": "lobby-2", "host": "mqtt.example.org", **lines}, FleetConfig)
    assert wrong.value.sentence.startswith(sentence)


# --- Who is told


@pytest.mark.may_log("cannot be read")
def test_a_kiosk_without_a_fleet_tells_nobody_and_one_with_a_wrong_file_says_so_once(tmp_path: Path) -> None:
    nobody = attached(None, tmp_path)
    assert nobody.tell(health()) is None
    nobody.stop()
    config = FleetConfig(kiosk="a", host="localhost", user="a", password_file=str(tmp_path / "none"))
    wrong = attached(config, tmp_path)
    assert [wrong.tell(health()), wrong.tell(health())] == ["K15", None]
    wrong.stop()
