"""How far out of this computer does a connection get, what carries it, and what ends it?

All hosts are tried side by side, as a browser would reach them, and nobody else is asked. When nothing answers, the
layers inside the computer tell why. The whole takes `DEADLINE_S` at most, even when everything is dropped silently; a
line that is merely too slow for that is reported as late, never as no line.

While names are resolved and connections are made, which takes a few hundred bytes, the adapter's counters tell what
other programs do with the line. Only after that second does the encryption begin.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import ipaddress
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from readiness.model import Failure
from readiness.probes import connection_adapters, connection_names, connection_open, connection_proxy
from readiness.probes.connection_adapters import Kind, LocalLayers
from readiness.probes.connection_open import USER_AGENT, until
from readiness.profile import PortalPage
from readiness.readings import ConnectionReading, Reached

#: How long all attempts together may take. The parent waits a second longer, start of the process included.
DEADLINE_S: Final = 4.5

#: How long the line is watched before we use it ourselves. Long enough for a steady use to show; a browser that loads
#: a page now and then is none.
QUIET_S: Final = 1.0

#: By how much the attempts themselves end earlier, so that each can still say at which step it ended.
_MARGIN_S: Final = 0.2

#: Once the answer is known, how much longer the hosts that have not answered may take: as slow as this line is, but no
#: less than a second and a half.
_STRAGGLERS: Final = 4.0
_STRAGGLERS_S: Final = 1.5

#: Who has not said a word for this long, and for three times as long as the step before took, is silent; for less, he
#: may be slow.
_SILENT_S: Final = 1.5
_SILENT: Final = 3.0

#: Where the quickest host took longer than this, a host that is still under way is not to blame for it.
_QUICK_S: Final = 0.5

#: How long a name may take to resolve before the name servers are asked in our own, more patient way.
_NAME_LATE_S: Final = 0.5

#: The most of a page that is read to compare it with what it should be.
_PAGE_BYTES: Final = 65536

_HTTPS_PORT, _HTTP_PORT = 443, 80

T = TypeVar("T")


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
    """Under way beyond the name. At the end of our time: so slow that an answer may still be coming."""
    SILENT = "silent"
    """Something took the connection, and has not said a word where others would have."""
    NO_NAME = "no_name"
    NO_ANSWER = "no_answer"
    BROKEN = "broken"
    """Something answered, but not as such a host would."""
    PROXY_LOGIN = "proxy_login"
    PROXY_GONE = "proxy_gone"
    """The proxy itself did not answer."""
    REFUSED = "refused"
    """The proxy answered, and did not open the way."""
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
    resolving_s: float = 0.0
    """How long that took."""
    issuer: str | None = None
    portal_url: str | None = None
    web_time: float | None = None
    """What time it is after the ``Date`` of a page, in seconds since 1970."""
    held_s: float = 0.0
    """How long it was held back while the line was watched."""
    took_s: float | None = None
    """Without what it was held back. None while it is under way."""
    ended_at_s: float | None = None
    """When that was, on the clock that only runs forward."""

    @property
    def pending(self) -> bool:
        return self.end in _PENDING


class Attempts(msgspec.Struct):
    """All attempts of one reading, by what they tell."""

    hosts: tuple[Attempt, ...] = ()
    others: tuple[Attempt, ...] = ()
    pages: tuple[Attempt, ...] = ()
    names_late: bool = False
    """Whether a name server has answered after all, where the system had given up or was still waiting."""

    @property
    def all(self) -> tuple[Attempt, ...]:
        return self.hosts + self.others + self.pages

    @property
    def counting(self) -> tuple[Attempt, ...]:
        """Those that the line must reach: the provider's hosts, or for a profile without any those it asks instead."""
        return self.hosts or self.others

    @property
    def decided(self) -> Attempt | None:
        """The first by which it was known that the line reaches what it must."""
        good = [one for one in self.counting if one.end is End.GOOD and one.ended_at_s is not None]
        return min(good, key=lambda one: one.ended_at_s or 0.0, default=None)


class Line(msgspec.Struct, frozen=True):
    """How every attempt goes out."""

    proxies: Mapping[str, str]
    deadline: float
    watched: threading.Event
    """Set once the line has been watched: until then nobody says more than it takes to connect."""


