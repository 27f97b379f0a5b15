"""Reporter and listener against a real broker, over TLS."""

from __future__ import annotations

import datetime
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import msgspec
import pytest

from readiness.fleet.backoff import Backoff
from readiness.fleet.config import FleetConfig
from readiness.fleet.event_queue import EventQueue
from readiness.fleet.line import LineError, Trouble, make_client
from readiness.fleet.listener import Listener
from readiness.fleet.messages import EventMessage, State, decode_event
from readiness.fleet.reporter import Reporter
from readiness.kiosk.health import Light
from tests.fleet.broker import Broker, free_port
from tests.fleet.conftest import Report
from tests.kiosk.conftest import health

#: paho leaves it to Python to close a line whose handshake has failed, which Python does at once, and says so.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*unclosed <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
]


class Gate(Backoff):
    """No try before it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = Event()
        self.opened.set()

    def wait_s(self) -> float:
        self.opened.wait(15)
        return 0.05


def until(is_there: Callable[[], object], seconds: float = 15) -> None:
    """Look again and again: a broker has no signal for us."""
    ends_s = time.monotonic() + seconds
    while not is_there():
        assert time.monotonic() < ends_s, "it did not happen"
        os.sched_yield()


def look(broker: Broker, go_on: Callable[[Listener], bool] | None = None) -> Listener:
    """What the office sees: all that the broker has kept, or until something is there."""
    listener = Listener(broker.config("office", group="readiness"))
    ends_s = time.monotonic() + 15
    wanted = go_on or (lambda listener: not listener.is_whole)
    assert listener.listen(lambda: wanted(listener) and time.monotonic() < ends_s) is None
    assert time.monotonic() < ends_s, "it did not happen"
    return listener


def state_is(state: State) -> Callable[[Listener], bool]:
    return lambda listener: not any(row.state is state for row in listener.table.rows(0))


@contextmanager
def events(broker: Broker) -> Iterator[tuple[list[EventMessage], Event]]:
    """All events that the office hears meanwhile, also over a break of the broker."""
    heard: list[EventMessage] = []
    client = make_client(broker.config("office"), "events")
    listening = Event()

    def hear(client: Any, data: Any, message: Any) -> None:
        event = decode_event(message.payload)
        assert event
        heard.append(event)

    client.on_connect = lambda client, *rest: client.subscribe("readiness/+/event", qos=1)
    client.on_subscribe = lambda *rest: listening.set()
    client.on_message = hear
    over = [False]

    def run() -> None:
        while not over[0]:
            try:
                client.connect("localhost", broker.port)
            except OSError:
                continue
            while client.loop(0.1) == 0 and not over[0]:
                continue
        client.disconnect()

    thread = Thread(target=run, name="events")
    thread.start()
    assert listening.wait(15)
    try:
        yield heard, listening
    finally:
        over[0] = True
        thread.join(10)


def test_a_status_is_kept_for_whoever_looks_later(broker: Broker, report: Report) -> None:
    kiosk = report(broker.config("lobby-1"))
    kiosk.tell(health(visits=7, self_test={"camera": "pass"}))
    broker.wait_for("Received PUBLISH")
    row = look(broker).table.rows(1_800_000_010)[0]
    assert (row.kiosk, row.light, row.state, row.heard_s_ago) == ("lobby-1", Light.GREEN, State.HERE, 10)
    assert row.status.visits == 7
    kiosk.tell(health(visits=8))
    look(broker, lambda listener: all(row.status.visits != 8 for row in listener.table.rows(0)))


def test_who_ends_in_good_order_says_so_and_who_dies_is_gone(broker: Broker, tmp_path: Path) -> None:
    kiosk = Reporter(broker.config("lobby-1"), tmp_path / "one.sqlite")
    kiosk.start()
    kiosk.tell(health())
    until(lambda: kiosk.is_connected)
    kiosk.stop()
    assert look(broker).table.rows(0)[0].state is State.STOPPED

    code = (
        "import signal, sys; from pathlib import Path; import msgspec\n"
        "from readiness.fleet.config import FleetConfig; from readiness.fleet.reporter import Reporter\n"
        "from tests.kiosk.conftest import health\n"
        "config = msgspec.json.decode(sys.argv[1], type=FleetConfig)\n"
        "kiosk = Reporter(config, Path(sys.argv[2])); kiosk.start(); kiosk.tell(health()); signal.pause()\n"
    )
    config = msgspec.json.encode(broker.config("lobby-2")).decode()
    process = subprocess.Popen([sys.executable, "-c", code, config, str(tmp_path / "two.sqlite")])
    try:
        look(broker, state_is(State.HERE))
    finally:
        process.kill()
        process.wait()
    listener = look(broker, state_is(State.GONE))
    gone = next(row for row in listener.table.rows(1_800_000_060) if row.state is State.GONE)
    assert (gone.kiosk, gone.light) == ("lobby-2", Light.RED)


def test_faults_arrive_once_each_and_wait_while_the_broker_is_away(broker: Broker, report: Report) -> None:
    with events(broker) as (heard, listening):
        gate = Gate()
        kiosk = report(broker.config("lobby-1"), backoff=gate)
        kiosk.tell(health(faults={"K01": 1}))
        until(lambda: len(heard) == 1)
        gate.opened.clear()
        listening.clear()
        broker.kill()
        until(lambda: kiosk.trouble is Trouble.NO_ANSWER)
        kiosk.tell(health(faults={"K01": 2, "K06": 1}))
        assert kiosk.waiting == 2
        broker.start()
        assert listening.wait(15), "the office is back before the kiosk is"
        gate.opened.set()
        until(lambda: kiosk.is_connected and not kiosk.waiting)
        until(lambda: len({event.number for event in heard}) == 3)
    assert [event.fault for event in heard][:2] == ["K01", "K01"]
    numbers = [(event.queue, event.number) for event in heard]
    assert sorted(set(numbers)) == sorted(numbers), "nothing was sent twice"
    assert kiosk.trouble is None


def test_an_event_whose_receipt_was_lost_has_the_same_number_again(broker: Broker, tmp_path: Path) -> None:
    """The broker took it, but we died before we heard of that: it is sent again, and can be told."""
    queue = EventQueue(tmp_path / "queue.sqlite", 10)
    queue.put("K01", 1.0)
    queue.close()
    with events(broker) as (heard, _):
        for _ in range(2):
            # A copy of the disk before each start: the receipt is lost with it.
            copy = tmp_path / f"copy {_}.sqlite"
            copy.write_bytes((tmp_path / "queue.sqlite").read_bytes())
            kiosk = Reporter(broker.config("lobby-1"), copy)
            kiosk.start()
            kiosk.tell(health())
            until(lambda kiosk=kiosk: not kiosk.waiting)  # type: ignore[misc]
            kiosk.stop()
        until(lambda: len(heard) == 2)
    assert heard[0].number == heard[1].number
    assert heard[0].queue == heard[1].queue


def test_a_broker_that_dies_between_an_event_and_its_receipt_gets_it_again(broker: Broker, report: Report) -> None:
    with events(broker) as (heard, listening):
        gate = Gate()
        kiosk = report(broker.config("lobby-1"), backoff=gate)
        kiosk.tell(health())
        until(lambda: kiosk.is_connected)
        gate.opened.clear()
        broker.freeze()
        kiosk.tell(health(faults={"K06": 1}))
        until(lambda: kiosk._on_their_way)
        listening.clear()
        broker.kill()
        assert kiosk.waiting == 1
        broker.start()
        assert listening.wait(15)
        gate.opened.set()
        until(lambda: heard and not kiosk.waiting)
    assert {(event.queue, event.number, event.fault) for event in heard} == {(kiosk._queue.id, 1, "K06")}


def test_a_trouble_is_told_to_the_supervisor_once(report: Report, broker: Broker) -> None:
    broker.kill()
    kiosk = report(broker.config("lobby-1"))
    until(lambda: kiosk.trouble)
    assert kiosk.tell(health()) == "K10"
    assert kiosk.tell(health(faults={"K10": 1})) is None
    assert kiosk.waiting == 0
    broker.start()
    until(lambda: kiosk.is_connected)
    assert kiosk.tell(health(faults={"K10": 1})) is None


def test_a_wrong_password_is_refused(broker: Broker, report: Report) -> None:
    kiosk = report(broker.config("lobby-1", "wrong"))
    until(lambda: kiosk.trouble)
    assert kiosk.trouble is Trouble.REFUSED
    listener = Listener(broker.config("office", "wrong"))
    assert listener.listen(lambda: True) is Trouble.REFUSED


def test_a_certificate_of_another_authority_is_not_trusted(broker: Broker, report: Report) -> None:
    import trustme

    broker.kill()
    broker.show(trustme.CA().issue_cert("localhost"))
    broker.start()
    kiosk = report(broker.config("lobby-1"))
    until(lambda: kiosk.trouble)
    assert kiosk.trouble is Trouble.NOT_TRUSTED
    assert Listener(broker.config("office")).listen(lambda: True) is Trouble.NOT_TRUSTED


def test_a_certificate_for_another_name_and_an_expired_one_are_not_trusted(broker: Broker) -> None:
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    for certificate in (
        broker.ca.issue_cert("elsewhere.example.org"),
        broker.ca.issue_cert("localhost", not_before=yesterday - datetime.timedelta(days=9), not_after=yesterday),
    ):
        broker.kill()
        broker.show(certificate)
        broker.start()
        assert Listener(broker.config("office")).listen(lambda: True) is Trouble.NOT_TRUSTED


def test_a_kiosk_cannot_speak_for_another(broker: Broker, report: Report) -> None:
    impostor = report(broker.config("lobby-2", kiosk="lobby-1"))
    impostor.tell(health(faults={"K01": 1}))
    until(lambda: impostor.trouble is Trouble.REFUSED)
    broker.wait_for("Denied PUBLISH")
    assert impostor.waiting == 1
    assert not look(broker).table.rows(0)


def test_who_may_not_listen_is_told_so(broker: Broker) -> None:
    listener = Listener(broker.config("lobby-1"))
    started = time.monotonic()
    trouble = listener.listen(lambda: time.monotonic() < started + 2)
    assert trouble in (None, Trouble.REFUSED)
    assert not listener.table


def test_a_server_that_never_answers_costs_nobody_the_kiosk(report: Report, broker: Broker, tmp_path: Path) -> None:
    from readiness.fleet import line

    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.MonkeyPatch.context() as patched:
        patched.setattr(line, "CONNECT_S", 1)
        patched.setattr(line, "KEEPALIVE_S", 1)
        kiosk = report(broker.config("lobby-1", port=deaf.getsockname()[1]))
        begun = time.monotonic()
        kiosk.tell(health(faults={"K01": 1}))
        assert time.monotonic() - begun < 0.2
        until(lambda: kiosk.trouble is Trouble.NO_ANSWER)


@contextmanager
def mute_broker(broker: Broker) -> Iterator[int]:
    """A server with the broker's certificate that takes connections and never says a word; gives its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(broker.folder / "server.pem", broker.folder / "server.key")
    over = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            lines = []
            while not over.is_set():
                wire, _ = server.accept()
                if over.is_set():
                    wire.close()
                    break
                lines.append(context.wrap_socket(wire, server_side=True))
            for line in lines:
                line.close()

        thread = Thread(target=take)
        thread.start()
        port = server.getsockname()[1]
        try:
            yield port
        finally:
            over.set()
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join(10)


