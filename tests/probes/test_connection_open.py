"""Ways to hosts on the loopback: families, proxies, certificates good and bad, and everything that does not answer."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from readiness.probes import connection, connection_open
from readiness.probes.connection import Attempt, End, Line
from readiness.probes.connection_certificate import Issuer, read_issuer
from readiness.probes.connection_open import (
    CannotOpen,
    NameUnknown,
    NoAnswer,
    NoEncryption,
    NotTrusted,
    Proxy,
    ProxyGone,
    ProxyRefused,
    ProxyWantsLogin,
    WrongDate,
)
from readiness.profile import PortalPage

Serve = Callable[[socket.socket], None]


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


@contextmanager
def listening(serve: Serve, address: str = "127.0.0.1") -> Iterator[int]:
    """A host on the loopback that treats every connection like this; gives its port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, 0), family=family)
    ended = threading.Event()

    def treat(line: socket.socket) -> None:
        line.settimeout(5)
        with line:
            try:
                serve(line)
            except OSError:
                return

    def accept() -> None:
        while not ended.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            if ended.is_set():
                line.close()
                return
            treat(line)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        ended.set()
        with socket.create_connection(listener.getsockname()[:2]):
            pass
        thread.join()
        listener.close()


def tls(context: ssl.SSLContext) -> Serve:
    def serve(line: socket.socket) -> None:
        with context.wrap_socket(line, server_side=True) as encrypted:
            encrypted.recv(1)

    return serve


def says(*answers: bytes) -> Serve:
    """Answers each request (up to its empty line) with the next of ``answers``."""

    def serve(line: socket.socket) -> None:
        for answer in answers:
            asked = b""
            while not asked.endswith(b"\r\n\r\n"):
                piece = line.recv(1)
                if not piece:
                    return
                asked += piece
            heard.append(asked)
            line.sendall(answer)

    heard.clear()
    return serve


def listens_only(line: socket.socket) -> None:
    while line.recv(4096):
        pass


#: What `says` was asked, for looking at it afterwards.
heard: list[bytes] = []


class Signed:
    """An authority that this computer trusts for the length of a test, and server contexts that it signs."""

    def __init__(self, authority: trustme.CA) -> None:
        self.authority = authority

    def context(self, name: str = "localhost", years: tuple[int, int] | None = None) -> ssl.SSLContext:
        begin, end = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in years) if years else (None, None)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(name, not_before=begin, not_after=end).configure_cert(context)
        return context


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Signed:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return Signed(authority)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


# --- Names and connections -------------------------------------------------------------------------------------------


def test_the_families_take_turns() -> None:
    def found(*rest: object, **options: object) -> list[tuple[object, ...]]:
        return [
            (socket.AF_INET6, 1, 6, "", ("::1", 1, 0, 0)),
            (socket.AF_INET6, 1, 6, "", ("::2", 1, 0, 0)),
            (socket.AF_INET6, 1, 6, "", ("::2", 1, 0, 0)),
            (socket.AF_INET, 1, 6, "", ("127.0.0.1", 1)),
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", found)
        addresses = [address[0] for _, address in connection_open.resolve("any.test", 1, soon())]
    assert addresses == ["::1", "127.0.0.1", "::2"]


@pytest.mark.may_leave_threads("resolve")
def test_a_name_that_is_not_known_or_not_told_in_time() -> None:
    with pytest.raises(NameUnknown):
        connection_open.resolve("no-such-host.invalid", 1, soon())
    with pytest.raises(NameUnknown):
        connection_open.resolve("a" * 80 + ".test", 1, soon())  # no name server would ever be asked for this
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lambda *rest, **options: threading.Event().wait(1.0))
        with pytest.raises(NameUnknown, match="no answer in time"):
            connection_open.resolve("slow.test", 1, soon(0.05))


