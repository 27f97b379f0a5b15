"""A provider's profile: what a video visit needs, how to join it, and whom to call. Data, loaded from TOML.

A profile may be based on a shipped one (``based_on = "generic"``) and then says only what differs. Every number
carries its source and date. Mistakes in a profile raise `ProfileError`: one sentence with the file, the field, what is
wrong and what would be right. `load` and `shipped` are all that most callers need.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
import stat
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from readiness import shape, toml_file
from readiness.model import Status
from readiness.shape import Flaw, Section, ShapeError
from readiness.text import N_, Refusal

#: Where the shipped profiles lie; the name of a file without ``.toml`` is the id of its profile.
SHIPPED: Final = Path(__file__).resolve().parent / "profiles"

#: Whole profiles are about 20 KiB; what is larger is not a profile.
MOST_BYTES: Final = 256 * 1024

#: A sentence shows this many characters of a path, from its end: the longest name of a file is always whole.
_SHOWN_OF_PATH: Final = 300


class ProfileError(Refusal):
    """A profile that cannot be used."""


def _text(pattern: str, refusal: str) -> msgspec.Meta:
    """A demand on a text: a regular expression, and the sentence for a text that does not match it."""
    return msgspec.Meta(pattern=pattern, extra={"refusal": refusal})


Words = Annotated[str, _text(r"\S", N_("{file}: {field} is {value}, but it must say something."))]
Https = Annotated[
    str,
    _text(
        r"^https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]{1,5})?(/\S*)?$",
        N_("{file}: {field} is {value}, but it must be a link that begins with https://."),
    ),
]
Http = Annotated[
    str,
    _text(
        r"^http://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/\S*)?$",
        N_("{file}: {field} is {value}, but it must be an address that begins with http://, without encryption."),
    ),
]
HostName = Annotated[
    str,
    _text(
        r"^[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$",
        N_("{file}: {field} is {value}, but it must be the name of a host such as www.example.org."),
    ),
]
PhoneNumber = Annotated[
    str,
    _text(
        r"^\+?[0-9]([ ()-]{0,2}[0-9]){2,14}$",
        N_("{file}: {field} is {value}, but it must be a phone number in digits such as 1-844-800-0820."),
    ),
]
Id = Annotated[
    str,
    _text(
        r"^[a-z][a-z0-9_]{0,62}$",
        N_("{file}: {field} is {value}, but it must be a short name of a to z, 0 to 9 and _ such as my_clinic."),
    ),
]


class Localized(Section, frozen=True):
    """One text or link in every language we speak."""

    missing: ClassVar[str] = N_("{file}: {field} is missing; every text is needed in English (en) and Spanish (es).")

    en: Words
    es: Words

    def in_language(self, language: str) -> str:
        """The text in ``language``, "en" or "es"."""
        return self.es if language == "es" else self.en


class Link(Localized, frozen=True):
    """A page in every language we speak."""

    en: Https
    es: Https


class Source(Section, frozen=True):
    """Where numbers come from."""

    title: Words
    date: datetime.date
    """When the source was read."""
    url: Https | None = None


ONE_DIRECTION: Final = N_(
    "{file}: {field} must say either fail_below and warn_below (more is better) "
    "or fail_above and warn_above (less is better)."
)
WRONG_SIDE_BELOW: Final = N_("{file}: {field} is {value}, but it must be at least fail_below, {fail}.")
WRONG_SIDE_ABOVE: Final = N_("{file}: {field} is {value}, but it must be at most fail_above, {fail}.")


class Limit(Section, frozen=True):
    """Where a measured number stops being good. Either ``*_below`` (more is better) or ``*_above`` (less is better)."""

    source: str
    """An id in the profile's ``[sources]``."""
    fail_below: float | None = None
    warn_below: float | None = None
    fail_above: float | None = None
    warn_above: float | None = None

    def flaw(self) -> Flaw | None:
        rising = (self.fail_below, self.warn_below)
        falling = (self.fail_above, self.warn_above)
        if (rising == (None, None)) == (falling == (None, None)):
            return Flaw("", ONE_DIRECTION)
        if None not in rising and rising[0] > rising[1]:  # type: ignore[operator]
            return Flaw("warn_below", WRONG_SIDE_BELOW, {"value": str(rising[1]), "fail": str(rising[0])})
        if None not in falling and falling[0] < falling[1]:  # type: ignore[operator]
            return Flaw("warn_above", WRONG_SIDE_ABOVE, {"value": str(falling[1]), "fail": str(falling[0])})
        return None

    @property
    def good_from(self) -> float | None:
        """The number from which on more is good; None where less is better."""
        return self.fail_below if self.warn_below is None else self.warn_below

    def judge(self, value: float | None) -> Status:
        """PASS, WARN or FAIL; UNKNOWN for a number that could not be had."""
        if value is None:
            return Status.UNKNOWN
        if self.fail_below is not None and value < self.fail_below:
            return Status.FAIL
        if self.fail_above is not None and value > self.fail_above:
            return Status.FAIL
        if self.warn_below is not None and value < self.warn_below:
            return Status.WARN
        if self.warn_above is not None and value > self.warn_above:
            return Status.WARN
        return Status.PASS


