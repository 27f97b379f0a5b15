"""How far out of this computer does a connection get, what carries it, and what ends it?

All hosts are tried side by side, as a browser would reach them, and nobody else is asked. When nothing answers, the
layers inside the computer tell why. The whole takes `DEADLINE_S` at most, even when everything is dropped silently; a
line that is merely too slow for that is reported as not answering, never as no line.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

import msgspec

from readiness.model import Failure
from readiness.probes import connection_adapters, connection_open
from readiness.probes.connection_adapters import Kind, LocalLayers
from readiness.probes.connection_open import USER_AGENT, until
from readiness.profile import PortalPage
from readiness.readings import ConnectionReading, Reached

#: How long all attempts together may take. The parent waits a second longer, start of the process included.
DEADLINE_S: Final = 4.5

#: By how much the attempts themselves end earlier, so that each can still say at which step it ended.
_MARGIN_S: Final = 0.2

#: Once the answer is known, how much longer the hosts that have not answered may take: as slow as this line is, but no
#: less than a second and a half.
_STRAGGLERS: Final = 4.0
_STRAGGLERS_S: Final = 1.5

#: The most of a page that is read to compare it with what it should be.
_PAGE_BYTES: Final = 65536

_HTTPS_PORT, _HTTP_PORT = 443, 80


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hosts: tuple[str, ...] = ()
    """The provider's hosts, reached over TLS on port 443."""
    other_hosts: tuple[str, ...] = ()
    """Hosts that tell "the provider is down" from "the internet is down", reached the same way."""
    portal_pages: tuple[PortalPage, ...] = ()


class End(StrEnum):
    """How an attempt ended, or the step it was last seen at."""

    RESOLVING = "resolving"
    CONNECTING = "connecting"
    TALKING = "talking"
    """Something took the connection, and has not finished answering."""
    NO_NAME = "no_name"
    NO_ANSWER = "no_answer"
    BROKEN = "broken"
    """Something answered, but not as such a host would."""
    PROXY_LOGIN = "proxy_login"
    UNTRUSTED = "untrusted"
    """A certificate that nobody this computer trusts has signed."""
    DATED = "dated"
    """A trusted certificate whose dates do not fit this computer's clock."""
    FOREIGN = "foreign"
    """A page answered with something else than it says: a sign-in page."""
    GOOD = "good"
    """A trusted certificate, or a page that says what it should."""


#: Steps at which an attempt is still under way, before and after anything beyond the name answered.
_PENDING: Final = frozenset({End.RESOLVING, End.CONNECTING, End.TALKING})


class Attempt(msgspec.Struct):
    """What is known of one attempt so far. Written by its thread, read by the probe."""

    target: str
    """A host name, or the address of a page."""
    end: End = End.RESOLVING
    resolved: bool = False
    """Whether a name was turned into an address for it (an address in digits needs no resolving)."""
    issuer: str | None = None
    portal_url: str | None = None
    web_time: float | None = None
    """What time it is after the ``Date`` of a page, in seconds since 1970."""
    took_s: float | None = None
    """None while it is under way."""

    @property
    def pending(self) -> bool:
        return self.end in _PENDING


class Attempts(msgspec.Struct):
    """All attempts of one reading, by what they tell."""

    hosts: tuple[Attempt, ...] = ()
    others: tuple[Attempt, ...] = ()
    pages: tuple[Attempt, ...] = ()

    @property
    def all(self) -> tuple[Attempt, ...]:
        return self.hosts + self.others + self.pages

    @property
    def decided_s(self) -> float | None:
        """When it was known that the line reaches what it must: the provider, or for a profile without hosts anybody."""
        counts = self.hosts or self.others
        return min((one.took_s for one in counts if one.end is End.GOOD and one.took_s is not None), default=None)


def read(task: Task, tell: Callable[[ConnectionReading], None]) -> ConnectionReading:
    """How far a connection gets. Tells what carries it before it knows how far."""
    started = time.monotonic()
    deadline = started + DEADLINE_S - _MARGIN_S
    proxies = connection_open.system_proxies()
    attempts = _start(task, proxies, deadline)

    sources = connection_adapters.source_addresses()
    found = connection_adapters.adapters()
    kind = _within(deadline, lambda: connection_adapters.describe(found, sources), Kind())
    facts = ConnectionReading(
        medium=kind.medium,
        signal_bars=connection_adapters.bars(kind.signal_dbm),
        vpn=kind.vpn,
        proxy=any(proxies.get(scheme) for scheme in ("https", "http", "all")),
    )
    tell(facts)

    _wait(attempts, started, deadline + _MARGIN_S)
    attempts = msgspec.convert(msgspec.to_builtins(attempts), Attempts)  # threads may still be writing
    local = connection_adapters.local_layers(found, sources)
    return msgspec.structs.replace(facts, **conclude(attempts, local, time.time()))


