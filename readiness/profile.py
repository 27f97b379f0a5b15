"""A provider's profile: what a video visit needs, how to join it, and whom to call. Data, loaded from TOML.

A profile may be based on another one (``based_on = "generic"``) and then says only what differs. Every number carries
its source and date. Mistakes in a profile raise `ProfileError`: one sentence with the file, the field, what is wrong and
what would be right.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec

from readiness.model import Status


class ProfileError(ValueError):
    """A profile that cannot be used. ``str()`` is one English sentence; ``params`` and ``sentence`` let a face translate it."""

    def __init__(self, sentence: str, **params: str | int) -> None:
        super().__init__(sentence.format(**params))
        self.sentence = sentence
        self.params = params


Https = Annotated[str, msgspec.Meta(pattern=r"^https://[^\s/]+\.[^\s]+$")]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any table of a profile: unknown keys are refused."""


class Localized(Section, frozen=True):
    """One text or link in every language we speak."""

    en: str
    es: str

    def in_language(self, language: str) -> str:
        return self.es if language == "es" else self.en


class Source(Section, frozen=True):
    """Where numbers come from."""

    title: str
    date: date
    """When the source was read."""
    url: Https | None = None


class Limit(Section, frozen=True):
    """Where a measured number stops being good. Either ``*_below`` (more is better) or ``*_above`` (less is better)."""

    source: str
    """An id in the profile's ``[sources]``."""
    fail_below: float | None = None
    warn_below: float | None = None
    fail_above: float | None = None
    warn_above: float | None = None

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


class Server(Section, frozen=True):
    """One place to measure the line against. The profile's order is the order of trying."""

    kind: ServerKind
    url: str | None = None
    """For LibreSpeed: the folder that holds garbage, empty and getIP. https, or http on a private network."""


class PortalPage(Section, frozen=True):
    """A page over plain http whose body is known: a sign-in page that answers for everything cannot know it."""

    url: Annotated[str, msgspec.Meta(pattern=r"^http://[^\s/]+\.[^\s]+$")]
    body: str
    """What the page says, white space at both ends aside; empty for a page that answers 204 with nothing."""


class Network(Section, frozen=True):
    """Which hosts the connection check speaks to. Nobody else hears of a check."""

    hosts: tuple[str, ...] = ()
    """The provider's hosts that a visit needs, reached over TLS on port 443."""
    other_hosts: tuple[str, ...] = ()
    """Hosts that tell "the provider is down" from "the internet is down"."""
    portal_pages: tuple[PortalPage, ...] = ()


class JoinWay(Section, frozen=True):
    """How to join a visit in one way."""

    title: Localized
    steps: tuple[Localized, ...]
    link: str | None = None
    """An id in ``[links]``: the page that begins it."""
    needs: tuple[Localized, ...] = ()
    """What to have at hand, a sentence each."""


class Join(Section, frozen=True):
    early_min: int
    """How many minutes before the visit to join."""
    computer: JoinWay
    phone: JoinWay


class Phone(Section, frozen=True):
    id: str
    label: Localized
    number: str
    hours: Localized
    tty: str | None = None


class CareKind(StrEnum):
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
    NOT_REQUIRED = "not_required"
    NO_RECORDING = "no_recording"
    DOCTOR_LATE = "doctor_late"
    REGISTER_FIRST = "register_first"
    JOIN_EARLY = "join_early"


class Note(Section, frozen=True):
    kind: NoteKind
    text: Localized
    link: str | None = None


class Difference(Section, frozen=True):
    """One thing that an earlier flyer said differently."""

    topic: str
    said: Localized
    now: Localized


class EarlierEdition(Section, frozen=True):
    """An earlier flyer that callers may still hold in their hands."""

    edition: str
    differences: tuple[Difference, ...]


class Profile(Section, frozen=True):
    """One provider's requirements and ways to join, whole and validated."""

    id: str
    edition: str
    name: Localized
    """The provider, as it calls itself."""
    join: Join
    sources: dict[str, Source] = {}
    requirements: dict[str, dict[str, object]] = {}
    """Raw sections by check id, already validated by `load`: read them with `requirement`."""
    network: Network = Network()
    servers: tuple[Server, ...] = ()
    links: dict[str, Localized] = {}
    phones: tuple[Phone, ...] = ()
    other_care: tuple[Care, ...] = ()
    notes: tuple[Note, ...] = ()
    earlier_editions: tuple[EarlierEdition, ...] = ()

    def requirement(self, check: str, kind: type[Q]) -> Q:
        """What this profile demands of a check; ``kind()`` where it says nothing."""
        return msgspec.convert(self.requirements.get(check, {}), kind)

    def phone(self, phone_id: str) -> Phone:
        """The phone number with that id; KeyError when there is none (a loaded profile has every id it names)."""
        return {phone.id: phone for phone in self.phones}[phone_id]