class Requirement(Section, frozen=True):
    """What a profile demands of one check. A check with numbers subclasses this beside its judge."""

    required: bool = False
    """Whether the visit needs it: only required checks can make a computer "not ready"."""


Q = TypeVar("Q", bound=Requirement)


class ServerKind(StrEnum):
    """Which protocol a measurement server speaks."""

    LIBRESPEED = "librespeed"
    """A LibreSpeed back end (also ours: ``readiness serve``); ``url`` says where."""
    SPEEDTEST_NET = "speedtest_net"
    """A nearby speedtest.net server, found when it is needed. A third party: the person is told first."""
    CLOUDFLARE = "cloudflare"
    """Cloudflare's public measurement service. A third party: the person is told first."""


NEEDS_URL: Final = N_('{file}: {field} is missing; add url = "https://…", the folder that holds the measuring pages.')
NEEDS_NO_URL: Final = N_("{file}: {field} is {value}, but {kind} finds its servers by itself, so leave url out.")
UNSAFE_URL: Final = N_(
    "{file}: {field} is {value}, but it must begin with https://, "
    "or with http:// and name a computer of your own network such as 192.168.1.10."
)


WRONG_URL: Final = N_(
    "{file}: {field} is {value}, but it must be an address such as https://speed.example.org:8443/backend/: "
    "only a host, a port and a folder."
)


class Server(Section, frozen=True):
    """One place to measure the line against. The profile's order is the order of trying."""

    kind: ServerKind
    url: str | None = None
    """For LibreSpeed: the folder that holds garbage, empty and getIP. https, or http on a private network."""

    def flaw(self) -> Flaw | None:
        if self.kind is not ServerKind.LIBRESPEED:
            if self.url is None:
                return None
            return Flaw("url", NEEDS_NO_URL, {"value": shape.shown(self.url), "kind": self.kind.value})
        if self.url is None:
            return Flaw("url", NEEDS_URL)
        if may_measure_against(self.url):
            return None
        return Flaw("url", UNSAFE_URL if _is_plain(self.url) else WRONG_URL, {"value": shape.shown(self.url)})


def may_measure_against(url: str) -> bool:
    """Whether a measurement server may have this address: https anywhere, http only inside one's own network.

    A clinic's own server seldom has a certificate, and what is sent is test data; but test data sent openly through the
    internet would be an invitation to tamper with the result.
    """
    if not _is_plain(url):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_near(parts.hostname or ""))


def _is_plain(url: str) -> bool:
    """Whether an address names a host, a port and a folder at most."""
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and port != 0 and parts.username is None and not parts.query and not parts.fragment


def server_at(url: str) -> Server:
    """The LibreSpeed-compatible server at an address that a person gave. Raises `ProfileError` for a wrong address."""
    server = Server(kind=ServerKind.LIBRESPEED, url=url)
    flaw = server.flaw()
    if flaw:
        raise ProfileError(flaw.sentence, file="--server", field=flaw.field, **flaw.params)
    return server


#: A whole number as `inet_aton` takes one, octal and hexadecimal included.
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")