def test_a_server_that_takes_us_in_and_says_nothing(
    broker: Broker, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readiness.fleet.reporter.CONNECT_S", 0.3)
    monkeypatch.setattr("readiness.fleet.listener.CONNECT_S", 0.3)
    with mute_broker(broker) as port:
        assert Listener(broker.config("office", port=port)).listen(lambda: True) is Trouble.NO_ANSWER
        kiosk = report(broker.config("lobby-1", port=port))
        until(lambda: kiosk.trouble is Trouble.NO_ANSWER)
        kiosk.stop()


def test_a_kiosk_that_was_never_told_how_it_is_leaves_without_a_word(broker: Broker, tmp_path: Path) -> None:
    kiosk = Reporter(broker.config("lobby-1"), tmp_path / "queue.sqlite")
    kiosk.start()
    until(lambda: kiosk.is_connected)
    kiosk.stop()
    assert not look(broker).table.rows(0)


def test_a_stranger_that_speaks_no_tls(broker: Broker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:

        def answer() -> None:
            wire, _ = stranger.accept()
            with wire:
                wire.recv(100)
                wire.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = Thread(target=answer)
        thread.start()
        config = broker.config("office", port=stranger.getsockname()[1])
        assert Listener(config).listen(lambda: True) in (Trouble.REFUSED, Trouble.NO_ANSWER)
        thread.join()


def test_client_certificates_instead_of_passwords(broker: Broker, report: Report, tmp_path: Path) -> None:
    client = broker.ca.issue_cert(common_name="lobby-1")
    client.private_key_pem.write_to_path(tmp_path / "kiosk.key")
    (tmp_path / "kiosk.pem").write_bytes(b"".join(blob.bytes() for blob in client.cert_chain_pems))
    port = broker.certificate_port
    assert Listener(broker.config("office", port=port)).listen(lambda: True) is Trouble.REFUSED
    shown = {"certificate": str(tmp_path / "kiosk.pem"), "key": str(tmp_path / "kiosk.key")}
    with_password = broker.config("lobby-1", port=port)
    config = msgspec.structs.replace(with_password, user=None, password_file=None, **shown)
    kiosk = report(config)
    kiosk.tell(health(visits=4))
    row = look(broker, lambda listener: not listener.table).table.rows(0)[0]
    assert (row.kiosk, row.status.visits) == ("lobby-1", 4)


@pytest.mark.parametrize(
    ("field", "content", "sentence"),
    [
        ("ca_file", None, "cannot be read (it does not exist), but [fleet] names it as ca_file."),
        ("ca_file", "no certificate", "is not what [fleet] needs as ca_file:"),
        ("password_file", None, "cannot be read (it does not exist), but [fleet] names it as password_file."),
        ("certificate", "no certificate", "is not what [fleet] needs as certificate:"),
    ],
)
def test_files_that_cannot_be_used_are_named(tmp_path: Path, field: str, content: str | None, sentence: str) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_text(content)
    (tmp_path / "password").write_text("")
    fields: dict[str, str] = {"user": "a", "password_file": str(tmp_path / "password"), field: str(file)}
    if field == "certificate":
        fields["key"] = str(file)
    config = FleetConfig(kiosk="a", host="localhost", port=free_port(), **fields)  # type: ignore[arg-type]
    with pytest.raises(LineError) as wrong:
        make_client(config, "a")
    assert sentence in str(wrong.value)