def read(task: Task, tell: Callable[[ConnectionReading], None]) -> ConnectionReading:
    """How far a connection gets. Tells what carries it before it knows how far."""
    started = time.monotonic()
    settings = connection_proxy.settings()
    before = connection_adapters.traffic()
    line = Line(settings.proxies, started + DEADLINE_S - _MARGIN_S, threading.Event())
    attempts = _start(task, line)

    sources = connection_adapters.source_addresses()
    found = connection_adapters.adapters()
    kind = within(line.deadline, lambda: connection_adapters.describe(found, sources), Kind())
    facts = ConnectionReading(
        medium=kind.medium,
        signal_bars=connection_adapters.bars(kind.signal_dbm),
        vpn=kind.vpn,
        proxy=any(connection_open.proxy_at(settings.proxies.get(scheme)) for scheme in ("https", "http", "all")),
        proxy_script=None if settings.script is None else connection_proxy.script_host(settings.script),
        socks=settings.socks,
        metered=within(line.deadline, connection_adapters.metered, None),
    )
    tell(facts)

    names = connection_adapters.counted(found, sources, vpn=kind.vpn)
    if names:
        line.watched.wait(until(before.at_s + QUIET_S))  # nobody sets it but we: a sleep of that length
        others = connection_adapters.traffic().mbps_since(before, names) or (None, None)
        facts = msgspec.structs.replace(facts, others_down_mbps=others[0], others_up_mbps=others[1])
        tell(facts)
    line.watched.set()

    _wait(attempts, line.deadline + _MARGIN_S)
    attempts = msgspec.convert(msgspec.to_builtins(attempts), Attempts)  # threads may still be writing
    local = connection_adapters.local_layers(found, sources)
    return msgspec.structs.replace(facts, **conclude(attempts, local, time.time()))


def _start(task: Task, line: Line) -> Attempts:
    attempts = Attempts(
        tuple(Attempt(host) for host in task.hosts),
        tuple(Attempt(host) for host in task.other_hosts),
        tuple(Attempt(page.url) for page in task.portal_pages),
    )
    connection_open.side_by_side(
        [
            *(_timed(attempt, _try_host, attempt, line) for attempt in attempts.hosts + attempts.others),
            *(
                _timed(attempt, _try_page, attempt, page, line)
                for attempt, page in zip(attempts.pages, task.portal_pages, strict=True)
            ),
            functools.partial(_ask_names, attempts, line),
        ]
    )
    return attempts


def _timed(attempt: Attempt, job: Callable[..., End], *arguments: object) -> Callable[[], None]:
    def run() -> None:
        started = time.monotonic()
        end = job(*arguments)
        attempt.ended_at_s = time.monotonic()
        attempt.took_s = attempt.ended_at_s - started - attempt.held_s
        attempt.end = end

    return run


def _ask_names(attempts: Attempts, line: Line) -> None:
    """Ask the name servers ourselves when the system takes long: it forgets a question after two seconds, we wait on."""
    names = [name for name in map(host_of, (attempt.target for attempt in attempts.all)) if _is_name(name)]
    threading.Event().wait(min(_NAME_LATE_S, until(line.deadline)))
    if names and all(attempt.end is End.RESOLVING for attempt in attempts.all):
        attempts.names_late = connection_names.answers(names[0], line.deadline)


def _hold(attempt: Attempt, line: Line) -> None:
    """Hold the attempt back until the line has been watched."""
    began = time.monotonic()
    line.watched.wait(until(line.deadline))
    attempt.held_s = time.monotonic() - began


def _wait(attempts: Attempts, deadline: float) -> None:
    """Until every attempt has ended, or those that count have and the others had their time too."""
    looking = threading.Event()
    while any(attempt.pending for attempt in attempts.all):
        now = time.monotonic()
        decided = attempts.decided
        if decided is not None and decided.ended_at_s is not None and decided.took_s is not None:
            enough_s = max(_STRAGGLERS_S, decided.took_s * _STRAGGLERS) if any(a.pending for a in attempts.hosts) else 0
            if now >= decided.ended_at_s + enough_s:
                return
        if now >= deadline:
            return
        looking.wait(0.01)


def within(deadline: float, ask: Callable[[], T], otherwise: T) -> T:
    """The answer of a question to the system, or ``otherwise`` when it takes too long."""
    answers: list[T] = []
    asking = threading.Thread(target=lambda: answers.append(ask()), daemon=True, name="a question to the system")
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
    began = time.monotonic()

    def note() -> None:
        attempt.resolving_s = time.monotonic() - began
        attempt.resolved = _is_name(host)
        attempt.end = End.CONNECTING

    return note