def is_near(host: str) -> bool:
    """Whether a host is this computer or on a private network, as far as its name or address tells."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # A number alone is an address, too: systems read 134744072 as 8.8.8.8.
        has_no_domain = "." not in host and not _NUMBER.fullmatch(host)
        return has_no_domain or host.endswith((".local", ".localhost"))
    return address.is_private or address.is_loopback or address.is_link_local


WRONG_TURN_URL: Final = N_(
    "{file}: {field} is {value}, but it must be the address of a TURN server such as turn:turn.example.org:3478; "
    "UDP, TCP and TLS are tried by themselves."
)

#: RFC 7065 without "?transport=…": which transport works is what is to be found out.
_TURN_URL: Final = re.compile(
    r"turn:(?P<host>[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)

#: Ports by RFC 8656, section 16, and the one that looks like a web page.
_TURN_PORT: Final = 3478
_TURN_TLS_PORT: Final = 443


class TurnServer(Section, frozen=True):
    """A TURN server that sends packets back to us, as one carries a call. The profile's order is the order of trying.

    A profile is no secret store: whoever can read the file can read the password, and use the server until the clinic
    changes it. Give an account that can do nothing else, with a quota on the server.
    """

    url: str
    """``turn:HOST`` or ``turn:HOST:PORT``: UDP and TCP at this port, 3478 where none is named."""
    username: Words
    password: Words
    tls_port: int = _TURN_TLS_PORT
    """Where the server takes TURN over TLS: 443 passes where nothing else does."""

    def flaw(self) -> Flaw | None:
        found = _TURN_URL.fullmatch(self.url)
        if not found or not 0 < int(found["port"] or _TURN_PORT) < 65536:
            return Flaw("url", WRONG_TURN_URL, {"value": shape.shown(self.url)})
        if found["host"].startswith("["):
            try:
                ipaddress.IPv6Address(found["host"][1:-1])
            except ValueError:
                return Flaw("url", WRONG_TURN_URL, {"value": shape.shown(self.url)})
        if not 0 < self.tls_port < 65536:
            params = {"value": str(self.tls_port), "least": "1", "most": "65535"}
            return Flaw("tls_port", shape.OUT_OF_RANGE, params)
        return None

    @property
    def host(self) -> str:
        """Its name or address, without brackets."""
        return self._parts["host"].strip("[]")

    @property
    def port(self) -> int:
        """Where it takes UDP and TCP."""
        return int(self._parts["port"] or _TURN_PORT)

    @property
    def _parts(self) -> re.Match[str]:
        found = _TURN_URL.fullmatch(self.url)
        if found is None:
            raise ValueError(f"{self.url!r} is no address of a TURN server")
        return found


class PortalPage(Section, frozen=True):
    """A page over plain http whose body is known: a sign-in page that answers for everything cannot know it."""

    url: Http
    body: str
    """What the page says, white space at both ends aside; empty for a page that answers 204 with nothing."""


class Network(Section, frozen=True):
    """Which hosts the connection check speaks to. Nobody else hears of a check."""

    hosts: tuple[HostName, ...] = ()
    """The provider's hosts that a visit needs, reached over TLS on port 443."""
    other_hosts: tuple[HostName, ...] = ()
    """Hosts that tell "the provider is down" from "the internet is down"."""
    portal_pages: tuple[PortalPage, ...] = ()


class JoinWay(Section, frozen=True):
    """How to join a visit in one way."""

    title: Localized
    steps: Annotated[
        tuple[Localized, ...],
        msgspec.Meta(min_length=1, extra={"refusal": N_("{file}: {field} is empty; it needs at least one step.")}),
    ]
    link: str | None = None
    """An id in ``[links]``: the page that begins it."""
    needs: tuple[Localized, ...] = ()
    """What to have at hand, a sentence each."""
    browser: Localized | None = None
    """Which browser to use, in a sentence."""


class Join(Section, frozen=True):
    """When and how to join a visit."""

    early_min: int
    """How many minutes before the visit to join."""
    when: Localized
    """The same in a sentence."""
    computer: JoinWay
    phone: JoinWay


class Phone(Section, frozen=True):
    """A number to call, and when somebody answers."""

    id: Id
    label: Localized
    number: PhoneNumber
    hours: Localized
    letters: str | None = None
    """The number as flyers print it, with letters: "1-833-KP4CARE"."""
    tty: PhoneNumber | None = None
    """The number for people who are deaf or hard of hearing."""
    weekend_areas: tuple[Words, ...] = ()
    """Places where somebody also answers at weekends, by their own names."""


class CareKind(StrEnum):
    """Ways to get care that are not this video visit."""

    ADVICE_LINE = "advice_line"
    PHONE_APPOINTMENT = "phone_appointment"
    IN_PERSON = "in_person"
    EMAIL = "email"
    E_VISIT = "e_visit"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class Care(Section, frozen=True):
    """Another way to get care, for when a video visit will not do."""

    kind: CareKind
    text: Localized
    phone: str | None = None
    """An id in ``[[phones]]``."""
    link: str | None = None
    """An id in ``[links]``."""


class NoteKind(StrEnum):
    """What a person should know about video visits before the day."""

    NOT_REQUIRED = "not_required"
    NO_RECORDING = "no_recording"
    DOCTOR_LATE = "doctor_late"
    REGISTER_FIRST = "register_first"
    JOIN_EARLY = "join_early"
    AVAILABILITY = "availability"


