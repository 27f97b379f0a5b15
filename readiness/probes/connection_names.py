"""Ask the name servers of this computer ourselves, and wait for an answer longer than the system does.

The system's resolver asks anew after some seconds and forgets the first question: on a line with a long round trip it
never hears an answer, and says that there is none. Whether an answer comes at all is what tells a slow line from one
without name servers. (RFC 1035, section 4.)
"""

from __future__ import annotations

import contextlib
import itertools
import os
import selectors
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from readiness.probes.connection_open import until

_PORT: Final = 53
_ADDRESSES, _INTERNET = (1, 28), 1  # A and AAAA

#: Flags of a question (recursion desired), and in an answer: that it is one, and the code of an error.
_RECURSION: Final = 0x0100
_IS_ANSWER, _ERROR_CODE = 0x8000, 0x000F

#: How long after the first question it is asked once more: either packet may be lost.
_AGAIN_S: Final = 1.0


def answers(name: str, deadline: float, servers: Iterable[str] | None = None) -> bool:
    """Whether one of this computer's name servers gives an address for ``name`` before ``deadline``."""
    number = os.urandom(2)
    asked = [question(number, name, kind) for kind in _ADDRESSES]
    with contextlib.ExitStack() as open_until_then, selectors.DefaultSelector() as selector:
        for server in name_servers() if servers is None else servers:
            family = socket.AF_INET6 if ":" in server else socket.AF_INET
            with contextlib.suppress(OSError):
                asking = open_until_then.enter_context(socket.socket(family, socket.SOCK_DGRAM))
                asking.setblocking(False)
                asking.connect((server, _PORT))
                selector.register(asking, selectors.EVENT_READ)
        again_at = time.monotonic()
        while selector.get_map() and time.monotonic() < deadline:
            if time.monotonic() >= again_at:
                _send(selector, asked)
                again_at += _AGAIN_S
            for key, _ in selector.select(until(min(deadline, again_at))):
                heard = key.fileobj
                assert isinstance(heard, socket.socket)
                with contextlib.suppress(OSError):  # nobody is at that address
                    if gives_address(heard.recv(4096), number):
                        return True
    return False


def _send(selector: selectors.BaseSelector, asked: Iterable[bytes]) -> None:
    for key, message in itertools.product(selector.get_map().values(), asked):
        assert isinstance(key.fileobj, socket.socket)
        with contextlib.suppress(OSError):
            key.fileobj.send(message)


def question(number: bytes, name: str, kind: int) -> bytes:
    """A question for the addresses of ``name`` of one kind."""
    labels = b"".join(bytes((len(label),)) + label for label in name.encode("ascii", "replace").split(b"."))
    return number + struct.pack("!HHHHH", _RECURSION, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, kind, _INTERNET)


def gives_address(message: bytes, number: bytes) -> bool:
    """Whether this is the answer to question ``number``, without an error and with something in it."""
    if len(message) < 12 or message[:2] != number:
        return False
    flags, _, count = struct.unpack_from("!HHH", message, 2)
    return bool(flags & _IS_ANSWER) and not flags & _ERROR_CODE and count > 0


def name_servers(file: Path = Path("/etc/resolv.conf")) -> Iterator[str]:
    """Addresses of the name servers; none on systems that keep them elsewhere: their resolvers wait long enough."""
    with contextlib.suppress(OSError):
        for line in file.read_text(errors="replace").splitlines():
            words = line.split()
            if len(words) > 1 and words[0] == "nameserver":
                yield words[1]