#: What an attempt's end is called, by the error that ended it. What is not here is BROKEN.
_ENDS: Final = (
    (connection_open.NameUnknown, End.NO_NAME),
    (connection_open.NoAnswer, End.NO_ANSWER),
    (connection_open.ProxyWantsLogin, End.PROXY_LOGIN),
    (connection_open.ProxyGone, End.PROXY_GONE),
    (connection_open.ProxyRefused, End.REFUSED),
    (connection_open.WrongDate, End.DATED),
)


def _not_opened(error: connection_open.CannotOpen, attempt: Attempt, line: Line, began: float) -> End:
    """What it means that no way was opened since ``began``."""
    now = time.monotonic()
    connecting_s = now - began - attempt.resolving_s
    if now >= line.deadline and isinstance(error, connection_open.NoAnswer) and attempt.resolving_s:
        return _unfinished(attempt.resolving_s, connecting_s, otherwise=End.NO_ANSWER)
    return _ended(error)


def _ended(error: connection_open.CannotOpen) -> End:
    return next((end for kind, end in _ENDS if isinstance(error, kind)), End.BROKEN)


def _unfinished(step_before_s: float, silent_s: float, otherwise: End) -> End:
    """What it means that our time was over ``silent_s`` after the last word, by how long the step before it took.

    Where an answer took a second, the next may take one, too; where it took a moment, silence is an answer.
    """
    return otherwise if silent_s > max(_SILENT_S, step_before_s * _SILENT) else End.TALKING


def _try_host(attempt: Attempt, line: Line) -> End:
    """A TLS handshake with ``attempt.target``. Nothing is sent after it."""
    host = attempt.target
    proxy = connection_open.proxy_for(host, "https", line.proxies)
    note = _on_resolved(attempt, proxy.host if proxy else host)
    began = time.monotonic()
    try:
        way = connection_open.open_tunnel(host, _HTTPS_PORT, line.deadline, proxy, note)
    except connection_open.CannotOpen as error:
        return _not_opened(error, attempt, line, began)
    connecting_s = time.monotonic() - began
    _hold(attempt, line)
    attempt.end = End.TALKING
    heard = threading.Event()
    asked = time.monotonic()
    try:
        connection_open.shake_hands(way, host, line.deadline, heard.set)
    except connection_open.Unfinished:
        silent_s = time.monotonic() - asked
        return End.TALKING if heard.is_set() else _unfinished(connecting_s, silent_s, otherwise=End.SILENT)
    except connection_open.NotTrusted:
        issuer = connection_open.read_signer(host, _HTTPS_PORT, line.deadline, proxy)
        attempt.issuer = issuer.name if issuer else None
        return End.UNTRUSTED
    except connection_open.CannotOpen as error:
        return _ended(error)
    return End.GOOD