def _start(task: Task, proxies: Mapping[str, str], deadline: float) -> Attempts:
    attempts = Attempts(
        tuple(Attempt(host) for host in task.hosts),
        tuple(Attempt(host) for host in task.other_hosts),
        tuple(Attempt(page.url) for page in task.portal_pages),
    )
    connection_open.side_by_side(
        [
            *(_timed(attempt, _try_host, attempt, proxies, deadline) for attempt in attempts.hosts + attempts.others),
            *(
                _timed(attempt, _try_page, attempt, page, proxies, deadline)
                for attempt, page in zip(attempts.pages, task.portal_pages, strict=True)
            ),
        ]
    )
    return attempts


def _timed(attempt: Attempt, job: Callable[..., End], *arguments: object) -> Callable[[], None]:
    def run() -> None:
        started = time.monotonic()
        end = job(*arguments)
        attempt.took_s = time.monotonic() - started
        attempt.end = end

    return run


def _wait(attempts: Attempts, started: float, deadline: float) -> None:
    """Until every attempt has ended, or those that count have and the others had their time too."""
    looking = threading.Event()
    while any(attempt.pending for attempt in attempts.all):
        now = time.monotonic()
        decided_s = attempts.decided_s
        if decided_s is not None:
            enough_s = max(_STRAGGLERS_S, decided_s * _STRAGGLERS) if any(a.pending for a in attempts.hosts) else 0.0
            if now >= started + decided_s + enough_s:
                return
        if now >= deadline:
            return
        looking.wait(0.01)


def _within(deadline: float, ask: Callable[[], Kind], otherwise: Kind) -> Kind:
    """The answer of a question to the system, or ``otherwise`` when it takes too long."""
    answers: list[Kind] = []
    asking = threading.Thread(target=lambda: answers.append(ask()), daemon=True, name="what carries the line")
    asking.start()
    asking.join(until(deadline))
    return answers[0] if answers else otherwise


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def _on_resolved(attempt: Attempt, host: str) -> Callable[[], None]:
    def note() -> None:
        attempt.resolved = _is_name(host)
        attempt.end = End.CONNECTING

    return note


def _ended(error: connection_open.CannotOpen) -> End:
    if isinstance(error, connection_open.NameUnknown):
        return End.NO_NAME
    if isinstance(error, connection_open.NoAnswer):
        return End.NO_ANSWER
    if isinstance(error, connection_open.ProxyWantsLogin):
        return End.PROXY_LOGIN
    if isinstance(error, connection_open.WrongDate):
        return End.DATED
    return End.BROKEN


def _try_host(attempt: Attempt, proxies: Mapping[str, str], deadline: float) -> End:
    """A TLS handshake with ``attempt.target``. Nothing is sent after it."""
    host = attempt.target
    proxy = connection_open.proxy_for(host, "https", proxies)
    note = _on_resolved(attempt, proxy.host if proxy else host)
    try:
        line = connection_open.open_tunnel(host, _HTTPS_PORT, deadline, proxy, note)
        attempt.end = End.TALKING
        connection_open.secure(line, host, deadline).close()
    except connection_open.NotTrusted:
        issuer = connection_open.read_signer(host, _HTTPS_PORT, deadline, proxy)
        attempt.issuer = issuer.name if issuer else None
        return End.UNTRUSTED
    except connection_open.CannotOpen as error:
        # A handshake that our own deadline cut off is a slow one, not a broken one.
        return attempt.end if time.monotonic() >= deadline and attempt.end is End.TALKING else _ended(error)
    return End.GOOD


