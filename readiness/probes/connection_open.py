"""Open a way to a host as a browser would: names, both address families, the system's proxy, the system's certificates.

Every step has a deadline and an error of its own, because which step ended the way is what a person needs to know.
"""

from __future__ import annotations

import base64
import contextlib
import os
import queue
import selectors
import socket
import ssl
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Final, Self

import msgspec

from readiness import __version__
from readiness.probes import connection_proxy
from readiness.probes.connection_certificate import Issuer, read_issuer

#: Nothing about the person or the computer: only which program asks.
USER_AGENT: Final = f"readiness/{__version__}"

#: How long one address may take before the next is tried beside it (RFC 8305, section 8: 250 ms).
_NEXT_ADDRESS_S: Final = 0.25

#: How long to wait before a name is asked for again that the system could not resolve this time: a question that found
#: no room in a full line is over at once.
_ASK_AGAIN_S: Final = (0.2, 0.4)

#: How much of a proxy's answer to CONNECT is read before it is taken for nonsense.
_PROXY_ANSWER_BYTES: Final = 16384

#: How much of a handshake is taken from the line at once.
_PIECE_BYTES: Final = 16384

#: What OpenSSL, Windows (CERT_E_EXPIRED) and macOS (errSecCertificateExpired, errSecCertificateNotYetValid) call a
#: certificate whose dates do not hold now. All three judge the dates last, when the chain of signatures is good.
_DATE_CODES: Final = frozenset({9, 10, 0x800B0101, -2146762495, -67818, -67819})

#: The same three for a certificate that is trusted, but made for another name.
_NAME_CODES: Final = frozenset({62, 64, 0x800B010F, -2146762481, -67602})


class CannotOpen(Exception):
    """Something between here and the host ended the way."""


class NameUnknown(CannotOpen):
    """The name was not turned into an address in time."""


class NoAnswer(CannotOpen):
    """No address of the host took the connection in time, or it was refused."""


class ProxyWantsLogin(CannotOpen):
    """A proxy answered 407: it wants a name and a password first."""


class ProxyGone(CannotOpen):
    """The proxy of the system's settings itself could not be reached."""


class ProxyRefused(CannotOpen):
    """The proxy took the connection, but did not open the way in time."""


class NoEncryption(CannotOpen):
    """Something took the connection, but no encryption came about, or the certificate is for another name."""


class Unfinished(CannotOpen):
    """The encryption was under way when the time was over."""


class NotTrusted(CannotOpen):
    """The certificate was not signed by anybody this computer trusts."""

    def __init__(self, issuer: Issuer | None) -> None:
        super().__init__(str(issuer))
        self.issuer = issuer


class WrongDate(CannotOpen):
    """The certificate is trusted, but by this computer's clock it is too old or too new."""


class Proxy(msgspec.Struct, frozen=True):
    """An HTTP proxy, as the system's settings or the environment name it."""

    host: str
    port: int
    credentials: str | None = None
    """``user:password`` where the settings hold them. They go to the proxy alone, and into no reading."""


def system_proxies() -> Mapping[str, str]:
    """The proxies of the environment, else those of the desktop's settings, by scheme."""
    return connection_proxy.settings().proxies


def proxy_for(host: str, scheme: str, proxies: Mapping[str, str]) -> Proxy | None:
    """The HTTP proxy that a browser would use for ``host``, or None for the direct way."""
    address = proxies.get(scheme) or proxies.get("all")
    if not address or urllib.request.proxy_bypass(host) or connection_proxy.goes_past(host, proxies.get("no", "")):
        return None
    return proxy_at(address)


def proxy_at(address: str | None) -> Proxy | None:
    """The proxy at an address of the settings; None for none, for one that does not speak HTTP, and for nonsense."""
    try:
        parts = urllib.parse.urlsplit(address if "//" in address else f"//{address}") if address else None
    except ValueError:
        return None
    if parts is None or parts.scheme not in ("", "http") or not parts.hostname:
        return None
    login = None
    if parts.username is not None:
        login = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
    with contextlib.suppress(ValueError):
        return Proxy(parts.hostname, parts.port or 80, login)
    return None


def until(deadline: float) -> float:
    """Seconds left, never so few that a socket would take them for "do not wait"."""
    return max(0.001, deadline - time.monotonic())