def _try_page(attempt: Attempt, page: PortalPage, line: Line) -> End:
    """Fetch a page over plain http and compare it with what it says in truth."""
    parts = urllib.parse.urlsplit(page.url)
    host, port = parts.hostname or "", parts.port or _HTTP_PORT
    proxy = connection_open.proxy_for(host, "http", line.proxies)
    near, near_port = (proxy.host, proxy.port) if proxy else (host, port)
    began = time.monotonic()
    try:
        way = connection_open.connect(near, near_port, line.deadline, _on_resolved(attempt, near))
    except connection_open.CannotOpen as error:
        return End.PROXY_GONE if proxy else _not_opened(error, attempt, line, began)
    connecting_s = time.monotonic() - began
    _hold(attempt, line)
    attempt.end = End.TALKING
    way.settimeout(until(line.deadline))
    asking = http.client.HTTPConnection(host, port)
    asking.sock = way
    path = page.url if proxy else (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": USER_AGENT, "Connection": "close", "Cache-Control": "no-cache"}
    asked = time.monotonic()
    response = None
    try:
        asking.request("GET", path, headers={**headers, **dict(connection_open.proxy_headers(proxy))})
        response = asking.getresponse()
        body = response.read(_PAGE_BYTES)
        if response.length and len(body) < _PAGE_BYTES:
            return End.BROKEN  # cut off in the middle: what is missing would have told
    except TimeoutError:
        silent_s = time.monotonic() - asked
        return _unfinished(connecting_s, silent_s, otherwise=End.SILENT) if response is None else End.TALKING
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
    answer_s = min((round(one.took_s, 2) for one in good_hosts or good_others if one.took_s is not None), default=None)
    if good_hosts:
        return {"reached": Reached.PROVIDER, "hosts_unreachable": _unreachable(attempts), "answer_s": answer_s}
    if good_others and not hosts:
        return {"reached": Reached.INTERNET, "answer_s": answer_s}
    if _with(attempts.all, End.PROXY_LOGIN):
        return {"reached": Reached.PROXY_LOGIN}
    # A host elsewhere that shows who it is has no sign-in page before it: then the page itself has changed.
    if foreign and not _with(pages, End.GOOD) and not good_others:
        return {"reached": Reached.PORTAL, "portal_url": foreign[0].portal_url}
    if not untrusted and not good_others:
        untrusted = _with(others, End.UNTRUSTED)
    if untrusted:
        issuer = next((attempt.issuer for attempt in untrusted if attempt.issuer), None)
        return {"reached": Reached.INTERCEPTED, "certificate_issuer": issuer}
    if _proxy_fails(attempts) and local.leads_out:
        return {"reached": Reached.PROXY_DOWN}
    dated = _with(hosts + others, End.DATED)
    if good_others or dated or _with(pages, End.GOOD):
        unreachable = _unreachable(attempts)
        if hosts and not unreachable:  # not one of them has said no: the line is too slow to tell in our time
            return {"reached": Reached.LATE, "answer_s": answer_s}
        return {
            "reached": Reached.INTERNET,
            "hosts_unreachable": unreachable,
            "clock_off_h": _clock_off_h(pages, now) if dated else None,
            "answer_s": answer_s,
        }
    return _inside(attempts, local)


def _proxy_fails(attempts: Attempts) -> bool:
    """Whether the proxy ended every attempt that had to go through it: nothing tells what is beyond."""
    ends = {attempt.end for attempt in attempts.counting or attempts.pages}
    return bool(ends) and ends <= {End.PROXY_GONE, End.REFUSED} and not _with(attempts.others, End.GOOD)


def _inside(attempts: Attempts, local: LocalLayers) -> dict[str, object]:
    """Nothing answered as it should: which layer between the adapter and the internet ended it?"""
    if not local.connected:
        return {"reached": Reached.NOTHING}
    if not local.address:
        return {"reached": Reached.LINK}
    if not local.leads_out:
        return {"reached": Reached.ADDRESS}
    if not attempts.all:
        return {"failure": Failure.NO_SERVER}  # nobody to ask
    if _with(attempts.all, End.TALKING):
        return {"reached": Reached.LATE}
    nameless = _with(attempts.all, End.NO_NAME) or _with(attempts.all, End.RESOLVING)
    if any(attempt.resolved for attempt in attempts.all) or not nameless:
        return {"reached": Reached.NAMES}
    return {"reached": Reached.LATE if attempts.names_late else Reached.GATEWAY}


def host_of(target: str) -> str:
    """The host in what an attempt is for: a host name, or the address of a page."""
    return urllib.parse.urlsplit(target).hostname or target if "//" in target else target


def _with(attempts: Iterable[Attempt], end: End) -> list[Attempt]:
    return [attempt for attempt in attempts if attempt.end is end]


def _unreachable(attempts: Attempts) -> tuple[str, ...]:
    """Hosts of the provider (of a profile without any: those it asks instead) that others have outlasted."""
    quickest_s = _quickest_s(attempts)
    return tuple(
        attempt.target
        for attempt in attempts.counting
        if attempt.end is not End.GOOD and not _may_be_the_line(attempt, quickest_s)
    )


def _may_be_the_line(attempt: Attempt, quickest_s: float | None) -> bool:
    """Whether a slow or lossy line may be why this host has not answered, by how quick others were."""
    if quickest_s is not None and quickest_s <= _QUICK_S:
        return False
    if attempt.pending or attempt.end is End.SILENT:
        return True
    # A refusal comes sooner than an answer, and a host that is gone keeps silent for longer than a slow one.
    waited_s, in_vain = attempt.took_s or 0.0, attempt.end in (End.NO_ANSWER, End.NO_NAME)
    return in_vain and quickest_s is not None and quickest_s <= waited_s < quickest_s * _SILENT


def _quickest_s(attempts: Attempts) -> float | None:
    """How long the quickest answer took.

    A page has a fraction of a handshake's bytes: it counts only where no handshake came as far as a word.
    """
    safe = attempts.hosts + attempts.others
    counted = safe if _with(safe, End.GOOD) or _with(safe, End.TALKING) else attempts.pages
    return min((one.took_s for one in _with(counted, End.GOOD) if one.took_s is not None), default=None)


def _clock_off_h(pages: Iterable[Attempt], now: float) -> float | None:
    """How far this computer's clock is ahead of what a web page's server told; None when none told."""
    return next((round((now - page.web_time) / 3600, 1) for page in pages if page.web_time is not None), None)