def test_a_name_is_asked_for_again_when_the_system_says_not_now(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def found(*rest: object, **options: object) -> list[tuple[object, ...]]:
        asked.append(time.monotonic())
        if len(asked) < goes_well_at:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [(socket.AF_INET, 1, 6, "", ("192.0.2.1", 1))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    goes_well_at = 3
    assert connection_open.resolve("any.test", 1, soon()) == [(socket.AF_INET, ("192.0.2.1", 1))]
    goes_well_at = 99
    asked.clear()
    with pytest.raises(NameUnknown, match="Temporary"):
        connection_open.resolve("any.test", 1, soon())
    assert len(asked) == 3
    asked.clear()
    with pytest.raises(NameUnknown):  # there is no time for another question
        connection_open.resolve("any.test", 1, soon(0.1))
    assert len(asked) == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_both_families_connect(address: str) -> None:
    with listening(says(), address) as port:
        noted: list[bool] = []
        connection_open.connect(address, port, soon(), lambda: noted.append(True)).close()
    assert noted == [True]


def test_a_family_that_does_not_answer_does_not_hold_up_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(says()) as port, socket.create_server(("127.0.0.2", 0), backlog=0) as full:
        # A queue that is full takes no connection and refuses none either.
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        addresses = [(socket.AF_INET, full.getsockname()), (socket.AF_INET, ("127.0.0.1", port))]
        monkeypatch.setattr(connection_open, "resolve", lambda host, port, deadline: addresses)
        started = time.monotonic()
        connection_open.connect("any.test", port, soon()).close()
        assert 0.2 < time.monotonic() - started < 1.0
        monkeypatch.setattr(connection_open, "resolve", lambda host, port, deadline: addresses[:1])
        with pytest.raises(NoAnswer, match="no answer in time"):
            connection_open.connect("any.test", port, soon(0.4))
        for filler in fillers:
            filler.close()


def test_nobody_there_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NoAnswer, match="Connection refused"):
        connection_open.connect("127.0.0.1", port, soon())
    # A family that this system does not have, and an address to which no route leads.
    hopeless = [(99, ("x",)), (socket.AF_INET, ("255.255.255.255", port))]
    monkeypatch.setattr(connection_open, "resolve", lambda host, port, deadline: hopeless)
    with pytest.raises(NoAnswer):
        connection_open.connect("any.test", port, soon())


# --- Proxies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "scheme", "expected"),
    [
        ({}, "https", None),
        ({"https": "http://proxy.test:3128"}, "https", Proxy("proxy.test", 3128)),
        ({"https": "http://proxy.test:3128"}, "http", None),
        ({"all": "proxy.test:8080"}, "http", Proxy("proxy.test", 8080)),
        ({"http": "http://proxy.test"}, "http", Proxy("proxy.test", 80)),
        ({"http": "http://us%40er:p%3Aw@proxy.test:1"}, "http", Proxy("proxy.test", 1, "us@er:p:w")),
        ({"http": "http://user@proxy.test:1"}, "http", Proxy("proxy.test", 1, "user:")),
        ({"http": "socks5://proxy.test:1080"}, "http", None),
        ({"http": "http://"}, "http", None),
        ({"http": "http://proxy.test:port"}, "http", None),
    ],
)
def test_which_proxy_a_browser_would_use(proxies: dict[str, str], scheme: str, expected: Proxy | None) -> None:
    assert connection_open.proxy_for("visit.test", scheme, proxies) == expected