class Note(Section, frozen=True):
    """One thing to know about video visits with this provider."""

    kind: NoteKind
    text: Localized
    link: str | None = None
    """An id in ``[links]``."""


class Difference(Section, frozen=True):
    """One thing that an earlier flyer said differently."""

    topic: Id
    said: Localized
    now: Localized


class EarlierEdition(Section, frozen=True):
    """An earlier flyer that callers may still hold in their hands."""

    edition: Words
    differences: tuple[Difference, ...]


class Profile(Section, frozen=True):
    """One provider's requirements and ways to join, whole and validated."""

    id: Id
    edition: Words
    """Which statement of the provider this profile follows, and from when."""
    name: Localized
    """The provider, as it calls itself."""
    join: Join
    sources: dict[str, Source] = msgspec.field(default_factory=dict)
    requirements: dict[str, dict[str, object]] = msgspec.field(default_factory=dict)
    """Raw sections by check id, already validated by `load`: read them with `requirement`."""
    network: Network = Network()
    servers: tuple[Server, ...] = ()
    turn: tuple[TurnServer, ...] = ()
    """Where calls are tried out. Without one, what only packets can tell (loss, blocked UDP) is not measured."""
    links: dict[str, Link] = msgspec.field(default_factory=dict)
    phones: tuple[Phone, ...] = ()
    help_phone: str | None = None
    """An id in ``[[phones]]``: whom to call when the video visit does not work."""
    other_care: tuple[Care, ...] = ()
    notes: tuple[Note, ...] = ()
    earlier_editions: tuple[EarlierEdition, ...] = ()

    def requirement(self, check: str, kind: type[Q]) -> Q:
        """What this profile demands of a check; ``kind()`` where it says nothing."""
        return msgspec.convert(self.requirements.get(check, {}), kind)

    def phone(self, phone_id: str) -> Phone:
        """The phone number with that id; KeyError when there is none (a loaded profile has every id it names)."""
        return {phone.id: phone for phone in self.phones}[phone_id]


NO_SUCH_PROFILE: Final = N_("There is no profile “{file}”; choose one of {known}, or give the path of a file.")
NO_SUCH_FILE: Final = N_("{file}: there is no such file; give the path of a profile, or one of {known}.")
NOT_A_FILE: Final = N_("{file}: this is a folder or a device; give the path of a profile inside it, a file in TOML.")
UNREADABLE: Final = N_("{file}: this file cannot be read ({problem}); give the path of a file that you may read.")
TOO_LARGE: Final = N_("{file}: this file has {size} bytes; a profile has at most {most}.")
NO_SUCH_BASE: Final = N_("{file}: {field} is {value}, but it must be one of {known}.")
BASE_CYCLE: Final = N_("{file}: {field} is {value}, which leads back to this profile; name another one.")
NAMED_NOT_DEFINED: Final = N_("{file}: {field} names {value}, but {table} has only {known}.")
NONE_DEFINED: Final = N_("{file}: {field} names {value}, but there is no {table}; add it.")
DUPLICATE: Final = N_("{file}: {field} is {value}, which another one has already; every id must be different.")


def shipped(folder: Path = SHIPPED) -> tuple[str, ...]:
    """The ids of the profiles that come with the program, in alphabetical order."""
    return tuple(sorted(file.stem for file in folder.glob("*.toml")))


def load(id_or_path: str, requirements: Mapping[str, type[Requirement]], *, folder: Path = SHIPPED) -> Profile:
    """The profile with that id, or in that file, whole and validated.

    A word that is the id of a shipped profile is that profile, whatever files lie around; anything else is a path.
    ``requirements`` gives the type of each section ``[requirements.ID]`` by the id of its check. Raises `ProfileError`
    for anything that is wrong with the profile, and nothing else.
    """
    known = shipped(folder)
    if id_or_path in known:
        path, name = folder / f"{id_or_path}.toml", f"{id_or_path}.toml"
    else:
        # No path at all would be the folder we are in; a name with a zero in it is no path either.
        path, name = Path(id_or_path or "\0"), shape.plain(id_or_path[-_SHOWN_OF_PATH:])
    try:
        return _validated(_whole(path, name, folder), requirements)
    except FileNotFoundError:
        # A plain word was meant as an id.
        sentence = NO_SUCH_PROFILE if re.fullmatch(r"[\w-]*", id_or_path) else NO_SUCH_FILE
        raise ProfileError(sentence, file=name, known=", ".join(known)) from None
    except ShapeError as wrong:
        raise ProfileError(wrong.sentence, file=name, **wrong.params) from None