def _try_page(attempt: Attempt, page: PortalPage, proxies: Mapping[str, str], deadline: float) -> End:
    """Fetch a page over plain http and compare it with what it says in truth."""
    parts = urllib.parse.urlsplit(page.url)
    host, port = parts.hostname or "", parts.port or _HTTP_PORT
    proxy = connection_open.proxy_for(host, "http", proxies)
    near, near_port = (proxy.host, proxy.port) if proxy else (host, port)
    try:
        line = connection_open.connect(near, near_port, deadline, _on_resolved(attempt, near))
    except connection_open.CannotOpen as error:
        return _ended(error)
    attempt.end = End.TALKING
    asking = http.client.HTTPConnection(host, port)
    asking.sock = line
    path = page.url if proxy else (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": USER_AGENT, "Connection": "close", "Cache-Control": "no-cache"}
    try:
        asking.request("GET", path, headers={**headers, **dict(connection_open.proxy_headers(proxy))})
        response = asking.getresponse()
        body = response.read(_PAGE_BYTES)
        if response.length and len(body) < _PAGE_BYTES:
            return End.BROKEN  # cut off in the middle: what is missing would have told
    except TimeoutError:
        return End.TALKING
    except (OSError, http.client.HTTPException, ValueError):
        return End.BROKEN
    finally:
        asking.close()
    with contextlib.suppress(TypeError, ValueError):
        attempt.web_time = parsedate_to_datetime(response.headers.get("Date", "")).timestamp()
    end = judge_page(response.status, body, page.body)
    if end is End.FOREIGN:
        attempt.portal_url = sign_in_page(page.url, response.headers.get("Location"))
    return end


def judge_page(status: int, body: bytes, expected: str) -> End:
    """What an answer to a page's request means, given what the page says in truth (white space at the ends aside)."""
    if status == http.client.PROXY_AUTHENTICATION_REQUIRED:
        return End.PROXY_LOGIN
    if status == http.client.NETWORK_AUTHENTICATION_REQUIRED or 300 <= status < 400:
        return End.FOREIGN
    if not 200 <= status < 300:
        return End.BROKEN  # the page itself has troubles: that tells nothing about the line
    return End.GOOD if body.decode("utf-8", errors="replace").strip() == expected.strip() else End.FOREIGN


def sign_in_page(asked_url: str, location: str | None) -> str:
    """Where to sign in: where we were sent, without the part that may name this computer, or the page we asked for."""
    with contextlib.suppress(ValueError):
        parts = urllib.parse.urlsplit(urllib.parse.urljoin(asked_url, location or ""))
        if parts.scheme in ("http", "https") and parts.hostname:
            port = f":{parts.port}" if parts.port else ""
            return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"[:500]
    return asked_url


def conclude(attempts: Attempts, local: LocalLayers, now: float) -> dict[str, object]:
    """What the attempts together mean: fields of the reading. ``now`` is this computer's clock, since 1970.

    From the outside in: the best that was seen decides, and only when nothing answered do the layers inside count.
    """
    hosts, others, pages = attempts.hosts, attempts.others, attempts.pages
    good_hosts, good_others = _with(hosts, End.GOOD), _with(others, End.GOOD)
    foreign, untrusted = _with(pages, End.FOREIGN), _with(hosts, End.UNTRUSTED)
    if good_hosts:
        return {"reached": Reached.PROVIDER, "hosts_unreachable": _unreachable(attempts)}
    if good_others and not hosts:
        return {"reached": Reached.INTERNET}
    if _with(attempts.all, End.PROXY_LOGIN):
        return {"reached": Reached.PROXY_LOGIN}
    if foreign and not _with(pages, End.GOOD):
        return {"reached": Reached.PORTAL, "portal_url": foreign[0].portal_url}
    if not untrusted and not good_others:
        untrusted = _with(others, End.UNTRUSTED)
    if untrusted:
        issuer = next((attempt.issuer for attempt in untrusted if attempt.issuer), None)
        return {"reached": Reached.INTERCEPTED, "certificate_issuer": issuer}
    dated = _with(hosts + others, End.DATED)
    if good_others or dated or _with(pages, End.GOOD):
        unreachable = _unreachable(attempts)
        if hosts and not unreachable:  # not one of them has said no: the line is too slow to tell in our time
            return {"failure": Failure.NOT_ANSWERING}
        return {
            "reached": Reached.INTERNET,
            "hosts_unreachable": unreachable,
            "clock_off_h": _clock_off_h(pages, now) if dated else None,
        }
    return _inside(attempts, local)


def _inside(attempts: Attempts, local: LocalLayers) -> dict[str, object]:
    """Nothing answered as it should: which layer between the adapter and the internet ended it?"""
    if not local.connected:
        return {"reached": Reached.NOTHING}
    if not local.address:
        return {"reached": Reached.LINK}
    if not local.route or local.gateway_silent:
        return {"reached": Reached.ADDRESS}
    if not attempts.all:
        return {"failure": Failure.NO_SERVER}  # nobody to ask
    if _with(attempts.all, End.TALKING):
        return {"failure": Failure.NOT_ANSWERING}
    asked_names = any(_is_name(_host_of(attempt.target)) for attempt in attempts.all)
    if any(attempt.resolved for attempt in attempts.all) or not asked_names:
        return {"reached": Reached.NAMES}
    return {"reached": Reached.GATEWAY}


def _host_of(target: str) -> str:
    return urllib.parse.urlsplit(target).hostname or target if "//" in target else target


def _with(attempts: Iterable[Attempt], end: End) -> list[Attempt]:
    return [attempt for attempt in attempts if attempt.end is end]


def _unreachable(attempts: Attempts) -> tuple[str, ...]:
    """Hosts of the provider (of a profile without any: those it asks instead) that others have outlasted.

    A host that took the connection but has not finished is only counted where another host was quick: on a slow line
    nobody can tell.
    """
    quickest_s = min(
        (one.took_s for one in attempts.all if one.end is End.GOOD and one.took_s is not None), default=None
    )
    slow_line = quickest_s is None or quickest_s > DEADLINE_S / 3
    return tuple(
        attempt.target
        for attempt in attempts.hosts or attempts.others
        if attempt.end is not End.GOOD and not (slow_line and attempt.pending)
    )


def _clock_off_h(pages: Iterable[Attempt], now: float) -> float | None:
    """How far this computer's clock is ahead of what a web page's server told; None when none told."""
    return next((round((now - page.web_time) / 3600, 1) for page in pages if page.web_time is not None), None)