def test_hosts_that_go_past_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    through = {"https": "http://proxy.test:1"}
    assert connection_open.proxy_for("visit.test", "https", {**through, "no": ".test"}) is None
    assert connection_open.proxy_for("visit.example", "https", {**through, "no": ".test"}) is not None
    monkeypatch.setenv("no_proxy", "visit.test")
    assert connection_open.proxy_for("visit.test", "https", through) is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 200 Connection established\r\n\r\n", None),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", ProxyWantsLogin),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", ProxyRefused),
        (b"", ProxyRefused),
        (b"nonsense", ProxyRefused),
        (b"x" * 20000, ProxyRefused),
    ],
)
def test_a_tunnel_through_a_proxy(answer: bytes, error: type[CannotOpen] | None) -> None:
    with listening(says(answer)) as port:
        proxy = Proxy("127.0.0.1", port, "user:secret")
        if error is None:
            connection_open.open_tunnel("visit.test", 443, soon(), proxy).close()
        else:
            with pytest.raises(error):
                connection_open.open_tunnel("visit.test", 443, soon(), proxy)
    assert heard[0].startswith(b"CONNECT visit.test:443 HTTP/1.1\r\nHost: visit.test:443\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n" in heard[0]


def test_a_proxy_that_says_nothing_or_is_not_there() -> None:
    with listening(listens_only) as port, pytest.raises(ProxyRefused):
        connection_open.open_tunnel("2001:db8::1", 443, soon(0.3), Proxy("127.0.0.1", port))
    with pytest.raises(ProxyGone):
        connection_open.open_tunnel("visit.test", 443, soon(), Proxy("127.0.0.1", port))
    with pytest.raises(ProxyGone):
        connection_open.open_tunnel("visit.test", 443, soon(), Proxy("no-such.invalid", 3128))


def test_a_proxy_that_never_comes_to_its_end_is_left_in_time() -> None:
    def trickles(line: socket.socket) -> None:
        between = threading.Event()
        for _ in range(60):
            line.sendall(b"x")
            between.wait(0.05)

    began = time.monotonic()
    with listening(trickles) as port, pytest.raises(ProxyRefused):
        connection_open.open_tunnel("visit.test", 443, soon(0.3), Proxy("127.0.0.1", port))
    assert time.monotonic() - began < 2.5


def test_an_address_of_the_settings_that_is_none() -> None:
    assert [
        connection_open.proxy_at(address) for address in (None, "", "socks5://a.test:1", "http://", "http://[::")
    ] == [None] * 5


# --- Certificates ----------------------------------------------------------------------------------------------------


def opened(port: int) -> ssl.SSLSocket:
    return connection_open.secure(connection_open.connect("127.0.0.1", port, soon()), "localhost", soon())


LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
FAR_OFF = datetime.datetime(2090, 1, 1, tzinfo=datetime.UTC)


def test_a_trusted_certificate_opens_the_way(trusted: Signed) -> None:
    with listening(tls(trusted.context())) as port:
        opened(port).close()


def test_a_certificate_for_another_name_is_no_encryption_with_this_host(trusted: Signed) -> None:
    with listening(tls(trusted.context("elsewhere.test"))) as port, pytest.raises(NoEncryption):
        opened(port)


@pytest.mark.parametrize("years", [(2001, 2002), (2090, 2091)])
def test_dates_that_do_not_fit_are_not_taken_for_a_stranger(years: tuple[int, int], trusted: Signed) -> None:
    with listening(tls(trusted.context(years=years))) as port, pytest.raises(WrongDate):
        opened(port)


@pytest.mark.usefixtures("trusted")
def test_a_stranger_is_named() -> None:
    stranger = Signed(trustme.CA(organization_name="Shield Antivirus"))
    with listening(tls(stranger.context())) as port:
        with pytest.raises(NotTrusted) as caught:
            opened(port)
        assert caught.value.issuer is None
        issuer = connection_open.read_signer("127.0.0.1", port, soon(), None)
    assert issuer is not None
    assert issuer.name == "Shield Antivirus"


@pytest.mark.parametrize("answer", [b"HTTP/1.0 400 Bad Request\r\n\r\n", b""])
@pytest.mark.usefixtures("trusted")
def test_what_does_not_speak_tls(answer: bytes) -> None:
    def serve(line: socket.socket) -> None:
        line.recv(5)
        line.sendall(answer)

    with listening(serve) as port:
        with pytest.raises(NoEncryption):
            opened(port)
        assert connection_open.read_signer("127.0.0.1", port, soon(), None) is None


def test_an_issuer_without_an_organisation_goes_by_its_common_name() -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Zwischenstelle Ä 1")])
    private = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(LONG_AGO)
        .not_valid_after(FAR_OFF)
        .sign(private, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    issuer = read_issuer(made)
    assert issuer == Issuer(None, "Zwischenstelle Ä 1")
    assert issuer.name == "Zwischenstelle Ä 1"


@given(st.binary(max_size=200))
def test_bytes_that_are_no_certificate_have_no_issuer(noise: bytes) -> None:
    read_issuer(noise)
    assert read_issuer(b"") is None
    assert read_issuer(b"\x30\x82\xff\xff" + noise) is None


def test_a_certificate_cut_short_has_no_issuer() -> None:
    whole = ssl.PEM_cert_to_DER_cert(trustme.CA().cert_pem.bytes().decode())
    assert read_issuer(whole) is not None
    assert all(read_issuer(whole[:length]) is None for length in range(len(whole)))


# --- Attempts of the probe -------------------------------------------------------------------------------------------


def line(seconds: float = 5.0, proxies: Mapping[str, str] | None = None) -> Line:
    """A line that has been watched."""
    watched = threading.Event()
    watched.set()
    return Line(proxies or {}, soon(seconds), watched)


def tried(port: int, monkeypatch: pytest.MonkeyPatch, seconds: float = 5.0) -> Attempt:
    monkeypatch.setattr(connection, "_HTTPS_PORT", port)
    attempt = Attempt("localhost")
    attempt.end = connection._try_host(attempt, line(seconds))
    return attempt


def test_how_an_attempt_at_a_host_ends(trusted: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(tls(trusted.context())) as port:
        attempt = tried(port, monkeypatch)
        assert (attempt.end, attempt.resolved) == (End.GOOD, True)
    with listening(tls(trusted.context(years=(2001, 2002)))) as port:
        assert tried(port, monkeypatch).end is End.DATED
    with listening(tls(Signed(trustme.CA(organization_name="Shield")).context())) as port:
        attempt = tried(port, monkeypatch)
        assert (attempt.end, attempt.issuer) == (End.UNTRUSTED, "Shield")
    with listening(lambda line: None) as port:
        assert tried(port, monkeypatch).end is End.BROKEN
    assert tried(port, monkeypatch).end is End.NO_ANSWER


@pytest.mark.usefixtures("trusted")
def test_a_handshake_that_our_own_deadline_cuts_off_is_only_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(listens_only) as port:
        assert tried(port, monkeypatch, 0.3).end is End.TALKING
        monkeypatch.setattr(connection, "_SILENT_S", 0.1)
        assert tried(port, monkeypatch, 0.4).end is End.SILENT


@pytest.mark.usefixtures("trusted")
def test_a_handshake_that_had_begun_is_slow_however_long_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    def begins(line: socket.socket) -> None:
        line.recv(4096)
        line.sendall(b"\x16\x03\x03\x20\x00")  # the head of 8 KiB that never come
        listens_only(line)

    monkeypatch.setattr(connection, "_SILENT_S", 0.1)
    with listening(begins) as port:
        assert tried(port, monkeypatch, 0.4).end is End.TALKING


def test_nothing_is_said_before_the_line_was_watched(trusted: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = threading.Event()

    def serve(line: socket.socket) -> None:
        line.recv(1, socket.MSG_PEEK)
        spoken.set()
        tls(trusted.context())(line)

    watched = threading.Event()
    with listening(serve) as port:
        monkeypatch.setattr(connection, "_HTTPS_PORT", port)
        attempt = Attempt("localhost")
        ends: list[End] = []
        trying = threading.Thread(
            target=lambda: ends.append(connection._try_host(attempt, Line({}, soon(), watched))), name="trying"
        )
        trying.start()
        assert not spoken.wait(0.3)
        watched.set()
        trying.join(5)
    assert ends == [End.GOOD]
    assert attempt.held_s > 0.1


def test_a_connection_that_takes_as_long_as_its_name_did_is_only_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(host: str, port: int, deadline: float, on_resolved: Callable[[], None]) -> socket.socket:
        threading.Event().wait(takes_s[-1])
        on_resolved()
        threading.Event().wait(max(0.0, deadline - time.monotonic()))
        raise NoAnswer(host)

    monkeypatch.setattr(connection_open, "connect", nobody)
    monkeypatch.setattr(connection, "_SILENT_S", 0.1)
    page = PortalPage(url="http://check.test/", body="")
    takes_s: list[float] = []
    for named_s, end in ((0.3, End.TALKING), (0.01, End.NO_ANSWER)):
        takes_s.append(named_s)
        assert connection._try_host(Attempt("visit.test"), line(0.5)) is end
        assert connection._try_page(Attempt("x"), page, line(0.5)) is end


def test_proxies_and_unknown_names_end_an_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(says(b"HTTP/1.1 407 Login\r\n\r\n")) as port:
        attempt = Attempt("visit.test")
        proxies = {"https": f"http://127.0.0.1:{port}"}
        assert connection._try_host(attempt, line(proxies=proxies)) is End.PROXY_LOGIN
        assert not attempt.resolved  # digits need no name server
    with listening(says(b"HTTP/1.1 403 Forbidden\r\n\r\n")) as port:
        proxies = {"https": f"http://127.0.0.1:{port}"}
        assert connection._try_host(Attempt("visit.test"), line(proxies=proxies)) is End.REFUSED
    assert connection._try_host(Attempt("visit.test"), line(proxies=proxies)) is End.PROXY_GONE
    assert connection._try_host(Attempt("no-such.invalid"), line()) is End.NO_NAME


def fetched(answer: bytes, seconds: float = 5.0, *, through_proxy: bool = False, body: str = "success") -> Attempt:
    with listening(says(answer)) as port:
        url = f"http://127.0.0.1:{port}/page.txt?x=1" if not through_proxy else "http://check.test/page.txt"
        attempt = Attempt(url)
        proxies = {"http": f"http://127.0.0.1:{port}"} if through_proxy else {}
        attempt.end = connection._try_page(attempt, PortalPage(url=url, body=body), line(seconds, proxies))
    return attempt


def test_how_an_attempt_at_a_page_ends() -> None:
    date = b"Date: Wed, 01 Jan 2020 00:00:00 GMT\r\n"
    good = fetched(b"HTTP/1.1 200 OK\r\n" + date + b"Content-Length: 8\r\n\r\nsuccess\n")
    assert (good.end, good.web_time, good.portal_url) == (End.GOOD, 1577836800.0, None)
    assert heard[0].startswith(b"GET /page.txt?x=1 HTTP/1.1\r\n")
    assert b"User-Agent: readiness/" in heard[0]

    moved = fetched(
        b"HTTP/1.1 302 Found\r\nLocation: http://hotel.test/in?mac=1\r\nDate: soon\r\nContent-Length: 0\r\n\r\n"
    )
    assert (moved.end, moved.web_time, moved.portal_url) == (End.FOREIGN, None, "http://hotel.test/in")

    assert fetched(b"SSH-2.0-OpenSSH\r\n").end is End.BROKEN
    cut_off = fetched(b"HTTP/1.1 200 OK\r\nContent-Length: 80\r\n\r\nsucc")
    assert (cut_off.end, cut_off.portal_url) == (End.BROKEN, None)


def test_a_page_is_fetched_through_the_proxy() -> None:
    attempt = fetched(b"HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n", through_proxy=True)
    assert (attempt.end, attempt.resolved) == (End.PROXY_LOGIN, False)
    assert heard[0].startswith(b"GET http://check.test/page.txt HTTP/1.1\r\nHost: check.test\r\n")


def test_a_page_that_is_slow_is_only_slow() -> None:
    with listening(listens_only) as port:
        page = PortalPage(url=f"http://127.0.0.1:{port}/", body="")
        assert connection._try_page(Attempt("x"), page, line(0.3)) is End.TALKING

    def begins(line: socket.socket) -> None:
        line.recv(4096)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 80\r\n\r\nsucc")
        listens_only(line)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "_SILENT_S", 0.1)
        with listening(listens_only) as port:
            page = PortalPage(url=f"http://127.0.0.1:{port}/", body="")
            assert connection._try_page(Attempt("x"), page, line(0.4)) is End.SILENT
        with listening(begins) as port:
            page = PortalPage(url=f"http://127.0.0.1:{port}/", body="")
            assert connection._try_page(Attempt("x"), page, line(0.4)) is End.TALKING


def test_a_page_whose_host_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    attempt = Attempt("x")
    page = PortalPage(url=f"http://127.0.0.1:{port}/", body="")
    assert connection._try_page(attempt, page, line()) is End.NO_ANSWER
    through = line(proxies={"http": f"http://127.0.0.1:{port}"})
    assert connection._try_page(Attempt("x"), PortalPage(url="http://check.test/", body=""), through) is End.PROXY_GONE