def _validated(raw: dict[str, Any], requirements: Mapping[str, type[Requirement]]) -> Profile:
    sections = raw.get("requirements", {})
    shape.check({**raw, "requirements": {}}, Profile)
    shape.check(sections, dict[str, dict[str, Any]], ("requirements",))
    for check, section in sections.items():
        if check not in requirements:
            raise shape.unknown(shape.dotted(("requirements", check)), check, requirements)
        shape.check(section, requirements[check], ("requirements", check))
    profile = msgspec.convert(raw, Profile)
    for path, entry, table, entries in (*_named(profile), *_sources(sections, profile)):
        if entry not in entries:
            sentence = NAMED_NOT_DEFINED if entries else NONE_DEFINED
            raise ShapeError(
                sentence, field=shape.dotted(path), value=shape.shown(entry), table=table, known=shape.listed(entries)
            )
    phone_ids = [phone.id for phone in profile.phones]
    for index, phone_id in enumerate(phone_ids):
        if phone_id in phone_ids[:index]:
            raise ShapeError(DUPLICATE, field=shape.dotted(("phones", index, "id")), value=shape.shown(phone_id))
    return profile


_Named = Iterator[tuple[shape.Path, str, str, tuple[str, ...]]]


def _named(profile: Profile) -> _Named:
    """Every id of a phone or a link that a profile names: where, which, and what there is."""
    links = tuple(profile.links)
    phones = tuple(phone.id for phone in profile.phones)
    for way in ("computer", "phone"):
        link = getattr(profile.join, way).link
        if link is not None:
            yield ("join", way, "link"), link, "[links]", links
    if profile.help_phone is not None:
        yield ("help_phone",), profile.help_phone, "[[phones]]", phones
    for index, care in enumerate(profile.other_care):
        if care.phone is not None:
            yield ("other_care", index, "phone"), care.phone, "[[phones]]", phones
        if care.link is not None:
            yield ("other_care", index, "link"), care.link, "[links]", links
    for index, note in enumerate(profile.notes):
        if note.link is not None:
            yield ("notes", index, "link"), note.link, "[links]", links


def _sources(table: Mapping[str, Any], profile: Profile, path: shape.Path = ("requirements",)) -> _Named:
    """Every id of a source that the requirements name, however deep."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _sources(value, profile, (*path, key))
        elif key == "source":
            yield (*path, key), value, "[sources]", tuple(profile.sources)


def _whole(path: Path, name: str, folder: Path, above: tuple[Path, ...] = ()) -> dict[str, Any]:
    """What a profile says together with what the profiles it is based on say; ``above`` are those based on it."""
    own = toml_file.parse(_read(path, name))
    # The id is the profile's own: what a clinic changes is no longer the profile it began with.
    if "id" not in own:
        raise ShapeError(shape.MISSING, field="id", example=f'id = "{_as_id(path.stem)}"')
    base = own.pop("based_on", None)
    if base is None:
        return own
    if not isinstance(base, str) or base not in shipped(folder):
        known = shape.listed(shipped(folder))
        raise ShapeError(NO_SUCH_BASE, field="based_on", value=shape.shown(base), known=known)
    base_path = folder / f"{base}.toml"
    if base_path in (path, *above):
        raise ShapeError(BASE_CYCLE, field="based_on", value=shape.shown(base))
    return _merged(_whole(base_path, base_path.name, folder, (path, *above)), own)


def _as_id(stem: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_0123456789")[:40] or "my_clinic"


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """``own`` over ``base``: tables merge, everything else is replaced.

    A table with a source is a statement about numbers and is replaced whole, so that no number keeps a source that
    never said it.
    """
    merged = dict(base)
    for key, value in own.items():
        before = merged.get(key)
        if isinstance(before, dict) and isinstance(value, dict) and "source" not in {*before, *value}:
            merged[key] = _merged(before, value)
        else:
            merged[key] = value
    return merged


def _read(path: Path, name: str) -> bytes:
    """What is in the file. Raises FileNotFoundError, and `ProfileError` for everything else."""
    if "\0" in str(path):
        raise FileNotFoundError
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ProfileError(NOT_A_FILE, file=name)
        if status.st_size > MOST_BYTES:
            raise ProfileError(TOO_LARGE, file=name, size=status.st_size, most=MOST_BYTES)
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except FileNotFoundError:
        raise
    except OSError as wrong:
        raise ProfileError(UNREADABLE, file=name, problem=wrong.strerror or type(wrong).__name__) from None