def resolve(host: str, port: int, deadline: float) -> list[tuple[socket.AddressFamily, tuple[object, ...]]]:
    """Addresses of ``host``, the families taking turns as the system prefers them. Raises NameUnknown.

    The system's own resolver cannot be told a deadline, so it runs in a thread that is left behind when it is late.
    """
    # Read by glibc when a process first resolves: 2 s instead of 5 s for a name server that is gone. Elsewhere ignored.
    os.environ.setdefault("RES_OPTIONS", "timeout:2 attempts:2")
    answers: queue.SimpleQueue[object] = queue.SimpleQueue()

    def ask() -> None:
        for pause_s in (*_ASK_AGAIN_S, None):
            try:
                answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            except socket.gaierror as error:
                if pause_s is not None and error.errno == socket.EAI_AGAIN and pause_s < deadline - time.monotonic():
                    time.sleep(pause_s)
                    continue
                answers.put(error)
            except (OSError, UnicodeError) as error:
                answers.put(error)
            return

    threading.Thread(target=ask, daemon=True, name=f"resolve {host}").start()
    try:
        answer = answers.get(timeout=until(deadline))
    except queue.Empty:
        raise NameUnknown(f"{host}: no answer in time") from None
    if not isinstance(answer, list):
        raise NameUnknown(f"{host}: {answer}")
    found = list(dict.fromkeys((family, address) for family, _, _, _, address in answer))
    first = [one for one in found if one[0] == found[0][0]]
    second = [one for one in found if one[0] != found[0][0]]
    return [one for pair in zip_longest(first, second) for one in pair if one is not None]


def connect(host: str, port: int, deadline: float, on_resolved: Callable[[], None] = lambda: None) -> socket.socket:
    """A TCP connection to the first address that takes it, addresses tried 250 ms apart (RFC 8305).

    Raises NameUnknown or NoAnswer. The socket's timeout is what was left until ``deadline``.
    """
    addresses = resolve(host, port, deadline)
    on_resolved()
    with _Race() as race:
        for family, address in addresses:
            race.start(family, address)
            winner = race.winner(min(time.monotonic() + _NEXT_ADDRESS_S, deadline))
            if winner is not None:
                break
        else:
            winner = race.winner(deadline)
    if winner is None:
        raise NoAnswer(f"{host}:{port}: {race.last_error or 'no answer in time'}")
    winner.settimeout(until(deadline))
    winner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return winner


class _Race:
    """Connections under way, of which the first to succeed is kept and the others are closed."""

    def __init__(self) -> None:
        self.last_error: str | None = None
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for runner in self._runners():
            runner.close()
        self._selector.close()

    def start(self, family: socket.AddressFamily, address: tuple[object, ...]) -> None:
        try:
            runner = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:  # a family that this system does not have
            self.last_error = str(error)
            return
        runner.setblocking(False)
        try:
            runner.connect(address)
        except BlockingIOError:
            pass
        except OSError as error:  # no route for this family
            self.last_error = str(error)
            runner.close()
            return
        self._selector.register(runner, selectors.EVENT_WRITE)

    def winner(self, deadline: float) -> socket.socket | None:
        """The first connection to succeed before ``deadline``; None at once when none is under way any more."""
        while self._selector.get_map() and time.monotonic() < deadline:
            for key, _ in self._selector.select(until(deadline)):
                runner = key.fileobj
                assert isinstance(runner, socket.socket)
                self._selector.unregister(runner)
                error = runner.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if not error:
                    return runner
                self.last_error = os.strerror(error)
                runner.close()
        return None

    def _runners(self) -> list[socket.socket]:
        return [key.fileobj for key in self._selector.get_map().values() if isinstance(key.fileobj, socket.socket)]


def open_tunnel(
    host: str, port: int, deadline: float, proxy: Proxy | None, on_resolved: Callable[[], None] = lambda: None
) -> socket.socket:
    """A bare connection to ``host``, through ``proxy`` if there is one. Raises CannotOpen."""
    if proxy is None:
        return connect(host, port, deadline, on_resolved)
    try:
        line = connect(proxy.host, proxy.port, deadline, on_resolved)
    except CannotOpen as error:
        raise ProxyGone(f"proxy {error}") from error
    try:
        _ask_proxy(line, host, port, proxy, deadline)
    except BaseException:
        line.close()
        raise
    return line


