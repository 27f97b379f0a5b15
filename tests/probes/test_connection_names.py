"""Our own question to the name servers: its bytes, and servers on the loopback that answer, refuse, or take their time."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from readiness.probes import connection_names
from readiness.probes.connection_names import gives_address, name_servers, question

#: What a name server said when asked for the addresses of example.org, number 0xABCD: recorded.
ANSWERED = bytes.fromhex("abcd81800001000100000000076578616d706c65036f72670000010001c00c00010001000000e000045db8d70e")
NUMBER = b"\xab\xcd"


def test_the_question() -> None:
    assert question(NUMBER, "example.org", 1) == NUMBER + bytes.fromhex(
        "01000001000000000000076578616d706c65036f72670000010001"
    )


@pytest.mark.parametrize(
    ("message", "gives"),
    [
        (ANSWERED, True),
        (b"\xab\xce" + ANSWERED[2:], False),  # another question's
        (ANSWERED[:3] + b"\x83" + ANSWERED[4:], False),  # there is no such name
        (ANSWERED[:6] + b"\x00\x00" + ANSWERED[8:], False),  # nothing in it
        (NUMBER + b"\x01\x00" + ANSWERED[4:], False),  # a question
        (b"", False),
        (ANSWERED[:11], False),
    ],
)
def test_what_gives_an_address(message: bytes, gives: bool) -> None:
    assert gives_address(message, NUMBER) is gives


def test_name_servers(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text("# nameserver 1.1.1.1\nsearch test\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\nnameserver\n")
    assert list(name_servers(file)) == ["192.0.2.1", "fe80::1%eth0"]
    assert list(name_servers(tmp_path / "none")) == []


@contextmanager
def server(says: Callable[[bytes], bytes | None]) -> Iterator[int]:
    """A name server on the loopback; gives its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.05)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    asked, asker = listening.recvfrom(512)
                except TimeoutError:
                    continue
                said = says(asked)
                if said is not None:
                    listening.sendto(said, asker)

        thread = threading.Thread(target=serve, name="name server")
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def found(asked: bytes) -> bytes:
    head = asked[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0)
    return head + asked[12:] + b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + b"\xc0\x00\x02\x01"


def asked_of(says: Callable[[bytes], bytes | None], patch: pytest.MonkeyPatch, seconds: float = 2.0) -> bool:
    with server(says) as port:
        patch.setattr(connection_names, "_PORT", port)
        return connection_names.answers("visit.test", time.monotonic() + seconds, ("127.0.0.1",))


def test_an_answer_is_waited_for_however_late_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(asked: bytes) -> bytes:
        threading.Event().wait(0.6)
        return found(asked)

    assert asked_of(found, monkeypatch)
    assert asked_of(late, monkeypatch)


def test_a_lost_question_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []

    def forgetful(asked: bytes) -> bytes | None:
        heard.append(asked)
        return found(asked) if len(heard) > 2 else None

    monkeypatch.setattr(connection_names, "_AGAIN_S", 0.1)
    assert asked_of(forgetful, monkeypatch)
    kinds = [struct.unpack("!H", asked[-4:-2])[0] for asked in heard]
    assert kinds[:2] == [1, 28]  # A and AAAA


def test_a_refusal_and_silence_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(asked: bytes) -> bytes:
        return asked[:2] + struct.pack("!HHHHH", 0x8185, 1, 0, 0, 0) + asked[12:]

    assert not asked_of(refuses, monkeypatch, 0.3)
    assert not asked_of(lambda asked: None, monkeypatch, 0.3)
    # Nobody there at all, an address that is none, and no server at all.
    assert not connection_names.answers("visit.test", time.monotonic() + 0.2, ("127.0.0.1", "fe80::1%no-such", "::"))
    assert not connection_names.answers("visit.test", time.monotonic() + 0.2, ())