def proxy_headers(proxy: Proxy | None) -> Iterator[tuple[str, str]]:
    """What a request to ``proxy`` carries beside the usual."""
    if proxy is not None and proxy.credentials is not None:
        yield "Proxy-Authorization", "Basic " + base64.b64encode(proxy.credentials.encode()).decode()


def _ask_proxy(line: socket.socket, host: str, port: int, proxy: Proxy, deadline: float) -> None:
    name = f"[{host}]" if ":" in host else host
    headers = {"Host": f"{name}:{port}", "User-Agent": USER_AGENT, **dict(proxy_headers(proxy))}
    ask = f"CONNECT {name}:{port} HTTP/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    answer = b""
    try:
        line.sendall(ask.encode("latin-1") + b"\r\n")
        # Byte by byte at the end: what follows the empty line belongs to the host.
        while not answer.endswith(b"\r\n\r\n") and len(answer) < _PROXY_ANSWER_BYTES:
            line.settimeout(until(deadline))
            piece = line.recv(1)
            if not piece:
                break
            answer += piece
    except OSError as error:
        raise ProxyRefused(f"proxy {proxy.host}: {error}") from error
    status = answer.split(b"\r\n", 1)[0].split(b" ")[1:2]
    if status == [b"407"]:
        raise ProxyWantsLogin(proxy.host)
    if status != [b"200"]:
        raise ProxyRefused(f"proxy {proxy.host}: {answer[:60]!r}")


def secure(line: socket.socket, host: str, deadline: float) -> ssl.SSLSocket:
    """Encrypt ``line`` and trust only what this computer trusts. Raises NoEncryption, NotTrusted or WrongDate.

    NotTrusted comes without the issuer here: who signed is read over a second line (`read_signer`).
    """
    line.settimeout(until(deadline))
    with _closing_unless_trusted(line, host):
        return _context().wrap_socket(line, server_hostname=host)


def shake_hands(line: socket.socket, host: str, deadline: float, on_heard: Callable[[], None]) -> None:
    """Find out whether ``line`` could be encrypted as by `secure`, and close it. Tells when the host's first bytes came.

    Raises the same, and Unfinished when the host has not said all that it must by ``deadline``.
    """
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with _closing_unless_trusted(line, host), line:
        talk = _context().wrap_bio(incoming, outgoing, server_hostname=host)
        while True:
            try:
                talk.do_handshake()
                break
            except ssl.SSLWantReadError:
                line.settimeout(until(deadline))
                line.sendall(outgoing.read())
                try:
                    piece = line.recv(_PIECE_BYTES)
                except TimeoutError:
                    raise Unfinished(host) from None
                if not piece:
                    raise NoEncryption(f"{host}: hung up") from None
                on_heard()
                incoming.write(piece)
        # Its last word, so that the host sees a handshake that was ended well. Whether it arrives does not matter.
        with contextlib.suppress(OSError):
            line.sendall(outgoing.read())


def _context() -> ssl.SSLContext:
    """What this computer trusts.

    One for every line: truststore locks its context for the length of a handshake, so one silent host would keep all
    others waiting.
    """
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextlib.contextmanager
def _closing_unless_trusted(line: socket.socket, host: str) -> Iterator[None]:
    """What can go wrong with encryption, by our own names, and the line closed when it does."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        line.close()
        if error.verify_code in _DATE_CODES:
            raise WrongDate(f"{host}: {error.verify_message}") from error
        if error.verify_code in _NAME_CODES:
            raise NoEncryption(f"{host}: {error.verify_message}") from error
        raise NotTrusted(None) from error
    except (OSError, ValueError) as error:
        line.close()
        raise NoEncryption(f"{host}: {error}") from error


def read_signer(host: str, port: int, deadline: float, proxy: Proxy | None) -> Issuer | None:
    """Who signed the certificate that ``host`` shows, without trusting it. Nothing is sent; the line is closed at once."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            open_tunnel(host, port, deadline, proxy) as line,
            context.wrap_socket(line, server_hostname=host) as encrypted,
        ):
            certificate = encrypted.getpeercert(binary_form=True)
    except (CannotOpen, OSError, ValueError):
        return None
    return read_issuer(certificate) if certificate else None


def side_by_side(jobs: Iterable[Callable[[], None]]) -> None:
    """Start each job in a thread of its own that is left behind when its time is over."""
    for job in jobs:
        threading.Thread(target=job, daemon=True, name="connection attempt").start()
